"""Cursors: they travel in an address and refuse nonsense."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewind.ui.pages.paging import Cursor, read_cursor, write_cursor

VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**63), 2**63), st.text(max_size=40), st.dates(), st.datetimes(),
    st.decimals(allow_nan=False, allow_infinity=False),
)  # fmt: skip


@given(VALUES, st.one_of(st.integers(1, 2**63), st.text(min_size=1, max_size=20)), st.booleans())
def test_cursor_survives_the_address(value: Any, pk: Any, back: bool) -> None:
    assert read_cursor(write_cursor(Cursor(value, pk, back))) == Cursor(value, pk, back)


@given(st.text(max_size=60))
def test_nonsense_is_the_first_page(text: str) -> None:
    found = read_cursor(text)
    assert found is None or isinstance(found, Cursor)


@pytest.mark.parametrize("text", ["", "x", "W10", "x" * 3000, "bnVsbA", "WzEsMiwzXQ", "WzAsWyJ6IiwxXSxbImkiLDFdXQ"])
def test_broken_cursor_is_no_cursor(text: str) -> None:
    assert read_cursor(text) is None


def test_types_stay_apart() -> None:
    for value in (date(2026, 1, 1), datetime(2026, 1, 1), Decimal("1.10"), "2026-01-01", 1):
        found = read_cursor(write_cursor(Cursor(value, 1)))
        assert found is not None
        assert type(found.value) is type(value)
