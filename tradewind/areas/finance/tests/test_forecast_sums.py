"""Forecasts that add up: markets and channels to the company, to the coin; known days; the rules behind both."""

from __future__ import annotations

from datetime import date, timedelta
from math import exp, pi, sin
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradewind.areas.finance.jobs import forecasts as job
from tradewind.areas.finance.queries.known_days import KnownDays, Seller, known_days
from tradewind.areas.finance.rules.adding_up import Own, agreed, doubt, rest, to_steps
from tradewind.areas.finance.rules.known_days import mixed, sale_days, thanksgiving, weekend_days
from tradewind.engines.agenda.models import Holiday
from tradewind.engines.metrics.tests.trade import make_channel
from tradewind.nouns.org.models import MarketCountry
from tradewind.science.calendar import best_with_days, slopes
from tradewind.science.forecast import best
from tradewind.science.scores import smape

COINS = st.sampled_from([1.0, 0.01, 0.001])


def own(values: list[float], horizon: int = 6) -> Own:
    return Own(values, best(values, 12, horizon))


def shop(seed: int, size: float, months: int = 40) -> list[float]:
    dice = Random(seed)
    return [
        max(0.0, size * (2 + sin(2 * pi * place / 12)) * exp(dice.gauss(0, 0.2))) for place in range(40 - months, 40)
    ]


@given(st.lists(st.floats(min_value=0, max_value=1e7), max_size=9), st.floats(min_value=-0.4, max_value=0.4), COINS)
def test_coins_add_up_exactly_and_none_falls_below_zero(parts: list[float], gap: float, coin: float) -> None:
    whole, coins = to_steps(sum(parts) + (gap * coin if parts else 0), parts, coin)
    assert sum(coins) == whole
    assert all(count >= 0 for count in coins)
    assert all(abs(count * coin - part) <= coin * 1.001 for count, part in zip(coins, parts, strict=True))


@settings(max_examples=8, deadline=None)
@given(
    st.integers(min_value=0, max_value=1000), st.lists(st.integers(min_value=10, max_value=40), min_size=1, max_size=3)
)
def test_agreed_forecasts_add_up_in_every_month_for_any_ages_of_shops(seed: int, ages: list[int]) -> None:
    shops = {place: shop(seed + place, 100.0 * place, months) for place, months in enumerate([40, *ages], 1)}
    whole = [sum(part[len(part) - back] for part in shops.values() if back <= len(part)) for back in range(40, 0, -1)]
    markets = {place: own(values) for place, values in shops.items()}
    mine, cuts, rests = agreed(own(whole), [markets, {}])
    assert rests == [[], []]
    for step in range(6):
        assert sum(one.middle[step] for one in cuts[0].values()) == pytest.approx(mine.middle[step])
    for one in [mine, *cuts[0].values()]:
        assert all(0 <= low <= middle <= high for low, middle, high in zip(one.low, one.middle, one.high, strict=True))


def test_what_no_series_tells_is_a_part_of_its_own() -> None:
    """A new market too short to forecast is still in the company's sales: the others do not have to make up for it."""
    old, new = shop(1, 100.0), [50.0, 60.0, 70.0]
    whole = [*old[:-3], *(a + b for a, b in zip(old[-3:], new, strict=True))]
    assert rest(whole, [old])[-3:] == pytest.approx(new)
    mine, cuts, rests = agreed(own(whole), [{1: own(old)}])
    assert all(40 < value < 90 for value in rests[0])
    for step in range(6):
        assert cuts[0][1].middle[step] + rests[0][step] == pytest.approx(mine.middle[step])


def test_coins_lost_in_rounding_are_no_sales_of_their_own() -> None:
    shops = [shop(seed, 100.0) for seed in range(5)]
    whole = [round(sum(amounts) + 0.02, 2) for amounts in zip(*shops, strict=True)]
    _mine, _cuts, rests = agreed(own(whole), [{place: own(values) for place, values in enumerate(shops, 1)}])
    assert rests == [[]]


def test_errors_of_what_is_shown_come_from_what_was_known() -> None:
    """Changing what came after an origin changes no forecast that was made at it."""
    one, other = shop(1, 100.0), shop(2, 30.0)
    whole = [a + b for a, b in zip(one, other, strict=True)]
    mine, cuts, _rests = agreed(own(whole), [{1: own(one), 2: own(other)}])
    assert mine.smape is not None
    assert mine.mase is not None
    assert 0 < cuts[0][1].smape < 60  # type: ignore[operator]
    past = own(whole).forecast.past
    alone = sum(smape(each.actual, each.said) for each in past) / len(past)
    assert mine.smape == pytest.approx(alone, rel=0.5)


def test_doubt_counts_only_months_before_an_origin() -> None:
    series = own([*shop(1, 100.0)[:-1], 1e6])  # the last month went wild
    assert doubt(series, 0) > 1e8
    assert doubt(series, 3) < 1e5
    assert doubt(Own([1.0, 4.0], series.forecast), 2) < 1e12
    flat = own([5.0] * 9)
    assert doubt(flat, 0) == pytest.approx(0, abs=1e-9)


def test_doubt_without_a_past_is_the_change_on_the_year_before() -> None:
    series = own(shop(1, 100.0)[:12])
    assert not series.forecast.past
    assert doubt(series) == sum((b - a) ** 2 for a, b in zip(series.history, series.history[1:], strict=False)) / 11


