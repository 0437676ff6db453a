"""Where each practice stands, as far as one may see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.urls import reverse

from tradewind.base import clock
from tradewind.base.outline import AREAS, PRACTICES, Practice
from tradewind.engines.access.scope import can, visible
from tradewind.engines.actions.models import Event
from tradewind.engines.practices.collect import unpacked
from tradewind.engines.practices.models import EvidenceRow, PracticeOwner
from tradewind.engines.practices.practice import BUILT, Spec
from tradewind.engines.practices.rules import (
    ATTENTION,
    GOOD,
    NONE,
    Evidence,
    Part,
    deciding,
    health,
    next_due,
    part_health,
    together,
)
from tradewind.nouns.org.models import Person
from tradewind.ui import nav

READ = "practices.view_practice"
STALE = timedelta(days=2)
PLANNED, BUILT_STATE = "planned", "built"
Trend = list[tuple[date, Decimal]]


@dataclass
class Standing:
    """One practice as a reader sees it now."""

    leaf: Practice
    spec: Spec | None
    rows: list[EvidenceRow] = field(default_factory=list)
    owner: Person | None = None
    trend: Trend = field(default_factory=list)
    now: datetime = field(default_factory=clock.now)

    def __post_init__(self) -> None:
        self.evidence: Evidence = together(unpacked(row) for row in self.rows)
        self.health: str = health(self.evidence, self.spec.cadence, self.now) if self.spec else NONE
        if self.stale and self.health == GOOD:
            self.health = ATTENTION
        self.part: Part | None = deciding(self.evidence, self.spec.cadence, self.now) if self.spec else None

    @property
    def id(self) -> str:
        """The leaf's id."""
        return self.leaf.id

    @property
    def title(self) -> str:
        """The leaf's name in the reader's language."""
        return str(self.leaf.label)

    @property
    def state(self) -> str:
        """`built` where evidence is counted, else `planned`."""
        return BUILT_STATE if self.spec else PLANNED

    @property
    def mark(self) -> str:
        """What is drawn: the health, or `planned`."""
        return self.health if self.spec else PLANNED

    @property
    def done(self) -> int:
        """What was done of the part that decides."""
        return self.part.done if self.part else 0

    @property
    def due(self) -> int:
        """What was due of the part that decides."""
        return self.part.due if self.part else 0

    @property
    def share(self) -> Decimal | None:
        """Done of due as a ratio."""
        return self.part.share if self.part else None

    @property
    def last(self) -> datetime | None:
        """The newest trace of the practice."""
        return self.evidence.last

    @property
    def next_due(self) -> datetime | None:
        """When it must be looked at again."""
        return next_due(self.evidence, self.spec.cadence) if self.spec else None

    @property
    def at(self) -> datetime | None:
        """When the oldest of its counts was made."""
        return min((row.at for row in self.rows), default=None)

    @property
    def stale(self) -> bool:
        """Whether it has not been counted for so long that its evidence proves nothing about today."""
        return self.at is not None and self.now - self.at > STALE

    @property
    def url(self) -> str:
        """Its page."""
        return address(self.leaf)

    @property
    def slug(self) -> str:
        """Its name within its area."""
        return self.leaf.id.partition(".")[2]

    @property
    def place(self) -> nav.Place:
        """Its area's entry of the rail."""
        return nav.SECTIONS[self.leaf.area]

    @property
    def shares(self) -> list[Decimal]:
        """The trend's numbers."""
        return [share for _day, share in self.trend]

    @property
    def parts(self) -> list[tuple[Part, str]]:
        """Each part with its health."""
        return (
            [(part, part_health(part, self.spec.cadence, self.now)) for part in self.evidence.parts]
            if self.spec
            else []
        )

    @property
    def by_market(self) -> list[tuple[Any, str, Part | None]]:
        """Each market's health and deciding part, where evidence lies in markets."""
        groups: dict[Any, list[EvidenceRow]] = defaultdict(list)
        for row in self.rows:
            groups[row.market].append(row)
        if self.spec is None or set(groups) <= {None}:
            return []
        found = [(market, together(map(unpacked, rows))) for market, rows in groups.items()]
        every, now = self.spec.cadence, self.now
        told = [(market, health(one, every, now), deciding(one, every, now)) for market, one in found]
        return sorted(told, key=lambda row: (row[0] is None, str(row[0])))


def address(leaf: Practice) -> str:
    """The page of a practice."""
    area, _dot, name = leaf.id.partition(".")
    return reverse("practices:practice", args=[area, name])


