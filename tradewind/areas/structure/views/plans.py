"""Pages of reorganisations: planned, compared side by side with today, applied or dropped."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tradewind.areas.structure.actions import plans as actions
from tradewind.areas.structure.forms.plans import MoveFields, ReorganisationFields, UnmoveFields
from tradewind.areas.structure.models import Reorganisation
from tradewind.areas.structure.queries import chart as charts
from tradewind.areas.structure.queries import plans as queries
from tradewind.areas.structure.queries.chart_shown import drawn, entries
from tradewind.areas.structure.rules.chart import LINE
from tradewind.ui.pages import ActionPage, Choice, Col, DetailPage, FormPage, ListPage, Section

TONES = {Reorganisation.DRAFT: "info", Reorganisation.APPLIED: "good", Reorganisation.DROPPED: "neutral"}


class ReorganisationList(ListPage[Reorganisation]):
    area, stem = "structure", "reorganisation"
    title, icon = _("Reorganisations"), "arrows-exchange"
    read = "structure.view_reorganisation"
    guide = "organisation"
    columns = [
        Col("title", _("Title"), link=True, sort="title"),
        Col("day", _("From"), kind="day", sort="day"),
        Col("moves", _("Moves"), kind="number", value="move_count"),
        Col("owner", _("Owner"), kind="person"),
        Col("state", _("State"), kind="chip", value="get_state_display", tone=lambda row: TONES[row.state]),
    ]
    filters = [Choice("state", _("State"), Reorganisation.STATES)]
    default_order = "-day"
    primary, primary_code = "structure:reorganisation-new", "structure.save_reorganisation"
    empty = _("Plan who will report to whom and be in which team, compare it with today, then apply it in one step.")

    def rows(self, request: HttpRequest) -> QuerySet[Reorganisation]:
        rows = queries.plans(request.person)  # type: ignore[attr-defined]
        return rows.select_related("owner", "applied_by").annotate(move_count=Count("moves"))

    def search(self, rows: QuerySet[Reorganisation], text: str) -> QuerySet[Reorganisation]:
        return rows.filter(title__icontains=text)


def moves_shown(request: HttpRequest, row: Reorganisation) -> dict[str, Any]:
    """A plan's moves in words, each with what forbids it now and the way to take it out."""
    moves = list(queries.moves_of(row))
    draft = row.state == Reorganisation.DRAFT
    faults = queries.faults_of(row, moves) if draft else {}
    may = draft and request.may("structure.remove_move", row)  # type: ignore[attr-defined]
    out = reverse("structure:reorganisation-unmove", args=[row.pk])
    lines = [
        {
            "move": move,
            "words": actions.words_of(move),
            "fault": actions.FAULTS.get(faults.get(place, "")),
            "out": f"{out}?move={move.pk}" if may else "",
        }
        for place, move in enumerate(moves)
    ]
    return {"lines": lines, "draft": draft}


def compared(request: HttpRequest, row: Reorganisation) -> dict[str, Any]:
    """Numbers and pictures of a plan's day without the plan and with it."""
    moves = list(queries.moves_of(row))
    if row.state == Reorganisation.APPLIED or not moves:
        return {"applied": row.state == Reorganisation.APPLIED}
    found = queries.compared(row, moves)
    person = request.person  # type: ignore[attr-defined]
    kinds = {charts.LINE if move.kind == LINE else charts.TEAM for move in moves}
    pictures = []
    for by in sorted(kinds):
        now, then = charts.sides(person, row, by)
        pictures.append({"by": by, "sides": [side(_("Today"), f"{by}-now", now), side(_("Then"), f"{by}-then", then)]})
    return {"found": found, "numbers": numbers(found), "pictures": pictures}


def side(title: Any, name: str, shown: charts.Picture) -> dict[str, Any]:
    """One half of a pair of pictures."""
    return {"title": title, "name": f"orgchart-{name}", "data": drawn(shown), "entries": entries(shown, deeper=False)}


def numbers(found: queries.Compared) -> list[tuple[Any, Any, Any]]:
    """The shapes side by side: what, before, after."""
    before, after = found.before, found.after
    return [
        (_("People"), before.people, after.people),
        (_("Managers"), before.managers, after.managers),
        (_("Without a manager"), before.roots, after.roots),
        (_("Layers"), before.layers, after.layers),
        (_("Widest span"), before.widest, after.widest),
        (_("Mean span"), before.span, after.span),
        (_("Teams without a lead"), *found.leaderless),
        *((team, had, has) for team, had, has in found.teams),
    ]


class ReorganisationDetail(DetailPage[Reorganisation]):
    of = ReorganisationList
    facts = [
        *ReorganisationList.columns[1:],
        Col("applied_at", _("Applied"), kind="moment"),
        Col("applied_by", _("Applied by"), kind="person"),
    ]
    sections = [
        Section(_("Why"), template="structure/plan_reason.html"),
        Section(_("Moves"), template="structure/plan_moves.html", context=moves_shown),
        Section(_("Today and then"), template="structure/plan_compared.html", context=compared),
    ]
    actions = [
        "structure:reorganisation-move",
        "structure:reorganisation-apply",
        "structure:reorganisation-edit",
        "structure:reorganisation-drop",
    ]


class ReorganisationForm(FormPage[Reorganisation]):
    of = ReorganisationList
    title, edit_title = _("Plan a reorganisation"), _("Edit the plan")
    form = ReorganisationFields
    save = actions.save_reorganisation


class Draft(ActionPage[Reorganisation]):
    """What is done with a plan while it is one."""

    states = (Reorganisation.DRAFT,)


class ReorganisationMove(Draft):
    of = ReorganisationList
    verb, icon = "move", "plus"
    title, button = _("Add a move"), _("Add a move")
    action = actions.plan_move
    form = MoveFields


class ReorganisationUnmove(Draft):
    of = ReorganisationList
    verb, icon = "unmove", "minus"
    title, button = _("Take a move out"), _("Take out")
    action = actions.remove_move
    form = UnmoveFields

    def form_kwargs(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {"plan": row}


class ReorganisationApply(Draft):
    of = ReorganisationList
    verb, icon = "apply", "check"
    title, button = _("Apply the plan"), _("Apply")
    text = _(
        "All moves are carried out as one, from the plan's day on. Lines and memberships of that day are replaced; leads "
        "change on the day itself."
    )
    action = actions.apply_reorganisation


class ReorganisationDrop(Draft):
    of = ReorganisationList
    verb, icon, danger = "drop", "trash", True
    title, button = _("Drop the plan"), _("Drop")
    text = _("Nothing of it happens; the plan stays to be read.")
    action = actions.drop_reorganisation


PAGES = (
    ReorganisationList,
    ReorganisationDetail,
    ReorganisationForm,
    ReorganisationMove,
    ReorganisationUnmove,
    ReorganisationApply,
    ReorganisationDrop,
)
