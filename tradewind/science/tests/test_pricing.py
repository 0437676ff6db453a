"""Elasticity is found where it is known, its interval holds as often as it says, and thin data is refused with the reason."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, isclose, log
from random import Random

import pytest

from tradewind.science.pricing import Thin, Week, change, elasticity, level_count
from tradewind.science.regression import Dependent, least_squares, t_below, t_quantile


def history(truth: float, seed: int, weeks: int = 100, noise: float = 0.2, levels: int = 5) -> list[Week]:
    """Weeks with a season, a trend, and prices that are higher in the high season (so that leaving it out would mislead)."""
    dice, found = Random(seed), list[Week]()
    for place in range(weeks):
        month = place * 12 // 52
        season = 0.4 if month % 12 in (10, 11) else 0.0
        price = 20 * (1 + 0.06 * dice.randrange(levels)) * (1.1 if season else 1.0)
        units = exp(6 + truth * log(price) + season + place * 0.002 + dice.gauss(0, noise))
        found.append(Week(month, price, units))
    return found


def test_elasticity_interval_holds_the_truth_as_often_as_it_says() -> None:
    truth, runs = -1.8, 120
    found = [elasticity(history(truth, seed)) for seed in range(runs)]
    held = sum(one.low <= truth <= one.high for one in found)
    assert 0.9 * runs <= held <= 0.99 * runs
    assert abs(sum(one.value for one in found) / runs - truth) < 0.05
    assert all(one.seasonal for one in found)


def test_elasticity_of_an_exact_curve_is_exact() -> None:
    one = elasticity(history(-2.5, 3, noise=0.0))
    assert isclose(one.value, -2.5, abs_tol=1e-6) and one.high - one.low < 1e-5


@pytest.mark.parametrize(
    ("weeks", "reason"),
    [
        (history(-1, 1, weeks=7), "periods"),
        (history(-1, 1, weeks=52, levels=1)[:30], "levels"),
        ([Week(0, 20 + 0.25 * (place % 3), 9) for place in range(30)], "spread"),
        ([Week(0, 20 + place % 5, place % 2) for place in range(30)], "zeros"),
        ([Week(place, 20.0 + place % 5, 50.0 + place) for place in range(18)], "periods"),
        ([], "periods"),
    ],
)
def test_elasticity_refuses_thin_data_with_the_reason(weeks: list[Week], reason: str) -> None:
    with pytest.raises(Thin) as caught:
        elasticity(weeks)
    assert caught.value.reason == reason and caught.value.have != caught.value.need


def test_elasticity_refuses_a_price_that_only_follows_the_calendar() -> None:
    weeks = [Week(place // 4, 20.0 + 2 * (place // 4 % 12), 50.0 + place % 7) for place in range(96)]
    with pytest.raises(Thin) as caught:
        elasticity(weeks)
    assert caught.value.reason == "season"


def test_levels_are_more_than_one_per_cent_apart() -> None:
    assert level_count([10, 10.05, 10.09, 11, 11.2, 15]) == 4


def test_change_is_measured_against_the_control() -> None:
    dice = Random(5)

    def weeks(level: Callable[[int], float]) -> list[float]:
        return [level(place) * exp(dice.gauss(0, 0.05)) for place in range(12)]

    halved = change(
        weeks(lambda place: 100), weeks(lambda place: 60), weeks(lambda place: 500), weeks(lambda place: 600)
    )
    assert halved.low < 0.5 < halved.high and halved.high < 0.6
    same = change(
        weeks(lambda place: 100), weeks(lambda place: 150), weeks(lambda place: 500), weeks(lambda place: 750)
    )
    assert same.low < 1 < same.high


@pytest.mark.parametrize(
    ("before", "after", "control", "reason"),
    [([9.0] * 3, [9.0] * 8, 99.0, "before"), ([9.0] * 8, [9.0] * 3, 99.0, "after"), ([1.0] * 8, [9.0] * 8, 99.0, "units"),
     ([9.0] * 8, [9.0] * 8, 0.0, "control")],
)  # fmt: skip
def test_change_refuses_thin_data_with_the_reason(
    before: list[float], after: list[float], control: float, reason: str
) -> None:
    with pytest.raises(Thin) as caught:
        change(before, after, [control] * len(before), [control] * len(after))
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("share", "freedom", "value"),
    # Student's table as printed in textbooks.
    [(0.975, 1, 12.706), (0.975, 5, 2.571), (0.975, 10, 2.228), (0.95, 30, 1.697), (0.995, 120, 2.617), (0.5, 4, 0.0)],
)
def test_t_quantile_is_that_of_the_table(share: float, freedom: int, value: float) -> None:
    assert abs(t_quantile(share, freedom) - value) < 0.0006
    assert isclose(t_quantile(1 - share, freedom), -t_quantile(share, freedom), abs_tol=1e-12)
    assert isclose(t_below(abs(t_quantile(share, freedom)), freedom), share, abs_tol=1e-12)


def test_least_squares_finds_a_plane_and_refuses_columns_that_repeat() -> None:
    x, y = [1.0, 2.0, 3.0, 4.0, 7.0], [2.0, 1.0, 5.0, 3.0, 4.0]
    target = [3 + 2 * a - b for a, b in zip(x, y, strict=True)]
    fit = least_squares([[1.0] * 5, x, y], target)
    assert [round(value, 9) for value in fit.values] == [3, 2, -1] and fit.freedom == 2 and fit.explained > 0.999999
    with pytest.raises(Dependent):
        least_squares([[1.0] * 5, x, [2 * value for value in x]], target)
