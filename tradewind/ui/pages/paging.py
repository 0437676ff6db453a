"""Cursor paging: the next page starts after the last row's sort value, so page 10,000 costs what page 1 costs."""

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import FieldDoesNotExist, FieldError, ValidationError
from django.db.models import F, Model, Q, QuerySet

from tradewind.ui.pages.columns import resolve

CAP = 10_001
_READ: dict[str, Callable[[Any], Any]] = {
    "i": int,
    "s": str,
    "d": Decimal,
    "m": datetime.fromisoformat,
    "t": date.fromisoformat,
    "b": bool,
    "f": float,
}


@dataclass(frozen=True)
class Order:
    """One sort path and its direction; the primary key breaks ties in the same direction."""

    path: str
    descending: bool = False

    def reversed(self) -> "Order":
        return Order(self.path, not self.descending)


@dataclass(frozen=True)
class Cursor:
    """The place between two rows: after (or before) the row with this sort value and key."""

    value: Any
    pk: Any
    back: bool = False


@dataclass(frozen=True)
class Slice:
    """The rows of one page and the cursors around it ('' where there is none)."""

    rows: list[Any]
    previous: str
    next: str


def _tag(value: Any) -> list[Any]:
    if isinstance(value, bool):
        return ["b", value]
    if isinstance(value, int):
        return ["i", value]
    if isinstance(value, float):
        return ["f", value]
    if isinstance(value, Decimal):
        return ["d", str(value)]
    if isinstance(value, datetime):
        return ["m", value.isoformat()]
    if isinstance(value, date):
        return ["t", value.isoformat()]
    return ["s", str(value)]


def write_cursor(cursor: Cursor) -> str:
    """A cursor as text for the address."""
    value = None if cursor.value is None else _tag(cursor.value)
    data = json.dumps([int(cursor.back), value, _tag(cursor.pk)], separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(data.encode()).decode().rstrip("=")


def read_cursor(text: str) -> Cursor | None:
    """The cursor of an address; None (the first page) for nothing or nonsense."""
    if not text or len(text) > 2000:
        return None
    try:
        back, value, pk = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        return Cursor(None if value is None else _untag(value), _untag(pk), bool(back))
    except (ValueError, TypeError, KeyError, ArithmeticError, binascii.Error):
        return None


def _untag(pair: Any) -> Any:
    kind, value = pair
    return _READ[kind](value)


def nullable(model: type[Model], path: str) -> bool:
    """Whether a sort path may hold NULL; a computed column counts as one that may."""
    here: Any = model
    for part in path.split("__"):
        if part == "pk":
            return False
        try:
            field = here._meta.get_field(part)
        except (FieldDoesNotExist, AttributeError):
            return True
        if getattr(field, "null", True):
            return True
        here = getattr(field, "related_model", None)
    return False


def ordered(rows: QuerySet[Any], order: Order) -> QuerySet[Any]:
    """The rows in this order, NULLs last both ways, ties by primary key."""
    sign = "-" if order.descending else ""
    if order.path == "pk":
        return rows.order_by(f"{sign}pk")
    if not nullable(rows.model, order.path):
        return rows.order_by(f"{sign}{order.path}", f"{sign}pk")
    column = F(order.path)
    first = column.desc(nulls_last=True) if order.descending else column.asc(nulls_last=True)
    return rows.order_by(first, f"{sign}pk")


def _backwards(rows: QuerySet[Any], order: Order) -> QuerySet[Any]:
    turned = order.reversed()
    sign = "-" if turned.descending else ""
    if order.path == "pk" or not nullable(rows.model, order.path):
        return ordered(rows, turned)
    column = F(order.path)
    first = column.desc(nulls_first=True) if turned.descending else column.asc(nulls_first=True)
    return rows.order_by(first, f"{sign}pk")


def beyond(model: type[Model], order: Order, cursor: Cursor) -> Q:
    """The condition for the rows after the cursor (before it, when ``cursor.back``)."""
    less = order.descending != cursor.back
    compare = "lt" if less else "gt"
    tie = Q(**{f"pk__{compare}": cursor.pk})
    if order.path == "pk":
        return tie
    path, may_be_null = order.path, nullable(model, order.path)
    if cursor.value is None:
        inside = Q(**{f"{path}__isnull": True}) & tie
        return inside | Q(**{f"{path}__isnull": False}) if cursor.back else inside
    # 'col >= v AND (col > v OR pk > k)' lets the database start at v in the index, which an OR alone does not.
    edge = Q(**{f"{path}__{compare}e": cursor.value}) & (Q(**{f"{path}__{compare}": cursor.value}) | tie)
    return edge | Q(**{f"{path}__isnull": True}) if may_be_null and not cursor.back else edge


def _at(row: Any, order: Order, *, back: bool) -> str:
    value = row.pk if order.path == "pk" else resolve(row, order.path)
    return write_cursor(Cursor(value, row.pk, back))


def page_of(rows: QuerySet[Any], order: Order, text: str, size: int) -> Slice:
    """One page of rows from the cursor in ``text``; a cursor that does not fit the order starts over."""
    cursor = read_cursor(text)
    try:
        return _slice(rows, order, cursor, size)
    except (ValueError, TypeError, FieldError, ValidationError):
        if cursor is None:
            raise
        return _slice(rows, order, None, size)


def _slice(rows: QuerySet[Any], order: Order, cursor: Cursor | None, size: int) -> Slice:
    back = cursor is not None and cursor.back
    if cursor is not None:
        rows = rows.filter(beyond(rows.model, order, cursor))
    found = list((_backwards(rows, order) if back else ordered(rows, order))[: size + 1])
    more, found = len(found) > size, found[:size]
    if back:
        found.reverse()
    if not found:
        return Slice([], "", "")
    has_previous, has_next = (more, True) if back else (cursor is not None, more)
    return Slice(
        found,
        _at(found[0], order, back=True) if has_previous else "",
        _at(found[-1], order, back=False) if has_next else "",
    )


def capped_count(rows: QuerySet[Any]) -> int:
    """How many rows there are, counted no further than 10,001."""
    return rows.order_by()[:CAP].count()
