"""The body of a list and long choices as HTML, built in Python: a template node for each cell would cost several times the query."""

import html
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from tradewind.ui import marks


@dataclass(frozen=True)
class Cell:
    """One drawn value and how its column stands."""

    html: SafeString
    numeric: bool


@dataclass(frozen=True)
class Row:
    """One drawn row."""

    pk: Any
    url: str
    title: str
    cells: list[Cell]


def draw_body(rows: Iterable[Row], *, ticks: bool, peek: bool) -> SafeString:
    """All rows of a table body; ``ticks`` adds a box to choose the row, ``peek`` a button for the quick view.

    Cells are safe already (``Col.cell`` escapes); everything else is escaped here.
    """
    icon = marks.icon("layout-sidebar-right")
    quick = _("Quick view of %(record)s")
    parts: list[str] = []
    for row in rows:
        title, url = escape(row.title), escape(row.url)
        parts.append(f'<tr data-href="{url}">' if url else "<tr>")
        if ticks:
            parts.append(
                '<td class="tick"><input class="form-check-input" type="checkbox" name="pk" '
                f'value="{escape(row.pk)}" data-bulk-row aria-label="{title}"></td>'
            )
        parts.extend(
            f'<td class="num">{cell.html}</td>' if cell.numeric else f"<td>{cell.html}</td>" for cell in row.cells
        )
        if peek:
            label = escape(quick % {"record": row.title})
            button = (
                f'<button type="button" class="icon-button" hx-get="{url}" hx-target="#peek" aria-label="{label}">'
                f"{icon}</button>"
            )
            parts.append(f'<td class="peek-cell">{button if url else ""}</td>')
        parts.append("</tr>")
    return mark_safe("".join(parts))


def draw_choices(name: str, options: Iterable[tuple[str, str, bool]]) -> SafeString:
    """A box for each value, its words and whether it is chosen; a list of countries holds 250."""
    name = html.escape(name)
    return mark_safe(
        "".join(
            f'<label class="menu-item"><input class="form-check-input" type="checkbox" name="{name}" '
            f'value="{html.escape(key)}"{" checked" if chosen else ""}>{html.escape(str(label))}</label>'
            for key, label, chosen in options
        )
    )
