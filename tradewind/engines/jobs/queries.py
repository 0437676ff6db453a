"""What can be seen of the queue."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import QuerySet

from tradewind.base import clock
from tradewind.engines.access.scope import visible
from tradewind.engines.jobs.models import Job, WebhookDelivery, WebhookEndpoint, WorkerBeat
from tradewind.nouns.org.models import Person

ALIVE = timedelta(seconds=60)


def jobs(person: Person | None) -> QuerySet[Job]:
    """One's own jobs; all with the right to see them."""
    return visible(person, "jobs.view_job", Job.objects.all())


def webhooks(person: Person | None) -> QuerySet[WebhookEndpoint]:
    """One's own webhooks; all with the right to see them."""
    return visible(person, "jobs.view_webhook", WebhookEndpoint.objects.all())


def deliveries(person: Person | None) -> QuerySet[WebhookDelivery]:
    """The deliveries of the webhooks one may see."""
    return visible(person, "jobs.view_webhook", WebhookDelivery.objects.all())


def workers_alive() -> list[WorkerBeat]:
    """The worker processes that gave a sign of life in the last minute."""
    return list(WorkerBeat.objects.filter(seen_at__gt=clock.now() - ALIVE).order_by("name"))
