"""Which languages people speak, as one may see it."""

from __future__ import annotations

from django.db.models import Count, QuerySet

from tradewind.engines.access.scope import can, visible
from tradewind.nouns.org.models import Person
from tradewind.nouns.skills.models import PersonLanguage

SET = "learning.set_languages"


def languages(person: Person | None) -> QuerySet[PersonLanguage]:
    """What people speak, of those whose languages one may see."""
    return visible(person, "learning.view_language", PersonLanguage.objects.all()).select_related("person")


def people(person: Person | None) -> QuerySet[Person]:
    """The people whose languages one may say: oneself, and others where one holds the right."""
    own = Person.objects.filter(pk=person.pk) if person else Person.objects.none()
    return (visible(person, SET, Person.objects.all()) | own).distinct()


def may_set(by: Person, person: Person) -> bool:
    """Whether one may say which languages a person speaks."""
    return by.pk == person.pk or can(by, SET, person)


def spoken(person: Person | None) -> list[tuple[str, int]]:
    """Each language with how many active people speak it, the most spoken first."""
    rows = languages(person).filter(person__active=True).order_by().values_list("language")
    return sorted(rows.annotate(many=Count("person", distinct=True)), key=lambda row: (-row[1], row[0]))
