"""What one can see of bank accounts and their lines."""

from __future__ import annotations

from django.db.models import Count, F, Max, QuerySet, Sum
from django.db.models.functions import Coalesce

from tradewind.areas.finance.rules.bank_keys import last_digits, number_forms
from tradewind.base.crypto import keyed_hash
from tradewind.engines.access.scope import visible
from tradewind.nouns.org.models import Person
from tradewind.nouns.trade.models import BankAccount, BankLine

BANK = "finance.view_bank"


def accounts(person: Person | None) -> QuerySet[BankAccount]:
    """The accounts one may see, with how many lines each has and the newest day."""
    rows = visible(person, BANK, BankAccount.objects.select_related("entity"))
    return rows.annotate(line_count=Count("lines"), newest=Max("lines__day"))


def lines(person: Person | None) -> QuerySet[BankLine]:
    """The lines of accounts one may see."""
    rows = visible(person, BANK, BankLine.objects.select_related("account", "entity"))
    return rows.prefetch_related("parts__payout", "parts__bill", "parts__claim")


def with_free(rows: QuerySet[BankLine]) -> QuerySet[BankLine]:
    """Lines with `free`: what of them is nobody's yet, below zero for money out."""
    return rows.annotate(free=F("amount") - Coalesce(Sum("parts__amount"), 0))


def free_of(line: BankLine) -> int:
    """What of a line is nobody's yet."""
    free: int = line.amount - sum(part.amount for part in line.parts.all())
    return free


def shown_number(account: BankAccount) -> str:
    """The end of an account's number."""
    return last_digits(account.number)


def account_by_number(number: str) -> BankAccount | None:
    """The account a statement means by a number, in any of the ways banks write it."""
    hashes = [keyed_hash(form) for form in number_forms(number)]
    return BankAccount.objects.filter(number_hash__in=hashes).first() if hashes else None


def account_choices(person: Person | None) -> list[tuple[str, str]]:
    """Accounts a statement may be of: for the system all, for a person those seen."""
    rows = BankAccount.objects.all() if person is None else visible(person, BANK, BankAccount.objects.all())
    return [(row.code, row.name) for row in rows.filter(active=True)]
