from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from tradewind.engines.access.models import Grant, Role
from tradewind.engines.jobs import leases, webhooks, worker
from tradewind.engines.jobs.models import Job, JobLine, Schedule, WebhookDelivery, WebhookEndpoint
from tradewind.engines.jobs.queue import enqueue
from tradewind.engines.jobs.tests import sample  # noqa: F401  declares the jobs used here
from tradewind.nouns.org.models import Person, User

pytestmark = pytest.mark.django_db


def someone(name: str, *codes: str) -> tuple[Person, Client]:
    person = Person.objects.create(name=name, email=f"{name.lower()}@example.com")
    user = User.objects.create_user(f"{name.lower()}@example.com", "secret-secret", person=person)
    if codes:
        Grant.objects.create(person=person, role=Role.objects.create(code=name.lower(), codes=list(codes)))
    client = Client()
    client.force_login(user)
    return person, client


def text_of(client: Client, name: str, *args: Any) -> str:
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200, answer.content[:500]
    return answer.content.decode()


def test_stranger_is_led_to_sign_in(client: Client) -> None:
    for name in ("jobs:job-list", "jobs:schedule-list", "jobs:webhook-list"):
        assert client.get(reverse(name)).status_code == 302


def test_everybody_sees_their_own_jobs_only() -> None:
    lin, page = someone("Lin")
    ana, _page = someone("Ana")
    mine, theirs = enqueue("sample.step", by=lin), enqueue("sample.refuse", by=ana)
    shown = text_of(page, "jobs:job-list")
    assert "Leave `start` and `end` lines" in shown
    assert "Refuse in words" not in shown.split("<tbody", 1)[1]
    assert page.get(reverse("jobs:job-detail", args=[mine.pk])).status_code == 200
    for name in ("jobs:job-detail", "jobs:job-progress", "jobs:job-cancel"):
        assert page.get(reverse(name, args=[theirs.pk])).status_code == 404
    assert page.get(reverse("jobs:schedule-list")).status_code == 403


def test_right_opens_all_jobs_and_the_fault_behind_them() -> None:
    lin, own_page = someone("Lin")
    _ops, page = someone("Ops", "jobs.view_job")
    job = enqueue("sample.break", by=lin)
    held = leases.claim("w")
    assert held is not None
    leases.note_line(held, "Traceback: secret place", level=JobLine.TRACE)
    leases.fail(held, "RuntimeError: no more paper", again=False)
    assert "secret place" in text_of(page, "jobs:job-detail", job.pk)
    assert "secret place" not in text_of(own_page, "jobs:job-detail", job.pk)
    assert "no more paper" in text_of(own_page, "jobs:job-detail", job.pk)


def test_own_job_can_be_cancelled_and_started_again_from_its_page() -> None:
    lin, page = someone("Lin")
    job = enqueue("sample.step", by=lin, key=3)
    assert reverse("jobs:job-cancel", args=[job.pk]) in text_of(page, "jobs:job-detail", job.pk)
    page.post(reverse("jobs:job-cancel", args=[job.pk]))
    job.refresh_from_db()
    assert job.state == Job.CANCELLED
    page.post(reverse("jobs:job-retry", args=[job.pk]))
    assert Job.objects.filter(state=Job.QUEUED, args={"key": 3}).count() == 1


def test_progress_asks_again_until_the_job_is_over() -> None:
    lin, page = someone("Lin")
    job = enqueue("sample.step", by=lin)
    Job.objects.filter(pk=job.pk).update(progress=3, total=4)
    shown = text_of(page, "jobs:job-progress", job.pk)
    assert "data-live" in shown
    assert 'value="0.7500"' in shown
    worker.drain("w")
    assert "data-live" not in text_of(page, "jobs:job-progress", job.pk)
    assert "100" in text_of(page, "jobs:job-detail", job.pk)
    part, own = reverse("jobs:job-progress", args=[job.pk]), reverse("jobs:job-detail", args=[job.pk])
    assert page.get(part, headers={"HX-Current-URL": f"http://testserver{own}"})["HX-Refresh"] == "true"
    assert not page.get(part, headers={"HX-Current-URL": "http://testserver/jobs/"}).has_header("HX-Refresh")


def test_schedule_is_paused_resumed_and_run_by_hand() -> None:
    _ops, page = someone("Ops", "jobs.*")
    worker.plan()
    row = Schedule.objects.get(name="jobs.prune")
    assert "daily 03:10 UTC" in text_of(page, "jobs:schedule-list")
    for verb, active in (("pause", False), ("resume", True)):
        page.post(reverse(f"jobs:schedule-{verb}", args=[row.pk]))
        row.refresh_from_db()
        assert row.active is active
    page.post(reverse("jobs:schedule-run", args=[row.pk]))
    assert Job.objects.filter(name="jobs.prune").count() == 1
    assert text_of(page, "jobs:schedule-detail", row.pk)


def test_webhook_is_made_on_its_page_and_the_secret_is_for_its_owner() -> None:
    boss, page = someone("Boss", "*")
    _auditor, other = someone("Auditor", "jobs.view_webhook")
    fields = {"name": "CRM", "url": "https://example.com/hook", "patterns": "customers.*\n\nfinance.close_period"}
    page.post(reverse("jobs:webhook-new"), fields)
    made = WebhookEndpoint.objects.get()
    assert (made.owner, made.patterns) == (boss, ["customers.*", "finance.close_period"])
    assert made.secret in text_of(page, "jobs:webhook-detail", made.pk)
    assert made.secret not in text_of(other, "jobs:webhook-detail", made.pk)
    page.post(reverse("jobs:webhook-test", args=[made.pk]))
    told = WebhookDelivery.objects.get()
    assert "webhook.test" in text_of(page, "jobs:webhook-delivery-detail", told.pk)
    assert "Only the owner" in text_of(other, "jobs:webhook-delivery-detail", told.pk)
    page.post(reverse("jobs:webhook-edit", args=[made.pk]), {**fields, "name": "Sales", "version": made.version})
    page.post(reverse("jobs:webhook-stop", args=[made.pk]))
    made.refresh_from_db()
    assert (made.name, made.active) == ("Sales", False)
    page.post(reverse("jobs:webhook-delete", args=[made.pk]))
    assert not WebhookEndpoint.objects.exists()


def test_refused_webhook_comes_back_with_its_reason() -> None:
    _boss, page = someone("Boss", "*")
    answer = page.post(reverse("jobs:webhook-new"), {"name": "x", "url": "ftp://a.example", "patterns": "*"})
    assert answer.status_code == 422
    assert "http" in answer.content.decode()
    assert not WebhookEndpoint.objects.exists()


@pytest.mark.parametrize("count", [3, 40])
def test_list_costs_the_same_with_few_and_many(
    count: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    boss, page = someone("Boss", "*")
    for n in range(count):
        enqueue("sample.step", by=boss, key=n)
        WebhookEndpoint.objects.create(owner=boss, name=f"{n}", url="https://a.example", secret=webhooks.new_secret())
    with django_assert_max_num_queries(12):
        text_of(page, "jobs:job-list")
    with django_assert_max_num_queries(12):
        text_of(page, "jobs:webhook-list")


def test_stream_address_leads_to_the_stream_server(settings: Settings) -> None:
    _lin, page = someone("Lin")
    settings.STREAM_URL = ""
    assert page.get("/events").status_code == 204
    settings.STREAM_URL = "http://127.0.0.1:8001"
    answer = page.get("/events")
    assert (answer.status_code, answer["Location"]) == (302, "http://127.0.0.1:8001/events")
