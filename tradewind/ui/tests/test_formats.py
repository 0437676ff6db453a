"""Values as people read them, in both languages."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewind.base.money import Money
from tradewind.ui import formats

AT = datetime(2026, 11, 23, 13, 5, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("amount", "currency", "code", "text"),
    [
        ("1234.5", "EUR", False, "€1,234.50"),
        ("8800", "CNY", False, "¥8,800.00"),
        ("8800", "CNY", True, "CN¥8,800.00"),
        ("8800", "JPY", True, "JP¥8,800"),
        ("8800.5", "JPY", False, "¥8,800"),
        ("-0.004", "USD", True, "US$0.00"),
        ("-12.345", "USD", True, "-US$12.34"),
        ("2.5", "BHD", False, "BHD 2.500"),
    ],
)
def test_money(amount: str, currency: str, code: bool, text: str) -> None:
    for lang in ("en", "zh-hans"):
        assert formats.format_money(Money(Decimal(amount), currency), code=code, lang=lang) == text


def test_money_takes_units() -> None:
    assert formats.format_money(12_345_000, "EUR", lang="en") == "€1,234.50"


@given(st.integers(-(10**15), 10**15))
def test_money_keeps_every_digit_of_two_digit_amounts(cents: int) -> None:
    text = formats.format_money(Money(Decimal(cents) / 100, "EUR"), lang="en")
    assert Decimal(text.replace("€", "").replace(",", "")) == Decimal(cents) / 100


def test_day_and_moment_in_both_languages() -> None:
    assert formats.format_day(date(2026, 11, 23), "en") == "Mon 23 Nov 2026"
    assert formats.format_day(date(2026, 11, 23), "zh-hans") == "2026-11-23 周一"
    assert formats.format_moment(AT, "America/New_York", "en") == "Mon 23 Nov 2026, 08:05"
    assert formats.format_moment(AT, "Asia/Kathmandu", "zh-hans") == "2026-11-23 周一 18:50"
    assert formats.format_exact(AT, "Asia/Kathmandu") == "2026-11-23 18:50:07 +05:45 Asia/Kathmandu"


def test_percent_and_number() -> None:
    assert formats.format_percent(Decimal("0.256"), lang="en") == "25.6 %"
    assert formats.format_percent(Decimal("0.25"), lang="en") == "25 %"
    assert formats.format_percent(Decimal("-0.0004"), lang="en") in ("0 %", "-0 %")
    assert formats.format_number(1234567, lang="zh-hans") == "1,234,567"
    assert formats.format_number(Decimal("1234.5678"), 2, "en") == "1,234.57"


@pytest.mark.parametrize(
    ("gap", "text"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=5), "5 min ago"),
        (timedelta(hours=30), "30 h ago"),
        (timedelta(days=3), "3 days ago"),
        (timedelta(days=-1, hours=-25), "in 2 days"),
    ],
)
def test_how_long_ago(gap: timedelta, text: str) -> None:
    assert formats.format_ago(AT - gap, AT) == text
