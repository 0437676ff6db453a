"""Every address × every role: nobody sees what lies outside the own scope, and no address breaks."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

from tests import doors, world
from tradewind.engines.access.registry import DEFAULT_ROLES
from tradewind.engines.actions.models import Event

pytestmark = pytest.mark.django_db
ROLES = sorted(DEFAULT_ROLES)
# What a stranger may open: signing in, the state of the servers, the map of the API, one's unsubscribe link.
PUBLIC = (
    "/account/",
    "/healthz",
    "/readyz",
    "/api/v1/openapi.json",
    "/api/v1/docs",
    "/unsubscribe/",
    "/structure/welcome/",
    "/static/",
    "/ui/",
)
# What any reader may set going: it changes no record.
HARMLESS = {"practices.recount_practice", "inbox.mark_all_read"}
OWN = (
    "/account/",
    "/me/",
    "/notices/",
    "/ui/",
)  # pages about the visitor alone, which change what is the visitor's own


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Refusals are the point here, not news."""
    caplog.set_level("CRITICAL", "django.request")
    caplog.set_level("CRITICAL", "django.security")


def visitor(role: str | None, side: world.Side) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(world.user_with(role, market=side.row("org.market")), settings.AUTHENTICATION_BACKENDS[0])
    return client


def breaks(address: str, status: int) -> bool:
    """Whether an answer is a fault of the program; without a worker the state of readiness rightly is 503."""
    return status >= 500 and not (status == 503 and address.startswith("/readyz"))


def last_event() -> int:
    return Event.objects.order_by("-id").values_list("id", flat=True).first() or 0


def complain(found: list[str]) -> None:
    assert not found, f"{len(found)} addresses:\n  " + "\n  ".join(found[:60])


@pytest.mark.parametrize("role", ROLES)
def test_role_in_one_market_sees_nothing_of_another(role: str) -> None:
    own, foreign = world.two_sides()
    everything = role == "country_manager"
    answers = list(doors.open_all(visitor(role, own), everything=everything))
    complain([f"{address} shows it ({status})" for address, status, said in answers if foreign.mark in said])
    complain([f"{address} breaks ({status})" for address, status, _ in answers if breaks(address, status)])


def test_person_without_grants_sees_nothing_of_the_company() -> None:
    own, foreign = world.two_sides()
    marks = (own.mark, foreign.mark)
    answers = list(doors.open_all(visitor(None, own)))
    complain(
        [f"{address} shows it ({status})" for address, status, said in answers if any(mark in said for mark in marks)]
    )
    complain([f"{address} breaks ({status})" for address, status, _ in answers if breaks(address, status)])


def test_stranger_is_asked_to_sign_in_everywhere() -> None:
    own, foreign = world.two_sides()
    found = []
    for address, status, said in doors.open_all(Client(raise_request_exception=False)):
        if own.mark in said or foreign.mark in said:
            found.append(f"{address} shows it ({status})")
        elif status not in (302, 401, 403, 404, 405) and not address.startswith(PUBLIC):
            found.append(f"{address} answers {status}")
    complain(found)


@pytest.mark.parametrize("role", [None, "auditor"])
def test_who_may_only_read_changes_nothing_by_posting(role: str | None) -> None:
    own, _foreign = world.two_sides()
    client, before = visitor(role, own), last_event()
    found = []
    for door in doors.doors():
        for address in door.addresses:
            if address.startswith(OWN):
                continue
            status = client.post(address, {"name": "Changed"}).status_code
            if breaks(address, status):
                found.append(f"{address} breaks ({status})")
            done = set(Event.objects.filter(pk__gt=before).values_list("name", flat=True)) - HARMLESS
            if done:
                found.append(f"{address} did {', '.join(done)}")
            before = last_event()
    complain(found)


def test_own_records_are_seen_and_a_company_wide_grant_sees_both_sides() -> None:
    own, foreign = world.two_sides()
    said = doors.body(visitor("country_manager", own).get("/customers/orders/"))
    assert own.mark in said
    client = Client()
    client.force_login(world.user_with("administrator"), settings.AUTHENTICATION_BACKENDS[0])
    said = doors.body(client.get("/customers/orders/"))
    assert own.mark in said
    assert foreign.mark in said
