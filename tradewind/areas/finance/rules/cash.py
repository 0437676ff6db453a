"""Cash ahead: when a channel pays, when lines repeat, what every week brings. Amounts are units of 1/10,000; money out is negative."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import pairwise
from statistics import median_low
from typing import Any

WEEKS = 13
PAYOUT, RESERVE, BILL, CLAIM, LINE = "payout", "reserve", "bill", "claim", "line"
FEWEST = 3


@dataclass(frozen=True)
class Flow:
    """An amount that is expected on a day; `key` tells the source, once."""

    day: date
    amount: int
    currency: str
    kind: str
    key: str
    label: str = ""
    url: str = ""


@dataclass(frozen=True)
class Calendar:
    """A channel's way to pay: periods of `every` days from `first` on, paid `delay` days after their end.

    `held` (a share of 0..1) of every payout comes `held_days` later.
    """

    first: date
    every: int = 14
    delay: int = 3
    held: Decimal = Decimal(0)
    held_days: int = 0

    def period_of(self, day: date) -> tuple[date, date]:
        """The settlement period that a day lies in, before `first` too."""
        start = self.first + timedelta(days=(day - self.first).days // self.every * self.every)
        return start, start + timedelta(days=self.every - 1)

    def payout_day(self, day: date) -> date:
        """When money earned on a day is paid out: never sooner than the delay after it."""
        return self.period_of(day)[1] + timedelta(days=self.delay)

    def parts(self, day: date, amount: int) -> list[tuple[date, int, str]]:
        """What is paid and when for an amount earned on a day; the parts add up to the amount."""
        paid = self.payout_day(day)
        held = int((Decimal(amount) * self.held).to_integral_value(ROUND_HALF_EVEN)) if amount > 0 else 0
        found = [(paid, amount - held, PAYOUT), (paid + timedelta(days=self.held_days), held, RESERVE)]
        return [part for part in found if part[1]]


def add_months(day: date, months: int) -> date:
    """The same day some months later; the last of a month that is too short."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def days_of(first: date, last: date | None, rhythm: str, start: date, end: date) -> list[date]:
    """The days from `start` to `end` on which something that is `once`, `weekly`, `monthly` or `quarterly` falls due."""
    stop = min(end, last) if last else end
    if rhythm == "once":
        return [first] if start <= first <= stop else []
    found, place = list[date](), 0
    while True:
        day = (
            first + timedelta(weeks=place)
            if rhythm == "weekly"
            else add_months(first, place * (3 if rhythm == "quarterly" else 1))
        )
        if day > stop:
            return found
        if day >= start:
            found.append(day)
        place += 1


@dataclass
class Week:
    """A week of a currency: `late` flows were due before the first and count in it."""

    start: date
    end: date
    opening: int = 0
    flows: list[Flow] = field(default_factory=list)
    lowest: int = 0
    lowest_day: date | None = None

    @property
    def inflow(self) -> int:
        """All that comes in."""
        return sum(flow.amount for flow in self.flows if flow.amount > 0)

    @property
    def outflow(self) -> int:
        """All that goes out, below zero."""
        return sum(flow.amount for flow in self.flows if flow.amount < 0)

    @property
    def closing(self) -> int:
        """What is left at its end."""
        return self.opening + self.inflow + self.outflow


@dataclass(frozen=True)
class Low:
    """The lowest point: how much, on which day, in which week (from 0)."""

    amount: int
    day: date
    week: int


def weeks_of(start: date, count: int = WEEKS) -> list[tuple[date, date]]:
    """Spans of seven days from a day on."""
    return [(start + timedelta(weeks=n), start + timedelta(weeks=n, days=6)) for n in range(count)]


