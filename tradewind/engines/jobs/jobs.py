"""The queue's own housekeeping."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from tradewind.base import clock
from tradewind.engines.actions import outbox
from tradewind.engines.jobs import actions, live, webhooks
from tradewind.engines.jobs.job import Run, job
from tradewind.engines.jobs.models import Job, WebhookDelivery

KEEP_GOOD = timedelta(days=30)
KEEP_BAD = timedelta(days=180)


@job("jobs.sweep_outbox", every="15s", quiet=True, priority=5, label=_("Deliver events that were left behind"))
def sweep_outbox(ctx: Run) -> dict[str, int]:
    """Hand events to the reactions that a lost process could not reach any more."""
    return {"delivered": outbox.sweep()}


@job("jobs.prune", every="daily 03:10 UTC", label=_("Remove old jobs and messages"))
def prune(ctx: Run) -> dict[str, int]:
    """Remove finished jobs and webhook messages after 30 days, failed and cancelled jobs after 180, with their logs."""
    now = clock.now()
    good = Job.objects.filter(state=Job.DONE, finished_at__lt=now - KEEP_GOOD)
    bad = Job.objects.filter(state__in=[Job.FAILED, Job.CANCELLED], finished_at__lt=now - KEEP_BAD)
    told = WebhookDelivery.objects.exclude(state=WebhookDelivery.WAITING).filter(created_at__lt=now - KEEP_GOOD)
    return {"jobs": good.delete()[0] + bad.delete()[0], "messages": told.delete()[0]}


@job("jobs.prune_live", every="5m", quiet=True, label=_("Remove old live messages"))
def prune_live(ctx: Run) -> dict[str, int]:
    """Remove live messages that no page will ask for again."""
    return {"messages": live.prune()}


@job("jobs.deliver_webhook", quiet=True, label=_("Deliver a webhook message"))
def deliver_webhook(ctx: Run, *, delivery: int) -> dict[str, bool] | None:
    """Try one webhook message; a failed try plans the next one, too many stop the endpoint."""
    told = WebhookDelivery.objects.select_related("endpoint__owner").filter(pk=delivery).first()
    if told is None or told.state != WebhookDelivery.WAITING or not told.endpoint.active:
        return None
    if not told.endpoint.owner.active:
        actions.stop_webhook.system(told.endpoint, reason="owner")
        return None
    if not webhooks.still_heard(told):
        webhooks.give_up(told, "its owner may not see the record any more")
        return None
    arrived = webhooks.deliver(told)
    if webhooks.is_hopeless(told):
        actions.stop_webhook.system(told.endpoint, reason=told.error or str(told.status))
    return {"arrived": arrived}
