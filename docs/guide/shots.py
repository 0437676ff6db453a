"""Makes every picture of the guide: `python docs/guide/shots.py [--address URL --email E --password P]`.

Without an address it makes the demo company in a scratch folder, serves it, and throws it away afterwards. Needs a Chromium on the PATH
or named by CHROMIUM. Pictures of one demo company are the same but for the day they are made on.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import FloatRect, Page, sync_playwright

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
COMMAND = "import sys; from config.cli import main; sys.exit(main(sys.argv[1:]))"
LANGUAGES = ("en", "zh-hans")
SIZE = (1120, 700)
WITHOUT_FRAME: FloatRect = {"x": 260, "y": 64, "width": 1040, "height": 400}
LARGEST = 200_000  # bytes of one picture
ORDERS = """Name,Email,Financial Status,Currency,Subtotal,Shipping,Taxes,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Shipping Country,Id
#90001,a@example.net,paid,EUR,59.80,4.90,9.55,64.70,2026-11-20 09:12:00 +0100,2,Ceramic mug,29.90,MUG-1,DE,7000000090001
#90002,b@example.net,paid,EUR,34.50,0.00,5.51,34.50,2026-11-20 10:40:00 +0100,1,Linen apron,34.50,APR-1,AT,7000000090002
#90003,c@example.net,paid,EUR,19.90,4.90,3.96,24.80,not a day,1,Tea towel,19.90,TWL-1,DE,7000000090003
#90004,d@example.net,pending,EUR,89.00,0.00,14.21,89.00,2026-11-20 18:05:00 +0100,1,Oak tray,89.00,TRY-1,FR,7000000090004
"""


@contextmanager
def demo() -> Iterator[tuple[str, str, str]]:
    """The demo company, served; its address and an administrator's sign-in."""
    with tempfile.TemporaryDirectory() as home, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
        free.close()
        env = {
            **os.environ,
            "TRADEWIND_HOME": home,
            "PYTHONPATH": str(ROOT),
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        run = [sys.executable, "-c", COMMAND]
        made = subprocess.run([*run, "init", "--demo", "--json"], env=env, cwd=ROOT, stdout=subprocess.PIPE, check=True)
        signs = {row["role"]: row for row in json.loads(made.stdout)["sign_in"]}
        servers = [
            subprocess.Popen([sys.executable, "-m", "config.servers", "pages", "127.0.0.1", port], env=env, cwd=ROOT),
            subprocess.Popen([*run, "worker"], env=env, cwd=ROOT),
        ]
        try:
            address = f"http://127.0.0.1:{port}"
            wait(address)
            yield address, signs["administrator"]["email"], signs["administrator"]["password"]
        finally:
            for server in servers:
                server.terminate()
            for server in servers:
                server.wait(30)


def wait(address: str) -> None:
    """Until the pages answer."""
    for _try in range(100):
        try:
            urlopen(f"{address}/healthz", timeout=2).close()  # noqa: S310  an address of ours
            return
        except (URLError, OSError):
            time.sleep(0.3)
    raise SystemExit("The pages do not answer.")


def pulse(page: Page) -> None:
    page.goto("/?period=2026-10")
    page.get_by_role("navigation").filter(has=page.locator(".tab")).first.wait_for()


def pulse_down(page: Page) -> None:
    pulse(page)
    page.locator(".table-cut tbody tr th a").first.click()
    page.locator(".filter-chip").first.wait_for()
    page.locator(".tab").nth(2).click()
    page.locator(".tab[aria-current]").nth(0).wait_for()
    page.wait_for_timeout(500)
    page.locator(".tabs").last.scroll_into_view_if_needed()
    page.evaluate("document.querySelector('.tabs').scrollIntoView({block: 'start'}); scrollBy(0, -80)")


def imported(page: Page) -> None:
    """A dry run with one refused row."""
    page.goto("/imports/new/")
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "orders_export.csv"
        file.write_text(ORDERS, encoding="utf-8")
        page.set_input_files("input[type=file]", str(file))
        option = page.locator("select[name=channel] option", has_text="Home EU").get_attribute("value")
        page.locator("select[name=channel]").select_option(option)
        page.locator("form.form button[type=submit]").click()
        page.locator("a[href*='/commit/']").first.wait_for(timeout=60_000)


def backup(page: Page) -> None:
    """A backup that was proved."""
    page.goto("/compliance/backups/")
    if not page.locator("tbody .chip-good").count():
        page.goto("/compliance/backups/make/")
        page.locator("main form button[type=submit]").first.click()
        for _try in range(300):
            page.goto("/compliance/backups/")
            if page.locator("tbody .chip-good").count():
                return
            page.wait_for_timeout(1000)
        raise SystemExit("The backup was not proved.")


def mapped(page: Page) -> None:
    """The middle of the picture, where the branches meet."""
    page.set_viewport_size({"width": 1360, "height": 490})
    page.goto("/map/")
    page.locator("[data-board-lines] path").first.wait_for(state="attached")
    page.evaluate("document.querySelector('[data-board-root]').scrollIntoView({block: 'center'})")


def why(page: Page) -> None:
    """Why the country manager of DACH may see orders."""
    page.goto("/settings/why/")
    person = page.locator("select[name=person] option", has_text="Anna Schmidt").get_attribute("value")
    page.goto(f"/settings/why/?person={person}&code=customers.view_order")
    page.locator(".reasons").wait_for()


def meeting(page: Page) -> None:
    """The last held meeting of the trading review."""
    page.goto("/structure/cross-meetings/")
    page.get_by_role("link", name="Monthly trading review").or_(
        page.get_by_role("link", name="月度经营会")
    ).first.click()
    page.locator("tr:has(.chip-good) a, li:has(.chip-good) a").first.click()
    page.locator("main").wait_for()


def survey(page: Page) -> None:
    """Results of the last pulse wave by team."""
    page.goto("/surveys/waves/2/?cut=team")


def campaign(page: Page) -> None:
    """The campaign that runs."""
    page.goto("/structure/campaigns/")
    page.locator("tbody a").first.click()
    page.locator("main .chart, main table").first.wait_for()


def budget(page: Page) -> None:
    """The sheet of next year's budget of the European entity."""
    page.goto("/finance/budgets/")
    page.locator("tbody tr", has_text="2027").first.locator("a").first.click()
    page.locator("a[href$='/grid/']").first.click()
    page.locator("main table").first.wait_for()


def simulator(page: Page) -> None:
    """The simulator with the first reviewed product."""
    page.goto("/finance/price-reviews/")
    page.locator("tbody a").first.click()
    page.locator("a[href*='/prices/simulator/']").first.click()
    page.locator("main form").first.wait_for()


def forecast(page: Page) -> None:
    """The newest forecast of the company."""
    page.goto("/finance/forecasts/")
    page.locator("tbody a").first.click()
    page.locator("main .chart").first.wait_for()


def target(page: Page) -> None:
    """The first target."""
    page.goto("/targets/")
    page.locator("tbody a").first.click()
    page.locator("main").wait_for()


def bank(page: Page) -> None:
    """A bank statement after a trial."""
    page.goto("/sheets/")
    page.locator("tbody a").first.click()
    page.locator("main").wait_for()


def at(address: str) -> Callable[[Page], object]:
    """A picture of a page as it opens."""
    return lambda page: page.goto(address)


SHOTS: dict[str, Callable[[Page], object]] = {
    "first-hour": at("/settings/"),
    "import": imported,
    "pulse": at("/?period=2026-Q3&cut=country"),
    "pulse-down": pulse_down,
    "map": mapped,
    "practice": at("/map/supply/software/"),
    "roles": at("/settings/grants/"),
    "why": why,
    "backup": backup,
    "goals": at("/structure/goals/tree/"),
    "organisation": at("/structure/chart/"),
    "charters": at("/structure/coverage/"),
    "meetings": meeting,
    "surveys": survey,
    "vision": campaign,
    "profit": at("/finance/profit/?by=month"),
    "budget": budget,
    "variance": at("/finance/variance/?detail=1"),
    "forecast": forecast,
    "pricing": simulator,
    "stock": at("/supply/stock/"),
    "stock-worth": at("/finance/inventory/"),
    "cash": at("/finance/cash/"),
    "bank": bank,
    "targets": target,
}


def sign_in(page: Page, email: str, password: str) -> None:
    """Sign in by password."""
    page.goto("/account/login/")
    page.fill("[name=login]", email)
    page.fill("[name=password]", password)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/login" not in url)


def speak(page: Page, language: str) -> None:
    """Choose the language as a person does."""
    page.goto("/me/")
    page.locator(".topbar summary:has(.icon)").filter(has=page.locator("use[href*='#language']")).click()
    page.locator(f"button[name=language][value='{language}']").click()
    page.locator(f"html[lang='{language}']").wait_for(state="attached")


def take(address: str, email: str, password: str, wanted: list[str]) -> list[Path]:
    """The pictures in each language."""
    made = []
    with sync_playwright() as playwright:
        program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
        arguments = ["--no-sandbox"] if os.getuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        page = browser.new_page(
            base_url=address,
            viewport={"width": SIZE[0], "height": SIZE[1]},
            reduced_motion="reduce",
            color_scheme="light",
        )
        sign_in(page, email, password)
        for language in LANGUAGES:
            speak(page, language)
            for name in wanted:
                page.set_viewport_size({"width": SIZE[0], "height": SIZE[1]})
                SHOTS[name](page)
                page.wait_for_timeout(900)  # charts and parts that load after the page
                file = HERE / language / "pictures" / f"{name}.png"
                file.parent.mkdir(parents=True, exist_ok=True)
                page.screenshot(path=file, clip=WITHOUT_FRAME if name == "map" else None)
                if file.stat().st_size > LARGEST:
                    raise SystemExit(f"{file.name} is larger than {LARGEST} bytes.")
                made.append(file)
        browser.close()
    return made


def main() -> None:
    """Take what was asked for, all by default."""
    words = argparse.ArgumentParser(description="Make the pictures of the guide.")
    words.add_argument("--address", help="a demo company that is served already")
    words.add_argument("--email")
    words.add_argument("--password")
    words.add_argument("names", nargs="*", choices=[*SHOTS, []], help="pictures to take, all by default")
    given = words.parse_args()
    wanted = given.names or list(SHOTS)
    if given.address:
        made = take(given.address, given.email, given.password, wanted)
    else:
        with demo() as (address, email, password):
            made = take(address, email, password, wanted)
    for file in made:
        sys.stdout.write(f"{file.relative_to(ROOT)} {file.stat().st_size}\n")


if __name__ == "__main__":
    main()
