"""Examples of meetings, for tests and the demo company."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Any

from tradewind.base import clock
from tradewind.engines.meetings import actions
from tradewind.engines.meetings.models import Meeting, Series
from tradewind.nouns.org.models import Function, Person

COUNTER = count(1)


def functions(number: int = 2) -> list[Function]:
    """Some kinds of work."""
    return [Function.objects.create(code=f"work-{next(COUNTER)}", name={"en": "Work"}) for _ in range(number)]


def series(host: Person | None = None, **given: Any) -> Series:
    """A weekly meeting on Tuesdays at 10:00 in Berlin, unless told otherwise."""
    facts = {"kind": "meetings.plain", "title": {"en": "Trading review", "zh-hans": "经营会"}, "starts_on": date(2026, 1, 5),
             "rhythm": Series.WEEKLY, "weekday": 1, "at": time(10), "zone": "Europe/Berlin", "host": host}  # fmt: skip
    return actions.save_series.system(**{**facts, **given})


def meeting(host: Person | None = None, *, starts_at: datetime | None = None, **given: Any) -> Meeting:
    """A single meeting tomorrow, unless told otherwise."""
    facts = {"title": {"en": "Launch review", "zh-hans": "上新评审"}, "zone": "Europe/Berlin", "host": host}
    return actions.plan_meeting.system(**{**facts, "starts_at": starts_at or clock.now() + timedelta(days=1), **given})
