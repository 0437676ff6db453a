"""Localized numbers, exactly."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewind.engines.exchange.readers.numbers import (
    APOSTROPHE,
    AUTO,
    COMMA,
    DOT,
    NUMBER_FORMATS,
    SPACE,
    Amounts,
    Exact,
    Quantities,
    detect_number_format,
    parse_decimal,
    parse_units,
)
from tradewind.engines.exchange.records import Unreadable


@pytest.mark.parametrize(
    ("text", "number_format", "value"),
    [
        ("1,234.56", DOT, "1234.56"),
        ("5,90,683.29", DOT, "590683.29"),
        ("1.234,56", COMMA, "1234.56"),
        ("1 234,56", SPACE, "1234.56"),
        ("1\u202f234,56", SPACE, "1234.56"),
        ("1'234.50", APOSTROPHE, "1234.50"),
        ("1’234.50", APOSTROPHE, "1234.50"),
        ("¥28.16", DOT, "28.16"),
        ("￥２８．１６", DOT, "28.16"),
        ("د.ا.\u200f4.750", DOT, "4.750"),
        ("٤٫٧٥", DOT, "4.75"),
        ("BRL 35,91", COMMA, "35.91"),
        ("R$ 1.035,91", COMMA, "1035.91"),
        ("12.50 kr.", DOT, "12.50"),
        ("NT$ 1,200", DOT, "1200"),
        ("CN¥5", DOT, "5"),
        ("28.50元", DOT, "28.50"),
        ("49,99 zł", COMMA, "49.99"),
        ("€ 5", DOT, "5"),
        ("usd12", DOT, "12"),
        ("(5.00)", DOT, "-5.00"),
        ("-$0.98", DOT, "-0.98"),
        ("$-0.98", DOT, "-0.98"),
        ("5.00-", DOT, "-5.00"),
        ("−7", DOT, "-7"),
        (".5", DOT, "0.5"),
        ("3,612.17\t", DOT, "3612.17"),
        ("1,234.56", AUTO, "1234.56"),
        ("1.234,56", AUTO, "1234.56"),
        ("1.234.567", AUTO, "1234567"),
        ("12,5", AUTO, "12.5"),
        ("0.125", AUTO, "0.125"),
        ("1234.567", AUTO, "1234.567"),
    ],
)
def test_parse_decimal_of_localized_text(text: str, number_format: str, value: str) -> None:
    assert parse_decimal(text, number_format) == Decimal(value)


@pytest.mark.parametrize("text", ["", "  ", "-", "--", "—", "n/a"])
def test_parse_decimal_of_blanks(text: str) -> None:
    assert parse_decimal(text) is None


@pytest.mark.parametrize(
    ("text", "number_format", "code"),
    [
        ("1,234", AUTO, "ambiguous_number"),
        ("1.234", AUTO, "ambiguous_number"),
        ("12,50", DOT, "not_number"),
        ("1.234,56", DOT, "not_number"),
        ("1,234.56", COMMA, "not_number"),
        ("12.34.56", DOT, "not_number"),
        ("3.65E+11", DOT, "scientific"),
        ("3,65E+11", COMMA, "scientific"),
        ("abc", DOT, "not_number"),
        ("1-2", DOT, "not_number"),
        ("--5", DOT, "not_number"),
        ("(5", DOT, "not_number"),
        ("(-5)", DOT, "not_number"),
        ("12%", DOT, "not_number"),
        ("1;2", DOT, "not_number"),
        ("USD 5 EUR", DOT, "not_number"),
        ("A12", DOT, "not_number"),
        ("Order 5", DOT, "not_number"),
        ("5 pcs", DOT, "not_number"),
    ],
)
def test_parse_decimal_refuses(text: str, number_format: str, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        parse_decimal(text, number_format)
    assert refused.value.code == code


def test_parse_units_keeps_four_decimals_and_refuses_more() -> None:
    assert parse_units("0.001") == 10
    assert parse_units("2.55000") == 25500
    with pytest.raises(Unreadable) as refused:
        parse_units("0.00001")
    assert refused.value.code == "too_precise"
    with pytest.raises(Unreadable) as refused:
        parse_units("1.00000000000000000000000000000000001")
    assert refused.value.code == "too_precise"
    with pytest.raises(Unreadable) as refused:
        parse_units("9" * 16)
    assert refused.value.code == "too_large"


def test_workbook_number_reads_the_same_under_any_declared_format() -> None:
    assert parse_units(Exact("1234.5"), COMMA) == 12_345_000
    assert parse_units(Exact("0.30000000000000004"), COMMA) == 3_000


def test_amounts_name_their_column() -> None:
    amounts = Amounts("Total")
    assert (amounts["12.50"], amounts["-3"], amounts["12.50000"], amounts[""]) == (125_000, -30_000, 125_000, None)
    with pytest.raises(Unreadable) as refused:
        amounts["12,5"]
    assert refused.value.column == "Total"


@pytest.mark.parametrize(("text", "count"), [("2", 2), ("2.0", 2), ("-12", -12), ("1,128", 1128), ("", None)])
def test_quantities_are_whole(text: str, count: int | None) -> None:
    assert Quantities("Qty")[text] == count
    assert Quantities("Qty", AUTO)[text] == count


def test_quantities_refuse_parts() -> None:
    with pytest.raises(Unreadable) as refused:
        Quantities("Qty")["1.5"]
    assert (refused.value.code, refused.value.column) == ("not_whole", "Qty")


@pytest.mark.parametrize(
    ("values", "found"),
    [
        (["1,234.56", "7"], DOT),
        (["12,50", "1.234,00"], COMMA),
        (["12,50", "9,00"], COMMA),
        (["1 234,56"], SPACE),
        (["5", "7"], DOT),
        (["1,234", "5"], None),
        (["abc"], None),
    ],
)
def test_detect_number_format_only_when_proved(values: list[str], found: str | None) -> None:
    assert detect_number_format(values) == found


@given(
    units=st.integers(min_value=-(10**17), max_value=10**17),
    number_format=st.sampled_from(list(NUMBER_FORMATS)),
    grouped=st.booleans(),
    trailing=st.booleans(),
)
def test_any_amount_reads_back_as_written(units: int, number_format: str, grouped: bool, trailing: bool) -> None:
    decimal, group = NUMBER_FORMATS[number_format]
    whole, fraction = divmod(abs(units), 10_000)
    body = f"{whole:,}".replace(",", group) if grouped else str(whole)
    text = f"{body}{decimal}{fraction:04d}"
    if units < 0:
        text = text + "-" if trailing else "-" + text
    assert parse_units(text, number_format) == units
    assert Amounts("x", number_format)[text] == units
