"""What bank accounts and wallets held at the end of a day, by their statements or by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db.models import Max, Min, Q, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from tradewind.areas.finance.models import CashLine
from tradewind.areas.finance.queries.bank_days import moves_of
from tradewind.areas.finance.queries.cash import BALANCE
from tradewind.areas.finance.rules.balances import CASH, Fact, Gap
from tradewind.areas.finance.rules.bank_days import closing, told
from tradewind.nouns.trade.models import BankAccount, BankLine


def cash(day: date) -> Iterator[Fact]:
    """What every account held at the end of a day, and what was written by hand for those without statements."""
    names = BankAccount.objects.in_bulk()
    for (account, currency), (amount, last) in sorted(account_balances(day).items()):
        row = names[account]
        url = f"{reverse('finance:bank_line-list')}?account={account}"
        yield Fact(CASH, row.entity_id, currency, amount, last, row.name, url)
    hand = CashLine.objects.filter(Q(last_day=None) | Q(last_day__gte=day), kind=BALANCE, first_day__lte=day)
    for line in hand:
        url = reverse("finance:cash_line-detail", args=[line.pk])
        yield Fact(CASH, line.entity_id, line.currency, line.amount, line.first_day, str(line.name), url)


def account_balances(day: date) -> dict[tuple[int, str], tuple[int, date]]:
    """What every account and currency held at the end of a day, and of which day its newest line until then is.

    The newest balance stated until then with what moved since; else the next one stated less what moved until it; else all movements.
    Lines of one day stand as they were booked, whichever way round their statement lists them.
    """
    until, after = BankLine.objects.filter(day__lte=day), BankLine.objects.filter(day__gt=day)
    past, coming = stated(until, Max("day")), stated(after, Min("day"))
    newest, sums = grouped(until, Max("day")), grouped(until, Sum("amount"))
    since = moves_of(until.filter(any_of(Q(**at(key), day__gte=one) for key, one in past.items())))
    ahead = moves_of(after.filter(any_of(Q(**at(key), day__lte=one) for key, one in coming.items() if key not in past)))
    found: dict[tuple[int, str], tuple[int, date]] = {}
    for key, last in newest.items():
        if key in past:
            amount = closing(since[key])
        elif key in coming:
            amount = told(ahead[key]).days[0].opening
        else:
            amount = sums[key]
        found[key] = (amount, last)
    return found


def at(key: tuple[int, str]) -> dict[str, Any]:
    """An account and currency as a condition."""
    return {"account": key[0], "currency": key[1]}


def any_of(conditions: Iterable[Q]) -> Q:
    """That one of some conditions holds; none without any."""
    found = Q(pk__in=[])
    for one in conditions:
        found |= one
    return found


def grouped(rows: QuerySet[BankLine], what: Any) -> dict[tuple[int, str], Any]:
    """An aggregate of lines by account and currency."""
    sums = rows.order_by().values("account", "currency").annotate(told=what)
    return {(account, currency): one for account, currency, one in sums.values_list("account", "currency", "told")}


def stated(rows: QuerySet[BankLine], day: Any) -> dict[tuple[int, str], date]:
    """The first or last day on which a balance is stated, by account and currency."""
    return grouped(rows.filter(balance__isnull=False), day)


def unknown_accounts(day: date) -> Iterator[Gap]:
    """Accounts in use whose first line is later than the day."""
    first: Any = BankAccount.objects.filter(active=True).annotate(first=Min("lines__day")).filter(first__gt=day)
    for account in first:
        words = _("%(account)s: its first line is of %(day)s") % {"account": account.name, "day": account.first}
        yield Gap(CASH, account.entity_id, words)
