"""What the queue does when something happened anywhere: webhooks are told."""

from __future__ import annotations

from tradewind.engines.actions.models import Event
from tradewind.engines.actions.registry import on
from tradewind.engines.jobs import webhooks


@on("*", when=webhooks.anybody_listens)
def tell_webhooks(event: Event) -> None:
    """Queue one message for each endpoint that wants the event and may hear of it."""
    webhooks.fan_out(event)
