"""The pages: My day, notices, to-dos, requests, settings; in both languages, for their owner alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from tradewind.base import clock
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.agenda.factories import make_person
from tradewind.engines.agenda.tests.test_views import signed_in
from tradewind.engines.inbox import deliver, mail
from tradewind.engines.inbox.asking import ask, ask_approval
from tradewind.engines.inbox.models import Approval, Delivery, Deputy, Notice, Preference, Reach, Todo
from tradewind.engines.inbox.rules import Step
from tradewind.engines.inbox.tell import tell
from tradewind.engines.inbox.tests.conftest import Postbox
from tradewind.nouns.org.models import Membership, Team

pytestmark = pytest.mark.django_db


def test_my_day_is_empty_and_says_so() -> None:
    page = signed_in(make_person()).get("/me/").content.decode()
    assert "Nothing waits for you" in page
    assert "No notices yet" in page


def test_my_day_shows_what_waits_and_who_is_there() -> None:
    person, lead, mate = make_person(), make_person(), make_person(name="Mia", country="DE", zone="Europe/Berlin")
    team = Team.objects.create(code="t", name={"en": "T"})
    for member in (person, mate):
        Membership.objects.create(team=team, person=member)
    ask(person, "test.must", data={"title": "Ship it"}, due=clock.now() - timedelta(hours=1))
    ask_approval("test.approve", by=lead, steps=[Step(person)], data={"title": "Buy it"})
    ask_approval("test.approve", by=person, steps=[Step(lead)], data={"title": "Mine"})
    page = signed_in(person).get("/me/").content.decode()
    for text in ("Due soon: Ship it", "late", "Due soon: Buy it", "Due soon: Mine", "Mia", "Berlin"):
        assert text in page


def test_my_day_costs_the_same_with_much() -> None:
    person = make_person()
    client = signed_in(person)
    team = Team.objects.create(code="t", name={"en": "T"})
    Membership.objects.create(team=team, person=person)

    def fill(number: int) -> int:
        for _ in range(number):
            Membership.objects.create(team=team, person=make_person())
            ask(person, "test.must", data={"title": "A"}, by=make_person())
            ask_approval("test.approve", by=make_person(), steps=[Step(person)], data={"title": "B"})
            ask_approval("test.approve", by=person, steps=[Step(make_person())], data={"title": "C"})
        client.get("/me/")
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/me/").status_code == 200
        return len(queries)

    assert fill(2) == fill(6)


def test_bell_counts_and_opening_reads() -> None:
    person = make_person()
    client = signed_in(person)
    assert client.get("/notices/count/").content.strip() == b""
    [notice] = tell(person, "test.told", data={"title": "A"})
    assert client.get("/notices/count/").content.startswith(b"1")
    assert "Due soon: A" in client.get("/notices/bell/").content.decode()
    answer = client.get(f"/notices/{notice.pk}/open/")
    assert (answer.status_code, answer["Location"]) == (302, "/me/")
    assert client.get("/notices/count/").content.strip() == b""


def test_notices_of_another_are_not_there() -> None:
    [notice] = tell(make_person(), "test.told", data={"title": "Secret"})
    client = signed_in(make_person())
    assert client.get(f"/notices/{notice.pk}/open/").status_code == 404
    assert "Secret" not in client.get("/notices/").content.decode()
    notice.refresh_from_db()
    assert notice.read_at is None


def test_mark_all_read_by_button() -> None:
    person = make_person()
    tell(person, "test.told", data={"title": "A"})
    assert signed_in(person).post("/notices/read-all/").status_code == 302
    assert not Notice.objects.filter(read_at=None).exists()


def test_todo_is_settled_on_its_page_and_in_my_language() -> None:
    person = make_person()
    todo = ask(person, "test.must", data={"title": "A"}, action="agenda.create_holiday", draft={"country": "DE"})
    client = signed_in(person)
    page = client.get(f"/me/todos/{todo.pk}/").content.decode()
    assert "Enter a holiday of our own" in page
    assert client.post(f"/me/todos/{todo.pk}/settle/", {"version": "1"}).status_code in (403, 422)
    assert client.post(f"/me/todos/{todo.pk}/decline/", {"note": "no"}).status_code == 302
    todo.refresh_from_db()
    assert (todo.state, todo.note) == (Todo.DECLINED, "no")
    assert client.get("/me/todos/?state=declined").status_code == 200


def test_todo_of_another_is_not_there() -> None:
    todo = ask(make_person(), "test.must", data={"title": "A"})
    client = signed_in(make_person())
    assert client.get(f"/me/todos/{todo.pk}/").status_code == 404
    assert client.post(f"/me/todos/{todo.pk}/settle/").status_code == 404


def test_approval_page_decides() -> None:
    asker, lead = make_person(), make_person()
    approval = ask_approval("test.approve", by=asker, steps=[Step(lead)], data={"title": "A"})
    url = f"/me/requests/{approval.pk}/"
    assert signed_in(make_person()).get(url).status_code == 404
    page = signed_in(asker).get(url).content.decode()
    assert "/withdraw/" in page
    assert "/approve/" not in page
    client = signed_in(lead)
    page = client.get(url).content.decode()
    assert "/withdraw/" not in page
    assert "/approve/" in page
    assert client.get("/me/requests/").status_code == 200
    assert client.post(f"{url}reject/", {"note": ""}).status_code == 422
    assert client.post(f"{url}approve/", {"note": ""}).status_code == 302
    approval.refresh_from_db()
    assert approval.state == Approval.APPROVED
    assert client.get(url).status_code == 200


def test_preferences_reach_profile_and_deputies_are_kept() -> None:
    person, other = make_person(), make_person()
    Grant.objects.create(person=person, role=Role.objects.create(code="sees", codes=["structure.view_person"]))
    client = signed_in(person)
    assert client.get("/me/preferences/").status_code == 200
    client.post("/me/preferences/", {"wanted": ["test.told/chat"]})
    assert Preference.objects.get(kind="test.told", route="mail").wanted is False
    assert client.post("/me/reach/edit/", {"mode": "hours", "since": "10:00", "until": "02:00"}).status_code == 302
    assert Reach.objects.get().until.hour == 2
    assert (
        client.post(
            "/me/reach/edit/", {"mode": "any", "since": "10:00", "until": "11:00", "chat_url": "json://10.0.0.1"}
        ).status_code
        == 422
    )
    typed = {"language": "zh-hans", "zone": "Asia/Manila", "theme": "dark", "preferred_name": "小王"}
    assert client.post("/me/profile/", typed).status_code == 302
    person.refresh_from_db()
    assert (person.language, person.zone, person.theme, str(person)) == ("zh-hans", "Asia/Manila", "dark", "小王")
    today = clock.today(person.zone)
    answer = client.post("/me/deputies/appoint/", {"deputy": other.pk, "start": today, "end": today})
    assert answer.status_code == 302
    line = Deputy.objects.get()
    assert client.get("/me/deputies/").status_code == 200
    assert client.post(f"/me/deputies/{line.pk}/end/").status_code == 302
    line.refresh_from_db()
    assert line.ended


def test_unsubscribe_by_one_click_without_signing_in() -> None:
    person = make_person()
    [notice] = tell(person, "test.told", data={"title": "A"})
    url = mail.unsubscribe_url(person, [notice]).partition("/unsubscribe/")[2]
    client = Client(enforce_csrf_checks=True)
    assert client.get(f"/unsubscribe/{url}").status_code == 200
    assert not Preference.objects.exists()
    assert client.post(f"/unsubscribe/{url}", {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert Preference.objects.get().wanted is False
    assert client.post("/unsubscribe/1:test.told:forged/").status_code == 404


def test_mail_setup_is_for_few_and_tests_with_the_servers_answer(postbox: Postbox) -> None:
    plain, boss = make_person(), make_person()
    Grant.objects.create(person=boss, role=Role.objects.create(code="boss", codes=["*"]))
    stranger = signed_in(plain)
    assert stranger.get("/settings/mail/").status_code == 403
    assert stranger.post("/settings/mail/test/").status_code == 403
    client = signed_in(boss)
    assert "127.0.0.1" in client.get("/settings/mail/").content.decode()
    postbox.refuse = "554 5.7.1 Not from you"
    page = client.post("/settings/mail/test/", follow=True).content.decode()
    assert "554 5.7.1 Not from you" in page
    postbox.refuse = ""
    client.post("/settings/mail/test/")
    assert len(postbox.mails) == 1
    assert client.get("/settings/deliveries/").status_code == 200


def test_failed_delivery_is_sent_again_by_button(postbox: Postbox, settings: Settings) -> None:
    boss = make_person()
    Grant.objects.create(person=boss, role=Role.objects.create(code="boss", codes=["*"]))
    Reach.objects.create(person=boss, mode=Reach.ANY)
    tell(boss, "test.told", data={"title": "A"})
    postbox.refuse = "550 No"
    deliver.send_due()
    row = Delivery.objects.get(route="mail")
    client = signed_in(boss)
    assert "550 No" in client.get(f"/settings/deliveries/{row.pk}/").content.decode()
    assert client.post(f"/settings/deliveries/{row.pk}/retry/").status_code == 302
    postbox.refuse = ""
    assert deliver.send_due()["sent"] == 1


@pytest.mark.parametrize(
    "url", ["/me/", "/notices/", "/me/todos/", "/me/requests/", "/me/preferences/", "/me/profile/"]
)
def test_pages_need_a_person_and_speak_chinese(url: str) -> None:
    assert Client().get(url).status_code == 302
    assert signed_in(make_person(language="zh-hans")).get(url).status_code == 200
