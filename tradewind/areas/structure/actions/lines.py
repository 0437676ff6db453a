"""Who reports to whom and who is in which team, from a day on: lines and memberships are dated and never overlap.

A change holds from its first day; the line or membership it replaces ends the day before. What was planned for a later
day stays planned.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tradewind.areas.structure.queries.people import chain_of, managers
from tradewind.base.errors import Refused
from tradewind.engines.access.scope import Scope, forget
from tradewind.engines.actions.action import action
from tradewind.nouns.org.models import Membership, Person, ReportingLine, Team
from tradewind.nouns.org.queries import company_today, holding

DAY = timedelta(days=1)


@action()
def set_manager(by: Person | None, person: Person, *, manager: Person | None, since: date | None = None) -> Person:
    """Say whom a person reports to.

    From a day on, today by default; Refused when the line would run in a circle.
    """
    if manager is not None:
        refuse_circle(person, manager, since or company_today())
    draw_line(person, manager, since)
    return person


@action()
def set_dotted(by: Person | None, person: Person, *, manager: Person, since: date | None = None) -> Person:
    """Add a dotted line to one more manager."""
    if manager.pk == person.pk:
        raise Refused(_("Nobody reports to themselves."), fields={"manager": _("Nobody reports to themselves.")})
    day = since or company_today()
    lines = ReportingLine.objects.filter(person=person, manager=manager)
    if lines.filter(holding(day)).exists() or lines.filter(kind=ReportingLine.DOTTED, start__gt=day).exists():
        words = _("%(person)s reports to %(manager)s already.") % {"person": person, "manager": manager}
        raise Refused(words, code="known", fields={"manager": words})
    ReportingLine.objects.create(person=person, manager=manager, kind=ReportingLine.DOTTED, start=since)
    return person


@action()
def end_line(
    by: Person | None, person: Person, *, manager: Person, kind: str = ReportingLine.DOTTED, until: date | None = None
) -> Person:
    """End a reporting line.

    After a last day; without one it ends at once.
    """
    last = until or company_today() - DAY
    lines = ReportingLine.objects.filter(person=person, manager=manager, kind=kind)
    if not end_after(list(lines), last):
        words = _("%(person)s does not report to %(manager)s on such a line.") % {"person": person, "manager": manager}
        raise Refused(words, code="unknown", fields={"manager": words})
    return person


def scope_of_team(team: Team, **_rest: Any) -> Scope:
    """A team is its own place in its entity and market."""
    return Scope(team.entity_id, team.market_id, team.pk)


@action(scope=scope_of_team)
def join_team(
    by: Person | None, team: Team, *, person: Person, allocation: int = 100, since: date | None = None
) -> Team:
    """Put a person into a team with a share of their time."""
    if not 1 <= allocation <= 100:
        raise Refused(
            _("A share of time lies between 1 and 100."),
            fields={"allocation": _("A share of time lies between 1 and 100.")},
        )
    put_in_team(team, person, allocation, since)
    forget(person)
    return team


@action(scope=scope_of_team)
def leave_team(by: Person | None, team: Team, *, person: Person, until: date | None = None) -> Team:
    """Take a person out of a team.

    After a last day; without one they leave at once.
    """
    last = until or company_today() - DAY
    if not end_after(list(Membership.objects.filter(team=team, person=person)), last):
        words = _("%(person)s is not in this team.") % {"person": person}
        raise Refused(words, code="unknown", fields={"person": words})
    forget(person)
    return team


# --- the pieces, for whole plans and files as well ----------------------------------------------------------------


def refuse_circle(person: Person, manager: Person, since: date) -> None:
    """Refuse a manager under whom the line would run in a circle, on the day or when a planned later line begins."""
    later = ReportingLine.objects.filter(kind=ReportingLine.SOLID, start__gt=since)
    own = later.filter(person=person).order_by("start").values_list("start", flat=True).first()
    days = {day for day in later.values_list("start", flat=True) if day and (own is None or day < own)}
    for day in (since, *sorted(days)):
        if person.pk in (manager.pk, *chain_of(manager.pk, managers(day))):
            raise Refused(
                _("%(person)s cannot report to %(manager)s: the line would run in a circle.")
                % {"person": person, "manager": manager},
                code="circle", fields={"manager": _("This would make a circle.")},
            )  # fmt: skip


def draw_line(person: Person, manager: Person | None, since: date | None = None) -> bool:
    """Let the solid line of a person lead to a manager (None: to nobody) from a day on; whether that changed anything.

    The first line of a person without a day has held always. Circles are the caller's to refuse.
    """
    lines = ReportingLine.objects.filter(person=person, kind=ReportingLine.SOLID)
    today = company_today()
    day = since or today
    present = list(lines.filter(holding(day)))
    passed = lines.filter(start__gt=day, start__lte=today)
    if not passed.exists() and [line.manager_id for line in present] == ([manager.pk] if manager else []):
        return False
    known = lines.filter(start__isnull=True).exists() or lines.filter(start__lte=today).exists()
    passed.delete()
    for line in present:
        end_before(line, day)
    if manager is not None:
        start = day if known else since
        ReportingLine.objects.create(person=person, manager=manager, start=start, end=free_until(lines, day))
    return True


def put_in_team(team: Team, person: Person, allocation: int, since: date | None = None) -> bool:
    """Make a person a member of a team with a share of time from a day on; whether that changed anything."""
    rows = Membership.objects.filter(team=team, person=person)
    day = since or company_today()
    present = rows.filter(holding(day)).order_by("-start", "-pk").first()
    if present is not None and present.allocation == allocation:
        return False
    if present is not None and (since is None or present.start == since):
        present.allocation = allocation
        present.save(update_fields=["allocation"])
        return True
    known = rows.exists()
    if present is not None:
        end_before(present, day)
    rows.create(
        team=team, person=person, allocation=allocation, start=day if known else since, end=free_until(rows, day)
    )
    return True


def end_before(row: ReportingLine | Membership, day: date) -> None:
    """End a row the day before; one that would never have held is taken away."""
    if row.start is not None and row.start >= day:
        row.delete()
        return
    row.end = day - DAY
    row.save(update_fields=["end"])


def end_after(rows: list[ReportingLine] | list[Membership], last: date) -> bool:
    """End the row that holds beyond a last day, else take back the planned ones; whether there were any."""
    beyond = [row for row in rows if row.end is None or row.end > last]
    present = [row for row in beyond if row.start is None or row.start <= last + DAY]
    for row in present or beyond:
        end_before(row, last + DAY)
    return bool(beyond)


def free_until(rows: QuerySet[ReportingLine] | QuerySet[Membership], day: date) -> date | None:
    """The last day before the next planned row begins; None when none is planned."""
    start = rows.filter(start__gt=day).order_by("start").values_list("start", flat=True).first()
    return start - DAY if start else None
