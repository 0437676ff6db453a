"""My notices, to-dos and requests over REST."""

from __future__ import annotations

import pytest
from django.test import Client

from tradewind.engines.agenda.factories import make_person
from tradewind.engines.agenda.tests.test_views import signed_in
from tradewind.engines.inbox.asking import ask, ask_approval
from tradewind.engines.inbox.rules import Step
from tradewind.engines.inbox.tell import tell

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/inbox"


def test_notices_are_mine_and_page_by_cursor() -> None:
    me, other = make_person(), make_person()
    for number in range(5):
        tell(me, "test.told", data={"title": str(number)})
    tell(other, "test.told", data={"title": "theirs"})
    client = signed_in(me)
    first = client.get(f"{ROOT}/notices?limit=3").json()
    second = client.get(f"{ROOT}/notices?limit=3&cursor={first['next']}").json()
    titles = [row["title"] for row in [*first["rows"], *second["rows"]]]
    assert titles == [f"Due soon: {number}" for number in (4, 3, 2, 1, 0)]
    assert second["next"] is None
    assert client.post(f"{ROOT}/notices/{first['rows'][0]['id']}/read").json()["read_at"]
    assert client.get(f"{ROOT}/notices/count").json() == {"unread": 4}
    assert client.post(f"{ROOT}/notices/read-all").json() == {"unread": 0}
    assert Client().get(f"{ROOT}/notices").status_code == 401


def test_todo_is_settled_and_handed_on() -> None:
    me, other = make_person(), make_person()
    first, second = (ask(me, "test.must", data={"title": title}) for title in "AB")
    client = signed_in(me)
    assert [row["title"] for row in client.get(f"{ROOT}/todos").json()["rows"]] == ["Due soon: A", "Due soon: B"]
    answer = client.post(f"{ROOT}/todos/{first.pk}/settle", {"note": "ok"}, content_type="application/json")
    assert answer.json()["state"] == "done"
    answer = client.post(f"{ROOT}/todos/{first.pk}/settle", {}, content_type="application/json")
    assert answer.status_code == 422
    answer = client.post(f"{ROOT}/todos/{second.pk}/hand-on", {"to": other.pk}, content_type="application/json")
    assert answer.json()["person"]["id"] == other.pk
    assert client.post(f"{ROOT}/todos/{second.pk}/settle", {}, content_type="application/json").status_code == 404


def test_request_is_decided_by_its_approver_only() -> None:
    me, lead, stranger = make_person(), make_person(), make_person()
    approval = ask_approval("test.approve", by=me, steps=[Step(lead)], data={"title": "A"})
    url = f"{ROOT}/requests/{approval.pk}"
    assert signed_in(stranger).get(url).status_code == 404
    mine = signed_in(me)
    assert mine.post(f"{url}/approve", {}, content_type="application/json").status_code == 403
    decider = signed_in(lead)
    assert decider.post(f"{url}/reject", {"note": ""}, content_type="application/json").json()["errors"]["note"]
    assert decider.post(f"{url}/approve", {"note": "go"}, content_type="application/json").json()["state"] == "approved"
    assert mine.get(url).json()["steps"][0]["note"] == "go"
    assert mine.post(f"{url}/withdraw").status_code == 422
