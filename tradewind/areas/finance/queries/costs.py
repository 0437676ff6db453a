"""The structure of cost as one may see it: by account, fixed and variable, a unit by month, beside other markets; odd charges.

Only for those who hold the right to see costs; lines that one may not see are left out before anything is added up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from statistics import median

from django.db.models import Q, QuerySet

from tradewind.areas.finance.models import Account, Distinct, Posting
from tradewind.areas.finance.queries.ledger import postings
from tradewind.areas.finance.queries.profit import Converted, Wish, cells, converted
from tradewind.areas.finance.rules.costs import Bar, Charge, Pair, duplicates, outliers, pareto
from tradewind.base.money import from_units
from tradewind.base.period import Period
from tradewind.engines.access.scope import Scope
from tradewind.nouns.org.models import Market, Person

COST_LINES = ("cogs", "fulfilment", "fees", "advertising", "pay", "overhead")
UNIT_LINES = ("cogs", "fulfilment", "fees", "advertising")
NET_LINES = ("gross", "discount", "refund")
HIGH = Decimal("1.25")


@dataclass(frozen=True)
class Structure:
    """Costs of a span in one currency, all above zero: bars by account, fixed and variable, lines, a unit's cost by month."""

    period: Period
    currency: str
    bars: list[Bar[str]]
    accounts: dict[str, Account]
    fixed: Decimal
    variable: Decimal
    months: list[date]
    unit: dict[str, list[Decimal | None]]
    units: list[int]
    made: Converted

    @property
    def total(self) -> Decimal:
        """All costs that are shown."""
        return self.fixed + self.variable

    @property
    def few(self) -> list[Bar[str]]:
        """The few that make 80 of 100."""
        return [bar for bar in self.bars if bar.few]


def structure(person: Person, period: Period, asked: Scope, currency: str, rate: str) -> Structure:
    """The structure of cost of whole months; NotAllowed without the right to see the profit and loss there."""
    found = cells(person, Wish(period.start, period.end, ("month",), asked))
    made = converted(found, currency, rate)
    accounts = {account.code: account for account in Account.objects.all()}
    costs, fixed, variable = dict[str, Decimal](), Decimal(0), Decimal(0)
    for (_key, line, code), amount in made.amounts.items():
        if line in COST_LINES:
            costs[code] = costs.get(code, Decimal(0)) - amount
            fixed, variable = (fixed - amount, variable) if accounts[code].fixed else (fixed, variable - amount)
    months = [month.start for month in period.split("month")]
    units = [made.units.get((month,), 0) for month in months]
    unit = {
        line: [each(made, line, month, many) for month, many in zip(months, units, strict=True)] for line in UNIT_LINES
    }
    return Structure(period, currency, pareto(costs), accounts, fixed, variable, months, unit, units, made)


def each(made: Converted, line: str, month: date, units: int) -> Decimal | None:
    """What a line costs a unit in a month; None where nothing was sold."""
    if not units:
        return None
    return (
        -sum(
            (amount for (key, at, _code), amount in made.amounts.items() if key == (month,) and at == line), Decimal(0)
        )
        / units
    )


@dataclass(frozen=True)
class Peer:
    """An account's cost as a share of net revenue in each market: None where there is no revenue; `high` names the dear ones."""

    account: Account
    shares: list[Decimal | None]
    middle: Decimal
    high: frozenset[int]


def peers(person: Person, period: Period, asked: Scope, currency: str, rate: str) -> tuple[list[Market], list[Peer]]:
    """The same cost in other markets, for accounts that two markets have; the largest first."""
    made = converted(cells(person, Wish(period.start, period.end, ("market",), asked)), currency, rate)
    net, costs = dict[int, Decimal](), dict[str, dict[int, Decimal]]()
    for (key, line, code), amount in made.amounts.items():
        if key[0] is None:
            continue
        if line in NET_LINES:
            net[key[0]] = net.get(key[0], Decimal(0)) + amount
        elif line in COST_LINES:
            held = costs.setdefault(code, {})
            held[key[0]] = held.get(key[0], Decimal(0)) - amount
    markets = [market for market in Market.objects.filter(pk__in=net).order_by("code") if net[market.pk] > 0]
    accounts = {account.code: account for account in Account.objects.filter(code__in=costs)}
    found = [peer(accounts[code], held, markets, net) for code, held in costs.items() if len(held) > 1]
    return markets, sorted([one for one in found if one], key=lambda one: -one.middle)


def peer(account: Account, held: dict[int, Decimal], markets: list[Market], net: dict[int, Decimal]) -> Peer | None:
    """One account beside the same in other markets; None when fewer than two have it."""
    shares = [held[market.pk] / net[market.pk] if market.pk in held else None for market in markets]
    known = [share for share in shares if share is not None and share > 0]
    if len(known) < 2:
        return None
    middle = Decimal(median(known))
    high = frozenset(place for place, share in enumerate(shares) if share is not None and share > HIGH * middle)
    return Peer(account, shares, middle, high)


def charges(person: Person | None, today: date, days: int = 365) -> QuerySet[Posting]:
    """Charges of the last year that one may see: costs with a supplier that were not taken back."""
    costs = Q(amount__lt=0, cause=None, corrections=None, fact_day__gte=today - timedelta(days=days))
    kinds = Q(kind__in=(Posting.LEDGER, Posting.HAND, Posting.CLAIM, Posting.BILL))
    return postings(person).filter(costs & kinds).exclude(supplier="")


@dataclass(frozen=True)
class Odd:
    """What looks odd among charges: pairs that may be one, and charges far above the usual; postings by key."""

    pairs: list[Pair]
    far: list[tuple[Charge, Decimal, Decimal]]
    rows: dict[int, Posting]


def odd_charges(person: Person | None, today: date) -> Odd:
    """Pairs without a decision that may be duplicates, and outliers, among the charges one may see."""
    rows = {row.pk: row for row in charges(person, today)}
    told = [as_charge(row) for row in rows.values()]
    known = set(Distinct.objects.values_list("first", "second"))
    pairs = [pair for pair in duplicates(told) if tuple(sorted((pair.first.key, pair.second.key))) not in known]
    return Odd(pairs, outliers(told), rows)


def as_charge(row: Posting) -> Charge:
    """A posting as a charge."""
    return Charge(row.pk, row.supplier, row.fact_day, row.amount, row.currency, row.document, row.account_id)


def at_stake(pairs: list[Pair]) -> dict[str, Decimal]:
    """What would come back by currency if every pair were one charge."""
    found: dict[str, Decimal] = {}
    for pair in pairs:
        found[pair.first.currency] = found.get(pair.first.currency, Decimal(0)) + abs(from_units(pair.first.amount))
    return found
