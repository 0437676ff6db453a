"""Errors of forecasts as the M competitions count them, against numbers worked out by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewind.science.scores import mase, owa, rmsse, scale, smape

values = st.floats(min_value=0.1, max_value=1e6)
pairs = st.lists(st.tuples(values, values), min_size=1, max_size=30)


def test_smape_of_known_numbers() -> None:
    assert smape([100, 200], [110, 180]) == pytest.approx((200 * 10 / 210 + 200 * 20 / 380) / 2)
    assert smape([0, 10], [0, 10]) == 0
    assert smape([0], [5]) == 200


@given(pairs, st.floats(min_value=0.01, max_value=100))
def test_smape_is_free_of_scale_and_symmetric(rows: list[tuple[float, float]], factor: float) -> None:
    actual, said = [row[0] for row in rows], [row[1] for row in rows]
    error = smape(actual, said)
    assert 0 <= error <= 200
    assert smape(said, actual) == pytest.approx(error)
    assert smape([factor * y for y in actual], [factor * f for f in said]) == pytest.approx(error, rel=1e-6, abs=1e-9)


def test_mase_divides_by_the_change_of_the_history() -> None:
    assert scale([1, 3, 2, 6], 1) == pytest.approx((2 + 1 + 4) / 3)
    assert scale([1, 3, 2, 6], 2) == pytest.approx((1 + 3) / 2)
    assert mase([1, 3, 2, 6], [7, 9], [6, 6], 1) == pytest.approx(2 / (7 / 3))


@pytest.mark.parametrize(("history", "lag"), [([5, 5, 5], 1), ([5, 6], 2), ([], 1)])
def test_mase_has_no_answer_without_change(history: list[float], lag: int) -> None:
    assert scale(history, lag) == 0
    assert mase(history, [1], [2], lag) is None


def test_owa_of_the_reference_is_one() -> None:
    assert owa(9.0, 2.5, 9.0, 2.5) == 1
    assert owa(4.5, 5.0, 9.0, 2.5) == pytest.approx(1.25)


def test_rmsse_of_known_numbers_and_of_a_flat_history() -> None:
    assert rmsse([1, 3, 2], [4, 4], [2, 4]) == pytest.approx((2 / 2.5) ** 0.5)
    assert rmsse([5, 5, 5], [4], [2]) is None
    assert rmsse([5], [4], [2]) is None
