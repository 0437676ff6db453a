"""Whatever stands in a file, it is read or refused; nothing breaks."""

from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradewind.base.errors import Refused
from tradewind.engines.exchange.formats import open_source
from tradewind.engines.exchange.formats.look import look
from tradewind.engines.exchange.mapping import shipped, suggest
from tradewind.engines.exchange.readers.table import open_table
from tradewind.engines.exchange.records import Refusal, SourceLine
from tradewind.engines.exchange.tests.exports import AMAZON, ETSY, SETTLEMENT, SHOPIFY, STRIPE, text_of

CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            "1", "-1", "1.5", "1,234.56", "1.234", "3.65E+11", "2026-01-05", "01/02/2026", "2026-01-05 10:00:00 +0900",
            "EUR", "usd", "paid", "refunded", "Shipped", "Pending", "Order", "Refund", "ItemPrice", "DE", "Nowhere", "true",
            "9" * 30, "0.00001", "99999-99-99", "2026-01-05T10:00:00+99:99", "١٢", "²", "0001-01-01 00:00:00 +1400",
        ]
    ),
)  # fmt: skip
RETAIL = ["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country"]
TABLES = [
    ("shopify", SHOPIFY),
    ("etsy", ETSY),
    ("amazon-orders", AMAZON),
    ("amazon-settlement", SETTLEMENT),
    ("stripe", STRIPE),
    ("mapping", RETAIL),
]


@settings(deadline=None, max_examples=80)
@given(content=st.binary(max_size=400))
def test_any_bytes_are_a_table_or_refused(content: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "file.csv"
        path.write_bytes(content)
        with suppress(Refused):
            table = open_table(path)
            for line, row in table.rows():
                assert line > table.header_line
                assert isinstance(row, Refusal) or len(row) == len(table.header) + 1
            seen = look(path)
            suggest(seen.header, seen.rows)


@pytest.mark.parametrize(("name", "columns"), TABLES)
@settings(deadline=None, max_examples=40)
@given(drawn=st.data())
def test_any_cells_become_lines_or_refusals(name: str, columns: list[str], drawn: st.DataObject) -> None:
    rows = drawn.draw(st.lists(st.dictionaries(st.sampled_from(columns), CELLS), max_size=6))
    mapping = shipped("online-retail") if name == "mapping" else None
    with TemporaryDirectory() as folder:
        path = Path(folder) / "file.csv"
        path.write_text(text_of(columns, rows), encoding="utf-8", errors="replace", newline="")
        with suppress(Refused):
            for line in open_source(path, name, mapping, channel_currency="EUR").lines():
                assert isinstance(line, SourceLine) or line.reason
