"""Examples for tests of stock: a location of its own company that serves a channel, moves by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from tradewind.areas.supply.actions.locations import save_location, serve_from
from tradewind.areas.supply.actions.moves import record_move
from tradewind.engines.metrics.tests.trade import make_channel, make_order
from tradewind.nouns.org.models import Entity
from tradewind.nouns.trade.models import Channel, Location, Product, StockMove

JAN = date(2026, 1, 1)


def make_location(code: str = "wh", *, serves: Channel | None = None, start: date = JAN, **more: Any) -> Location:
    """A warehouse of an entity in euro; `serves`: a channel whose sales leave it."""
    entity = (
        more.pop("entity", None)
        or Entity.objects.get_or_create(code="de", defaults={"name": {"en": "DE"}, "currency": "EUR"})[0]
    )
    location = save_location.system(code=code, name=code.upper(), entity=entity, **more)
    if serves is not None:
        serve_from.system(location, channel=serves, start=start)
    return location


def mug(key: str = "MUG") -> Product:
    """A product."""
    return Product.objects.get_or_create(key=key, defaults={"sku": key, "title": key.title(), "category": "Kitchen"})[0]


def receive(
    product: Product, location: Location, day: date, units: int, cost: str = "", currency: str = "EUR", **more: Any
) -> StockMove:
    """Goods that came; `cost` is the purchase price of all of them."""
    costs = {"purchase": Decimal(cost), "currency": currency} if cost else {}
    return record_move.system(product=product, location=location, kind="receipt", day=day, units=units, **costs, **more)


def sell(channel: Channel, product: Product, day: date, units: int = 1, price: int = 200_000, **more: Any) -> None:
    """A paid order of one line a unit."""
    make_order(channel, day, (price,) * units, products=[product] * units, **more)


__all__ = ["JAN", "make_channel", "make_location", "mug", "receive", "sell"]
