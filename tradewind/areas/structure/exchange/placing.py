"""Where the people of a file stand: under whom, in which teams, and which teams they lead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tradewind.areas.structure.actions.lines import draw_line, put_in_team
from tradewind.areas.structure.queries.people import found_person
from tradewind.areas.structure.rules.chart import above
from tradewind.engines.access import search
from tradewind.nouns.org.models import Membership, Person, ReportingLine, Team
from tradewind.nouns.org.queries import holding


@dataclass
class PersonRow:
    """One person as a file tells it; `manager` and `dotted` are managers' keys or e-mails as written.

    `teams` are codes with the share of time (None where the file gives none), `leads` the codes of teams the person leads.
    """

    line: int
    key: str
    facts: dict[str, Any]
    manager: str = ""
    teams: dict[str, int | None] = field(default_factory=dict)
    leads: tuple[str, ...] = ()
    dotted: tuple[str, ...] = ()


def new_teams(rows: list[PersonRow]) -> list[str]:
    """The codes of teams that the file's managers lead and that are not there yet."""
    led = [code for row in rows for code in row.leads]
    there = set(Team.objects.filter(code__in=led).values_list("code", flat=True))
    return [code for code in led if code not in there]


def place_people(rows: list[PersonRow]) -> int:
    """Set managers, teams and leads once everybody is there; how many teams were made."""
    found = {row.key: found_person(row.facts["key"] or row.facts["email"]) for row in rows}
    made = lead_teams(rows, found)
    teams = {team.code: team for team in Team.objects.all()}
    for row in rows:
        person = found[row.key]
        if person is None:
            continue
        manager = found_person(row.manager)
        if manager is not None:
            draw_line(person, manager)
        for name in row.dotted:
            draw_dotted(person, found_person(name))
        for code, share in row.teams.items():
            join(teams[code], person, share)
    return made


def lead_teams(rows: list[PersonRow], found: Mapping[str, Person | None]) -> int:
    """Make the teams that the file's people lead, each under the team its lead is in, and set the leads; how many are new."""
    wanted = set(new_teams(rows))
    for row in rows:
        for code in row.leads:
            known = Team.objects.filter(code=code).first()
            team = known or Team(code=code, name={"en": words_of(code)})
            if known is None or team.lead_id != getattr(found[row.key], "pk", None):
                team.lead = found[row.key]
                team.save()
                search.index([team])
    teams = {team.code: team for team in Team.objects.all()}
    parents = {team.pk: team.parent_id for team in teams.values()}
    for row in rows:
        home = next((teams[code] for code in row.teams if code in teams and code not in row.leads), None)
        for code in wanted.intersection(row.leads):
            team = teams[code]
            if home is not None and team.pk not in (home.pk, *above(home.pk, parents)):
                team.parent, parents[team.pk] = home, home.pk
                team.save(update_fields=["parent"])
    return len(wanted)


def words_of(code: str) -> str:
    """A name for a team that has only a code: `rsd_east` is Rsd east."""
    return code.replace("_", " ").replace("-", " ").strip().capitalize() or code


def join(team: Team, person: Person, share: int | None) -> None:
    """Make a person a member; without a share in the file the one that holds stays."""
    if share is None and Membership.objects.filter(holding(), team=team, person=person).exists():
        return
    put_in_team(team, person, share or 100)


def draw_dotted(person: Person, manager: Person | None) -> None:
    """A dotted line, if it is not there already."""
    lines = ReportingLine.objects.filter(holding(), person=person, manager=manager)
    if manager is not None and manager != person and not lines.exists():
        ReportingLine.objects.create(person=person, manager=manager, kind=ReportingLine.DOTTED)
