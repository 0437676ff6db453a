"""People and teams as one may see them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from tradewind.engines.access import search
from tradewind.engines.access.scope import visible
from tradewind.nouns.org.models import (
    Entity,
    Function,
    Job,
    Market,
    Membership,
    Person,
    ReportingLine,
    Team,
)
from tradewind.nouns.org.queries import company_today, holding
from tradewind.nouns.skills.models import PersonLanguage


def people(person: Person | None) -> QuerySet[Person]:
    """The people one may see."""
    return visible(person, "structure.view_person", Person.objects.all())


def teams(person: Person | None) -> QuerySet[Team]:
    """The teams one may see."""
    return visible(person, "structure.view_team", Team.objects.all())


def solid_lines(day: date | None = None) -> QuerySet[ReportingLine]:
    """The solid lines that hold on a day (today by default); of two of one person the later one comes last."""
    lines = ReportingLine.objects.filter(holding(day), kind=ReportingLine.SOLID)
    return lines.order_by(F("start").asc(nulls_first=True), "pk")


def lines_of(person: Person | None, row: Person) -> QuerySet[ReportingLine]:
    """Everybody a person reports to now or from a later day on, as far as one may see them; the solid line first."""
    later = holding() | Q(start__gt=company_today())
    lines = row.lines_up.filter(later, manager__in=people(person)).select_related("manager", "person")
    return lines.order_by("-kind", F("start").asc(nulls_first=True), "pk")


def dotted_managers(row: Person) -> QuerySet[Person]:
    """The managers a person reports to on dotted lines, now or from a later day on."""
    lines = row.lines_up.filter(holding() | Q(start__gt=company_today()), kind=ReportingLine.DOTTED)
    return Person.objects.filter(pk__in=lines.values("manager"))


def reports_of(person: Person | None, row: Person) -> QuerySet[ReportingLine]:
    """Who reports to a person now, as far as one may see them; on solid lines first."""
    lines = row.lines_down.filter(holding(), person__in=people(person), person__active=True)
    return lines.select_related("person").order_by("-kind", "person__name", "pk")


def managers(day: date | None = None) -> dict[int, int]:
    """Everybody's solid line on a day (today by default): person id to manager id."""
    return dict(solid_lines(day).values_list("person_id", "manager_id"))


def chain_of(person_id: int, lines: dict[int, int]) -> list[int]:
    """The ids above a person, nearest first; ends where the line ends or turns in a circle."""
    chain: list[int] = []
    above = lines.get(person_id)
    while above is not None and above not in chain and above != person_id:
        chain.append(above)
        above = lines.get(above)
    return chain


def counted_teams(person: Person | None) -> QuerySet[Team]:
    """The teams one may see, each with how many people are in it now."""
    now = Count("memberships", filter=holding(path="memberships"), distinct=True)
    return teams(person).select_related("parent", "lead", "function", "market").annotate(member_count=now)


def members(person: Person | None, team: Team) -> QuerySet[Membership]:
    """Who is in a team now, as far as one may see these people."""
    return team.memberships.filter(holding(), person__in=people(person)).select_related("person")


def functions(person: Person | None) -> QuerySet[Function]:
    """The functions one may see."""
    return visible(person, "structure.view_function", Function.objects.all())


def jobs(person: Person | None) -> QuerySet[Job]:
    """The jobs one may see."""
    return visible(person, "structure.view_function", Job.objects.select_related("function"))


def languages(person: Person | None) -> QuerySet[PersonLanguage]:
    """Which languages people speak, as far as one may know it."""
    return visible(person, "learning.view_language", PersonLanguage.objects.all())


def speakers(person: Person | None, codes: list[str]) -> QuerySet[Any]:
    """The ids of people who speak one of these languages."""
    return languages(person).filter(language__in=codes).values("person")


def markets() -> QuerySet[Market]:
    """All markets, for choosing one."""
    return Market.objects.all()


def entities() -> QuerySet[Entity]:
    """All entities, for choosing one."""
    return Entity.objects.all()


def named(rows: QuerySet[Person], text: str) -> QuerySet[Person]:
    """The people a text finds by name, address or title, in Chinese or English."""
    return rows.filter(pk__in=search.matches("structure.person", text, 2000))


def known_names() -> dict[str, set[str]]:
    """The codes and keys a people file may name: entities, markets, teams, and people by key or e-mail."""
    people = Person.objects.values_list("key", "email")
    return {
        "entity": set(Entity.objects.values_list("code", flat=True)),
        "market": set(Market.objects.values_list("code", flat=True)),
        "team": set(Team.objects.values_list("code", flat=True)),
        "person": {name for pair in people for name in pair if name},
    }


def standing_lines() -> dict[str, str]:
    """Who reports to whom now, by personnel numbers, or e-mail addresses where there is none."""
    known = Person.objects.values_list("pk", "key", "email")
    names = {pk: key or email or "" for pk, key, email in known if key or email}
    return {names[one]: names[boss] for one, boss in managers().items() if one in names and boss in names}


def found_person(name: str) -> Person | None:
    """A person by personnel number, else by e-mail."""
    if not name:
        return None
    by_key = Person.objects.filter(key=name).first()
    return by_key or Person.objects.filter(email=name.lower()).first()
