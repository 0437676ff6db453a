"""Contribution margins as metrics: the statement to the cent however they are cut, of whole months, for those who may see them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tradewind.areas.finance.actions import ledger
from tradewind.areas.finance.models import Account
from tradewind.areas.finance.queries.profit import Statement, Wish, read, statement
from tradewind.areas.finance.tests.test_profit import keeper, make_money
from tradewind.base.errors import NotAllowed, Refused
from tradewind.base.period import Period
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.access.scope import Scope
from tradewind.engines.metrics import figures
from tradewind.engines.metrics.question import may_see, reach
from tradewind.engines.metrics.registry import METRICS, metric_of
from tradewind.engines.metrics.tests.trade import make_rate_set
from tradewind.nouns.org.models import Entity, Market, Person
from tradewind.nouns.trade.models import Channel, Product

YEAR = Period(date(2025, 11, 1), date(2026, 4, 30))
RESULTS = {
    "finance.cm1": "cm1", "finance.cm2": "cm2", "finance.cm3": "cm3", "finance.operating_result": "operating_result",
}  # fmt: skip
COSTS = {
    "finance.cogs": "cogs", "finance.fulfilment": "fulfilment", "finance.selling_fees": "fees", "finance.ad_spend": "advertising",
}  # fmt: skip
SHARES = {
    "finance.cm1_share": "finance.cm1", "finance.cm2_share": "finance.cm2", "finance.cm3_share": "finance.cm3",
    "finance.operating_share": "finance.operating_result", "finance.ad_share": "finance.ad_spend",
    "finance.fee_share": "finance.selling_fees",
}  # fmt: skip
ALL = (*RESULTS, *COSTS)
MONTHS = st.tuples(st.integers(0, 5), st.integers(0, 5)).map(sorted)


def months(first: int, last: int) -> Period:
    parts = YEAR.split("month")
    return Period(parts[first].start, parts[last].end)


def shown(made: Statement, metric: str) -> dict[tuple[str, ...], Decimal]:
    """What the statement shows of a metric by column, keys as codes of months and texts."""
    kind, line, sign = ("result", RESULTS[metric], 1) if metric in RESULTS else ("line", COSTS[metric], -1)
    cells = next((row.cells for row in made.sheet.rows if row.kind == kind and row.line == line), {})
    return {tuple(map(code, key)): sign * amount for key, amount in cells.items() if amount}


def code(part: Any) -> str:
    return f"{part:%Y-%m}" if isinstance(part, date) else str(part)


def told(sheet: figures.Sheet, metric: str) -> dict[tuple[str, ...], Decimal]:
    found = {tuple(map(str, one.key)): one.figures[metric].value for one in sheet.slices}
    return {key: value for key, value in found.items() if value}


class AnySlice(TestCase):
    """Whatever months, corner, filters, cuts, currency and rates: the metrics are the statement."""

    admin: Person

    @classmethod
    def setUpTestData(cls) -> None:
        make_money(5)
        make_rate_set("plan", {"USD": "1.1", "JPY": "163.7", "CNY": "7.3"})
        cls.admin = keeper("*")
        between: dict[str, Any] = {"market_id": Market.objects.all()[0].pk, "partner_id": Entity.objects.all()[0].pk}
        account = Account.objects.get(code="gross-sales")
        ledger.post(
            None, [ledger.Entry("within", account, date(2026, 1, 5), 77_777_777, "USD", "intercompany", **between)]
        )

    @settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], deadline=None)
    @given(data=st.data())
    def test_metrics_equal_the_statement(self, data: st.DataObject) -> None:
        period = months(*data.draw(MONTHS))
        market = data.draw(st.sampled_from([None, *Market.objects.values_list("pk", flat=True)]))
        filters = {
            name: (value,)
            for name, rows in (("channel", Channel), ("product", Product))
            if (value := data.draw(st.sampled_from([0, None, *rows.objects.values_list("pk", flat=True)]))) != 0
            and data.draw(st.booleans())
        }
        by = data.draw(st.sampled_from([(), ("market",), ("month",), ("channel",), ("product",), ("entity", "month")]))
        currency, rate = (
            data.draw(st.sampled_from(["EUR", "JPY", "USD"])),
            data.draw(st.sampled_from(["month", "plan"])),
        )
        wish = Wish(period.start, period.end, by, Scope(market=market), filters)
        made = statement(self.admin, wish, currency, rate)
        question = figures.question_of(
            period, by=by, scopes=Scope(market=market), filters=tuple(sorted(filters.items()))
        )
        sheet = figures.sheet((*ALL, *SHARES), question, currency=currency, rate=rate)
        net = made.sheet.result("net_revenue").total
        for metric in ALL:
            assert told(sheet, metric) == shown(made, metric), metric
            total = sum(shown(made, metric).values(), Decimal(0))
            assert sheet.total(metric).value == total
        for share, metric in SHARES.items():
            whole = sheet.total(metric).value or Decimal(0)
            assert sheet.total(share).value == (round(whole / net, 6) if net else None)
        assert sheet.notes.missing == made.notes.missing

    def test_amounts_in_their_own_currencies_are_exact(self) -> None:
        sheet = figures.slices("finance.cm2", ("market",), None, YEAR)
        exact: dict[tuple[str, str], int] = {}
        for cell in read(Wish(YEAR.start, YEAR.end, ("market",))):
            if cell.line not in ("advertising", "pay", "overhead", "below"):
                key = (str(cell.key[0]), cell.currency)
                exact[key] = exact.get(key, 0) + cell.amount
        found = {(str(one.key[0]), one.currency): one.figures["finance.cm2"].value for one in sheet.slices}
        assert {key: int((value or 0) * 10_000) for key, value in found.items() if value} == {
            key: value for key, value in exact.items() if value
        }

    def test_parts_of_months_and_days_are_refused(self) -> None:
        for by, days in ((("day",), YEAR), (("week",), YEAR), ((), Period(date(2026, 1, 2), date(2026, 1, 31)))):
            with pytest.raises(Refused, match="by month"):
                figures.slices("finance.cm2", by, None, days, currency="EUR", rate="month")
        with pytest.raises(Refused, match="averages"):
            figures.value("finance.cm2", None, YEAR, currency="EUR")
        with pytest.raises(Refused, match="country"):
            figures.slices("finance.cm2", ("country",), None, YEAR, currency="EUR", rate="month")
        assert figures.value("finance.cm2", None, None, currency="EUR", rate="month").value
        assert figures.value("finance.cm2_share", None, None, currency="EUR", rate="month").value

    def test_quarters_are_the_sum_of_their_months(self) -> None:
        year = figures.slices("finance.cm3", ("quarter",), None, YEAR, currency="EUR", rate="month")
        month = figures.slices("finance.cm3", ("month",), None, YEAR, currency="EUR", rate="month")
        assert sum(one.figures["finance.cm3"].value or 0 for one in year.slices) == month.total("finance.cm3").value
        assert [one.key[0] for one in year.slices] == ["2025-Q4", "2026-Q1"]


@pytest.mark.django_db
def test_all_rights_of_a_metric_are_needed_in_the_same_corner() -> None:
    make_money()
    here, there = Market.objects.all()[:2]
    seller, buyer, boss = keeper("finance.view_profit"), keeper("finance.view_costs"), keeper("*")
    local = keeper("finance.view_profit", "finance.view_costs", market=here)
    halves = keeper("finance.view_profit", market=here)
    role = Role.objects.create(code="costs", codes=["finance.view_costs"])
    Grant.objects.create(person=halves, role=role, market=there)
    seen = {
        who: {name for name in (*ALL, *SHARES) if may_see(who, METRICS[name])}
        for who in (seller, buyer, boss, local, halves)
    }
    fees = {"finance.fulfilment", "finance.selling_fees", "finance.ad_spend", "finance.ad_share", "finance.fee_share"}
    assert seen[seller] == seen[halves] == fees
    assert seen[buyer] == set()
    assert seen[boss] == {*ALL, *SHARES}
    assert seen[boss] - seen[local] == {"finance.operating_result", "finance.operating_share"}
    assert reach(local, metric_of("finance.cm2")) == (Scope(market=here.pk),)
    with pytest.raises(NotAllowed):
        reach(local, metric_of("finance.cm2"), Scope(market=there.pk))
