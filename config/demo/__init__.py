"""The demo company: sixty people in nine countries and two years of trade, made through the product's own actions and imports."""

from __future__ import annotations

import secrets
import tempfile
from datetime import date, timedelta
from pathlib import Path
from random import Random

from django.contrib.auth.hashers import make_password

from config.demo import (
    balances,
    budgets,
    company,
    exports,
    forecasts,
    goals,
    knowledge,
    ledger,
    meetings,
    money,
    plans,
    prices,
    review,
    spending,
    stock,
    structure,
    surveys,
    targets,
    vision,
)
from config.demo.catalog import catalog
from config.demo.company import House
from config.demo.sales import SHOPS, Sale, sales_of, spans
from tradewind.areas.structure.actions import give_password
from tradewind.base import clock
from tradewind.engines.actions.action import origin
from tradewind.engines.exchange import flow
from tradewind.engines.exchange.arrival import Wish, blocks, open_batch

SEED = 2026


def load(seed: int = SEED, anchor: date | None = None, scale: float = 1.0) -> list[dict[str, str]]:
    """Make the demo company up to the day before `anchor` (default: today in Shenzhen); its sign-ins.

    The same seed, anchor and scale make the same company; only the password is new each time.
    """
    anchor = anchor or clock.today("Asia/Shanghai")
    rng = Random(seed)  # noqa: S311  a story, not a secret
    with origin("command"):
        house = company.build(anchor, rng)
        trade(house, Random(seed + 1), scale)  # noqa: S311
        knowledge.write(house)
        ledger.write(house)
        money.write(house, seed)
        stock.write(house)
        prices.write(house)
        spending.write(house)  # limits, claims, bills, what is expected
        balances.write(house)  # what was paid to tax offices and within the group
        structure.write(house)
        plans.write(house)
        goals.write(house)
        meetings.meet(house)
        surveys.write(house)
        vision.write(house)
        forecasts.write(house)
        budgets.write(house)
        review.write(house)  # compares with budgets: they come before
        targets.write(house)  # closes months: whatever brings facts comes before
        budgets.reforecast(house)  # reads closed months
        return sign_ins(house)


def sign_ins(house: House) -> list[dict[str, str]]:
    """Let the six roles sign in with one password that is told this once."""
    password = secrets.token_urlsafe(9)
    hashed = make_password(password)
    rows = []
    for role, name, _mail, _market in company.SIGN_INS:
        person = house.people[name]
        give_password.system(person, hashed=hashed)
        rows.append({"role": role, "email": str(person.email), "password": password})
    return rows


def trade(house: House, rng: Random, scale: float) -> None:
    """Bring two years of orders in through the files the platforms would export."""
    goods = catalog(rng)
    with tempfile.TemporaryDirectory() as scratch:
        for shop in SHOPS:
            channel = house.channels[shop.code]
            sales = sales_of(shop, channel.zone, goods, house.anchor, rng, scale)
            for start, end in spans(house.anchor):
                part = [sale for sale in sales if start <= sale.at.date() < end]
                # The craft shop's last exports never came: its connector shows as stale.
                if part and not (shop.code == "etsy" and start >= house.anchor - timedelta(days=14)):
                    bring(house, shop.code, written(Path(scratch), shop.code, part, end), seen=end)
            if channel.platform == "amazon":
                settle(house, shop.code, Path(scratch), sales)


def written(folder: Path, shop: str, sales: list[Sale], end: date) -> tuple[Path, str]:
    """One export file and its format."""
    name = f"{shop}-orders-{end.isoformat()}"
    if shop.startswith("shop-"):
        return exports.shopify(folder / f"{name}.csv", shop, sales), "shopify"
    if shop.startswith("amazon-"):
        return exports.amazon(folder / f"{name}.txt", sales), "amazon-orders"
    return exports.etsy(folder / f"{name}.csv", sales), "etsy"


def settle(house: House, shop: str, folder: Path, sales: list[Sale]) -> None:
    """The settlements of the last three months, a month each."""
    for back in (3, 2, 1):
        part = [sale for sale in sales if 30 * (back - 1) < (house.anchor - sale.at.date()).days <= 30 * back]
        if part:
            number = 18_000_000_000 + exports.hash_of(shop) % 10_000 * 10 + back
            bring(
                house,
                shop,
                (exports.settlement(folder / f"{shop}-settlement-{back}.txt", number, part), "amazon-settlement"),
            )


def bring(house: House, shop: str, file: tuple[Path, str], seen: date | None = None) -> None:
    """Import one file as its own shop's batch, as if it had been exported on the day `seen`."""
    path, kind = file
    options = {"date": "mdy"} if kind == "etsy" else {}
    wish = Wish(kind, "", False, options | ({"seen": seen.isoformat()} if seen else {}))
    batch = open_batch(None, channel=house.channels[shop], wish=wish, name=path.name, content=blocks(path))
    flow.merge(batch)
