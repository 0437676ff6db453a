"""Acknowledgement: who is asked, that nobody is told outside of working time or on a holiday, and when leads hear of it."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from tradewind.base import clock
from tradewind.base.errors import NotAllowed, Refused
from tradewind.engines.agenda.models import Absence
from tradewind.engines.agenda.queries import calendars, holidays_of
from tradewind.engines.inbox.actions import settle_todo
from tradewind.engines.inbox.models import Delivery, Notice, Todo
from tradewind.engines.jobs.queue import run_now
from tradewind.engines.library import actions, queries
from tradewind.engines.library.factories import published, rewritten
from tradewind.engines.library.models import Acknowledgement, Document
from tradewind.engines.library.tests.test_actions import person
from tradewind.nouns.org.models import Entity, Function, Job, Membership, Person, ReportingLine, Team

pytestmark = pytest.mark.django_db
PLACES = {
    "CN": "Asia/Shanghai", "DE": "Europe/Berlin", "GB": "Europe/London", "US": "America/New_York", "JP": "Asia/Tokyo",
    "AE": "Asia/Dubai", "BR": "America/Sao_Paulo", "AU": "Australia/Sydney", "IN": "Asia/Kolkata",
}  # fmt: skip
START = datetime(2026, 3, 20, 3, 30, tzinfo=UTC)  # Europe changes its clocks on 29 March, Sydney on 5 April
DAYS = 14


def worldwide(count: int = 60) -> list[Person]:
    """People in nine countries, each with a lead in another one, who may read what is published."""
    boss = person("member", "Boss")
    Person.objects.filter(pk=boss.pk).update(country="CN", zone=PLACES["CN"])
    people: list[Person] = []
    for number in range(count):
        country = list(PLACES)[number % len(PLACES)]
        one = person("member", f"P{number}")
        Person.objects.filter(pk=one.pk).update(country=country, zone=PLACES[country])
        ReportingLine.objects.create(person=one, manager=boss if number < 9 else people[number % 9])
        people.append(one)
    return list(Person.objects.filter(pk__in=[one.pk for one in people]).order_by("pk"))


def outside(people: list[Person], first: datetime, last: datetime) -> list[str]:
    """Everything that reached somebody outside of their working time or on a holiday, by notice and by delivery."""
    everyone = list(Person.objects.all())
    known = calendars(everyone, first.date() - timedelta(days=3), last.date() + timedelta(days=3))
    free = {
        one.pk: {
            line.day
            for line in holidays_of(one, 2026)
            if not line.rule.works and line.rule.off and line.rule.off.percent == 100
        }
        for one in everyone
    }
    wrong = []
    for notice in Notice.objects.select_related("person"):
        if not known[notice.person_id].is_working(notice.at):
            wrong.append(f"{notice.person} {notice.kind} {notice.at}")
        if clock.day_of(notice.at, notice.person.zone) in free[notice.person_id]:
            wrong.append(f"{notice.person} on a holiday {notice.at}")
    rows = [row for row in Delivery.objects.exclude(notice=None) if row.person_id]
    late = [row for row in rows if not known[row.person_id or 0].is_working(row.sent_at or row.not_before)]
    return wrong + [f"{row.person_id} {row.route}" for row in late]


def test_a_month_over_a_change_of_clocks_tells_sixty_people_in_nine_countries_in_working_time_alone() -> None:
    people = worldwide()
    with time_machine.travel(START, tick=False) as now:
        document = published("Code of conduct")
        asked = actions.ask_acknowledgement.system(document, days=DAYS)
        assert asked == 61
        quick = set(people[::2])
        for hour in range(0, 31 * 24, 2):
            now.move_to(START + timedelta(hours=hour, minutes=hour % 60))
            run_now("library.remind_readers")
            for row in Acknowledgement.objects.filter(person__in=quick, told__gt=0, acknowledged_at=None):
                actions.acknowledge(row.person, row)
        end = clock.now()
    assert outside(people, START, end) == []
    told = Counter(Acknowledgement.objects.values_list("told", flat=True))
    late = Acknowledgement.objects.filter(acknowledged_at=None)
    assert late.count() == 31 and all(row.told >= 4 for row in late)
    assert told[1] == 30  # whoever confirms at once is told once
    assert {row.due_on for row in Acknowledgement.objects.all()} <= {date(2026, 4, 2), date(2026, 4, 3)}
    with_lead = late.exclude(escalated_to=None)
    assert with_lead.count() == 30 and all(row.escalated_at and row.escalated_at > row.due for row in with_lead)
    assert Notice.objects.filter(kind="library.late").count() == 30


@pytest.mark.parametrize(
    ("moment", "told"), [("2026-04-06T09:00", 0), ("2026-04-07T09:00", 1), ("2026-04-11T09:00", 0)]
)
def test_easter_monday_and_saturday_wait_for_the_next_working_day(moment: str, told: int) -> None:
    reader = person("member")  # in Berlin
    with time_machine.travel(datetime.fromisoformat(f"{moment}+00:00"), tick=False):
        actions.ask_acknowledgement.system(published(), days=7)
        run_now("library.remind_readers")
        assert Notice.objects.filter(person=reader).count() == told
        if not told:
            row = Acknowledgement.objects.get()
            assert row.next_at is not None and clock.local(row.next_at, "Europe/Berlin").hour == 9


def test_whoever_is_away_is_told_when_back() -> None:
    reader = person("member")
    with time_machine.travel(datetime(2026, 3, 3, 9, tzinfo=UTC), tick=False) as now:
        Absence.objects.create(person=reader, start=date(2026, 3, 3), end=date(2026, 3, 9))
        actions.ask_acknowledgement.system(published(), days=20)
        for day in range(10):
            now.move_to(datetime(2026, 3, 3 + day, 9, tzinfo=UTC))
            run_now("library.remind_readers")
        assert Notice.objects.get(person=reader).at.date() == date(2026, 3, 10)


@pytest.fixture
def asked() -> tuple[Document, Person, Acknowledgement]:
    reader = person("member")
    document = published()
    with time_machine.travel(datetime(2026, 3, 3, 9, tzinfo=UTC), tick=False):
        actions.ask_acknowledgement.system(document, days=7)
        run_now("library.remind_readers")
    return document, reader, Acknowledgement.objects.get()


def test_deadline_is_the_end_of_the_day_where_the_person_is(asked: Any) -> None:
    _document, _reader, row = asked
    assert row.due_on == date(2026, 3, 10)
    assert clock.local(row.due, "Europe/Berlin").strftime("%d %H:%M:%S") == "10 23:59:59"


def test_only_the_person_asked_can_confirm(asked: Any) -> None:
    _document, reader, row = asked
    with pytest.raises(NotAllowed):
        actions.acknowledge(person("general_manager"), row)
    row.refresh_from_db()
    assert row.acknowledged_at is None
    actions.acknowledge(reader, row, language="en")
    assert Todo.objects.get().state == Todo.DONE


def test_settling_the_to_do_confirms(asked: Any) -> None:
    _document, reader, row = asked
    settle_todo(reader, Todo.objects.get())
    row.refresh_from_db()
    assert row.acknowledged_at is not None and Todo.objects.get().state == Todo.DONE


def test_new_version_is_asked_anew_and_a_small_correction_is_not(asked: Any) -> None:
    document, reader, row = asked
    actions.acknowledge(reader, row)
    rewritten(document, "Typo mended.", minor=True)
    assert Acknowledgement.objects.count() == 1
    rewritten(document, "Other rules.")
    newest = queries.own_acknowledgement(reader, document)
    assert newest is not None and newest.acknowledged_at is None and newest.wording.number == 3


def test_what_was_still_owed_of_the_old_version_falls_away(asked: Any) -> None:
    document, reader, row = asked
    rewritten(document, "Other rules.")
    row.refresh_from_db()
    assert row.withdrawn_at is not None and Todo.objects.get().state == Todo.WITHDRAWN
    with pytest.raises(Refused):
        actions.acknowledge(reader, row)


def test_only_who_may_read_it_is_asked() -> None:
    person("member")
    person("")
    Person.objects.create(name="left", active=False)
    assert actions.ask_acknowledgement.system(published(), days=3) == 1
    with pytest.raises(Refused):
        actions.ask_acknowledgement.system(Document.objects.get(), days=3)


def test_team_is_asked_with_the_teams_under_it() -> None:
    top = Team.objects.create(code="top", name={"en": "Top"})
    below = Team.objects.create(code="below", name={"en": "Below"}, parent=top)
    inside, _outside = person("member"), person("member")
    Membership.objects.create(team=below, person=inside)
    assert actions.ask_acknowledgement.system(published(), days=3, team=top) == 1
    assert Acknowledgement.objects.get().person == inside


def test_draft_cannot_be_asked_for() -> None:
    document = published()
    Document.objects.update(published_at=None)
    document.texts.get().versions.update(state="draft")
    with pytest.raises(Refused):
        actions.ask_acknowledgement.system(document, days=3)
    assert not Acknowledgement.objects.exists()


def test_lead_is_told_in_the_leads_own_working_time() -> None:
    reader, lead = person("member"), person("member")
    Person.objects.filter(pk=lead.pk).update(country="US", zone="America/Los_Angeles")
    ReportingLine.objects.create(person=reader, manager=lead)
    with time_machine.travel(datetime(2026, 3, 3, 9, tzinfo=UTC), tick=False) as now:
        document = published()
        team = Team.objects.create(code="t", name={"en": "T"})
        Membership.objects.create(team=team, person=reader)
        actions.ask_acknowledgement.system(document, days=1, team=team)
        now.move_to(datetime(2026, 3, 5, 9, tzinfo=UTC))
        run_now("library.remind_readers")
        assert not Notice.objects.filter(person=lead).exists()
        now.move_to(datetime(2026, 3, 5, 18, tzinfo=UTC))
        run_now("library.remind_readers")
        run_now("library.remind_readers")
    assert Notice.objects.get(person=lead).kind == "library.late"


def test_audience_is_narrowed_by_function_entity_and_list_with_a_message_of_ones_own() -> None:
    buyer, seller, listed, other = (person("member", name) for name in ("Buyer", "Seller", "Listed", "Other"))
    buying = Function.objects.create(code="buying", name={"en": "Buying"})
    entity = Entity.objects.create(code="de", name={"en": "GmbH"}, country="DE", currency="EUR")
    Person.objects.filter(pk=buyer.pk).update(
        job=Job.objects.create(code="buyer", title={"en": "Buyer"}, function=buying)
    )
    Membership.objects.create(team=Team.objects.create(code="b", name={"en": "B"}, function=buying), person=seller)
    Person.objects.filter(pk=other.pk).update(entity=entity)
    document = published("Rules")

    def asked() -> set[str]:
        return set(Acknowledgement.objects.values_list("person__name", flat=True))

    assert (
        actions.ask_acknowledgement.system(document, days=7, function=buying, message=" Before Friday, please. ") == 2
    )
    assert asked() == {"Buyer", "Seller"}
    assert set(Acknowledgement.objects.values_list("message", flat=True)) == {"Before Friday, please."}
    with pytest.raises(Refused):
        actions.ask_acknowledgement.system(document, days=7, entity=entity, people=[listed])
    actions.ask_acknowledgement.system(document, days=7, entity=entity)
    actions.ask_acknowledgement.system(document, days=7, people=[listed])
    assert asked() == {"Buyer", "Seller", "Other", "Listed"}
    with pytest.raises(Refused):
        actions.ask_acknowledgement.system(document, days=7, message="x" * 501)
