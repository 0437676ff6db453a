"""What markets, channels, entities and products weigh in a month, by the base of an allocation rule."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from tradewind.areas.finance.models import AllocationRule, MonthPeople
from tradewind.areas.finance.queries.profit import Wish, converted, read
from tradewind.areas.finance.rules.allocation import AXES, Position, Weights, depth, nowhere
from tradewind.base.period import Period
from tradewind.nouns.org.models import Company, Entity, Market, Membership, Person, Team
from tradewind.nouns.trade.models import Channel

NET_LINES = ("gross", "discount", "refund")
FINE = 8  # places that revenue is weighed in
FULL = 100  # per cent of a person's time

Table = dict[Position, int]


@dataclass
class Scales:
    """Reads what is weighed once a base, when it is first asked for; `levels` axes are told apart."""

    start: date
    end: date
    levels: int
    group: bool = True
    tables: dict[str, dict[date, Table]] = field(default_factory=dict)
    shares: dict[int, Table] = field(default_factory=dict)

    def of(self, rule: AllocationRule, month: date) -> Weights:
        """What weighs in a month by a rule; empty where nothing was measured."""
        if rule.base == AllocationRule.SHARES:
            if rule.pk not in self.shares:
                self.shares[rule.pk] = fixed(rule)
            return self.shares[rule.pk]
        if rule.base not in self.tables:
            self.tables |= self.people() if rule.base == AllocationRule.HEADCOUNT else self.sales()
        return self.tables[rule.base].get(month, {})

    def people(self) -> dict[str, dict[date, Table]]:
        """People by month; a closed month has those that it was closed with."""
        months = [part.start.replace(day=1) for part in Period(self.start, self.end).split("month")]
        kept: dict[date, Table] = {}
        rows = MonthPeople.objects.filter(month__in=months).values_list("month", "market_id", "entity_id", "share")
        for month, market, entity, share in rows:
            kept.setdefault(month, {})[at(market=market, entity=entity)] = share
        return {AllocationRule.HEADCOUNT: {**headcount(month for month in months if month not in kept), **kept}}

    def sales(self) -> dict[str, dict[date, Table]]:
        """Net revenue (in the company's currency, by monthly average) and units, by month."""
        axes = AXES[: max(self.levels, depth(("entity",)))]
        found = list(read(Wish(self.start, self.end, (*axes, "month"), group=self.group), lines=NET_LINES))
        currency = Company.objects.values_list("currency", flat=True).first() or "EUR"
        made = converted(found, currency)
        revenue: dict[date, Table] = {}
        units: dict[date, Table] = {}
        for (key, _line, _account), amount in made.amounts.items():
            put(revenue, key, int(amount.scaleb(FINE)))
        for key, many in made.units.items():
            put(units, key, many)
        return {AllocationRule.REVENUE: revenue, AllocationRule.UNITS: units}


def put(tables: dict[date, Table], key: tuple[Any, ...], weight: int) -> None:
    """Add a weight at a key of axes and month."""
    position = (*key[:-1], *nowhere()[len(key) - 1 :])
    table = tables.setdefault(key[-1], {})
    table[position] = table.get(position, 0) + weight


def at(**named: Any) -> Position:
    """The position that names some axes."""
    return tuple(named.get(axis) for axis in AXES)


def fixed(rule: AllocationRule) -> Table:
    """The fixed shares of a rule; a code that is gone weighs nothing."""
    model: Any = {"market": Market, "channel": Channel, "entity": Entity}[rule.axis]
    ids = dict(model.objects.filter(code__in=list(rule.shares)).values_list("code", "pk"))
    return {
        at(**{rule.axis: ids[code]}): int(Decimal(share).scaleb(FINE))
        for code, share in sorted(rule.shares.items())
        if code in ids
    }


def headcount(months: Iterable[date]) -> dict[date, Table]:
    """People on the last day of each month by market and entity, in per cent of their time.

    The market is that of the teams they are members of on that day (or the next one above with a market), for the rest of their time
    their own; who has none counts nowhere. The entity is their own, else the team's.
    """
    teams = {team.pk: team for team in Team.objects.all()}
    people = list(
        Person.objects.values_list("pk", "market_id", "entity_id", "started_on", "ended_on", "active").order_by("pk")
    )
    memberships: dict[int, list[tuple[int, int, date | None, date | None]]] = {}
    for person, *rest in Membership.objects.values_list("person_id", "team_id", "allocation", "start", "end"):
        memberships.setdefault(person, []).append(tuple(rest))  # type: ignore[arg-type]
    found = {}
    for month in months:
        day, table = Period.containing(month, "month").end, dict[Position, int]()
        for person, market, entity, started, ended, active in people:
            if (started and started > day) or (ended and ended < day) or (not active and ended is None):
                continue
            mine = [
                one
                for one in memberships.get(person, ())
                if (not one[2] or one[2] <= day) and (not one[3] or one[3] >= day)
            ]
            for place, share in times(mine, teams, market, entity):
                table[place] = table.get(place, 0) + share
        found[month] = table
    return found


def times(
    memberships: list[tuple[int, int, date | None, date | None]],
    teams: dict[int, Team],
    market: int | None,
    entity: int | None,
) -> Iterable[tuple[Position, int]]:
    """Where a person's time belongs, in per cent of it."""
    left = FULL
    for team, allocation, _start, _end in memberships:
        home = of_tree(teams, team, "market_id")
        share = min(allocation, left)
        if home is not None and share:
            left -= share
            yield at(market=home, entity=entity or of_tree(teams, team, "entity_id")), share
    if market is not None and left:
        yield at(market=market, entity=entity), left


def of_tree(teams: dict[int, Team], team: int | None, name: str) -> int | None:
    """What a team says of itself, or the next one above that says it."""
    seen: set[int] = set()
    while team is not None and team in teams and team not in seen:
        seen.add(team)
        found: int | None = getattr(teams[team], name)
        if found is not None:
            return found
        team = teams[team].parent_id
    return None
