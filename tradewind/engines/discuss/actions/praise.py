"""Kudos: thank people whom one may see, and take it back."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tradewind.base import clock
from tradewind.base.errors import NotAllowed, Refused
from tradewind.engines.access.scope import require
from tradewind.engines.actions.action import action
from tradewind.engines.discuss import queries
from tradewind.engines.discuss.access import READ
from tradewind.engines.discuss.models import Kudos
from tradewind.engines.discuss.principles import principles
from tradewind.engines.discuss.queries.praise import may_thank
from tradewind.engines.inbox.tell import tell
from tradewind.engines.library.models import Document
from tradewind.nouns.org.models import Person

MOST_WORDS, MOST_PEOPLE = 2_000, 20


@action(open_to_all=True)
def give_kudos(
    by: Person,
    *,
    receivers: list[Person],
    words: str,
    principle: Document | None = None,
    subject_type: str = "",
    subject_id: int | None = None,
) -> Kudos:
    """Give kudos to one or several people.

    Whoever may see all of them reads it; they are told, outside the house only in their working time. `principle` is one
    that was published, `subject_type` and `subject_id` a record one may read. Raises Refused for oneself and for
    people one may not see.
    """
    require(by, READ)
    chosen = list({person.pk: person for person in receivers}.values())
    check_receivers(by, chosen)
    if principle is not None and not principles(by).filter(pk=principle.pk).exists():
        raise Refused(_("This is not a published principle."), fields={"principle": _("Not a published principle.")})
    if subject_type or subject_id is not None:
        queries.record_for(by, subject_type, subject_id or 0)
    row = Kudos.objects.create(
        giver=by, words=checked_words(words), language=by.language, principle=principle, subject_type=subject_type,
        subject_id=subject_id,
    )  # fmt: skip
    row.receivers.set(chosen)
    tell(chosen, "discuss.thanked", row, {"person": str(by), "words": " ".join(row.words.split())[:200]})
    return row


def check_receivers(by: Person, chosen: list[Person]) -> None:
    """Refuse nobody, too many, oneself, and people who left or whom one may not see."""
    fault = ""
    if not 1 <= len(chosen) <= MOST_PEOPLE:
        fault = _("Choose 1 to 20 people.")
    elif any(person.pk == by.pk for person in chosen):
        fault = _("Kudos are for others.")
    elif not all(may_thank(by, person) for person in chosen):
        fault = _("You may not see one of these people, or they have left.")
    if fault:
        raise Refused(fault, fields={"receivers": fault})


def checked_words(words: str) -> str:
    """The words; Refused when there are none or too many."""
    text = words.strip()
    if not text:
        raise Refused(_("Say what for."), fields={"words": _("Say what for.")})
    if len(text) > MOST_WORDS:
        raise Refused(_("This text is too long."), fields={"words": _("Too long.")})
    return text


@action(open_to_all=True)
def remove_kudos(by: Person, kudos: Kudos) -> Kudos:
    """Take kudos back.

    Who gave them may, who got them, and who moderates.
    """
    own = kudos.giver_id == by.pk or kudos.receivers.filter(pk=by.pk).exists()
    if not own and not queries.may_moderate(by, kudos):
        raise NotAllowed(_("Only who gave or got them may do this."))
    if kudos.removed_at is None:
        kudos.removed_at, kudos.removed_by = clock.now(), by
        kudos.save()
    return kudos
