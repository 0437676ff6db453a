from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from config import api as edge
from config import limits
from tradewind.engines.access.models import ApiToken, Grant, Role
from tradewind.engines.actions.models import Event
from tradewind.engines.actions.rights import create_token, revoke_token
from tradewind.nouns.org.models import Person, User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_counts() -> None:
    edge.REQUESTS.counts.clear()
    edge.GUESSES.counts.clear()


@pytest.fixture
def lin() -> Person:
    person = Person.objects.create(name="Lin", email="lin@example.com", language="zh-hans", zone="Asia/Shanghai")
    User.objects.create_user("lin@example.com", "secret-secret", person=person)
    role = Role.objects.create(code="boss", name={"en": "Boss"}, codes=["*"])
    Grant.objects.create(person=person, role=role)
    return person


def signed_in(person: Person, **options: Any) -> Client:
    client = Client(**options)
    client.force_login(person.user)
    return client


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def test_stranger_gets_a_problem(client: Client) -> None:
    answer = client.get("/api/v1/actions")
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["WWW-Authenticate"] == "Bearer"
    assert answer.json()["status"] == 401


def test_key_acts_as_its_person(client: Client, lin: Person) -> None:
    token, key = create_token(lin, name="robot")
    answer = client.get("/api/v1/actions", headers=bearer(key))
    assert answer.status_code == 200
    names = {row["name"] for row in answer.json()["rows"]}
    assert {"access.create_token", "access.grant_role"} <= names
    assert key not in json.dumps(list(ApiToken.objects.values("hash", "prefix", "name")))
    token.refresh_from_db()
    assert token.used_at is not None


def test_ended_or_invented_key_is_refused_even_beside_a_session(lin: Person) -> None:
    token, key = create_token(lin, name="robot")
    revoke_token(lin, token)
    client = signed_in(lin)
    assert client.get("/api/v1/actions").status_code == 200
    assert client.get("/api/v1/actions", headers=bearer(key)).status_code == 401
    assert client.get("/api/v1/actions", headers=bearer("twk_invented")).status_code == 401


def test_key_of_a_person_who_left_is_refused(client: Client, lin: Person) -> None:
    _token, key = create_token(lin, name="robot")
    Person.objects.filter(pk=lin.pk).update(active=False)
    assert client.get("/api/v1/actions", headers=bearer(key)).status_code == 401


def test_narrowed_key_cannot_make_itself_a_wider_one(client: Client, lin: Person) -> None:
    _token, key = create_token(lin, name="reader", codes=["access.view_role"])
    rows = client.get("/api/v1/actions", headers=bearer(key)).json()["rows"]
    assert "access.grant_role" not in {row["name"] for row in rows}
    answer = client.post(
        "/api/v1/actions/access.create_token", {"data": {"name": "wide"}}, "application/json", headers=bearer(key)
    )
    assert answer.status_code == 403
    assert ApiToken.objects.count() == 1


def test_session_needs_the_csrf_token_to_change_something(lin: Person) -> None:
    client = signed_in(lin, enforce_csrf_checks=True)
    body = {"data": {"name": "robot"}}
    answer = client.post("/api/v1/actions/access.create_token", body, "application/json")
    assert answer.status_code == 403
    assert answer["Content-Type"] == "application/problem+json"
    assert not ApiToken.objects.exists()


def test_action_by_name_says_api_and_answers_its_result(lin: Person) -> None:
    client = signed_in(lin)
    body = {"data": {"name": "robot"}}
    answer = client.post("/api/v1/actions/access.create_token", body, "application/json")
    assert answer.status_code == 200
    token, key = answer.json()["result"]
    assert token["id"] == ApiToken.objects.get().pk
    assert key.startswith("twk_")
    assert Event.objects.get(name="access.create_token").origin == "api"


@pytest.mark.parametrize(
    ("name", "body", "status", "field"),
    [
        ("access.create_token", {"data": {"name": ""}}, 422, "name"),
        ("access.create_token", {"data": {}}, 422, "name"),
        ("access.create_token", {"data": {"name": "a", "colour": 1}}, 422, "colour"),
        ("access.create_token", {"data": {"name": {"a": 1}}}, 422, "name"),
        ("access.create_token", {"data": {"name": "a\x00b"}}, 422, "name"),
        ("access.revoke_token", {"data": {}}, 422, "subject"),
        ("access.revoke_token", {"subject": 10**30}, 404, None),
        ("access.revoke_token", {"subject": 999}, 404, None),
        ("access.revoke_token", {"subject": "x"}, 422, "call.subject"),
        ("access.no_such_thing", {}, 404, None),
        ("access.grant_role", {"data": {"person": "x", "role": [1]}}, 422, "role"),
    ],
)
def test_bad_call_is_a_problem_that_names_the_field(
    lin: Person, name: str, body: dict[str, Any], status: int, field: str | None
) -> None:
    answer = signed_in(lin).post(f"/api/v1/actions/{name}", body, "application/json")
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert field is None or field in answer.json()["errors"]
    assert not ApiToken.objects.exists()


def test_refusal_speaks_the_persons_language(client: Client, lin: Person) -> None:
    _token, key = create_token(lin, name="robot")
    answer = client.post("/api/v1/actions/x.y", {}, "application/json", headers=bearer(key))
    assert answer.json()["code"] == "not_found"


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/v1/actions/a/b/c"])
def test_unknown_address_is_a_problem_not_a_page(client: Client, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_wrong_method_and_bad_text_are_problems(client: Client) -> None:
    answer = client.put("/api/v1/actions", {}, "application/json")
    assert (answer.status_code, answer["Content-Type"]) == (405, "application/problem+json")
    assert "GET" in answer["Allow"]
    assert client.get("/api/v1/actions?x=%00").status_code == 400


def test_too_many_requests_are_told_to_wait(lin: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_RATE", "6")
    monkeypatch.setenv("PAGE_WORKERS", "2")
    client = signed_in(lin)
    answers = [client.get("/api/v1/actions") for _ in range(4)]
    assert [a.status_code for a in answers] == [200, 200, 200, 429]
    assert 1 <= int(answers[3]["Retry-After"]) <= 60


def test_guessing_keys_is_slowed(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_GUESS_RATE", "4")
    answers = [client.get("/api/v1/actions", headers=bearer(f"twk_{n}")).status_code for n in range(4)]
    assert answers == [401, 401, 429, 429]


def test_counts_begin_anew_with_the_next_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAGE_WORKERS", "1")
    moment = [1000.0]
    monkeypatch.setattr("time.monotonic", lambda: moment[0])
    limit = limits.Limit(lambda: 2)
    assert [limit.wait("a"), limit.wait("a"), limit.wait("b")] == [0, 0, 0]
    moment[0] += 20
    assert limit.wait("a") == 40
    moment[0] += 40
    assert limit.wait("a") == 0


def test_openapi_is_open_and_documents_every_problem(client: Client) -> None:
    spec = client.get("/api/v1/openapi.json").json()
    assert spec["openapi"].startswith("3.1")
    run = spec["paths"]["/api/v1/actions/{name}"]["post"]
    assert {"200", "401", "403", "404", "409", "422", "429"} <= set(run["responses"])
