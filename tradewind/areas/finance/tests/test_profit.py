"""The profit and loss: equal to a plain recomputation, adding up every way, frozen with its month, shown to those who may."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st

from tradewind.areas.finance.actions import ledger, profit
from tradewind.areas.finance.actions.accounts import install_accounts
from tradewind.areas.finance.models import Account, Posting, ProfitReading
from tradewind.areas.finance.queries.profit import Wish, actuals, cells, kept_lines, read, statement
from tradewind.areas.finance.queries.profit_checks import months_unlike_sales
from tradewind.areas.finance.rules.profit import RESULTS, laid_out
from tradewind.base.errors import NotAllowed
from tradewind.base.period import Period
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.access.scope import Scope
from tradewind.engines.metrics import actions as months
from tradewind.engines.metrics import refresh
from tradewind.engines.metrics.figures import slices, value
from tradewind.engines.metrics.tests.trade import make_channel, make_order, make_trade
from tradewind.nouns.org.models import Market, Person
from tradewind.nouns.trade.models import AdSpend, Fee, Order, OrderLine, Payment, Product, Return, UnitCost

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2025, 11, 1), date(2026, 5, 31)
MONTHS: dict[str, Any] = {"start": FIRST, "end": LAST}


@pytest.fixture(autouse=True)
def _midsummer() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 6, 20, 9, tzinfo=UTC), tick=False):
        yield


def make_money(seed: int = 3) -> None:
    """A random trade with costs (general and of a market, changing within months), advertising and postings."""
    make_trade(seed, orders=60)
    dice, markets = Random(seed), list(Market.objects.all())
    make_costs(dice, markets[0])
    make_charges(dice)
    for place in range(12):
        day = FIRST + timedelta(dice.randrange(150))
        AdSpend.objects.create(
            key=f"a{place}", day=day, amount=dice.randrange(1, 99_999), currency="USD", market=dice.choice(markets)
        )
    install_accounts.system()
    rent, pay = Account.objects.get(code="rent"), Account.objects.get(code="salaries")
    entries = [
        ledger.Entry(
            f"p{place}",
            dice.choice([rent, pay]),
            FIRST + timedelta(dice.randrange(150)),
            -dice.randrange(1, 999_999),
            dice.choice(["EUR", "CNY", "JPY"]),
        )
        for place in range(20)
    ]
    ledger.post(None, entries)
    refresh.ensure()
    profit.mark_all()
    profit.count()


def make_charges(dice: Random) -> None:
    """Fees that name a product, payment fees with and without an order, and goods that came back in every state."""
    for order in Order.objects.select_related("channel"):
        line, day = order.lines.first(), order.day + timedelta(dice.randrange(40))
        assert line is not None and line.product is not None
        here: dict[str, Any] = {"channel": order.channel, "entity": order.entity, "market": order.market, "day": day}
        charge = dice.choice([order, order, None])
        Payment.objects.create(
            key=f"p{order.pk}", order=charge, paid_at=order.placed_at, amount=order.net, currency=order.currency,
            fee=dice.randrange(-5_000, 50_000), fee_tax=dice.randrange(0, 500), settled_currency=dice.choice(["", "USD"]), **here,
        )  # fmt: skip
        sku = dice.choice(["", line.product.key, "unknown"])
        Fee.objects.create(
            key=f"k{order.pk}", order=charge, kind="x", sku=sku, amount=dice.randrange(1, 9_999), currency="EUR", **here
        )
        Return.objects.create(
            key=f"b{order.pk}", order=charge, product=line.product, sku=line.product.key, units=2,
            restocked=dice.choice([None, 0, 1, 2]), **here,
        )  # fmt: skip


def make_costs(dice: Random, market: Market) -> None:
    """Costs of every product, in two parts, with another price from the middle of a month, and one of a market's own."""
    for product in Product.objects.all():
        for part, currency in (("purchase", "CNY"), ("freight", "USD")):
            start = date(2025, 10, 1)
            UnitCost.objects.create(
                product=product,
                part=part,
                valid_from=start,
                valid_to=date(2026, 1, 9),
                amount=dice.randrange(10_000, 90_000),
                currency=currency,
            )
            UnitCost.objects.create(
                product=product,
                part=part,
                valid_from=date(2026, 1, 10),
                amount=dice.randrange(10_000, 90_000),
                currency=currency,
            )
        UnitCost.objects.create(
            product=product,
            part="purchase",
            market=market,
            valid_from=date(2026, 2, 5),
            amount=7_777,
            currency="EUR",
        )


