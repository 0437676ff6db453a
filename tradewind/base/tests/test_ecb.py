from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewind.base import ecb
from tradewind.base.errors import Refused
from tradewind.base.money import CURRENCIES


@pytest.mark.parametrize(
    ("day", "quotes"),
    [
        (date(2010, 12, 1), {"USD": "1.3115", "GBP": "0.8393"}),
        (date(2011, 12, 9), {"USD": "1.3384", "GBP": "0.85315", "JPY": "103.95", "CNY": "8.482"}),
        (date(2024, 6, 7), {"USD": "1.0898", "GBP": "0.8512", "CNY": "7.8916", "THB": "39.756"}),
        (date(2026, 10, 30), {"USD": "1.1172", "CNY": "7.4326", "EUR": "1"}),
    ],
)
def test_known_rates(day: date, quotes: dict[str, str]) -> None:
    rates = ecb.rates(day)
    assert {code: rates[code] for code in quotes} == {code: Decimal(text) for code, text in quotes.items()}
    assert (rates.published, rates.age) == (day, 0)


def test_weekend_takes_the_friday_and_says_so() -> None:
    sunday = ecb.rates(date(2024, 6, 9))
    assert (sunday.published, sunday.age) == (date(2024, 6, 7), 2)
    assert dict(sunday) == dict(ecb.rates(date(2024, 6, 7)))


def test_day_after_the_file_says_its_age() -> None:
    last = ecb.last_published()
    later = ecb.rates(last + timedelta(days=26))
    assert (later.published, later.age) == (last, 26)


def test_day_before_the_first_is_refused() -> None:
    assert ecb.rates(date(1999, 1, 4))["USD"] == Decimal("1.1789")
    with pytest.raises(Refused) as caught:
        ecb.rates(date(1999, 1, 3))
    assert caught.value.code == "no_rate"


def test_file_is_whole() -> None:
    days = ecb.published_days()
    assert len(days) == 7126
    assert list(days) == sorted(set(days))
    assert len(ecb.currencies()) == 41
    assert set(ecb.currencies()) < set(CURRENCIES)


def test_ended_currencies() -> None:
    assert ecb.last_quoted("RUB") == date(2022, 3, 1)
    assert "RUB" not in ecb.rates(date(2023, 1, 2))
    assert ecb.rates(date(2022, 12, 30))["HRK"] == Decimal("7.5365")
    assert ecb.rates(date(2024, 1, 2))["HRK"] == Decimal("7.53450")
    assert ecb.rates(date(2026, 2, 2))["BGN"] == Decimal("1.95583")
    assert "EEK" in ecb.rates(date(2011, 6, 1))
    assert "CNY" not in ecb.rates(date(2004, 1, 2))
    assert ecb.last_quoted("XAU") is None


@given(st.dates(date(1999, 1, 4), date(2027, 12, 31)))
def test_published_is_the_last_day_not_after(day: date) -> None:
    rates = ecb.rates(day)
    assert rates.published <= day
    assert not any(rates.published < other <= day for other in ecb.published_days()[-3000:])
    assert all(rate > 0 for rate in rates.values())


def test_history_agrees_with_the_days() -> None:
    series = list(ecb.history("CNY"))
    assert series[0][0] == date(2005, 4, 1)
    assert all(ecb.rates(day)["CNY"] == rate for day, rate in series[::500])
    assert list(ecb.history("XAU")) == []
