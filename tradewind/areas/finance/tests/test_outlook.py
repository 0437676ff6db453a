"""A reforecast whose revenue ahead comes from the forecast, or from what people expect in its place."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from tradewind.areas.finance.actions import budget_cells, budget_changes, budgets
from tradewind.areas.finance.actions.accounts import install_accounts
from tradewind.areas.finance.actions.forecasts import Line, Month, record_forecasts, save_overlay
from tradewind.areas.finance.models import Account, Budget, BudgetCell, BudgetRow
from tradewind.areas.finance.queries.forecasts import Key
from tradewind.areas.finance.rules.outlook import closest, expected, raked, stretched, totals
from tradewind.base.errors import NotAllowed, Refused
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.actions.rights import install_roles
from tradewind.engines.metrics import refresh
from tradewind.engines.metrics.models import Close
from tradewind.engines.metrics.tests.trade import make_channel, make_order
from tradewind.nouns.org.models import Company, Person, User
from tradewind.nouns.trade.models import Channel

NOW = datetime(2026, 3, 20, 9, tzinfo=UTC)
JANUARY, FEBRUARY, MARCH, APRIL = (date(2026, month, 1) for month in (1, 2, 3, 4))


class House:
    """Two shops in two markets of two entities; January is closed, February whole; forecasts from March on."""

    def __init__(self) -> None:
        install_roles.system()
        install_accounts.system()
        Company.objects.create(name={"en": "T"}, currency="EUR", zone="Europe/Berlin")
        self.eu, self.us = make_channel("eu"), make_channel("us", currency="EUR")
        self.mia = person("finance")
        for shop in (self.eu, self.us):
            for month, amount in ((JANUARY, 80), (FEBRUARY, 90)):
                make_order(shop, month.replace(day=5), (amount * 10_000,))
            make_order(shop, date(2026, 3, 10), (10_000,))
        refresh.ensure()
        Close.objects.create(month=JANUARY, closed_at=NOW)

    def forecast(self, eu: int, us: int, abroad: int = 0) -> None:
        """Forecasts of March to December: the same amount every month, of which the American shop sells some in Europe."""
        amounts: dict[Key, int] = {
            (None, None): eu + us, (self.eu.market_id, None): eu + abroad, (self.us.market_id, None): us - abroad,
            (None, self.eu.pk): eu, (None, self.us.pk): us,
        }  # fmt: skip
        lines = []
        for (market, channel), amount in amounts.items():
            months = [Month(date(2026, month, 1), *([amount * 10_000] * 4)) for month in range(3, 13)]
            lines.append(Line(market, channel, "combined", months=tuple(months)))
        record_forecasts.system(origin=MARCH, horizon=10, currency="EUR", rate="month", lines=lines)

    def budget(self, **facts: Any) -> Budget:
        given = {
            "code": "b26",
            "name": "B",
            "start": JANUARY,
            "end": date(2026, 12, 1),
            "currency": "EUR",
            "entity": None,
        }
        return budgets.create_budget(self.mia, **{**given, **facts})

    def row(self, budget: Budget, account: str, amount: str = "", formula: str = "", **facts: Any) -> BudgetRow:
        there = Account.objects.get(code=account)
        row = budget_cells.add_row(
            self.mia, budget=budget, account=there, **{"currency": "EUR", "formula": formula, **facts}
        )
        if amount:
            cells = [{"row": row.pk, "month": f"2026-{month:02}-01", "amount": amount} for month in range(1, 13)]
            budget_cells.set_cells(self.mia, budget, cells=cells)
        return row

    def again(self, budget: Budget, outlook: str, by: Person | None = None) -> Budget:
        Budget.objects.filter(pk=budget.pk).update(state=Budget.LOCKED)
        budget.refresh_from_db()
        made: Budget = budget_changes.reforecast_budget(
            by or self.mia, budget, code=f"r-{outlook}", name="R", through=JANUARY, outlook=outlook
        )
        return made


def person(role: str, **place: Any) -> Person:
    made = Person.objects.create(name=role, email=f"{role}{Person.objects.count()}@example.com")
    Grant.objects.create(person=made, role=Role.objects.get(code=role), **place)
    return made


@pytest.fixture
def house(db: None) -> Iterator[House]:
    with time_machine.travel(NOW, tick=False):
        yield House()


def amount(budget: Budget, account: str, month: date, shop: Channel | None = None) -> Any:
    where = {"row__market": shop.market_id} if shop else {}
    return Decimal(
        BudgetCell.objects.get(row__budget=budget, row__account__code=account, month=month, **where).amount
    ).scaleb(-4)


def planned(house: House) -> Budget:
    """Sales of 100 and refunds of 10 a month in both markets, and advertising as a tenth of net revenue."""
    budget = house.budget()
    for shop in (house.eu, house.us):
        house.row(budget, "gross-sales", "100", market=shop.market)
        house.row(budget, "refunds", "-10", market=shop.market)
        house.row(budget, "ads-outside", formula="revenue * 10 %", market=shop.market)
    return budget


def test_forecast_stretches_the_plan_of_each_market_and_costs_follow(house: House) -> None:
    house.forecast(eu=180, us=45)
    made = house.again(planned(house), Budget.FORECAST)
    assert (made.outlook, made.forecast.origin) == (Budget.FORECAST, MARCH)  # type: ignore[union-attr]
    assert (amount(made, "gross-sales", APRIL, house.eu), amount(made, "refunds", APRIL, house.eu)) == (200, -20)
    assert (amount(made, "gross-sales", APRIL, house.us), amount(made, "refunds", APRIL, house.us)) == (50, -5)
    assert abs(amount(made, "ads-outside", APRIL, house.eu)) == 18
    # February is whole and not closed: what came counts, not the plan
    assert amount(made, "gross-sales", FEBRUARY, house.eu) + amount(made, "refunds", FEBRUARY, house.eu) == 90


def test_plan_stays_where_nothing_else_is_chosen(house: House) -> None:
    house.forecast(eu=180, us=45)
    made = house.again(planned(house), Budget.PLAN)
    assert (made.outlook, made.forecast, amount(made, "gross-sales", APRIL, house.eu)) == (Budget.PLAN, None, 100)


def test_people_stand_in_the_place_of_the_forecast(house: House) -> None:
    house.forecast(eu=180, us=45)
    save_overlay.system(month=APRIL, amount=Decimal(360), reason="Fair", market=house.eu.market)
    save_overlay.system(month=APRIL, amount=Decimal(90), reason="Launch", channel=house.us)
    budget = planned(house)
    with_people, without = house.again(budget, Budget.EXPECTED), house.again(budget, Budget.FORECAST)
    assert amount(with_people, "gross-sales", APRIL, house.eu) == 400
    assert amount(with_people, "gross-sales", APRIL, house.us) == 100
    assert amount(with_people, "gross-sales", date(2026, 5, 1), house.eu) == 200
    assert amount(without, "gross-sales", APRIL, house.eu) == 200


def test_expectation_of_the_company_moves_markets_nobody_spoke_of(house: House) -> None:
    house.forecast(eu=180, us=45)
    save_overlay.system(month=APRIL, amount=Decimal(270), reason="Plan of the board")
    save_overlay.system(month=APRIL, amount=Decimal(180), reason="As forecast", market=house.eu.market)
    made = house.again(planned(house), Budget.EXPECTED)
    assert (amount(made, "gross-sales", APRIL, house.eu), amount(made, "gross-sales", APRIL, house.us)) == (200, 100)


def test_budget_of_an_entity_takes_what_its_channels_bring(house: House) -> None:
    house.forecast(eu=180, us=45)
    budget = house.budget(entity=house.us.entity)
    house.row(budget, "gross-sales", "100", entity=house.us.entity)
    made = house.again(budget, Budget.FORECAST)
    assert amount(made, "gross-sales", APRIL) == 45


def test_rows_without_a_market_take_what_the_named_markets_leave(house: House) -> None:
    house.forecast(eu=180, us=45)
    budget = house.budget()
    house.row(budget, "gross-sales", "100", market=house.eu.market)
    house.row(budget, "gross-sales", "100", market=None)
    made = house.again(budget, Budget.FORECAST)
    assert amount(made, "gross-sales", APRIL, house.eu) == 180
    cell = BudgetCell.objects.get(row__budget=made, row__market=None, row__account__code="gross-sales", month=APRIL)
    assert cell.amount == 450_000


def test_month_without_a_plan_goes_to_sales(house: House) -> None:
    house.forecast(eu=180, us=45)
    budget = house.budget()
    house.row(budget, "gross-sales", market=house.eu.market)
    house.row(budget, "refunds", market=house.eu.market)
    made = house.again(budget, Budget.FORECAST)
    assert (amount(made, "gross-sales", APRIL), amount(made, "refunds", APRIL)) == (180, 0)


def test_without_a_forecast_or_the_right_nothing_is_made(house: House) -> None:
    budget = planned(house)
    for outlook, code in ((Budget.FORECAST, "no_forecast"), ("dream", None)):
        with pytest.raises(Refused) as refused:
            house.again(budget, outlook)
        assert "outlook" in refused.value.fields
        assert code in (None, refused.value.code)
    house.forecast(eu=180, us=45)
    role = Role.objects.create(code="planner", codes=["finance.view_budget", "finance.reforecast_budget"])
    planner = person(role.code)
    with pytest.raises(NotAllowed):
        house.again(budget, Budget.FORECAST, by=planner)
    assert Budget.objects.count() == 1
    assert house.again(budget, Budget.PLAN, by=planner).outlook == Budget.PLAN


def test_page_asks_where_revenue_comes_from_and_the_version_says_so(house: House) -> None:
    house.forecast(eu=180, us=45)
    budget = planned(house)
    Budget.objects.filter(pk=budget.pk).update(state=Budget.LOCKED)
    User.objects.create_user(str(house.mia.email), person=house.mia)
    client = Client()
    client.force_login(house.mia.user)
    assert "Revenue of the months ahead" in client.get(f"/finance/budgets/{budget.pk}/reforecast/").content.decode()
    sent = client.post(
        f"/finance/budgets/{budget.pk}/reforecast/",
        {"code": "r", "name": "R", "through": "2026-01", "outlook": "expected"},
    )
    assert sent.status_code == 302
    page = client.get(f"/finance/budgets/{Budget.objects.get(code='r').pk}/").content.decode()
    assert "The forecast, and what people expect, made from Mar 2026 on" in page


def test_channel_that_sells_to_several_markets_is_spread_over_them(house: House) -> None:
    """A budget of an entity by market: its shop sells in both markets, and the rows take what it brings in each."""
    assert house.eu.market is not None
    make_order(house.us, date(2026, 1, 6), (240 * 10_000,), market=house.eu.market)
    refresh.mark_all("test")
    refresh.ensure()
    house.forecast(eu=180, us=45, abroad=20)
    budget = house.budget(entity=house.us.entity)
    house.row(budget, "gross-sales", "100", market=house.eu.market, entity=house.us.entity)
    house.row(budget, "gross-sales", "100", market=house.us.market, entity=house.us.entity)
    made = house.again(budget, Budget.FORECAST)
    abroad, home = (amount(made, "gross-sales", APRIL, shop) for shop in (house.eu, house.us))
    assert abroad + home == 45
    assert abroad == pytest.approx(Decimal(20), abs=Decimal("0.01"))
    save_overlay.system(month=APRIL, amount=Decimal(100), reason="Fair", channel=house.us)
    again = house.again(budget, Budget.EXPECTED)
    assert sum(amount(again, "gross-sales", APRIL, shop) for shop in (house.eu, house.us)) == 100


amounts = st.decimals(1, 10**6, places=2)


@given(
    st.lists(st.lists(amounts, min_size=3, max_size=3), min_size=2, max_size=4),
    st.lists(amounts, min_size=4, max_size=4),
)
def test_raked_cells_add_up_to_rows_and_to_columns_that_agree(seed: list[list[Decimal]], sizes: list[Decimal]) -> None:
    cells = {(row, column): value for row, values in enumerate(seed) for column, value in enumerate(values)}
    other = {cell: value * sizes[cell[0]] for cell, value in cells.items()}  # some table whose sums are wanted
    rows, columns = totals(other, 0), totals(other, 1)
    found = raked(rows, columns, {cell: Decimal(1) + cell[0] + cell[1] for cell in cells})
    whole = sum(rows.values())
    assert all(abs(total - rows[key]) <= whole * Decimal("1e-20") for key, total in totals(found, 0).items())
    assert all(abs(total - columns[key]) <= whole * Decimal("0.001") for key, total in totals(found, 1).items())
    assert all(value > 0 for value in found.values())


parts = st.dictionaries(st.integers(1, 6), st.decimals(0, 10**6, places=2), min_size=1)


@given(parts, parts, st.none() | st.decimals(0, 10**7, places=2))
def test_expected_keeps_what_was_spoken_and_meets_the_whole_where_it_can(
    amounts: dict[int, Decimal], spoken: dict[int, Decimal], whole: Decimal | None
) -> None:
    spoken = {key: value for key, value in spoken.items() if key in amounts}
    found = expected(amounts, spoken, whole)
    assert found.keys() == amounts.keys()
    assert all(found[key] == value for key, value in spoken.items())
    assert all(value >= 0 for value in found.values())
    free = sum(value for key, value in amounts.items() if key not in spoken)
    if whole is None or not free or whole < sum(spoken.values()):
        assert all(found[key] == value for key, value in amounts.items() if key not in spoken)
    else:
        assert abs(sum(found.values()) - whole) < Decimal("0.000001")


@given(st.dictionaries(st.integers(1, 5), st.decimals(-1000, 1000, places=2)), st.decimals(0, 10**6, places=2))
def test_stretched_plan_meets_its_target(planned: dict[int, Decimal], target: Decimal) -> None:
    found = stretched(planned, target)
    if sum(planned.values()) <= 0:
        assert found is None
    else:
        assert found is not None
        assert abs(sum(found.values()) - target) < Decimal("0.000001")


def test_closest_place_names_most_and_contradicts_nothing() -> None:
    places = [(None, None), (1, None), (None, 2), (1, 2), (3, None)]
    assert closest(places, 1, 2) == (1, 2)
    assert closest(places, 1, 9) == (1, None)
    assert closest(places, 9, 2) == (None, 2)
    assert closest(places, 9, 9) == (None, None)
    assert closest([(1, None), (None, 2)], 1, 2) == (1, None)
    assert closest([(1, None)], 2, 2) is None
