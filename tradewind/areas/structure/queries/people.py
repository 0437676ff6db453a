"""People and teams as one may see them."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from tradewind.engines.access import search
from tradewind.engines.access.scope import visible
from tradewind.nouns.org.models import (
    Company,
    Entity,
    Function,
    Job,
    Market,
    MarketCountry,
    Membership,
    Person,
    ReportingLine,
    Team,
)
from tradewind.nouns.trade.models import Order


def people(person: Person | None) -> QuerySet[Person]:
    """The people one may see."""
    return visible(person, "structure.view_person", Person.objects.all())


def teams(person: Person | None) -> QuerySet[Team]:
    """The teams one may see."""
    return visible(person, "structure.view_team", Team.objects.all())


def manager_of(person: Person) -> Person | None:
    """Whom a person reports to on the solid line today."""
    line = ReportingLine.objects.filter(person=person, kind=ReportingLine.SOLID, end__isnull=True).first()
    return line.manager if line else None


def managers() -> dict[int, int]:
    """Everybody's present solid line: person id to manager id."""
    lines = ReportingLine.objects.filter(kind=ReportingLine.SOLID, end__isnull=True)
    return dict(lines.values_list("person_id", "manager_id"))


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
    now = Count("memberships", filter=Q(memberships__end__isnull=True), distinct=True)
    return teams(person).select_related("parent", "lead", "function", "market").annotate(member_count=now)


def members(person: Person | None, team: Team) -> QuerySet[Membership]:
    """Who is in a team now, as far as one may see these people."""
    return team.memberships.filter(end__isnull=True, person__in=people(person)).select_related("person")


def functions(person: Person | None) -> QuerySet[Function]:
    """The functions one may see."""
    return visible(person, "structure.view_function", Function.objects.all())


def jobs(person: Person | None) -> QuerySet[Job]:
    """The jobs one may see."""
    return visible(person, "structure.view_function", Job.objects.select_related("function"))


def markets() -> QuerySet[Market]:
    """All markets, for choosing one."""
    return Market.objects.all()


def entities() -> QuerySet[Entity]:
    """All entities, for choosing one."""
    return Entity.objects.all()


def named(rows: QuerySet[Person], text: str) -> QuerySet[Person]:
    """The people a text finds by name, address or title, in Chinese or English."""
    return rows.filter(pk__in=search.matches("structure.person", text, 2000))


def beginnings() -> dict[str, bool]:
    """Which steps of a company's first hour its records show to be done."""
    return {
        "company": Company.objects.filter(version__gt=1).exists() or Company.objects.filter(demo=True).exists(),
        "markets": MarketCountry.objects.exists(),
        "people": Person.objects.count() > 1,
        "orders": Order.objects.exists(),
    }


def known_names() -> dict[str, set[str]]:
    """The codes and keys a people file may name: entities, markets, teams, and people by key or e-mail."""
    people = Person.objects.values_list("key", "email")
    return {
        "entity": set(Entity.objects.values_list("code", flat=True)),
        "market": set(Market.objects.values_list("code", flat=True)),
        "team": set(Team.objects.values_list("code", flat=True)),
        "person": {name for pair in people for name in pair if name},
    }


def found_person(name: str) -> Person | None:
    """A person by personnel number, else by e-mail."""
    if not name:
        return None
    by_key = Person.objects.filter(key=name).first()
    return by_key or Person.objects.filter(email=name.lower()).first()
