"""What one can see of meetings: series, meetings, agendas, decisions, follow-ups, and who came."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Min, Q, QuerySet
from django.urls import reverse

from tradewind.base import clock
from tradewind.engines.access.scope import can, visible
from tradewind.engines.inbox.models import Todo
from tradewind.engines.meetings.kinds import PLAN, READ
from tradewind.engines.meetings.models import AgendaItem, Attendance, Decision, Meeting, Series
from tradewind.nouns.org.models import Function, Membership, Person, Team
from tradewind.nouns.org.queries import holding

FOLLOW_UP = "meetings.follow_up"
MEETING = "meetings.meeting"


def every_series(person: Person | None) -> QuerySet[Series]:
    """The series one may see."""
    rows = visible(person, READ, Series.objects.all())
    return rows.select_related("host", "entity", "market", "team").prefetch_related("functions")


def with_counts(rows: QuerySet[Series]) -> QuerySet[Series]:
    """Series with when they meet next (`next_at`) and how many meetings were `held`."""
    coming = Q(meetings__state=Meeting.PLANNED, meetings__starts_at__gt=clock.now())
    return rows.annotate(
        next_at=Min("meetings__starts_at", filter=coming),
        held=Count("meetings", filter=Q(meetings__state=Meeting.HELD)),
    )


def meetings(person: Person | None) -> QuerySet[Meeting]:
    """The meetings one may read."""
    rows = visible(person, READ, Meeting.objects.all())
    return rows.select_related("host", "series", "entity", "market", "team", "minutes_by")


def own_meetings(person: Person) -> QuerySet[Meeting]:
    """The meetings a person is invited to or hosts, the earliest first."""
    mine = Q(pk__in=Attendance.objects.filter(person=person).values("meeting")) | Q(host=person)
    return meetings(person).filter(mine).order_by("starts_at", "id")


def items(person: Person | None) -> QuerySet[AgendaItem]:
    """The agenda items of meetings one may read."""
    return visible(person, READ, AgendaItem.objects.all()).select_related("meeting__host", "owner")


def decisions(person: Person | None) -> QuerySet[Decision]:
    """The decisions of meetings one may read, newest first."""
    rows = visible(person, READ, Decision.objects.all())
    return rows.select_related("meeting__series", "meeting__host", "decided_by", "replaces", "replaced_by", "item")


def attended(person_ids: Iterable[int], since: datetime) -> QuerySet[Attendance]:
    """That these people came to meetings held since a moment; narrow it by the meeting's kind or subject."""
    return Attendance.objects.filter(
        person__in=list(person_ids), attended=True, meeting__state=Meeting.HELD, meeting__starts_at__gte=since
    ).select_related("meeting")


# --- who may what --------------------------------------------------------------------------------------------------


def takes_part(person: Person | None, meeting: Meeting) -> bool:
    """Whether a person is invited to a meeting or hosts it."""
    if person is None:
        return False
    return meeting.host_id == person.pk or meeting.attendances.filter(person=person).exists()


def runs(person: Person | None, meeting: Meeting, code: str) -> bool:
    """Whether a person may do `code` to a meeting: its host may, and who holds the right (and that of the kind) there."""
    if person is not None and meeting.host_id == person.pk:
        return can(person, READ)
    kind = meeting.of_kind
    if kind.private:
        return False
    return can(person, code, meeting) and (kind.plan == PLAN or can(person, kind.plan, meeting))


# --- people and functions ------------------------------------------------------------------------------------------


def members_of(teams: Iterable[Team]) -> QuerySet[Person]:
    """The active people who are members of these teams today."""
    rows = Membership.objects.filter(holding(), team__in=[team.pk for team in teams])
    return Person.objects.filter(active=True, pk__in=rows.values("person"))


