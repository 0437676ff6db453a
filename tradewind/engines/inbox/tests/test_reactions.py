"""What people are told of the engines below."""

from __future__ import annotations

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from tradewind.engines.access.models import Grant, Role
from tradewind.engines.agenda.factories import make_person
from tradewind.engines.inbox.models import Notice
from tradewind.engines.jobs.actions import stop_webhook
from tradewind.engines.jobs.models import WebhookEndpoint

pytestmark = pytest.mark.django_db


def test_stopped_webhook_is_told_to_its_owner_unless_stopped_by_hand(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    owner = make_person()
    Grant.objects.create(person=owner, role=Role.objects.create(code="r", codes=["jobs.stop_webhook"]))
    endpoint = WebhookEndpoint.objects.create(owner=owner, name="ERP", url="https://erp.example/hook", secret="x")
    with django_capture_on_commit_callbacks(execute=True):
        stop_webhook(owner, endpoint)
    assert not Notice.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        stop_webhook.system(endpoint, reason="410 Gone")
    notice = Notice.objects.get()
    assert (notice.person, notice.kind, notice.data["reason"]) == (owner, "inbox.webhook_stopped", "410 Gone")
