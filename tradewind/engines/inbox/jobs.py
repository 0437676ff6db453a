"""What the inbox does by itself: send what is due, remind, escalate."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from tradewind.base import clock
from tradewind.engines.actions.action import origin
from tradewind.engines.inbox.actions import escalate_todo, remind_todo
from tradewind.engines.inbox.deliver import send_due
from tradewind.engines.inbox.models import Todo
from tradewind.engines.inbox.queries import due_within_a_day, overdue
from tradewind.engines.inbox.tell import SEND
from tradewind.engines.jobs.job import Run, job


@job(SEND, every="1m", retries=5, lease=120, priority=5, quiet=True)
def send_deliveries(ctx: Run) -> dict[str, Any]:
    """Send the notices that are due by mail and chat."""
    return dict(send_due(ctx.check))


@job("inbox.remind_and_escalate", every="10m", quiet=True)
def remind_and_escalate(ctx: Run) -> dict[str, Any]:
    """Remind of to-dos that fall due, and tell managers of overdue ones."""
    counts = {"reminded": 0, "escalated": 0}
    now = clock.now()
    with origin("job"):
        for todo in due_within_a_day(now).iterator():
            ctx.check()
            counts["reminded"] += once(todo, "reminded_at", remind_todo)
        for todo in overdue(now).iterator():
            ctx.check()
            counts["escalated"] += once(todo, "escalated_at", escalate_todo)
    return counts


def once(todo: Todo, mark: str, deed: Any) -> int:
    """Carry the deed out unless somebody else has done so meanwhile."""
    with transaction.atomic():
        if not Todo.objects.select_for_update().filter(pk=todo.pk, state=Todo.OPEN, **{mark: None}).exists():
            return 0
        deed.system(todo)
    return 1