def plain() -> dict[tuple[str, str], int]:
    """The profit and loss by line and currency, counted row by row."""
    found: dict[tuple[str, str], int] = defaultdict(int)
    for line in OrderLine.objects.filter(order__state=Order.PAID, kind__in=OrderLine.GOODS).select_related("order"):
        order = line.order
        if order.kind == Order.CREDIT:
            found["refund", order.currency] += line.net
        elif order.kind == Order.SALE:
            found["gross", order.currency] += line.gross
            found["discount", order.currency] += line.net - line.gross
            for cost in costs_of(line.product_id, order):
                found["cogs", cost.currency] -= line.quantity * cost.amount
    for back in Return.objects.filter(order__state=Order.PAID, order__kind=Order.SALE, restocked__gt=0):
        assert back.order is not None
        for cost in costs_of(back.product_id, back.order):
            found["cogs", cost.currency] += (back.restocked or 0) * cost.amount
    return plain_money(found)


def costs_of(product: int | None, order: Order) -> Iterator[UnitCost]:
    """What a product cost on an order's day, part by part; the cost of its market before the general one."""
    for part in ("purchase", "freight") if product else ():
        rows = UnitCost.objects.filter(product=product, part=part, valid_from__lte=order.day).order_by("valid_from")
        there = [row for row in rows if row.valid_to is None or row.valid_to >= order.day]
        own = [row for row in there if row.market_id == order.market_id]
        yield (own or [row for row in there if row.market_id is None])[-1]


def plain_money(found: dict[tuple[str, str], int]) -> dict[tuple[str, str], int]:
    """Adds postage, refunds, fees, advertising and postings to the goods."""
    for order in Order.objects.filter(state=Order.PAID, kind__in=(Order.SALE, Order.CREDIT)):
        found["shipping", order.currency] += order.stated_shipping or 0
        for refund in order.refunds.all():
            found["refund", refund.currency] -= refund.net
    for fee in Fee.objects.all():
        found["fees", fee.currency] -= fee.amount
    for payment in Payment.objects.all():
        found["fees", payment.settled_currency or payment.currency] -= payment.fee + payment.fee_tax
    for spend in AdSpend.objects.all():
        found["advertising", spend.currency] -= spend.amount
    for row in Posting.objects.select_related("account"):
        found[row.account.line, row.currency] += row.amount
    return {key: amount for key, amount in found.items() if amount}


def by_line(wish: Wish) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = defaultdict(int)
    for cell in read(wish):
        line = "fees" if cell.line in ("fees", "fulfilment") else cell.line
        found[line, cell.currency] += cell.amount
    return {key: amount for key, amount in found.items() if amount}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_equal_to_a_plain_recomputation_from_the_rows(seed: int) -> None:
    make_money(seed)
    assert by_line(Wish(**MONTHS)) == plain()


@pytest.mark.parametrize(
    "cut", ["entity", "market", "channel", "product", "team", "month", "account", "line", "currency"]
)
def test_slices_add_up_to_the_whole(cut: str) -> None:
    make_money()
    assert by_line(Wish(**MONTHS, by=(cut,))) == by_line(Wish(**MONTHS))
    whole = actuals(Wish(**MONTHS), "EUR").amounts
    cut_up = actuals(Wish(**MONTHS, by=(cut,)), "EUR").amounts
    for line in {place[1:] for place in whole}:
        parts = sum(amount for place, amount in cut_up.items() if place[1:] == line)
        assert abs(parts - whole[(), *line]) < Decimal("1e-20")


def test_net_revenue_is_that_of_pulse_to_the_cent() -> None:
    make_money()
    admin = keeper("*")
    for market in Market.objects.all():
        wish = Wish(**MONTHS, asked=Scope(market=market.pk))
        here = statement(admin, wish, "EUR").sheet.result("net_revenue").total
        there = value("finance.net_revenue", Scope(market=market.pk), Period(FIRST, LAST), currency="EUR", rate="month")
        assert here == there.value
    cut = statement(admin, Wish(**MONTHS, by=("market",)), "EUR").sheet.result("net_revenue")
    sheet = slices("finance.net_revenue", ("market",), (Scope(),), Period(FIRST, LAST), currency="EUR", rate="month")
    assert {key[0]: amount for key, amount in cut.cells.items() if amount} == {
        row.key[0]: row.figures["finance.net_revenue"].value
        for row in sheet.slices
        if row.figures["finance.net_revenue"].value
    }
    assert months_unlike_sales() == []


def keeper(*codes: str, market: Market | None = None) -> Person:
    person = Person.objects.create(name="Ann")
    role = Role.objects.create(code=f"r{person.pk}", codes=list(codes))
    Grant.objects.create(person=person, role=role, market=market)
    return person


def test_costs_and_pay_are_seen_by_those_who_may_alone() -> None:
    make_money()
    nobody, seller = keeper("finance.view_revenue"), keeper("finance.view_profit")
    with pytest.raises(NotAllowed):
        cells(nobody, Wish(**MONTHS))
    assert {cell.line for cell in cells(seller, Wish(**MONTHS))} <= {
        "gross",
        "discount",
        "refund",
        "shipping",
        "other_income",
    }
    sheet = statement(seller, Wish(**MONTHS), "EUR").sheet
    assert [row.line for row in sheet.rows if row.kind == "result"] == ["net_revenue"]
    buyer = keeper("finance.view_profit", "finance.view_costs")
    assert [row.line for row in statement(buyer, Wish(**MONTHS), "EUR").sheet.rows if row.kind == "result"] == list(
        RESULTS[:4]
    )
    assert "overhead" not in kept_lines(buyer)


