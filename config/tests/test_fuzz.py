"""Every operation of the API under fitting and unfitting input: never a fault of ours, always what is documented."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from config.api import api
from config.wsgi import application
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.actions.registry import ACTIONS
from tradewind.engines.actions.rights import create_token
from tradewind.engines.actions.run import parameters_of
from tradewind.nouns.org.models import Person

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
QUIET = [
    HealthCheck.function_scoped_fixture,
    HealthCheck.too_slow,
    HealthCheck.filter_too_much,
    HealthCheck.data_too_large,
]

described = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"), default=str))
schema = schemathesis.openapi.from_dict(described)
schema.app = application


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """Requests stay on the test's own connection, whose open transaction a real request would take for a leftover."""
    both = (request_started, request_finished)
    for signal in both:
        signal.disconnect(close_old_connections)
    yield
    for signal in both:
        signal.connect(close_old_connections)


@pytest.fixture
def key(db: None, monkeypatch: pytest.MonkeyPatch) -> str:
    """The key of a person who may do everything, and no limit on how often."""
    monkeypatch.setenv("API_RATE", "1000000")
    person = Person.objects.create(name="Boss", email="boss@example.com")
    Grant.objects.create(person=person, role=Role.objects.create(code="boss", codes=["*"]))
    return create_token(person, name="fuzz")[1]


@schema.parametrize()
@settings(max_examples=8, deadline=None, suppress_health_check=QUIET)
def test_operation_keeps_its_word(case: schemathesis.Case[Any], key: str) -> None:
    case.call_and_validate(headers={"Authorization": f"Bearer {key}"}, checks=CHECKS)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@st.composite
def calls(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """An action with values under its own names, of any kind."""
    name = draw(st.sampled_from(sorted(ACTIONS)))
    names = [parameter["name"] for parameter in parameters_of(ACTIONS[name])]
    data = {one: draw(values) for one in names if draw(st.booleans())}
    body: dict[str, Any] = {"data": data}
    if ACTIONS[name].subject is not None:
        body["subject"] = draw(st.none() | st.integers(-1, 3) | st.integers())
    return name, body


@settings(max_examples=100, deadline=None, suppress_health_check=QUIET)
@given(call=calls())
def test_action_by_name_refuses_nonsense_in_words(call: tuple[str, dict[str, Any]], key: str, client: Client) -> None:
    name, body = call
    answer = client.post(
        f"/api/v1/actions/{name}", json.dumps(body), "application/json", headers={"Authorization": f"Bearer {key}"}
    )
    assert answer.status_code in (200, 400, 403, 404, 409, 422), answer.content
