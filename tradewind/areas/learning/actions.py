"""What one can do with languages people speak."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from tradewind.areas.learning.queries import may_set
from tradewind.base.errors import NotAllowed, Refused
from tradewind.engines.actions.action import Bulk, action
from tradewind.nouns.org.models import Person
from tradewind.nouns.skills.models import PersonLanguage
from tradewind.ui.fields import SPOKEN

LEVELS = dict(PersonLanguage.LEVELS)


@dataclass(frozen=True)
class Spoken:
    """A language by its ISO 639 code, and how well: A1 to C2, or native."""

    language: str
    level: str = "B2"


@action(open_to_all=True)
def set_languages(by: Person | None, person: Person, *, languages: list[Spoken]) -> Bulk[Person]:
    """Say which languages a person speaks and how well; what is given takes the place of all there was.

    Everybody may for themselves; for others it needs this right where they work.
    """
    if by is not None and not may_set(by, person):
        raise NotAllowed(_("You may say this of yourself alone."))
    codes = [one.language for one in languages]
    for one in languages:
        if one.language not in SPOKEN or one.level not in LEVELS:
            words = _("“%(code)s” is no language or level that is known here.") % {
                "code": f"{one.language} {one.level}"
            }
            raise Refused(words, fields={"languages": words})
    if len(set(codes)) < len(codes):
        raise Refused(_("A language stands twice."), fields={"languages": _("A language stands twice.")})
    before = told(person)
    PersonLanguage.objects.filter(person=person).delete()
    PersonLanguage.objects.bulk_create(
        PersonLanguage(person=person, language=one.language, level=one.level) for one in languages
    )
    after = told(person)
    told_change = {"languages": [before, after]} if before != after else {}
    return Bulk(person, {"languages": len(languages)}, subject=person, told=told_change)


def told(person: Person) -> str:
    """A person's languages in words, for history."""
    return ", ".join(f"{one.language} {one.level}" for one in PersonLanguage.objects.filter(person=person))
