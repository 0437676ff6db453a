"""The Map, the page of a practice, and the first page of every area that has none of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, URLResolver, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradewind.base import clock
from tradewind.base.errors import Refused
from tradewind.base.outline import AREAS, PRACTICES, Practice
from tradewind.engines.access.scope import can
from tradewind.engines.practices import actions, queries
from tradewind.engines.practices.forms import OwnerFields
from tradewind.engines.practices.models import EvidenceRow, PracticeOwner
from tradewind.engines.practices.picture import MARKS, branches, ring
from tradewind.engines.practices.queries import PLANNED, Standing
from tradewind.engines.practices.rules import HEALTHS
from tradewind.engines.practices.words import CADENCES, rule_in_words
from tradewind.ui import fields, hooks, marks, nav
from tradewind.ui.formats import format_day
from tradewind.ui.pages import AreaPage, Chart, Page, Series
from tradewind.ui.pages.columns import reader_zone
from tradewind.ui.pages.edits import add_refusal
from tradewind.ui.pages.files import csv_file

TREND_DAYS, LONG_TREND_DAYS = 30, 90
SORTS: dict[str, Callable[[Standing], Any]] = {
    "practice": lambda one: one.title,
    "health": lambda one: MARKS.index(one.mark),
    "done": lambda one: (one.share is None, one.share or 0),
    "last": lambda one: (one.last is None, one.last.timestamp() if one.last else 0),
    "owner": lambda one: (one.owner is None, str(one.owner or "")),
    "next": lambda one: (one.next_due is None, one.next_due.timestamp() if one.next_due else 0),
}


def address(**query: str) -> str:
    """The Map with a query; empty values are left out."""
    asked = urlencode({name: value for name, value in query.items() if value})
    return reverse("practices:map") + (f"?{asked}" if asked else "")


def file_address(only: str, sort: str) -> str:
    """The file of the rows on show, in their order."""
    asked = urlencode({name: value for name, value in (("health", only), ("sort", sort)) if value})
    return reverse("practices:map-file") + (f"?{asked}" if asked else "")


def chosen(request: HttpRequest, axis: str) -> int | None:
    """The market or entity the reader looks at, from the scope picker."""
    return getattr(getattr(request, "scope", None), axis, None)


def evidence(request: HttpRequest) -> QuerySet[EvidenceRow]:
    """The evidence the reader sees and looks at."""
    person = request.person  # type: ignore[attr-defined]
    return queries.evidence(person, chosen(request, "market"), chosen(request, "entity"))


def seen(request: HttpRequest, *, only: Iterable[str] = (), trend_days: int = 0) -> list[Standing]:
    """Where practices stand for the reader of this request."""
    owned, market = queries.owners(request.person), chosen(request, "market")  # type: ignore[attr-defined]
    return queries.standings(evidence(request), owned, only=only, market=market, trend_days=trend_days)


class MapPage(Page):
    """The 96 practices: as a picture and as a table."""

    area, section, name, path = "practices", "map", "map", ""
    title, icon = gettext_lazy("Map"), "hierarchy-3"
    read = queries.READ
    in_menu = False
    guide = "map"
    template = "practices/map.html"

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        table = request.GET.get("view") == "table"
        only = request.GET.get("health", "")
        only = only if only in (*HEALTHS, PLANNED) else ""
        all_of_them = seen(request, trend_days=TREND_DAYS if table else 0)
        shared = {
            "only": only,
            "table": table,
            "filters": self.filters(all_of_them, only, table),
            "built": sum(one.spec is not None for one in all_of_them),
            "at": min((one.at for one in all_of_them if one.at), default=None),
            "picture_url": address(health=only),
            "table_url": address(health=only, view="table"),
            "file_url": file_address(only, request.GET.get("sort", "")),
        }
        return {
            **shared,
            **(self.as_table(request, all_of_them, only) if table else self.as_picture(all_of_them, only)),
        }

    def filters(self, standings: list[Standing], only: str, table: bool) -> list[dict[str, Any]]:
        """The legend, which is the filter too: each mark, how many there are, and where a click leads."""
        marks = [one.mark for one in standings]
        return [
            {
                "mark": mark,
                "count": marks.count(mark),
                "on": mark == only,
                "url": address(health="" if mark == only else mark, view="table" if table else ""),
            }
            for mark in MARKS
        ]

    def as_picture(self, standings: list[Standing], only: str) -> dict[str, Any]:
        """What the picture needs."""
        every = branches(standings)
        return {"sides": [("left", every[:6]), ("right", every[6:])], "ring": ring(standings, only)}

    def as_table(self, request: HttpRequest, standings: list[Standing], only: str) -> dict[str, Any]:
        """What the table needs."""
        sort = request.GET.get("sort", "")
        down, key = sort.startswith("-"), SORTS.get(sort.lstrip("-"))
        rows = [one for one in standings if not only or one.mark == only]
        if key:
            rows.sort(key=key, reverse=down)
        return {"rows": rows, "heads": heads(sort, only)}


class MapFile(Page):
    """The Map's table as a CSV file: the rows on show, in their order."""

    area, section, name, path = "practices", "map", "map-file", "csv/"
    title, read, in_menu = gettext_lazy("The Map as CSV"), queries.READ, False

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        only = request.GET.get("health", "")
        table = MapPage().as_table(request, seen(request), only if only in (*HEALTHS, PLANNED) else "")
        labels = [
            _("Area"),
            _("Group"),
            _("Practice"),
            _("Code"),
            _("Health"),
            _("Done"),
            _("Due"),
            _("Last"),
            _("Owner"),
            _("Next due"),
        ]
        rows = [labels, *(file_row(one) for one in table["rows"])]
        hooks.call("on_export", request, self, len(rows) - 1)
        return csv_file(rows, f"map-{clock.today(reader_zone(request)).isoformat()}.csv")


