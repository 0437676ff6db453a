"""The first hour of a new company: a short path whose steps are done by facts, not by ticking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tradewind.areas.structure.queries import people as queries
from tradewind.ui.pages import Page


@dataclass(frozen=True)
class Step:
    """One step: what to do, why, where, and whether the company's records show that it is done."""

    title: Any
    why: Any
    url: str
    done: bool


class FirstSteps(Page):
    """The part that empty pages fetch."""

    area, name, path = "structure", "first-steps", "first-steps/"
    title, icon, any_person = _("Getting started"), "list-check", True
    template = "structure/first_steps.html"
    in_menu = False

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        done = queries.beginnings()
        may = request.may  # type: ignore[attr-defined]
        wanted = [
            ("compliance.view_company", _("Name the company"), _("Its currency, time zone and fiscal year."), "compliance:company-list", "company"),
            ("market.view_market", _("Say where you sell"), _("Markets and the countries of each."), "market:market-list", "markets"),
            ("structure.import_people", _("Bring your people in"), _("One file with names, managers and countries."), "structure:person-import", "people"),
            ("customers.import_orders", _("Bring your orders in"), _("The files your shops and marketplaces export."), "exchange:import-new", "orders"),
        ]  # fmt: skip
        return {
            "steps": [Step(title, why, reverse(url), done[key]) for code, title, why, url, key in wanted if may(code)]
        }


PAGES = (FirstSteps,)
