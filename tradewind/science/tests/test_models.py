"""The single models: smoothing, Theta, and demand that comes now and then."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradewind.science.intermittent import adida, is_intermittent, mean_of_last, tsb, tsb_run
from tradewind.science.smoothing import descend, golden, holt, holt_winters, level_error, simple
from tradewind.science.theta import line, theta

series = st.lists(st.floats(min_value=1, max_value=1e5), min_size=8, max_size=40)
flats = st.floats(min_value=0.5, max_value=1e6)


def test_golden_section_and_descent_find_the_least_cost() -> None:
    place, cost = golden(lambda x: (x - 0.3) ** 2, 0, 1, steps=30)
    assert place == pytest.approx(0.3, abs=1e-5)
    assert cost == pytest.approx(0, abs=1e-9)
    found, least = descend(lambda p: (p[0] - 0.25) ** 2 + (p[1] + 1) ** 2, [0.9, 0.0], [(0, 1), (-0.5, 0.5)], rounds=12)
    assert found == pytest.approx([0.25, -0.5], abs=1e-3)  # the second one's least cost lies beyond its bound
    assert least == pytest.approx(0.25, abs=1e-3)


@given(flats, st.integers(min_value=8, max_value=40))
def test_constant_stays_constant(value: float, count: int) -> None:
    flat = [value] * count
    for fit in (simple(flat, 5), holt(flat, 5), holt(flat, 5, damped=False), theta(flat, 5)):
        assert fit.forecast == pytest.approx([value] * 5)
        assert fit.error == pytest.approx(0, abs=1e-6)


@given(series)
def test_simple_smoothing_stays_within_what_was_seen(values: list[float]) -> None:
    (one, *rest) = simple(values, 4).forecast
    assert rest == [one] * 3
    assert min(values) - 1e-6 <= one <= max(values) + 1e-6


def test_level_follows_the_recursion() -> None:
    level, squares = level_error([10.0, 14.0, 12.0], 0.5)
    assert (level, squares) == (12.0, 16.0)


def test_trend_goes_on_and_a_damped_one_dies_down() -> None:
    steep = [10.0 + 3 * i for i in range(24)]
    assert holt(steep, 4, damped=False).forecast == pytest.approx([82, 85, 88, 91])
    damped = holt(steep, 40).forecast
    steps = [after - before for before, after in itertools.pairwise(damped)]
    assert all(later < earlier for earlier, later in itertools.pairwise(steps))
    assert damped[-1] < 10 + 3 * 63


@settings(max_examples=30)
@given(series, st.floats(min_value=0.01, max_value=1000))
def test_theta_is_free_of_scale(values: list[float], factor: float) -> None:
    plain = theta(values, 6).forecast
    scaled = theta([factor * value for value in values], 6).forecast
    # the search for alpha may stop at a neighbouring place where two costs are equal up to rounding
    assert scaled == pytest.approx([factor * value for value in plain], rel=1e-3, abs=1e-3 * factor * max(values))


def test_theta_of_a_line_has_half_its_slope_ahead() -> None:
    start, slope = line([5.0 + 2 * i for i in range(20)])
    assert start == pytest.approx(5)
    assert slope == pytest.approx(2)
    found = theta([5.0 + 2 * i for i in range(20)], 3).forecast
    assert [b - a for a, b in itertools.pairwise(found)] == pytest.approx([1, 1])


@pytest.mark.parametrize("multiplies", [True, False])
def test_holt_winters_repeats_a_perfect_season(multiplies: bool) -> None:
    season = (0.5, 1.0, 1.5, 1.0) if multiplies else (-20.0, 0.0, 20.0, 0.0)
    values = [100 * season[i % 4] if multiplies else 100 + season[i % 4] for i in range(24)]
    assert holt_winters(values, 8, season, multiplies).forecast == pytest.approx(values[:8])


def test_intermittent_is_told_by_zeros_and_never_by_losses() -> None:
    assert is_intermittent([0, 0, 3, 0, 1])
    assert not is_intermittent([1, 2, 3, 0, 1])
    assert not is_intermittent([0, 0, -3, 0, 1])


@given(st.lists(st.integers(min_value=0, max_value=50), min_size=4, max_size=60))
def test_tsb_lies_between_none_and_the_most_asked_for(counts: list[int]) -> None:
    fit = tsb(counts, 3)
    assert fit.forecast == [fit.forecast[0]] * 3
    assert 0 <= fit.forecast[0] <= max(counts) + 1e-9


def test_tsb_falls_while_nothing_is_asked_for() -> None:
    busy = [0.0, 4.0] * 10
    levels = [tsb_run([*busy, *[0.0] * quiet], 0.1, 0.1)[0] for quiet in (0, 3, 9)]
    assert levels[0] > levels[1] > levels[2] > 0
    assert tsb([0.0] * 9, 2).forecast == [0, 0]


def test_adida_sums_over_the_wait_between_demands() -> None:
    assert adida([0.0, 0, 6, 0, 0, 6, 0, 0, 6, 0, 0, 6], 2) == pytest.approx([2, 2])
    assert adida([0.0] * 9, 3) == [0, 0, 0]
    assert 0 < adida([0.0, 0, 0, 7, 0, 0], 1)[0] <= 7


@given(st.lists(st.integers(min_value=0, max_value=50), min_size=4, max_size=60))
def test_flat_forecasts_of_rare_demand_lie_between_none_and_the_most(counts: list[int]) -> None:
    for found in (adida(counts, 3), mean_of_last(counts, 3, 12)):
        assert found == [found[0]] * 3
        assert 0 <= found[0] <= max(counts) + 1e-9
