"""Example facts for tests of numbers: a small trade of orders, credits, refunds and fees made from a seed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from tradewind.nouns.org.models import Entity, Market
from tradewind.nouns.trade.models import (
    Channel,
    Customer,
    Fee,
    Order,
    OrderLine,
    Product,
    Rate,
    RateSet,
    Refund,
    RefundLine,
)

COUNTRIES = ("DE", "FR", "US", "JP", "")


def make_channel(code: str = "shop", *, currency: str = "EUR", zone: str = "UTC") -> Channel:
    """A channel with its own entity and market."""
    entity, _ = Entity.objects.get_or_create(code=f"e-{code}", defaults={"name": {"en": code}, "country": "DE"})
    market, _ = Market.objects.get_or_create(code=f"m-{code}", defaults={"name": {"en": code}})
    found, _ = Channel.objects.get_or_create(
        code=code, defaults={"name": code, "currency": currency, "zone": zone, "entity": entity, "market": market}
    )
    return found


def make_order(channel: Channel, day: date, amounts: Sequence[int] = (100_000,), **values: Any) -> Order:
    """An order with one goods line an amount (units of 1/10,000); `values` override fields of the order."""
    number = values.pop("number", f"{channel.code}-{Order.objects.count() + 1}")
    products = values.pop("products", None)
    order = Order.objects.create(**{
        "channel": channel, "external_id": number, "number": number, "day": day, "entity": channel.entity,
        "market": channel.market, "country": "DE", "currency": channel.currency,
        "placed_at": datetime(day.year, day.month, day.day, 12, tzinfo=UTC), "lines_total": sum(amounts),
        "gross": sum(amounts), "net": sum(amounts), "units": len(amounts), **values,
    })  # fmt: skip
    OrderLine.objects.bulk_create([
        OrderLine(order=order, position=place, quantity=1, unit_price=amount, amount=amount, gross=amount, net=amount,
                  product=products[place] if products else None)
        for place, amount in enumerate(amounts)
    ])  # fmt: skip
    return order


def make_refund(order: Order, day: date, net: int, *, amount: int | None = None) -> Refund:
    """A refund on an order's first line."""
    refund = Refund.objects.create(
        order=order,
        key=f"r{order.refunds.count() + 1}",
        day=day,
        amount=amount or net,
        net=net,
        currency=order.currency,
    )
    line = order.lines.first()
    assert line is not None
    RefundLine.objects.create(refund=refund, line=line, net=net, quantity=1)
    Order.objects.filter(pk=order.pk).update(refunded=order.refunded + refund.amount)
    return refund


def make_trade(seed: int = 1, orders: int = 40, first: date = date(2025, 11, 20), days: int = 100) -> None:
    """A random trade: three shops in three currencies, all states and kinds of documents, refunds and fees."""
    dice = Random(seed)
    shops = [make_channel(code, currency=cur) for code, cur in (("eu", "EUR"), ("us", "USD"), ("jp", "JPY"))]
    products = [Product.objects.get_or_create(key=f"P{n}", defaults={"sku": f"P{n}"})[0] for n in range(5)]
    customers = [Customer.objects.create(name=f"C{n}") for n in range(12)]
    known: set[int] = set()
    for place in range(orders):
        shop, day = dice.choice(shops), first + timedelta(days=dice.randrange(days))
        kind = dice.choices(["sale", "credit", "adjustment"], [8, 1, 1])[0]
        state = dice.choices(["paid", "open", "cancelled", "test"], [8, 1, 1, 1])[0]
        amounts = [dice.randrange(1, 5_000_000) * (-1 if kind == "credit" else 1) for _ in range(dice.randrange(1, 4))]
        customer = dice.choice([*customers, None])
        new = customer is not None and customer.pk not in known and (state, kind) == ("paid", "sale")
        order = make_order(
            shop, day, amounts, number=f"{seed}-{place}", kind=kind, state=state, country=dice.choice(COUNTRIES),
            customer=customer, first=new, stated_tax=dice.choice([None, 1234]),
            stated_shipping=dice.choice([None, 49_900]), products=dice.choices(products, k=len(amounts)),
        )  # fmt: skip
        if new and customer is not None:
            known.add(customer.pk)
        if kind == "sale" and dice.random() < 0.3:
            make_refund(order, day + timedelta(days=dice.randrange(40)), dice.randrange(1, 100_000))
        if dice.random() < 0.3:
            Fee.objects.create(
                channel=shop, key=f"{seed}-{place}", order=dice.choice([order, None]), entity=shop.entity,
                market=shop.market, kind="commission", day=day, amount=dice.randrange(-9_000, 90_000), currency=shop.currency,
            )  # fmt: skip


def make_rate_set(
    code: str, quotes: dict[str, str], *, base: str = "EUR", kind: str = "fixed", day: date = date(2025, 1, 1)
) -> RateSet:
    """A rate set with one quote a currency."""
    row = RateSet.objects.create(code=code, name=code, kind=kind, base=base)
    for currency, quote in quotes.items():
        Rate.objects.create(rate_set=row, currency=currency, day=day, value=int(Decimal(quote) * Rate.SCALE))
    return row
