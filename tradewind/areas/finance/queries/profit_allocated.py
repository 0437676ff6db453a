"""Costs that belong to nobody shared out by the allocation rules in force, each month by its own version.

Shared are pay and overhead, and accounts with a rule of their own, over whatever is cut by or chosen: market, channel, entity,
product. The shares of a cost add up to it exactly, and every view is a sum of the same shares (`rules/allocation.py`). They rest on
the whole company's figures, so only who sees the whole sees them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from tradewind.areas.finance.models import Account, AllocationRule
from tradewind.areas.finance.queries.allocation_weights import Scales
from tradewind.areas.finance.queries.profit import VIEW, Cell, Converted, Wish, cells, converted, kept_lines, reach
from tradewind.areas.finance.rules.allocation import AXES, EXACT, Position, Widths, depth, laid, part, parts, picked
from tradewind.engines.access.scope import Scope
from tradewind.nouns.org.models import Person

# Lines that a rule without an account of its own shares out.
COMMON = ("pay", "overhead")
# Why something stays where it was posted: no rule yet; its base says nothing of the axis; nothing weighs in that month; what weighs
# has no such place itself (sales without a market).
NO_RULE, SILENT, EMPTY, BARE = "no_rule", "silent", "empty", "bare"


class Left(NamedTuple):
    """What of an account stays without a place on an axis that is looked at, and why; `base` is the rule's."""

    account: str
    axis: str
    reason: str
    base: str


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

    def accounts(self) -> set[str]:
        """The codes of the accounts that are shared out."""
        common = Account.objects.filter(line__in=COMMON).values_list("code", flat=True)
        return {*common, *(code for code in self.by_account if code)}


@dataclass
class Sharing:
    """Where costs go by the rules: one reading of weights for one question. `left` collects what stays, by account and reason."""

    rules: Rules
    scales: Scales
    named: tuple[str, ...]
    left: dict[Left, Decimal] = field(default_factory=dict)
    known: dict[tuple[int, date, Position], Widths] = field(default_factory=dict)

    def widths(self, line: str, account: str, month: date, position: Position) -> Widths:
        """The places of a cost with their widths; none where it stays."""
        rule = self.rules.in_force(line, account, month)
        if rule is None:
            return []
        key = (rule.pk, month, position)
        if key not in self.known:
            self.known[key] = laid(self.scales.of(rule, month), position, self.scales.levels)
        return self.known[key]

    def stays(self, line: str, account: str, month: date, position: Position, amount: Decimal) -> None:
        """Note an amount that has no place on an axis that is looked at."""
        rule = self.rules.in_force(line, account, month)
        for axis in self.named:
            place = AXES.index(axis)
            if position[place] is None and amount:
                weights = self.scales.of(rule, month) if rule else {}
                tells = any(one[place] is not None for one in weights)
                reason = NO_RULE if rule is None else EMPTY if not any(weights.values()) else BARE if tells else SILENT
                key = Left(account, axis, reason, rule.base if rule else "")
                self.left[key] = EXACT.add(self.left.get(key, Decimal(0)), amount)


def may_allocate(person: Person | None, asked: Scope = Scope()) -> bool:  # noqa: B008
    """Whether a person sees the whole company, and no line less of it than of the asked corner: shares are worked out from it."""
    whole = Scope(team=asked.team)
    return reach(person, VIEW) == (Scope(),) and kept_lines(person, whole) == kept_lines(person, asked)


def named_axes(wish: Wish) -> tuple[str, ...]:
    """What costs are shared out over: everything cut by, filtered by or chosen."""
    named = {*wish.by, *wish.filters, *(axis for axis in ("market", "entity") if getattr(wish.asked, axis))}
    return tuple(axis for axis in AXES if axis in named)


def chosen_of(wish: Wish) -> dict[int, Collection[Any]]:
    """The values of axes that a wish is limited to, by the axis's place."""
    found: dict[int, Collection[Any]] = {}
    for place, axis in enumerate(AXES):
        asked = getattr(wish.asked, axis, None)
        if axis in wish.filters:
            found[place] = [one for one in wish.filters[axis] if asked is None or one == asked]
        elif asked:
            found[place] = (asked,)
    return found


@dataclass
class Parted:
    """A wish in two: what is no shared cost, as it is asked; and the costs, by every axis of the road, from the whole company."""

    wish: Wish
    rules: Rules
    named: tuple[str, ...]
    levels: int
    axes: tuple[str, ...]

    @classmethod
    def of(cls, wish: Wish, *, whole: bool) -> Parted:
        """The two parts of a wish. Costs are parted from one another by every axis for shares in `whole` units, which are rounded one
        by one; for exact shares by no more than are looked at, which are far fewer rows."""
        named = named_axes(wish)
        levels = depth(named)
        return cls(wish, Rules.read(), named, levels, AXES if whole else AXES[: max(levels, depth(("entity",)))])

    def sharing(self) -> Sharing:
        """What shares the costs out."""
        wish = self.wish
        return Sharing(self.rules, Scales(wish.start, wish.end, self.levels, wish.group), self.named)

    def rest(self) -> Wish:
        """The wish for what is no shared cost."""
        others = set(Account.objects.values_list("code", flat=True)) - self.rules.accounts()
        return self.narrowed(self.wish, others)

    def costs(self) -> Wish:
        """The wish for what is shared out, cut by the axes of the road and then as the wish is."""
        filters = {name: values for name, values in self.wish.filters.items() if name not in AXES}
        whole = replace(
            self.wish, by=(*self.axes, *self.wish.by), filters=filters, asked=Scope(team=self.wish.asked.team)
        )
        return self.narrowed(whole, self.rules.accounts())

    def narrowed(self, wish: Wish, accounts: set[str]) -> Wish:
        """A wish of some accounts alone."""
        wanted = wish.filters.get("account")
        chosen = tuple(sorted(accounts if wanted is None else accounts & set(wanted)))
        return replace(wish, filters={**wish.filters, "account": chosen})

    def position(self, key: tuple[Any, ...]) -> Position:
        """Where a cell of `costs` lies."""
        many = len(self.axes)
        return (*key[:many], *(None,) * (len(AXES) - many))

    def key(self, cell_key: tuple[Any, ...], position: Position) -> tuple[Any, ...]:
        """The key of the wish for a part of a cost."""
        rest = cell_key[len(self.axes) :]
        return tuple(
            position[AXES.index(name)] if name in AXES else value
            for name, value in zip(self.wish.by, rest, strict=False)
        )


