"""Practices over REST: 96 rows as the caller may see them."""

from __future__ import annotations

import pytest
from django.test import Client

from tradewind.base.outline import PRACTICES
from tradewind.engines.practices.collect import evaluate
from tradewind.engines.practices.factories import by_market, evidence
from tradewind.engines.practices.tests.conftest import Count, MakePerson
from tradewind.nouns.org.models import Market, Person

ID = "risk.drills"
FIELDS = {"id", "area", "state", "health", "done", "due", "last", "link"}
pytestmark = pytest.mark.django_db


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


def test_rows_hold_what_the_caller_may_see(
    count: Count, make_person: MakePerson, markets: tuple[Market, Market]
) -> None:
    count(ID, by_market({markets[0].pk: (3, 4), markets[1].pk: (0, 9)}))
    evaluate(ID)
    answer = signed_in(make_person("country_manager", market=markets[0])).get("/api/v1/practices")
    rows = answer.json()["rows"]
    assert [row["id"] for row in rows] == list(PRACTICES) and all(set(row) == FIELDS for row in rows)
    (mine,) = [row for row in rows if row["id"] == ID]
    assert (mine["state"], mine["health"], mine["done"], mine["due"]) == ("built", "attention", 3, 4)


def test_one_practice_tells_its_parts(count: Count, make_person: MakePerson) -> None:
    count(ID, evidence(done=0, due=2))
    evaluate(ID)
    told = signed_in(make_person("member")).get(f"/api/v1/practices/{ID}").json()
    assert [(part["health"], part["done"], part["due"]) for part in told["parts"]] == [("overdue", 0, 2)]


def test_strangers_and_unknown_practices_are_problems(make_person: MakePerson) -> None:
    assert signed_in(make_person()).get("/api/v1/practices").status_code == 403
    assert Client().get("/api/v1/practices/").status_code == 401
    missing = signed_in(make_person("member")).get("/api/v1/practices/risk.magic")
    assert missing.status_code == 404 and missing["Content-Type"].startswith("application/problem+json")
