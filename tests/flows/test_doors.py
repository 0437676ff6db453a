"""Closed by default: every address and every API path, opened by nobody, by a person without grants, by each role, and from a foreign market."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from config.api import api
from tradewind.areas.market.actions import save_channel, save_market
from tradewind.areas.structure.actions import save_person
from tradewind.engines.access.models import Role
from tradewind.engines.access.registry import DEFAULT_ROLES, subjects
from tradewind.engines.actions.rights import create_token, grant_role, install_roles
from tradewind.nouns.org.models import Market, Person, User
from tradewind.nouns.trade.models import Customer, Order

pytestmark = pytest.mark.django_db

# What anybody on the network may open: signing in, and what a watcher asks without telling anything.
PUBLIC = re.compile(
    r"^(account/|healthz$|readyz$|metrics$|api/v1/openapi\.json$|favicon\.ico$|ui/(language|theme|strings|preference)|invitations?/|invite/|feeds?/)"
)
FOREIGN = "Foreign-Kyoto"


@dataclass(frozen=True)
class Address:
    """One pattern of the product with its parameters filled in."""

    route: str
    path: str


def routes(patterns: list[Any] | None = None, prefix: str = "") -> Iterator[str]:
    """Every route below the resolver."""
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route


def filled(route: str, pk: int) -> str:
    """A route with plain values for its parameters."""

    def value(match: re.Match[str]) -> str:
        kind, _colon, name = match.group(1).rpartition(":")
        if kind == "int" or name in ("pk", "id"):
            return str(pk)
        return {"uuid": "0" * 8 + "-0000-0000-0000-" + "0" * 12}.get(kind, "x")

    plain = re.sub(r"<([^>]+)>", value, route)
    plain = re.sub(r"\(\?P<\w+>[^)]*\)", "x", plain)
    return "/" + re.sub(r"[\^$]|\\Z", "", plain).replace("\\", "")


def addresses(pk: int = 987_654) -> list[Address]:
    """All addresses of pages."""
    return [Address(route, filled(route, pk)) for route in routes() if not route.startswith(("api/v1/", "static/"))]


def signed_in(person: Person) -> Client:
    """A browser of a person."""
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.create_user(f"u{person.pk}@example.com", None, person=person))
    return client


@pytest.fixture
def world() -> dict[str, Any]:
    """Two markets, and records of every kind we can make in the one that is foreign to the tested person."""
    install_roles.system()
    home = save_market.system(code="de", name={"en": "Germany"}, currency="EUR", zone="Europe/Berlin", countries=["DE"])
    away = save_market.system(code="jp", name={"en": "Japan"}, currency="JPY", zone="Asia/Tokyo", countries=["JP"])
    channel = save_channel.system(code="kyoto", name=FOREIGN, zone="Asia/Tokyo", currency="JPY", market=away)
    person = save_person.system(name=FOREIGN, email="kyoto@example.com", market=away)
    customer = Customer.objects.create(name=FOREIGN, market=away, country="JP")
    order = Order.objects.create(
        channel=channel, external_id="K1", number=FOREIGN, placed_at="2026-11-01T00:00:00Z", day="2026-11-01", currency="JPY",
        market=away, customer=customer, net=10_0000, gross=10_0000, lines_total=10_0000, stated_total=10_0000,
    )  # fmt: skip
    return {"home": home, "away": away, "records": {"market.channel": channel, "structure.person": person,
                                                     "customers.customer": customer, "customers.order": order}}  # fmt: skip


def holder(role: str, market: Market | None = None) -> Person:
    """A person who holds a role."""
    person = Person.objects.create(name=role)
    grant_role.system(person=person, role=Role.objects.get(code=role), market=market)
    return person


def test_nobody_sees_more_than_the_sign_in(world: dict[str, Any]) -> None:
    client = Client(raise_request_exception=False)
    wrong = []
    for one in addresses():
        if PUBLIC.match(one.route):
            continue
        for answer in (client.get(one.path), client.post(one.path)):
            sent_away = answer.status_code in (301, 302) and "/account/" in answer.get("Location", "")
            if not sent_away and answer.status_code not in (204, 401, 403, 404, 405):
                wrong.append((one.route, answer.status_code))
    assert wrong == []


def test_person_without_grants_is_shown_no_record(world: dict[str, Any]) -> None:
    client = signed_in(Person.objects.create(name="Nobody"))
    wrong = []
    for one in addresses():
        answer = client.get(one.path)
        text = answer.getvalue().decode("utf-8", "replace")
        if (answer.status_code >= 500 and one.route != "readyz") or FOREIGN in text:
            wrong.append((one.route, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("role", sorted(DEFAULT_ROLES))
def test_no_address_breaks_for_a_role(role: str, world: dict[str, Any]) -> None:
    client = signed_in(holder(role))
    broken = [(one.route, status) for one in addresses() if (status := client.get(one.path).status_code) >= 500]
    # Without a worker the product is rightly not ready.
    assert [found for found in broken if found[0] != "readyz"] == []


@pytest.mark.parametrize(
    "role", ["country_manager", "finance", "marketer", "agent", "buyer", "team_lead", "auditor", "people"]
)
def test_foreign_market_is_neither_listed_nor_opened(role: str, world: dict[str, Any]) -> None:
    person = holder(role, world["home"])
    client = signed_in(person)
    leaks = []
    for one in addresses():
        answer = client.get(one.path)
        if FOREIGN in answer.getvalue().decode("utf-8", "replace"):
            leaks.append(one.route)
    for key, record in world["records"].items():
        known = subjects()[key]
        for route in (route for route in routes() if "<int:pk>" in route and not route.startswith("api/")):
            if known.url and known.url_of(record.pk).lstrip("/") == filled(route, record.pk).lstrip("/"):
                status = client.get(filled(route, record.pk)).status_code
                if status not in (403, 404):
                    leaks.append(f"{route} {status}")
    assert leaks == []


def api_paths() -> list[tuple[str, str]]:
    """Every operation of the API: method and path."""
    schema = api.get_openapi_schema()
    return [
        (method, path)
        for path, item in schema["paths"].items()
        for method in item
        if method in ("get", "post", "put", "patch", "delete")
    ]


def api_address(path: str, pk: int) -> str:
    """An API path with its parameters filled in."""
    return re.sub(r"\{[^}]*\}", str(pk), path)


def test_api_tells_nothing_without_sign_in_or_grants(world: dict[str, Any]) -> None:
    _token, key = create_token(Person.objects.create(name="Nobody"), name="none")
    anonymous = Client(raise_request_exception=False)
    nobody = Client(raise_request_exception=False, headers={"Authorization": f"Bearer {key}"})
    wrong = []
    for method, path in api_paths():
        address = api_address(path, 987_654)
        status = getattr(anonymous, method)(address, content_type="application/json").status_code
        if status not in (401, 403):
            wrong.append((method, path, "anonymous", status))
        answer = getattr(nobody, method)(
            address, data="{}" if method != "get" else None, content_type="application/json"
        )
        if answer.status_code >= 500 or FOREIGN in answer.content.decode("utf-8", "replace"):
            wrong.append((method, path, "nobody", answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("role", ["country_manager", "finance", "people", "auditor"])
def test_api_keeps_to_the_callers_market(role: str, world: dict[str, Any]) -> None:
    _token, key = create_token(holder(role, world["home"]), name="de")
    client = Client(raise_request_exception=False, headers={"Authorization": f"Bearer {key}"})
    leaks = []
    for method, path in api_paths():
        if method != "get":
            continue
        for pk in {record.pk for record in world["records"].values()}:
            answer = client.get(api_address(path, pk))
            if answer.status_code >= 500 or FOREIGN in answer.content.decode("utf-8", "replace"):
                leaks.append((path, pk, answer.status_code))
    assert leaks == []
