"""Plan: series and the meetings they give, meetings beside a series, moving and cancelling."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from tradewind.base import clock
from tradewind.base.errors import Refused
from tradewind.engines.access.scope import Scope
from tradewind.engines.actions.action import Bulk, action
from tradewind.engines.inbox.asking import settle_cause
from tradewind.engines.inbox.tell import tell
from tradewind.engines.meetings import queries
from tradewind.engines.meetings.actions.places import (
    call_together,
    check_common,
    check_title,
    coming,
    facts,
    future_place,
    require_kind,
    require_runs,
    still_planned,
)
from tradewind.engines.meetings.models import Attendance, Meeting, Series
from tradewind.engines.meetings.rules import days_between, moments
from tradewind.nouns.org.models import Entity, Function, Market, Person, Team

AHEAD = timedelta(days=42)
CLOSE = "meetings.close"


@action(scope=future_place)
def save_series(
    by: Person | None,
    series: Series | None = None,
    *,
    kind: str,
    title: dict[str, str],
    starts_on: date,
    at: time,
    zone: str,
    rhythm: str = Series.MONTHLY,
    weekday: int = 0,
    nth: int = 1,
    length: int = 60,
    ends_on: date | None = None,
    purpose: str = "",
    host: Person | None = None,
    link: str = "",
    functions: list[Function] | None = None,
    teams: list[Team] | None = None,
    people: list[Person] | None = None,
    entity: Entity | None = None,
    market: Market | None = None,
    team: Team | None = None,
    active: bool = True,
) -> Series:
    """Start a series of meetings or change it.

    Its meetings of the coming six weeks (at least the next one) are planned at once; those planned earlier move along,
    and those that no longer fit are cancelled. Raises Refused for fewer functions than the kind needs.
    """
    known = require_kind(by, kind, Scope(*(one.pk if one else None for one in (entity, market, team))))
    check_common(zone, length, link)
    needed = list(functions or [])
    check_series(rhythm, weekday, nth, starts_on, ends_on)
    if len({one.pk for one in needed}) < known.functions:
        text = _("A meeting of this kind needs at least %(count)s functions.") % {"count": known.functions}
        raise Refused(text, fields={"functions": text}, code="too_few_functions")
    row = series or Series()
    times = Series.objects.filter(pk=row.pk).values_list("at", "zone", "length").first()
    row.kind, row.title, row.purpose, row.host, row.link = kind, check_title(title), purpose.strip(), host or by, link
    row.rhythm, row.weekday, row.nth, row.starts_on, row.ends_on = rhythm, weekday, nth, starts_on, ends_on
    row.at, row.zone, row.length, row.active = at, zone, length, active
    row.entity, row.market, row.team = entity, market, team
    row.save()
    row.functions.set(needed)
    row.teams.set(teams or [])
    row.people.set(people or [])
    realign(by, row, moved=times != (at, zone, length))
    return row


def check_series(rhythm: str, weekday: int, nth: int, starts_on: date, ends_on: date | None) -> None:
    """Refuse a rhythm that does not exist and an end before the begin."""
    faults: dict[str, Any] = {}
    if rhythm not in dict(Series.RHYTHMS):
        faults["rhythm"] = _("Choose how often it meets.")
    if weekday not in dict(Series.WEEKDAYS):
        faults["weekday"] = _("Choose a day of the week.")
    if nth not in dict(Series.NTH):
        faults["nth"] = _("Choose which week of the month.")
    if ends_on is not None and ends_on < starts_on:
        faults["ends_on"] = _("The last day lies before the first.")
    if faults:
        raise Refused(next(iter(faults.values())), fields=faults)


def wanted_days(series: Series) -> list[date]:
    """The days on which a series should have meetings planned from now on."""
    if not series.active:
        return []
    today = clock.today(series.zone)
    days = days_between(series.rhythm, series.weekday, series.nth, series.starts_on, max(today, series.starts_on),
                        today + AHEAD, last=series.ends_on)  # fmt: skip
    return [day for day in days if moments(day, series.at, series.zone, series.length)[0] > clock.now()]


def realign(by: Person | None, series: Series, *, moved: bool) -> None:
    """Bring the coming meetings of a series in line with it: cancel what no longer fits, move the rest, plan new ones.

    Unless its time was `moved`, a meeting that somebody put on another moment stays there.
    """
    days = set(wanted_days(series))
    coming_up = Q(state=Meeting.PLANNED, starts_at__gt=clock.now(), planned_for__isnull=False)
    for meeting in series.meetings.filter(coming_up).order_by("starts_at"):
        if meeting.planned_for in days:
            follow(by, series, meeting, moved=moved)
        else:
            meeting.planned_for = None
            call_off(by, meeting, _("The series has changed."))
    plan_days(by, series, sorted(days))


def follow(by: Person | None, series: Series, meeting: Meeting, *, moved: bool) -> None:
    """Give a coming meeting the present facts of its series; who is invited is told when it moves."""
    before, ends = meeting.starts_at, meeting.ends_at
    take_facts(series, meeting)
    if not moved:
        meeting.starts_at, meeting.ends_at = before, ends
    meeting.save()
    call_together(by, meeting, queries.invited_to(series))
    if meeting.starts_at != before:
        tell_moved(by, meeting, before)


def take_facts(series: Series, meeting: Meeting) -> None:
    """Write what a meeting takes from its series."""
    day = meeting.planned_for or series.starts_on
    meeting.starts_at, meeting.ends_at = moments(day, series.at, series.zone, series.length)
    meeting.kind, meeting.title, meeting.zone, meeting.host = series.kind, series.title, series.zone, series.host
    meeting.entity, meeting.market, meeting.team = series.entity, series.market, series.team
    meeting.link = series.link


def plan_days(by: Person | None, series: Series, days: list[date]) -> int:
    """Plan the meetings of those days that the series has none for yet; how many."""
    there = set(series.meetings.filter(planned_for__in=days).values_list("planned_for", flat=True))
    fresh = [day for day in days if day not in there]
    people = queries.invited_to(series) if fresh else []
    for day in fresh:
        meeting = Meeting(series=series, planned_for=day)
        take_facts(series, meeting)
        meeting.save()
        call_together(by, meeting, people)
    return len(fresh)


@action()
def plan_occurrences(by: Person | None, series: Series) -> Bulk[int]:
    """Plan the coming meetings of a series."""
    count = plan_days(by, series, wanted_days(series))
    return Bulk(count, {"planned": count}, subject=series)


@action(scope=future_place)
def plan_meeting(
    by: Person | None,
    *,
    title: dict[str, str],
    starts_at: datetime,
    zone: str,
    kind: str = "meetings.plain",
    length: int = 60,
    host: Person | None = None,
    link: str = "",
    teams: list[Team] | None = None,
    people: list[Person] | None = None,
    series: Series | None = None,
    entity: Entity | None = None,
    market: Market | None = None,
    team: Team | None = None,
    subject_type: str = "",
    subject_id: int | None = None,
) -> Meeting:
    """Plan a single meeting.

    With a series it stands for its day, if it has that one and nothing is planned for it, else beside it. Members of `teams`, `people` and the host (who plans it, unless named) are invited. `subject_type` and `subject_id` name what it is about.
    """
    require_kind(by, kind, Scope(*(one.pk if one else None for one in (entity, market, team))))
    check_common(zone, length, link)
    meeting = Meeting.objects.create(
        series=series, planned_for=day_in(series, starts_at), kind=kind, title=check_title(title), zone=zone, host=host or by, link=link, entity=entity, market=market,
        team=team, starts_at=starts_at, ends_at=starts_at + timedelta(minutes=length), subject_type=subject_type, subject_id=subject_id,
    )  # fmt: skip
    asked = [*queries.members_of(teams or []), *(people or [])]
    call_together(by, meeting, [*asked, meeting.host] if meeting.host is not None else asked)
    return meeting


@action(open_to_all=True)
def update_meeting(
    by: Person | None,
    meeting: Meeting,
    *,
    title: dict[str, str],
    starts_at: datetime,
    length: int,
    host: Person | None = None,
    link: str = "",
) -> Meeting:
    """Change or move a meeting.

    When its start changes, everybody who has not said no is told at once and asked anew.
    """
    require_runs(by, still_planned(meeting), "meetings.update_meeting")
    check_common(meeting.zone, length, link)
    before = meeting.starts_at
    meeting.title, meeting.link, meeting.host = check_title(title), link, host
    meeting.starts_at, meeting.ends_at = starts_at, starts_at + timedelta(minutes=length)
    meeting.save()
    if meeting.host is not None:
        call_together(by, meeting, [meeting.host])
    if before != starts_at:
        tell_moved(by, meeting, before)
    return meeting


def day_in(series: Series | None, starts_at: datetime) -> date | None:
    """The day of its series that a meeting stands for, if it is one and nothing is planned for it."""
    if series is None:
        return None
    day = clock.day_of(starts_at, series.zone)
    days = days_between(series.rhythm, series.weekday, series.nth, series.starts_on, day, day, last=series.ends_on)
    return day if day in days and not series.meetings.filter(planned_for=day).exists() else None


def tell_moved(by: Person | None, meeting: Meeting, before: datetime) -> None:
    """Tell those who are coming that a meeting moved, and ask them anew."""
    tell(coming(meeting, by), "meetings.moved", meeting, facts(meeting, before=before), group=f"meeting-{meeting.pk}")
    rows = meeting.attendances.all()
    rows.update(reminded_at=None)
    rows.exclude(person=meeting.host_id).exclude(answer=Attendance.NO).update(answer="", answered_at=None)


@action(open_to_all=True)
def cancel_meeting(by: Person | None, meeting: Meeting, *, reason: str) -> Meeting:
    """Cancel a meeting; everybody who has not said no is told at once."""
    require_runs(by, still_planned(meeting), "meetings.cancel_meeting")
    if not reason.strip():
        raise Refused(_("Say why it is cancelled."), fields={"reason": _("Say why it is cancelled.")})
    call_off(by, meeting, reason.strip())
    return meeting


def call_off(by: Person | None, meeting: Meeting, reason: str) -> None:
    """Mark a meeting as cancelled and tell those who were coming."""
    meeting.state, meeting.reason = Meeting.CANCELLED, reason[:300]
    meeting.save()
    settle_cause(CLOSE, str(meeting.pk), state="withdrawn")
    if meeting.starts_at > clock.now():
        tell(coming(meeting, by), "meetings.cancelled", meeting, facts(meeting, reason=meeting.reason))
