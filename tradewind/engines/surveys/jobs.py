"""What surveys do by themselves: waves open and close on time, people are reminded in their working time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction

from tradewind.base import clock
from tradewind.base.errors import Refused
from tradewind.engines.actions.action import origin
from tradewind.engines.agenda.queries import calendars
from tradewind.engines.agenda.rules import HORIZON
from tradewind.engines.jobs.job import Run, job
from tradewind.engines.surveys.actions import begin_wave, close_wave, remind_person
from tradewind.engines.surveys.models import Invitation, Wave

PART = 200


@job("surveys.turn_waves", every="15m", quiet=True)
def turn_waves(ctx: Run) -> dict[str, Any]:
    """Open the waves whose moment has come and close those whose has passed."""
    now, counts = clock.now(), {"opened": 0, "closed": 0}
    with origin("job"):
        for wave in Wave.objects.filter(state=Wave.PLANNED, opens__lte=now).select_related("survey"):
            ctx.check()
            try:
                begin_wave.system(wave)
            except Refused as refusal:  # nobody to ask any more: it closes unasked
                ctx.log(f"{wave.pk}: {refusal}")
                close_wave.system(wave)
            counts["opened"] += 1
        for wave in Wave.objects.filter(state=Wave.OPEN, closes__lte=now).select_related("survey__owner"):
            ctx.check()
            close_wave.system(wave)
            counts["closed"] += 1
    return counts


@job("surveys.remind", every="15m", quiet=True)
def remind(ctx: Run) -> dict[str, Any]:
    """Ask and remind people to answer, while they work; nobody on a holiday or when away."""
    now, counts, last = clock.now(), {"told": 0, "waiting": 0}, 0
    rows = Invitation.objects.filter(
        answered=False, next_at__lte=now, person__active=True, wave__state=Wave.OPEN, wave__closes__gt=now
    ).select_related("person", "wave__survey")
    with origin("job"):
        while part := list(rows.filter(pk__gt=last).order_by("pk")[:PART]):
            ctx.check()
            last = part[-1].pk
            days = calendars([row.person for row in part], now.date() - timedelta(days=3), now.date() + HORIZON)
            for row in part:
                if days[row.person_id].is_working(now):
                    counts["told"] += tell_now(row)
                else:
                    Invitation.objects.filter(pk=row.pk).update(next_at=days[row.person_id].next_moment(now))
                    counts["waiting"] += 1
    return counts


def tell_now(row: Invitation) -> bool:
    """Tell a person, unless they have answered or were told meanwhile."""
    with transaction.atomic():
        there = Invitation.objects.select_for_update().filter(pk=row.pk, next_at=row.next_at, answered=False)
        if not there.exists():
            return False
        remind_person.system(row)
    return True
