"""Balances as a person may see them: lines that need rights of their own, sums only where every part may be seen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradewind.areas.finance.queries.balance_facts import facts
from tradewind.areas.finance.queries.balances import Balance, Closed, changed, closed, day_before, stepped
from tradewind.areas.finance.queries.rates import functional_currencies
from tradewind.areas.finance.rules.balances import (
    BILLS,
    CASH,
    CHANNELS,
    CLAIMS,
    GROUP,
    LINES,
    STOCK,
    TAX,
    Fact,
    Pair,
    pairs,
)
from tradewind.base.errors import NotAllowed
from tradewind.engines.access.scope import Scope, can
from tradewind.nouns.org.models import Person

VIEW = "finance.view_bank"
COSTS, PAY, PROFIT = "finance.view_costs", "finance.view_pay", "finance.view_profit"
# The rights a line needs at an entity beside the page's own: bills and postings may be of goods or pay.
RIGHTS: dict[str, tuple[str, ...]] = {
    CASH: (VIEW,), CHANNELS: (VIEW,), STOCK: (VIEW, COSTS), BILLS: (VIEW, "finance.view_bills", COSTS, PAY),
    CLAIMS: (VIEW, "finance.view_claims"), TAX: (VIEW, PROFIT), GROUP: (VIEW, PROFIT, COSTS, PAY),
}  # fmt: skip
LINE_NAMES: dict[str, Any] = {
    CASH: gettext_lazy("Cash at banks and in wallets"), CHANNELS: gettext_lazy("Still to come from shops and marketplaces"),
    STOCK: gettext_lazy("Stock at cost"), BILLS: gettext_lazy("Unpaid bills of suppliers"), CLAIMS: gettext_lazy("Unpaid claims"),
    TAX: gettext_lazy("Sales tax not paid yet"), GROUP: gettext_lazy("Between entities of the group"),
}  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """Which lines a person may see at each entity (None: what belongs to no entity), and whether that is the whole company."""

    lines: Mapping[int | None, tuple[str, ...]]
    whole: bool

    def allows(self, entity: int | None, line: str) -> bool:
        """Whether a line of an entity may be seen."""
        return line in self.lines.get(entity, ())

    def complete(self, entity: int | None) -> bool:
        """Whether every line of an entity may be seen, and so its total."""
        return self.lines.get(entity) == LINES

    def everywhere(self, line: str) -> bool:
        """Whether a line may be seen in the whole company, and so its sum."""
        return self.whole and all(line in kept_lines for kept_lines in self.lines.values())

    @property
    def hidden(self) -> list[str]:
        """Lines that are left out at some entity one sees."""
        return [line for line in LINES if any(line not in kept_lines for kept_lines in self.lines.values())]


def seen_by(person: Person | None, entities: Iterable[int | None]) -> Seen:
    """What a person may see of some entities; those whose bank they may not see are left out."""
    found = {}
    for entity in entities:
        at = Scope(entity=entity)
        if can(person, VIEW, at):
            found[entity] = tuple(line for line in LINES if all(can(person, code, at) for code in RIGHTS[line]))
    return Seen(found, can(person, VIEW, Scope()))


@dataclass(frozen=True)
class Shown:
    """What a person sees: balances with their steps, sums where every part may be seen, what two companies say of each other."""

    made: Closed
    before: date
    seen: Seen
    entities: tuple[int | None, ...]
    functional: Mapping[int | None, str]
    pairs: list[Pair]
    changed: tuple[str, ...] = ()  # lines of a closed month whose facts changed since

    @property
    def rows(self) -> list[Balance]:
        """The balances, those of nothing now and before left out."""
        return self.made.rows

    @property
    def without_rate(self) -> list[str]:
        """Currencies of which some balance has no rate."""
        return sorted(
            {row.currency for row in self.rows if row.amount and (row.value is None or row.group_value is None)}
        )

    def cell(self, entity: int | None, line: str) -> int | None:
        """A line of an entity in the group's currency; None where it may not be seen."""
        if not self.seen.allows(entity, line):
            return None
        return sum(row.group_value or 0 for row in self.rows if (row.entity, row.line) == (entity, line))

    def total(self, entity: int | None) -> int | None:
        """All lines of an entity; None where one may not see them all."""
        cells = [self.cell(entity, line) for line in LINES]
        return None if None in cells else sum(cell or 0 for cell in cells)

    def within(self, line: str) -> int | None:
        """What is taken off in the group: what its companies owe each other."""
        if not self.seen.everywhere(line):
            return None
        return -sum(self.cell(entity, line) or 0 for entity in self.entities) if line == GROUP else 0

    def whole(self, line: str) -> int | None:
        """A line of the group: the sum of its entities less what they owe each other."""
        within = self.within(line)
        return None if within is None else within + sum(self.cell(entity, line) or 0 for entity in self.entities)

    def everything(self) -> int | None:
        """All lines of the group; None where one may not see them all."""
        cells = [self.whole(line) for line in LINES]
        return None if None in cells else sum(cell or 0 for cell in cells)


