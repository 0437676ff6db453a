"""Costs that belong to no market (or entity) shared out by the allocation rules in force, each month by its own version.

The shares of a cost add up to it exactly. They rest on the whole company's figures, so only who sees the whole sees them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from tradewind.areas.finance.models import AllocationRule
from tradewind.areas.finance.queries.profit import VIEW, Cell, Wish, cells, converted, reach, read
from tradewind.areas.finance.rules.allocation import shared
from tradewind.engines.access.scope import Scope
from tradewind.nouns.org.models import Company, Market, Person

AXES = ("market", "entity")
NET_LINES = ("gross", "discount", "refund")
# Lines that a rule without an account of its own shares out.
COMMON = ("pay", "overhead")

Weights = Mapping[Any, int | Decimal]


@dataclass(frozen=True)
class Rules:
    """All versions of the rules, by account code (blank: every other account), oldest first."""

    by_account: Mapping[str, list[AllocationRule]]

    @classmethod
    def read(cls) -> Rules:
        """The rules as they stand."""
        found: dict[str, list[AllocationRule]] = {}
        for rule in AllocationRule.objects.select_related("account").order_by("number"):
            found.setdefault(rule.account.code if rule.account else "", []).append(rule)
        return cls(found)

    def in_force(self, line: str, account: str, month: date) -> AllocationRule | None:
        """The newest version that has begun by a month: the account's own, else the common one for pay and overhead."""
        own = self.by_account.get(account)
        versions = own if own is not None else self.by_account.get("", []) if line in COMMON else []
        begun = [rule for rule in versions if rule.start <= month]
        return begun[-1] if begun else None


def may_allocate(person: Person | None) -> bool:
    """Whether a person sees the whole company, which shares are worked out from."""
    return reach(person, VIEW) == (Scope(),)


def axis_of(wish: Wish) -> str:
    """What costs are shared out over: the cut or the choice of markets or entities; blank where there is none."""
    named = {*wish.by, *wish.filters, *(axis for axis in AXES if getattr(wish.asked, axis))}
    return next((axis for axis in AXES if axis in named), "")


def allocated(person: Person | None, wish: Wish) -> list[Cell]:
    """As `cells`, with costs of nobody shared out over markets (or entities) where a rule is in force."""
    axis = axis_of(wish)
    if not axis or not may_allocate(person):
        return cells(person, wish)
    asked = getattr(wish.asked, axis)
    chosen = wish.filters.get(axis) or ((asked,) if asked else None)
    filters = {name: values for name, values in wish.filters.items() if name != axis}
    whole = replace(wish, by=(axis, *wish.by), filters=filters, asked=replace(wish.asked, **{axis: None}))
    found = spread(cells(person, whole), axis, whole)
    return [cell._replace(key=cell.key[1:]) for cell in found if chosen is None or cell.key[0] in chosen]


def spread(found: Iterable[Cell], axis: str, wish: Wish) -> list[Cell]:
    """Cells whose first cut is `axis`, those of nobody shared out; a later cut by the same axis follows."""
    rules, kept, given = Rules.read(), list[Cell](), dict[tuple[str, date], Weights]()
    later = [place + 1 for place, name in enumerate(wish.by[1:]) if name == axis]
    for cell in found:
        rule = rules.in_force(cell.line, cell.account, cell.month) if cell.key[0] is None and cell.amount else None
        weights = weights_of(rule, axis, cell.month, wish, given) if rule else {}
        if not any(weights.values()):
            kept.append(cell)
            continue
        receivers = list(weights)
        for receiver, part in zip(receivers, shared(cell.amount, [weights[one] for one in receivers]), strict=True):
            key = tuple(receiver if place == 0 or place in later else value for place, value in enumerate(cell.key))
            kept.append(cell._replace(key=key, amount=part, units=0))
    return kept


def weights_of(
    rule: AllocationRule, axis: str, month: date, wish: Wish, given: dict[tuple[str, date], Weights]
) -> Weights:
    """What receivers weigh in a month by a rule; empty where it says nothing about this axis."""
    if rule.base in (AllocationRule.SHARES, AllocationRule.HEADCOUNT):
        if axis != "market":
            return {}
        ids = dict(Market.objects.values_list("code", "pk"))
        return {ids[code]: Decimal(share) for code, share in sorted(rule.shares.items()) if code in ids}
    if (rule.base, month) not in given:
        given.update(measured(axis, wish))
    return given.get((rule.base, month), {})


def measured(axis: str, wish: Wish) -> dict[tuple[str, date], Weights]:
    """Net revenue (in the company's currency by monthly average; none below zero) and units of every receiver by month."""
    whole = Wish(wish.start, wish.end, (axis, "month"), group=wish.group)
    found = list(read(whole, lines=NET_LINES))
    currency = Company.objects.values_list("currency", flat=True).first() or "EUR"
    made = converted(found, currency)
    months = {cell.month for cell in found}
    sums: dict[tuple[str, date], dict[Any, int | Decimal]] = {}
    for base in (AllocationRule.REVENUE, AllocationRule.UNITS):
        for month in months:
            sums[base, month] = {}
    for ((receiver, month), _line, _account), amount in made.amounts.items():
        if receiver is not None:
            held = sums[AllocationRule.REVENUE, month]
            held[receiver] = held.get(receiver, Decimal(0)) + amount
    for (receiver, month), many in made.units.items():
        if receiver is not None:
            sums[AllocationRule.UNITS, month][receiver] = max(many, 0)
    return {
        place: dict(sorted((receiver, max(weight, 0)) for receiver, weight in held.items()))
        for place, held in sums.items()
    }
