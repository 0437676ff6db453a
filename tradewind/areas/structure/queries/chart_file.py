"""The organisation as the table that the import of people takes back unchanged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

from tradewind.areas.structure.queries.people import people
from tradewind.areas.structure.queries.plans import state_on, there
from tradewind.nouns.org.models import Person, ReportingLine, Team
from tradewind.nouns.org.queries import holding

HEAD = ("key", "name", "preferred name", "email", "manager", "dotted", "team", "leads", "country", "zone", "language",
        "job title", "entity", "market", "start")  # fmt: skip


def organisation(reader: Person, day: date) -> Iterator[list[Any]]:
    """The heading, then a row for each person one may see on a day: managers by personnel number, else by e-mail;
    several teams or dotted managers parted by semicolons, a share of time below 100 % after a colon.
    """
    rows = people(reader).filter(there(day)).select_related("entity", "market").order_by("name", "pk")
    state = state_on(day)
    names = {row.pk: row.key or row.email or "" for row in rows}
    codes = dict(Team.objects.filter(active=True).values_list("pk", "code"))
    inside: dict[int, list[str]] = defaultdict(list)
    for (team, person), share in sorted(state.members.items()):
        if team in codes:
            inside[person].append(codes[team] if share == 100 else f"{codes[team]}:{share}")
    leads: dict[int, list[str]] = defaultdict(list)
    for team, person in sorted(state.leads.items()):
        if team in codes:
            leads[person].append(codes[team])
    dotted: dict[int, list[str]] = defaultdict(list)
    lines = ReportingLine.objects.filter(holding(day), kind=ReportingLine.DOTTED).order_by("pk")
    for person, manager in lines.values_list("person", "manager"):
        if names.get(manager):
            dotted[person].append(names[manager])
    yield list(HEAD)
    for row in rows:
        yield [row.key or "", row.name, row.preferred_name, row.email or "", names.get(state.lines.get(row.pk, 0), ""),
               "; ".join(dotted[row.pk]), "; ".join(inside[row.pk]), "; ".join(leads[row.pk]), row.country, row.zone,
               row.language, row.job_title, row.entity.code if row.entity else "", row.market.code if row.market else "",
               row.started_on.isoformat() if row.started_on else ""]  # fmt: skip
