"""The forecast of a series: models weighted by their past, bounds, and what is refused."""

from __future__ import annotations

from math import pi, sin
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradewind.science import forecast
from tradewind.science.forecast import (
    COMBINED,
    FEWEST,
    GROWN,
    NAIVE,
    SEASONAL_NAIVE,
    ThinData,
    best,
    grown,
    naive,
    seasonal_naive,
)
from tradewind.science.scores import smape

whole = st.lists(st.floats(min_value=1, max_value=1e5), min_size=FEWEST, max_size=40)


def wave(count: int, noise: float = 0.0, seed: int = 1) -> list[float]:
    dice = Random(seed)
    return [200 + i + 60 * sin(2 * pi * i / 12) + dice.gauss(0, noise) for i in range(count)]


@settings(max_examples=25, deadline=None)
@given(whole, st.integers(min_value=1, max_value=14))
def test_bounds_are_ordered_and_nothing_sold_is_the_least(values: list[float], horizon: int) -> None:
    found = best(values, 12, horizon)
    assert len(found.middle) == len(found.low) == len(found.high) == len(found.naive) == horizon
    assert all(
        0 <= low <= middle <= high for low, middle, high in zip(found.low, found.middle, found.high, strict=True)
    )
    assert found.naive == [values[-1]] * horizon
    assert sum(found.weights.values()) == pytest.approx(1)


@given(st.floats(min_value=0.5, max_value=1e6), st.integers(min_value=FEWEST, max_value=40))
@settings(max_examples=20, deadline=None)
def test_constant_is_forecast_as_itself_without_width(value: float, count: int) -> None:
    found = best([value] * count, 12, 6)
    assert found.middle == pytest.approx([value] * 6)
    assert found.high == pytest.approx(found.low)


@settings(max_examples=15, deadline=None)
@given(st.integers(min_value=0, max_value=10_000), st.sampled_from([0.01, 7.0, 1000.0]))
def test_another_currency_gives_the_same_forecast(seed: int, factor: float) -> None:
    values = wave(40, 12, seed)
    plain, scaled = best(values, 12, 6), best([factor * value for value in values], 12, 6)
    assert scaled.middle == pytest.approx([factor * value for value in plain.middle], rel=0.01)


def test_seasonal_naive_repeats_a_perfect_season_and_wins_there() -> None:
    season = [float(10 + n * n % 7 * 5) for n in range(12)]
    assert seasonal_naive(season * 4, 15, 12) == [*season, *season[:3]]
    found = best(season * 4, 12, 12)
    assert found.scores[SEASONAL_NAIVE].smape == 0
    assert found.weights[SEASONAL_NAIVE] == pytest.approx(1, abs=0.01)
    assert found.middle == pytest.approx(season, rel=0.01)


def test_seasonal_naive_without_a_whole_cycle_is_the_naive_one() -> None:
    assert seasonal_naive([1, 2, 3], 2, 12) == naive([1, 2, 3], 2) == [3, 3]
    assert seasonal_naive([1, 2, 3], 2, 1) == [3, 3]


def test_combination_beats_the_naive_forecast_where_there_is_a_season() -> None:
    values = wave(60, 10)
    found = best(values[:48], 12, 12)
    assert found.model == COMBINED
    assert found.scores[COMBINED].smape < found.scores[NAIVE].smape
    error = sum(abs(y - f) for y, f in zip(values[48:], found.middle, strict=True))
    assert error < sum(abs(y - f) for y, f in zip(values[48:], found.naive, strict=True))
    inside = [low <= y <= high for y, low, high in zip(values[48:], found.low, found.high, strict=True)]
    assert sum(inside) >= 8


def test_scores_come_from_the_past_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No model sees a value of the steps it is scored on."""
    values, seen = wave(48, 10), []
    real = forecast.models_of

    def noted(series: forecast.Series, season: int, more: forecast.Models | None = None) -> forecast.Models:
        seen.append(len(series))
        assert list(series) == values[: len(series)]
        return real(series, season, more)

    monkeypatch.setattr(forecast, "models_of", noted)
    best(values, 12, 6)
    assert sorted(seen) == [39, 42, 45, 48]


@pytest.mark.parametrize("count", [0, 1, FEWEST - 1])
def test_thin_data_is_refused_with_what_is_missing(count: int) -> None:
    with pytest.raises(ThinData) as raised:
        best([1.0] * count, 12, 3)
    assert (raised.value.have, raised.value.need) == (count, FEWEST)


def test_short_series_has_equal_weights_and_bounds_of_its_changes() -> None:
    found = best([10.0, 12, 9, 11, 13, 12, 14, 12], 12, 3)
    assert len(set(found.weights.values())) == 1
    assert found.scores == {}
    assert all(low < high for low, high in zip(found.low, found.high, strict=True))


def test_two_years_are_enough_to_learn_a_season_and_growth() -> None:
    season = [float(10 + n * n % 7 * 5) for n in range(12)]
    values = [factor * value for factor in (1.0, 1.2) for value in season]
    assert grown(values, 12, 12) == pytest.approx([1.2 * 1.2 * value for value in season])
    found = best(values, 12, 12)
    assert found.scores[GROWN].smape == min(score.smape for score in found.scores.values())
    assert found.weights[GROWN] > 0.5


def test_growth_of_a_shop_that_opened_is_not_carried_on() -> None:
    assert grown([1.0] * 12 + [50.0] * 12, 1, 12) == [100]
    assert grown([0.0] * 12 + [50.0] * 12, 1, 12) == [50]
    assert grown([4.0] * 12 + [0.0] * 3, 2, 12) == [4, 4]


def test_losses_may_be_forecast_below_zero() -> None:
    found = best([-50.0 + (i % 3) for i in range(30)], 1, 4)
    assert all(value < 0 for value in found.middle)


def test_rare_demand_is_forecast_by_its_mean() -> None:
    found = best([0.0, 0, 5, 0, 0, 0, 4, 0, 0] * 4, 12, 6)
    assert set(found.weights) == {"tsb", "simple smoothing", "adida", "mean"}
    assert 0 < found.middle[0] < 5


def test_old_values_of_a_long_series_do_not_matter() -> None:
    values = wave(150, 10)
    assert best([9e6] * 40 + values, 12, 3).middle == best(values, 12, 3).middle


def test_past_tells_what_was_said_at_each_origin_and_what_came() -> None:
    values = wave(48, 10)
    found = best(values, 12, 6)
    assert [one.back for one in found.past] == [3, 6, 9]
    assert [one.actual for one in found.past] == [values[45:48], values[42:48], values[39:45]]
    said = sum(smape(one.actual, one.said) for one in found.past) / 3
    assert found.scores[COMBINED].smape == pytest.approx(said)


def test_further_models_are_weighed_by_their_past_like_ours() -> None:
    """A model that knows the truth takes the forecast over; one that is wild gets next to nothing."""
    values = wave(60, 10)

    def seer(series: forecast.Series, horizon: int) -> list[float]:
        return values[len(series) : len(series) + horizon]

    found = best(values[:54], 12, 6, {"seer": seer, "wild": lambda series, horizon: [1e6] * horizon})
    assert found.weights["seer"] > 0.99
    assert found.weights["wild"] < 1e-6
    assert found.middle == pytest.approx(values[54:], rel=0.01)
    assert best(values[:54], 12, 6).middle == best(values[:54], 12, 6, {}).middle
