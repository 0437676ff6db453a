"""Dates: declared or proved orders, zones, clock changes, serials."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewind.base.clock import zone
from tradewind.engines.exchange.readers.dates import DMY, MDY, SERIAL, YMD, Moments, detect_date_order, parse_moment
from tradewind.engines.exchange.records import Unreadable


@pytest.mark.parametrize(
    ("text", "order", "value"),
    [
        ("2026-11-25", DMY, date(2026, 11, 25)),
        ("2026/1/5", YMD, date(2026, 1, 5)),
        ("2026年1月5日", YMD, date(2026, 1, 5)),
        ("20260105", YMD, date(2026, 1, 5)),
        ("1/2/2026", MDY, date(2026, 1, 2)),
        ("1/2/2026", DMY, date(2026, 2, 1)),
        ("12/31/19", MDY, date(2019, 12, 31)),
        ("31.01.2026", DMY, date(2026, 1, 31)),
        ("Jan 5, 2026", YMD, date(2026, 1, 5)),
        ("September 24, 2026", DMY, date(2026, 9, 24)),
        ("Jan-05-26", YMD, date(2026, 1, 5)),
        ("5 Jan 2026", YMD, date(2026, 1, 5)),
        ("45200", SERIAL, date(2023, 10, 1)),
        ("2026-01-05", SERIAL, date(2026, 1, 5)),
        ("", YMD, None),
        ("--", YMD, None),
    ],
)
def test_parse_moment_of_dates(text: str, order: str, value: date | None) -> None:
    parsed = parse_moment(text, order)
    assert parsed == value
    assert not isinstance(parsed, datetime)


@pytest.mark.parametrize(
    ("text", "order", "moment"),
    [
        ("2025-12-06 10:37:33 -0500", YMD, datetime(2025, 12, 6, 15, 37, 33, tzinfo=UTC)),
        ("2024-06-24T22:41:36+1000", YMD, datetime(2024, 6, 24, 12, 41, 36, tzinfo=UTC)),
        ("2024-06-24T22:41:36.123Z", YMD, datetime(2024, 6, 24, 22, 41, 36, tzinfo=UTC)),
        ("31.01.2026 10:00:00 UTC", DMY, datetime(2026, 1, 31, 10, tzinfo=UTC)),
        ("Sep 4, 2026 1:05:07 AM PDT", YMD, datetime(2026, 9, 4, 8, 5, 7, tzinfo=UTC)),
        ("9/4/2026 12:30 PM +05:45", MDY, datetime(2026, 9, 4, 6, 45, tzinfo=UTC)),
        ("12/1/2026 12:05 am UTC", MDY, datetime(2026, 12, 1, 0, 5, tzinfo=UTC)),
    ],
)
def test_parse_moment_with_offset(text: str, order: str, moment: datetime) -> None:
    parsed = parse_moment(text, order)
    assert isinstance(parsed, datetime)
    assert parsed.astimezone(UTC) == moment


def test_parse_moment_of_a_serial_with_time() -> None:
    assert parse_moment("45200.5", SERIAL) == datetime(2023, 10, 1, 12)


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("13/02/2026", MDY),
        ("02/13/2026", DMY),
        ("02/03/2026", YMD),
        ("2026-02-30", YMD),
        ("45200", YMD),
        ("hello", YMD),
        ("2026-01-01 25:00", YMD),
        ("2026-01-01 13:00 PM", YMD),
        ("2026-01-01 10:00 XYZ", YMD),
    ],
)
def test_parse_moment_refuses(text: str, order: str) -> None:
    with pytest.raises(Unreadable) as refused:
        parse_moment(text, order)
    assert refused.value.code == "not_date"


def moments(source: str, reporting: str) -> Moments:
    return Moments("Created", YMD, zone(source), zone(reporting))


def test_moments_count_the_day_in_the_channels_zone() -> None:
    moment, day = moments("UTC", "Asia/Shanghai")["2026-11-10 16:30:00"]
    assert (moment, day) == (datetime(2026, 11, 10, 16, 30, tzinfo=UTC), date(2026, 11, 11))
    assert moments("UTC", "America/Los_Angeles")["2026-11-10 01:00:00 +0000"][1] == date(2026, 11, 9)


def test_moments_keep_a_plain_date() -> None:
    assert moments("Asia/Tokyo", "America/Los_Angeles")["2026-11-10"] == (None, date(2026, 11, 10))


def test_moments_skipped_by_a_clock_change_move_forward() -> None:
    assert moments("Europe/Berlin", "UTC")["2026-03-29 02:30:00"][0] == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_moments_that_happen_twice_are_the_first() -> None:
    assert moments("Europe/Berlin", "UTC")["2026-10-25 02:30:00"][0] == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["5/6/2026", "0026-05-06", "0001-01-01 00:00:00 +1400", "9999-12-31 23:59:59 -1200"])
def test_moments_name_their_column(text: str) -> None:
    with pytest.raises(Unreadable) as refused:
        moments("UTC", "UTC")[text]
    assert refused.value.column == "Created"


@pytest.mark.parametrize(
    ("values", "found"),
    [
        (["2026-01-05"], YMD),
        (["01/02/2026", "03/04/2026"], None),
        (["01/02/2026", "03/14/2026"], MDY),
        (["01/02/2026", "14/03/2026"], DMY),
        (["Jan 5, 2026"], YMD),
        (["", "01/02/2026 10:00"], None),
        ([], YMD),
    ],
)
def test_detect_date_order_only_when_proved(values: list[str], found: str | None) -> None:
    assert detect_date_order(values) == found


@given(
    moment=st.datetimes(min_value=datetime(2001, 1, 1), max_value=datetime(2079, 12, 31)).map(
        lambda at: at.replace(microsecond=0)
    ),
    order=st.sampled_from([("%Y-%m-%d", YMD), ("%m/%d/%Y", MDY), ("%d.%m.%Y", DMY), ("%d/%m/%y", DMY)]),
    clock=st.sampled_from(["%H:%M:%S", "%I:%M:%S %p"]),
    minutes=st.integers(-12 * 60, 14 * 60),
)
def test_any_moment_reads_back_as_written(moment: datetime, order: tuple[str, str], clock: str, minutes: int) -> None:
    sign, size = ("-" if minutes < 0 else "+"), abs(minutes)
    text = f"{moment:{order[0]} {clock}} {sign}{size // 60:02d}{size % 60:02d}"
    parsed = Moments("x", order[1], zone("UTC"), zone("UTC"))[text][0]
    assert parsed == moment.replace(tzinfo=UTC) - timedelta(minutes=minutes)
