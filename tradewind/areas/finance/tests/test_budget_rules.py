"""Formulas, investments, scenarios and spreading: against independent reckonings."""

from __future__ import annotations

from datetime import date
from decimal import Context, Decimal, localcontext
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewind.areas.finance.rules import investment
from tradewind.areas.finance.rules.formulas import Circle, Wrong, evaluate, names, order, parse
from tradewind.areas.finance.rules.scenario import PlanLine, factor, shocked
from tradewind.areas.finance.rules.spread import months_between, moved, spread
from tradewind.base.money import Money

NOTHING: dict[str, Decimal] = {}
DRIVERS = {"units": Decimal(1200), "price": Decimal("19.99"), "returns": Decimal("310.5"), "ads": Decimal(900)}


def worth(text: str) -> Decimal:
    return evaluate(parse(text), DRIVERS.__getitem__)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("units * price - returns - ads", "22777.5"), ("=units×price", "23988.00"), ("12 %", "0.12"),
        ("units * 12 % + 1", "145"), ("-(2 - 5) * 2", "6"), ("2 - -3", "5"), ("7 / 2", "3.5"), ("（1＋2）÷4", "0.75"),
        ("2 + 3 * 4", "14"), ("10 - 4 - 3", "3"), ("16 / 4 / 2", "2"), ("[units] / 100", "12"),
    ],
)  # fmt: skip
def test_formula_worth(text: str, expected: str) -> None:
    assert worth(text) == Decimal(expected)


@pytest.mark.parametrize(
    ("text", "kind", "place"),
    [
        ("", "end", 0), ("2 +", "end", 0), ("(2", "end", 0), ("2)", "sign", 2), ("2 3", "sign", 3), ("__import__('os')", "sign", 1),
        ("a.b", "sign", 2), ("2 ** 3", "sign", 4), ("1" * 301, "long", 0), ("(" * 60 + "1" + ")" * 60, "deep", 0), ("1/0", "zero", 0),
    ],
)  # fmt: skip
def test_formula_refused(text: str, kind: str, place: int) -> None:
    with pytest.raises(Wrong) as caught:
        worth(text)
    assert (caught.value.kind, caught.value.place) == (kind, place)


def test_names_are_found_whatever_their_hyphens() -> None:
    assert names(parse("[gross-sales] * 5 % + Head_Count")) == {"gross_sales", "head_count"}


def trees() -> Any:
    number = st.decimals(min_value=0, max_value=10**6, places=4).map(lambda value: (f"{value:f}", value))

    def grow(parts: Any) -> Any:
        def joined(left: Any, sign: str, right: Any) -> Any:
            signs = {"+": Context.add, "-": Context.subtract, "*": Context.multiply}
            return f"({left[0]} {sign} {right[0]})", signs[sign](Context(prec=50), left[1], right[1])

        def percent(part: Any) -> Any:
            return f"({part[0]}) %", Context(prec=50).divide(part[1], Decimal(100))

        def negative(part: Any) -> Any:
            return f"-({part[0]})", Context(prec=50).minus(part[1])

        return st.one_of(
            st.builds(joined, parts, st.sampled_from("+-*"), parts), parts.map(percent), parts.map(negative)
        )

    return st.recursive(number, grow, max_leaves=8)


@given(trees())
def test_formula_equals_the_decimals_of_python(tree: tuple[str, Decimal]) -> None:
    text, expected = tree
    if len(text) <= 300:
        assert evaluate(parse(text), NOTHING.__getitem__) == expected


@given(
    st.lists(st.tuples(st.sampled_from("+-*/"), st.integers(1, 9999)), min_size=1, max_size=12), st.integers(0, 9999)
)
def test_formula_binds_as_python_does(parts: list[tuple[str, int]], first: int) -> None:
    text = f"{first}" + "".join(f" {sign} {value}" for sign, value in parts)
    with localcontext(Context(prec=50)):
        expected = eval(f"Decimal({first})" + "".join(f" {s} Decimal({v})" for s, v in parts))  # noqa: S307
    assert evaluate(parse(text), NOTHING.__getitem__) == expected


def test_order_puts_each_after_what_it_leans_on() -> None:
    found = order({"margin": ["sales", "cost"], "cost": ["sales"], "sales": ["elsewhere"]})
    assert found == ["sales", "cost", "margin"]


def test_circle_is_told_with_its_path() -> None:
    with pytest.raises(Circle) as caught:
        order({"z": ["a"], "a": ["b"], "b": ["c"], "c": ["a"]})
    assert caught.value.path == ["a", "b", "c", "a"]


@given(st.dictionaries(st.integers(0, 12), st.lists(st.integers(0, 12), max_size=4), max_size=13))
def test_order_or_circle(leans: dict[int, list[int]]) -> None:
    try:
        found, path = order(leans), []
    except Circle as circle:
        found, path = [], list(circle.path)
    if path:
        assert path[0] == path[-1] and len(path) > 1
        assert all(right in leans[left] for left, right in pairwise(path))  # type: ignore[index]
        return
    assert sorted(found) == sorted(leans)
    assert all(found.index(on) < found.index(key) for key in leans for on in leans[key] if on in leans)


# --- investments ---------------------------------------------------------------------------------------------------


def test_worth_equals_the_sum_of_discounted_flows() -> None:
    flows = [Decimal(value) for value in (-10_000, *[450] * 30)]
    plain = sum(float(flow) / 1.1 ** (month / 12) for month, flow in enumerate(flows))
    assert abs(float(investment.npv(flows, Decimal("0.1"))) - plain) < 1e-6


