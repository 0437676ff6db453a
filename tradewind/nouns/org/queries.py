"""What holds on a day: the one reading of dated reporting lines and memberships."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q
from django.http import HttpRequest

from tradewind.base import clock
from tradewind.nouns.org.models import Company, Person, ReportingLine


def company_zone() -> str:
    """The zone of headquarters; UTC before there is a company."""
    return Company.objects.values_list("zone", flat=True).first() or "UTC"


def company_day(moment: datetime) -> date:
    """The day at headquarters at a moment."""
    return clock.day_of(moment, company_zone())


def company_today() -> date:
    """Today at headquarters."""
    return company_day(clock.now())


def holding(day: date | None = None, path: str = "") -> Q:
    """The condition for lines and memberships that hold on a day (first and last day included; today by default).

    `path` leads to them, such as `memberships`: give it in the same `filter()` as what else is asked of the same row.
    """
    day = day or company_today()
    start, end = (f"{path}__start", f"{path}__end") if path else ("start", "end")
    begun = Q(**{f"{start}__isnull": True}) | Q(**{f"{start}__lte": day})
    return begun & (Q(**{f"{end}__isnull": True}) | Q(**{f"{end}__gte": day}))


def manager_of(person: Person) -> Person | None:
    """The active manager by the solid line that holds today."""
    lines = ReportingLine.objects.filter(holding(), person=person, kind=ReportingLine.SOLID, manager__active=True)
    line = lines.select_related("manager").order_by("-start", "-id").first()
    return line.manager if line else None


def reader(request: HttpRequest) -> Person:
    """The person who reads a page; the kit lets nobody else come this far."""
    person: Person = request.person  # type: ignore[attr-defined]
    return person
