"""What people do with the queue, the schedule and webhooks."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext as _

from tradewind.base import clock
from tradewind.base.errors import NotAllowed, Refused
from tradewind.engines.access.scope import can, company_wide
from tradewind.engines.actions.action import Bulk, action
from tradewind.engines.jobs import outbound, queue, webhooks
from tradewind.engines.jobs.job import JOBS
from tradewind.engines.jobs.models import Job, Schedule, WebhookDelivery, WebhookEndpoint
from tradewind.nouns.org.models import Person

PATTERN = re.compile(r"\*|[a-z_*]+\.[a-z_*]+|[a-z_]+\.\*|webhook\.test")
MOST_PATTERNS = 50


def own_or_all(by: Person, job: Job) -> None:
    """Everybody may deal with their own jobs, whoever manages jobs with all."""
    if job.by_id != by.pk and not can(by, "jobs.manage_job"):
        raise NotAllowed(_("This job belongs to somebody else."))


@action(open_to_all=True)
def cancel_job(by: Person, job: Job) -> Job:
    """Stop a job: at once when it waits, at its next check when it runs."""
    own_or_all(by, job)
    queue.cancel(job)
    return job


@action(open_to_all=True)
def retry_job(by: Person, job: Job) -> Job:
    """Start a failed or cancelled job again."""
    own_or_all(by, job)
    return queue.retry(job, by)


@action(scope=company_wide)
def run_schedule(by: Person | None, schedule: Schedule) -> Bulk[Job]:
    """Run a scheduled job now, besides its times."""
    job = queue.enqueue(known(schedule), by=by, unique="by hand")
    return Bulk(job, counts={"schedule": schedule.name})


@action(scope=company_wide)
def pause_schedule(by: Person | None, schedule: Schedule) -> Bulk[Schedule]:
    """Keep a scheduled job from running until it is resumed."""
    schedule.active = False
    schedule.save(update_fields=["active"])
    return Bulk(schedule, counts={"schedule": schedule.name})


@action(scope=company_wide)
def resume_schedule(by: Person | None, schedule: Schedule) -> Bulk[Schedule]:
    """Let a paused schedule run again, from its next time on."""
    schedule.active = True
    schedule.next_at = max(schedule.next_at, clock.now())
    schedule.save(update_fields=["active", "next_at"])
    return Bulk(schedule, counts={"schedule": schedule.name})


def known(schedule: Schedule) -> str:
    """The name of a schedule whose job still exists."""
    if schedule.name not in JOBS:
        raise Refused(_("This kind of job does not exist any more."))
    return schedule.name


def checked_patterns(patterns: list[str]) -> list[str]:
    """Event names, each once; Refused when one is no event name."""
    found = list(dict.fromkeys(one.strip() for one in patterns if one.strip()))
    wrong = [one for one in found if not PATTERN.fullmatch(one)]
    if wrong or not found or len(found) > MOST_PATTERNS:
        words = _("Write event names such as customers.import_orders or customers.*, one a line.")
        raise Refused(words, fields={"patterns": words})
    return found


def checked_facts(values: dict[str, Any]) -> dict[str, Any]:
    """The values of an endpoint, if they are fit; where the address leads is checked again at each sending."""
    outbound.checked(values["url"])
    if not values["name"].strip():
        raise Refused(_("Give the webhook a name."), fields={"name": _("This field is required.")})
    return {**values, "name": values["name"].strip()[:80], "patterns": checked_patterns(values["patterns"])}


@action(private=("secret",))
def create_webhook(by: Person | None, *, name: str, url: str, patterns: list[str]) -> WebhookEndpoint:
    """Tell an address of events, as far as its owner may see them."""
    if by is None:
        raise NotAllowed(_("Sign in first."))
    facts = checked_facts({"name": name, "url": url, "patterns": patterns})
    return WebhookEndpoint.objects.create(owner=by, secret=webhooks.new_secret(), **facts)


@action(private=("secret",))
def update_webhook(
    by: Person | None, endpoint: WebhookEndpoint, *, name: str, url: str, patterns: list[str]
) -> WebhookEndpoint:
    """Change a webhook's address or events; whoever changes it becomes its owner."""
    facts = checked_facts({"name": name, "url": url, "patterns": patterns})
    take_over(by, endpoint)
    for field, value in facts.items():
        setattr(endpoint, field, value)
    endpoint.save()
    return endpoint


def take_over(by: Person | None, endpoint: WebhookEndpoint) -> None:
    """Messages made for the former owner's rights must not reach an address that somebody else chose."""
    if by is not None and endpoint.owner_id != by.pk:
        endpoint.deliveries.all().delete()
        endpoint.owner = by


@action(private=("secret",))
def renew_webhook_secret(by: Person | None, endpoint: WebhookEndpoint) -> WebhookEndpoint:
    """Give a webhook a new signing secret; the old one ends at once."""
    take_over(by, endpoint)
    endpoint.secret = webhooks.new_secret()
    endpoint.save()
    return endpoint


@action()
def start_webhook(by: Person | None, endpoint: WebhookEndpoint) -> WebhookEndpoint:
    """Let a stopped webhook send again; what happened meanwhile is not made up for."""
    endpoint.active, endpoint.failures, endpoint.stopped_because = True, 0, ""
    endpoint.save()
    return endpoint


@action()
def stop_webhook(by: Person | None, endpoint: WebhookEndpoint, *, reason: str = "") -> WebhookEndpoint:
    """Stop a webhook; messages that wait are given up."""
    endpoint.active, endpoint.stopped_because = False, reason[:300]
    endpoint.save()
    waiting = endpoint.deliveries.filter(state=WebhookDelivery.WAITING)
    waiting.update(state=WebhookDelivery.FAILED, next_at=None)
    return endpoint


@action()
def delete_webhook(by: Person | None, endpoint: WebhookEndpoint) -> None:
    """Remove a webhook with the record of its messages."""
    endpoint.delete()


@action()
def test_webhook(by: Person | None, endpoint: WebhookEndpoint) -> Bulk[WebhookDelivery]:
    """Send a test message to a webhook."""
    if not endpoint.active:
        raise Refused(_("This webhook is stopped. Start it first."))
    return Bulk(webhooks.send_test(endpoint), subject=endpoint)


@action()
def replay_delivery(by: Person | None, delivery: WebhookDelivery) -> WebhookDelivery:
    """Send a message again under its old number, so that a receiver that has it can pass over it."""
    if not delivery.endpoint.active:
        raise Refused(_("This webhook is stopped. Start it first."))
    if delivery.state == WebhookDelivery.WAITING:
        raise Refused(_("This message still waits for its next try."))
    # It has all its tries again: one failure must not stop the webhook like the last of ten.
    delivery.state, delivery.next_at, delivery.attempts = WebhookDelivery.WAITING, None, 0
    delivery.save()
    webhooks.plan(delivery)
    return delivery
