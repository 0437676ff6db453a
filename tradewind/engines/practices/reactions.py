"""A practice that gets an owner while it is overdue asks that owner."""

from __future__ import annotations

from tradewind.engines.actions.models import Event
from tradewind.engines.actions.registry import on
from tradewind.engines.jobs.queue import enqueue
from tradewind.engines.practices.models import PracticeOwner
from tradewind.engines.practices.practice import BUILT, EVALUATE


@on("practices.set_owner")
def ask_new_owner(event: Event) -> None:
    """Count the practice anew, which asks its owner if it is overdue."""
    owner = PracticeOwner.objects.filter(pk=event.subject_id or 0).first()
    if owner is not None and owner.practice in BUILT:
        enqueue(EVALUATE, unique=f"{EVALUATE} {owner.practice}", follow=True, practice=owner.practice)