def evidence(person: Person | None, market: int | None = None, entity: int | None = None) -> QuerySet[EvidenceRow]:
    """The evidence one may see: of one's scopes (one market, one entity if asked), and what speaks of the whole company."""
    rows = EvidenceRow.objects.all()
    if not can(person, READ):
        return rows.none()
    found = (
        rows.filter(Q(pk__in=visible(person, READ, rows).values("pk")) | Q(company=True)) if narrowed(person) else rows
    )
    asked = Q(**{name: value for name, value in (("market", market), ("entity", entity)) if value})
    return found.filter(asked | Q(company=True)) if asked else found


def narrowed(person: Person | None) -> bool:
    """Whether a person sees only some scopes."""
    return bool(visible(person, READ, EvidenceRow.objects.all()).query.where)


def owners(person: Person | None) -> QuerySet[PracticeOwner]:
    """Who looks after what: in the company, and in the markets one may see."""
    rows = PracticeOwner.objects.filter(person__isnull=False).select_related("person", "market")
    return (
        rows.filter(Q(pk__in=visible(person, READ, rows).values("pk")) | Q(market=None))
        if can(person, READ)
        else rows.none()
    )


def standings(
    rows: QuerySet[EvidenceRow],
    owned: Iterable[PracticeOwner] = (),
    *,
    only: Iterable[str] = (),
    market: int | None = None,
    trend_days: int = 0,
) -> list[Standing]:
    """All practices in the outline's order (or the given ones), from evidence already scoped to a reader."""
    chosen = set(only) or set(PRACTICES)
    by_practice: dict[str, list[EvidenceRow]] = defaultdict(list)
    for row in rows.filter(current=True, practice__in=chosen & set(BUILT)).select_related("market"):
        by_practice[row.practice].append(row)
    people: dict[str, Person | None] = {}
    for owner in sorted(owned, key=lambda owner: owner.market_id is not None):
        if owner.market_id in (None, market):
            people[owner.practice] = owner.person
    trends = trend(rows, chosen & set(BUILT), trend_days) if trend_days else {}
    now = clock.now()
    return [
        Standing(leaf, BUILT.get(key), by_practice.get(key, []), people.get(key), trends.get(key, []), now)
        for key, leaf in PRACTICES.items()
        if key in chosen
    ]


def trend(rows: QuerySet[EvidenceRow], ids: Iterable[str], days: int) -> dict[str, Trend]:
    """Done of due, day by day, of the parts that decided."""
    since = clock.now().date() - timedelta(days=days)
    found: dict[str, Trend] = defaultdict(list)
    sums = rows.filter(practice__in=ids, day__gte=since).values("practice", "day").order_by("practice", "day")
    for one in sums.annotate(all_done=Sum("done"), all_due=Sum("due")):
        if one["all_due"]:
            found[one["practice"]].append((one["day"], Decimal(one["all_done"]) / one["all_due"]))
    return found


def turns(rows: QuerySet[EvidenceRow], id: str, most: int = 12) -> list[tuple[date, str, int, int]]:  # noqa: A002
    """The days on which a practice's health changed, newest first: day, health, done and due of that day."""
    by_day: dict[date, list[EvidenceRow]] = defaultdict(list)
    for row in rows.filter(practice=id).order_by("day"):
        by_day[row.day].append(row)
    spec, found = BUILT[id], []
    before = ""
    for day, of_day in by_day.items():
        whole, at = together(map(unpacked, of_day)), min(row.at for row in of_day)
        mark, part = health(whole, spec.cadence, at), deciding(whole, spec.cadence, at)
        if mark != before:
            found.append((day, mark, part.done if part else 0, part.due if part else 0))
        before = mark
    return found[::-1][:most]


def matching(person: Person | None, text: str, most: int = 5) -> list[Practice]:
    """The practices whose name or area, in any language, holds every word of a text."""
    words = text.casefold().split()
    if not words or not can(person, READ):
        return []
    found = [leaf for leaf in PRACTICES.values() if all(word in told(leaf) for word in words)]
    return found[:most]


def told(leaf: Practice) -> str:
    """A practice's names, folded for search."""
    return " ".join([*leaf.label.values(), *AREAS[leaf.area].label.values(), leaf.id]).casefold()


def owner_events(ids: Iterable[int], most: int = 10) -> QuerySet[Event]:
    """When the owners changed, newest first."""
    rows = Event.objects.filter(subject_type="practices.owner", subject_id__in=list(ids), name="practices.set_owner")
    return rows.select_related("actor").order_by("-at")[:most]
