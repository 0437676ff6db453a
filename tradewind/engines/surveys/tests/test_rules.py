"""Which groups may be told of, so that no sum or difference of what is told is about too few; what answers mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import chain, combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewind.engines.surveys import rules
from tradewind.engines.surveys.rules import BadAnswer, Given, safe_groups

CUTS = ("team", "country", "function")
ONE = st.fixed_dictionaries({
    "team": st.sampled_from(["", "1", "2", "3"]), "country": st.sampled_from(["", "CN", "DE", "PH"]),
    "function": st.sampled_from(["a", "b"]),
})  # fmt: skip


def told_sets(people: Sequence[Mapping[str, str]], safe: Mapping[str, Sequence[str]]) -> list[frozenset[int]]:
    """The groups of people that results are told of, the whole first."""
    groups = [
        frozenset(at for at, one in enumerate(people) if one.get(cut) == key) for cut in safe for key in safe[cut]
    ]
    return [frozenset(range(len(people))), *groups]


@given(st.lists(ONE, max_size=40), st.integers(3, 8), st.permutations(CUTS))
def test_no_two_told_groups_differ_by_too_few(people: list[dict[str, str]], minimum: int, cuts: Sequence[str]) -> None:
    told = told_sets(people, safe_groups(people, cuts, minimum))
    for one, other in combinations(told, 2):
        for left in (one - other, other - one, one & other):
            assert not left or len(left) >= minimum


@given(st.lists(ONE, max_size=40), st.integers(3, 8))
def test_what_unions_of_told_groups_leave_is_nobody_or_enough(people: list[dict[str, str]], minimum: int) -> None:
    told = told_sets(people, safe_groups(people, CUTS, minimum))
    some = chain.from_iterable(combinations(told[1:7], size) for size in range(1, 5))
    for groups in some:
        left = told[0] - frozenset().union(*groups)
        assert not left or len(left) >= minimum


@given(st.lists(ONE, max_size=25), st.integers(3, 6), st.data())
def test_no_sum_of_told_groups_with_any_weights_is_about_too_few(
    people: list[dict[str, str]], minimum: int, data: st.DataObject
) -> None:
    told = told_sets(people, safe_groups(people, CUTS, minimum))
    weights = data.draw(st.lists(st.integers(-3, 3), min_size=len(told), max_size=len(told)))
    sums = [sum(w for w, group in zip(weights, told, strict=True) if at in group) for at in range(len(people))]
    about = sum(1 for one in sums if one)
    assert about == 0 or about >= minimum or len(people) < minimum


@given(st.lists(ONE, max_size=40), st.integers(3, 8))
def test_order_of_people_does_not_matter(people: list[dict[str, str]], minimum: int) -> None:
    assert safe_groups(people, CUTS, minimum) == safe_groups(people[::-1], CUTS, minimum)


def groups(**sizes: int) -> list[dict[str, str]]:
    return [{"team": key} for key, size in sizes.items() for _ in range(size)]


@pytest.mark.parametrize(
    ("sizes", "told"),
    [
        ({"a": 4}, []),  # too few at all
        ({"a": 9}, ["a"]),
        ({"a": 6, "b": 5}, ["a", "b"]),
        ({"a": 6, "b": 4}, []),  # telling of a would tell of b
        ({"a": 6, "b": 5, "c": 4}, ["a"]),  # telling of a and b would tell of c
        ({"a": 6, "b": 5, "c": 3, "d": 3}, ["a", "b"]),  # c and d hide each other
    ],
)
def test_a_small_group_hides_with_another_one(sizes: dict[str, int], told: list[str]) -> None:
    assert safe_groups(groups(**sizes), ["team"], 5)["team"] == told


def test_group_of_another_cut_that_would_reveal_one_person_is_not_told() -> None:
    people = [{"team": "de", "country": "DE"} for _ in range(8)]
    people += [{"team": "hq", "country": "DE"}, *({"team": "hq", "country": "CN"} for _ in range(9))]
    assert safe_groups(people, ["team", "country"], 5) == {"team": ["hq", "de"], "country": []}


SCALE: dict[str, Any] = {"kind": "scale", "required": True, "low": 1, "high": 5, "options": [], "right": []}
CHOICE: dict[str, Any] = {"kind": "choice", "required": True, "options": [{"code": "1"}, {"code": "2"}], "right": ["2"]}


@pytest.mark.parametrize("value", ["", None, "  ", []])
def test_empty_answer_is_missing_only_where_it_is_required(value: Any) -> None:
    with pytest.raises(BadAnswer, match="missing"):
        rules.read_answer(SCALE, value)
    assert rules.read_answer({**SCALE, "required": False}, value) == []


@pytest.mark.parametrize(
    ("asked", "value", "reason"),
    [
        (SCALE, "6", "range"), (SCALE, "2.5", "range"), (SCALE, "x", "number"), (SCALE, "NaN", "number"),
        (SCALE, "1e400", "number"), (CHOICE, "3", "option"), (CHOICE, ["1", "2"], "option"), (CHOICE, [[1]], "option"),
        ({"kind": "text", "required": True}, "a" * 5001, "long"), ({"kind": "text", "required": True}, 7, "text"),
    ],
)  # fmt: skip
def test_answer_that_does_not_fit_is_refused(asked: dict[str, Any], value: Any, reason: str) -> None:
    with pytest.raises(BadAnswer, match=reason):
        rules.read_answer(asked, value)


def test_several_options_are_kept_in_the_order_of_the_question() -> None:
    assert rules.read_answer({**CHOICE, "kind": "multi"}, ["2", "1"]) == [Given("1"), Given("2")]


def test_right_means_exactly_the_right_options() -> None:
    many = {**CHOICE, "right": ["1", "2"]}
    assert rules.is_right(CHOICE, [Given("2")]) and rules.is_right(many, [Given("1"), Given("2")])
    assert not rules.is_right(many, [Given("1")]) and not rules.is_right({**CHOICE, "right": []}, [])


@pytest.mark.parametrize(
    ("right", "checked", "mark", "passed"), [(3, 3, 100, True), (2, 3, 100, False), (2, 3, 66, True), (0, 0, 100, None)]
)
def test_pass_mark_decides(right: int, checked: int, mark: int, passed: bool | None) -> None:
    assert rules.is_passed(right, checked, mark) is passed


def test_tally_spreads_means_and_scores() -> None:
    scale = rules.tally(SCALE, [[Given(number=Decimal(4))], [Given(number=Decimal(5))]])
    assert scale.mean == Decimal("4.5") and scale.spread == {"1": 0, "2": 0, "3": 0, "4": 1, "5": 1}
    nps = {"kind": "nps", "low": 0, "high": 10}
    found = rules.tally(nps, [[Given(number=Decimal(n))] for n in (10, 9, 8, 0)])
    assert found.score == Decimal("0.25") and found.count == 4
    assert rules.tally(CHOICE, [[Given("2")], [Given("2")]]).spread == {"1": 0, "2": 2}


def test_reminders_stop_before_the_end() -> None:
    now = datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert rules.next_reminder(now, now + timedelta(days=5), 3) == now + timedelta(days=3)
    assert rules.next_reminder(now, now + timedelta(days=3), 3) is None
    assert rules.next_reminder(now, now + timedelta(days=30), 0) is None
