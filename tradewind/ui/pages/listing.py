"""What one request sees of a list: the state in the address, the rows, their cells and the controls."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.safestring import SafeString

from tradewind.ui import hooks
from tradewind.ui.pages.columns import Col
from tradewind.ui.pages.filters import Chip, Filter
from tradewind.ui.pages.paging import CAP, Order, Slice, capped_count, page_of
from tradewind.ui.pages.rows import Cell, Row, draw_body

if TYPE_CHECKING:
    from tradewind.ui.pages.lists import ListPage

SIZES = (25, 50, 100, 200)


@dataclass(frozen=True)
class Head:
    """One column heading: where a click leads and which way the column is sorted ('' when it is not)."""

    col: Col
    url: str
    direction: str

    @property
    def aria(self) -> str:
        """The value of aria-sort."""
        return {"up": "ascending", "down": "descending"}.get(self.direction, "none")


class Listing:
    """The list of one request, computed part by part on use."""

    def __init__(self, page: "ListPage[Any]", request: HttpRequest) -> None:
        self.page = page
        self.request = request
        self.params: QueryDict = request.GET

    # state in the address

    def url(self, drop: tuple[str, ...] = ("cursor",), **changes: str) -> str:
        """This list with some parameters changed; paging starts over unless a cursor is given."""
        params = self.params.copy()
        for name in (*drop, *changes):
            params.pop(name, None)
        for name, value in changes.items():
            if value:
                params[name] = value
        text = params.urlencode()
        return f"{self.request.path}?{text}" if text else self.request.path

    @cached_property
    def text(self) -> str:
        """What is searched for."""
        return self.params.get("q", "").strip()[:200]

    @cached_property
    def size(self) -> int:
        """Rows a page."""
        asked = self.params.get("size", "")
        return int(asked) if asked in map(str, SIZES) else self.page.size

    @cached_property
    def open_columns(self) -> list[Col]:
        """The columns this reader may see at all."""
        return [col for col in self.page.columns if col.open_to(self.request)]

    @cached_property
    def columns(self) -> list[Col]:
        """The columns on show, in the room's order."""
        picked = [name for name in self.params.get("cols", "").split(",") if name]
        known = [col for col in self.open_columns if col.name in picked]
        return known or [col for col in self.open_columns if not col.hidden]

    @cached_property
    def sort(self) -> tuple[Col | None, Order]:
        """The sorted column and the order; an unknown name falls back to the default."""
        for asked in (self.params.get("sort", ""), self.page.default_order):
            name, down = asked.lstrip("-"), asked.startswith("-")
            for col in self.open_columns:
                if col.name == name and col.sort:
                    return col, Order(col.sort, down)
        name, down = self.page.default_order.lstrip("-"), self.page.default_order.startswith("-")
        return None, Order(name or "pk", down)

    @cached_property
    def values(self) -> list[tuple[Filter, Any]]:
        """The filters in force and their values."""
        found = ((item, item.read(self.params)) for item in self.page.filters)
        return [(item, value) for item, value in found if value is not None]

    @property
    def narrowed(self) -> bool:
        """Whether search or a filter is in force."""
        return bool(self.text or self.values)

    # rows

    def matching(self) -> QuerySet[Any]:
        """The scoped rows after search and filters, in no order."""
        rows: QuerySet[Any] = self.page.rows(self.request)
        narrow = getattr(self.request, "narrow", None)  # the corner of the company the reader chose to look at
        rows = narrow(rows) if narrow is not None else rows
        if self.text:
            rows = self.page.search(rows, self.text)
        for item, value in self.values:
            rows = item.narrow(rows, value, self.request)
        return rows

    @cached_property
    def slice(self) -> Slice:
        """This page of rows."""
        return page_of(self.matching(), self.sort[1], self.params.get("cursor", ""), self.size)

    @cached_property
    def count(self) -> int:
        """How many rows match, capped; a first page that holds them all needs no query."""
        here = self.slice
        if not here.previous and not here.next and not self.params.get("cursor"):
            return len(here.rows)
        return capped_count(self.matching())

    @property
    def many(self) -> bool:
        """Whether there are more rows than are counted."""
        return self.count >= CAP

    @cached_property
    def rows(self) -> list[Row]:
        """The drawn rows."""
        return [self._row(row) for row in self.slice.rows]

    def body(self, *, ticks: bool) -> SafeString:
        """The rows as HTML."""
        return draw_body(self.rows, ticks=ticks, peek=self.page.peek)

    @property
    def body_with_ticks(self) -> SafeString:
        """The rows with a box each, for lists with bulk actions."""
        return self.body(ticks=True)

    @property
    def body_plain(self) -> SafeString:
        """The rows without boxes."""
        return self.body(ticks=False)

    def _row(self, row: Any) -> Row:
        url = self.page.row_url(row)
        cells = [Cell(col.cell(row, self.request, url), col.numeric) for col in self.columns]
        return Row(row.pk, url, str(row), cells)

    # controls

    @cached_property
    def heads(self) -> list[Head]:
        """The headings."""
        sorted_col, order = self.sort
        found = []
        for col in self.columns:
            here = sorted_col is not None and col.name == sorted_col.name
            direction = ("down" if order.descending else "up") if here else ""
            # Numbers and dates are most often wanted largest first.
            first_down = col.numeric or col.kind in ("day", "moment")
            down = not order.descending if here else first_down
            url = self.url(sort=f"{'-' if down else ''}{col.name}") if col.sort else ""
            found.append(Head(col, url, direction))
        return found

    @cached_property
    def controls(self) -> list[dict[str, Any]]:
        """Context of each filter's control."""
        values = {item.name: value for item, value in self.values}
        options = self.options_url
        return [
            {**item.control(values.get(item.name), self.request), "options_url": options} for item in self.page.filters
        ]

    @property
    def options_url(self) -> str:
        """Where long reference filters ask for matches."""
        return self.page.url_for("options")

    @cached_property
    def chips(self) -> list[tuple[Chip, str]]:
        """Each chip with the address that takes it off."""
        return [(chip, self._without(chip)) for item, value in self.values for chip in item.chips(value, self.request)]

    def _without(self, chip: Chip) -> str:
        params = self.params.copy()
        params.pop("cursor", None)
        for name, value in chip.params:
            params.setlist(name, [item for item in params.getlist(name) if item != value])
        return f"{self.request.path}?{params.urlencode()}"

    @property
    def clear_url(self) -> str:
        """The list without search and filters; sort and columns stay."""
        names = [name for item in self.page.filters for name in item.params()]
        return self.url(drop=("cursor", "q", *names))

    @property
    def previous_url(self) -> str:
        """The page before, or ''."""
        return self.url(cursor=self.slice.previous) if self.slice.previous else ""

    @property
    def next_url(self) -> str:
        """The page after, or ''."""
        return self.url(cursor=self.slice.next) if self.slice.next else ""

    @property
    def kept(self) -> list[tuple[str, str]]:
        """Parameters that the search form carries along."""
        own = {"q", "cursor", *(name for item in self.page.filters for name in item.params())}
        return [(name, value) for name, values in self.params.lists() if name not in own for value in values]

    @property
    def column_choices(self) -> list[tuple[Col, bool]]:
        """All columns and whether they are on show."""
        shown = {col.name for col in self.columns}
        return [(col, col.name in shown) for col in self.open_columns]

    @property
    def exports(self) -> list[tuple[str, str]]:
        """File kinds and their addresses: exactly what is on show, all pages."""
        if not self.page.export:
            return []
        params = self.params.copy()
        params.pop("cursor", None)
        query = f"?{params.urlencode()}" if params else ""
        name = self.page.full_name("export")
        return [(kind.upper(), reverse(name, kwargs={"kind": kind}) + query) for kind in ("csv", "xlsx")]

    @property
    def views_url(self) -> str:
        """The slot of saved views, told which list and state this is; '' without an engine."""
        base = hooks.slot_url("saved_views") or hooks.slot_url("views")
        if not base:
            return ""
        query = QueryDict(mutable=True)
        state = self.params.copy()
        state.pop("cursor", None)
        query["page"], query["state"] = self.page.full_name("list"), state.urlencode()
        return f"{base}?{query.urlencode()}"
