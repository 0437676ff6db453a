"""Sending through a real mail server: content, retries, digests, and a sender that dies in between."""

from __future__ import annotations

import os
import signal
from datetime import timedelta

import pytest
from pytest_django import Settings

from tests.outside import Outside
from tradewind.base import clock
from tradewind.base.errors import NotAllowed
from tradewind.engines.agenda.factories import make_person
from tradewind.engines.inbox import actions, codes, deliver, mail
from tradewind.engines.inbox.asking import ask
from tradewind.engines.inbox.models import Delivery, Notice, Reach
from tradewind.engines.inbox.tell import tell
from tradewind.engines.inbox.tests.conftest import Postbox
from tradewind.nouns.org.models import Person

pytestmark = pytest.mark.django_db


def reader(**given: object) -> Person:
    """Somebody who may be reached at any time."""
    person = make_person(**given)
    Reach.objects.create(person=person, mode=Reach.ANY, digest=True)
    return person


def test_mail_has_both_parts_in_the_readers_language(postbox: Postbox) -> None:
    person = reader(language="zh-hans")
    [notice] = tell(person, "test.told", data={"title": "<b>A</b>", "due": "x"})
    assert deliver.send_due() == {"sent": 1, "later": 0, "failed": 0, "skipped": 0}
    [sent] = postbox.mails
    assert sent["To"] == person.email
    assert "Due soon" not in sent["Subject"]
    text, html = sent.get_body(("plain",)), sent.get_body(("html",))
    assert text is not None
    assert html is not None
    link = f"https://tradewind.example/notices/{notice.pk}/open/"
    assert link in text.get_content()
    assert link in html.get_content()
    assert "<b>A</b>" not in html.get_content()
    assert sent["List-Unsubscribe"].strip().startswith("<https://tradewind.example/")
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert sent["Auto-Submitted"] == "auto-generated"


def test_mail_that_must_arrive_has_no_unsubscribe(postbox: Postbox) -> None:
    tell(reader(), "test.must", data={"title": "A"})
    deliver.send_due()
    assert postbox.mails[0]["List-Unsubscribe"] is None


def test_several_waiting_notices_are_one_mail_and_urgent_ones_their_own(postbox: Postbox) -> None:
    person = reader()
    for title in "ABC":
        tell(person, "test.told", data={"title": title})
    assert deliver.send_due()["sent"] == 3
    [sent] = postbox.mails
    assert sent["Subject"] == "3 notices for you"
    tell(person, "test.loud", data={"title": "D"})
    tell(person, "test.loud", data={"title": "E"})
    deliver.send_due()
    assert len(postbox.mails) == 3


def test_nothing_goes_out_before_its_time(postbox: Postbox) -> None:
    tell(reader(), "test.told", data={"title": "A"})
    Delivery.objects.filter(route="mail").update(not_before=clock.now() + timedelta(hours=1))
    assert deliver.send_due()["sent"] == 0
    assert postbox.mails == []


def test_read_or_settled_meanwhile_is_not_sent(postbox: Postbox) -> None:
    person = reader()
    [notice] = tell(person, "test.told", data={"title": "A"})
    actions.mark_read(person, notice)
    todo = ask(person, "test.must", data={"title": "B"})
    actions.settle_todo(person, todo)
    assert deliver.send_due()["skipped"] == 2
    assert postbox.mails == []


def test_refused_recipient_fails_with_the_servers_words_and_can_be_retried(postbox: Postbox) -> None:
    person = reader()
    tell(person, "test.told", data={"title": "A"})
    postbox.refuse = "550 5.1.1 No such mailbox"
    assert deliver.send_due()["failed"] == 1
    row = Delivery.objects.get(route="mail")
    assert "550" in row.error
    assert "No such mailbox" in row.error
    postbox.refuse = ""
    actions.retry_delivery.system(row)
    assert deliver.send_due()["sent"] == 1


def test_busy_server_is_tried_again_later_with_the_same_message_id(postbox: Postbox) -> None:
    tell(reader(), "test.told", data={"title": "A"})
    postbox.refuse = "450 Try later"
    assert deliver.send_due()["later"] == 1
    row = Delivery.objects.get(route="mail")
    assert row.state == Delivery.WAITING
    assert row.not_before > clock.now()
    postbox.refuse = ""
    Delivery.objects.update(not_before=clock.now())
    deliver.send_due()
    assert postbox.mails[0]["Message-ID"] == row.message_id


