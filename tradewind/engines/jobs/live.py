"""Messages to open pages: written here by anybody, read by the stream server, gone after minutes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tradewind.base import clock
from tradewind.engines.jobs.models import LiveMessage

KEPT = timedelta(minutes=10)


def publish(person: int | None, kind: str, data: dict[str, Any]) -> None:
    """Tell one person's open pages, or everybody's with None, that `kind` happened; part of the current transaction."""
    LiveMessage.objects.create(person_id=person, kind=kind, data=data)


def prune() -> int:
    """Remove messages that are too old to be sent again; how many."""
    return LiveMessage.objects.filter(at__lt=clock.now() - KEPT).delete()[0]