def test_return_of_known_flows() -> None:
    """Put in 100, get 110 after a year: ten per cent; 121 after two: ten per cent again."""
    year = [Decimal(-100), *[Decimal(0)] * 11, Decimal(110)]
    assert abs((investment.irr(year)[0] or 0) - Decimal("0.1")) < Decimal("1e-9")
    two = [Decimal(-100), *[Decimal(0)] * 23, Decimal(121)]
    assert abs((investment.irr(two)[0] or 0) - Decimal("0.1")) < Decimal("1e-9")


@given(st.integers(1, 10**6), st.lists(st.integers(0, 10**5), min_size=1, max_size=48))
def test_at_the_return_nothing_is_left(out: int, back: list[int]) -> None:
    flows = [Decimal(-out), *map(Decimal, back)]
    rate, why = investment.irr(flows)
    if rate is None:
        assert why == ("one_sign" if not any(back) else "outside")
        return
    assert abs(float(investment.npv(flows, rate))) < 1e-3 * max(out, sum(back))
    assert (rate >= 0) == (sum(back) >= out) or abs(rate) < Decimal("1e-9")


@pytest.mark.parametrize(("flows", "why"), [([5, 5], "one_sign"), ([], "one_sign"), ([-1, 5, -6], "several")])
def test_return_is_not_made_up(flows: list[int], why: str) -> None:
    assert investment.irr([Decimal(flow) for flow in flows]) == (None, why)


def test_payback_counts_within_the_month_and_for_good() -> None:
    assert investment.payback([Decimal(-100), Decimal(40), Decimal(40), Decimal(40)]) == Decimal("2.5")
    assert investment.payback([Decimal(-100), Decimal(120), Decimal(-50), Decimal(60)]) == Decimal("2.5")
    assert investment.payback([Decimal(-100), Decimal(99)]) is None
    assert investment.payback([Decimal(10)]) == 0
    later = investment.payback([Decimal(-100), Decimal(40), Decimal(40), Decimal(40)], Decimal("0.2"))
    assert later is not None and later > Decimal("2.5")


# --- scenarios and spreading ---------------------------------------------------------------------------------------

AT = (1, 2)
PLAN = [
    PlanLine(AT, "gross-sales", "gross", "EUR", (Decimal(1000), Decimal(500))),
    PlanLine(AT, "cost-duty", "cogs", "EUR", (Decimal(-40), Decimal(-20))),
    PlanLine(AT, "cost-freight", "cogs", "USD", (Decimal(-30), Decimal(-15))),
    PlanLine(AT, "commission", "fees", "EUR", (Decimal(-150), Decimal(-75))),
    PlanLine(AT, "ads-marketplace", "advertising", "EUR", (Decimal(-100), Decimal(-50))),
    PlanLine((1, 3), "gross-sales", "gross", "GBP", (Decimal(10), Decimal(0))),
]


def test_shocks_move_what_they_name_and_nothing_else() -> None:
    shocks = {
        "duty": Decimal("0.25"),
        "freight": Decimal(1),
        "fee": Decimal("0.02"),
        "ads": Decimal("0.2"),
        "rate": Decimal("-0.1"),
    }
    made = {(line.corner, line.account): line.amounts for line in shocked(PLAN, shocks)}
    assert made == {
        (AT, "gross-sales"): (1000, 500), (AT, "cost-duty"): (Decimal("-50.00"), Decimal("-25.00")),
        (AT, "cost-freight"): (-60, -30), (AT, "commission"): (Decimal("-170.00"), Decimal("-85.00")),
        (AT, "ads-marketplace"): (Decimal("-120.0"), Decimal("-60.0")), ((1, 3), "gross-sales"): (10, 0),
        ((1, 3), "commission"): (Decimal("-0.20"), Decimal("0.00")),
    }  # fmt: skip


def test_no_shock_changes_nothing() -> None:
    assert shocked(PLAN, {}) == PLAN
    assert factor(Decimal("1.1"), "USD", "EUR", {}) == Decimal("1.1")


def test_rate_shock_moves_foreign_money_alone() -> None:
    shocks = {"rate": Decimal("-0.1")}
    assert factor(Decimal("0.9"), "USD", "EUR", shocks) == Decimal("0.81")
    assert factor(Decimal(1), "EUR", "EUR", shocks) == 1


@given(st.integers(-(10**12), 10**12), st.integers(1, 36), st.lists(st.integers(-5, 10**6), max_size=36))
def test_spread_adds_up(units: int, months: int, weights: list[int]) -> None:
    total = Money.of_units(units, "EUR")
    parts = spread(total, months, [Decimal(weight) for weight in weights])
    assert len(parts) == months and Money.total(parts, "EUR") == total


def test_spread_follows_the_season() -> None:
    parts = spread(Money(Decimal(100), "EUR"), 2, [Decimal(1), Decimal(3)])
    assert [part.amount for part in parts] == [25, 75]


def test_months_go_over_the_year() -> None:
    assert months_between(date(2026, 11, 1), date(2027, 2, 28)) == [
        date(2026, 11, 1),
        date(2026, 12, 1),
        date(2027, 1, 1),
        date(2027, 2, 1),
    ]
    assert moved(date(2026, 1, 1), -1) == date(2025, 12, 1)