def file_row(one: Standing) -> list[Any]:
    """A practice as a row of the file; moments in UTC."""
    moments = [at.astimezone(UTC).isoformat(timespec="minutes") if at else "" for at in (one.last, one.next_due)]
    return [str(one.place.label), str(one.leaf.group), one.title, one.id, str(marks.HEALTH[one.mark][1]),
            one.done if one.due else "", one.due or "", moments[0], str(one.owner or ""), moments[1]]  # fmt: skip


def heads(sort: str, only: str) -> list[dict[str, str]]:
    """The headings of the table: what they say, and where a click sorts."""
    labels: list[tuple[str, Any]] = [
        ("", _("Area")), ("", _("Group")), ("practice", _("Practice")), ("health", _("Health")), ("done", _("Done of due")),
        ("last", _("Last")), ("owner", _("Owner")), ("next", _("Next due")), ("", _("Trend")),
    ]  # fmt: skip
    found = []
    for name, label in labels:
        here = bool(name) and sort.lstrip("-") == name
        turned = f"-{name}" if sort == name else name
        found.append({
            "label": label,
            "url": address(view="table", health=only, sort=turned) if name else "",
            "aria": ("descending" if sort.startswith("-") else "ascending") if here else "none",
        })  # fmt: skip
    return found


def leaf_of(area: str, leaf: str) -> Practice:
    """The practice of an address; 404 when the map has none."""
    found = PRACTICES.get(f"{area}.{leaf}")
    if found is None:
        raise Http404
    return found


