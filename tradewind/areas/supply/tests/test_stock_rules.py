"""Levels of stock: always the sum of what moved, ages first in first out, carried along by transfers."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tradewind.areas.supply.rules import Moved, levels

DAY = date(2026, 1, 10)
MOVES = st.lists(
    st.tuples(st.integers(0, 400), st.integers(1, 3), st.integers(-20, 20).filter(bool), st.sampled_from([0, 1, 2, 3])),
    max_size=30,
)


def moved(found: list[tuple[int, int, int, int]]) -> list[Moved]:
    return [
        Moved(
            DAY + timedelta(day),
            place,
            units,
            units < 0 and not target,
            target if units < 0 and target and target != place else None,
        )
        for day, place, units, target in found
    ]


@given(MOVES)
def test_level_is_the_sum_of_all_that_moved(found: list[tuple[int, int, int, int]]) -> None:
    until, moves = DAY + timedelta(420), moved(found)
    sums: dict[int, int] = defaultdict(int)
    for one in moves:
        sums[one.place] += one.units
        if one.target is not None:
            sums[one.target] -= one.units
    kept = levels(moves, until)
    assert {level.place: level.units for level in kept if level.day == until} == dict(sums)
    for level in kept:
        assert max(level.units, 0) >= level.older[0] >= level.older[1] >= level.older[2] >= 0


@given(MOVES)
def test_months_follow_one_another_without_a_gap(found: list[tuple[int, int, int, int]]) -> None:
    moves, by_place = moved(found), defaultdict(list)
    for level in levels(moves, DAY + timedelta(420)):
        by_place[level.place].append(level)
    for place, rows in by_place.items():
        inside = sum(-one.units for one in moves if one.place == place and one.sale)
        assert sum(row.sold for row in rows) == inside
        assert all((later.month - row.month).days in (28, 29, 30, 31) for row, later in pairwise(rows))


def test_transfer_carries_the_age_and_sales_take_the_oldest() -> None:
    moves = [Moved(DAY, 1, 10), Moved(DAY + timedelta(100), 1, 10), Moved(DAY + timedelta(110), 1, -4, True),
             Moved(DAY + timedelta(120), 1, -8, target=2)]  # fmt: skip
    last = {level.place: level for level in levels(moves, DAY + timedelta(130)) if level.day == DAY + timedelta(130)}
    assert (last[1].units, last[1].older) == (8, (0, 0, 0))
    assert (last[2].units, last[2].older) == (8, (6, 0, 0))


def test_units_sold_before_they_came_are_covered_first() -> None:
    moves = [Moved(DAY, 1, -3, True), Moved(DAY + timedelta(5), 1, 10)]
    assert [level.units for level in levels(moves, DAY + timedelta(2))] == [-3]
    assert [(level.units, level.sold, level.came) for level in levels(moves, DAY + timedelta(9))] == [(7, 3, 10)]
