"""The org chart: a picture to walk, and the same as a list."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradewind.areas.structure.queries import chart as queries
from tradewind.areas.structure.queries.chart_file import organisation
from tradewind.areas.structure.queries.chart_shown import choices, drawn, entries, left_out
from tradewind.areas.structure.queries.plans import plans
from tradewind.nouns.org.models import Person
from tradewind.nouns.org.queries import company_today
from tradewind.ui import hooks
from tradewind.ui.pages import Page
from tradewind.ui.pages.files import FILES

KEPT = ("by", "on", "plan", "q", "country", "market", "function", "language", "skill", "view", "root")
FILTERS = {
    "country": gettext_lazy("Country"),
    "market": gettext_lazy("Market"),
    "function": gettext_lazy("Function"),
    "language": gettext_lazy("Language spoken"),
    "skill": gettext_lazy("Skill"),
}


def wish_of(request: HttpRequest) -> tuple[queries.Wish, str]:
    """What the address asks for, and a word on what could not be understood; Http404 for a plan one may not see."""
    asked = {name: request.GET.get(name, "").strip() for name in KEPT}
    day, fault = None, ""
    if asked["on"]:
        try:
            day = date.fromisoformat(asked["on"])
        except ValueError:
            fault = _("“%(text)s” is not a date; write it as 2026-11-23.") % {"text": asked["on"]}
    plan = None
    if asked["plan"]:
        found = plans(request.person).filter(pk=number(asked["plan"]) or 0)  # type: ignore[attr-defined]
        plan = found.filter(state="draft").first()
        if plan is None:
            raise Http404
    wish = queries.Wish(
        by=queries.TEAM if asked["by"] == queries.TEAM else queries.LINE, day=day, plan=plan, text=asked["q"],
        country=asked["country"], market=number(asked["market"]), function=number(asked["function"]),
        language=asked["language"], skill=number(asked["skill"]), root=asked["root"],
    )  # fmt: skip
    return wish, fault


def number(text: str) -> int | None:
    """A record's number from the address; None for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else None


class OrgChart(Page):
    """Who stands under whom, or in which team, on a day."""

    area, name, path = "structure", "chart", "chart/"
    title, icon, read = gettext_lazy("Org chart"), "sitemap", "structure.view_person"
    template = "structure/chart.html"
    guide = "organisation"

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        person: Person = request.person  # type: ignore[attr-defined]
        wish, fault = wish_of(request)
        shown = queries.picture(person, wish)
        today = company_today()
        as_list = request.GET.get("view") == "list"
        return {
            "shown": shown,
            "wish": wish,
            "fault": fault,
            "data": None if as_list else drawn(shown),
            "entries": entries(shown),
            "as_list": as_list,
            "left_out": left_out(shown),
            "live": shown.day == today,
            "past": shown.day < today,
            "query": self.query(request),
            "filters": self.filters(request),
            "plans": plans(person).filter(state="draft"),
            "tabs": [(address(request, by=by), words, wish.by == by) for by, words in self.ways()],
            "list_url": address(request, view="" if as_list else "list"),
            "whole_url": address(request, root=""),
            "clear_url": reverse("structure:chart") + (f"?by={wish.by}" if wish.by == queries.TEAM else ""),
            "export_url": self.export_url(wish),
            "narrowed": bool(wish.filtered or wish.day or wish.plan),
        }

    def export_url(self, wish: queries.Wish) -> str:
        """Where the organisation of the day on show is to be had as a file."""
        url = reverse("structure:chart-export", args=["csv"])
        return f"{url}?on={wish.day.isoformat()}" if wish.day else url

    def ways(self) -> list[tuple[str, str]]:
        """The two ways to look."""
        return [(queries.LINE, _("By reporting line")), (queries.TEAM, _("By team"))]

    def query(self, request: HttpRequest) -> str:
        """The address's questions without the node to begin at, for links into the list."""
        return address(request, root="").partition("?")[2]

    def filters(self, request: HttpRequest) -> list[dict[str, Any]]:
        """The filters with what is chosen; one that offers nothing is left out."""
        offered = choices(request.person)  # type: ignore[attr-defined]
        return [
            {"name": name, "label": label, "options": offered[name], "chosen": request.GET.get(name, "")}
            for name, label in FILTERS.items()
            if offered[name]
        ]


class ChartExport(Page):
    """The organisation of a day as a file that the import of people takes back."""

    area, name, path = "structure", "chart-export", "chart/export/<str:kind>/"
    title, icon, read = gettext_lazy("Org chart"), "download", "structure.view_person"
    in_menu = False

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """The file, with a note in the audit trail of how many people left."""
        writer = FILES.get(kwargs["kind"])
        if writer is None:
            raise Http404
        wish, _fault = wish_of(request)
        day = wish.day or company_today()
        rows = list(organisation(request.person, day))  # type: ignore[attr-defined]
        hooks.call("on_export", request, self, len(rows) - 1)
        return writer(rows, f"organisation-{day.isoformat()}.{kwargs['kind']}")


def address(request: HttpRequest, **changes: str) -> str:
    """The chart's address with some questions changed; blank ones are left out."""
    asked = {name: changes.get(name, request.GET.get(name, "")) for name in KEPT}
    kept = urlencode({name: value for name, value in asked.items() if value})
    return reverse("structure:chart") + (f"?{kept}" if kept else "")


PAGES = (OrgChart, ChartExport)
