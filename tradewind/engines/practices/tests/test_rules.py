"""The one rule: every boundary in a table, and what must hold for any evidence."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewind.engines.practices.rules import (
    ATTENTION,
    GOOD,
    NONE,
    OVERDUE,
    RANK,
    Evidence,
    Part,
    added,
    deciding,
    health,
    next_due,
    part_health,
    together,
)

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
WEEK = timedelta(days=7)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("done", "due", "good_from", "bad_below", "mark"),
    [
        (0, 0, "1", "0.5", NONE),
        (5, 0, "1", "0.5", NONE),
        (10, 10, "1", "0.5", GOOD),
        (12, 10, "1", "0.5", GOOD),
        (9, 10, "1", "0.5", ATTENTION),
        (5, 10, "1", "0.5", ATTENTION),
        (4, 10, "1", "0.5", OVERDUE),
        (0, 1, "1", "0.5", OVERDUE),
        (9, 10, "0.9", "0.5", GOOD),
        (0, 1, "1", "0", ATTENTION),
        (999_999, 1_000_000, "1", "1", OVERDUE),
        (1, 3, "0.34", "0", ATTENTION),
    ],
)
def test_share_decides_at_its_boundaries(done: int, due: int, good_from: str, bad_below: str, mark: str) -> None:
    part = Part("a", "", done, due, good_from=Decimal(good_from), bad_below=Decimal(bad_below))
    assert part_health(part, WEEK, NOW) == mark


@pytest.mark.parametrize(
    ("age", "mark"),
    [
        (timedelta(0), GOOD),
        (-WEEK, GOOD),
        (WEEK, GOOD),
        (WEEK + SECOND, ATTENTION),
        (2 * WEEK, ATTENTION),
        (2 * WEEK + SECOND, OVERDUE),
        (99 * WEEK, OVERDUE),
    ],
)
def test_lateness_decides_at_its_boundaries(age: timedelta, mark: str) -> None:
    assert health(Evidence((Part("a", "", 1, 1, last=NOW - age),)), WEEK, NOW) == mark


def test_worse_of_share_and_lateness_holds() -> None:
    late = Part("a", "", 9, 10, last=NOW - 3 * WEEK)
    assert part_health(late, WEEK, NOW) == OVERDUE
    assert part_health(replace(late, done=1, last=NOW), WEEK, NOW) == OVERDUE


def test_nothing_due_is_no_evidence_however_late() -> None:
    assert health(Evidence((Part("a", "", 0, 0, last=NOW - 99 * WEEK),)), WEEK, NOW) == NONE
    assert health(Evidence(), WEEK, NOW) == NONE


def test_a_practice_takes_its_worst_part_and_names_it() -> None:
    parts = (Part("a", "", 1, 1), Part("b", "", 6, 10), Part("c", "", 7, 10), Part("d", "", 0, 0))
    assert health(Evidence(parts), WEEK, NOW) == ATTENTION
    assert (deciding(Evidence(parts), WEEK, NOW) or parts[0]).code == "b"
    assert deciding(Evidence(parts[3:]), WEEK, NOW) is None


def test_next_due_is_the_earliest_turn_and_ignores_parts_without_one() -> None:
    parts = (
        Part("a", "", 1, 1, last=NOW),
        Part("b", "", 1, 1, last=NOW - 2 * SECOND),
        Part("c", "", 1, 1),
        Part("d", "", 0, 0, last=NOW - WEEK),
    )
    assert next_due(Evidence(parts), WEEK) == NOW - 2 * SECOND + WEEK
    assert next_due(Evidence(parts[2:3]), WEEK) is None


@pytest.mark.parametrize(
    "wrong", [{"done": -1}, {"due": -1}, {"bad_below": Decimal("1.1")}, {"bad_below": Decimal(-1)}]
)
def test_part_refuses_impossible_numbers(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="a: "):
        Part(**{"code": "a", "label": "", "done": 1, "due": 1, **wrong})  # type: ignore[arg-type]


counts = st.integers(0, 1000)
moments = st.none() | st.datetimes(datetime(2026, 10, 1), datetime(2026, 11, 23), timezones=st.just(UTC))


@st.composite
def parts(draw: st.DrawFn, code: str = "a") -> Part:
    due = draw(counts)
    return Part(code, "", draw(st.integers(0, due)) if due else 0, due, draw(moments))


@given(parts(), parts())
def test_sum_of_two_scopes_lies_between_them(one: Part, other: Part) -> None:
    marks = [RANK[part_health(part, WEEK, NOW)] for part in (one, other) if part.due]
    whole = part_health(added(one, other), WEEK, NOW)
    if marks:
        assert RANK[whole] <= max(marks)
        if one.last is None and other.last is None:
            assert RANK[whole] >= min(marks)
    else:
        assert whole == NONE


@given(st.lists(st.tuples(parts("a"), parts("b")), max_size=6))
def test_scopes_add_in_any_order_and_lose_nothing(scopes: list[tuple[Part, Part]]) -> None:
    found = [Evidence(pair) for pair in scopes]
    whole, turned = together(found), together(found[::-1])
    assert health(whole, WEEK, NOW) == health(turned, WEEK, NOW)
    assert sum(part.due for part in whole.parts) == sum(part.due for pair in scopes for part in pair)
    assert sum(part.done for part in whole.parts) == sum(part.done for pair in scopes for part in pair)


@given(parts(), st.timedeltas(timedelta(0), timedelta(days=60)))
def test_time_alone_never_heals(part: Part, later: timedelta) -> None:
    assert RANK[part_health(part, WEEK, NOW + later)] >= RANK[part_health(part, WEEK, NOW)]


@given(parts(), st.integers(1, 50))
def test_doing_more_never_hurts(part: Part, more: int) -> None:
    better = replace(part, done=part.done + more)
    assert RANK[part_health(better, WEEK, NOW)] <= RANK[part_health(part, WEEK, NOW)]
