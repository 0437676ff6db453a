"""Bounds: ordered, wider the further ahead, as factors well above zero and as differences elsewhere."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewind.science.bounds import as_factors, bounds
from tradewind.science.forecast import best

positive = st.lists(st.floats(min_value=50, max_value=150), min_size=6, max_size=24)


@given(positive, positive, st.integers(min_value=1, max_value=12))
def test_factors_never_reach_zero_and_lie_further_above_than_below(
    actual: list[float], said: list[float], horizon: int
) -> None:
    count = min(len(actual), len(said))
    low, high = bounds([(actual[:count], said[:count])], actual, [100.0] * horizon, 0.0)
    assert all(0 < one <= 100 <= other for one, other in zip(low, high, strict=True))
    assert all(one * other == pytest.approx(100 * 100) for one, other in zip(low, high, strict=True))
    assert all(other - 100 >= 100 - one - 1e-9 for one, other in zip(low, high, strict=True))
    assert low == sorted(low, reverse=True)
    assert high == sorted(high)


def test_series_that_touches_zero_is_measured_by_differences() -> None:
    assert not as_factors([[100.0, 0.0, 90.0]])
    assert not as_factors([[100.0, -3.0, 90.0]])
    assert not as_factors([[100.0, 1.0, 90.0]])  # a month next to nothing would make a factor of a hundred
    assert as_factors([[100.0, 40.0, 90.0]])
    low, high = bounds([([100.0, 0.0], [50.0, 50.0])], [100.0, 0.0, 90.0], [60.0, 60.0], 0.0)
    assert low == [0, 0]
    assert high[0] - 60 > 60


def test_losses_have_no_floor() -> None:
    low, _high = bounds([([-9.0], [-5.0])], [-9.0, -5.0], [-6.0], None)
    assert low[0] < -6


def test_errors_of_the_past_make_the_width() -> None:
    near = bounds([([100.0, 102.0], [101.0, 101.0])], [100.0, 101.0], [100.0], 0.0)
    far = bounds([([60.0, 150.0], [101.0, 101.0])], [100.0, 101.0], [100.0], 0.0)
    assert far[0][0] < near[0][0]
    assert near[1][0] < far[1][0]


def test_bounds_hold_about_eighty_of_a_hundred_values_to_come() -> None:
    """Levels that wander by a tenth a month, forecast six months ahead: far fewer or far more within would be a wrong width."""
    inside = count = 0
    for seed in range(60):
        dice, level, values = Random(seed), 1000.0, []
        for _month in range(42):
            level *= 1 + dice.gauss(0, 0.1)
            values.append(level)
        found = best(values[:36], 12, 6)
        inside += sum(low <= y <= high for y, low, high in zip(values[36:], found.low, found.high, strict=True))
        count += 6
    assert 0.68 < inside / count < 0.9
