"""The first hour of a new company: a short path whose steps are done by facts, not by ticking, and light the Map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tradewind.areas.structure.queries.start import beginnings
from tradewind.engines.practices.practice import link
from tradewind.engines.practices.queries import Standing, evidence, standings
from tradewind.ui.pages import Page


@dataclass(frozen=True)
class Beginning:
    """What a step is: what shows that it is done, what to do, why, where, which rights it needs and what it lights."""

    key: str
    title: Any
    why: Any
    page: str
    code: str
    lights: str


@dataclass(frozen=True)
class Step:
    """One step as a reader sees it: whether the company's records show it done, and the practice it lights on the Map."""

    title: Any
    why: Any
    url: str
    done: bool
    practice: Standing | None


PATH = (
    Beginning("company", _("Name the company"), _("Its currency, time zone and fiscal year. Its data are backed up from the first night on."),
              "compliance:company-list", "compliance.view_company", "compliance.recovery"),
    Beginning("markets", _("Say where you sell"), _("Markets and the countries of each: every market needs somebody for each function."),
              "market:market-list", "market.view_market", "structure.groups"),
    Beginning("people", _("Bring your people in"), _("One file with names, managers and countries; teams come from the managers."),
              "structure:person-import", "structure.import_people", "structure.charters"),
    Beginning("orders", _("Bring your orders in"), _("The files your shops and marketplaces export."),
              "exchange:import-new", "customers.import_orders", "supply.software"),
    Beginning("goals", _("Set the first goals"), _("Two or three numbers that decide this quarter, counted from those orders."),
              "structure:goal-new", "structure.save_objective", "structure.targets"),
)  # fmt: skip


def steps(request: HttpRequest) -> list[Step]:
    """The steps that the reader may take, in order."""
    done, may, person = beginnings(), request.may, request.person  # type: ignore[attr-defined]
    chosen = [(one, link(one.page)) for one in PATH if may(one.code)]
    lit = (
        {one.id: one for one in standings(evidence(person), only=[one.lights for one, _url in chosen])}
        if chosen
        else {}
    )
    seen = lit if may("practices.view_practice") else {}
    return [
        Step(one.title, one.why, url, done[one.key], seen.get(one.lights)) for one, url in chosen if url
    ]  # a page that no room has is no step


class FirstSteps(Page):
    """The part that empty pages fetch."""

    area, name, path = "structure", "first-steps", "first-steps/"
    title, icon, any_person = _("Getting started"), "list-check", True
    template = "structure/first_steps.html"
    in_menu = False

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        return {"steps": steps(request)}


class FirstHour(Page):
    """The whole path on a page of its own."""

    area, section, name, path = "structure", "settings", "first-hour", "first-hour/"
    title, icon, any_person, guide = _("The first hour"), "list-check", True, "first-hour"
    template = "structure/first_hour.html"

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        found = steps(request)
        return {"steps": found, "done": sum(step.done for step in found)}


PAGES = (FirstSteps, FirstHour)
