"""The arithmetic of goals."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewind.areas.structure.rules import goals as rules

D = Decimal
FIRST, LAST = date(2026, 10, 1), date(2026, 12, 31)
amounts = st.integers(-1_000_000, 1_000_000).map(lambda n: D(n) / 100)
days = st.dates(date(2024, 1, 1), date(2028, 12, 31))


@pytest.mark.parametrize(
    ("kind", "start", "target", "low", "high", "value", "reached"),
    [
        ("number", 0, 100, None, None, 25, "0.25"),
        ("number", 20, 10, None, None, 15, "0.5"),
        ("number", 20, 10, None, None, 25, "0"),
        ("number", 0, 100, None, None, 130, "1"),
        ("number", 5, 5, None, None, 5, "1"),
        ("number", 5, 5, None, None, 4, "0"),
        ("yesno", 0, 1, None, None, 0, "0"),
        ("yesno", 0, 1, None, None, 1, "1"),
        ("range", 0, None, 10, 20, 15, "1"),
        ("range", 0, None, 10, 20, 25, "0.5"),
        ("range", 0, None, 10, 20, 9, "0.9"),
        ("range", 0, None, 10, 20, 31, "0"),
        ("range", 0, None, None, 20, 21, "0"),
        ("range", 0, None, 10, None, 21, "1"),
    ],
)
def test_score_follows_the_kind(
    kind: str, start: int, target: int | None, low: int | None, high: int | None, value: int, reached: str
) -> None:
    aim, least, most = (D(part) if part is not None else None for part in (target, low, high))
    assert rules.score(kind, D(start), aim, least, most, D(value)) == D(reached)


@pytest.mark.parametrize(("kind", "target"), [("number", None), ("range", None)])
def test_score_is_unknown_without_value_or_anything_to_reach(kind: str, target: Decimal | None) -> None:
    assert rules.score(kind, D(0), target, None, None, D(3)) is None
    assert rules.score("number", D(0), D(10), None, None, None) is None


@given(start=amounts, target=amounts, value=amounts)
def test_score_stays_between_zero_and_one_and_is_full_at_the_target(start: D, target: D, value: D) -> None:
    got = rules.score("number", start, target, None, None, value)
    assert got is not None and 0 <= got <= 1
    assert rules.score("number", start, target, None, None, target) == 1


@given(start=amounts, target=amounts, value=amounts)
def test_score_reads_the_same_mirrored(start: D, target: D, value: D) -> None:
    if start != target:
        there = rules.score("number", start, target, None, None, value)
        assert rules.score("number", -start, -target, None, None, -value) == there


def test_weighted_leaves_out_what_has_no_value() -> None:
    assert rules.weighted([(D("0.5"), 1), (D(1), 3), (None, 9)]) == D("0.875")
    assert rules.weighted([(None, 2)]) is None
    assert rules.weighted([(D(1), 0)]) is None


@given(st.lists(st.tuples(st.integers(0, 100).map(lambda n: D(n) / 100), st.integers(1, 9)), min_size=1))
def test_weighted_lies_between_its_ends(pairs: list[tuple[D, int]]) -> None:
    got = rules.weighted(pairs)
    assert got is not None
    shares = [share for share, _ in pairs]
    assert min(shares) - D("1e-20") <= got <= max(shares) + D("1e-20")


@given(start=days, length=st.integers(0, 400), step=st.integers(-10, 410))
def test_expected_never_falls_and_ends_full(start: date, length: int, step: int) -> None:
    end, today = start + timedelta(length), start + timedelta(step)
    assert rules.expected(start, end, today) <= rules.expected(start, end, today + timedelta(1))
    assert rules.expected(start, end, end) == 1
    assert rules.expected(start, end, start - timedelta(1)) == 0


def test_expected_of_a_range_is_always_and_of_a_yes_the_last_day() -> None:
    assert rules.expected(FIRST, LAST, FIRST, "range") == 1
    assert rules.expected(FIRST, LAST, date(2026, 12, 30), "yesno") == 0
    assert rules.expected(FIRST, LAST, LAST, "yesno") == 1


def test_forecast_continues_a_straight_line_without_doubt() -> None:
    points = [(FIRST + timedelta(7 * week), D(10 * week)) for week in range(5)]
    got = rules.forecast(points, FIRST + timedelta(70))
    assert got is not None
    assert (got.low, got.middle, got.high) == (D("100.0"), D("100.0"), D("100.0"))


def test_forecast_matches_a_case_done_by_hand() -> None:
    # x 0 1 2 3, y 1 3 2 5: slope 1.1, mean 2.75 at 1.5; residuals square to 2.7, error sqrt(1.35); at x = 5 the middle is 6.6 and
    # the half-width 1.886 * sqrt(1.35) * sqrt(1 + 1/4 + 3.5**2 / 5) = 4.2148.
    points = [(FIRST + timedelta(day), D(y)) for day, y in enumerate((1, 3, 2, 5))]
    got = rules.forecast(points, FIRST + timedelta(5))
    assert got is not None
    assert got.middle == D("6.6")
    assert abs(got.high - D("10.8148")) < D("0.001") and abs(got.low - D("2.3852")) < D("0.001")


def test_forecast_refuses_fewer_than_three_days() -> None:
    assert rules.forecast([(FIRST, D(1)), (FIRST, D(2)), (LAST, D(3))], LAST) is None


@given(st.lists(st.tuples(days, amounts), min_size=3, max_size=30, unique_by=lambda point: point[0]), days)
def test_forecast_keeps_its_middle_inside_its_interval(points: list[tuple[date, D]], end: date) -> None:
    got = rules.forecast(points, end)
    assert got is not None and got.low <= got.middle <= got.high


@given(st.lists(amounts, min_size=3, max_size=12), st.integers(1, 30))
def test_forecast_is_less_sure_further_out(values: list[D], further: int) -> None:
    line = rules.trend([(FIRST + timedelta(i), v) for i, v in enumerate(values)])
    assert line is not None
    near, far = line.at(FIRST + timedelta(len(values))), line.at(FIRST + timedelta(len(values) + further))
    assert far.high - far.low >= near.high - near.low - D("0.001")


@pytest.mark.parametrize(
    ("share", "due", "ahead", "more", "told"),
    [
        (None, "0.5", None, {}, "no_data"),
        ("1", "0.5", None, {}, "done"),
        ("0.45", "0.5", None, {}, "on_track"),
        ("0.3", "0.5", None, {}, "at_risk"),
        ("0.1", "0.5", None, {}, "off_track"),
        ("0.1", "0.5", ("1", "1"), {}, "at_risk"),
        ("0.5", "0.5", ("0.5", "0.7"), {}, "at_risk"),
        ("0.5", "0.5", ("0.97", "1"), {}, "on_track"),
        ("0.3", "0.5", ("0.5", "0.8"), {}, "off_track"),
        ("0.9", "1", ("1", "1"), {"over": True}, "on_track"),
        ("0.5", "1", ("1", "1"), {"over": True}, "off_track"),
        ("1", "1", None, {"kind": "range"}, "on_track"),
        ("1", "1", None, {"kind": "range", "over": True}, "done"),
        ("0.4", "1", None, {"kind": "range"}, "off_track"),
        ("0", "0", None, {"kind": "yesno"}, "on_track"),
        ("0", "0", None, {"kind": "yesno", "confidence": 50}, "at_risk"),
        ("0", "0", None, {"kind": "yesno", "confidence": 20}, "off_track"),
        ("0", "1", None, {"kind": "yesno", "confidence": 90, "over": True}, "off_track"),
    ],
)
def test_status_weighs_the_line_and_the_forecast(
    share: str | None, due: str, ahead: tuple[str, str] | None, more: dict[str, object], told: str
) -> None:
    seen = (D(ahead[0]), D(ahead[1])) if ahead else None
    assert rules.status(D(share) if share else None, D(due), seen, **more) == told  # type: ignore[arg-type]


def goal(number: int, level: str = "team", **more: object) -> rules.Goal:
    facts: dict[str, object] = {
        "start": FIRST, "end": LAST, "period": "2026-Q4", "owner": number, "results": ((1, True), (1, True)),
    }  # fmt: skip
    return rules.Goal(number, level, **(facts | more))  # type: ignore[arg-type]


def told(*goals: rules.Goal) -> list[tuple[str, int, int | None]]:
    return [(fault.code, fault.goal, fault.other) for fault in rules.faults(goals)]


def test_faults_of_a_sound_tree_are_none() -> None:
    assert told(goal(1, "company"), goal(2, "market", parents=(1,)), goal(3, parents=(2, 1))) == []


def test_faults_tell_each_kind_once() -> None:
    root = goal(1, "company")
    assert told(root, goal(2, parents=(1,)), goal(3)) == [("orphan", 3, None)]
    assert told(root, goal(2, parents=(1,), owner=None)) == [("unowned", 2, None)]
    assert told(root, goal(2, parents=(1,), results=((1, False), (1, False)))) == [("unmeasured", 2, None)]
    assert told(root, goal(2, parents=(1,), results=((7, True), (3, True)))) == [("heavy", 2, None)]
    assert told(root, goal(2, parents=(1,), results=((6, True), (4, True)))) == []
    assert told(root) == [("unsupported", 1, None)]
    late = goal(2, parents=(1,), end=LAST + timedelta(1))
    assert told(root, late) == [("outside", 2, 1)]
    assert told(goal(1, parents=(2,)), goal(2, parents=(1,)), goal(3, parents=(1,))) == [
        ("circular", 1, None), ("circular", 2, None)
    ]  # fmt: skip


def test_faults_count_the_sixth_goal_of_an_owner_in_a_period() -> None:
    root = goal(1, "company")
    many = [goal(n, parents=(1,), owner=77) for n in range(2, 8)]
    assert told(root, *many[:5]) == []
    assert told(root, *many) == [("crowded", 7, 77)]
    assert told(root, *many[:5], goal(7, parents=(1,), owner=77, period="2027-Q1")) == []


@given(st.dictionaries(st.integers(0, 12), st.lists(st.integers(0, 12), max_size=3), max_size=13))
def test_circles_are_what_can_reach_itself(parents: dict[int, list[int]]) -> None:
    def reach(child: int) -> set[int]:
        seen: set[int] = set()
        edge = {up for up in parents[child] if up in parents}
        while edge:
            seen |= edge
            edge = {up for child in edge for up in parents[child] if up in parents} - seen
        return seen

    assert rules.circles(parents) == {child for child in parents if child in reach(child)}


def test_calibration_compares_what_was_said_with_what_came() -> None:
    got = rules.calibration([(90, True), (100, True), (80, False), (10, False)])
    last, first = got.buckets[-1], got.buckets[0]
    assert (last.count, last.said, last.came) == (3, D("0.9"), D(2) / 3)
    assert (first.count, first.said, first.came) == (1, D("0.1"), D(0))
    assert got.brier == D("0.165") and got.bias == D("0.2")
    assert rules.calibration([]).brier is None


@given(st.lists(st.tuples(st.integers(0, 100), st.booleans()), min_size=1))
def test_calibration_counts_every_check_in_once(pairs: list[tuple[int, bool]]) -> None:
    got = rules.calibration(pairs)
    assert sum(bucket.count for bucket in got.buckets) == len(pairs) == got.count
    assert got.brier is not None and 0 <= got.brier <= 1


def test_uncovered_names_the_stretches_between() -> None:
    year = (date(2026, 1, 1), date(2026, 12, 31))
    quarters = [(date(2026, 4, 1), date(2026, 6, 30)), (date(2026, 10, 1), date(2027, 1, 31))]
    assert rules.uncovered(*year, quarters) == [
        (date(2026, 1, 1), date(2026, 3, 31)), (date(2026, 7, 1), date(2026, 9, 30))
    ]  # fmt: skip
    assert rules.uncovered(*year, []) == [year]
    assert rules.uncovered(*year, [year]) == []


@given(days, st.integers(0, 300), st.lists(st.tuples(days, st.integers(0, 200)), max_size=8))
def test_uncovered_and_covered_make_the_whole(start: date, length: int, spans: list[tuple[date, int]]) -> None:
    end = start + timedelta(length)
    covered = [(first, first + timedelta(more)) for first, more in spans]
    gaps = rules.uncovered(start, end, covered)
    inside = {start + timedelta(n) for n in range(length + 1)}
    free = {day for day in inside if not any(first <= day <= last for first, last in covered)}
    told_free = {first + timedelta(n) for first, last in gaps for n in range((last - first).days + 1)}
    assert told_free == free
    assert all(one[1] < two[0] for one, two in pairwise(gaps))
