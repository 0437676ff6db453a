"""Vision campaigns: who gets what when, that nobody hears of it outside of working time, and what the practices make of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from tradewind.areas.structure.actions.campaigns import (
    add_session,
    read_broadcast,
    save_broadcast,
    start_broadcast,
    stop_broadcast,
    word_reminder,
)
from tradewind.areas.structure.models import Broadcast, BroadcastMessage, Receipt
from tradewind.areas.structure.practices.vision import vision_reminders, vision_sessions
from tradewind.areas.structure.queries import campaigns as queries
from tradewind.base import clock
from tradewind.base.errors import NotAllowed, Refused
from tradewind.engines.access.scope import Scope
from tradewind.engines.agenda.models import Absence
from tradewind.engines.inbox.actions import settle_todo
from tradewind.engines.inbox.models import Notice, Todo
from tradewind.engines.jobs.queue import run_now
from tradewind.engines.library.actions import acknowledge, ask_acknowledgement
from tradewind.engines.library.factories import published, rewritten
from tradewind.engines.library.models import Acknowledgement, Document
from tradewind.engines.library.tests.test_actions import person
from tradewind.engines.library.tests.test_readers import outside, worldwide
from tradewind.engines.meetings.actions import record_attendance
from tradewind.engines.practices.rules import Evidence, cadence, health
from tradewind.engines.surveys.actions import answer_wave, save_question, save_survey
from tradewind.engines.surveys.models import Survey
from tradewind.nouns.org.models import Market, Person, Team

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 20, 3, 30, tzinfo=UTC)  # a Friday; Europe changes its clocks on 29 March, Sydney on 5 April


def campaign(document: Document | None = None, **given: Any) -> Broadcast:
    """A campaign that is not started, from the day of START for four weeks."""
    facts: dict[str, Any] = {
        "title": {"en": "Where we are going", "zh-hans": "我们要去哪里"},
        "message": {"en": "Read it.", "zh-hans": "请读一读。"},
        "starts_on": date(2026, 3, 20), "deadline": date(2026, 4, 17), **given,
    }  # fmt: skip
    return save_broadcast.system(None, document=document or published("Vision", kind="structure.vision"), **facts)


def short_check() -> Survey:
    """A short check of one question; `b` is right."""
    survey = save_survey.system(None, kind="surveys.check", title={"en": "Check"})
    options = [{"en": "a"}, {"en": "b"}]
    save_question.system(None, survey=survey, kind="choice", text={"en": "Which?"}, options=options, right=[2])
    return survey


def run_until(now: Any, end: datetime, *, hours: int = 2) -> None:
    """Let the job run from now on."""
    while clock.now() < end:
        run_now("structure.send_broadcasts")
        now.shift(timedelta(hours=hours))


def test_a_month_over_a_change_of_clocks_reaches_everybody_in_working_time_alone() -> None:
    people = worldwide(27)
    with time_machine.travel(START, tick=False) as now:
        broadcast = campaign(reminders=[date(2026, 3, 30), date(2026, 4, 6)])
        start_broadcast.system(broadcast)
        run_until(now, START + timedelta(days=30), hours=3)
        end = clock.now()
    assert outside(people, START, end) == []
    sent = Receipt.objects.filter(sent_at__isnull=False)
    assert sent.count() == 3 * 28  # everybody and the one they report to
    for receipt in sent.select_related("message", "person"):
        assert receipt.sent_at is not None
        assert clock.day_of(receipt.due, receipt.person.zone) >= receipt.message.day
        assert receipt.due <= receipt.sent_at < receipt.due + timedelta(hours=3)
    easter = sent.filter(message__day=date(2026, 4, 6), person__country="DE")
    assert {clock.day_of(row.due, "Europe/Berlin") for row in easter} == {date(2026, 4, 7)}
    broadcast.refresh_from_db()
    assert broadcast.state == Broadcast.ENDED
    assert not Todo.objects.filter(kind="structure.broadcast", state=Todo.OPEN).exists()


def test_whoever_is_away_gets_it_when_back() -> None:
    reader = person("member")
    with time_machine.travel(START, tick=False) as now:
        Absence.objects.create(person=reader, start=date(2026, 3, 19), end=date(2026, 3, 26))
        start_broadcast.system(campaign())
        run_until(now, START + timedelta(days=9))
    assert clock.day_of(Notice.objects.get(person=reader).at, reader.zone) == date(2026, 3, 27)


def test_to_do_stays_until_it_is_read_and_the_check_is_passed(django_capture_on_commit_callbacks: Any) -> None:
    reader = person("member")
    with time_machine.travel(START + timedelta(hours=6), tick=False):
        broadcast = campaign(survey=short_check())
        start_broadcast.system(broadcast)
        with pytest.raises(NotAllowed):
            read_broadcast(reader, broadcast=broadcast)
        run_now("structure.send_broadcasts")
        todo = Todo.objects.get(person=reader)
        assert not Notice.objects.exclude(kind="structure.broadcast").exists()  # the check itself asks nobody
        read_broadcast(reader, broadcast=broadcast)
        assert Todo.objects.get(pk=todo.pk).state == Todo.OPEN
        assert broadcast.wave is not None and broadcast.survey is not None
        question = broadcast.survey.questions.get()
        wrong, right = (option["code"] for option in question.options)
        for answer, passed, state in ((wrong, False, Todo.OPEN), (right, True, Todo.DONE)):
            with django_capture_on_commit_callbacks(execute=True):
                answer_wave(reader, broadcast.wave, answers={str(question.pk): answer})
            found = queries.progress(reader, broadcast)
            assert [(row.reached, row.read, row.understood) for row in found.rows] == [(True, True, passed)]
            assert Todo.objects.get(pk=todo.pk).state == state


def test_confirming_the_document_reads_the_campaign(django_capture_on_commit_callbacks: Any) -> None:
    reader = person("member")
    with time_machine.travel(START + timedelta(hours=6), tick=False):
        broadcast = campaign()
        start_broadcast.system(broadcast)
        ask_acknowledgement.system(broadcast.document, days=5)
        run_now("structure.send_broadcasts")
        with django_capture_on_commit_callbacks(execute=True):
            acknowledge(reader, Acknowledgement.objects.get())
        assert not queries.unread(reader).exists()
        assert Todo.objects.get(kind="structure.broadcast").state == Todo.DONE


def test_whoever_comes_later_is_asked_by_the_next_reminder() -> None:
    person("member")
    with time_machine.travel(START + timedelta(hours=6), tick=False) as now:
        broadcast = campaign(survey=short_check(), reminders=[date(2026, 3, 25)])
        start_broadcast.system(broadcast)
        run_until(now, START + timedelta(days=1))
        late = person("member")
        run_until(now, START + timedelta(days=6))
        assert broadcast.wave is not None
        assert broadcast.wave.invitations.filter(person=late).exists()
        facts = {"title": dict(broadcast.title), "message": {"en": "Read it."}, "starts_on": broadcast.starts_on,
                 "document": broadcast.document, "survey": broadcast.survey}  # fmt: skip
        broadcast.refresh_from_db()
        with pytest.raises(Refused) as caught:  # the check closes on the day that was told
            save_broadcast.system(broadcast, deadline=date(2026, 4, 30), **facts)
    assert set(caught.value.fields) == {"deadline"}
    assert Todo.objects.filter(person=late, kind="structure.broadcast").exists()
    assert list(Notice.objects.order_by("pk").values_list("kind", flat=True)) == [
        "structure.broadcast", "structure.broadcast_reminder", "structure.broadcast"
    ]  # fmt: skip


def test_to_do_that_is_done_is_read() -> None:
    reader = person("member")
    with time_machine.travel(START + timedelta(hours=6), tick=False):
        start_broadcast.system(campaign())
        run_now("structure.send_broadcasts")
        settle_todo(reader, Todo.objects.get(person=reader))
    assert Receipt.objects.get().read_at is not None


def test_audience_is_a_market_a_team_and_who_may_read() -> None:
    inside, other = person("member"), person("member")
    market = Market.objects.create(code="de", name={"en": "Germany"}, currency="EUR")
    Person.objects.filter(pk=inside.pk).update(market=market)
    nobody = Person.objects.create(name="Without a role", market=market)
    assert queries.audience(campaign(market=market)) == [inside]
    document = Document.objects.get()
    assert {one.pk for one in queries.audience(campaign(document))} == {inside.pk, other.pk}
    team = Team.objects.create(code="t", name={"en": "T"})
    with pytest.raises(Refused):
        start_broadcast.system(campaign(document, team=team))
    assert nobody not in queries.audience(campaign(document))


def test_what_cannot_be_a_campaign_is_refused_and_nothing_is_written() -> None:
    page = published("Page")
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("document", {"document": page}),
        ("deadline", {"deadline": date(2026, 3, 1)}),
        ("reminders", {"reminders": [date(2026, 5, 1)]}),
        ("message", {"message": {"en": " "}}),
        ("title", {"title": {}}),
        ("survey", {"survey": save_survey.system(None, kind="surveys.survey", title={"en": "S"})}),
    ]
    for field, given in wrong:
        with pytest.raises(Refused) as caught:
            campaign(**given)
        assert set(caught.value.fields) == {field}
    assert not Broadcast.objects.exists()
    assert not BroadcastMessage.objects.exists()


def test_running_campaign_keeps_what_went_out() -> None:
    person("member")
    with time_machine.travel(START + timedelta(hours=6), tick=False) as now:
        broadcast = campaign(reminders=[date(2026, 3, 24), date(2026, 4, 1)])
        start_broadcast.system(broadcast)
        run_until(now, START + timedelta(days=5))
        with pytest.raises(Refused):
            word_reminder.system(broadcast, day=date(2026, 3, 24), text={"en": "Late"})
        word_reminder.system(broadcast, day=date(2026, 4, 1), text={"en": "Own words"})
        facts = {"title": dict(broadcast.title), "message": {"en": "Read it."}, "starts_on": broadcast.starts_on,
                 "deadline": date(2026, 4, 20)}  # fmt: skip
        save_broadcast.system(broadcast, document=broadcast.document, reminders=[date(2026, 4, 2)], **facts)
        days = list(broadcast.messages.values_list("day", flat=True))
        assert days == [date(2026, 3, 20), date(2026, 3, 24), date(2026, 4, 2)]
        with pytest.raises(Refused) as caught:
            save_broadcast.system(broadcast, document=published("Other", kind="structure.principle"), **facts)
        assert set(caught.value.fields) == {"document"}
        stop_broadcast.system(broadcast)
        run_until(now, START + timedelta(days=20), hours=24)
        assert Receipt.objects.filter(sent_at__isnull=False).count() == 2


def mark(found: Evidence, every: str) -> str:
    return health(found, cadence(every), clock.now())


def sessions_mark() -> str:
    return mark(vision_sessions(clock.now()).get(Scope(), Evidence()), "quarter")


def test_sessions_go_from_nothing_over_good_to_overdue_by_the_clock() -> None:
    people = [person("member", f"P{n}") for n in range(4)]
    with time_machine.travel(START, tick=False) as now:
        assert sessions_mark() == "none"
        document = published("Vision", kind="structure.vision")
        assert sessions_mark() == "overdue"
        broadcast = campaign(document)
        start_broadcast.system(broadcast)
        meeting = add_session.system(broadcast, starts_at=START + timedelta(days=3), zone="Asia/Shanghai")
        assert meeting.attendances.count() == 4
        now.shift(timedelta(days=4))
        record_attendance.system(meeting, people=people[:3])
        assert sessions_mark() == "attention"
        record_attendance.system(meeting, people=people)
        assert sessions_mark() == "good"
        assert queries.progress(people[0], broadcast).total.attended == 4
        now.shift(timedelta(days=364))
        assert sessions_mark() == "good"
        now.shift(timedelta(days=3))
        assert sessions_mark() == "overdue"


def test_session_on_an_older_wording_no_longer_counts() -> None:
    reader = person("member")
    with time_machine.travel(START, tick=False) as now:
        document = published("Vision", kind="structure.vision")
        broadcast = campaign(document)
        start_broadcast.system(broadcast)
        meeting = add_session.system(broadcast, starts_at=START + timedelta(days=1), zone="UTC")
        now.shift(timedelta(days=2))
        record_attendance.system(meeting, people=[reader])
        rewritten(document, "A comma.", minor=True)
        assert sessions_mark() == "good"
        rewritten(document, "Elsewhere.")
        assert sessions_mark() == "overdue"


def test_sessions_count_for_each_market_alone() -> None:
    reader, _other = person("member"), person("member")
    market = Market.objects.create(code="de", name={"en": "Germany"}, currency="EUR")
    Person.objects.filter(pk=reader.pk).update(market=market)
    with time_machine.travel(START, tick=False) as now:
        broadcast = campaign()
        start_broadcast.system(broadcast)
        meeting = add_session.system(broadcast, starts_at=START + timedelta(days=1), zone="UTC")
        now.shift(timedelta(days=2))
        record_attendance.system(meeting, people=[reader])
        found = vision_sessions(clock.now())
    assert [(scope.market, found[scope].parts[0].done, found[scope].parts[0].due) for scope in found] == [
        (market.pk, 1, 1), (None, 0, 1)
    ]  # fmt: skip


def test_reminders_go_from_nothing_over_good_to_overdue_by_the_clock() -> None:
    readers = [person("member", f"P{n}") for n in range(5)]
    with time_machine.travel(START + timedelta(hours=6), tick=False) as now:
        assert mark(vision_reminders(clock.now()), "month") == "none"
        document = published("Vision", kind="structure.vision")
        assert mark(vision_reminders(clock.now()), "month") == "overdue"
        broadcast = campaign(document)
        start_broadcast.system(broadcast)
        run_now("structure.send_broadcasts")
        assert mark(vision_reminders(clock.now()), "month") == "good"
        for one in readers[:3]:
            read_broadcast(one, broadcast=broadcast)
        now.shift(timedelta(days=4))
        assert [(part.done, part.due) for part in vision_reminders(clock.now()).parts] == [(1, 1), (3, 5)]
        assert mark(vision_reminders(clock.now()), "month") == "attention"
        Receipt.objects.filter(read_at=None).update(read_at=START + timedelta(hours=7))
        assert mark(vision_reminders(clock.now()), "month") == "good"
        now.shift(timedelta(days=29))
        assert mark(vision_reminders(clock.now()), "month") == "attention"
        now.shift(timedelta(days=31))
        assert mark(vision_reminders(clock.now()), "month") == "overdue"
