from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewind.base.errors import Refused
from tradewind.base.period import Period

DAYS = st.dates(date(1970, 1, 1), date(2090, 12, 31))
KINDS = st.sampled_from(["day", "week", "month", "quarter", "year", "fiscal_year"])
STARTS = st.integers(1, 12)


@st.composite
def ranges(draw: st.DrawFn) -> Period:
    start = draw(DAYS)
    return Period(start, start + timedelta(days=draw(st.integers(0, 800))), "range")


@st.composite
def periods(draw: st.DrawFn) -> Period:
    return draw(st.one_of(ranges(), st.builds(Period.containing, DAYS, KINDS, STARTS)))


@given(DAYS, KINDS, STARTS)
def test_containing_holds_the_day_and_every_day_of_it_gives_the_same(day: date, kind: str, first: int) -> None:
    period = Period.containing(day, kind, first)
    assert period.contains(day)
    assert Period.containing(period.start, kind, first) == period == Period.containing(period.end, kind, first)
    assert Period.containing(period.end + timedelta(days=1), kind, first) == period.next()


@given(DAYS, KINDS, STARTS)
def test_code_reads_back(day: date, kind: str, first: int) -> None:
    period = Period.containing(day, kind, first)
    assert Period.parse(period.code, first) == period


@given(ranges())
def test_range_code_reads_back(period: Period) -> None:
    assert Period.parse(period.code) == period


@given(periods())
def test_previous_and_next_undo_each_other_and_touch(period: Period) -> None:
    assert period.previous().next() == period == period.next().previous()
    assert period.previous().end + timedelta(days=1) == period.start
    assert period.end + timedelta(days=1) == period.next().start


@given(ranges(), KINDS, STARTS)
def test_split_covers_without_overlap(period: Period, kind: str, first: int) -> None:
    parts = period.split(kind, first)
    assert [day for part in parts for day in part.dates()] == period.dates()
    assert all(part.kind in {kind, "range"} for part in parts)
    assert all(part == Period.containing(part.start, kind, first) for part in parts if part.kind == kind)


@given(periods())
def test_year_before_keeps_kind_and_lies_a_year_back(period: Period) -> None:
    before = period.year_before()
    assert before.kind == period.kind
    assert 363 <= (period.start - before.start).days <= 371
    assert abs(before.days - period.days) <= 1


@pytest.mark.parametrize(
    ("code", "start", "end", "kind"),
    [
        ("2026-11-23", date(2026, 11, 23), date(2026, 11, 23), "day"),
        ("2026-W48", date(2026, 11, 23), date(2026, 11, 29), "week"),
        ("2026-W01", date(2025, 12, 29), date(2026, 1, 4), "week"),
        ("2020-W53", date(2020, 12, 28), date(2021, 1, 3), "week"),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29), "month"),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31), "quarter"),
        ("2026", date(2026, 1, 1), date(2026, 12, 31), "year"),
        ("FY2026", date(2026, 1, 1), date(2026, 12, 31), "fiscal_year"),
        ("2026-01-01..2026-03-31", date(2026, 1, 1), date(2026, 3, 31), "range"),
    ],
)
def test_parse_known_codes(code: str, start: date, end: date, kind: str) -> None:
    assert Period.parse(code) == Period(start, end, kind)


def test_fiscal_year_is_named_after_the_year_it_ends_in() -> None:
    assert Period.parse("FY2026", fiscal_start=4) == Period(date(2025, 4, 1), date(2026, 3, 31), "fiscal_year")
    assert Period.containing(date(2026, 2, 28), "fiscal_year", 4).code == "FY2026"
    assert [part.code for part in Period.parse("FY2026", 4).split("quarter")] == [
        "2025-Q2", "2025-Q3", "2025-Q4", "2026-Q1",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["", "2026-13", "2026-02-30", "2021-W53", "2026-Q5", "26", "FY26", "2026-02-01..2026-01-01", "a..b", "1..2..3",
     "0000", "2026-1", "２０２６-Q9"],
)  # fmt: skip
def test_parse_nonsense_refused(text: str) -> None:
    with pytest.raises(Refused) as caught:
        Period.parse(text)
    assert caught.value.code == "bad_period"


def test_year_before_of_uneven_years() -> None:
    assert Period.parse("2020-W53").year_before().code == "2019-W52"
    assert Period.parse("2024-02-29").year_before().code == "2023-02-28"
    assert Period.parse("2024-02").year_before().code == "2023-02"
    assert Period.parse("2025-02-01..2025-02-28").year_before().code == "2024-02-01..2024-02-29"


def test_range_moves_by_its_days() -> None:
    assert Period.parse("2026-01-05..2026-01-11").previous().code == "2025-12-29..2026-01-04"
    assert Period.parse("2026-02-01..2026-02-28").next().code == "2026-03-01..2026-03-28"


def test_is_closed_only_after_its_last_day() -> None:
    month = Period.parse("2026-11")
    assert not month.is_closed(date(2026, 11, 30))
    assert month.is_closed(date(2026, 12, 1))


@pytest.mark.parametrize(
    ("code", "english", "chinese"),
    [("2026-11-23", "23 Nov 2026", "2026年11月23日"), ("2026-11", "Nov 2026", "2026年11月"),
     ("2026-Q4", "Q4 2026", "2026年第4季度"), ("2026", "2026", "2026年"), ("2026-W48", "Week 48, 2026", "2026年第48周"),
     ("FY2026", "FY2026", "2026财年"), ("2026-01-01..2026-01-09", "2026-01-01 to 2026-01-09", "2026-01-01至2026-01-09")],
)  # fmt: skip
def test_label_in_both_languages(code: str, english: str, chinese: str) -> None:
    assert Period.parse(code).label("en") == english
    assert Period.parse(code).label("zh-hans") == chinese
