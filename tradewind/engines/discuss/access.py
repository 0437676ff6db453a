"""Who may moderate, and who reads kudos; to comment one needs no more than to read the subject."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tradewind.engines.access.registry import codes, default_role, subject, subject_of
from tradewind.engines.access.scope import scopes_of, visible
from tradewind.engines.discuss.models import Kudos
from tradewind.nouns.org.models import Person

READ = "discuss.view_kudos"

codes("discuss", moderate=_("Remove comments and files of others"), view_kudos=_("See kudos"))


def kudos(person: Person | None) -> Q:
    """Kudos of which one may see every receiver, and one's own."""
    known = subject_of(Person)
    if person is None or known is None or not scopes_of(person, READ):
        return Q(pk__in=[])
    links = Kudos.receivers.through.objects
    seen = visible(person, known.read, Person.objects.all()).order_by().values("pk")
    hidden = links.exclude(person__in=seen).values("kudos")
    own = Q(giver=person.pk) | Q(pk__in=links.filter(person=person.pk).values("kudos"))
    return Q(removed_at=None) & (own | (Q(pk__in=links.values("kudos")) & ~Q(pk__in=hidden)))


subject("discuss.kudos", model=Kudos, read=READ, label=_("Kudos"), url="discuss:kudos-detail", reads=kudos)

for role in ("general_manager", "country_manager", "team_lead", "member", "finance", "people", "buyer", "marketer", "agent",
             "compliance", "auditor"):  # fmt: skip
    default_role(role, [READ])
