"""What of an org chart is sent: compact data to draw, the list that stands without scripts, and what filters offer."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from tradewind.areas.structure.queries.chart import Node, Picture, is_team
from tradewind.areas.structure.queries.people import people
from tradewind.base import clock
from tradewind.nouns.org.models import Function, Market, Person
from tradewind.nouns.skills.models import PersonLanguage, Skill
from tradewind.ui.formats import format_clock, locale
from tradewind.ui.marks import country_name

LISTED = 120  # entries of the list that stands without scripts; deeper ones are a click away


def drawn(shown: Picture) -> dict[str, Any]:
    """The picture as compact data for drawing: rows of
    [parent row or -1, is a team, id, name, title, country, zone, working, teams, mark, share, leads, people below], names kept once.
    """
    place = {node.key: row for row, node in enumerate(shown.nodes)}
    countries: dict[str, int] = {}
    zones: dict[str, int] = {}
    rows = [
        [
            place.get(node.parent or "", -1),
            int(is_team(node)),
            node.pk,
            node.name,
            node.title,
            countries.setdefault(node.country, len(countries)),
            zones.setdefault(node.zone, len(zones)),
            -1 if node.working is None else int(node.working),
            node.teams,
            node.mark,
            node.share,
            int(node.lead),
            node.under,
        ]
        for node in shown.nodes
    ]
    return {
        "rows": rows,
        "dotted": [[place[one], place[boss]] for one, boss in shown.dotted],
        "countries": [country_name(code) for code in countries],
        "zones": list(zones),
        "teams": shown.team_names,
    }


@dataclass(frozen=True)
class Entry:
    """One line of the list: the node, its words, how lists open before it and close after it, and how many are left out."""

    node: Node
    team: bool
    url: str
    words: str
    time: str
    opens: bool
    closes: range
    hidden: int


def entries(shown: Picture, now: datetime | None = None, *, deeper: bool = True) -> list[Entry]:
    """The list that needs no scripts: whole levels from the top while they fit, then (`deeper`) how many people lie below."""
    now = now or clock.now()
    depth, nodes = fitting(shown.nodes)
    nodes = nodes[:LISTED]
    times: dict[str, str] = {}
    people_url = reverse("structure:person-detail", args=[0])
    made = []
    for place, node in enumerate(nodes):
        if node.zone and node.zone not in times:
            times[node.zone] = format_clock(now, node.zone)
        after = nodes[place + 1].depth if place + 1 < len(nodes) else 0
        names = ", ".join(shown.team_names[pk] for pk in node.teams)
        share = f"{node.share} %" if node.share < 100 else ""
        words = " · ".join(part for part in (node.title, share, country_name(node.country), names) if part)
        hidden = node.under if deeper and node.depth == depth else 0
        made.append(
            Entry(node, is_team(node), people_url.replace("/0/", f"/{node.pk}/"), words, times.get(node.zone, ""), after > node.depth,
                  range(max(0, node.depth - after)), hidden)
        )  # fmt: skip
    return made


def left_out(shown: Picture) -> int:
    """How many nodes of the levels on show the list has no room for."""
    return max(0, len(fitting(shown.nodes)[1]) - LISTED)


def fitting(nodes: list[Node]) -> tuple[int, list[Node]]:
    """The deepest level at which the list still fits, and the nodes down to it; the roots alone may be more."""
    levels: dict[int, int] = defaultdict(int)
    for node in nodes:
        levels[node.depth] += 1
    total, deepest = 0, 0
    for depth in sorted(levels):
        if depth and total + levels[depth] > LISTED:
            break
        total, deepest = total + levels[depth], depth
    return deepest, [node for node in nodes if node.depth <= deepest]


def choices(reader: Person) -> dict[str, list[tuple[str, str]]]:
    """What the filters offer: countries and languages that occur, markets, functions, skills."""
    rows = people(reader).filter(active=True)
    countries = sorted((country_name(code), code) for code in set(rows.values_list("country", flat=True)) if code)
    spoken = PersonLanguage.objects.order_by("language").values_list("language", flat=True).distinct()
    return {
        "country": [(code, name) for name, code in countries] + [("-", _("No country given"))],
        "market": [(str(one.pk), str(one)) for one in Market.objects.filter(active=True)],
        "function": [(str(one.pk), str(one)) for one in Function.objects.all()],
        "language": [(code, language_name(code)) for code in spoken],
        "skill": [(str(one.pk), str(one)) for one in Skill.objects.filter(active=True)],
    }


def language_name(code: str) -> str:
    """A language's name in the reader's language; its code where it is not known."""
    return str(locale().languages.get(code, code))