class PracticePage(Page):
    """One practice: what it means, what shows that it is kept, by which rule, and how to begin."""

    area, section, name, path = "practices", "map", "practice", "<slug:area>/<slug:leaf>/"
    icon = "hierarchy-3"
    guide = "map"
    read = queries.READ
    template = "practices/practice.html"

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        leaf = leaf_of(kwargs["area"], kwargs["leaf"])
        (one,) = seen(request, only=[leaf.id], trend_days=LONG_TREND_DAYS)
        person = request.person  # type: ignore[attr-defined]
        owned = list(queries.owners(person).filter(practice=leaf.id))
        return {
            "title": one.title,
            "one": one,
            "place": nav.SECTIONS[leaf.area],
            "every": CADENCES[one.spec.every if one.spec else leaf.every],
            "parts": [(part, mark, rule_in_words(part)) for part, mark in one.parts],
            "owners": owned,
            "may_own": can(person, "practices.set_owner"),
            "turns": queries.turns(evidence(request), leaf.id) if one.spec else [],
            "events": queries.owner_events(owner.pk for owner in PracticeOwner.objects.filter(practice=leaf.id)),
            "chart": trend_chart(one),
            "map_url": address(),
        }

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Have the evidence counted anew."""
        leaf = leaf_of(kwargs["area"], kwargs["leaf"])
        try:
            actions.recount_practice(request.person, practice=leaf.id)  # type: ignore[attr-defined]
            messages.success(request, _("The evidence is being counted. Look again in a moment."))
        except Refused as refusal:
            messages.error(request, str(refusal))
        return HttpResponseRedirect(request.path)


def trend_chart(one: Standing) -> Chart | None:
    """Done of due by day; None until there are two days."""
    if len(one.trend) < 2:
        return None
    days, shares = [format_day(day) for day, _share in one.trend], [share for _day, share in one.trend]
    return Chart(
        title=_("Done of due"), kind="line", unit="percent", categories=days, category_label=_("Day"),
        series=[Series(f"practice:{one.leaf.id}", one.title, shares)], additive=False,
        period=_("last %(days)s days") % {"days": LONG_TREND_DAYS},
    )  # fmt: skip


class OwnerPage(Page):
    """Who looks after a practice."""

    area, section, name, path = "practices", "map", "owner", "<slug:area>/<slug:leaf>/owner/"
    title, icon = gettext_lazy("Owner of a practice"), "user-check"
    read = "practices.set_owner"
    template = "practices/owner.html"

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        leaf = leaf_of(kwargs["area"], kwargs["leaf"])
        held = PracticeOwner.objects.filter(practice=leaf.id, market=chosen(request, "market")).first()
        first = {"person": held.person_id, "market": held.market_id} if held else {"market": chosen(request, "market")}
        form = kwargs.get("form") or OwnerFields(request.person, initial=first)  # type: ignore[attr-defined]
        fields.polish(form)
        return {"form": form, "button": _("Save"), "cancel_url": queries.address(leaf), "record": str(leaf.label)}

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Save it."""
        leaf, person = leaf_of(kwargs["area"], kwargs["leaf"]), request.person  # type: ignore[attr-defined]
        form = OwnerFields(person, request.POST)
        if form.is_valid():
            held = PracticeOwner.objects.filter(practice=leaf.id, market=form.cleaned_data["market"]).first()
            try:
                actions.set_owner(person, *([held] if held else []), practice=leaf.id, **form.cleaned_data)
            except Refused as refusal:
                add_refusal(form, refusal)
            else:
                messages.success(request, _("Saved"))
                return HttpResponseRedirect(queries.address(leaf))
        return self.show(request, self.context(request, **kwargs, form=form), status=422)


class OwnerRecord(Page):
    """Where a link to an owner's record leads: the page of the practice."""

    area, section, name, path = "practices", "map", "owner-record", "owners/<int:pk>/"
    title = gettext_lazy("Owner of a practice")
    read = queries.READ

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Go there."""
        owner = queries.owners(request.person).filter(pk=min(kwargs["pk"], 2**63 - 1)).first()  # type: ignore[attr-defined]
        if owner is None or owner.practice not in PRACTICES:
            raise Http404
        return HttpResponseRedirect(queries.address(PRACTICES[owner.practice]))


class AreaHome(AreaPage):
    """The first page of an area: its eight practices, its work, and what it is for."""

    template = "practices/area.html"

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        area = AREAS[self.area]
        leaves = seen(request, only=[leaf.id for leaf in area.practices]) if can_see(request) else []
        return {"title": str(area.label), "limbs": branches(leaves, self.area)[0].limbs if leaves else [],
                "bare": not any(one.spec for one in leaves)}  # fmt: skip


def can_see(request: HttpRequest) -> bool:
    """Whether the reader may see the Map at all."""
    return can(request.person, queries.READ)  # type: ignore[attr-defined]


HOMES: dict[str, type[AreaHome]] = {
    area: type(f"{area.title()}Home", (AreaHome,), {"area": area, "__module__": __name__}) for area in AREAS
}


def with_home(area: str, patterns: Iterable[URLPattern | URLResolver] = ()) -> list[URLPattern | URLResolver]:
    """An area's addresses, with a first page where it has none of its own."""
    own = list(patterns)
    has_one = any(isinstance(pattern, URLPattern) and str(pattern.pattern) == "" for pattern in own)
    return own if has_one else [*HOMES[area].urls(), *own]
