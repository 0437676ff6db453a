"""A closed month never changes by itself; what still changes counts once, later; nothing is lost over all time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tradewind.base.errors import NotAllowed, Refused
from tradewind.base.period import Period
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.inbox.models import Notice
from tradewind.engines.metrics import actions, closing, figures, refresh
from tradewind.engines.metrics.models import Close, LateProduct, LateSale, ProductReading, SaleReading
from tradewind.engines.metrics.tests.trade import make_channel, make_order, make_rate_set, make_refund
from tradewind.nouns.org.models import Person
from tradewind.nouns.trade.models import Order, Product

JAN, FEB, MAR, APR = (date(2026, month, 1) for month in (1, 2, 3, 4))
LATER = datetime(2026, 6, 20, 9, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def net(day: date | None = None, grain: str = SaleReading.DAY) -> int:
    """Net of sales less refunds, of a day or of all days."""
    rows = SaleReading.objects.filter(grain=grain, **({"day": day} if day else {}))
    return sum(row.sales_net + row.credits_net - row.refunds_net for row in rows)


def keeper(name: str) -> Person:
    """Somebody who may close and open months."""
    person = Person.objects.create(name=name)
    codes = [f"metrics.{verb}" for verb in ("view_close", "ask_reopening", "reopen_month", "keep_closed")]
    Grant.objects.create(person=person, role=Role.objects.create(code=name.lower(), codes=codes))
    return person


def touch(*days: date) -> None:
    refresh.mark([Period(day, day) for day in days], "test")
    refresh.refresh()


def close(month: date) -> Close:
    return actions.close_month.system(month=month)


@pytest.fixture(autouse=True)
def _midsummer() -> Iterator[None]:
    with time_machine.travel(LATER, tick=False):
        yield


def test_closed_month_stays_and_late_facts_count_on_the_first_open_day() -> None:
    shop, mug = make_channel(), Product.objects.create(key="MUG", sku="MUG")
    make_order(shop, date(2026, 1, 10), (100_000,), products=[mug])
    refresh.ensure()
    close(JAN)
    make_order(shop, date(2026, 1, 12), (70_000,), products=[mug])
    touch(date(2026, 1, 12))
    assert (net(date(2026, 1, 12)), net(FEB), net()) == (0, 70_000, 170_000)
    assert net(JAN, SaleReading.MONTH) == 100_000
    assert net(FEB, SaleReading.MONTH) == 70_000
    posted = LateSale.objects.get()
    assert (posted.day, posted.cause_day, posted.sales_net, posted.cause) == (FEB, date(2026, 1, 12), 70_000, "test")
    assert list(ProductReading.objects.order_by("day").values_list("day", "sales_net")) == [
        (JAN, 100_000),
        (FEB, 70_000),
    ]
    touch(date(2026, 1, 12), JAN)
    assert LateSale.objects.count() == LateProduct.objects.count() == 1
    assert refresh.check(200, Random(1)) == []


def test_products_of_a_closed_month_stay_and_say_where_they_cannot() -> None:
    shop, mug = make_channel(currency="USD"), Product.objects.create(key="MUG", sku="MUG")
    make_order(shop, date(2026, 1, 10), (100_000,), products=[mug])
    refresh.ensure()
    close(JAN)
    make_order(shop, date(2026, 1, 12), (70_000,), products=[mug])
    touch(date(2026, 1, 12))
    make_rate_set("plan", {"USD": "2"})

    def told(start: date, end: date, by: str = "product", **more: Any) -> Any:
        sheet = figures.slices("finance.net_revenue", (by,), None, Period(start, end), **more)
        return [one.figures["finance.net_revenue"].value for one in sheet.slices], sheet.notes.facts

    january, february = (JAN, date(2026, 1, 31)), (FEB, date(2026, 2, 28))
    assert told(*january) == ([10], False)
    assert told(*february) == ([7], False)
    mugs: dict[str, Any] = {"filters": (("product", (mug.pk,)),)}
    assert told(*january, currency="USD", rate="day") == ([10], True)
    assert told(JAN, february[1], currency="USD", rate="day") == ([17], True)
    assert told(*january, by="day", **mugs) == ([10, 7], True)
    assert told(JAN, date(2026, 1, 20)) == ([17], True)
    assert told(MAR, date(2026, 3, 20)) == ([], False)
    assert told(*january, currency="EUR", rate="plan") == ([5], False)


def test_late_facts_pass_over_months_that_are_closed_too() -> None:
    shop = make_channel()
    order = make_order(shop, date(2026, 1, 10))
    refresh.ensure()
    close(JAN)
    close(FEB)
    make_refund(order, date(2026, 1, 20), 40_000)
    touch(date(2026, 1, 20))
    assert (net(MAR), net(FEB, SaleReading.MONTH), net(JAN, SaleReading.MONTH)) == (-40_000, 0, 100_000)


def test_month_opens_only_by_two_people_and_then_counts_itself() -> None:
    shop = make_channel()
    make_order(shop, date(2026, 1, 10))
    refresh.ensure()
    close(JAN)
    row = close(FEB)
    make_order(shop, date(2026, 2, 3), (50_000,))
    touch(date(2026, 2, 3))
    close(MAR)
    ann, bob = (keeper(name) for name in ("Ann", "Bob"))
    with pytest.raises(Refused):
        actions.reopen_month(bob, row)
    actions.ask_reopening(ann, row, reason="a return was missed")
    assert [(n.person, n.kind) for n in Notice.objects.all()] == [(bob, "metrics.reopening_asked")]
    with pytest.raises(NotAllowed):
        actions.reopen_month(ann, row)
    with pytest.raises(NotAllowed):
        actions.reopen_month(Person.objects.create(name="Eve"), row)
    assert closing.is_closed(FEB)
    actions.reopen_month(bob, row)
    assert Notice.objects.filter(person=ann, kind="metrics.month_opened").count() == 1
    refresh.refresh()
    assert net(date(2026, 2, 3)) == 50_000
    assert net(MAR) == 50_000  # March is closed: it keeps what it had …
    assert net(APR) == -50_000  # … and the first open day takes it back
    assert net() == 150_000
    assert [row.withdrawn_at is None for row in LateSale.objects.order_by("pk")] == [False, True]


def test_wish_to_open_a_month_can_be_turned_down() -> None:
    refresh.ensure()
    row, ann = close(JAN), keeper("Ann")
    with pytest.raises(Refused):
        actions.ask_reopening(ann, row, reason=" ")
    actions.ask_reopening(ann, row, reason="a return was missed")
    actions.keep_closed(keeper("Bob"), row)
    assert [notice.kind for notice in Notice.objects.filter(person=ann)] == ["metrics.month_kept"]
    assert (row.state, row.asked_by, closing.is_closed(JAN)) == (Close.CLOSED, None, True)


def test_month_that_is_not_over_cannot_be_closed() -> None:
    with pytest.raises(Refused):
        close(date(2026, 6, 1))
    assert not Close.objects.exists()


STEP = st.one_of(
    st.tuples(st.just("order"), st.integers(0, 149), st.integers(1, 9)),
    st.tuples(st.just("cancel"), st.integers(0, 30), st.just(0)),
    st.tuples(st.just("refund"), st.integers(0, 149), st.integers(0, 30)),
    st.tuples(st.just("close"), st.integers(0, 4), st.just(0)),
    st.tuples(st.just("open"), st.integers(0, 4), st.just(0)),
    st.tuples(st.just("count"), st.just(0), st.just(0)),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, min_size=3, max_size=18))
def test_nothing_is_lost_or_counted_twice(steps: list[tuple[str, int, int]]) -> None:
    for model in (LateSale, LateProduct, Close, SaleReading, ProductReading, Order):
        model.objects.all().delete()
    shop, frozen = make_channel(), dict[date, int]()
    for kind, first, second in steps:
        day = JAN + timedelta(first)
        if kind == "order":
            make_order(shop, day, (second * 10_000,))
            refresh.mark([Period(day, day)])
        elif kind == "cancel" and (found := list(Order.objects.order_by("pk"))):
            chosen = found[first % len(found)]
            Order.objects.filter(pk=chosen.pk).update(state=Order.CANCELLED)
            days = [chosen.day, *chosen.refunds.values_list("day", flat=True)]
            refresh.mark([Period(d, d) for d in days])
        elif kind == "refund" and (found := list(Order.objects.order_by("pk"))):
            make_refund(found[second % len(found)], day, 5_000)
            refresh.mark([Period(day, day)])
        elif (
            kind == "close"
            and not closing.is_closed(date(2026, first + 1, 1))
            and not Close.objects.filter(state=Close.OPEN).exists()
        ):
            close(date(2026, first + 1, 1))
            frozen[date(2026, first + 1, 1)] = net(date(2026, first + 1, 1), SaleReading.MONTH)
        elif kind == "open" and closing.is_closed(date(2026, first + 1, 1)):
            Close.objects.filter(month=date(2026, first + 1, 1)).update(state=Close.OPEN)
            frozen.pop(date(2026, first + 1, 1), None)
            closing.take_back(Period.containing(date(2026, first + 1, 1), "month"))
        elif kind == "count":
            refresh.refresh()
    refresh.refresh()
    assert {month: net(month, SaleReading.MONTH) for month in frozen} == frozen
    paid = Order.objects.filter(state=Order.PAID)
    whole = sum(o.net for o in paid) - sum(r.net for o in paid for r in o.refunds.all())
    assert net() == net(grain=SaleReading.MONTH) == whole
    assert sum(p.sales_net - p.refunds_net for p in ProductReading.objects.all()) == whole