def plan(opening: int, flows: Iterable[Flow], start: date, count: int = WEEKS) -> list[Week]:
    """The weeks of one currency; a flow that was due before `start` counts in the first week, one after the horizon in none."""
    weeks = [Week(first, last) for first, last in weeks_of(start, count)]
    for flow in sorted(flows, key=lambda one: (one.day, one.amount, one.key)):
        place = max((flow.day - start).days // 7, 0)
        if place < count:
            weeks[place].flows.append(flow)
    held = opening
    for week in weeks:
        week.opening = week.lowest = held
        week.lowest_day = week.start
        for day, amount in by_day(week):
            held += amount
            if held < week.lowest:
                week.lowest, week.lowest_day = held, day
    return weeks


def by_day(week: Week) -> list[tuple[date, int]]:
    """What every day of a week brings, as it would be booked: money out before money in, overdue on the first day."""
    return sorted((max(flow.day, week.start), flow.amount) for flow in week.flows)


def lowest(weeks: Sequence[Week]) -> Low | None:
    """The lowest point of all weeks, the earliest of equals; None without weeks."""
    found = [Low(week.lowest, week.lowest_day or week.start, place) for place, week in enumerate(weeks)]
    return min(found, key=lambda low: low.amount, default=None)


@dataclass(frozen=True)
class Seen:
    """A payout of the past: the period it settled and the day it was paid."""

    start: date
    end: date
    day: date


@dataclass(frozen=True)
class Learnt:
    """What past payouts say about a channel's calendar, and from how many."""

    first: date
    every: int
    delay: int
    payouts: int


def learn(payouts: Sequence[Seen]) -> Learnt | None:
    """The usual length of a period and the usual wait after its end (medians of what was seen); None from fewer than three payouts."""
    rows = sorted({(one.end, one.start, one.day) for one in payouts})
    if len(rows) < FEWEST:
        return None
    gaps = [gap for earlier, later in pairwise(rows) if (gap := (later[0] - earlier[0]).days) > 0]
    if len(gaps) < FEWEST - 1:
        return None
    every = median_low(gaps)
    delay = max(median_low([(day - end).days for end, _start, day in rows]), 0)
    return Learnt(rows[-1][0] + timedelta(days=1), every, delay, len(rows))


@dataclass(frozen=True)
class HeldBack:
    """A payout of the past with its reserve, all above zero: what it would have been without, what was held back, what was given back."""

    day: date
    base: int
    held: int
    released: int


@dataclass(frozen=True)
class Reserve:
    """How much of a payout a channel holds back (0 to 1), and for how many days."""

    share: Decimal
    days: int


def learn_reserve(payouts: Sequence[HeldBack]) -> Reserve | None:
    """What past payouts say of a channel's reserve: the middle of the shares held back and of the days until they came.

    What is given back is taken as the oldest that was held. None from fewer than three payouts, or while nothing held came back;
    a channel that held nothing back in any of them has none: a share of zero.
    """
    rows = sorted(payouts, key=lambda one: one.day)
    if len(rows) < FEWEST:
        return None
    if not any(one.held for one in rows):
        return Reserve(Decimal(0), 0)
    shares = sorted(Decimal(one.held) / one.base for one in rows if one.held and one.base > 0)
    days = days_held(rows)
    if not shares or not days:
        return None
    share = shares[(len(shares) - 1) // 2].quantize(Decimal("0.0001"))
    return Reserve(min(share, Decimal(1)), median_low(days))


def days_held(rows: Sequence[HeldBack]) -> list[int]:
    """How long each reserve was held until all of it had come back, the oldest first."""
    waiting: list[list[Any]] = []
    found = []
    for one in rows:
        left = one.released
        while left > 0 and waiting:
            taken = min(left, waiting[0][1])
            left, waiting[0][1] = left - taken, waiting[0][1] - taken
            if not waiting[0][1]:
                found.append((one.day - waiting.pop(0)[0]).days)
        if one.held:
            waiting.append([one.day, one.held])
    return found


@dataclass(frozen=True)
class Exposed:
    """A currency in a month: what is there at its beginning, what comes and goes, what that leaves."""

    currency: str
    month: date
    assets: int
    coming: int
    going: int

    @property
    def net(self) -> int:
        """What is exposed to the rate at the end of the month."""
        return self.assets + self.coming + self.going


def exposure(openings: dict[str, int], flows: Iterable[Flow], start: date, last: date) -> list[Exposed]:
    """Every currency month by month up to a day; overdue flows count in the first month, later ones in none."""
    sums: dict[tuple[str, date], list[int]] = {}
    for flow in flows:
        if flow.day <= last:
            cell = sums.setdefault((flow.currency, max(flow.day, start).replace(day=1)), [0, 0])
            cell[flow.amount < 0] += flow.amount
    months, month = list[date](), start.replace(day=1)
    while month <= last:
        months.append(month)
        month = add_months(month, 1)
    found = []
    for currency in sorted({*openings, *(key[0] for key in sums)}):
        held = openings.get(currency, 0)
        for month in months:
            coming, going = sums.get((currency, month), (0, 0))
            found.append(Exposed(currency, month, held, coming, going))
            held = found[-1].net
    return found
