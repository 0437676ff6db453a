"""Goals as files: in, out, and one to start from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _

from tradewind.areas.structure.exchange import goal_table
from tradewind.areas.structure.exchange.goals import import_goals
from tradewind.areas.structure.forms.goal_files import GoalFileFields
from tradewind.areas.structure.queries.goal_files import goals_to_write
from tradewind.areas.structure.views.imports import FileImport
from tradewind.base import clock
from tradewind.base.period import Period
from tradewind.ui import hooks
from tradewind.ui.pages import Page
from tradewind.ui.pages.columns import reader_zone
from tradewind.ui.pages.files import FILES


class GoalImport(FileImport):
    """Bring goals in from a table or a Markdown text."""

    area, name, path = "structure", "goal-import", "goals/import/"
    title, icon, read = _("Import goals"), "file-import", "structure.import_goals"
    guide = "goals"
    action, form = import_goals, GoalFileFields
    button, list_page = _("Bring these goals in"), ("structure:goal-list", _("Goals"))
    samples, whole = "structure:goal-template", "structure:goal-file"
    counts = [
        ("companies", _("Company goals")), ("objectives", _("Other goals")), ("results", _("Key results")),
        ("unowned", _("Goals without an owner")), ("new", _("New")), ("changed", _("Changed")), ("same", _("Unchanged")),
    ]  # fmt: skip


class GoalFile(Page):
    """All goals one may see with their key results, as a file that comes in again; `?period=` for one period alone."""

    area, name, path = "structure", "goal-file", "goals/file/<str:kind>/"
    title, icon, read = _("Goals as a file"), "file-export", "structure.view_goal"
    in_menu = False

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        goals = goals_to_write(request.person, request.GET.get("period", "")[:24])  # type: ignore[attr-defined]
        if kwargs["kind"] in FILES:
            hooks.call("on_export", request, self, goals.count())
        return sent(request, goal_table.rows(goals.iterator(chunk_size=500)), kwargs["kind"], "goals")


class GoalTemplate(Page):
    """A file to start from: the columns and an example."""

    area, name, path = "structure", "goal-template", "goals/template/<str:kind>/"
    title, icon, read = _("Goals file to start from"), "file-export", "structure.import_goals"
    in_menu = False

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        quarter = Period.containing(clock.today(reader_zone(request)), "quarter").code
        return sent(request, goal_table.example(quarter), kwargs["kind"], "goals-template")


def sent(request: HttpRequest, rows: Iterable[list[Any]], kind: str, stem: str) -> HttpResponseBase:
    """Rows as a file of a kind; Http404 for one that is none."""
    if kind not in FILES:
        raise Http404
    return FILES[kind](rows, f"{stem}-{clock.today(reader_zone(request)).isoformat()}.{kind}")


PAGES = (GoalImport, GoalFile, GoalTemplate)
