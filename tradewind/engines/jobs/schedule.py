"""When something is due again: every so often, or by the calendar and clock of a named zone. Pure calculation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from tradewind.base import clock

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EVERY = re.compile(r"(\d+)([smhd])")
CLOCKED = re.compile(r"(daily|weekly (mon|tue|wed|thu|fri|sat|sun)|monthly (\d{1,2})) (\d{2}):(\d{2})(?: (\S+))?")


@dataclass(frozen=True)
class Rule:
    """A parsed schedule: either `seconds` apart, or at `at` of the days that fit, on the clock of `zone`."""

    seconds: int = 0
    at: time = time(0)
    zone: str = "UTC"
    weekday: int | None = None
    month_day: int | None = None

    def after(self, moment: datetime, last: datetime | None = None) -> datetime:
        """The first due moment later than `moment`; an interval keeps its beat from `last`.

        By the clock, each day counts once: a time that the zone skips is due when the clocks have moved on, a time
        that comes twice is due the first time only.
        """
        if self.seconds:
            return self.beat_after(moment, last)
        day = clock.day_of(moment, self.zone)
        while True:
            due = datetime.combine(day, self.at, tzinfo=clock.zone(self.zone)).astimezone(UTC)
            if self.fits(day) and due > moment:
                return due
            day += timedelta(days=1)

    def beat_after(self, moment: datetime, last: datetime | None) -> datetime:
        """The next beat of an interval; beats that were missed are skipped, not made up for."""
        step = timedelta(seconds=self.seconds)
        if last is None or last > moment:
            return moment + min(step, timedelta(minutes=1))
        return last + step * ((moment - last) // step + 1)

    def fits(self, day: date) -> bool:
        """Whether the rule names this day; the 31st of a shorter month is its last day."""
        if self.weekday is not None:
            return day.weekday() == self.weekday
        if self.month_day is not None:
            last_day = ((day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)).day
            return day.day == min(self.month_day, last_day)
        return True


def parse(text: str) -> Rule:
    """A rule from `15s`, `5m`, `1h`, `2d`, `daily 03:00 ZONE`, `weekly mon 09:00 ZONE` or `monthly 1 03:00 ZONE`.

    Without a zone the clock is UTC. ValueError on another form; Refused on an unknown zone.
    """
    every = EVERY.fullmatch(text)
    if every and int(every[1]):
        return Rule(seconds=int(every[1]) * UNITS[every[2]])
    clocked = CLOCKED.fullmatch(text)
    if clocked is None:
        raise ValueError(f"not a schedule: {text!r}")
    zone = clocked[6] or "UTC"
    clock.zone(zone)
    weekday = WEEKDAYS.index(clocked[2]) if clocked[2] else None
    month_day = int(clocked[3]) if clocked[3] else None
    if month_day is not None and not 1 <= month_day <= 31:
        raise ValueError(f"not a day of a month: {text!r}")
    return Rule(at=time(int(clocked[4]), int(clocked[5])), zone=zone, weekday=weekday, month_day=month_day)
