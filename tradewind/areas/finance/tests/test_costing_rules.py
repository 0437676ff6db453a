"""Costing of stock: every unit's cost counted once, against a slow count unit by unit."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewind.areas.finance.rules.costing import Issue, Left, Move, fifo, moving_average

DAY = date(2026, 1, 1)
MOVES = st.lists(
    st.one_of(
        st.tuples(st.integers(1, 30), st.integers(0, 10**7)), st.tuples(st.integers(-30, -1), st.just(0)),
    ), max_size=25,
)  # fmt: skip


def moves_of(found: list[tuple[int, int]]) -> list[Move]:
    return [Move(DAY + timedelta(place), units, cost) for place, (units, cost) in enumerate(found)]


@given(MOVES, st.sampled_from([fifo, moving_average]))
def test_costs_out_and_value_left_are_costs_in(found: list[tuple[int, int]], method: object) -> None:
    issues, left = method(moves_of(found))  # type: ignore[operator]
    assert sum(issue.cost for issue in issues) + left.value == sum(cost for _units, cost in found)
    came, went = (sum(units for units, _ in found if units > 0), -sum(units for units, _ in found if units < 0))
    assert sum(issue.units for issue in issues) == went - left.owed and left.units == came - went + left.owed
    assert left.value >= 0 and all(issue.cost >= 0 for issue in issues) and not (left.units and left.owed)


@given(MOVES)
def test_first_in_first_out_takes_single_units_in_their_order(found: list[tuple[int, int]]) -> None:
    shelf: list[Fraction] = []
    owed, exact = 0, list[tuple[int, Fraction]]()
    for units, cost in found:
        if units > 0:
            shelf += [Fraction(cost, units)] * units
        else:
            owed -= units
        taken, owed = shelf[:owed], owed - min(owed, len(shelf))
        shelf = shelf[len(taken) :]
        if taken:
            exact.append((len(taken), sum(taken, Fraction(0))))
    issues, left = fifo(moves_of(found))
    assert [issue.units for issue in issues] == [many for many, _cost in exact]
    for issue, (_many, real) in zip(issues, exact, strict=True):
        assert abs(issue.cost - real) <= len(found)  # half a unit for each layer that is cut
    assert (left.units, left.owed) == (len(shelf), owed) and abs(left.value - sum(shelf, Fraction(0))) <= len(found)


@given(MOVES)
def test_moving_average_follows_the_exact_average(found: list[tuple[int, int]]) -> None:
    units, owed, exact, value = 0, 0, list[Fraction](), Fraction(0)
    for many, cost in found:
        if many > 0:
            units, value = units + many, value + cost
        else:
            owed -= many
        out = min(owed, units)
        if out:
            share = value * out / units
            exact.append(share)
            units, value, owed = units - out, value - share, owed - out
    issues, left = moving_average(moves_of(found))
    assert len(issues) == len(exact)
    assert all(abs(issue.cost - cost) <= len(found) for issue, cost in zip(issues, exact, strict=True))
    assert left.units == units and abs(left.value - value) <= len(found)


def test_methods_differ_as_the_books_say() -> None:
    moves = [Move(DAY, 10, 1000), Move(DAY, 10, 2000), Move(DAY, -15)]
    assert fifo(moves) == ([Issue(DAY, 15, 2000)], Left(5, 1000))
    assert moving_average(moves) == ([Issue(DAY, 15, 2250)], Left(5, 750))


def test_units_that_left_too_early_are_costed_by_what_came() -> None:
    moves = [Move(DAY, -4), Move(DAY + timedelta(3), 10, 500)]
    for method in (fifo, moving_average):
        assert method(moves) == ([Issue(DAY + timedelta(3), 4, 200)], Left(6, 300))


def test_cost_below_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="zero or more"):
        fifo([Move(DAY, 1, -1)])
