"""What the people one may see look like as an organisation: counts by many sides, and what stands out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from tradewind.areas.structure.queries.people import languages, people, solid_lines, teams
from tradewind.areas.structure.rules import shape as rules
from tradewind.engines.access.scope import can
from tradewind.nouns.org.models import Function, Membership, Person, Team
from tradewind.nouns.org.queries import company_today, holding


@dataclass
class Shape:
    """Counts of active people one may see; keys are ids, codes or classes as named."""

    people: int = 0
    spans: list[int] = field(default_factory=list)  # managers by rules.SPANS
    layers: dict[int, int] = field(default_factory=dict)
    teams: list[tuple[Team, int]] = field(default_factory=list)
    countries: dict[str, int] = field(default_factory=dict)
    languages: dict[str, int] = field(default_factory=dict)
    functions: list[tuple[Function | None, int]] = field(default_factory=list)
    tenure: list[int] = field(default_factory=list)  # people by rules.YEARS, then unknown
    wide: list[tuple[Person, int]] = field(default_factory=list)
    leadless: list[Team] = field(default_factory=list)
    empty: list[Team] = field(default_factory=list)
    unmanaged: list[Person] = field(default_factory=list)
    homeless: list[Person] = field(default_factory=list)


def shape(person: Person | None, most: int = 50) -> Shape:
    """The shape of the company as far as one may see its people; lists of what stands out hold at most `most`."""
    today = company_today()
    known = {one.pk: one for one in people(person).filter(active=True).select_related("job")}
    everybody = dict(solid_lines(today).values_list("person_id", "manager_id"))
    lines = {below: above for below, above in everybody.items() if below in known and above in known}
    found = Shape(len(known))
    spans = rules.spans(lines)
    found.spans = rules.span_classes(spans)
    found.layers = dict(sorted(rules.layers(known, lines).items()))
    found.countries = dict(Counter(one.country or "" for one in known.values()).most_common())
    found.tenure = rules.tenure_classes((one.started_on for one in known.values()), today)
    found.wide = [(known[pk], count) for pk, count in spans.most_common(most) if count > rules.WIDE]
    heads = [one for one in known.values() if one.pk not in everybody]
    # One person at the top with people below is no outlier; several, or one who leads nobody, are.
    single = len(heads) == 1 and spans[heads[0].pk] > 0
    found.unmanaged = [] if single else heads[:most]
    found.homeless = [one for one in known.values() if not one.country][:most]
    by_team(person, found, known, most)
    return found


def by_team(person: Person | None, found: Shape, known: dict[int, Person], most: int) -> None:
    """What follows from teams and languages: sizes, functions, teams without a lead or without anybody."""
    rows = {team.pk: team for team in teams(person).filter(active=True).select_related("function", "lead")}
    members = list(
        Membership.objects.filter(holding(), person__active=True).order_by().values_list("team_id", "person_id")
    )
    sizes = Counter(team for team, one in members if team in rows and one in known)
    whole = Counter(team for team, _one in members)
    found.teams = [(rows[pk], count) for pk, count in sizes.most_common()]
    found.leadless = [team for team in rows.values() if team.lead is None or not team.lead.active][:most]
    found.empty = [team for team in rows.values() if not whole[team.pk]][:most]
    functions: dict[int, int | None] = {pk: one.job.function_id if one.job else None for pk, one in known.items()}
    for team, one in members:
        if team in rows and one in known and functions[one] is None:
            functions[one] = rows[team].function_id
    names = {one.pk: one for one in Function.objects.all()}
    found.functions = [(names.get(pk or 0), count) for pk, count in Counter(functions.values()).most_common()]
    if can(person, "learning.view_language"):
        spoken = languages(person).filter(person__active=True).order_by().values_list("language", "person_id")
        found.languages = dict(Counter(code for code, one in spoken if one in known).most_common())