def test_sender_killed_after_claiming_loses_nothing(postbox: Postbox) -> None:
    tell(reader(), "test.told", data={"title": "A"})
    [claimed] = deliver.claim()  # and then the process is gone
    assert deliver.send_due()["sent"] == 0
    Delivery.objects.update(lease_until=clock.now() - timedelta(seconds=1))
    assert deliver.send_due()["sent"] == 1
    assert [sent["Message-ID"] for sent in postbox.mails] == [claimed.message_id]
    assert deliver.send_due()["sent"] == 0
    assert Notice.objects.count() == 1


def test_sender_that_lost_its_lease_does_not_overwrite(postbox: Postbox) -> None:
    tell(reader(), "test.told", data={"title": "A"})
    slow = deliver.claim()
    Delivery.objects.update(lease_until=clock.now() - timedelta(seconds=1))
    deliver.send_due()
    deliver.finish(slow, Delivery.FAILED, "too late")
    assert Delivery.objects.get(route="mail").state == Delivery.SENT


def test_code_goes_out_at_night_and_leaves_no_trace_of_itself(postbox: Postbox) -> None:
    person = make_person(zone="Pacific/Kiritimati")
    row = codes.send_code(person.email or "", "Your code", "The code is 123456", person=person)
    assert row.state == Delivery.SENT
    assert "123456" in str(postbox.mails[0])
    assert "123456" not in str(Delivery.objects.values().get())


def test_test_message_tells_the_servers_exact_answer(postbox: Postbox, settings: Settings) -> None:
    person = make_person()
    with pytest.raises(NotAllowed):
        actions.send_test_message(person)
    postbox.refuse = "554 5.7.1 Relay denied for you"
    row = codes.send_code(person.email or "", "Test", "Test", purpose="test")
    assert row.state == Delivery.FAILED
    assert "554 5.7.1 Relay denied for you" in row.error
    settings.EMAIL_PORT = 1
    assert "refused" in codes.send_code("a@example.com", "Test", "Test").error.lower()
    assert "refused" in mail.try_server().lower()


def test_chat_is_sent_by_a_real_request(
    postbox: Postbox, monkeypatch: pytest.MonkeyPatch, chat_server: list[str]
) -> None:
    monkeypatch.setenv("CHAT_ALLOW", chat_server[0])
    person = reader(email=None)
    actions.set_reach(person, mode=Reach.ANY, chat_url=f"json://{chat_server[0]}/hook")
    tell(person, "test.told", data={"title": "Ä 货"})
    assert deliver.send_due()["sent"] == 1
    assert "Due soon: Ä 货" in chat_server[1]


SENDER = """
from datetime import timedelta
from tradewind.engines.inbox import deliver
from tradewind.engines.inbox.tests import conftest
deliver.LEASE = timedelta(seconds=3)
answer = deliver.send_due()
"""


@pytest.mark.django_db(transaction=True)
def test_sender_killed_while_the_server_takes_the_mail(postbox: Postbox, outside: Outside) -> None:
    person = reader()
    tell(person, "test.told", data={"title": "A"})
    outside.env["MAIL_URL"] = f"smtp://127.0.0.1:{postbox.port}"
    postbox.hold = 60
    first = outside.spawn(SENDER)
    outside.wait_for(lambda: postbox.mails)
    os.kill(first.pid, signal.SIGKILL)
    postbox.hold = 0
    state = "SELECT state, attempts FROM inbox_delivery WHERE route = 'mail'"
    assert outside.rows(state) == [("sending", 1)]
    outside.wait_for(lambda: outside.run(SENDER)["sent"] == 1)
    assert outside.rows(state) == [("sent", 2)]
    assert len({sent["Message-ID"] for sent in postbox.mails}) == 1
    assert outside.rows("SELECT COUNT(*) FROM inbox_notice") == [(1,)]
    assert outside.run(SENDER) == {"sent": 0, "later": 0, "failed": 0, "skipped": 0}
