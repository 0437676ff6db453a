"""What bank accounts and wallets held at the end of a day, by their statements or by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from django.db.models import Max, Min, Q, QuerySet, Sum, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils.translation import gettext as _

from tradewind.areas.finance.models import CashLine
from tradewind.areas.finance.queries.cash import BALANCE
from tradewind.areas.finance.rules.balances import CASH, Fact, Gap
from tradewind.nouns.trade.models import BankAccount, BankLine


def cash(day: date) -> Iterator[Fact]:
    """What every account held at the end of a day, and what was written by hand for those without statements."""
    names = BankAccount.objects.in_bulk()
    for (account, currency), (amount, told) in sorted(account_balances(day).items()):
        row = names[account]
        url = f"{reverse('finance:bank_line-list')}?account={account}"
        yield Fact(CASH, row.entity_id, currency, amount, told, row.name, url)
    hand = CashLine.objects.filter(Q(last_day=None) | Q(last_day__gte=day), kind=BALANCE, first_day__lte=day)
    for line in hand:
        url = reverse("finance:cash_line-detail", args=[line.pk])
        yield Fact(CASH, line.entity_id, line.currency, line.amount, line.first_day, str(line.name), url)


def account_balances(day: date) -> dict[tuple[int, str], tuple[int, date]]:
    """What every account and currency held at the end of a day, and of which day its newest line until then is.

    The newest balance stated until then with what moved since; else the next one stated less what moved until it; else all movements.
    """
    until, after = BankLine.objects.filter(day__lte=day), BankLine.objects.filter(day__gt=day)
    told = {(account, currency): newest for account, currency, newest in grouped(until, Max("day"))}
    found: dict[tuple[int, str], tuple[int, date]] = {}
    past, coming = nearest(until, "-"), nearest(after, "")
    since = moved(until, past, lambda row: Q(day__gt=row.day) | Q(day=row.day, pk__gt=row.pk))
    ahead = moved(after, coming, lambda row: Q(day__lt=row.day) | Q(day=row.day, pk__lte=row.pk), only=True)
    for key, newest in told.items():
        if key in past:
            amount = past[key].balance + since.get(key, 0)
        elif key in coming:
            amount = coming[key].balance - ahead.get(key, 0)
        else:
            amount = since.get(key, 0)
        found[key] = (amount, newest)
    return found


def grouped(rows: QuerySet[BankLine], what: Any) -> list[tuple[Any, ...]]:
    """An aggregate of lines by account and currency."""
    return list(
        rows.order_by().values("account", "currency").annotate(told=what).values_list("account", "currency", "told")
    )


def nearest(rows: QuerySet[BankLine], way: str) -> dict[tuple[int, str], Any]:
    """The first line with a stated balance of each account and currency, from the newest (`-`) or the oldest on."""
    place = Window(RowNumber(), partition_by=["account", "currency"], order_by=[f"{way}day", f"{way}pk"])
    found: Any = rows.filter(balance__isnull=False).annotate(place=place).filter(place=1)
    return {(row.account_id, row.currency): row for row in found}


def moved(
    rows: QuerySet[BankLine], stated: dict[tuple[int, str], Any], side: Callable[[Any], Q], *, only: bool = False
) -> dict[tuple[int, str], int]:
    """What moved on one side of the stated balances; accounts without one count whole, or not at all with `only`."""
    kept = Q(pk__in=[]) if only else Q()
    for (account, currency), row in stated.items():
        own = Q(account=account, currency=currency)
        kept = kept | own & side(row) if only else kept & (~own | side(row))
    return {(account, currency): amount for account, currency, amount in grouped(rows.filter(kept), Sum("amount"))}


def unknown_accounts(day: date) -> Iterator[Gap]:
    """Accounts in use whose first line is later than the day."""
    first: Any = BankAccount.objects.filter(active=True).annotate(first=Min("lines__day")).filter(first__gt=day)
    for account in first:
        words = _("%(account)s: its first line is of %(day)s") % {"account": account.name, "day": account.first}
        yield Gap(CASH, account.entity_id, words)
