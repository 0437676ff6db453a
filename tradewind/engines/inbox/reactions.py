"""What people are told of the engines below, which cannot tell by themselves."""

from __future__ import annotations

from tradewind.engines.actions.models import Event
from tradewind.engines.actions.registry import on
from tradewind.engines.inbox.tell import tell
from tradewind.engines.jobs.models import WebhookEndpoint


@on("jobs.stop_webhook")
def tell_webhook_owner(event: Event) -> None:
    """Tell the owner of a webhook that it was stopped by the system because its address failed again and again."""
    endpoint = WebhookEndpoint.objects.select_related("owner").filter(pk=event.subject_id or 0).first()
    if endpoint is not None and event.actor_id is None:
        data = {"name": endpoint.name, "reason": endpoint.stopped_because}
        tell(endpoint.owner, "inbox.webhook_stopped", endpoint, data, group=f"webhook-{endpoint.pk}")
