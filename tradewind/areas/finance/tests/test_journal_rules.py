"""Journals: rounding that adds up, entries that balance in both currencies, files as outside ledgers read them."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewind.areas.finance.rules.journals import LAYOUTS, Row, booked, cut, differences, in_files, rounded
from tradewind.areas.finance.rules.spending import Limit, limit_for, same_words, short, times
from tradewind.base.money import CURRENCIES, from_units

cells = st.dictionaries(st.integers(0, 60), st.integers(-(10**13), 10**13), max_size=30)
currencies = st.sampled_from(["EUR", "JPY", "KWD", "USD"])
factors = st.integers(1, 10**9).map(lambda n: Decimal(n) / 10**6)


@given(cells, currencies)
def test_rounded_cells_add_up_to_the_rounded_whole(found: dict[int, int], currency: str) -> None:
    made = rounded(found, currency)
    digits = CURRENCIES[currency].digits
    whole = from_units(sum(found.values())).quantize(Decimal(1).scaleb(-digits))
    assert from_units(sum(made.values())) == whole
    assert all(abs(made[key] - found[key]) < 10 ** (4 - digits) or digits == 4 for key in found)


@given(cells, cells)
def test_differences_bring_what_was_told_to_what_is_wanted(wanted: dict[int, int], told: dict[int, int]) -> None:
    found = differences(wanted, told)
    for key in {*wanted, *told}:
        assert told.get(key, 0) + found.get(key, 0) == wanted.get(key, 0)
    assert not differences(wanted, wanted)


@given(st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=20), factors, currencies)
def test_entry_balances_in_the_ledgers_currency(amounts: list[int], factor: Decimal, currency: str) -> None:
    made = booked([*amounts, -sum(amounts)], factor, currency)
    assert sum(made) == 0
    assert len(made) == len(amounts) + 1


def rows() -> list[Row]:
    common: dict[str, Any] = {
        "number": "TW-0001-001",
        "day": date(2026, 3, 31),
        "currency": "USD",
        "factor": "7.2",
        "narration": "Tradewind 2026-03",
    }
    return [
        Row(
            outside="660201",
            amount=1_234_500,
            book=8_888_400,
            text="广告费, 三月",
            market="us",
            channel="amz-us",
            **common,
        ),
        Row(outside="220201", amount=-1_234_500, book=-8_888_400, text="=HYPERLINK()", **common),
        Row(**{**common, "number": "TW-0001-002"}, outside="112201", amount=500_000, book=3_600_000, text="Sales"),
        Row(**{**common, "number": "TW-0001-002"}, outside="600101", amount=-500_000, book=-3_600_000, text="Sales"),
    ]


def read(content: bytes, encoding: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(encoding))))


def test_generic_file_balances_and_tells_every_fact() -> None:
    header, *body = read(LAYOUTS["generic"](rows()).content, "utf-8-sig")
    found = [dict(zip(header, line, strict=True)) for line in body]
    for number, lines in groupby(found, key=lambda line: line["entry"]):
        kept = list(lines)
        assert sum(Decimal(line["debit"] or 0) for line in kept) == sum(
            Decimal(line["credit"] or 0) for line in kept
        ), number
    assert found[0]["text"] == "广告费, 三月"
    assert found[1]["text"] == "'=HYPERLINK()"  # no spreadsheet runs it


def test_quickbooks_file_has_its_columns_and_dates() -> None:
    header, first, second, *_rest = read(LAYOUTS["quickbooks"](rows()).content, "utf-8")
    assert header[:7] == ["JournalNo", "JournalDate", "Currency", "Memo", "AccountName", "Debits", "Credits"]
    assert first[:7] == ["TW-0001-001", "03/31/2026", "USD", "Tradewind 2026-03", "660201", "123.45", ""]
    assert second[5:7] == ["", "123.45"]


def test_xero_file_is_signed_and_in_the_ledgers_currency() -> None:
    header, *body = read(LAYOUTS["xero"](rows()).content, "utf-8")
    assert header[:6] == ["*Narration", "*Date", "Description", "*AccountCode", "*TaxRate", "*Amount"]
    assert [line[5] for line in body] == ["888.84", "-888.84", "360.00", "-360.00"]
    assert body[0][1] == "31/03/2026"


def test_kingdee_file_is_gb_18030_with_rate_and_original_amount() -> None:
    header, first, *_rest = read(LAYOUTS["kingdee"](rows()).content, "gb18030")
    line = dict(zip(header, first, strict=True))
    assert line["凭证号"] == "1"
    assert (line["币别"], line["汇率"], line["原币金额"]) == ("USD", "7.2", "123.45")
    assert (line["借方金额"], line["贷方金额"]) == ("888.84", "0.00")


def test_yonyou_file_is_gbk_text_under_its_first_line() -> None:
    written = LAYOUTS["yonyou"](rows())
    assert written.ending == "txt"
    lines = written.content.decode("gbk").splitlines()
    assert lines[0] == "填制凭证,V800"
    assert lines[1].split(",")[:8] == ["2026-03-31", "记", "1", "0", "广告费， 三月", "660201", "888.84", "0.00"]
    assert lines[3].split(",")[2] == "2"


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layout_survives_what_its_encoding_lacks(layout: str) -> None:
    odd = [replace(row, text="🚢 Café “x”") for row in rows()]
    assert LAYOUTS[layout](odd).content


def test_limit_of_country_and_account_goes_before_wider_ones() -> None:
    wide, account, country, both = (
        Limit("", None, 1, "EUR"),
        Limit("", 7, 2, "EUR"),
        Limit("DE", None, 3, "EUR"),
        Limit("DE", 7, 4, "EUR"),
    )
    assert limit_for([wide, account, country, both], "DE", 7) == both
    assert limit_for([wide, account, country], "DE", 7) == country
    assert limit_for([wide, account], "US", 7) == account
    assert limit_for([wide], "US", 8) == wide
    assert limit_for([country], "US", 7) is None


@given(st.integers(1, 10**12), factors, currencies)
def test_stored_factor_repeats_the_amount(amount: int, factor: Decimal, currency: str) -> None:
    exact = short(factor)
    assert times(amount, exact, currency) == times(amount, Decimal(f"{exact:f}"), currency)
    assert abs(exact / factor - 1) < Decimal("1e-9")


def test_same_words_sees_through_spaces_signs_and_case() -> None:
    assert same_words("INV-2026 / 0042") == same_words("inv2026/0042")
    assert same_words("ＡＢＣ有限公司") == same_words("abc 有限公司")
    assert same_words("ABC") != same_words("ABD")


# --- files that take so many lines ---------------------------------------------------------------------------------

ENTRIES = st.lists(st.lists(st.integers(1, 900), min_size=1, max_size=14), min_size=1, max_size=8)


def entries_of(amounts: list[list[int]]) -> list[Row]:
    """Balanced entries: lines and their other side, in the order of a file."""
    return [
        Row(f"E{place}", date(2026, 3, 1), f"{units}", units * 100, "USD", units * 90, "0.9", "Cost", "March")
        for place, listed in enumerate(amounts)
        for units in (*listed, -sum(listed))
    ]


@given(ENTRIES, st.integers(2, 9))
def test_a_cut_file_has_few_lines_is_balanced_everywhere_and_tells_the_same(
    amounts: list[list[int]], most: int
) -> None:
    rows = entries_of(amounts)
    parts = cut(rows, most)
    for part in parts:
        assert 0 < len(part) <= most
        assert (sum(row.amount for row in part), sum(row.book for row in part)) == (0, 0)
        for number in {row.number for row in part}:
            assert sum(row.book for row in part if row.number == number) == 0
    told = Counter[str]()
    for row in (row for part in parts for row in part):
        told[row.outside] += row.book
    wanted = Counter[str]()
    for row in rows:
        wanted[row.outside] += row.book
    assert told == wanted


def test_a_ledger_that_reads_300_lines_gets_a_zip_of_files_and_others_one() -> None:
    rows = entries_of([[1] * 350, [5] * 120, [2]])
    written = in_files(LAYOUTS["xero"], rows, 300, "journal")
    assert (written.ending, written.content) == ("zip", in_files(LAYOUTS["xero"], rows, 300, "journal").content)
    with ZipFile(io.BytesIO(written.content)) as archive:
        assert archive.namelist() == ["journal-01.csv", "journal-02.csv"]
        lengths = [len(archive.read(name).decode().splitlines()) - 1 for name in archive.namelist()]
    assert lengths == [300, 52 + 121 + 2]
    assert in_files(LAYOUTS["generic"], rows, None, "journal").ending == "csv"
    assert in_files(LAYOUTS["xero"], rows[-2:], 300, "journal").ending == "csv"
