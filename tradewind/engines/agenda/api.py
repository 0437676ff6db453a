"""Holidays and working time over REST."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from tradewind.base import clock
from tradewind.base.errors import Refused
from tradewind.engines.access.rest import PROBLEMS, person_of
from tradewind.engines.access.scope import require
from tradewind.engines.agenda import queries
from tradewind.nouns.org.models import Site

router = Router(tags=["agenda"])
MOST_DAYS = 62


class HolidayOut(Schema):
    """One day: per cent of it that is free, or a working day moved here; `source` published, country, region or site."""

    day: dt.date
    name: str
    free_percent: int
    moved_working_day: bool
    source: str


class Holidays(Schema):
    """The calendar of a year."""

    year: int
    rows: list[HolidayOut]


class Days(Schema):
    """From which day to which (both included), on my calendar."""

    start: dt.date = Field(alias="from")
    end: dt.date = Field(alias="to")


class WindowOut(Schema):
    """A stretch of working time, the end not included."""

    start: dt.datetime
    end: dt.datetime


class Windows(Schema):
    """My working time, and when it begins next."""

    rows: list[WindowOut]
    next: dt.datetime | None


@router.get(
    "/holidays/calendar", response={200: Holidays, **PROBLEMS}, summary="The holidays of a country, region or site"
)
def holiday_calendar(
    request: HttpRequest, country: str = "", region: str = "", site: str = "", year: int | None = None
) -> Any:
    person = person_of(request)
    require(person, "agenda.view_holiday")
    found = Site.objects.filter(code=site).first() if site else None
    if site and found is None:
        raise Refused(_("There is no such site."), fields={"site": _("There is no such site.")})
    chosen = clock.today(person.zone).year if year is None else year
    if not 1970 <= chosen <= 2200:
        raise Refused(
            _("Choose a year between 1970 and 2200."), fields={"year": _("Choose a year between 1970 and 2200.")}
        )
    lines = queries.holidays(country or person.country, region, chosen, found)
    return {"year": chosen, "rows": [line_out(line, person.language) for line in lines]}


def line_out(line: queries.HolidayLine, language: str) -> dict[str, Any]:
    """A day as the API tells it."""
    return {
        "day": line.day,
        "name": line.name.text(language),
        "free_percent": line.rule.off.percent if line.rule.off else 0,
        "moved_working_day": line.rule.works,
        "source": line.source,
    }


@router.get("/working-time", response={200: Windows, **PROBLEMS}, summary="My working time between two days")
def working_time(request: HttpRequest, query: Query[Days]) -> Any:
    person = person_of(request)
    if not 0 <= (query.end - query.start).days <= MOST_DAYS or not 1970 <= query.start.year <= 2200:
        message = _("Ask for at most %(days)s days.") % {"days": MOST_DAYS}
        raise Refused(message, fields={"to": message})
    start, _end = clock.day_bounds(query.start, person.zone)
    _start, end = clock.day_bounds(query.end, person.zone)
    windows = queries.working_windows(person, start, end)
    rows = [{"start": window.start, "end": window.end} for window in windows]
    return {"rows": rows, "next": queries.next_working_moment(person)}
