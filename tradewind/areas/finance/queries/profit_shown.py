"""The statement as a page, a file and the API show it: columns in a fair order, the small ones added up, beside another period."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from decimal import Context, Decimal, localcontext
from hashlib import blake2b
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Max, Sum
from django.utils.translation import gettext as _

from tradewind.areas.finance.models import Account, AllocationRule, MonthPeople
from tradewind.areas.finance.queries.profit import (
    CUBE,
    VIEW,
    Converted,
    Wish,
    cells,
    converted,
    earning,
    kept_lines,
    reach,
)
from tradewind.areas.finance.queries.profit_allocated import Left, allocated_money, may_allocate
from tradewind.areas.finance.rules.profit import Row, Sheet, laid_out
from tradewind.base.errors import NotAllowed
from tradewind.base.money import CURRENCIES
from tradewind.base.period import Period
from tradewind.engines.access.scope import Scope
from tradewind.engines.metrics import rates, refresh
from tradewind.engines.metrics.figures import Notes
from tradewind.nouns.org.models import Membership, Person, Team

MOST, KEPT_FOR = 12, 3600
OTHERS = ("others",)  # the key of the column that holds what has none of its own
NET_LINES = ("gross", "discount", "refund")
EXACT = Context(prec=400)  # shares have many digits, and all of them count until the statement is rounded


@dataclass(frozen=True)
class Shown:
    """A laid out statement: `sheet` by column keys, the same lines of another period, and each line's trend by month.

    `left` is what no rule shared out, though one asked for it.
    """

    sheet: Sheet
    currency: str
    rate_label: Any
    notes: Notes
    kept: tuple[str, ...]
    before: Sheet | None = None
    trend: Sheet | None = None
    left: dict[Left, Decimal] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)

    def other(self, row: Row) -> Decimal | None:
        """What the row came to in the other period; None where nothing is compared."""
        return match(self.before, row).total if self.before else None

    def spark(self, row: Row) -> list[Decimal]:
        """The row month by month."""
        if self.trend is None:
            return []
        cells = match(self.trend, row).cells
        return [cells.get(column, Decimal(0)) for column in self.trend.columns]


def match(sheet: Sheet | None, row: Row) -> Row:
    """The row of another sheet that says the same; an empty one where it has none."""
    for one in sheet.rows if sheet else ():
        if (one.kind, one.line, one.account) == (row.kind, row.line, row.account):
            return one
    return Row(row.kind, row.line, row.account, {}, Decimal(0))


def stamp() -> tuple[Any, ...]:
    """Something that changes whenever a statement may: the readings, rates, accounts or allocation rules."""
    accounts = Account.objects.aggregate(many=Count("id"), versions=Sum("version"), newest=Max("updated_at"))
    rules = AllocationRule.objects.aggregate(newest=Max("id"))
    people = Person.objects.aggregate(many=Count("id"), versions=Sum("version"), newest=Max("updated_at"))
    teams = Team.objects.aggregate(many=Count("id"), versions=Sum("version"))
    members = Membership.objects.aggregate(
        many=Count("id"), newest=Max("id"), ended=Count("end"), time=Sum("allocation")
    )
    kept = MonthPeople.objects.aggregate(many=Count("id"), newest=Max("id"))
    marks = (accounts, rules, people, teams, members, kept)
    return (refresh.stamp_of(CUBE), rates.rates_mark(), *(value for mark in marks for value in mark.values()))


def shown(
    person: Person | None, wish: Wish, currency: str, rate: str = "month", *, other: Period | None = None,
    share_out: bool = False, trend: bool = False, most: int = MOST,
) -> Shown:  # fmt: skip
    """The statement of a wish with at most one cut, converted by a named rule; `share_out` applies the allocation rules."""
    kept, place = kept_lines(person, wish.asked), reach(person, VIEW, wish.asked)
    if not place:
        raise NotAllowed(_("You may not see the profit and loss here."))
    corner = Scope(wish.asked.entity, wish.asked.market, wish.asked.team)  # whatever the chosen corner is called
    allocate = share_out and may_allocate(person, wish.asked)
    asked = (kept, place, replace(wish, asked=corner), currency, rate, other, allocate, trend, most, stamp())
    found: Shown = remembered(
        "profit",
        asked,
        lambda: worked_out(
            person, wish, currency, rate, kept, other=other, share_out=share_out, trend=trend, most=most
        ),
    )
    accounts = {account.code: account for account in Account.objects.all()}
    return replace(found, accounts=accounts, rate_label=rates.rule(rate).label)


def remembered(name: str, asked: tuple[Any, ...], work: Callable[[], Any]) -> Any:
    """What was worked out for the same question before, else what `work` makes of it; the question ends with its `stamp`."""
    if not asked[-1][0]:
        return work()
    key = f"{name}:{blake2b(repr(asked).encode(), digest_size=20).hexdigest()}"
    found = cache.get(key)
    if found is None:
        found = work()
        cache.set(key, found, KEPT_FOR)
    return found


def worked_out(
    person: Person | None, wish: Wish, currency: str, rate: str, kept: tuple[str, ...], *, other: Period | None, share_out: bool,
    trend: bool, most: int,
) -> Shown:  # fmt: skip
    """The statement counted from the readings."""
    digits = CURRENCIES[currency].digits
    top = largest(person, wish, currency, rate, most) if wish.by == ("product",) and most and not share_out else []
    if top:
        made, left = outstanding(person, wish, currency, rate, top), dict[Left, Decimal]()
    else:
        made, left = counted(person, wish, currency, rate, share_out=share_out)
    sheet = sheet_of(made, [*top, OTHERS] if top else columns_of(made, wish, most), digits, kept)
    before = months = None
    if other is not None:
        asked = replace(wish, by=(), start=other.start, end=other.end)
        before = sheet_of(counted(person, asked, currency, rate, share_out=share_out)[0], [()], digits, kept)
    if trend and wish.by == ("month",):
        months = sheet
    elif trend:
        by_month, _left = counted(person, replace(wish, by=("month",)), currency, rate, share_out=share_out)
        months = sheet_of(by_month, columns_of(by_month, replace(wish, by=("month",)), 0), digits, kept)
    return Shown(sheet, currency, "", made.notes, kept, before, months, left)


def counted(
    person: Person | None, wish: Wish, currency: str, rate: str, *, share_out: bool
) -> tuple[Converted, dict[Left, Decimal]]:
    """The amounts of a wish, converted, and what was not shared out."""
    if share_out:
        return allocated_money(person, wish, currency, rate)
    return converted(cells(person, wish), currency, rate), {}


def largest(person: Person | None, wish: Wish, currency: str, rate: str, most: int) -> list[Any]:
    """The keys of the columns with most net revenue where there are more than `most`, without counting every line of each; else none."""
    rule, weight, known = rates.rule(rate), dict[Any, Decimal](), dict[tuple[str, Any], Decimal]()
    for value, code, month, amount in earning(person, wish):
        factor = known.get((code, month))
        if factor is None:
            found = rule.factor(month, code, currency)
            factor = known[code, month] = found.value if found else Decimal(0)
        weight[value] = weight.get(value, Decimal(0)) + amount * factor
    if len(weight) <= most:
        return []
    return [(value,) for value in sorted(weight, key=lambda one: (one is None, -weight[one], repr((one,))))[: most - 1]]


def outstanding(person: Person | None, wish: Wish, currency: str, rate: str, top: list[Any]) -> Converted:
    """The amounts of some columns, and what all the others come to: the whole less these."""
    chosen = {name: tuple(key[0] for key in top) for name in wish.by}
    named = {**wish.filters, **{name: kept_of(wish, name, values) for name, values in chosen.items()}}
    made = converted(cells(person, replace(wish, filters=named)), currency, rate)
    whole = converted(cells(person, replace(wish, by=())), currency, rate)
    rest = {(OTHERS, line, account): amount for (_key, line, account), amount in whole.amounts.items()}
    for (_key, line, account), amount in made.amounts.items():
        place = (OTHERS, line, account)
        rest[place] = EXACT.subtract(rest.get(place, Decimal(0)), amount)
    return replace(whole, amounts={**made.amounts, **rest})


def kept_of(wish: Wish, name: str, values: tuple[Any, ...]) -> tuple[Any, ...]:
    """Those of some values that the wish asks for."""
    asked = wish.filters.get(name)
    return values if asked is None else tuple(value for value in values if value in asked)


def columns_of(made: Converted, wish: Wish, most: int) -> list[Any]:
    """The keys of the columns: every month, else those with most net revenue and one for the others."""
    if wish.by == ("month",):
        return [(part.start.replace(day=1),) for part in Period(wish.start.replace(day=1), wish.end).split("month")]
    weight: dict[tuple[Any, ...], Decimal] = {}
    for (key, line, _account), amount in made.amounts.items():
        weight[key] = weight.get(key, Decimal(0)) + (amount if line in NET_LINES else Decimal(0))
    keys = sorted(weight, key=lambda key: (None in key, -weight[key], repr(key)))
    if most and len(keys) > most:
        return [*keys[: most - 1], OTHERS]
    return keys or [()]


def sheet_of(made: Converted, columns: list[Any], digits: int, kept: Iterable[str]) -> Sheet:
    """The laid out statement; what has no column of its own is added up in that of the others."""
    known, exact = set(columns), dict[tuple[tuple[str, str], object], Decimal]()
    for (key, line, account), amount in made.amounts.items():
        place = ((line, account), key if key in known else OTHERS)
        exact[place] = EXACT.add(exact.get(place, Decimal(0)), amount)
    with localcontext(EXACT):
        return laid_out(exact, columns, digits, tuple(kept))
