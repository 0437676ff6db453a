"""structure.cross-meetings changes when, and only when, the facts change; and its page tells the same."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.test import Client

from tradewind.areas.structure.practices.cross_meetings import cross_meetings
from tradewind.areas.structure.queries.meetings import series_rows
from tradewind.base import clock
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.access.registry import DEFAULT_ROLES
from tradewind.engines.access.scope import Scope
from tradewind.engines.inbox.actions import settle_todo
from tradewind.engines.meetings import actions
from tradewind.engines.meetings.factories import meeting, series
from tradewind.engines.meetings.models import Meeting, Series
from tradewind.engines.practices.rules import cadence, health, together
from tradewind.nouns.org.models import Function, Market, Membership, Person, Team, User

pytestmark = pytest.mark.django_db
START = datetime(2026, 1, 5, 9, tzinfo=UTC)


def mark() -> str:
    return health(together(cross_meetings(clock.now()).values()), cadence("month"), clock.now())


def counts() -> dict[str, tuple[int, int]]:
    return {part.code: (part.done, part.due) for part in together(cross_meetings(clock.now()).values()).parts}


@pytest.fixture
def host() -> Person:
    person = Person.objects.create(name="Lin Mei", email="mei@example.com", zone="UTC", country="DE")
    role = Role.objects.create(code="general_manager", codes=sorted(DEFAULT_ROLES["general_manager"]))
    Grant.objects.create(person=person, role=role)
    return person


def works(code: str, name: str, *people: Person) -> Function:
    function = Function.objects.create(code=code, name={"en": name})
    team = Team.objects.create(code=code, name={"en": name}, function=function)
    Membership.objects.bulk_create([Membership(team=team, person=one) for one in people])
    return function


def monthly(host: Person, **given: object) -> Series:
    needed = [works("supply", "Supply", host), works("ads", "Marketing")]
    facts = {"kind": "structure.cross", "functions": needed, "rhythm": Series.MONTHLY, "weekday": 1, "nth": 2,
             "starts_on": date(2026, 1, 1), "at": time(10), "zone": "UTC"}  # fmt: skip
    return series(host, **{**facts, **given})


def test_practice_goes_from_nothing_over_good_to_overdue_and_back(host: Person) -> None:
    with time_machine.travel(START, tick=False) as now:
        assert mark() == "none"
        made = monthly(host)
        meeting(host)
        assert mark() == "none"  # planned is not held, and other meetings do not count
        first = made.meetings.order_by("starts_at")[0]
        now.move_to(first.starts_at + timedelta(hours=1))
        assert mark() == "none"
        actions.hold_meeting(host, first, people=[host])
        assert counts() == {"held": (1, 1), "closed": (0, 0), "written": (0, 1)}
        assert mark() == "attention"
        actions.write_minutes(host, first, text="We agreed.")
        assert mark() == "good"
        now.move_to(first.starts_at + timedelta(days=28))
        actions.plan_occurrences.system(made)
        assert mark() == "good"  # the meeting of February may still be closed
        now.move_to(first.starts_at + timedelta(days=32))
        assert counts()["held"] == (1, 2)
        assert mark() == "attention"
        late = made.meetings.get(planned_for=date(2026, 2, 10))
        actions.hold_meeting(host, late, people=[host])
        actions.decide(host, late, text="Go on")
        assert counts()["held"] == (2, 2)
        assert mark() == "good"
        now.shift(timedelta(days=33))
        assert counts()["held"] == (2, 3)
        now.shift(timedelta(days=33))
        assert mark() == "overdue"


def test_meetings_that_stopped_turn_overdue_by_the_clock_alone(host: Person) -> None:
    with time_machine.travel(START, tick=False) as now:
        made = monthly(host, ends_on=date(2026, 1, 31))
        only = made.meetings.get()
        now.move_to(only.starts_at + timedelta(hours=1))
        actions.hold_meeting(host, only, people=[host])
        actions.write_minutes(host, only, text="We agreed.")
        assert mark() == "good"
        now.move_to(only.starts_at + timedelta(days=33))
        assert mark() == "attention"
        now.move_to(only.starts_at + timedelta(days=65))
        assert mark() == "overdue"


def test_cancelled_meeting_counts_as_not_held_but_a_changed_series_does_not(host: Person) -> None:
    with time_machine.travel(START, tick=False) as now:
        made = monthly(host, rhythm=Series.WEEKLY)
        first, second = made.meetings.order_by("starts_at")[:2]
        actions.cancel_meeting(host, first, reason="Trade fair")
        needed = list(made.functions.all())
        actions.save_series.system(made, kind=made.kind, title=dict(made.title), starts_on=date(2026, 2, 1), at=made.at, zone="UTC",
                                   rhythm=Series.WEEKLY, weekday=1, functions=needed, host=host)  # fmt: skip
        second.refresh_from_db()
        assert second.state == Meeting.CANCELLED
        now.move_to(second.starts_at + timedelta(days=1))
        assert counts()["held"] == (0, 1)


def test_follow_up_counts_once_it_is_due_and_in_time_only_if_done_before(host: Person) -> None:
    with time_machine.travel(START, tick=False) as now:
        made = monthly(host)
        first = made.meetings.order_by("starts_at")[0]
        now.move_to(first.starts_at + timedelta(hours=1))
        actions.hold_meeting(host, first, people=[host])
        actions.write_minutes(host, first, text="We agreed.")
        due = clock.now() + timedelta(days=2)
        prompt, tardy, gone = (actions.assign(host, first, person=host, title=name, due=due) for name in "abc")
        actions.withdraw_assignment(host, first, key=gone.key)
        settle_todo(host, prompt)
        assert counts()["closed"] == (0, 0)
        now.shift(timedelta(days=3))
        assert counts()["closed"] == (1, 2)
        assert mark() == "attention"
        settle_todo(host, tardy)
        assert counts()["closed"] == (1, 2)


def test_evidence_lies_where_the_meetings_do(host: Person) -> None:
    market = Market.objects.create(code="de", name={"en": "Germany"}, currency="EUR", zone="Europe/Berlin")
    with time_machine.travel(START, tick=False) as now:
        first = monthly(host, market=market).meetings.order_by("starts_at")[0]
        now.move_to(first.starts_at)
        actions.hold_meeting(host, first, people=[])
        assert list(cross_meetings(clock.now())) == [Scope(market=market.pk)]


def test_page_shows_which_function_nobody_stands_for(host: Person, client: Client) -> None:
    with time_machine.travel(START, tick=False):
        made = monthly(host)
        row = series_rows(host)[0]
        assert (row.series, row.missing, row.upcoming) == (made, ["Marketing"], made.meetings.order_by("starts_at")[0])
    client.force_login(User.objects.create_user("mei@example.com", "a long password", person=host))
    page = client.get("/structure/cross-meetings/")
    assert page.status_code == 200
    assert "Marketing" in page.content.decode()
    assert "Trading review" in page.content.decode()
