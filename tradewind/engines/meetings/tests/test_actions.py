"""Planning, inviting, the agenda, what comes out: what is kept, what is refused, and that a refusal changes nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from tradewind.base import clock
from tradewind.base.errors import Conflict, NotAllowed, Refused
from tradewind.engines.actions.run import run
from tradewind.engines.inbox.actions import settle_todo
from tradewind.engines.inbox.models import Notice, Todo
from tradewind.engines.jobs.queue import run_now
from tradewind.engines.meetings import actions, queries
from tradewind.engines.meetings.factories import functions, meeting, series
from tradewind.engines.meetings.models import AgendaItem, Attendance, Decision, Meeting, Series
from tradewind.engines.meetings.tests.conftest import At, MakePerson
from tradewind.nouns.org.models import Market, Membership, Team

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday, 10:00 in Berlin


def starts(made: Series) -> list[str]:
    rows = made.meetings.filter(state=Meeting.PLANNED).order_by("starts_at")
    return [f"{row.starts_at:%m-%d %H:%M}" for row in rows]


def kinds(person_id: int) -> list[str]:
    return sorted(Notice.objects.filter(person=person_id).values_list("kind", flat=True))


def test_series_plans_six_weeks_on_the_wall_clock_and_asks_everybody_once(at: At, person: MakePerson) -> None:
    host, guest, member = person("team_lead"), person("member"), person("member")
    team = Team.objects.create(code="service", name={"en": "Service"})
    Membership.objects.create(team=team, person=member)
    with at(START):
        made = series(host, teams=[team], people=[guest, member])
        assert starts(made) == [
            "03-03 09:00",
            "03-10 09:00",
            "03-17 09:00",
            "03-24 09:00",
            "03-31 08:00",
            "04-07 08:00",
        ]
        first = made.meetings.order_by("starts_at")[0]
        assert {row.person for row in first.attendances.all()} == {host, guest, member}
        assert first.attendances.get(person=host).answer == Attendance.YES
        notice = Notice.objects.get(person=guest)
        assert (notice.kind, notice.count) == ("meetings.invited", 6)
        assert run_now("meetings.plan_series") == {"planned": 0, "carried": 0}
    with at(START + timedelta(days=8)):
        assert run_now("meetings.plan_series") == {"planned": 2, "carried": 0}
        assert run_now("meetings.plan_series") == {"planned": 0, "carried": 0}


def test_series_of_a_kind_that_joins_functions_needs_two(person: MakePerson) -> None:
    boss, needed = person("general_manager"), functions(2)
    facts: dict[str, Any] = {
        "kind": "structure.cross",
        "title": {"en": "S&OP"},
        "starts_on": date(2026, 1, 5),
        "at": time(10),
        "zone": "UTC",
    }
    for few in ([], needed[:1], [needed[0], needed[0]]):
        with pytest.raises(Refused) as refusal:
            actions.save_series(boss, None, **facts, functions=few)
        assert "functions" in refusal.value.fields
    assert not Series.objects.exists()
    assert list(actions.save_series(boss, None, **facts, functions=needed).functions.all()) == needed


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"zone": "Mars/Base"}, "zone"), ({"length": 0}, "length"), ({"link": "javascript:alert(1)"}, "link"),
        ({"title": {"en": "  "}}, "title"), ({"rhythm": "daily"}, "rhythm"), ({"weekday": 7}, "weekday"), ({"nth": 6}, "nth"),
        ({"ends_on": date(2025, 1, 1)}, "ends_on"), ({"kind": "nobody.knows"}, "kind"),
    ],
)  # fmt: skip
def test_series_that_cannot_be_is_refused(wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refusal:
        series(**wrong)
    assert field in refusal.value.fields
    assert not Series.objects.exists()
    assert not Meeting.objects.exists()


def test_changed_rhythm_moves_what_fits_and_cancels_the_rest(at: At, person: MakePerson) -> None:
    host, guest = person("team_lead"), person("member")
    with at(START):
        made = series(host, people=[guest])
        series_again = {"kind": made.kind, "title": dict(made.title), "starts_on": made.starts_on, "zone": made.zone,
                        "weekday": 1, "host": host, "people": [guest]}  # fmt: skip
        actions.save_series.system(made, **series_again, rhythm=Series.WEEKLY, at=time(14))
        assert starts(made)[:2] == ["03-03 13:00", "03-10 13:00"]
        assert "meetings.moved" in kinds(guest.pk)
        actions.save_series.system(made, **series_again, rhythm=Series.MONTHLY, at=time(14), nth=2)
        assert starts(made) == ["03-10 13:00"]
        assert made.meetings.filter(state=Meeting.CANCELLED, planned_for=None).count() == 5
        actions.save_series.system(made, **series_again, rhythm=Series.MONTHLY, at=time(14), nth=2, active=False)
        assert starts(made) == []


def test_meeting_put_on_another_moment_stays_there_and_a_cancelled_one_does_not_come_back(
    at: At, person: MakePerson
) -> None:
    host = person("team_lead")
    with at(START):
        made = series(host)
        first, second = made.meetings.order_by("starts_at")[:2]
        moved = first.starts_at + timedelta(hours=5)
        actions.update_meeting(host, first, title=dict(first.title), starts_at=moved, length=30, host=host)
        actions.cancel_meeting(host, second, reason="Trade fair")
        facts = {"kind": made.kind, "title": {"en": "Review"}, "starts_on": made.starts_on, "zone": made.zone, "weekday": 1,
                 "rhythm": Series.WEEKLY, "at": made.at, "host": host}  # fmt: skip
        actions.save_series.system(made, **facts)
        first.refresh_from_db()
        assert (first.starts_at, first.length, str(first.title)) == (moved, 30, "Review")
        assert run_now("meetings.plan_series") == {"planned": 0, "carried": 0}
        second.refresh_from_db()
        assert second.state == Meeting.CANCELLED


def test_meeting_of_a_series_stands_for_its_day_once(at: At, person: MakePerson) -> None:
    host = person("team_lead")
    with at(START):
        made = series(host)
        days = [
            datetime(2026, 2, 24, 9, tzinfo=UTC),
            datetime(2026, 2, 24, 15, tzinfo=UTC),
            datetime(2026, 2, 25, 9, tzinfo=UTC),
        ]
        found = [meeting(host, starts_at=moment, series=made).planned_for for moment in days]
        assert found == [date(2026, 2, 24), None, None]


def test_answers_reach_the_host_and_moving_asks_anew(at: At, person: MakePerson) -> None:
    host, guest, stranger = person("team_lead"), person("member"), person("member")
    with at(START):
        made = meeting(host, people=[guest])
        actions.answer_invitation(guest, made, answer="no")
        assert kinds(host.pk) == ["meetings.declined"]
        with pytest.raises(NotAllowed):
            actions.answer_invitation(stranger, made, answer="yes")
        with pytest.raises(Refused):
            actions.answer_invitation(guest, made, answer="perhaps")
        actions.answer_invitation(guest, made, answer="yes")
        actions.update_meeting(
            host, made, title={"en": "Launch"}, starts_at=START + timedelta(days=3), length=60, host=host
        )
        assert made.attendances.get(person=guest).answer == ""
        assert "meetings.moved" in kinds(guest.pk)
    with at(START + timedelta(days=4)), pytest.raises(Refused):
        actions.answer_invitation(guest, made, answer="yes")


def test_only_the_host_or_who_holds_the_right_runs_a_meeting(person: MakePerson) -> None:
    germany = Market.objects.create(code="de", name={"en": "Germany"}, currency="EUR", zone="Europe/Berlin")
    japan = Market.objects.create(code="jp", name={"en": "Japan"}, currency="JPY", zone="Asia/Tokyo")
    host, guest = person("member", market=japan), person("member", market=japan)
    lead, other = person("country_manager", market=germany), person("country_manager", market=japan)
    made = meeting(host, people=[guest], market=germany)
    item = actions.add_item(guest, made, title="Returns")
    for refused in (guest, other):
        with pytest.raises(NotAllowed):
            actions.decide(refused, made, text="We stop")
        with pytest.raises(NotAllowed):
            actions.cancel_meeting(refused, made, reason="No")
    with pytest.raises(NotAllowed):
        actions.add_item(other, made, title="Mine")
    with pytest.raises(NotAllowed):
        actions.move_item(guest, item, up=True)
    assert not Decision.objects.exists()
    actions.decide(lead, made, text="We go on")
    actions.decide(host, made, text="We stop")
    assert Decision.objects.count() == 2
    assert set(queries.meetings(guest)) == set(queries.meetings(lead)) == {made}
    assert not queries.meetings(other).exists()


def test_agenda_keeps_its_order_and_open_items_are_carried_over(at: At, person: MakePerson) -> None:
    host, guest = person("team_lead"), person("member")
    with at(START) as now:
        made = series(host, people=[guest])
        first, second = made.meetings.order_by("starts_at")[:2]
        one = actions.add_item(host, first, title="Stock", length=10)
        two = actions.add_item(guest, first, title="Ads", length=20)
        actions.move_item(host, two, up=True)
        assert [row.title for row in first.items.all()] == ["Ads", "Stock"]
        with pytest.raises(Refused):
            actions.hold_meeting(host, first)
        now.shift(timedelta(days=1, hours=1))
        actions.update_item(host, one, title="Stock", length=10, owner=host, state=AgendaItem.DONE)
        actions.hold_meeting(host, first, people=[host])
        carried = second.items.get()
        assert (carried.title, carried.carried_from, carried.owner, carried.length) == ("Ads", two, guest, 20)
        assert first.attendances.get(person=guest).attended is False
        two.refresh_from_db()
        assert two.state == AgendaItem.CARRIED
        assert {row.person for row in queries.attended([host.pk, guest.pk], START)} == {host}


def test_item_left_open_at_the_end_of_the_plan_is_carried_when_there_is_a_next(at: At, person: MakePerson) -> None:
    host = person("team_lead")
    with at(START) as now:
        made = series(host, ends_on=date(2026, 3, 3))
        only = made.meetings.get()
        actions.add_item(host, only, title="Stock")
        now.shift(timedelta(days=2))
        actions.hold_meeting(host, only, people=[])
        assert only.items.get().state == AgendaItem.OPEN
        facts = {"kind": made.kind, "title": dict(made.title), "starts_on": made.starts_on, "zone": made.zone, "weekday": 1,
                 "rhythm": Series.WEEKLY, "at": made.at, "host": host}  # fmt: skip
        actions.save_series.system(made, **facts)
        assert run_now("meetings.plan_series") == {"planned": 0, "carried": 1}
        assert queries.next_of(made).items.get().title == "Stock"  # type: ignore[union-attr]


def test_decision_may_replace_one_earlier_decision_once(person: MakePerson) -> None:
    host = person("team_lead")
    made = meeting(host)
    first = actions.decide(host, made, text="Air freight", reasons="Fast")
    second = actions.decide(host, made, text="Sea freight", replaces=first)
    assert (first.decided_by, second.replaces, first.replaced_by) == (host, first, second)
    with pytest.raises(Refused):
        actions.decide(host, made, text="Rail", replaces=first)
    with pytest.raises(Refused):
        actions.decide(host, made, text="  ")
    other = actions.add_item(host, meeting(host), title="Elsewhere")
    with pytest.raises(Refused):
        actions.decide(host, made, text="Rail", item=other)
    assert Decision.objects.count() == 2


def test_follow_up_is_a_todo_of_somebody_who_may_read_the_meeting(person: MakePerson) -> None:
    germany = Market.objects.create(code="de", name={"en": "Germany"}, currency="EUR", zone="Europe/Berlin")
    host, guest, stranger = person("team_lead"), person("member", market=germany), person("member", market=germany)
    made = meeting(host, people=[guest])
    due = clock.now() + timedelta(days=3)
    with pytest.raises(Refused) as refusal:
        actions.assign(host, made, person=stranger, title="Ask the carrier", due=due)
    assert "person" in refusal.value.fields
    with pytest.raises(Refused):
        actions.assign(host, made, person=guest, title="Ask the carrier", due=clock.now())
    todo = actions.assign(host, made, person=guest, title="Ask the carrier", due=due)
    other = actions.assign(host, made, person=guest, title="Ask the carrier", due=due)
    assert queries.follow_ups_of([made.pk]) == [todo, other]
    assert (str(todo), todo.due, kinds(guest.pk).count("meetings.follow_up")) == ("Ask the carrier", due, 2)
    settle_todo(guest, todo)
    with pytest.raises(Refused):
        actions.withdraw_assignment(host, made, key=todo.key)
    actions.withdraw_assignment(host, made, key=other.key)
    assert [row.state for row in queries.follow_ups_of([made.pk])] == [Todo.DONE]


def test_minutes_meet_a_conflict_and_tell_who_took_part(person: MakePerson) -> None:
    host, guest = person("team_lead"), person("member")
    made = meeting(host, people=[guest])
    save: Any = actions.write_minutes
    save(host, made, text="# One", expected_version=made.version)
    with pytest.raises(Conflict):
        save(host, made, text="# Two", expected_version=1)
    with pytest.raises(NotAllowed):
        actions.write_minutes(guest, made, text="# Three")
    with pytest.raises(Refused):
        actions.write_minutes(host, made, text="x", recording="ftp://example.com/a")
    actions.write_minutes(host, made, text="# Two", language="zh-hans", send=True)
    made.refresh_from_db()
    assert (made.minutes, made.language, made.minutes_by) == ("# Two", "zh-hans", host)
    assert kinds(guest.pk) == ["meetings.invited", "meetings.minutes"]


def test_host_is_asked_once_after_the_end_and_done_with_minutes(at: At, person: MakePerson) -> None:
    host = person("team_lead")
    with at(START) as now:
        made = meeting(host, starts_at=START + timedelta(hours=1))
        assert run_now("meetings.ask_minutes") == {"asked": 0}
        now.shift(timedelta(hours=3))
        assert run_now("meetings.ask_minutes") == {"asked": 1}
        assert run_now("meetings.ask_minutes") == {"asked": 0}
        todo = Todo.objects.get(kind="meetings.close", person=host)
        assert todo.due == datetime(2026, 3, 4, 11, tzinfo=UTC)  # sixteen working hours later
        actions.hold_meeting(host, made, people=[host])
        todo.refresh_from_db()
        assert todo.state == Todo.OPEN
        actions.write_minutes(host, made, text="Short")
        todo.refresh_from_db()
        assert todo.state == Todo.DONE


def test_people_are_reminded_in_their_own_working_time_only(at: At, person: MakePerson) -> None:
    host, berlin = person("team_lead"), person("member")
    shenzhen = person("member", zone="Asia/Shanghai", country="CN")
    away = person("member")
    begin = datetime(2026, 3, 2, 15, tzinfo=UTC)  # Monday 16:00 in Berlin, 23:00 in Shenzhen
    told: dict[int, datetime] = {}
    with at(datetime(2026, 2, 24, 0, tzinfo=UTC)) as now:
        made = meeting(host, starts_at=begin, people=[berlin, shenzhen, away])
        actions.answer_invitation(away, made, answer="no")
        while clock.now() < begin + timedelta(hours=2):
            run_now("meetings.remind_invited")
            for row in made.attendances.filter(reminded_at=clock.now()):
                told[row.person_id] = clock.now()
            now.shift(timedelta(hours=1))
    assert told == {
        host.pk: datetime(2026, 3, 2, 8, tzinfo=UTC),
        berlin.pk: datetime(2026, 3, 2, 8, tzinfo=UTC),
        shenzhen.pk: datetime(2026, 3, 2, 1, tzinfo=UTC),
    }
    assert kinds(berlin.pk) == ["meetings.invited", "meetings.soon"]


def test_actions_run_by_name_with_plain_values(person: MakePerson) -> None:
    boss, guest = person("general_manager"), person("member")
    made = run("meetings.plan_meeting", by=boss, data={
        "title": {"en": "Launch"}, "starts_at": "2030-03-02T09:00:00Z", "zone": "UTC", "people": [guest.pk]})  # fmt: skip
    run("meetings.add_item", by=guest, subject=made.pk, data={"title": "Price"})
    run("meetings.decide", by=boss, subject=made.pk, data={"text": "We launch", "decided_on": "2030-03-02"})
    assert (made.items.get().owner, made.decisions.get().decided_on) == (guest, date(2030, 3, 2))
    with pytest.raises(NotAllowed):
        run(
            "meetings.plan_meeting",
            by=guest,
            data={"title": {"en": "No"}, "starts_at": "2030-03-02T09:00:00Z", "zone": "UTC"},
        )