def shown(person: Person | None, day: date, currency: str = "") -> Shown:
    """The balances of a day that a person may see, beside those at the end of the month before."""
    now, before = closed(day, currency), closed(day_before(day), currency)
    made = stepped(now, before)
    kept_in: dict[int | None, str] = {None: made.currency}
    kept_in.update((entity, code) for entity, code in functional_currencies(day).items())
    seen = seen_by(person, kept_in)
    rows = [row for row in made.rows if seen.allows(row.entity, row.line) and (row.amount or row.step)]
    told = [gap for gap in made.gaps if seen.allows(gap.entity, gap.line)]
    kept_in.update({row.entity: row.functional for row in rows})
    there = tuple(entity for entity in sorted(seen.lines, key=lambda pk: (pk is None, pk or 0))
                  if any(row.entity == entity for row in made.rows) or any(gap.entity == entity for gap in told if gap.entity))  # fmt: skip
    sides = [(row.entity, row.partner, row.currency, row.amount) for row in rows if row.line == GROUP]
    both = pairs(
        (a, b, code, amount)
        for a, b, code, amount in sides
        if a is not None and b is not None and seen.allows(b, GROUP)
    )
    late = {line for entity, _partner, line, _currency in changed(now) if seen.allows(entity, line)}
    lines = tuple(line for line in LINES if line in late)
    return Shown(replace(made, rows=rows, gaps=told), before.day, seen, there, kept_in, both, lines)


@dataclass(frozen=True)
class Behind:
    """What a balance was counted from: its rows as they are known now, what it says by currency, and whether that was kept."""

    facts: list[Fact]
    stated: dict[str, int]
    kept: datetime | None

    @property
    def late(self) -> dict[str, int]:
        """What a kept balance says beyond its rows: facts of the closed month changed since."""
        found = dict(self.stated)
        for fact in self.facts:
            found[fact.currency] = found.get(fact.currency, 0) - fact.amount
        return {code: amount for code, amount in found.items() if amount}


def behind(
    person: Person | None, day: date, entity: int | None, line: str, *, currency: str = "", partner: int | None = None
) -> Behind:
    """The rows behind a line of an entity, of one currency and of one other company where named; NotAllowed where one may not see it."""
    if not seen_by(person, [entity]).allows(entity, line):
        raise NotAllowed(_("You may not see this line here."))

    def fits(row: Balance | Fact) -> bool:
        same = row.entity == entity and row.line == line
        return same and currency in ("", row.currency) and partner in (None, row.partner)

    made, stated = closed(day), dict[str, int]()
    for row in filter(fits, made.rows):
        stated[row.currency] = stated.get(row.currency, 0) + row.amount
    found = [fact for fact in facts(day, (line,)) if fits(fact)]
    return Behind(found, {code: amount for code, amount in stated.items() if amount}, made.kept_at)
