"""The one rule that colours all practices: what was due, what was done, and how late it is. Pure calculation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from tradewind.base.outline import CADENCES

NONE, GOOD, ATTENTION, OVERDUE = "none", "good", "attention", "overdue"
HEALTHS = (NONE, GOOD, ATTENTION, OVERDUE)
RANK = {mark: place for place, mark in enumerate(HEALTHS)}


@dataclass(frozen=True, slots=True)
class Part:
    """One countable side of a practice: `done` of `due` things, looked at `last`.

    The share done is good from `good_from` and overdue below `bad_below` (ratios). `last` is when the thing itself was
    done most recently, and is set only where doing it again is due every cadence; `link` leads to the counted records.
    """

    code: str
    label: Any
    done: int
    due: int
    last: datetime | None = None
    link: str = ""
    good_from: Decimal = Decimal(1)
    bad_below: Decimal = Decimal("0.5")

    def __post_init__(self) -> None:
        if self.done < 0 or self.due < 0:
            raise ValueError(f"{self.code}: counts are not negative")
        if not 0 <= self.bad_below <= self.good_from:
            raise ValueError(f"{self.code}: bad_below lies between 0 and good_from")

    @property
    def share(self) -> Decimal | None:
        """Done as a ratio of due; None when nothing is due."""
        return Decimal(self.done) / self.due if self.due else None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What shows that a practice is kept, at one scope. `seen` is the newest trace of it, told and not judged."""

    parts: tuple[Part, ...] = ()
    seen: datetime | None = None

    @property
    def last(self) -> datetime | None:
        """The newest trace of the practice there is."""
        return max((at for at in (self.seen, *(part.last for part in self.parts if part.due)) if at), default=None)


def cadence(every: str) -> timedelta:
    """How long a practice may go without being looked at."""
    return timedelta(days=CADENCES[every])


def missed_turns(last: datetime | None, every: timedelta, now: datetime) -> int:
    """How many turns went by since `last`: none up to one cadence, one up to two, two after that."""
    if last is None or now - last <= every:
        return 0
    return 1 if now - last <= 2 * every else 2


def part_health(part: Part, every: timedelta, now: datetime) -> str:
    """The health of one part: by its share and by its lateness, the worse of the two."""
    if not part.due:
        return NONE
    missed = missed_turns(part.last, every, now)
    if part.done < part.bad_below * part.due or missed >= 2:
        return OVERDUE
    if part.done < part.good_from * part.due or missed == 1:
        return ATTENTION
    return GOOD


def health(evidence: Evidence, every: timedelta, now: datetime) -> str:
    """The health of a practice: that of its worst part; none when nothing is due."""
    return max((part_health(part, every, now) for part in evidence.parts), key=RANK.__getitem__, default=NONE)


def deciding(evidence: Evidence, every: timedelta, now: datetime) -> Part | None:
    """The part that decides: of the worst health, then of the smallest share, then the first; None if nothing is due."""
    due = [part for part in evidence.parts if part.due]
    if not due:
        return None
    return min(due, key=lambda part: (-RANK[part_health(part, every, now)], part.share))


def next_due(evidence: Evidence, every: timedelta) -> datetime | None:
    """When the practice must be looked at again; None where no part goes by the calendar."""
    return min((part.last + every for part in evidence.parts if part.due and part.last), default=None)


def together(scopes: Iterable[Evidence]) -> Evidence:
    """The evidence of several scopes as one: counts add, and the scope longest without it sets `last`."""
    parts: dict[str, Part] = {}
    seen: list[datetime] = []
    for evidence in scopes:
        seen += [evidence.seen] if evidence.seen else []
        for part in evidence.parts:
            there = parts.get(part.code)
            parts[part.code] = part if there is None else added(there, part)
    return Evidence(tuple(parts.values()), max(seen, default=None))


def added(one: Part, other: Part) -> Part:
    """Two scopes' counts of the same part; the stricter thresholds hold."""
    lasts = [part.last for part in (one, other) if part.due and part.last]
    return replace(
        one,
        done=one.done + other.done,
        due=one.due + other.due,
        last=min(lasts, default=None),
        link=one.link if one.due else other.link,
        good_from=max(one.good_from, other.good_from),
        bad_below=max(one.bad_below, other.bad_below),
    )
