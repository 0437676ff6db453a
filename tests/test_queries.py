"""Every page and API list costs the same number of queries with few records and with many."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import doors, world
from tradewind.nouns.trade.models import Order

pytestmark = pytest.mark.django_db
FEW, MANY = 2, 12
PAGE = {"size": "200"}  # all of them on one page: a next one is counted by a query of its own
# Made once a day or with every answer, whatever the number of records.
NOT_LISTS = ("/account/", "/readyz", "/metrics", "/static/", "/ui/")


def addresses() -> list[str]:
    """Every address that needs no record to be named."""
    plain = [door.addresses[0] for door in doors.doors() if "<" not in door.pattern and door.addresses]
    return [address for address in plain if not address.startswith(NOT_LISTS)]


def costs(client: Client) -> dict[str, int]:
    """How many queries each address takes once everything that is kept has been read."""
    found = {}
    for address in addresses():
        doors.body(client.get(address, PAGE))
        with CaptureQueriesContext(
            connection,
        ) as taken:
            doors.body(client.get(address, PAGE))
        found[address] = len(taken)
    return found


def add(side: world.Side, count: int, start: int) -> None:
    """More records of every table that takes more than one for the same person, market and day."""
    for model in world.tables():
        try:
            with transaction.atomic():
                for number in range(start, start + count):
                    side.make(model, number)
        except IntegrityError:
            continue


def test_every_list_costs_the_same_with_few_records_and_with_many() -> None:
    own, _foreign = world.two_sides()
    client = Client(raise_request_exception=False)
    client.force_login(world.user_with("administrator"), settings.AUTHENTICATION_BACKENDS[0])
    add(own, FEW, 1)
    few = costs(client)
    add(own, MANY, 100)
    many = costs(client)
    dearer = [
        f"{address}: {few[address]} queries, then {many[address]}" for address in few if many[address] > few[address]
    ]
    assert not dearer, "more records cost more queries:\n  " + "\n  ".join(dearer)
    assert few["/customers/orders/"] > 3
    assert Order.objects.count() > MANY
