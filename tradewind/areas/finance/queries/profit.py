"""The profit and loss as one may see it: exact amounts by account and corner, and the statement made of them.

Every number comes from `ProfitReading`; net revenue is that of Pulse. Amounts are converted by month (`month`, or a set of rates).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _

from tradewind.areas.finance.models import Account, Line, ProfitReading
from tradewind.areas.finance.rules.profit import LINES, SECTIONS, Sheet, laid_out
from tradewind.base.errors import NotAllowed, Refused
from tradewind.base.money import CURRENCIES, from_units
from tradewind.base.period import Period
from tradewind.engines.access.scope import Scope, common, scopes_of
from tradewind.engines.metrics import rates
from tradewind.engines.metrics.figures import Notes
from tradewind.engines.metrics.rates import EXACT
from tradewind.nouns.org.models import Person

CUTS = {
    "entity": "entity_id", "market": "market_id", "team": "team_id", "channel": "channel_id", "product": "product_id",
    "account": "account__code", "line": "account__line", "month": "day", "currency": "currency",
}  # fmt: skip
NET_LINES = SECTIONS[0][0]
CUBE = "profit"  # the name under which the readings are stamped
VIEW, COSTS, PAY = "finance.view_profit", "finance.view_costs", "finance.view_pay"
# What must not be seen, and neither what it could be worked out from.
GUARDED: tuple[tuple[str, Line], ...] = ((COSTS, Line.COGS), (PAY, Line.PAY))


@dataclass(frozen=True)
class Wish:
    """What is asked of the profit and loss: whole months from `start` to `end`, in corners, cut and filtered."""

    start: date
    end: date
    by: tuple[str, ...] = ()
    asked: Scope = field(default_factory=Scope)
    filters: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    group: bool = True  # sales within the group of companies are left out


class Cell(NamedTuple):
    """An exact amount in one currency of one month, by what was cut; `units` of goods sold."""

    key: tuple[Any, ...]
    line: str
    account: str
    currency: str
    month: date
    amount: int
    units: int


def reach(person: Person | None, code: str, asked: Scope = Scope()) -> tuple[Scope, ...]:  # noqa: B008
    """The parts of the asked corner where a person holds a right; none when there is nothing."""
    return common(scopes_of(person, code), [asked])


def kept_lines(person: Person | None, asked: Scope = Scope()) -> tuple[str, ...]:  # noqa: B008
    """The lines one may see, from the top down to the first that one may not: no result below it is shown either."""
    whole = reach(person, VIEW, asked)
    shut = {line for code, line in GUARDED if reach(person, code, asked) != whole}
    kept: list[str] = []
    for lines, _result in SECTIONS:
        if shut & set(lines):
            kept += [line for line in lines if line not in shut and line in ("shipping", "other_income")]
            break
        kept += lines
    return tuple(kept)


def cells(person: Person | None, wish: Wish) -> list[Cell]:
    """Amounts by the wish's cuts, month, account and currency, within what a person may see; NotAllowed without any right."""
    scopes = reach(person, VIEW, wish.asked)
    if not scopes:
        raise NotAllowed(_("You may not see the profit and loss here."))
    return list(read(wish, scopes, kept_lines(person, wish.asked)))


def read(wish: Wish, scopes: Iterable[Scope] = (Scope(),), lines: tuple[str, ...] = LINES) -> Iterable[Cell]:
    """Amounts inside corners, without asking for a right: for counting by the system. Refused for an unknown cut."""
    unknown = [name for name in (*wish.by, *wish.filters) if name not in CUTS]
    if unknown:
        raise Refused(_("One cannot cut by “%(name)s”.") % {"name": unknown[0]}, code="unknown_cut")
    rows = rows_of(wish, scopes).filter(account__line__in=lines)
    paths = [CUTS[name] for name in wish.by]
    names = (*paths, "account__line", "account__code", "currency", "day")
    sums = rows.order_by().values_list(*dict.fromkeys(names)).annotate(Sum("amount"), Sum("units"))
    at = {name: place for place, name in enumerate(dict.fromkeys(names))}
    for row in sums:
        key = tuple(row[at[path]] for path in paths)
        yield Cell(
            key,
            row[at["account__line"]],
            row[at["account__code"]],
            row[at["currency"]],
            row[at["day"]],
            row[-2],
            row[-1],
        )


