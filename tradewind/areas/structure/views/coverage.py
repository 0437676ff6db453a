"""The coverage matrix: functions against active markets, and which team does it and answers for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tradewind.areas.structure.queries import charters as queries
from tradewind.areas.structure.rules import coverage as rules
from tradewind.nouns.org.models import Function, Market, Team
from tradewind.ui.pages import Page, files

WORDS = {
    rules.COVERED: _("Covered"),
    rules.GAP: _("Gap: nobody"),
    rules.UNANSWERED: _("Nobody answers for it"),
    rules.UNDONE: _("Nobody does it"),
    rules.DOUBLE: _("Two teams answer"),
}
STEPS = 4
SHOWN = 4  # teams of each part in a cell; the charter and the file tell all


@dataclass
class Box:
    """One cell as the page shows it; `url` leads to the charter that says it, or that would mend it."""

    state: str
    words: Any
    accountable: list[Team]
    responsible: list[Team]
    url: str = ""
    faults: list[str] = field(default_factory=list)
    more: int = 0

    @property
    def good(self) -> bool:
        """Whether nothing is wrong."""
        return self.state == rules.COVERED


@dataclass
class Line:
    """One function across the markets."""

    function: Function
    boxes: list[Box]
    share: Decimal | None

    @property
    def step(self) -> int:
        """How strongly its share is tinted."""
        return step(self.share)


def step(share: Decimal | None) -> int:
    """A share as one of five tints."""
    return int((share or Decimal(0)) * STEPS)


def charter_url(shown: queries.Picture, team: Team | None) -> str:
    """The charter of a team; where it has none, the form that begins one."""
    if team is None:
        return reverse("structure:charter-list")
    known = shown.charters.get(team.pk)
    return (
        reverse("structure:charter-detail", args=[known])
        if known
        else f"{reverse('structure:charter-new')}?team={team.pk}"
    )


def box(shown: queries.Picture, function: int, market: int, most: int = SHOWN) -> Box:
    """One cell with its teams by name, at most so many of each part."""
    cell = shown.matrix.cells[function, market]
    accountable = [shown.teams[team] for team in cell.accountable[:most]]
    responsible = [shown.teams[team] for team in cell.responsible[:most]]
    best = next(iter([*accountable[:1], *responsible[:1]]), None) or shown.best_team(function, market)
    faults = [f"{duty}: {WORDS[state]}" for duty, state in cell.faults[: most + 1] if duty]
    more = len(cell.accountable) + len(cell.responsible) - len(accountable) - len(responsible)
    return Box(cell.state, WORDS[cell.state], accountable, responsible, charter_url(shown, best), faults, more)


def lines(shown: queries.Picture, most: int = SHOWN) -> list[Line]:
    """All functions across all markets."""
    return [
        Line(
            function,
            [box(shown, function.pk, market.pk, most) for market in shown.markets],
            shown.matrix.share(function=function.pk),
        )
        for function in shown.functions
    ]


def shares(shown: queries.Picture) -> list[tuple[Market, Decimal | None, int]]:
    """The covered share of each market."""
    found = ((market, shown.matrix.share(market=market.pk)) for market in shown.markets)
    return [(market, share, step(share)) for market, share in found]


class Coverage(Page):
    """The matrix."""

    area, name, path = "structure", "coverage", "coverage/"
    title, icon, read, guide = _("Coverage of functions"), "grid-dots", "structure.view_team", "charters"
    template = "structure/coverage.html"

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        shown = queries.coverage(request.person)  # type: ignore[attr-defined]
        rows = lines(shown)
        counts = Counter(cell.state for cell in shown.matrix.cells.values())
        faulty = request.GET.get("show") == "faults"
        return {
            "lines": [row for row in rows if not faulty or not all(one.good for one in row.boxes)],
            "markets": shares(shown),
            "share": shown.matrix.share(),
            "covered": counts[rules.COVERED],
            "cells": len(shown.matrix.cells),
            "gaps": counts[rules.GAP] + counts[rules.UNANSWERED] + counts[rules.UNDONE],
            "doubles": counts[rules.DOUBLE],
            "faulty": faulty,
        }


class CoverageFile(Page):
    """The matrix as a file: a row for each function and market."""

    area, name, path = "structure", "coverage-file", "coverage/export/csv/"
    title, icon, read, in_menu = _("Coverage of functions"), "file-type-csv", "structure.view_team", False

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        shown = queries.coverage(request.person)  # type: ignore[attr-defined]
        return files.csv_file(table(shown), "structure-coverage.csv")


def table(shown: queries.Picture) -> Iterator[list[Any]]:
    """The heading and a row for each cell."""
    yield [gettext("Function"), gettext("Market"), gettext("State"), gettext("Accountable"), gettext("Responsible")]
    for line in lines(shown, len(shown.teams)):
        for market, one in zip(shown.markets, line.boxes, strict=True):
            names = (", ".join(team.code for team in teams) for teams in (one.accountable, one.responsible))
            yield [line.function.code, market.code, str(one.words), *names]


PAGES = (Coverage, CoverageFile)
