"""Every list and every record of the pages through the API: the same rows, rights, filters, search and order, as JSON.

A room that declares a `ListPage` and a `DetailPage` gets `GET /api/v1/<room>/<plural>` and `…/{id}`; what a room's own
`api.py` already answers stays as it is.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Query, Router, Schema

from tradewind.base.errors import NotAllowed, Refused
from tradewind.base.money import Money
from tradewind.ui.pages import Col, DetailPage, ListPage, pages
from tradewind.ui.pages.details import find
from tradewind.ui.pages.listing import Listing
from tradewind.ui.pages.page import plural_of
from tradewind.ui.pages.registry import may_open

COMMON = ("q", "sort", "cursor", "size")


class Rows(Schema):
    """One page of records; `next` is the cursor of the page after it, absent on the last."""

    rows: list[dict[str, Any]]
    next: str | None = None


class ListQuery(Schema):
    """What every list understands."""

    q: str = ""
    sort: str = ""
    cursor: str = ""
    size: int = 50


def value_of(value: Any) -> Any:
    """A value as the API tells it: amounts as exact text with their currency, records by id and title."""
    if isinstance(value, Money):
        return {"amount": f"{value.amount:f}", "currency": value.currency}
    if isinstance(value, (dt.datetime, dt.date)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, Model):
        return {"id": value.pk, "title": str(value)}
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (bool, int, str)) or value is None:
        return value
    return str(value)


def record(request: HttpRequest, row: Any, columns: list[Col]) -> dict[str, Any]:
    """One record by its columns' names; what needs a further right is null without it."""
    values = {col.name: value_of(col.plain(row)) if col.open_to(request, row) else None for col in columns}
    found = {"id": row.pk, **values}
    if hasattr(row, "version"):
        found["version"] = row.version
    return found


def check(request: HttpRequest, page: ListPage[Any]) -> None:
    """Refuse parameters that mean nothing here, naming each: a silently dropped filter would tell more than was asked."""
    known = set(COMMON) | {name for item in page.filters for name in item.params()}
    faults = {name: _("This filter is not known.") for name in request.GET if name not in known}
    for item in page.filters:
        given = [name for name in item.params() if request.GET.get(name)]
        if given and item.read(request.GET) is None:
            faults.update({name: _("This value makes no sense here.") for name in given})
    sort = request.GET.get("sort", "").lstrip("-")
    if sort and sort not in {col.name for col in page.columns if col.sort and col.open_to(request)}:
        faults["sort"] = _("The list cannot be sorted by this.")
    if faults:
        raise Refused(_("Some parameters are not right."), fields=faults)


def guard(request: HttpRequest, kind: Any) -> None:
    """NotAllowed unless the person may open the page anywhere."""
    if not may_open(request, kind):
        raise NotAllowed(_("You may not see this."))


def lister(kind: Any) -> Callable[..., Any]:
    """The operation that answers a list page."""

    def rows(request: HttpRequest, query: Query[ListQuery]) -> Any:
        guard(request, kind)
        page = kind()
        check(request, page)
        listing = Listing(page, request)
        listing.__dict__["size"] = max(1, min(query.size, 200))
        columns = list(page.columns)
        return {
            "rows": [record(request, row, columns) for row in listing.slice.rows],
            "next": listing.slice.next or None,
        }

    return rows


def reader(kind: Any) -> Callable[..., Any]:
    """The operation that answers a detail page."""

    def one(request: HttpRequest, pk: int) -> Any:
        guard(request, kind)
        page = kind()
        return record(request, find(page.rows(request), pk), list(page.facts))

    return one


def extra(page: Any) -> dict[str, Any]:
    """The filters of a list as parameters of the description."""
    return {
        "parameters": [
            {
                "name": name,
                "in": "query",
                "required": False,
                "schema": {"type": "string"},
                "description": str(item.label),
            }
            for item in page.filters
            for name in item.params()
        ]
    }


def add_pages(api: NinjaAPI) -> None:
    """Give every list and record of the pages its operation."""
    routers: dict[str, Router] = {}
    taken = {path.lstrip("/") for prefix, router in api._routers for path in own_paths(prefix, router)}  # noqa: SLF001
    for kind in pages():
        if not issubclass(kind, (ListPage, DetailPage)) or kind.pk_type != "int" or kind.public or kind.any_person:
            continue
        plural = plural_of(kind.stem).replace("_", "-") if kind.plural is None else kind.plural
        path = f"/{plural}" if issubclass(kind, ListPage) else f"/{plural}/{{pk}}"
        if not plural or f"{kind.area}{path}".replace("{pk}", "{}") in taken:
            continue
        router = routers.setdefault(kind.area, Router(tags=[kind.area]))
        add_operation(router, path, kind)
    for area, router in routers.items():
        api.add_router(f"/{area}", router)


def own_paths(prefix: str, router: Any) -> list[str]:
    """The paths a room's own router answers, parameters without their names."""
    return [re.sub(r"\{[^}]*\}", "{}", f"{prefix}{path}").replace("//", "/") for path in router.path_operations]


def add_operation(router: Router, path: str, kind: Any) -> None:
    """One operation for one page."""
    listed = issubclass(kind, ListPage)
    router.add_api_operation(
        path,
        ["GET"],
        lister(kind) if listed else reader(kind),
        operation_id=f"{kind.area}_{kind.stem}_{'list' if listed else 'detail'}",
        summary=str(kind.title) if listed else f"{kind.stem}",
        response=Rows if listed else dict[str, Any],
        openapi_extra=extra(kind) if listed else None,
    )