class Log:
    """What a job would keep."""

    by, job_id = None, 1

    def __init__(self) -> None:
        self.lines: list[str] = []

    def progress(self, done: int, total: int | None = None, note: str = "") -> None:
        """Nothing is shown."""

    def check(self) -> None:
        """Nobody stops it."""

    def log(self, text: str, level: str = "info") -> None:
        """Keep a line."""
        self.lines.append(text)


def test_slow_models_are_left_out_when_their_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    log, models = Log(), {"slow": lambda series, horizon: [0.0] * horizon}
    more = job.patient(log, models)
    assert more() is models
    monkeypatch.setattr(job, "PATIENCE", 0.0)
    assert (more(), more()) == (None, None)
    assert len(log.lines) == 1
    assert job.patient(log, {})() is None
    assert len(log.lines) == 1


def test_further_models_are_weighed_when_days_are_left_out() -> None:
    values = shop(5, 100.0)
    found, _choice = best_with_days(
        values, {}, more={"steady": lambda series, horizon: [sum(series[-12:]) / 12] * horizon}
    )
    assert found.weights["steady"] > 0


@pytest.mark.parametrize(("year", "day"), [(2019, 28), (2024, 28), (2025, 27), (2026, 26), (2029, 22)])
def test_thanksgiving_is_the_fourth_thursday(year: int, day: int) -> None:
    assert thanksgiving(year) == date(year, 11, day)


def test_cyber_monday_may_lie_in_december() -> None:
    assert (sale_days(date(2024, 11, 1)), sale_days(date(2024, 12, 1))) == (3, 2)
    assert (sale_days(date(2026, 11, 1)), sale_days(date(2026, 12, 1))) == (5, 0)
    assert sale_days(date(2026, 7, 1)) == 0
    assert weekend_days(date(2026, 8, 1), {5, 6}) == 10
    assert weekend_days(date(2026, 2, 1), {5, 6}) == 8


def test_counts_of_places_are_weighted_by_what_they_sell() -> None:
    month = date(2026, 5, 1)
    assert mixed([(3.0, {month: 4.0}), (1.0, {})], [month]) == [3.0]
    assert mixed([(0.0, {month: 4.0}), (0.0, {})], [month]) == [2.0]
    assert mixed([], [month]) == [0.0]


@pytest.mark.django_db
def test_known_days_follow_buyers_and_home_and_what_we_know_better() -> None:
    channel = make_channel("eu")
    assert channel.market is not None
    MarketCountry.objects.create(market=channel.market, country="DE")
    months = [date(2026, 5, 1), date(2026, 6, 1)]
    found = known_days(months, {channel.pk: 10.0})
    # Labour Day (Friday), Ascension (14th) and Whit Monday (25th) in May; none in June in the whole of Germany
    assert found.of(None, channel.pk)["holiday"] == [3.0, 0.0]
    assert found.of(channel.market_id, None)["weekend"] == [10.0, 8.0]
    assert found.of(None, None)["weekend"] == [10.0, 8.0]
    Holiday.objects.create(country="DE", day=date(2026, 6, 4), name={"en": "Works outing"})
    assert known_days(months, {}).of(None, channel.pk)["holiday"] == [3.0, 1.0]
    assert KnownDays(months, []).of(None, None) == {}
    assert KnownDays(months, [Seller(1, None, (), "", 1.0)]).of(None, 1) == {}


def months_of_weekends(count: int) -> list[float]:
    day, found = date(2021, 1, 1), []
    for _month in range(count):
        after = (day + timedelta(days=31)).replace(day=1)
        found.append(float(sum((day + timedelta(days=place)).weekday() > 4 for place in range((after - day).days))))
        day = after
    return found


def test_days_that_move_sales_are_found_and_carried_ahead() -> None:
    days, dice = months_of_weekends(60), Random(3)
    base = [1000 + 8 * place + 200 * sin(2 * pi * place / 12) for place in range(60)]
    values = [one * exp(0.05 * (count - 8.7) + dice.gauss(0, 0.005)) for one, count in zip(base, days, strict=True)]
    found, choice = best_with_days(values[:48], {"weekend": days, "noise": [dice.random() for _place in range(60)]})
    assert choice.used == ("weekend",)
    assert choice.factors["weekend"] == pytest.approx(exp(0.05), abs=0.01)
    assert choice.with_days < choice.without  # type: ignore[operator]
    assert smape(values[48:], found.middle) < 0.7 * smape(values[48:], best(values[:48]).middle)


def test_days_that_move_nothing_are_left_out() -> None:
    values = shop(5, 100.0)
    found, choice = best_with_days(values, {"weekend": months_of_weekends(52)})
    assert choice.used == ()
    assert found.middle == best(values).middle


def test_factor_of_days_needs_two_years_and_more_and_no_zero() -> None:
    days = months_of_weekends(60)
    assert slopes([100.0] * 29, [days[:29]], 12) is None
    assert slopes([100.0] * 39 + [0.0], [days[:40]], 12) is None
    assert slopes([100.0] * 40, [[8.0] * 40], 12) is None  # never another count than the year before
    assert slopes([100.0] * 40, [days[:40]], 12) is not None
