"""People and teams as one may see them."""

from __future__ import annotations

from django.db.models import QuerySet

from tradewind.engines.access.scope import visible
from tradewind.nouns.org.models import Person, ReportingLine, Team


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
