"""Words of searches: what means the same, and who writes the answers that are missing."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tradewind.base import clock
from tradewind.base.errors import Refused
from tradewind.base.text import fold
from tradewind.engines.access.scope import can, company_wide
from tradewind.engines.actions.action import Bulk, action
from tradewind.engines.inbox.asking import ask, settle_cause
from tradewind.engines.library.actions.places import ANSWER_WANTED
from tradewind.engines.library.models import SearchMiss, Synonym
from tradewind.nouns.org.models import Person

MOST_TERMS, LONGEST = 20, 60


@action(scope=company_wide)
def save_synonym(by: Person | None, synonym: Synonym | None = None, *, words: str) -> Synonym:
    """Keep words that mean the same to a search, one a line, in any language.

    Raises Refused for fewer than two, more than 20, or a word that another group holds.
    """
    terms = list(dict.fromkeys(" ".join(line.split()) for line in words.splitlines() if line.strip()))
    if not 2 <= len(terms) <= MOST_TERMS or any(len(term) > LONGEST for term in terms):
        said = _("Write 2 to 20 words, one a line, of at most 60 characters.")
        raise Refused(said, fields={"words": said})
    row = synonym or Synonym()
    taken = {fold(term): other for other in Synonym.objects.exclude(pk=row.pk) for term in other.terms}
    double = next((term for term in terms if fold(term) in taken), "")
    if double:
        said = _("“%(word)s” stands in another group already.") % {"word": double}
        raise Refused(said, fields={"words": said})
    row.words = "\n".join(terms)
    row.save()
    return row


@action(scope=company_wide)
def remove_synonym(by: Person | None, synonym: Synonym) -> Bulk[None]:
    """Forget a group of words that mean the same."""
    Synonym.objects.filter(pk=synonym.pk).delete()
    return Bulk(None, subject=synonym)


@action(scope=company_wide)
def assign_search(by: Person | None, miss: SearchMiss, *, person: Person) -> SearchMiss:
    """Ask a person to write or name the answer to a search that found nothing."""
    if miss.answer_id is not None:
        raise Refused(_("This search has an answer already."), code="answered")
    if not can(person, "library.answer_search"):
        raise Refused(_("This person may not answer searches."), fields={"person": _("May not answer searches.")})
    if miss.asked_id not in (None, person.pk):
        settle_cause(ANSWER_WANTED, str(miss.pk), state="withdrawn")
    ask(person, ANSWER_WANTED, miss, data={"words": miss.words, "count": miss.count}, by=by, key=str(miss.pk))
    miss.asked, miss.asked_at = person, clock.now()
    miss.save()
    return miss


__all__ = ["assign_search", "remove_synonym", "save_synonym"]
