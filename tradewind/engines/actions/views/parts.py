"""Parts of the shell that this engine fills: a list's saved views, and the corner of the company one looks at."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from tradewind.base.errors import NotFound, Refused
from tradewind.engines.access.models import SavedView
from tradewind.engines.actions import queries, rights
from tradewind.ui.pages import Page, pages
from tradewind.ui.pages.registry import may_open

AXES = (("entity", _("Entity")), ("market", _("Market")), ("team", _("Team")))


def list_page(request: HttpRequest, name: str) -> str:
    """The address of a list the reader may open; NotFound for anything else."""
    for page in pages():
        if f"{page.area}:{page.name}" == name and may_open(request, page):  # also one the menu leaves out
            try:
                return reverse(name)
            except NoReverseMatch:
                break
    raise NotFound(_("There is no such list."))


def plain_state(query: str) -> str:
    """A list's state without what belongs to the moment."""
    return urlencode([(key, value) for key, value in parse_qsl(query[:4000]) if key not in ("cursor", "scope")])


class Views(Page):
    """The saved views of one list, as tabs."""

    area, name, path, any_person, in_menu = "actions", "views", "views/", True, False
    template = "actions/views.html"

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        name, state = request.GET.get("page", ""), plain_state(request.GET.get("state", ""))
        url = list_page(request, name)
        person = request.person  # type: ignore[attr-defined]
        rows = [
            {
                "row": row,
                "mine": row.person_id == person.pk,
                "current": row.query == state,
                "url": f"{url}?{row.query}" if row.query else url,
            }
            for row in queries.views(person, name)
        ]
        return {
            "page_name": name, "state": state, "url": url, "views": rows,
            "known": not state or any(row["current"] for row in rows),
        }  # fmt: skip


class ViewSave(Page):
    """Keep a list as it is shown."""

    area, name, path, any_person, in_menu = "actions", "view-save", "views/save/", True, False
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Save and go back to the list in that state."""
        page, state = request.POST.get("page", ""), plain_state(request.POST.get("state", ""))
        url = list_page(request, page)
        person = request.person  # type: ignore[attr-defined]
        with suppress(Refused):  # a view without a name is not kept; the list stays as it is
            rights.save_view(
                person, page=page, name=request.POST.get("name", ""), query=state, shared="shared" in request.POST
            )
        return HttpResponseRedirect(f"{url}?{state}" if state else url)


class ViewDelete(Page):
    """Forget one of one's own saved views."""

    area, name, path, any_person, in_menu = "actions", "view-delete", "views/<int:pk>/delete/", True, False
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Delete and go back to the list."""
        person = request.person  # type: ignore[attr-defined]
        row = SavedView.objects.filter(person=person, pk=kwargs["pk"]).first() if kwargs["pk"] < 2**63 else None
        if row is None:
            raise NotFound(_("There is no such view."))
        rights.delete_view(person, view=row.pk)
        return HttpResponseRedirect(list_page(request, row.page))


class ScopePicker(Page):
    """The entities, markets and teams a person may look at."""

    area, name, path, any_person, in_menu = "actions", "scope-picker", "scope/", True, False
    template = "actions/scope_picker.html"

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        here = where(request)
        chosen, person = request.scope, request.person  # type: ignore[attr-defined]
        groups = []
        for axis, label in AXES:
            options = queries.places(person, axis)
            if options:
                now = getattr(chosen, axis)
                rows = [(name, with_scope(here, chosen, axis, pk), pk == now) for pk, name in options]
                groups.append(
                    {"label": label, "rows": rows, "any_url": with_scope(here, chosen, axis, None), "any": now is None}
                )
        return {"groups": groups}


def where(request: HttpRequest) -> str:
    """The page that the picker was opened on, as a path with its query."""
    url = request.headers.get("HX-Current-URL", "")
    if not url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()}):
        return "/"
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path or "/"


def with_scope(here: str, chosen: Any, axis: str, pk: int | None) -> str:
    """An address with one axis of the scope changed: `?scope=market:3,team:1`, `?scope=all` for none."""
    ids = {name: getattr(chosen, name) for name, _label in AXES} | {axis: pk}
    text = ",".join(f"{name}:{value}" for name, value in ids.items() if value is not None) or "all"
    parts = urlsplit(here)
    query = [(key, value) for key, value in parse_qsl(parts.query) if key not in ("scope", "cursor")]
    return f"{parts.path}?{urlencode([*query, ('scope', text)], safe=':,')}"
