"""A month that is opened again counts itself; what was posted late for it is taken back; nothing is lost or counted twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime
from random import Random

import pytest
import time_machine

from tradewind.areas.finance.actions import ledger, profit
from tradewind.areas.finance.actions.unit_costs import Cost, set_costs
from tradewind.areas.finance.models import Account, Posting, ProfitReading, StaleMonth
from tradewind.areas.finance.queries.profit import Wish
from tradewind.areas.finance.queries.profit_checks import months_unlike_sales
from tradewind.areas.finance.reactions.profit import mark_touched_months, open_profit
from tradewind.areas.finance.tests.test_profit import MONTHS, by_line, keeper, make_money, plain
from tradewind.base.period import Period
from tradewind.engines.actions.models import Event
from tradewind.engines.metrics import actions as months
from tradewind.engines.metrics import refresh
from tradewind.engines.metrics.models import Close
from tradewind.engines.metrics.tests.trade import make_channel, make_order
from tradewind.nouns.trade.models import Product

pytestmark = pytest.mark.django_db
JAN, FEB, MAR, APR = (date(2026, month, 1) for month in (1, 2, 3, 4))


@pytest.fixture(autouse=True)
def _midsummer() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 6, 20, 9, tzinfo=UTC), tick=False):
        yield


def close_to(last: date) -> None:
    month = date(2025, 11, 1)
    while month <= last:
        months.close_month.system(month=month)
        month = Period.containing(month, "month").next().start


def reopened(month: date) -> None:
    """The whole way: one asks, another agrees, the reaction runs, sales are counted, then profit."""
    close = Close.objects.get(month=month)
    ann, bob = keeper("metrics.*"), keeper("metrics.*")
    months.ask_reopening(ann, close, reason="a bill was missed")
    months.reopen_month(bob, close)
    open_profit(Event.objects.filter(name="metrics.reopen_month").latest("pk"))
    refresh.refresh()
    profit.count()


def facts_alone() -> dict[tuple[str, str], int]:
    """The plain count; late postings and their reversals only move facts from month to month."""
    found = defaultdict(int, plain())
    late = Posting.objects.filter(kind=Posting.LATE).select_related("account")
    for row in [*late, *Posting.objects.filter(cause__kind=Posting.LATE).select_related("account")]:
        found[row.account.line, row.currency] -= row.amount
    return {key: amount for key, amount in found.items() if amount}


def kept(month: date) -> list[tuple[object, ...]]:
    names = ("account", "entity", "market", "channel", "product", "currency", "amount", "units", "slim")
    return sorted(ProfitReading.objects.filter(day=month).values_list(*names), key=repr)


def change(day: date, dice: Random) -> None:
    """Facts of a day change: an order comes late, a cost is put right, a bill is posted."""
    mug = Product.objects.order_by("pk")[0]
    make_order(make_channel("eu"), day, (dice.randrange(10_000, 900_000),), products=[mug])
    set_costs.system(costs=[Cost(mug.pk, "purchase", day.replace(day=2), dice.randrange(10_000, 90_000), "CNY")])
    refresh.mark([Period.containing(day, "month")], "test")
    refresh.refresh()
    profit.mark([Period(day.replace(day=1), date(2026, 5, 31))])
    profit.count()


@pytest.mark.parametrize("seed", [1, 2])
def test_reopened_month_counts_itself_once(seed: int) -> None:
    make_money(seed)
    dice, before = Random(seed), kept(JAN)
    close_to(JAN)
    change(date(2026, 1, 14), dice)
    assert kept(JAN) == before
    assert Posting.objects.filter(kind=Posting.LATE, fact_day=JAN, day=FEB).exists()
    assert by_line(Wish(**MONTHS)) == facts_alone()
    reopened(JAN)
    assert by_line(Wish(**MONTHS)) == facts_alone() and kept(JAN) != before
    assert sum_of(Posting.objects.filter(day=FEB, fact_day__in=(JAN, FEB)).exclude(cause=None)) == -sum_of(
        Posting.objects.filter(kind=Posting.LATE, fact_day=JAN)
    )
    assert months_unlike_sales() == [] and not StaleMonth.objects.exists()
    months.close_month.system(month=JAN)
    profit.mark_all()
    profit.count()
    assert by_line(Wish(**MONTHS)) == facts_alone()
    assert not Posting.objects.filter(kind=Posting.LATE, corrections=None).exists()


@pytest.mark.parametrize("seed", [3, 4])
def test_reopened_month_whose_late_facts_count_in_a_closed_month_leaves_that_month_alone(seed: int) -> None:
    make_money(seed)
    dice = Random(seed)
    close_to(JAN)
    change(date(2026, 1, 14), dice)
    close_to_from(FEB, MAR)
    february, march = kept(FEB), kept(MAR)
    change(date(2026, 2, 10), dice)
    assert (kept(FEB), kept(MAR)) == (february, march)
    assert by_line(Wish(**MONTHS)) == facts_alone()
    reopened(JAN)
    assert (kept(FEB), kept(MAR)) == (february, march)
    assert by_line(Wish(**MONTHS)) == facts_alone()
    reopened(FEB)
    assert kept(MAR) == march
    assert by_line(Wish(**MONTHS)) == facts_alone()
    profit.mark_all()
    assert profit.count() and by_line(Wish(**MONTHS)) == facts_alone()


def close_to_from(*days: date) -> None:
    for day in days:
        months.close_month.system(month=day)


def sum_of(rows: object) -> int:
    return sum(row.amount for row in rows)  # type: ignore[attr-defined]


def test_posting_into_a_reopened_month_counts_there_and_marks_it() -> None:
    make_money()
    close_to(JAN)
    rent = Account.objects.get(code="rent")
    (early,) = ledger.post(None, [ledger.Entry("r1", rent, date(2026, 1, 5), -10_000, "EUR")])
    reopened(JAN)
    (later,) = ledger.post(None, [ledger.Entry("r2", rent, date(2026, 1, 5), -20_000, "EUR")])
    assert (early.day, later.day) == (FEB, date(2026, 1, 5))
    event = Event.objects.create(name="finance.add_posting", counts={"profit_days": ledger.days_of([later])})
    mark_touched_months(event)
    assert list(StaleMonth.objects.values_list("month", flat=True)) == [JAN]
    profit.count()
    profit.mark([Period.containing(FEB, "month")])
    profit.count()
    assert by_line(Wish(**MONTHS)) == facts_alone()