def allocated(person: Person | None, wish: Wish) -> list[Cell]:
    """As `cells`, with costs of nobody shared out over what is cut by or chosen, where a rule is in force."""
    asked = Parted.of(wish, whole=True)
    if not asked.named or not may_allocate(person, wish.asked):
        return cells(person, wish)
    sharing, chosen, found = asked.sharing(), chosen_of(wish), cells(person, asked.rest())
    for cell in cells(person, asked.costs()):
        position = asked.position(cell.key)
        sums: dict[tuple[Any, ...], int] = {}
        places = sharing.widths(cell.line, cell.account, cell.month, position)
        if len(places) < 2:
            target = places[0][0] if places else position
            found += [cell._replace(key=asked.key(cell.key, target))] if picked(target, chosen) else []
            continue
        for (place, _width), amount in zip(places, parts(cell.amount, [width for _p, width in places]), strict=True):
            if picked(place, chosen):
                key = asked.key(cell.key, place)
                sums[key] = sums.get(key, 0) + amount
        found += [cell._replace(key=key, amount=amount, units=0) for key, amount in sums.items() if amount]
    return found


def allocated_money(
    person: Person | None, wish: Wish, currency: str, rate: str
) -> tuple[Converted, dict[Left, Decimal]]:
    """As `allocated`, converted first and then shared out, so that the shares add up to the converted cost; and what stays, and why."""
    if not may_allocate(person, wish.asked):
        return converted(cells(person, wish), currency, rate), {}
    return allocated_within(lambda one: cells(person, one), wish, currency, rate)


def allocated_within(
    reader: Callable[[Wish], Iterable[Cell]], wish: Wish, currency: str, rate: str
) -> tuple[Converted, dict[Left, Decimal]]:
    """As `allocated_money`, of what `reader` reads: for the system, and for whoever was asked for the right before."""
    asked = Parted.of(wish, whole=False)
    if not asked.named:
        return converted(reader(wish), currency, rate), {}
    made = converted(reader(asked.rest()), currency, rate)
    by_month = (cell._replace(key=(*cell.key, cell.month)) for cell in reader(asked.costs()))
    costs = converted(by_month, currency, rate)
    for one, lacking in costs.notes.missing.items():
        made.notes.lack(one, lacking)
    if costs.notes.published is not None:
        made.notes.used(costs.notes.published, costs.notes.age)
    sharing = asked.sharing()
    for place, amount in shares(asked, sharing, costs):
        made.amounts[place] = EXACT.add(made.amounts.get(place, Decimal(0)), amount)
    return made, sharing.left


def shares(asked: Parted, sharing: Sharing, costs: Converted) -> Iterator[tuple[Any, Decimal]]:
    """The exact shares of converted costs whose keys end with the month; places of one key together."""
    chosen, groups = chosen_of(asked.wish), dict[tuple[int, tuple[Any, ...]], list[tuple[tuple[Any, ...], int]]]()
    for (key, line, account), amount in costs.amounts.items():
        month, position = key[-1], asked.position(key)
        places = sharing.widths(line, account, month, position)
        for stuck, share in bare(places, position, asked.named):
            sharing.stays(line, account, month, stuck, part(amount, share) if share else amount)
        if not places:
            if picked(position, chosen):
                yield (asked.key(key, position), line, account), amount
            continue
        place = (id(places), key[len(asked.axes) : -1])
        if place not in groups:
            groups[place] = grouped(asked, key, places, chosen)
        for target, width in groups[place]:
            yield (target, line, account), part(amount, width)


def bare(places: Widths, position: Position, named: Iterable[str]) -> list[tuple[Position, int]]:
    """The places without a name on some axis that is looked at; width nought: the whole cost."""
    wanted = [AXES.index(axis) for axis in named]
    if not places:
        return [(position, 0)] if any(position[place] is None for place in wanted) else []
    return [one for one in places if any(one[0][place] is None for place in wanted)]


def grouped(
    asked: Parted, key: tuple[Any, ...], places: Widths, chosen: Mapping[int, Collection[Any]]
) -> list[tuple[tuple[Any, ...], int]]:
    """Places that are chosen, those of one key of the wish together."""
    sums: dict[tuple[Any, ...], int] = {}
    for position, width in places:
        if picked(position, chosen):
            target = asked.key(key, position)
            sums[target] = sums.get(target, 0) + width
    return list(sums.items())