def invited_by(rows: Iterable[Series]) -> dict[int, list[Person]]:
    """Whom the next meetings of each series invite: its people, the members of its teams, the host."""
    found: dict[int, dict[int, Person]] = {row.pk: {} for row in rows}
    hosts = Person.objects.filter(active=True).in_bulk({row.host_id for row in rows if row.host_id})
    for row in rows:
        if row.host_id is not None and row.host_id in hosts:
            found[row.pk][row.host_id] = hosts[row.host_id]
    chosen = Series.people.through.objects.filter(series__in=found, person__active=True).select_related("person")
    for line in chosen:
        found[line.series_id][line.person_id] = line.person
    teams = Series.teams.through.objects.filter(series__in=found).values_list("series", "team")
    members: dict[int, list[Person]] = defaultdict(list)
    open_lines = Membership.objects.filter(holding(), team__in=[team for _row, team in teams], person__active=True)
    for member in open_lines.select_related("person"):
        members[member.team_id].append(member.person)
    for pk, team in teams:
        found[pk] |= {person.pk: person for person in members[team]}
    return {pk: sorted(people.values(), key=lambda one: (str(one), one.pk)) for pk, people in found.items()}


def invited_to(series: Series) -> list[Person]:
    """Whom the next meetings of a series invite."""
    return invited_by([series])[series.pk]


def functions_of(people: Sequence[Person]) -> dict[int, set[int]]:
    """The functions each person works in, by ids: those of their teams, of the teams they lead and of their job."""
    pks = [person.pk for person in people]
    found: dict[int, set[int]] = defaultdict(set)
    member = Membership.objects.filter(holding(), person__in=pks, team__function__isnull=False)
    for person, function in member.values_list("person", "team__function"):
        found[person].add(function)
    led = Team.objects.filter(lead__in=pks, active=True, function__isnull=False)
    for lead, function in led.values_list("lead", "function"):
        found[lead].add(function)
    for person, function in Person.objects.filter(pk__in=pks, job__function__isnull=False).values_list(
        "pk", "job__function"
    ):
        found[person].add(function)
    return dict(found)


@dataclass(frozen=True)
class Cover:
    """A function that must take part, and who of those asked works in it."""

    function: Function
    people: list[Person]


def coverage(
    needed: Iterable[Function], people: Sequence[Person], known: Mapping[int, set[int]] | None = None
) -> list[Cover]:
    """Who of some people stands for each needed function; `known` is what `functions_of` said of them."""
    works = functions_of(people) if known is None else known
    return [
        Cover(function, [person for person in people if function.pk in works.get(person.pk, ())]) for function in needed
    ]


# --- what comes out of a meeting -----------------------------------------------------------------------------------


def follow_ups() -> QuerySet[Todo]:
    """The to-dos that meetings gave, but for those that were withdrawn."""
    return Todo.objects.filter(kind=FOLLOW_UP, subject_type=MEETING).exclude(state=Todo.WITHDRAWN)


def follow_ups_of(meetings: Iterable[int]) -> list[Todo]:
    """The to-dos given in some meetings (by their ids), the soonest due first."""
    rows = follow_ups().filter(subject_id__in=list(meetings)).select_related("person", "settled_by")
    return list(rows.order_by(F("due").asc(nulls_last=True), "id"))


def follow_ups_seen_by(person: Person | None) -> QuerySet[Todo]:
    """The to-dos given in meetings one may read."""
    return follow_ups().filter(subject_id__in=visible(person, READ, Meeting.objects.all()).values("pk"))


def address(meeting: int) -> str:
    """The page of a meeting."""
    return reverse("meetings:meeting-detail", args=[meeting])


def next_of(series: Series, after: datetime | None = None) -> Meeting | None:
    """The next planned meeting of a series."""
    rows = series.meetings.filter(state=Meeting.PLANNED, starts_at__gt=after or clock.now())
    return rows.order_by("starts_at").first()


def to_close(person: Person) -> QuerySet[Meeting]:
    """The meetings a person hosts that are over and were neither held nor cancelled."""
    rows = Meeting.objects.filter(host=person, state=Meeting.PLANNED, ends_at__lte=clock.now())
    return rows.order_by("starts_at")


__all__ = [
    "Cover",
    "address",
    "attended",
    "coverage",
    "decisions",
    "every_series",
    "follow_ups",
    "follow_ups_of",
    "follow_ups_seen_by",
    "functions_of",
    "invited_by",
    "invited_to",
    "items",
    "meetings",
    "members_of",
    "next_of",
    "own_meetings",
    "runs",
    "takes_part",
    "to_close",
    "with_counts",
]  # fmt: skip
