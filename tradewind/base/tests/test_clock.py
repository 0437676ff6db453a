import zoneinfo
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from tradewind.base import clock
from tradewind.base.errors import Refused

SAMPLE = ["America/Winnipeg", "Europe/Berlin", "Asia/Shanghai", "America/Sao_Paulo", "Australia/Lord_Howe",
          "America/Havana", "Pacific/Apia", "Africa/Cairo", "Asia/Kathmandu"]  # fmt: skip


def test_zones_come_from_the_package_only() -> None:
    assert zoneinfo.TZPATH == ()


@pytest.mark.parametrize(
    ("name", "winter_hours"), [("America/Winnipeg", -5), ("America/Edmonton", -6), ("America/Vancouver", -7)]
)
def test_canadian_zones_stopped_changing_clocks_in_2026(name: str, winter_hours: int) -> None:
    winter = clock.local(datetime(2027, 1, 15, 12, tzinfo=UTC), name).utcoffset()
    summer = clock.local(datetime(2026, 7, 15, 12, tzinfo=UTC), name).utcoffset()
    assert winter == summer == timedelta(hours=winter_hours)


def test_unknown_zone_refused() -> None:
    for name in ("Mars/Olympus", "../etc/passwd", ""):
        with pytest.raises(Refused):
            clock.zone(name)


@time_machine.travel(datetime(2026, 11, 25, 23, 30, tzinfo=UTC), tick=False)
def test_today_is_computed_for_the_zone() -> None:
    assert clock.now() == datetime(2026, 11, 25, 23, 30, tzinfo=UTC)
    assert clock.today("Asia/Shanghai") == date(2026, 11, 26)
    assert clock.today("America/New_York") == date(2026, 11, 25)


def test_naive_moment_is_a_fault() -> None:
    with pytest.raises(ValueError, match="zone"):
        clock.day_of(datetime(2026, 1, 1), "Europe/Berlin")


@given(st.dates(date(1980, 1, 1), date(2035, 12, 30)), st.sampled_from(SAMPLE))
def test_day_bounds_hold_exactly_the_day(day: date, name: str) -> None:
    start, end = clock.day_bounds(day, name)
    assert clock.day_bounds(day + timedelta(days=1), name)[0] == end
    if start == end:
        # Samoa left out 30 December 2011.
        assert (name, day) == ("Pacific/Apia", date(2011, 12, 30))
        return
    assert timedelta(hours=22) < end - start < timedelta(hours=26)
    assert clock.day_of(start, name) == day
    assert clock.day_of(end - timedelta(seconds=1), name) == day
    assert clock.day_of(start - timedelta(seconds=1), name) < day


def test_day_bounds_across_a_clock_change() -> None:
    start, end = clock.day_bounds(date(2026, 10, 25), "Europe/Berlin")
    assert end - start == timedelta(hours=25)
    start, end = clock.day_bounds(date(2018, 11, 4), "America/Sao_Paulo")
    assert (start, end - start) == (datetime(2018, 11, 4, 3, tzinfo=UTC), timedelta(hours=23))
