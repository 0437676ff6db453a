"""What lies on an account day by day, and where its statements and its lines differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Max, Q, QuerySet, Sum

from tradewind.areas.finance.rules.bank_days import Break, Move, Told, closing, told
from tradewind.nouns.trade.models import BankAccount, BankLine

FACTS = ("account", "currency", "pk", "day", "amount", "balance")
Place = tuple[int, str]


@dataclass(frozen=True)
class Held:
    """What an account holds in a currency, as of its newest line."""

    account: int
    currency: str
    amount: int
    day: date


def moves_of(rows: QuerySet[BankLine]) -> dict[Place, list[Move]]:
    """Lines as the rules take them, by account and currency."""
    found: dict[Place, list[Move]] = defaultdict(list)
    for account, currency, pk, day, units, balance in rows.order_by("pk").values_list(*FACTS):
        found[account, currency].append(Move(pk, day, units, balance))
    return found


def currencies_of(account: BankAccount) -> list[str]:
    """The currencies of an account's lines, the busiest first."""
    rows = BankLine.objects.filter(account=account).order_by().values("currency").annotate(newest=Max("pk"))
    return [row["currency"] for row in rows.order_by("-newest")]


def days_of(account: BankAccount, currency: str, start: date, end: date) -> Told:
    """The days of an account from the last stated balance before `start` on; from its first line where there is none."""
    rows = BankLine.objects.filter(account=account, currency=currency, day__lte=end)
    since = rows.filter(balance__isnull=False, day__lt=start).aggregate(day=Max("day"))["day"]
    found = told(moves_of(rows.filter(day__gte=since) if since else rows)[account.pk, currency])
    breaks = [one for one in found.breaks if one.day >= start]
    return Told(found.days, breaks, found.anchored)


def held_now(accounts: Iterable[int]) -> list[Held]:
    """What accounts hold by their newest stated balance and what moved since; all movements where none was ever stated."""
    lines = BankLine.objects.filter(account__in=list(accounts))
    places = list(lines.order_by().values_list("account", "currency").annotate(Max("day"), Sum("amount")))
    newest = dict[Place, date]()
    for account, currency, day in (
        lines.filter(balance__isnull=False).order_by().values_list("account", "currency").annotate(Max("day"))
    ):
        newest[account, currency] = day
    since = Q(pk__in=[])
    for (account, currency), day in newest.items():
        since |= Q(account=account, currency=currency, day__gte=day)
    moves = moves_of(lines.filter(since))
    found = []
    for account, currency, day, amount in sorted(places):
        known = (account, currency) in newest
        found.append(Held(account, currency, closing(moves[account, currency]) if known else amount, day))
    return found


def breaks_of(accounts: Iterable[int], today: date, days: int = 91) -> dict[int, list[tuple[str, Break]]]:
    """Where statements and lines of accounts differ in the last days, with the currency."""
    lines = BankLine.objects.filter(account__in=list(accounts), day__range=(today - timedelta(days=days), today))
    found: dict[int, list[tuple[str, Break]]] = {}
    for (account, currency), moves in moves_of(lines).items():
        for one in told(moves).breaks:
            found.setdefault(account, []).append((currency, one))
    return found
