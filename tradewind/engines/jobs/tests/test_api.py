from __future__ import annotations

import pytest
from django.test import Client

from tradewind.engines.jobs.models import Job
from tradewind.engines.jobs.queue import enqueue
from tradewind.engines.jobs.tests import sample  # noqa: F401  declares the jobs used here
from tradewind.nouns.org.models import Person, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def lin() -> Person:
    person = Person.objects.create(name="Lin", email="lin@example.com")
    User.objects.create_user("lin@example.com", "secret-secret", person=person)
    return person


@pytest.fixture
def page(lin: Person) -> Client:
    client = Client()
    client.force_login(lin.user)
    return client


def test_pages_by_cursor_hold_each_job_once(page: Client, lin: Person) -> None:
    made = [enqueue("sample.step", by=lin, key=n).pk for n in range(7)]
    seen: list[int] = []
    cursor = ""
    while True:
        told = page.get(f"/api/v1/jobs?limit=3&cursor={cursor}").json()
        seen += [row["id"] for row in told["rows"]]
        enqueue("sample.step", by=lin, key=99)  # arrives while somebody pages
        cursor = told["next"]
        if not cursor:
            break
    assert seen == made[::-1]


def test_cursor_that_was_not_given_out_is_a_problem(page: Client) -> None:
    for cursor in ("zzz", "W10", "eyJhIjoxfQ", "WyJhIiwgImIiXQ"):
        answer = page.get("/api/v1/jobs", {"cursor": cursor})
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor")


def test_own_job_is_told_and_cancelled(page: Client, lin: Person) -> None:
    job = enqueue("sample.step", by=lin)
    assert page.get(f"/api/v1/jobs/{job.pk}").json()["state"] == "queued"
    assert page.post(f"/api/v1/jobs/{job.pk}/cancel").json()["state"] == "cancelled"
    assert page.post(f"/api/v1/jobs/{job.pk}/cancel").status_code == 422


def test_job_of_somebody_else_does_not_exist(page: Client) -> None:
    job = enqueue("sample.step")
    assert page.get(f"/api/v1/jobs/{job.pk}").status_code == 404
    assert page.post(f"/api/v1/jobs/{job.pk}/cancel").status_code == 404
    job.refresh_from_db()
    assert job.state == Job.QUEUED
    assert page.get(f"/api/v1/jobs/{10**30}").status_code == 404
