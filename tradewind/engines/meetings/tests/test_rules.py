"""Days and moments of series, and when somebody is reminded."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewind.base import clock
from tradewind.engines.agenda.rules import Window
from tradewind.engines.meetings.rules import days_between, moments, nth_weekday, remind_at, series_days

START = date(2026, 1, 7)  # a Wednesday


@pytest.mark.parametrize(
    ("rhythm", "weekday", "nth", "expected"),
    [
        ("weekly", 0, 1, ["2026-01-12", "2026-01-19", "2026-01-26"]),
        ("weekly", 2, 1, ["2026-01-07", "2026-01-14", "2026-01-21"]),
        ("biweekly", 4, 1, ["2026-01-09", "2026-01-23", "2026-02-06"]),
        ("monthly", 1, 1, ["2026-02-03", "2026-03-03", "2026-04-07"]),
        ("monthly", 4, 5, ["2026-01-30", "2026-02-27", "2026-03-27"]),
        ("quarterly", 3, 2, ["2026-01-08", "2026-04-09", "2026-07-09"]),
        ("quarterly", 0, 1, ["2026-04-06", "2026-07-06", "2026-10-05"]),
    ],
)
def test_series_days_follow_the_rhythm(rhythm: str, weekday: int, nth: int, expected: list[str]) -> None:
    assert [day.isoformat() for day in islice(series_days(rhythm, weekday, nth, START), 3)] == expected


@given(
    rhythm=st.sampled_from(["weekly", "biweekly", "monthly", "quarterly"]),
    weekday=st.integers(0, 6),
    nth=st.integers(1, 5),
    first=st.dates(date(2020, 1, 1), date(2040, 1, 1)),
)
def test_series_days_rise_and_keep_their_weekday(rhythm: str, weekday: int, nth: int, first: date) -> None:
    days = list(islice(series_days(rhythm, weekday, nth, first), 30))
    assert all(day >= first and day.weekday() == weekday for day in days)
    assert all(early < late for early, late in pairwise(days))


@given(st.integers(2000, 2100), st.integers(1, 12), st.integers(0, 6))
def test_last_weekday_is_in_the_last_seven_days(year: int, month: int, weekday: int) -> None:
    day = nth_weekday(year, month, weekday, 5)
    assert (day.year, day.month, day.weekday()) == (year, month, weekday)
    assert (day + timedelta(days=7)).month != month


def test_days_between_give_the_next_one_when_none_lies_inside() -> None:
    days = days_between("quarterly", 3, 2, START, date(2026, 1, 9), date(2026, 2, 20))
    assert days == [date(2026, 4, 9)]
    assert days_between("quarterly", 3, 2, START, date(2026, 1, 9), date(2026, 2, 20), last=date(2026, 3, 1)) == []


def test_wall_time_stays_when_clocks_change() -> None:
    before, _end = moments(date(2026, 3, 24), time(10), "Europe/Berlin", 60)
    after, end = moments(date(2026, 3, 31), time(10), "Europe/Berlin", 60)
    assert (before, after) == (datetime(2026, 3, 24, 9, tzinfo=UTC), datetime(2026, 3, 31, 8, tzinfo=UTC))
    assert end - after == timedelta(hours=1)
    skipped, _end = moments(date(2026, 3, 29), time(2, 30), "Europe/Berlin", 30)
    assert clock.local(skipped, "Europe/Berlin").hour == 3


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("windows", "expected"),
    [
        ([(8, 9, 17), (9, 9, 17), (10, 9, 17)], at(9, 10)),
        ([(8, 9, 17), (9, 12, 17)], at(9, 12)),
        ([(6, 9, 17)], at(6, 9)),
        ([(10, 11, 17)], None),
        ([], None),
    ],
)
def test_reminder_falls_into_working_time(windows: list[tuple[int, int, int]], expected: datetime | None) -> None:
    found = remind_at([Window(at(day, low), at(day, high)) for day, low, high in windows], at(10, 10))
    assert found == expected
