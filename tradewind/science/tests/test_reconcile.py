"""A whole and its parts made to agree, compared with the general solution by matrices."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradewind.science.reconcile import reconcile

amounts = st.lists(st.floats(min_value=0, max_value=1e6), min_size=1, max_size=7)
doubts = st.floats(min_value=0, max_value=1e9)


@settings(deadline=None)
@given(st.floats(min_value=0, max_value=5e6), amounts, amounts, st.data())
def test_every_cut_adds_up_and_nothing_falls_below_zero(
    whole: float, one: list[float], other: list[float], data: st.DataObject
) -> None:
    own = [data.draw(st.lists(doubts, min_size=len(cut), max_size=len(cut))) for cut in (one, other)]
    found, parts = reconcile(whole, [one, other], data.draw(doubts), own)
    size = 1e-6 * (1 + whole + sum(one) + sum(other))
    for cut in parts:
        assert sum(cut) == pytest.approx(found, abs=size)
        assert all(part >= -size for part in cut)


def test_doubts_next_to_nothing_are_proportions_too() -> None:
    found, parts = reconcile(0.0, [[0.0], [1.0]], 0.0, [[0.0], [2.225073858507e-311]])
    assert found == pytest.approx(0, abs=1e-9)
    assert [part for cut in parts for part in cut] == pytest.approx([0, 0], abs=1e-9)


def test_what_agrees_already_stays_as_it_is() -> None:
    found, parts = reconcile(10.0, [[4.0, 6.0], [7.0, 3.0]], 5.0, [[1.0, 9.0], [2.0, 2.0]])
    assert found == pytest.approx(10)
    assert [part for cut in parts for part in cut] == pytest.approx([4, 6, 7, 3])


def test_who_was_off_more_gives_way_more() -> None:
    found, parts = reconcile(100.0, [[50.0, 30.0]], 1.0, [[3.0, 1.0]])
    # the gap of 20 is shared 1 : 3 : 1 between the whole and its parts
    assert found == pytest.approx(96)
    assert parts[0] == pytest.approx([62, 34])


def test_who_was_never_off_does_not_move() -> None:
    found, parts = reconcile(100.0, [[50.0, 30.0]], 4.0, [[0.0, 0.0]])
    assert found == pytest.approx(80)
    assert parts[0] == pytest.approx([50, 30])


def test_two_cuts_are_solved_like_the_general_least_squares() -> None:
    """Minimise the weighted squared changes with both sums equal to the whole, by elimination on the normal equations."""
    whole, cuts, doubt, own = 120.0, [[40.0, 50.0], [70.0, 20.0, 15.0]], 9.0, [[4.0, 1.0], [2.0, 3.0, 5.0]]
    found, parts = reconcile(whole, cuts, doubt, own)
    # Lagrange: the change of the whole is -doubt (a + b), of a part its doubt times a or b
    gap_a, gap_b = whole - sum(cuts[0]), whole - sum(cuts[1])
    left = [[doubt + sum(own[0]), doubt], [doubt, doubt + sum(own[1])]]
    determinant = left[0][0] * left[1][1] - left[0][1] * left[1][0]
    a = (gap_a * left[1][1] - left[0][1] * gap_b) / determinant
    b = (left[0][0] * gap_b - gap_a * left[1][0]) / determinant
    assert found == pytest.approx(whole - doubt * (a + b))
    assert parts[0] == pytest.approx([value + one * a for value, one in zip(cuts[0], own[0], strict=True)])
    assert parts[1] == pytest.approx([value + one * b for value, one in zip(cuts[1], own[1], strict=True)])


def test_part_at_zero_stays_there_and_the_others_take_its_share() -> None:
    found, parts = reconcile(50.0, [[1.0, 80.0]], 0.0, [[1.0, 1.0]])
    assert found == pytest.approx(50)
    assert parts[0] == pytest.approx([0, 50])


def test_loss_stays_a_loss_and_no_part_means_no_change() -> None:
    _found, parts = reconcile(5.0, [[-2.0, 9.0]], 0.0, [[1.0, 1.0]])
    assert sum(parts[0]) == pytest.approx(5)
    assert parts[0][0] == -2  # never below what it was forecast as
    assert reconcile(7.0, [[], []], 1.0, [[], []]) == (7.0, [[], []])
