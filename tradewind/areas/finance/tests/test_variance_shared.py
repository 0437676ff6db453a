"""Budget against actual with overhead shared out: the whole stays, markets bear their parts, and the five parts still add up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import pytest
import time_machine
from django.test import Client

from tradewind.areas.finance.actions import allocation, ledger, profit
from tradewind.areas.finance.models import Account, Budget, BudgetCell, BudgetRow
from tradewind.areas.finance.queries import variance as queries
from tradewind.areas.finance.queries.profit import Wish
from tradewind.areas.finance.queries.profit_allocated import SILENT, allocated_money
from tradewind.areas.finance.queries.variance import COLUMNS, comparison, in_force
from tradewind.areas.finance.queries.variance_sides import Asked
from tradewind.areas.finance.rules.profit import RESULTS
from tradewind.areas.finance.rules.variance import NAMES, Split, whole
from tradewind.areas.finance.tests.test_variance import HELD, MARCH, holder, house
from tradewind.base.money import to_units
from tradewind.engines.access.scope import Scope
from tradewind.nouns.org.models import User

__all__ = ["house"]
pytestmark = pytest.mark.django_db
END = date(2026, 3, 31)
ACCOUNTS = ["rent", "software", "salaries", "warehouse"]


@pytest.fixture(autouse=True)
def _april() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 4, 6, 9, tzinfo=UTC), tick=False):
        yield


def asked(house: dict[str, Any], **more: Any) -> Asked:
    """March in euros against the budget in force, shared out."""
    return Asked(MARCH, END, "EUR", in_force(MARCH, END), share=True, **more)


def plan(house: dict[str, Any], code: str, amount: int, currency: str = "EUR", **place: Any) -> None:
    """A row of the budget in March."""
    row, _new = BudgetRow.objects.get_or_create(
        budget=house["budget"], account=Account.objects.get(code=code), currency=currency, entity=house["entity"],
        market=place.get("market"), product=place.get("product"),
    )  # fmt: skip
    BudgetCell.objects.update_or_create(row=row, month=MARCH, defaults={"amount": to_units(amount)})


def rule(base: str, **more: Any) -> None:
    """The rule of all overhead from January on."""
    allocation.set_allocation.system(start=date(2026, 1, 1), base=base, **more)


def exact(found: queries.Comparison, account: str, market: int | None) -> tuple[Fraction, Fraction]:
    """Plan and actual of an account in a market."""
    one = whole([split for where, split in found.found.items() if (where.account, where.market) == (account, market)])
    return Fraction(one.plan), Fraction(one.actual)


def test_budget_goes_by_its_own_revenue_and_actual_by_the_rule(house: dict[str, Any]) -> None:
    de, fr = house["markets"]
    BudgetRow.objects.filter(account__code__in=("gross-sales", "rent")).delete()
    plan(house, "gross-sales", 300, market=de)
    plan(house, "gross-sales", 100, market=fr)
    plan(house, "rent", -1000)
    rule("revenue")
    found = queries.compare(asked(house))
    sold = {de.pk: 20 + 22 + 24, fr.pk: 21 + 23 + 25}
    for market, share in ((de.pk, Fraction(3, 4)), (fr.pk, Fraction(1, 4))):
        budget, actual = exact(found, "rent", market)
        assert abs(budget + 1000 * share) < Fraction(1, 10**20)
        assert abs(actual + Fraction(3000 * sold[market], sum(sold.values()))) < Fraction(1, 10**20)
    assert not any(exact(found, "rent", None))
    assert found.left_actuals == {}


@pytest.fixture(params=range(4))
def random(house: dict[str, Any], request: pytest.FixtureRequest) -> dict[str, Any]:
    """Random costs and plans of four accounts, of markets and of nobody, in three currencies, and rules for them."""
    dice, entries = Random(request.param), []
    for place in range(12):
        market = dice.choice([None, None, *house["markets"]])
        code, currency = dice.choice(ACCOUNTS), dice.choice(["EUR", "USD", "CNY"])
        entries.append(
            ledger.Entry(
                f"x{place}", Account.objects.get(code=code), date(2026, 3, 1 + place), -dice.randrange(1, 9_999_999), currency,
                entity_id=dice.choice([None, house["entity"].pk]), market_id=market.pk if market else None,
            )
        )  # fmt: skip
        owner = dice.choice([None, market])
        plan(house, dice.choice(ACCOUNTS), -dice.randrange(1, 9999), dice.choice(["EUR", "CNY"]), market=owner)
    ledger.post(None, entries)
    profit.mark_all()
    profit.count()
    rule(dice.choice(["revenue", "units"]))
    rule("shares", account=Account.objects.get(code="warehouse"), shares={"fr": "3", "de": "1"})
    return house


def test_shares_leave_the_whole_as_it_is_in_every_part(random: dict[str, Any]) -> None:
    plain, shared = queries.compare(Asked(MARCH, END, "EUR", in_force(MARCH, END))), queries.compare(asked(random))
    one, two = whole(plain.found.values()), whole(shared.found.values())
    assert (one.plan, one.parts) == (two.plan, two.parts)  # to the last digit, the exchange part too
    for name in RESULTS:
        assert plain.sheet().result(name).cells == shared.sheet().result(name).cells
    for row in shared.sheet().rows:
        assert sum(row.cells.values(), Decimal(0)) == row.total
    markets = shared.table("market")
    for column in COLUMNS:
        assert sum((row.cells[column] for _key, row in markets[:-1]), Decimal(0)) == markets[-1][1].cells[column]


def costs_of(found: queries.Comparison, market: int) -> Split:
    """All but goods of a market."""
    return whole(
        [one for where, one in found.found.items() if where.market == market and where.line not in ("gross", "cogs")]
    )


def test_a_market_alone_says_the_same_as_in_the_whole_and_as_the_statement(random: dict[str, Any]) -> None:
    shared = queries.compare(asked(random))
    costs = allocated_money(holder("Sia", HELD), Wish(MARCH, END, ("market",)), "EUR", "month")[0]
    for market in random["markets"]:
        place = Scope(market=market.pk)
        alone = queries.compare(asked(random, scope=place), (place,))
        of_it, there = costs_of(shared, market.pk), costs_of(alone, market.pk)
        assert (of_it.plan, of_it.parts) == (there.plan, there.parts)
        for code in ACCOUNTS:
            found = (
                amount for (key, _l, account), amount in costs.amounts.items() if (key, account) == ((market.pk,), code)
            )
            said = sum((Fraction(amount) for amount in found), Fraction(0))
            assert abs(exact(shared, code, market.pk)[1] - said) < Fraction(1, 10**12)


def test_what_neither_side_shares_is_told(house: dict[str, Any], client: Client) -> None:
    BudgetRow.objects.filter(account__code="gross-sales").delete()
    rule("revenue")
    rule("shares", account=Account.objects.get(code="rent"), axis="entity", shares={"de": "1"})
    found = queries.compare(asked(house))
    assert {(one.account, one.reason) for one in found.left_actuals} == {("rent", SILENT)}
    assert {one.account for one in found.left_plans} == {"rent", "software"}
    boss = holder("Cleo", HELD)
    client.force_login(User.objects.create_user(str(boss.email), None, person=boss))
    page = client.get("/finance/variance/?period=2026-03&share=1&detail=1&currency=EUR").content.decode()
    assert "say nothing of markets" in page and "by its own net revenue of each month" in page
    assert "share=1" in page
    told = client.get("/api/v1/finance/variance?period=2026-03&share=true").json()
    assert told["shared"] and {one["account"] for one in told["left_actual"]} == {"rent"}
    row = next(row for row in told["rows"] if (row["kind"], row["line"]) == ("result", "result"))
    assert Decimal(row["actual"]) == sum(Decimal(row[name]) for name in ("budget", *NAMES))


def test_year_before_is_shared_out_too(house: dict[str, Any]) -> None:
    rule("shares", shares={"de": "1"}, account=Account.objects.get(code="rent"))
    market = house["markets"][0]
    for place in (Scope(), Scope(market=market.pk), Scope(market=house["markets"][1].pk)):
        made = comparison(
            holder(f"Y{place.market}", HELD),
            Asked(date(2027, 3, 1), date(2027, 3, 31), "EUR", (house["budget"],), scope=place, share=True),
        )
        rent = [row.total for row in queries.last_year(made).rows if (row.kind, row.account) == ("account", "rent")]
        assert rent == ([] if place.market == house["markets"][1].pk else [Decimal(-3000)])


def test_who_sees_one_market_alone_gets_no_shares_of_the_company(house: dict[str, Any], client: Client) -> None:
    rule("revenue")
    local = holder("Anna", HELD, market=house["markets"][0])
    made = comparison(local, asked(house))
    assert not made.asked.share and not any(where.account == "rent" for where in made.found)
    half = holder("Ben", [code for code in HELD if code != "finance.view_pay"])
    made = comparison(half, asked(house))
    assert {where.line for where in made.found} <= {
        "gross",
        "discount",
        "refund",
        "shipping",
        "other_income",
        "cogs",
        "fulfilment",
        "fees",
        "advertising",
    }
    client.force_login(User.objects.create_user(str(local.email), None, person=local))
    assert "which you do not see" in client.get("/finance/variance/?period=2026-03&share=1").content.decode()


def test_a_budget_that_is_missing_shares_nothing(house: dict[str, Any]) -> None:
    Budget.objects.all().delete()
    rule("revenue")
    found = queries.compare(asked(house))
    assert whole(found.found.values()).plan == 0
