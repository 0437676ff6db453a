"""Costing of stock: every unit's cost counted once, against a slow count unit by unit."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewind.areas.finance.rules.costing import (
    BACK,
    CAME,
    FIFO,
    MOVED,
    MOVING_AVERAGE,
    STANDARD,
    WENT,
    Course,
    Issue,
    Left,
    Move,
    Passage,
    Shelf,
    Step,
    fifo,
    moving_average,
)

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


# --- several owners, several parts, methods that change ------------------------------------------------------------------

KINDS = st.sampled_from([CAME, WENT, BACK, MOVED])
STEPS = st.lists(
    st.tuples(st.integers(0, 200), KINDS, st.integers(1, 3), st.integers(1, 20), st.integers(0, 10**6)), max_size=30
)
METHODS = st.lists(st.tuples(st.integers(0, 200), st.sampled_from([STANDARD, MOVING_AVERAGE, FIFO])), max_size=3)


def steps_of(found: list[tuple[int, str, int, int, int]]) -> list[Step]:
    return [
        Step(
            DAY + timedelta(day),
            kind,
            owner,
            units,
            (cost, cost // 3) if kind == CAME else (),
            f"to {units % 3}",
            owner % 3 + 1,
        )
        for day, kind, owner, units, cost in found
    ]


@given(STEPS, METHODS)
def test_whatever_happens_cost_out_and_value_left_are_cost_in(
    found: list[tuple[int, str, int, int, int]], methods: list[tuple[int, str]]
) -> None:
    versions = sorted(methods)
    steps = steps_of(found)

    def method(day: date) -> str:
        return next((name for start, name in reversed(versions) if DAY + timedelta(start) <= day), STANDARD)

    course = Course(method, lambda _owner, _target, _day: Decimal(1), 2)
    course.run(steps, DAY + timedelta(200))
    left = [shelf.value for shelf in course.shelves.values()]
    gone = [one.costs for _owner, one in course.gone if not isinstance(one.tag, Passage)]
    came = [step.costs for step in steps if step.kind == CAME]
    for part in (0, 1):
        assert sum(costs[part] for costs in (*left, *gone)) == sum(costs[part] for costs in came)
    units = sum(shelf.units - shelf.owed for shelf in course.shelves.values())
    moving = sum(many for shelf in course.shelves.values() for many, tag in shelf.waiting if isinstance(tag, Passage))
    flows = {CAME: 1, BACK: 1, WENT: -1, MOVED: 0}
    assert units + moving == sum(flows[step.kind] * step.units for step in steps)
    last = {end.owner: end for end in course.ends if end.month == (DAY + timedelta(200)).replace(day=1)}
    assert {owner: (end.units, end.value) for owner, end in last.items()} == {
        owner: (shelf.units, sum(shelf.value)) for owner, shelf in course.shelves.items()
    }


def test_goods_that_move_on_before_they_came_arrive_with_their_cost() -> None:
    course = Course(lambda _day: FIFO, lambda owner, _target, _day: Decimal(8) if owner == "eu" else Decimal(1), 1)
    course.run(
        [
            Step(DAY, MOVED, "eu", 5, target="cn"), Step(DAY + timedelta(1), WENT, "cn", 2, tag="sold"),
            Step(DAY + timedelta(9), CAME, "eu", 10, (1000,)),
        ], DAY + timedelta(9),
    )  # fmt: skip
    sold = [one for _owner, one in course.gone if one.tag == "sold"]
    assert [(one.day, one.units, one.costs) for one in sold] == [(DAY + timedelta(9), 2, (1600,))]
    assert (course.shelves["cn"].value, course.shelves["eu"].value) == ((2400,), (500,))


def test_goods_from_another_owner_keep_their_order_where_first_in_goes_first_out() -> None:
    course = Course(lambda _day: FIFO, lambda _owner, _target, _day: Decimal(1), 1)
    steps = [Step(DAY, CAME, "cn", 1, (100,)), Step(DAY, MOVED, "cn", 1, target="eu")]
    steps += [Step(DAY + timedelta(1), CAME, "cn", 1, (900,)), Step(DAY + timedelta(1), MOVED, "cn", 1, target="eu")]
    course.run([*steps, Step(DAY + timedelta(2), WENT, "eu", 1, tag="sold")], DAY + timedelta(2))
    assert [one.costs for _owner, one in course.gone if one.tag == "sold"] == [(100,)]
    assert course.shelves["eu"].value == (900,)


def test_goods_that_come_back_take_off_what_they_cost_when_they_left() -> None:
    shelf = Shelf(FIFO)
    shelf.receive(DAY, 2, (200,))
    shelf.receive(DAY, 2, (800,))
    assert [one.costs for one in shelf.issue(DAY, 3, "a")] == [(600,)]
    back = shelf.give_back(DAY + timedelta(1), 1, "a")
    assert ([(one.units, one.costs) for one in back], shelf.units, shelf.value) == ([(-1, (-200,))], 2, (600,))
    waiting = Shelf()
    waiting.issue(DAY, 3, "a")
    assert (waiting.give_back(DAY, 2, "a"), waiting.owed) == ([], 1)
