from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewind.base.clock import day_of
from tradewind.base.errors import Refused
from tradewind.engines.jobs.schedule import Rule, parse


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_interval_keeps_its_beat_and_skips_what_was_missed() -> None:
    rule = parse("1h")
    assert rule.after(at("2026-03-01 12:10"), at("2026-03-01 09:00")) == at("2026-03-01 13:00")
    assert rule.after(at("2026-03-01 12:00"), at("2026-03-01 11:00")) == at("2026-03-01 13:00")


def test_first_beat_comes_within_a_minute() -> None:
    assert parse("2d").after(at("2026-03-01 12:00")) == at("2026-03-01 12:01")
    assert parse("15s").after(at("2026-03-01 12:00")) == at("2026-03-01 12:00") + timedelta(seconds=15)


@pytest.mark.parametrize(
    ("rule", "moment", "due"),
    [
        ("daily 03:00 Asia/Shanghai", "2026-03-01 18:59", "2026-03-01 19:00"),
        ("daily 03:00 Asia/Shanghai", "2026-03-01 19:00", "2026-03-02 19:00"),
        ("weekly mon 09:00 Europe/Berlin", "2026-03-23 12:00", "2026-03-30 07:00"),  # summer time began on the 29th
        ("weekly mon 09:00 Europe/Berlin", "2026-03-20 12:00", "2026-03-23 08:00"),
        ("monthly 31 03:00 UTC", "2026-02-01 00:00", "2026-02-28 03:00"),
        ("monthly 1 03:00 UTC", "2026-02-01 03:00", "2026-03-01 03:00"),
    ],
)
def test_clocked_rule_follows_the_calendar_of_its_zone(rule: str, moment: str, due: str) -> None:
    assert parse(rule).after(at(moment)) == at(due)


def test_time_that_the_zone_skips_is_due_once_when_the_clocks_have_moved() -> None:
    rule = parse("daily 02:30 Europe/Berlin")
    first = rule.after(at("2026-03-28 12:00"))
    assert first == at("2026-03-29 01:30")  # 02:30 does not exist: 03:30 summer time
    assert rule.after(first) == at("2026-03-30 00:30")


def test_time_that_comes_twice_is_due_the_first_time_only() -> None:
    rule = parse("daily 02:30 Europe/Berlin")
    first = rule.after(at("2026-10-24 12:00"))
    assert first == at("2026-10-25 00:30")
    assert rule.after(first) == at("2026-10-26 01:30")


@pytest.mark.parametrize(
    "text", ["", "0h", "hourly", "daily 25:00 UTC", "weekly day 09:00 UTC", "monthly 32 03:00 UTC"]
)
def test_other_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse(text)


def test_unknown_zone_is_refused() -> None:
    with pytest.raises(Refused):
        parse("daily 03:00 Europe/Atlantis")


ZONES = ["UTC", "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]


@given(
    zone=st.sampled_from(ZONES),
    hour=st.integers(0, 23),
    minute=st.integers(0, 59),
    moment=st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31)),
)
def test_daily_rule_fires_once_each_local_day(zone: str, hour: int, minute: int, moment: datetime) -> None:
    rule = parse(f"daily {hour:02d}:{minute:02d} {zone}")
    due, days = moment.replace(tzinfo=UTC), []
    for _ in range(4):
        before, due = due, rule.after(due)
        assert due > before
        days.append(day_of(due, zone))
    assert all(later - earlier == timedelta(days=1) for earlier, later in itertools.pairwise(days))


@given(seconds=st.integers(1, 10**6), late=st.integers(0, 10**7))
def test_beats_stay_on_their_grid(seconds: int, late: int) -> None:
    last = at("2026-01-01 00:00")
    now = last + timedelta(seconds=late)
    due = Rule(seconds=seconds).after(now, last)
    assert due > now
    assert due - now <= timedelta(seconds=seconds)
    assert (due - last) % timedelta(seconds=seconds) == timedelta(0)
