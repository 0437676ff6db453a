"""My day: what waits for a person today, put together in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from tradewind.base import clock
from tradewind.engines.agenda.queries import holidays_of, working_now, working_windows
from tradewind.engines.agenda.rules import Window
from tradewind.engines.inbox.kinds import kind_of, words
from tradewind.engines.inbox.models import Notice, Todo
from tradewind.engines.inbox.queries import notices_of, open_approvals, open_todos, requests_of
from tradewind.nouns.org.models import Person, Team
from tradewind.nouns.org.queries import company_today, holding
from tradewind.ui.formats import format_clock, zone_name

MOST = 12


@dataclass(frozen=True)
class TodoLine:
    """A to-do or an approval as its reader sees it."""

    todo: Todo
    title: str
    text: str
    late: bool
    today: bool
    for_other: Person | None


@dataclass(frozen=True)
class NoticeLine:
    """A notice as its reader sees it."""

    notice: Notice
    title: str
    text: str
    icon: str


@dataclass(frozen=True)
class Colleague:
    """Somebody one works with: the time where they are, and whether they work now."""

    person: Person
    time: str
    place: str
    working: bool
    next_day: int


def todo_line(todo: Todo, reader: Person, now: datetime) -> TodoLine:
    """A to-do in the reader's words; late and today by the reader's clock."""
    said = words(todo.kind, todo.data, reader.language, reader.zone)
    today = todo.due is not None and clock.day_of(todo.due, reader.zone) == clock.day_of(now, reader.zone)
    late = todo.due is not None and todo.due < now
    return TodoLine(
        todo, said.title, said.text, late, today and not late, todo.person if todo.person_id != reader.pk else None
    )


def notice_line(notice: Notice, reader: Person) -> NoticeLine:
    """A notice in the reader's words."""
    said = words(notice.kind, notice.data, reader.language, reader.zone)
    return NoticeLine(notice, said.title, said.text, kind_of(notice.kind).icon)


def windows_today(person: Person, now: datetime) -> list[Window]:
    """The person's working time of today, by their own calendar."""
    start, end = clock.day_bounds(clock.day_of(now, person.zone), person.zone)
    return working_windows(person, start, end)


def colleagues_of(person: Person, now: datetime) -> list[Colleague]:
    """The people of my teams, my managers and who reports to me, with their local time; those at work first."""
    today = company_today()
    teams = Team.objects.filter(holding(today, "memberships"), memberships__person=person)
    near = Q(memberships__team__in=teams) & holding(today, "memberships")
    under = Q(lines_up__manager=person) & holding(today, "lines_up")
    over = Q(lines_down__person=person) & holding(today, "lines_down")
    ids = Person.objects.filter(near | under | over, active=True).exclude(pk=person.pk).values("pk")
    people = list(Person.objects.filter(pk__in=ids).order_by("name", "pk")[:60])
    working = working_now(people, now) if people else {}
    here = clock.day_of(now, person.zone)
    found = [
        Colleague(
            one,
            format_clock(now, one.zone),
            zone_name(one.zone),
            working.get(one.pk, False),
            (clock.day_of(now, one.zone) - here).days,
        )
        for one in people
    ]
    return sorted(found, key=lambda one: not one.working)


def my_day(person: Person) -> dict[str, Any]:
    """Everything the page shows."""
    now = clock.now()
    today = clock.day_of(now, person.zone)
    todos = [todo_line(todo, person, now) for todo in open_todos(person)[: MOST + 1]]
    approvals = [todo_line(todo, person, now) for todo in open_approvals(person)[: MOST + 1]]
    colleagues = colleagues_of(person, now)
    return {
        "today": today,
        "now": now,
        "holiday": next((line for line in holidays_of(person, today.year) if line.day == today), None),
        "windows": windows_today(person, now),
        "todos": todos[:MOST],
        "more_todos": len(todos) > MOST,
        "approvals": approvals[:MOST],
        "notices": [notice_line(notice, person) for notice in notices_of(person)[:8]],
        "colleagues": colleagues[:24],
        "working_colleagues": sum(1 for one in colleagues if one.working),
        "requests": [
            (approval, words(approval.kind, approval.data, person.language, person.zone).title)
            for approval in requests_of(person).filter(state="pending")[:MOST]
        ],
        "late_of_reports": [todo_line(todo, person, now) for todo in late_of_reports(person)],
    }


def late_of_reports(person: Person) -> list[Todo]:
    """Overdue to-dos of others that were passed up to this person and are still open."""
    return list(Todo.objects.filter(escalated_to=person, state=Todo.OPEN).select_related("person", "step")[:MOST])
