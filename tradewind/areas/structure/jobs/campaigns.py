"""What vision campaigns do by themselves: messages go out in each reader's working time, and campaigns end."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from tradewind.areas.structure.actions.campaigns import last_moment, send_messages, spread_message, stop_broadcast
from tradewind.areas.structure.models import Broadcast, BroadcastMessage, Receipt
from tradewind.base import clock
from tradewind.engines.actions.action import origin
from tradewind.engines.agenda.queries import calendars
from tradewind.engines.agenda.rules import HORIZON
from tradewind.engines.jobs.job import Run, job

PART = 200
FIRST_ZONE = "Etc/GMT-14"  # where a day begins first on earth


@job("structure.send_broadcasts", every="15m", quiet=True)
def send_broadcasts(ctx: Run) -> dict[str, Any]:
    """Send what campaigns have to say, in the readers' working time, and end those whose deadline has passed everywhere."""
    now, counts = clock.now(), {"spread": 0, "sent": 0, "waiting": 0, "ended": 0}
    due = BroadcastMessage.objects.filter(
        broadcast__state=Broadcast.RUNNING, spread_at=None, day__lte=clock.day_of(now, FIRST_ZONE)
    )
    with origin("job"):
        for message in due.select_related("broadcast__document", "broadcast__team"):
            ctx.check()
            spread_message.system(message.broadcast, message=message)
            counts["spread"] += 1
        send_due(ctx, now, counts)
        for broadcast in Broadcast.objects.filter(state=Broadcast.RUNNING, deadline__lt=now.date() + timedelta(days=1)):
            ctx.check()
            if last_moment(broadcast) <= now:
                stop_broadcast.system(broadcast)
                counts["ended"] += 1
    return counts


def send_due(ctx: Run, now: datetime, counts: dict[str, int]) -> None:
    """Send what may go out now to those who are working; the others get it from their next working moment on."""
    rows = Receipt.objects.filter(sent_at=None, next_at__lte=now, person__active=True).select_related(
        "person", "message__broadcast__owner"
    )
    rows, last = rows.filter(message__broadcast__state=Broadcast.RUNNING), 0
    while part := list(rows.filter(pk__gt=last).order_by("pk")[:PART]):
        ctx.check()
        last = part[-1].pk
        plans = calendars([row.person for row in part], now.date() - timedelta(days=3), now.date() + HORIZON)
        ready: dict[int, list[Receipt]] = defaultdict(list)
        for row in part:
            plan = plans[row.person_id]
            if plan.is_working(now):
                ready[row.message.broadcast_id].append(row)
            else:
                Receipt.objects.filter(pk=row.pk).update(next_at=plan.next_moment(now) or now + HORIZON)
                counts["waiting"] += 1
        for receipts in ready.values():
            counts["sent"] += send_messages.system(receipts[0].message.broadcast, receipts=receipts)
