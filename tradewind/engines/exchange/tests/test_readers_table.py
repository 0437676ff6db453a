"""Headers below preambles, ragged rows, several tables, workbooks."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from tradewind.base.errors import NotFound, Refused
from tradewind.engines.exchange.readers.table import Table, TableOptions, open_table
from tradewind.engines.exchange.records import Refusal


def table_of(folder: Path, text: str, options: TableOptions | None = None, **more: Any) -> Table:
    path = folder / "file.csv"
    path.write_text(text, encoding="utf-8", newline="")
    return open_table(path, options, **more)


def workbook(folder: Path, rows: list[list[Any]], sheet: str = "Orders") -> Path:
    path = folder / "file.xlsx"
    book = xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd hh:mm:ss"})
    book.add_worksheet("Empty")
    page = book.add_worksheet(sheet)
    for place, row in enumerate(rows):
        page.write_row(place, 0, row)
    book.close()
    return path


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_detected(tmp_path: Path, delimiter: str) -> None:
    text = "\n".join(delimiter.join(row) for row in (["a", "b", "c"], ["1", "2", "3"], ["4", "5", "6"]))
    table = table_of(tmp_path, text)
    assert table.header == ["a", "b", "c"]
    assert len(list(table.rows())) == 2


def test_delimiter_with_decimal_commas(tmp_path: Path) -> None:
    table = table_of(tmp_path, "id;amount;tax\n1;12,50;2,38\n2;9,00;1,71\n")
    assert table.header == ["id", "amount", "tax"]


def test_header_below_a_preamble_by_required_columns(tmp_path: Path) -> None:
    table = table_of(tmp_path, "Report,for,us\nmade today\n\n Order ID ,Total\n7,1\n", required=["order id", "total"])
    assert (table.header_line, table.header) == (4, ["Order ID", "Total"])
    assert list(table.rows()) == [(5, ["7", "1", ""])]


def test_header_below_a_preamble_without_hint(tmp_path: Path) -> None:
    text = "Account: x\nFrom: 1 To: 2\n\nid,name,amount\n1,a,2\n2,b,3\n3,c,4\n"
    assert table_of(tmp_path, text).header_line == 4


def test_header_declared_by_preamble_lines(tmp_path: Path) -> None:
    table = table_of(tmp_path, "a,b\nc,d\n1,2\n", TableOptions(preamble=1))
    assert table.header == ["c", "d"]


def test_header_with_padded_and_double_names(tmp_path: Path) -> None:
    table = table_of(tmp_path, "Type ,currency,amount,currency\nx,USD,1,EUR\n")
    assert table.header == ["Type", "currency", "amount", "currency #2"]


def test_missing_columns_are_named(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        table_of(tmp_path, "Order ID,Qty\n1,2\n", required=["Order ID", "Total", ("Date", "Created at")])
    assert refused.value.code == "missing_columns"
    assert list(refused.value.fields) == ["Total", "Date / Created at"]


def test_quoted_newlines_keep_physical_lines(tmp_path: Path) -> None:
    table = table_of(tmp_path, 'a,b\n1,"two\nlines"\n2,"three\r\nmore\nlines"\n3,x\n')
    assert [(line, row[0]) for line, row in table.rows() if isinstance(row, list)] == [(2, "1"), (4, "2"), (7, "3")]


def test_short_row_is_refused_with_line_and_column(tmp_path: Path) -> None:
    rows = list(table_of(tmp_path, "a,b,c\n1,2,3\n4,5\n6,7,8\n").rows())
    refusal = rows[1][1]
    assert isinstance(refusal, Refusal)
    assert (refusal.line, refusal.column, refusal.code) == (3, "c", "short_row")
    assert dict(refusal.data) == {"found": "2", "expected": "3"}
    assert rows[2] == (4, ["6", "7", "8", ""])


def test_short_row_is_padded_when_declared(tmp_path: Path) -> None:
    rows = list(table_of(tmp_path, "a,b,c\n4\n", TableOptions(pad_short_rows=True)).rows())
    assert rows == [(2, ["4", "", "", ""])]


def test_long_row_is_refused_unless_the_rest_is_blank(tmp_path: Path) -> None:
    rows = list(table_of(tmp_path, "a,b\n1,2,\n1,2,3\n").rows())
    assert rows[0] == (2, ["1", "2", ""])
    assert isinstance(rows[1][1], Refusal)
    assert rows[1][1].code == "long_row"


def test_blank_tail_is_no_data(tmp_path: Path) -> None:
    table = table_of(tmp_path, "a,b,c\n1,2,3\n" + ",,\n" * 5_000)
    assert list(table.rows()) == [(2, ["1", "2", "3", ""])]
    assert table.sections == []


def test_blank_rows_inside_are_skipped(tmp_path: Path) -> None:
    assert len(list(table_of(tmp_path, "a,b,c\n1,2,3\n\n,,\n4,5,6\n").rows())) == 2


def test_short_row_after_a_blank_one_is_not_lost(tmp_path: Path) -> None:
    rows = list(table_of(tmp_path, "a,b,c,d\n1,2,3,4\n\n4,5,6\n").rows())
    assert isinstance(rows[1][1], Refusal)


TWO = "Orders\nid,sum,day\n1,2,3\n4,5,6\n\nRefunds\nid,back,day\n7,8,9\n"


def test_second_table_ends_the_first_and_is_reported(tmp_path: Path) -> None:
    table = table_of(tmp_path, TWO)
    assert [row[0] for _line, row in table.rows() if isinstance(row, list)] == ["1", "4"]
    assert [(part.line, part.heading, part.rows) for part in table.sections] == [(6, "Refunds", 3)]


def test_second_table_can_be_chosen_by_its_heading(tmp_path: Path) -> None:
    table = table_of(tmp_path, TWO, TableOptions(table="refunds"))
    assert table.header == ["id", "back", "day"]
    assert list(table.rows()) == [(8, ["7", "8", "9", ""])]
    with pytest.raises(NotFound):
        table_of(tmp_path, TWO, TableOptions(table="Payouts"))


@pytest.mark.parametrize("rest", [3, 1_200_000])
def test_unclosed_quote_names_its_line(tmp_path: Path, rest: int) -> None:
    with pytest.raises(Refused) as refused:
        list(table_of(tmp_path, 'a,b\n1,2\n3,"open\n' + "x,y\n" * rest).rows())
    assert refused.value.code == "open_quote"
    assert "3" in str(refused.value)


def test_empty_and_missing_files(tmp_path: Path) -> None:
    with pytest.raises(Refused):
        table_of(tmp_path, "")
    with pytest.raises(NotFound):
        open_table(tmp_path / "none.csv")


def test_workbook_numbers_and_dates_are_exact(tmp_path: Path) -> None:
    rows: list[list[Any]] = [[], ["Id", "Day", "Sum", "Big"], ["a", datetime(2026, 11, 25, 9, 30), 2.55, 365275000000]]
    table = open_table(workbook(tmp_path, rows), required=["Day"])
    assert table.encoding == "xlsx"
    assert table.source.sheet == "Orders"
    assert list(table.rows()) == [(3, ["a", "2026-11-25 09:30:00", "2.55", "365275000000", ""])]


def test_workbook_sheet_by_name(tmp_path: Path) -> None:
    path = workbook(tmp_path, [["a", "b"], [1, 2]], sheet="数据")
    assert open_table(path, TableOptions(sheet="数据")).header == ["a", "b"]
    with pytest.raises(NotFound):
        open_table(path, TableOptions(sheet="Other"))


def test_broken_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "file.xlsx"
    path.write_bytes(b"PK\x03\x04 not a workbook")
    with pytest.raises(Refused) as refused:
        open_table(path)
    assert refused.value.code == "broken_workbook"