def earning(person: Person | None, wish: Wish) -> Iterable[tuple[Any, str, date, int]]:
    """Net revenue by the wish's only cut, currency and month, for finding the largest; NotAllowed without any right."""
    scopes = reach(person, VIEW, wish.asked)
    if not scopes:
        raise NotAllowed(_("You may not see the profit and loss here."))
    (cut,) = wish.by
    accounts = list(Account.objects.filter(line__in=NET_LINES).values_list("pk", flat=True))
    rows = rows_of(wish, scopes).filter(account__in=accounts).order_by()
    return rows.values_list(CUTS[cut], "currency", "day").annotate(Sum("amount"))


def rows_of(wish: Wish, scopes: Iterable[Scope]) -> QuerySet[ProfitReading]:
    """The readings that answer a wish."""
    corners, inside = tuple(scopes), Q()
    if Scope() not in corners:
        inside = Q(pk__in=[])
        for scope in corners:
            named = {f"{axis}_id": getattr(scope, axis) for axis in ("entity", "market", "team")}
            inside |= Q(**{path: value for path, value in named.items() if value})
    rows = ProfitReading.objects.told(products="product" in (*wish.by, *wish.filters))
    rows = rows.filter(inside, day__gte=wish.start.replace(day=1), day__lte=wish.end)
    if wish.group:
        rows = rows.filter(partner=None)
    for name, values in wish.filters.items():
        part = Q(**{f"{CUTS[name]}__in": [value for value in values if value is not None]})
        rows = rows.filter(part | Q(**{f"{CUTS[name]}__isnull": True}) if None in values else part)
    return rows


@dataclass
class Converted:
    """Exact amounts in one currency by key, line and account, and what had no rate."""

    amounts: dict[tuple[tuple[Any, ...], str, str], Decimal] = field(default_factory=dict)
    notes: Notes = field(default_factory=Notes)
    units: dict[tuple[Any, ...], int] = field(default_factory=dict)


def converted(found: Iterable[Cell], currency: str, rate: str = "month") -> Converted:
    """The amounts of cells added up in one currency; each month by its own rate. Refused for the rule `day`: months hold no days."""
    if rate == "day":
        raise Refused(
            _("The profit and loss is counted by month: use monthly averages or a set of rates."), code="rate"
        )
    rule, made = rates.rule(rate), Converted()
    for cell in found:
        amount = from_units(cell.amount)
        factor = rule.factor(cell.month, cell.currency, currency)
        if cell.units:
            made.units[cell.key] = made.units.get(cell.key, 0) + cell.units
        if factor is None:
            made.notes.lack(cell.currency, amount)
            continue
        if cell.currency != currency:
            made.notes.used(factor.published, factor.age)
        place = (cell.key, cell.line, cell.account)
        made.amounts[place] = EXACT.add(made.amounts.get(place, Decimal(0)), EXACT.multiply(amount, factor.value))
    return made


@dataclass(frozen=True)
class Statement:
    """A statement in one currency by a named rule: the sheet, the columns' keys, names of accounts, what had no rate."""

    sheet: Sheet
    currency: str
    rate: str
    rate_label: Any
    notes: Notes
    accounts: dict[str, Account]
    kept: tuple[str, ...]


def statement(person: Person | None, wish: Wish, currency: str, rate: str = "month") -> Statement:
    """The profit and loss in one currency, a column a value of the wish's only cut (none: one column)."""
    made = converted(cells(person, wish), currency, rate)
    columns = sorted({key for key, _line, _account in made.amounts}, key=lambda key: [str(part) for part in key])
    exact: dict[tuple[tuple[str, str], object], Decimal] = {
        ((line, account), key): amount for (key, line, account), amount in made.amounts.items()
    }
    kept = kept_lines(person, wish.asked)
    sheet = laid_out(exact, columns or [()], CURRENCIES[currency].digits, kept)
    accounts = {account.code: account for account in Account.objects.all()}
    return Statement(sheet, currency, rate, rates.rule(rate).label, made.notes, accounts, kept)


def actuals(wish: Wish, currency: str, rate: str = "month", scopes: Iterable[Scope] = (Scope(),)) -> Converted:
    """What really happened, converted, for comparing with plans; the caller has asked for the right and gives the corners."""
    return converted(read(wish, scopes), currency, rate)


def months_of(period: Period) -> Period:
    """The whole months that a period touches."""
    first = Period.containing(period.start, "month").start
    return Period(first, Period.containing(period.end, "month").end)
