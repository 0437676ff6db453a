from __future__ import annotations

import pytest
from django.db import DatabaseError
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from config import health
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.jobs.models import WorkerBeat
from tradewind.engines.jobs.queue import enqueue
from tradewind.nouns.org.models import Person, User

pytestmark = pytest.mark.django_db


def test_healthz_asks_nobody(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert client.get("/healthz").content == b"ok\n"


def test_readyz_needs_a_living_worker(client: Client) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["worker"]) == (503, "missing")
    WorkerBeat.objects.create(name="w", host="h", pid=1)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"store": "ok", "migrations": "ok", "worker": "ok"})


def test_readyz_says_when_the_store_is_away(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> bool:
        raise DatabaseError("gone")

    monkeypatch.setattr(health, "is_migrated", away)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"store": "missing"})


def test_metrics_are_for_the_token_or_a_right(client: Client, settings: Settings) -> None:
    assert client.get("/metrics").status_code == 401
    settings.METRICS_TOKEN = "let-me-in"
    assert client.get("/metrics", HTTP_AUTHORIZATION="Bearer wrong").status_code == 401
    answer = client.get("/metrics", HTTP_AUTHORIZATION="Bearer let-me-in")
    assert answer.status_code == 200
    person = Person.objects.create(name="Lin", email="lin@example.com")
    user = User.objects.create_user("lin@example.com", "secret-secret", person=person)
    client.force_login(user)
    assert client.get("/metrics").status_code == 401
    Grant.objects.create(person=person, role=Role.objects.create(code="ops", codes=["jobs.view_job"]))
    assert client.get("/metrics").status_code == 200


def test_metrics_count_requests_and_tell_the_queue(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = "let-me-in"
    client.get("/healthz")
    enqueue("jobs.prune")
    text = client.get("/metrics", HTTP_AUTHORIZATION="Bearer let-me-in").content.decode()
    assert 'tradewind_jobs{state="queued"} 1.0' in text
    assert "tradewind_request_seconds_bucket" in text
    assert 'tradewind_requests_total{method="GET"' in text
    assert "tradewind_outbox_events" in text
