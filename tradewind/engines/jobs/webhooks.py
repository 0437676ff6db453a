"""Webhooks after the Standard Webhooks form: which events go to which endpoint, what they say, when to give up.

An endpoint sees what its owner may see at the moment of sending, and no more: a message names the record, the actor
and the changed fields; personal values are never in it, for they are never in an event.
"""

from __future__ import annotations

import base64
import json
import secrets
from datetime import timedelta
from fnmatch import fnmatchcase
from typing import Any

from django.db.models import F
from standardwebhooks.webhooks import Webhook

from tradewind.base import clock
from tradewind.base.errors import Refused
from tradewind.engines.access.registry import subjects
from tradewind.engines.access.scope import Scope, can, visible
from tradewind.engines.actions.models import Event
from tradewind.engines.jobs.models import WebhookDelivery, WebhookEndpoint
from tradewind.engines.jobs.outbound import Answer, post
from tradewind.engines.jobs.queue import enqueue
from tradewind.nouns.org.models import Person

WAITS = [timedelta(seconds=s) for s in (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)]
STOP_AFTER = 30  # failures in a row, over all messages of an endpoint
SECRET_PREFIX = "whsec_"  # noqa: S105  the form that libraries of the standard read
TEST = "webhook.test"


def new_secret() -> str:
    """A signing secret of 24 random bytes, written as the standard says."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(24)).decode()


def fits(patterns: list[str], name: str) -> bool:
    """Whether an event of this name is wanted."""
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def may_hear(owner: Person, event: Event) -> bool:
    """Whether the owner may see what the event is about, at the place where it happened."""
    if not owner.active:
        return False
    known = subjects().get(event.subject_type)
    if known is None:
        return can(owner, "actions.view_event", Scope(event.entity_id, event.market_id, event.team_id))
    rows = visible(owner, known.read, known.model._base_manager.all())
    return event.subject_id is not None and rows.filter(pk=event.subject_id).exists()


def still_heard(delivery: WebhookDelivery) -> bool:
    """Whether the owner may hear of a message's event now, days after it was made perhaps; what is gone hides nothing more."""
    event = delivery.event
    if event is None:
        return True
    known = subjects().get(event.subject_type)
    gone = known is not None and not known.model._base_manager.filter(pk=event.subject_id).exists()
    return gone or may_hear(delivery.endpoint.owner, event)


def give_up(delivery: WebhookDelivery, why: str) -> None:
    """Send a message no more."""
    delivery.state, delivery.next_at, delivery.error = WebhookDelivery.FAILED, None, why[:300]
    delivery.save()


def message(event: Event) -> dict[str, Any]:
    """What a receiver is told of an event."""
    known = subjects().get(event.subject_type)
    return {
        "type": event.name,
        "timestamp": event.at.isoformat(),
        "data": {
            "event": event.pk,
            "subject": {
                "kind": event.subject_type,
                "id": event.subject_id,
                "title": event.subject_title,
                "path": known.url_of(event.subject_id) if known and event.subject_id else "",
            },
            "actor": event.actor_id,
            "origin": event.origin,
            "entity": event.entity_id,
            "market": event.market_id,
            "team": event.team_id,
            "changes": event.changes,
            "counts": event.counts,
        },
    }


def anybody_listens(_event: Event) -> bool:
    """Whether there is an endpoint to be told at all."""
    return WebhookEndpoint.objects.filter(active=True).exists()


def fan_out(event: Event) -> int:
    """Queue one message for every endpoint that wants the event and whose owner may hear of it; how many."""
    count = 0
    for endpoint in WebhookEndpoint.objects.filter(active=True, owner__active=True).select_related("owner"):
        if fits(endpoint.patterns, event.name) and may_hear(endpoint.owner, event):
            told, fresh = WebhookDelivery.objects.get_or_create(
                endpoint=endpoint,
                event=event,
                defaults={"message_id": new_id(), "kind": event.name, "body": written(message(event))},
            )
            if fresh:
                plan(told)
                count += 1
    return count


def new_id() -> str:
    """The number of a message, the same through all its retries."""
    return f"msg_{secrets.token_hex(16)}"


def written(content: dict[str, Any]) -> str:
    """The bytes that are signed, as text."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def send_test(endpoint: WebhookEndpoint) -> WebhookDelivery:
    """Queue a message that only says that the line works."""
    content = {"type": TEST, "timestamp": clock.now().isoformat(), "data": {"endpoint": endpoint.pk}}
    told = WebhookDelivery.objects.create(
        endpoint=endpoint, message_id=new_id(), kind=TEST, body=written(content)
    )  # fmt: skip
    plan(told)
    return told


def plan(delivery: WebhookDelivery) -> None:
    """Put a message in the queue for its next try."""
    enqueue(
        "jobs.deliver_webhook",
        unique=f"{delivery.pk}.{delivery.attempts}",
        at=delivery.next_at,
        delivery=delivery.pk,
    )


def attempt(delivery: WebhookDelivery) -> Answer:
    """Sign and send a message now. Refused or OSError as `outbound.post`."""
    at = clock.now()
    signature = Webhook(delivery.endpoint.secret).sign(delivery.message_id, at, delivery.body)
    headers = {
        "Content-Type": "application/json",
        "webhook-id": delivery.message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signature,
    }
    return post(delivery.endpoint.url, delivery.body.encode(), headers)


def deliver(delivery: WebhookDelivery) -> bool:
    """Try once and write down what came of it; True when it arrived."""
    status, error = None, ""
    try:
        answer = attempt(delivery)
        status, error = answer.status, "" if answer.good else answer.text[:300]
        good = answer.good
    except (OSError, Refused) as fault:
        good, error = False, (str(fault) or type(fault).__name__)[:300]
    now = clock.now()
    delivery.attempts += 1
    delivery.status, delivery.error = status, error.replace("\x00", "")
    gone = status == 410  # the receiver says it does not want this any more
    if good:
        delivery.state, delivery.sent_at, delivery.next_at = WebhookDelivery.SENT, now, None
    elif gone or delivery.attempts > len(WAITS):
        delivery.state, delivery.next_at = WebhookDelivery.FAILED, None
    else:
        delivery.next_at = now + WAITS[delivery.attempts - 1]
    delivery.save()
    endpoints = WebhookEndpoint.objects.filter(pk=delivery.endpoint_id)
    endpoints.update(failures=0 if good else F("failures") + 1)
    if delivery.state == WebhookDelivery.WAITING:
        plan(delivery)
    return good


def is_hopeless(delivery: WebhookDelivery) -> bool:
    """Whether the endpoint has failed so often, or said so clearly, that it should be stopped."""
    endpoint = delivery.endpoint
    endpoint.refresh_from_db(fields=["failures", "active"])
    spent = delivery.state == WebhookDelivery.FAILED
    return endpoint.active and (delivery.status == 410 or spent or endpoint.failures >= STOP_AFTER)