def test_market_manager_sees_the_own_market() -> None:
    make_money()
    market = Market.objects.get(code="m-eu")
    local = keeper("finance.view_profit", "finance.view_costs", "finance.view_pay", market=market)
    mine = {(cell.line, cell.amount) for cell in cells(local, Wish(**MONTHS, by=("market",)))}
    wanted = {
        (cell.line, cell.amount) for cell in read(Wish(**MONTHS, by=("market",), filters={"market": (market.pk,)}))
    }
    assert mine == wanted
    with pytest.raises(NotAllowed):
        cells(local, Wish(**MONTHS, asked=Scope(market=Market.objects.get(code="m-us").pk)))


def test_closed_month_keeps_its_profit_and_later_changes_count_after() -> None:
    make_money()
    january = Period.parse("2026-01")
    for month in (date(2025, 11, 1), date(2025, 12, 1), january.start):
        months.close_month.system(month=month)
    profit.mark_all()
    profit.count()
    assert not Posting.objects.filter(kind=Posting.LATE).exists()
    kept = list(ProfitReading.objects.filter(day=january.start).order_by("pk").values_list())
    UnitCost.objects.filter(part="purchase", valid_from=date(2026, 1, 10)).update(amount=123_456)
    shop = make_channel("eu")
    make_order(shop, date(2026, 1, 20), (500_000,))
    refresh.mark([january])
    refresh.refresh()
    profit.mark([Period(january.start, LAST)])  # what came back later takes that cost with it
    profit.count()
    assert list(ProfitReading.objects.filter(day=january.start).order_by("pk").values_list()) == kept
    late = Posting.objects.filter(kind=Posting.LATE)
    assert late.exists() and {(row.day, row.fact_day) for row in late} == {(date(2026, 2, 1), january.start)}
    assert by_line(Wish(**MONTHS)) == plain_without_late()
    count = late.count()
    profit.mark_all()
    profit.count()
    assert late.count() == count


def plain_without_late() -> dict[tuple[str, str], int]:
    """The plain count of facts: late postings say in another month what facts already say."""
    found = defaultdict(int, plain())
    for row in Posting.objects.filter(kind=Posting.LATE).select_related("account"):
        found[row.account.line, row.currency] -= row.amount
    return {key: amount for key, amount in found.items() if amount}


def test_posting_for_a_closed_month_goes_to_the_first_open_day_and_is_written_once() -> None:
    install_accounts.system()
    months.close_month.system(month=date(2026, 1, 1))
    entry = ledger.Entry("rent-1", Account.objects.get(code="rent"), date(2026, 1, 15), -10_000, "EUR")
    (row,) = ledger.post(None, [entry, entry])
    assert (row.day, row.fact_day) == (date(2026, 2, 1), date(2026, 1, 15))
    assert ledger.post(None, [entry]) == []
    back = ledger.reverse_posting.system(row, reason="twice")
    assert (back.amount, back.cause, back.day) == (10_000, row, date(2026, 2, 1))
    assert Posting.objects.count() == 2


AMOUNTS = st.decimals(-10_000, 10_000, places=6)
ACCOUNTS = [
    ("gross", "a"),
    ("discount", "b"),
    ("refund", "c"),
    ("cogs", "d"),
    ("fees", "e"),
    ("fulfilment", "f"),
    ("advertising", "g"),
    ("pay", "h"),
    ("overhead", "i"),
    ("overhead", "j"),
    ("below", "k"),
]


@settings(deadline=None)
@given(
    st.dictionaries(st.tuples(st.sampled_from(ACCOUNTS), st.integers(1, 4)), AMOUNTS, max_size=30),
    st.sampled_from([0, 2, 3]),
)
def test_statement_adds_up_every_way(found: dict[tuple[tuple[str, str], int], Decimal], places: int) -> None:
    sheet = laid_out(dict(found), [1, 2, 3, 4], places)
    running = dict.fromkeys([1, 2, 3, 4], Decimal(0))
    for row in sheet.rows:
        assert sum(row.cells.values()) == row.total
        if row.kind == "account":
            running = {column: running[column] + row.cells[column] for column in running}
        if row.kind == "result":
            assert row.cells == running
    for row in sheet.rows:
        for column, amount in row.cells.items():
            exact = [value for (key, at), value in found.items() if at == column and key[0] == row.line]
            if row.kind == "line" and not any(exact):
                assert amount == 0  # nothing is rounded up from nothing
    step = Decimal(1).scaleb(-places)
    assert sheet.result("result").total == sum(found.values(), Decimal(0)).quantize(step)
    net = sum(
        (amount for ((line, _a), _c), amount in found.items() if line in ("gross", "discount", "refund")), Decimal(0)
    )
    assert sheet.result("net_revenue").total == net.quantize(step)
