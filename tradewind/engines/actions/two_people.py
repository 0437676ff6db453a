"""What takes two people: one asks and says why, another agrees. Nobody agrees with themselves, nor the product by itself."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tradewind.base.errors import NotAllowed, Refused
from tradewind.engines.access.models import Grant
from tradewind.engines.access.scope import Scope, can
from tradewind.nouns.org.models import Person

LONGEST = 300


def reason_of(text: str) -> str:
    """The reason that somebody gives, as it is kept; Refused without one."""
    if not text.strip():
        raise Refused(_("Say why."), fields={"reason": _("Say why.")})
    return text.strip()[:LONGEST]


def second(asker_id: int | None, by: Person | None) -> Person:
    """Whoever agrees to what somebody asked for; NotAllowed for the one who asked, and for nobody."""
    if by is None or by.pk == asker_id:
        raise NotAllowed(_("Another person than the one who asked must agree."))
    return by


def agreers(asker: Person | None, code: str, place: Scope) -> list[Person]:
    """Those who hold the right to agree at a place, but for the one who asks."""
    people = Person.objects.filter(active=True, pk__in=Grant.objects.values("person"))
    return [person for person in people.exclude(pk=asker.pk if asker else 0) if can(person, code, place)]
