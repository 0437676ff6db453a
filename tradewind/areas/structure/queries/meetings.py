"""Cross-department meetings: how their series are kept, and what the practice counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from tradewind.base import clock
from tradewind.engines.access.scope import Scope
from tradewind.engines.inbox.models import Todo
from tradewind.engines.meetings import queries
from tradewind.engines.meetings.models import Decision, Meeting, Series
from tradewind.nouns.org.models import Person

CROSS = "structure.cross"
WINDOW = timedelta(days=90)
GRACE = timedelta(days=3)  # to note that a meeting was held


@dataclass
class Counts:
    """What the meetings of a place came to: on the day of their series, with something written, follow-ups in time."""

    held: int = 0
    due: int = 0
    written: int = 0
    sat: int = 0
    closed: int = 0
    agreed: int = 0
    last: datetime | None = None


def due_meetings(now: datetime, rows: QuerySet[Meeting] | None = None) -> QuerySet[Meeting]:
    """The cross-department meetings that series had planned for the last 90 days; a fresh one only once it is closed."""
    rows = Meeting.objects.all() if rows is None else rows
    over = Q(ends_at__lte=now - GRACE) | Q(state=Meeting.HELD) | Q(state=Meeting.CANCELLED, starts_at__lte=now)
    return rows.filter(over, kind=CROSS, starts_at__gte=now - WINDOW, starts_at__lte=now, planned_for__isnull=False)


def counts(now: datetime) -> dict[Scope, Counts]:
    """What happened in the last 90 days, by where the meetings lie."""
    found: dict[Scope, Counts] = defaultdict(Counts)
    places: dict[int, Scope] = {}
    decided = set(Decision.objects.filter(meeting__kind=CROSS).values_list("meeting", flat=True))
    for row in due_meetings(now).only("state", "starts_at", "minutes", "entity", "market", "team"):
        place = Scope(row.entity_id, row.market_id, row.team_id)
        one = found[place]
        one.due += 1
        if row.state == Meeting.HELD:
            one.held += 1
            one.sat += 1
            one.written += bool(row.minutes) or row.pk in decided
            one.last = max(one.last or row.starts_at, row.starts_at)
    for pk, entity, market, team in Meeting.objects.filter(kind=CROSS).values_list("pk", "entity", "market", "team"):
        places[pk] = Scope(entity, market, team)
    for todo in due_follow_ups(now):
        if todo.subject_id in places:
            one = found[places[todo.subject_id]]
            one.agreed += 1
            one.closed += in_time(todo)
    return dict(found)


def due_follow_ups(now: datetime) -> QuerySet[Todo]:
    """The to-dos of cross-department meetings that fell due in the last 90 days."""
    cross = Meeting.objects.filter(kind=CROSS).values("pk")
    rows = queries.follow_ups().filter(subject_id__in=cross, due__gt=now - WINDOW, due__lte=now)
    return rows.only("subject_id", "state", "due", "settled_at")


def in_time(todo: Todo) -> bool:
    """Whether a to-do was done by its time."""
    return bool(todo.state == Todo.DONE and todo.settled_at and todo.due and todo.settled_at <= todo.due)


# --- the page ------------------------------------------------------------------------------------------------------


@dataclass
class Row:
    """A series as its page tells it: the next and the last meeting, held of due, functions without anybody, follow-ups."""

    series: Series
    upcoming: Meeting | None = None
    last: Meeting | None = None
    held: int = 0
    due: int = 0
    missing: list[str] = field(default_factory=list)
    cover: list[queries.Cover] = field(default_factory=list)
    open: int = 0
    late: int = 0


def series_rows(person: Person | None) -> list[Row]:
    """The active cross-department series one may see, with how they are kept."""
    now = clock.now()
    found = {row.pk: Row(row) for row in queries.every_series(person).filter(kind=CROSS, active=True)}
    mine = queries.meetings(person).filter(series__in=found)
    for meeting in mine.filter(state=Meeting.PLANNED, starts_at__gt=now).order_by("-starts_at"):
        found[meeting.series_id or 0].upcoming = meeting
    for meeting in mine.filter(state=Meeting.HELD).order_by("starts_at"):
        found[meeting.series_id or 0].last = meeting
    for series, state, count in due_meetings(now, mine).order_by().values_list("series", "state").annotate(Count("pk")):
        found[series].due += count
        found[series].held += count if state == Meeting.HELD else 0
    count_open(found, mine, now)
    invited = queries.invited_by([one.series for one in found.values()])
    known = queries.functions_of(list({person.pk: person for people in invited.values() for person in people}.values()))
    for pk, one in found.items():
        one.cover = queries.coverage(one.series.functions.all(), invited[pk], known)
        one.missing = [str(part.function) for part in one.cover if not part.people]
    return list(found.values())


def count_open(found: dict[int, Row], mine: QuerySet[Meeting], now: datetime) -> None:
    """Count the open and the late follow-ups of each series."""
    of_series = dict(mine.values_list("pk", "series"))
    todos: Iterable[Todo] = queries.follow_ups().filter(subject_id__in=list(of_series), state=Todo.OPEN)
    for todo in todos:
        row = found[of_series[todo.subject_id or 0]]
        row.open += 1
        row.late += bool(todo.due and todo.due < now)


def latest_decisions(person: Person | None, most: int = 8) -> QuerySet[Decision]:
    """The newest decisions of cross-department meetings that hold."""
    return queries.decisions(person).filter(meeting__kind=CROSS, replaced_by=None)[:most]


def open_follow_ups(person: Person | None, most: int = 10) -> list[Todo]:
    """The open to-dos of cross-department meetings, the soonest due first."""
    cross = queries.meetings(person).filter(kind=CROSS).values("pk")
    rows = queries.follow_ups().filter(subject_id__in=cross, state=Todo.OPEN).select_related("person")
    return list(rows.order_by("due", "id")[:most])
