"""The rows that an amount of the statement was counted from, and what they add up to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from tradewind.areas.finance.models import Account
from tradewind.areas.finance.queries.profit import VIEW, Wish, cells, kept_lines, reach
from tradewind.areas.finance.queries.profit_sources import Source, sources_of
from tradewind.base.errors import NotAllowed, NotFound
from tradewind.base.money import Money
from tradewind.nouns.org.models import Person

MOST = 100


@dataclass(frozen=True)
class Fact:
    """One row as it is told."""

    day: Any
    kind: str
    name: str
    url: str
    amount: Money


@dataclass(frozen=True)
class Behind:
    """What an amount was counted from: the sources, what they add up to and what the statement says, by currency."""

    title: str
    sources: list[Source]
    sums: dict[str, int]
    stated: dict[str, int]

    @property
    def late(self) -> dict[str, int]:
        """What the statement says beyond the rows: facts of closed months changed, or a recount is due."""
        codes = {*self.sums, *self.stated}
        found = {code: self.stated.get(code, 0) - self.sums.get(code, 0) for code in sorted(codes)}
        return {code: amount for code, amount in found.items() if amount}

    def facts(self, most: int = MOST) -> Iterator[Fact]:
        """The rows, at most so many of each source (0: all)."""
        for source in self.sources:
            rows = source.rows.order_by("row_day", "pk")
            for row in rows[:most] if most else rows.iterator(chunk_size=2000):
                money = Money.of_units(row.row_amount, row.row_currency)
                yield Fact(row.row_day, str(source.label), source.name(row), source.url(row), money)


def behind(person: Person | None, wish: Wish, *, line: str = "", account: str = "") -> Behind:
    """The rows behind a line or an account of the statement; NotAllowed where one may not see that line."""
    wish = replace(wish, by=(), end=wish.end)
    scopes = reach(person, VIEW, wish.asked)
    accounts = list(Account.objects.filter(code=account) if account else Account.objects.filter(line=line))
    if not accounts:
        raise NotFound(_("There is no such line."))
    if not scopes or not {one.line for one in accounts} <= set(kept_lines(person, wish.asked)):
        raise NotAllowed(_("You may not see this line here."))
    codes = {one.code for one in accounts}
    sources = [source for source in sources_of(person, wish, scopes, accounts) if source.rows.exists()]
    sums: dict[str, int] = {}
    for source in sources:
        for currency, amount in source.sums.items():
            sums[currency] = sums.get(currency, 0) + amount
    stated: dict[str, int] = {}
    for cell in cells(person, replace(wish, filters={**wish.filters, "account": tuple(sorted(codes))})):
        stated[cell.currency] = stated.get(cell.currency, 0) + cell.amount
    title = str(accounts[0].name) if account else str(accounts[0].get_line_display())
    return Behind(title, sources, {c: a for c, a in sums.items() if a}, {c: a for c, a in stated.items() if a})
