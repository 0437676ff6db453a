"""The shape of the organisation: spans, layers, sizes, countries, languages, functions and tenure, and what stands out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tradewind.areas.structure.queries import shape as queries
from tradewind.areas.structure.rules import shape as rules
from tradewind.nouns.org.models import Person, Team
from tradewind.ui.formats import language_name
from tradewind.ui.marks import country_name
from tradewind.ui.pages import Chart, Page, Series

MOST = 20


def chart(title: str, label: str, rows: Iterable[tuple[str, int, str]], kind: str = "bar", words: str = "") -> Chart:
    """Counts by name, each with an address or ''; the number's name in `words` (people by default)."""
    known = list(rows)
    series = Series(
        "people:0", words or _("People"), [count for _name, count, _url in known], urls=[url for *_rest, url in known]
    )
    return Chart(
        title=title, kind=kind, categories=[name for name, *_rest in known], series=[series], category_label=label
    )


def span_words(low: int, high: int | None) -> str:
    """A class of spans in words."""
    return f"{low}–{high}" if high is not None else _("over %(number)s") % {"number": low - 1}


def year_words(low: int, high: int | None) -> str:
    """A class of tenure in words."""
    if low == 0:
        return _("under a year")
    if high is None:
        return _("%(number)s years and more") % {"number": low}
    return ngettext("%(number)s year", "%(number)s years", low) % {
        "number": low if high == low + 1 else f"{low}–{high - 1}"
    }


def listed(**query: str) -> str:
    """The list of people, narrowed."""
    ((name, value),) = query.items()
    return f"{reverse('structure:person-list')}?active=1&{name}={value}"


def charts(found: queries.Shape) -> list[Chart]:
    """Each side as a chart that is a table too."""
    spans = [(span_words(*part), count, "") for part, count in zip(rules.SPANS, found.spans, strict=True)]
    layers = [
        (str(layer) if layer != rules.UNKNOWN else _("in a circle"), count, "") for layer, count in found.layers.items()
    ]
    teams = [(str(team), count, reverse("structure:team-detail", args=[team.pk])) for team, count in found.teams[:MOST]]
    places = [(country_name(code) if code else _("unknown"), count, listed(country=code) if code else "")
              for code, count in list(found.countries.items())[:MOST]]  # fmt: skip
    spoken = [(language_name(code), count, listed(speaks=code)) for code, count in list(found.languages.items())[:MOST]]
    functions = [(str(function) if function else _("unknown"), count, "") for function, count in found.functions[:MOST]]
    classes = [*(year_words(*part) for part in rules.YEARS), _("unknown")]
    tenure = [
        (name, count, "") for name, count in zip(classes, found.tenure, strict=True) if count or name != _("unknown")
    ]
    made = [
        chart(_("Span of control"), _("People who report to a manager"), spans, words=_("Managers")),
        chart(_("Layers"), _("Layer, from the top"), layers),
        chart(_("Teams by size"), _("Team"), teams, "hbar"),
        chart(_("Countries"), _("Country"), places, "hbar"),
        chart(_("Languages spoken"), _("Language"), spoken, "hbar"),
        chart(_("Functions"), _("Function"), functions, "hbar"),
        chart(_("Time with the company"), _("Years"), tenure),
    ]
    return [one for one in made if one.categories]


def person_link(person: Person, note: str = "") -> tuple[str, str, str]:
    """Name, address and a note."""
    return str(person), reverse("structure:person-detail", args=[person.pk]), note


def team_link(team: Team) -> tuple[str, str, str]:
    """Name, address and no note."""
    return str(team), reverse("structure:team-detail", args=[team.pk]), ""


def outliers(found: queries.Shape) -> list[tuple[str, Sequence[tuple[str, str, str]]]]:
    """What stands out, each kind with its records; kinds without any are left out."""
    wide = [person_link(person, _("%(count)s people") % {"count": count}) for person, count in found.wide]
    kinds = [
        (_("Span over %(number)s") % {"number": rules.WIDE}, wide),
        (_("Teams without a lead"), [team_link(team) for team in found.leadless]),
        (_("Teams without anybody"), [team_link(team) for team in found.empty]),
        (_("People without a manager"), [person_link(person) for person in found.unmanaged]),
        (_("People without a country"), [person_link(person) for person in found.homeless]),
    ]
    return [(title, rows) for title, rows in kinds if rows]


class ShapePage(Page):
    """The numbers and the exceptions."""

    area, name, path = "structure", "shape", "shape/"
    title, icon, read = gettext_lazy("Shape of the organisation"), "chart-histogram", "structure.view_person"
    template, guide = "structure/shape.html", "charters"

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        found = queries.shape(request.person)  # type: ignore[attr-defined]
        return {
            "found": found,
            "charts": charts(found),
            "outliers": outliers(found),
            "countries": sum(bool(code) for code in found.countries),
        }


PAGES = (ShapePage,)
