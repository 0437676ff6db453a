"""Notices: once, in the reader's words, at the reader's hours, by the routes they chose."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tradewind.base.money import Money
from tradewind.base.words import LocalText
from tradewind.engines.agenda.factories import make_person
from tradewind.engines.inbox.kinds import quoted, stored, words
from tradewind.engines.inbox.models import Delivery, Notice, Preference, Reach
from tradewind.engines.inbox.tell import tell
from tradewind.engines.jobs.models import Job, LiveMessage

pytestmark = pytest.mark.django_db
WORKDAY = datetime(2026, 11, 25, 6, tzinfo=UTC)  # 14:00 in Shenzhen, 07:00 in Berlin


def waiting(person: object) -> list[tuple[str, datetime]]:
    rows = Delivery.objects.filter(person=person, state=Delivery.WAITING)  # type: ignore[misc]
    return [(row.route, row.not_before) for row in rows]


@time_machine.travel(WORKDAY, tick=False)
def test_tell_waits_for_the_readers_working_time() -> None:
    shenzhen, berlin = make_person(), make_person(country="DE", zone="Europe/Berlin")
    tell([shenzhen, berlin], "test.told", data={"title": "A"})
    assert waiting(shenzhen) == [("mail", WORKDAY)]
    assert waiting(berlin) == [("mail", datetime(2026, 11, 25, 8, tzinfo=UTC))]
    assert set(Delivery.objects.filter(route="app").values_list("state", flat=True)) == {"sent"}


@time_machine.travel(WORKDAY, tick=False)
def test_tell_urgent_goes_at_once_and_is_counted() -> None:
    berlin = make_person(country="DE", zone="Europe/Berlin")
    tell(berlin, "test.loud", data={"title": "A"})
    row = Delivery.objects.get(route="mail")
    assert (row.not_before, row.override) == (WORKDAY, True)


@time_machine.travel(WORKDAY, tick=False)
def test_tell_follows_the_chosen_hours_and_chat() -> None:
    berlin = make_person(country="DE", zone="Europe/Berlin")
    Reach.objects.create(person=berlin, mode=Reach.ANY, chat_url="feishu://token")
    tell(berlin, "test.told", data={"title": "A"})
    assert waiting(berlin) == [("chat", WORKDAY), ("mail", WORKDAY)]


def test_tell_leaves_out_a_route_switched_off_unless_it_must() -> None:
    person = make_person()
    for kind in ("test.told", "test.must"):
        Preference.objects.create(person=person, kind=kind, route="mail", wanted=False)
        tell(person, kind, data={"title": "A"})
    assert Delivery.objects.filter(route="mail").get().notice.kind == "test.must"  # type: ignore[union-attr]
    assert Notice.objects.count() == 2


def test_tell_passes_over_who_left_and_tells_nobody_twice() -> None:
    person, gone = make_person(), make_person(active=False)
    tell([person, person, gone], "test.told", data={"title": "A"})
    assert [notice.person for notice in Notice.objects.all()] == [person]


def test_tell_renews_an_unread_notice_of_the_group() -> None:
    person = make_person()
    tell(person, "test.told", data={"title": "A"}, group="order-7")
    tell(person, "test.told", data={"title": "B"}, group="order-7")
    notice = Notice.objects.get()
    assert (notice.count, notice.data["title"]) == (2, "B")
    assert Delivery.objects.filter(route="mail").count() == 1
    Notice.objects.update(read_at=WORKDAY)
    tell(person, "test.told", data={"title": "C"}, group="order-7")
    assert Notice.objects.count() == 2


def test_tell_is_undone_with_its_transaction() -> None:
    person = make_person()
    with transaction.atomic():
        tell(person, "test.loud", data={"title": "A"})
        transaction.set_rollback(True)
    assert not Notice.objects.exists()
    assert not Job.objects.exists()


def test_tell_queues_the_sender_and_a_live_message() -> None:
    person = make_person()
    tell(person, "test.loud", data={"title": "A"})
    tell(person, "test.loud", data={"title": "B"})
    assert Job.objects.get().name == "inbox.send_deliveries"
    assert LiveMessage.objects.filter(person=person, kind="notices").count() == 2


def test_tell_many_costs_few_queries_each() -> None:
    people = [make_person() for _ in range(12)]
    with CaptureQueriesContext(connection) as few:
        tell(people[:2], "test.told", data={"title": "A"})
    with CaptureQueriesContext(connection) as many:
        tell(people[2:], "test.told", data={"title": "A"})
    assert (len(many) - len(few)) / 8 <= 2.5


def test_words_in_the_readers_language_and_zone() -> None:
    data = stored(
        {"title": LocalText({"en": "Berlin", "zh-hans": "柏林"}), "due": datetime(2026, 11, 25, 20, tzinfo=UTC)}
    )
    zh = words("test.told", data, "zh-hans", "Asia/Shanghai")
    en = words("test.told", data, "en", "Europe/Berlin")
    assert "柏林" in zh.title
    assert "2026-11-26" in zh.text
    assert en.title == "Due soon: Berlin"
    assert "25 Nov 2026, 21:00" in en.text
    assert en.url == "/me/"


def test_stored_values_come_back_exact() -> None:
    data = stored({"title": Money(Decimal("1234.50"), "EUR"), "due": date(2026, 11, 25)})
    assert words("test.told", data, "en", "UTC").title == "Due soon: €1,234.50"
    data = stored({"title": quoted("test.told", stored({"title": Decimal("0.10")}))})
    assert words("test.told", data, "en", "UTC").title == "Due soon: Due soon: 0.1"


def test_words_of_an_old_notice_that_lacks_a_name() -> None:
    assert words("test.told", {}, "en", "UTC").title == "Due soon: –"
    assert words("gone.kind", {}, "en", "UTC").title == "gone.kind"
