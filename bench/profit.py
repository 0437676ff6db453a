"""The profit and loss over a million order lines × 24 months × 8 markets × 5 currencies: recount, pages, equality with plain SQL.

    python -m bench.profit [--lines N]

A store of its own in a temporary folder, or the empty PostgreSQL store that DATABASE_URL names. Exit 1 when one number differs.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from bisect import bisect
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from bench.orders import demand

MARKETS = [
    ("de", "EUR"),
    ("fr", "EUR"),
    ("it", "EUR"),
    ("es", "EUR"),
    ("uk", "GBP"),
    ("us", "USD"),
    ("jp", "JPY"),
    ("ca", "CAD"),
]
FIRST, DAYS, PRODUCTS, PART = date(2024, 1, 1), 731, 2000, 5000
FEES = ["ItemFees/Commission", "ItemFees/FBAPerUnitFulfillmentFee", "Something new"]
PAGES = {
    "as the menu opens it": "",
    "by product, as the recount left it": "?by=product",
    "24 months": "?period=2024-01-01..2025-12-31&by=month&currency=EUR",
    "by market, beside the year before": "?period=2025&by=market&compare=year&currency=USD",
    "by channel, every account": "?period=2025&by=channel&detail=1&currency=EUR",
    "by product": "?period=2025&by=product&currency=EUR",
    "one market by month, overhead shared out": "?period=2025&by=month&market={market}&share=1&currency=EUR",
}


def main() -> int:
    """Make the facts, count, compare, ask for pages."""
    words = argparse.ArgumentParser(prog="bench.profit")
    words.add_argument("--lines", type=int, default=1_000_000)
    lines = words.parse_args().lines
    with TemporaryDirectory(prefix="tradewind-bench-") as folder:
        os.environ["TRADEWIND_HOME"] = folder
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        import django  # noqa: PLC0415  the home must be named first

        django.setup()
        return measure(lines)


def measure(lines: int) -> int:
    """All figures, printed as they come."""
    from config import store  # noqa: PLC0415  see main
    from tradewind.areas.finance.actions import profit  # noqa: PLC0415
    from tradewind.areas.finance.models import ProfitReading  # noqa: PLC0415
    from tradewind.engines.metrics import refresh  # noqa: PLC0415

    store.migrate()
    told("facts made", lambda: make(lines))
    told("readings of sales counted, all days", refresh.ensure)
    profit.mark_all()
    told("profit and loss counted, all months", profit.count)
    print(f"{'readings kept':58} {ProfitReading.objects.count():12,}")
    month = refresh.facts_span()
    assert month is not None  # noqa: S101
    profit.mark([type(month).containing(date(2025, 6, 1), "month")])
    told("one month counted anew", profit.count)
    faults: list[str] = []
    told("compared with plain SQL on all rows", lambda: faults.extend(differences()))
    print(f"{'amounts that differ':58} {len(faults):12,}", *faults[:5], sep="\n")
    pages()
    return 1 if faults else 0


def told(what: str, work: Callable[[], Any]) -> float:
    """Do it and print how long it took."""
    begun = time.perf_counter()
    work()
    seconds = time.perf_counter() - begun
    print(f"{what:58} {seconds:12,.2f} s", flush=True)
    return seconds


def make(lines: int) -> None:
    """Orders of one to four lines, refunds, costs that change each half year, fees, advertising, postings."""
    from tradewind.areas.finance.actions.accounts import install_accounts  # noqa: PLC0415
    from tradewind.areas.finance.actions.allocation import set_allocation  # noqa: PLC0415
    from tradewind.nouns.org.models import Company, Entity, Market  # noqa: PLC0415
    from tradewind.nouns.trade.models import Channel, Product  # noqa: PLC0415

    dice = Random(2026)
    Company.objects.create(name={"en": "Bench"}, currency="EUR", zone="UTC")
    entities = [
        Entity.objects.create(code=f"e{n}", name={"en": f"Entity {n}"}, currency="EUR", country="DE", zone="UTC")
        for n in range(3)
    ]
    shops = [
        Channel.objects.create(
            code=f"{kind}-{market.code}", name=f"{kind} {market.code}", platform="shopify", zone="UTC", currency=market.currency, market=market,
            entity=entities[place % 3],
        )
        for place, market in enumerate(Market.objects.create(code=code, name={"en": code.upper()}, currency=currency) for code, currency in MARKETS)
        for kind in ("shop", "amazon")
    ]  # fmt: skip
    Product.objects.bulk_create([Product(key=f"P{n}", sku=f"P{n}", title=f"Product {n}") for n in range(PRODUCTS)])
    install_accounts.system()
    set_allocation.system(start=FIRST, base="revenue")
    products = list(Product.objects.order_by("pk").values_list("pk", flat=True))
    costs(products, dice)
    made = 0
    while made < lines:
        made += orders(min(PART, lines - made), made, shops, products, dice)
    money(shops, entities, dice)


def costs(products: list[int], dice: Random) -> None:
    """Purchase and freight, each in four spans."""
    from tradewind.areas.finance.actions.unit_costs import Cost, set_costs  # noqa: PLC0415

    starts = [date(2023, 12, 1), date(2024, 7, 9), date(2025, 1, 20), date(2025, 7, 1)]
    for part, currency in (("purchase", "CNY"), ("freight", "USD")):
        found = [
            Cost(product, part, start, dice.randrange(10_000, 400_000), currency)
            for product in products
            for start in starts
        ]
        set_costs.system(costs=found)


def orders(wanted: int, first: int, shops: list[Any], products: list[int], dice: Random) -> int:
    """About so many lines in orders; how many were made."""
    from tradewind.nouns.trade.models import Order, OrderLine  # noqa: PLC0415

    wanted_goods = demand(len(products) - 1)
    heads: list[Order] = []
    counts: list[int] = []
    while sum(counts) < wanted:
        shop, day = dice.choice(shops), FIRST + timedelta(dice.randrange(DAYS))
        counts.append(dice.choice((1, 2, 3, 4)))
        heads.append(
            Order(channel=shop, external_id=f"{first}-{len(heads)}", number=f"{first}-{len(heads)}", day=day, entity_id=shop.entity_id,
                  market_id=shop.market_id, country="DE", currency=shop.currency, placed_at=datetime(day.year, day.month, day.day, 12, tzinfo=UTC),
                  state=Order.CANCELLED if dice.random() < 0.03 else Order.PAID, stated_shipping=dice.randrange(0, 80_000),
                  lines_total=0, gross=0, net=0, units=0)
        )  # fmt: skip
    goods = []
    for head, count in zip(heads, counts, strict=True):
        for _line in range(count):
            gross, many = dice.randrange(50_000, 900_000), dice.choice((1, 1, 1, 2))
            net = gross - dice.choice((0, 0, gross // 10))
            product = products[bisect(wanted_goods, dice.random() * wanted_goods[-1])]
            goods.append((head, product, many, gross, net))
            head.gross, head.net, head.units = head.gross + gross, head.net + net, head.units + many
        head.lines_total = head.gross
    heads = Order.objects.bulk_create(heads, batch_size=500)
    places: dict[int, int] = defaultdict(int)
    rows = []
    for head, product, many, gross, net in goods:
        places[head.pk] += 1
        rows.append(OrderLine(order_id=head.pk, position=places[head.pk], product_id=product, quantity=many, unit_price=gross // many,
                              amount=gross, discount=gross - net, gross=gross, net=net))  # fmt: skip
    OrderLine.objects.bulk_create(rows, batch_size=500)
    charges(heads, {head.pk: product for head, product, *_rest in goods}, dice)
    return len(rows)


def charges(heads: list[Any], sold: dict[int, int], dice: Random) -> None:
    """Refunds, fees and payment fees of orders (their goods bear them), goods that came back; `sold`: a product of each order."""
    from tradewind.nouns.trade.models import Fee, Payment, Refund, Return  # noqa: PLC0415

    Refund.objects.bulk_create(
        [Refund(order=head, key="r", day=head.day + timedelta(9), amount=head.net, net=head.net // 2, currency=head.currency) for head in heads[::25]],
        batch_size=500,
    )  # fmt: skip
    Fee.objects.bulk_create(
        [Fee(channel_id=head.channel_id, key=head.external_id, kind=dice.choice(FEES), day=head.day, amount=head.net // 8, currency=head.currency,
             entity_id=head.entity_id, market_id=head.market_id, order=head) for head in heads[::2]],
        batch_size=500,
    )  # fmt: skip
    Payment.objects.bulk_create(
        [Payment(channel_id=head.channel_id, key=head.external_id, paid_at=head.placed_at, day=head.day, amount=head.net, currency=head.currency,
                 fee=head.net // 40, fee_tax=7, entity_id=head.entity_id, market_id=head.market_id, order=head) for head in heads[1::4]],
        batch_size=500,
    )  # fmt: skip
    Return.objects.bulk_create(
        [Return(channel_id=head.channel_id, key=head.external_id, day=head.day + timedelta(12), entity_id=head.entity_id, market_id=head.market_id,
                order=head, product_id=sold[head.pk], units=1, restocked=dice.choice((1, 0, None))) for head in heads[::25]],
        batch_size=500,
    )  # fmt: skip


def money(shops: list[Any], entities: list[Any], dice: Random) -> None:
    """Advertising of each day, fifty postings a month."""
    from tradewind.areas.finance.actions.ledger import Entry, add_postings  # noqa: PLC0415
    from tradewind.areas.finance.models import Account  # noqa: PLC0415
    from tradewind.nouns.trade.models import AdSpend  # noqa: PLC0415

    AdSpend.objects.bulk_create(
        [AdSpend(key=f"{n}-{shop.pk}", day=FIRST + timedelta(n), amount=dice.randrange(10_000, 900_000), currency=shop.currency,
                 channel=shop if dice.random() < 0.7 else None, market_id=shop.market_id, entity_id=shop.entity_id)
         for n in range(DAYS) for shop in shops],
        batch_size=500,
    )  # fmt: skip
    accounts = list(Account.objects.filter(line__in=("pay", "overhead", "below")))
    add_postings.system(
        entries=[
            Entry(f"b{n}", dice.choice(accounts), FIRST + timedelta(dice.randrange(DAYS)), -dice.randrange(10_000, 90_000_000),
                  dice.choice(("EUR", "USD", "CNY")), entity_id=dice.choice(entities).pk)
            for n in range(24 * 50)
        ]
    )  # fmt: skip


MONTH = {"sqlite": "substr({0}, 1, 7)", "postgresql": "to_char({0}, 'YYYY-MM')"}
COST = (
    "o.state = 'paid' AND c.valid_from = (SELECT MAX(d.valid_from) FROM trade_unitcost d WHERE d.product_id = c.product_id "
    "AND d.part = c.part AND d.valid_from <= o.day)"
)
PLAIN = {
    "gross": "SELECT {o.day}, o.market_id, o.currency, SUM(l.gross) FROM trade_orderline l JOIN trade_order o ON o.id = l.order_id WHERE o.state = 'paid' GROUP BY 1, 2, 3",
    "discount": "SELECT {o.day}, o.market_id, o.currency, SUM(l.net - l.gross) FROM trade_orderline l JOIN trade_order o ON o.id = l.order_id WHERE o.state = 'paid' GROUP BY 1, 2, 3",
    "refund": "SELECT {r.day}, o.market_id, r.currency, -SUM(r.net) FROM trade_refund r JOIN trade_order o ON o.id = r.order_id WHERE o.state = 'paid' GROUP BY 1, 2, 3",
    "shipping": "SELECT {o.day}, o.market_id, o.currency, SUM(o.stated_shipping) FROM trade_order o WHERE o.state = 'paid' GROUP BY 1, 2, 3",
    "cogs": "SELECT {x.day}, x.market_id, x.currency, SUM(x.amount) FROM (SELECT o.day, o.market_id, c.currency, -l.quantity * c.amount AS amount "
    f"FROM trade_orderline l JOIN trade_order o ON o.id = l.order_id JOIN trade_unitcost c ON c.product_id = l.product_id WHERE {COST} "
    "UNION ALL SELECT b.day, o.market_id, c.currency, b.restocked * c.amount FROM trade_return b JOIN trade_order o ON o.id = b.order_id "
    f"JOIN trade_unitcost c ON c.product_id = b.product_id WHERE b.restocked > 0 AND {COST}) x GROUP BY 1, 2, 3",
    "fees": "SELECT {x.day}, x.market_id, x.currency, -SUM(x.amount) FROM (SELECT day, market_id, currency, amount FROM trade_fee "
    "UNION ALL SELECT day, market_id, currency, fee + fee_tax FROM trade_payment) x GROUP BY 1, 2, 3",
    "advertising": "SELECT {a.day}, a.market_id, a.currency, -SUM(a.amount) FROM trade_adspend a GROUP BY 1, 2, 3",
    "posted": "SELECT {p.day}, p.market_id, p.currency, SUM(p.amount) FROM finance_posting p GROUP BY 1, 2, 3",
}
KEPT = (
    "SELECT {p.day}, p.market_id, p.currency, SUM(p.amount) FROM finance_profitreading p JOIN finance_account a ON a.id = p.account_id "
    "WHERE p.slim AND a.line IN ({lines}) GROUP BY 1, 2, 3"
)
LINES = {"fees": ("fees", "fulfilment"), "posted": ("pay", "overhead", "below")}


def differences() -> list[str]:
    """Every line, month, market and currency whose reading is not what plain SQL counts from the rows."""
    found = []
    for name, statement in PLAIN.items():
        lines = ", ".join(f"'{line}'" for line in LINES.get(name, (name,)))
        want, have = asked(statement), asked(KEPT.replace("{lines}", lines))
        found += [
            f"{name} {key}: {have.get(key, 0)} is not {want.get(key, 0)}"
            for key in want.keys() | have.keys()
            if want.get(key, 0) != have.get(key, 0)
        ]
    return found


def asked(statement: str) -> dict[tuple[Any, ...], int]:
    """Sums by month, market and currency; zeros left out."""
    from django.db import connection  # noqa: PLC0415

    for name in ("o", "r", "x", "a", "p"):
        statement = statement.replace(f"{{{name}.day}}", MONTH[connection.vendor].format(f"{name}.day"))
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return {tuple(row[:3]): int(row[3]) for row in cursor.fetchall() if row[3]}


def pages() -> None:
    """Server time of the statement in several cuts, as an administrator of the whole company asks for it."""
    from django.test import Client  # noqa: PLC0415
    from django.urls import reverse  # noqa: PLC0415

    from tradewind.areas.finance.queries import profit_warm  # noqa: PLC0415
    from tradewind.engines.access.models import Grant, Role  # noqa: PLC0415
    from tradewind.nouns.org.models import Market, Person, User  # noqa: PLC0415

    person = Person.objects.create(name="Bench")
    Grant.objects.create(person=person, role=Role.objects.create(code="bench", codes=["*"]))
    client = Client(headers={"host": "localhost"})
    client.force_login(User.objects.create(email="bench@example.net", person=person))
    told("usual views worked out after the recount", profit_warm.warm)
    market = Market.objects.values_list("pk", flat=True)[0]
    for name, query in PAGES.items():
        address, times = reverse("finance:profit") + query.format(market=market), []
        for _time in range(15):
            begun = time.perf_counter()
            answer = client.get(address)
            times.append((time.perf_counter() - begun) * 1000)
            if answer.status_code != 200:
                raise SystemExit(f"{address} answered {answer.status_code}")
        print(f"{'page: ' + name:58} {median(times):12,.1f} ms (first {times[0]:,.1f})", flush=True)


if __name__ == "__main__":
    sys.exit(main())
