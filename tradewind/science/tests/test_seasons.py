"""Seasons taken out and put back."""

from __future__ import annotations

from math import pi, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewind.science.seasons import Season, autocorrelations, is_seasonal, moving_average, season_of

WAVE = [100 + 2 * i + 30 * sin(2 * pi * i / 12) for i in range(48)]
series = st.lists(st.floats(min_value=1, max_value=1e5), min_size=24, max_size=60)


@given(series, st.booleans())
def test_season_taken_out_and_put_back_is_the_series(values: list[float], multiplies: bool) -> None:
    season = season_of(values, 12, multiplies)
    assert season.back(season.out(values), 0) == pytest.approx(values)


@given(series)
def test_season_adds_up_to_none(values: list[float]) -> None:
    adding, factors = season_of(values, 12, multiplies=False), season_of(values, 12)
    assert not adding.multiplies
    assert sum(adding.values) == pytest.approx(0, abs=1e-6 * max(values))
    assert sum(factors.values) / 12 == pytest.approx(1 if factors.multiplies else 0, abs=1e-6 * max(values))


@given(series, st.floats(min_value=0.01, max_value=1000))
def test_season_is_free_of_scale(values: list[float], factor: float) -> None:
    one, other = season_of(values, 12), season_of([factor * value for value in values], 12)
    if one.multiplies and other.multiplies:
        assert other.values == pytest.approx(one.values)


def test_series_that_touches_zero_gets_a_season_that_adds() -> None:
    assert not season_of([0.0, *WAVE[1:]], 12).multiplies
    assert season_of(WAVE, 12).multiplies


def test_known_season_is_found() -> None:
    assert is_seasonal([100 + 30 * sin(2 * pi * i / 12) for i in range(60)], 12)
    # a line alone is no season, though it is correlated with itself
    assert not is_seasonal([float(i) for i in range(48)], 12)
    found = season_of([10.0 + (5 if i % 4 == 2 else 0) for i in range(16)], 4, multiplies=False)
    assert found.values == pytest.approx((-1.25, -1.25, 3.75, -1.25))


@pytest.mark.parametrize(("values", "length"), [(WAVE, 1), (WAVE[:35], 12), ([7.0] * 48, 12)])
def test_no_season_without_a_cycle_or_with_too_few_or_flat(values: list[float], length: int) -> None:
    assert not is_seasonal(values, length)


def test_place_of_the_cycle_goes_on_behind_the_series() -> None:
    season = Season((1.0, 2.0, 3.0), multiplies=True)
    assert season.back([10, 10], 4) == [20, 30]


@pytest.mark.parametrize("length", [4, 5])
def test_moving_average_of_a_line_is_the_line(length: int) -> None:
    line = [3.0 * i for i in range(12)]
    assert moving_average(line, length) == pytest.approx(line[length // 2 : len(line) - length // 2])


def test_autocorrelation_of_a_flat_series_is_zero() -> None:
    assert autocorrelations([4.0] * 9, 3) == [0, 0, 0]
    assert autocorrelations([1.0, -1.0] * 8, 2) == pytest.approx([-15 / 16, 14 / 16])
