"""Working time against a slow reference that walks the clock minute by minute."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewind.base import clock
from tradewind.base.errors import Refused
from tradewind.engines.agenda.rules import (
    DAY_MINUTES,
    Calendar,
    DayRule,
    Off,
    Span,
    Spans,
    minute_of,
    moment_of,
    parse_spans,
    parse_week,
    plan_of_day,
    trimmed,
    without,
    written,
)

WEEK = parse_week({day: [["09:00", "12:00"], ["13:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")})
ZONES = [
    "Europe/Berlin", "America/Sao_Paulo", "America/New_York", "Pacific/Kiritimati", "Pacific/Niue", "Asia/Kathmandu",
    "Australia/Lord_Howe", "Asia/Shanghai", "Africa/Casablanca", "Pacific/Apia", "America/St_Johns",
]  # fmt: skip
MINUTE = timedelta(minutes=1)


def office(zone: str) -> Calendar:
    return Calendar(clock.zone(zone), lambda day: plan_of_day(day, WEEK))


def reference(zone: ZoneInfo, plan: dict[date, Spans], start: datetime, minutes: int) -> list[bool]:
    """Whether each minute is working time, by a wall clock that waits while the real one repeats an hour."""
    starts: set[datetime] = set()
    for day, spans in plan.items():
        midnight = datetime.combine(day, time.min)
        for span in spans:
            starts |= {midnight + minute * MINUTE for minute in range(span.start, span.end)}
    high, found = datetime(1, 1, 1), []
    for step in range(-4 * DAY_MINUTES, minutes):
        wall = (start + step * MINUTE).astimezone(zone).replace(tzinfo=None)
        high = max(high, wall)
        if step >= 0:
            found.append(high in starts)
    return found


spans_strategy = st.lists(
    st.integers(0, 95).flatmap(lambda start: st.tuples(st.just(start * 15), st.integers(1, 64).map(lambda n: n * 15))),
    max_size=3,
).map(lambda pairs: tuple(Span(start, start + length) for start, length in sorted(pairs)))
# Days around changes of the clock in the zones above, and plain ones.
days_strategy = st.sampled_from([
    date(2026, 3, 29), date(2026, 10, 25), date(2026, 3, 8), date(2026, 11, 1), date(2018, 11, 4), date(2018, 2, 18),
    date(2026, 4, 5), date(2026, 10, 4), date(2011, 12, 30), date(2026, 2, 15), date(2026, 6, 17),
])  # fmt: skip


@given(st.sampled_from(ZONES), days_strategy, st.lists(spans_strategy, min_size=4, max_size=4))
def test_windows_like_minute_stepping(zone_name: str, day: date, plans: list[Spans]) -> None:
    zone = clock.zone(zone_name)
    plan = {day + timedelta(days=offset - 2): spans for offset, spans in enumerate(plans)}
    start = datetime.combine(day - timedelta(days=1), time(), tzinfo=UTC)
    calendar = Calendar(zone, lambda one: plan.get(one, ()))
    windows = list(calendar.windows(start, start + timedelta(days=2)))
    expected = reference(zone, plan, start, 2 * DAY_MINUTES)
    got = [any(w.start <= start + step * MINUTE < w.end for w in windows) for step in range(2 * DAY_MINUTES)]
    assert got == expected
    assert all(one.end < two.start for one, two in itertools.pairwise(windows))


@given(
    st.sampled_from(ZONES),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
    st.integers(0, 6000),
)
def test_add_lands_where_that_much_was_worked(zone: str, start: datetime, minutes: int) -> None:
    calendar = office(zone)
    reached = calendar.add(start, timedelta(minutes=minutes))
    assert calendar.worked(start, reached) == timedelta(minutes=minutes)


@given(st.sampled_from(ZONES), st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)))
def test_next_moment_is_the_first(zone: str, after: datetime) -> None:
    calendar = office(zone)
    found = calendar.next_moment(after)
    assert found is not None
    assert found >= after
    assert calendar.is_working(found)
    assert found == after or list(calendar.windows(after, found)) == []


def test_moment_in_a_gap_is_the_change() -> None:
    zone = clock.zone("Europe/Berlin")
    assert moment_of(date(2026, 3, 29), 150, zone) == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert moment_of(date(2026, 10, 25), 150, zone) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_night_shift_over_spring_change_is_an_hour_shorter() -> None:
    night = Calendar(
        clock.zone("Europe/Berlin"), lambda day: (Span(22 * 60, 30 * 60),) if day == date(2026, 3, 28) else ()
    )
    windows = list(night.windows(datetime(2026, 3, 27, tzinfo=UTC), datetime(2026, 3, 31, tzinfo=UTC)))
    assert [window.length for window in windows] == [timedelta(hours=7)]


def test_a_day_that_never_was_has_no_working_time() -> None:
    windows = office("Pacific/Apia").windows(datetime(2011, 12, 28, tzinfo=UTC), datetime(2012, 1, 1, tzinfo=UTC))
    days = {clock.day_of(window.start, "Pacific/Apia") for window in windows}
    assert date(2011, 12, 30) not in days
    assert date(2011, 12, 29) in days


def test_same_moment_is_tomorrow_on_kiritimati_and_yesterday_on_niue() -> None:
    monday_morning = datetime(2026, 11, 22, 20, tzinfo=UTC)
    assert office("Pacific/Kiritimati").is_working(monday_morning)
    assert not office("Pacific/Niue").is_working(monday_morning)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ([["09:00", "12:00"]], (Span(540, 720),)),
        ([["22:00", "06:00"]], (Span(1320, 1800),)),
        ([["13:00", "18:00"], ["09:00", "12:00"]], (Span(540, 720), Span(780, 1080))),
        ([["00:00", "24:00"]], (Span(0, 1440),)),
        ([["09:00", "09:00"]], (Span(540, 1980),)),
    ],
)
def test_parse_spans(raw: list[list[str]], expected: Spans) -> None:
    assert parse_spans(raw) == expected


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ([["9", "12:00"]], "bad_time"),
        ([["25:00", "26:00"]], "bad_time"),
        ([["09:60", "12:00"]], "bad_time"),
        ([["09:00", "12:00"], ["11:00", "13:00"]], "overlap"),
        ([["24:00", "02:00"]], "bad_span"),
        ([["09:00"]], "bad_span"),
    ],
)
def test_parse_spans_refuses(raw: list[list[str]], code: str) -> None:
    with pytest.raises(Refused) as refusal:
        parse_spans(raw)
    assert refusal.value.code == code


def test_parse_week_refuses_a_night_that_meets_the_morning() -> None:
    with pytest.raises(Refused) as refusal:
        parse_week({"sun": [["22:00", "10:00"]], "mon": [["09:00", "18:00"]]})
    assert refusal.value.code == "overlap"


@given(st.lists(spans_strategy, min_size=7, max_size=7))
def test_week_round_trip(days: list[Spans]) -> None:
    raw = {
        name: [[f"{s.start // 60:02d}:{s.start % 60:02d}", f"{s.end % 1440 // 60:02d}:{s.end % 60:02d}"] for s in spans]
        for name, spans in zip(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), days, strict=True)
    }
    try:
        week = parse_week(raw)
    except Refused:
        return
    assert parse_week(written(week)) == week


@given(spans_strategy, st.integers(0, 100), st.integers(0, 100))
def test_trimmed_keeps_the_rest(spans: Spans, first: int, last: int) -> None:
    total = sum(span.minutes for span in spans)
    left = trimmed(spans, first, last)
    assert sum(span.minutes for span in left) == max(0, total - first - last)


def test_half_day_leaves_the_morning_and_absence_adds_to_it() -> None:
    spans = parse_spans([["09:00", "12:00"], ["13:00", "18:00"]])
    assert without(spans, [Off(50)]) == (Span(540, 720), Span(780, 840))
    assert without(spans, [Off(50), Off(50)]) == (Span(540, 720), Span(780, 840))
    assert without(spans, [Off(50), Off(50, at_end=False)]) == ()


def test_plan_of_day_order_of_precedence() -> None:
    saturday, monday = date(2026, 2, 14), date(2026, 2, 16)
    assert plan_of_day(saturday, WEEK) == ()
    assert plan_of_day(saturday, WEEK, holiday=DayRule(works=True)) == WEEK[0]
    assert plan_of_day(monday, WEEK, holiday=DayRule(Off())) == ()
    late = parse_spans([["20:00", "22:00"]])
    assert plan_of_day(monday, WEEK, holiday=DayRule(Off()), special=late) == late
    assert plan_of_day(monday, WEEK, special=late, absences=[Off()]) == ()


def test_minute_of_midnight_at_the_end() -> None:
    assert minute_of("24:00") == DAY_MINUTES
