"""Delivery of events to reactions: at once after commit, and again by the sweep until every reaction has run."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from tradewind.base import clock
from tradewind.engines.actions.models import Event, Handled
from tradewind.engines.actions.registry import Reaction, reactions_to

log = logging.getLogger(__name__)
MOST_ATTEMPTS = 12


def deliver(event_id: int) -> bool:
    """Hand one event to each reaction that has not carried it out yet; True when all have."""
    event = Event.objects.filter(pk=event_id, delivered_at__isnull=True).first()
    if event is None:
        return True
    reactions = reactions_to(event)
    done = set(event.handled.values_list("reaction", flat=True)) if event.attempts else set()
    faults = [fault for name, reaction in reactions if name not in done and (fault := react(event, name, reaction))]
    if faults:
        delay = timedelta(seconds=min(3600, 5 * 2**event.attempts))
        Event.objects.filter(pk=event_id).update(
            attempts=F("attempts") + 1, error="\n".join(faults)[:2000], next_attempt_at=clock.now() + delay
        )
        return False
    Event.objects.filter(pk=event_id).update(delivered_at=clock.now(), error="")
    return True


def react(event: Event, name: str, reaction: Reaction) -> str:
    """Run one reaction and remember it in the same transaction; the fault's text when it failed."""
    try:
        with transaction.atomic():
            Handled.objects.create(event=event, reaction=name)
            reaction(event)
    except Exception as fault:  # a reaction's fault must never undo what was done
        if isinstance(fault, IntegrityError) and event.handled.filter(reaction=name).exists():
            return ""  # somebody else has delivered it
        log.exception("reaction %s failed on event %s", name, event.pk)
        return f"{name}: {type(fault).__name__}: {fault}"
    return ""


def sweep(limit: int = 500) -> int:
    """Deliver again what was lost between commit and delivery; how many events were brought to an end."""
    now = clock.now()
    late = Event.objects.filter(delivered_at__isnull=True, attempts__lt=MOST_ATTEMPTS).filter(
        Q(next_attempt_at__isnull=True, at__lt=now - timedelta(seconds=10)) | Q(next_attempt_at__lte=now)
    )
    return sum(deliver(pk) for pk in list(late.order_by("id").values_list("pk", flat=True)[:limit]))
