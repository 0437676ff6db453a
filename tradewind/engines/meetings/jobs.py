"""What meetings do by themselves: plan the next ones, remind people in their working time, ask for minutes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tradewind.base import clock
from tradewind.engines.actions.action import origin
from tradewind.engines.agenda.queries import add_working_time, calendars
from tradewind.engines.jobs.job import Run, job
from tradewind.engines.meetings.actions import ask_to_close, carry_left, plan_occurrences, remind_people
from tradewind.engines.meetings.actions.planning import wanted_days
from tradewind.engines.meetings.models import Attendance, Meeting, Series
from tradewind.engines.meetings.rules import remind_at
from tradewind.nouns.org.models import Person

NEAR = timedelta(days=5)
TO_CLOSE = timedelta(hours=16)  # two working days of the host


@job("meetings.plan_series", every="1h", quiet=True)
def plan_series(ctx: Run) -> dict[str, Any]:
    """Plan the coming meetings of every series, and carry over what was left open."""
    planned = carried = 0
    with origin("job"):
        for series in Series.objects.filter(active=True).select_related("host").order_by("pk"):
            ctx.check()
            days = wanted_days(series)
            if series.meetings.filter(planned_for__in=days).count() < len(days):
                planned += plan_occurrences.system(series)
            carried += carry_left(series)
    return {"planned": planned, "carried": carried}


@job("meetings.remind_invited", every="15m", quiet=True)
def remind_invited(ctx: Run) -> dict[str, Any]:
    """Remind people of meetings in their working time, at most a working day ahead."""
    now, reminded = clock.now(), 0
    soon = Meeting.objects.filter(state=Meeting.PLANNED, starts_at__gt=now, starts_at__lte=now + NEAR)
    with origin("job"):
        for meeting in soon.order_by("starts_at"):
            ctx.check()
            people = due_for(meeting, now)
            if people:
                reminded += remind_people.system(meeting, people=people)
    return {"reminded": reminded}


def due_for(meeting: Meeting, now: datetime) -> list[Person]:
    """Who of those coming is working now and is to be reminded of a meeting."""
    rows = meeting.attendances.filter(reminded_at=None, person__active=True).exclude(answer=Attendance.NO)
    people = [row.person for row in rows.select_related("person__site", "person__entity")]
    since = meeting.starts_at - NEAR
    days = calendars(people, since.date() - timedelta(days=2), meeting.starts_at.date() + timedelta(days=2))
    found = []
    for person in people:
        calendar = days[person.pk]
        at = remind_at(list(calendar.windows(since, meeting.starts_at)), meeting.starts_at)
        if at is not None and at <= now and calendar.is_working(now):
            found.append(person)
    return found


@job("meetings.ask_minutes", every="15m", quiet=True)
def ask_minutes(ctx: Run) -> dict[str, Any]:
    """Ask hosts of meetings that are over who came and what was said."""
    rows = Meeting.objects.filter(state=Meeting.PLANNED, ends_at__lte=clock.now(), asked_at=None)
    asked = 0
    with origin("job"):
        for meeting in rows.select_related("host__site", "host__entity").order_by("ends_at"):
            ctx.check()
            host = meeting.host
            due = add_working_time(host, clock.now(), TO_CLOSE) if host and host.active else clock.now() + NEAR
            ask_to_close.system(meeting, due=due)
            asked += 1
    return {"asked": asked}
