"""What was or is to be paid, and the lines of the bank it may have been paid by."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from tradewind.areas.finance.models import Bill, Claim, LinePart, PayState
from tradewind.areas.finance.queries.bank import with_free
from tradewind.areas.finance.rules.payments import EARLY, Owed, Paid, fits, is_named, suggestions
from tradewind.areas.finance.rules.spending import same_words
from tradewind.engines.access.scope import visible
from tradewind.nouns.org.models import Person
from tradewind.nouns.trade.models import BankLine

BANK = "finance.view_bank"
PAYABLE = (PayState.APPROVED, PayState.PAID)
BILL, CLAIM = "bill", "claim"


def owed_of(row: Bill | Claim) -> Owed:
    """A bill or claim as the matching takes it."""
    if isinstance(row, Bill):
        return Owed(
            (BILL, row.pk),
            row.amount,
            row.currency,
            row.day,
            (row.supplier, row.number),
            f"bill:{same_words(row.supplier)}",
        )
    units, currency = to_pay(row)
    return Owed((CLAIM, row.pk), units, currency, row.day, (row.person.name,), f"claim:{row.person_id}")


def to_pay(claim: Claim) -> tuple[int, str]:
    """What a claim's person is paid, and in which currency."""
    paid = claim.pay_amount is not None
    return (claim.pay_amount, claim.pay_currency) if paid else (claim.amount, claim.currency)


def paid_of(line: BankLine) -> Paid:
    """A line as the matching takes it."""
    words = f"{line.counterparty} {line.reference} {line.text}"
    return Paid(line.pk, line.day, line.amount, line.currency, line.counterparty, words)


def unjoined_bills() -> QuerySet[Bill]:
    """Approved and paid bills that no line of the bank is joined with."""
    return Bill.objects.filter(state__in=PAYABLE, line_parts=None)


def unjoined_claims() -> QuerySet[Claim]:
    """Approved and paid claims that no line of the bank is joined with."""
    return Claim.objects.filter(state__in=PAYABLE, line_parts=None).select_related("person")


def free_lines(row: Bill | Claim, person: Person | None) -> list[BankLine]:
    """Lines that may have paid a bill or claim, the likeliest first: those of its amount, then others of its currency with enough left."""
    owed = owed_of(row)
    lines = with_free(visible(person, BANK, BankLine.objects.select_related("account").prefetch_related("parts")))
    sign = Q(free__lt=0) if owed.units > 0 else Q(free__gt=0)
    near = list(lines.filter(sign, currency=owed.currency, day__gte=owed.since - EARLY).order_by("day", "pk")[:300])
    first = [one.pk for one in suggestions(owed, [paid_of(line) for line in near if not line.parts.all()])]
    enough = [line for line in near if abs(line.amount) >= abs(owed.units) or line.pk in first]
    return sorted(
        enough, key=lambda line: (first.index(line.pk) if line.pk in first else len(first), line.day, line.pk)
    )


def likely_line(row: Bill | Claim, lines: list[BankLine]) -> BankLine | None:
    """The line that pays just this amount, where there is one alone or it names what it pays."""
    owed = owed_of(row)
    fitting = [line for line in lines if fits(owed, paid_of(line)) and not line.parts.all()]
    return next((line for line in fitting if len(fitting) == 1 or is_named(owed, paid_of(line))), None)


def confirmed() -> set[tuple[str, str]]:
    """Payees with the other side of lines that somebody joined with them before."""
    rows = (
        LinePart.objects.filter(payout=None)
        .exclude(line__counterparty="")
        .select_related("line", "bill", "claim__person")
    )
    found = set()
    for part in rows:
        thing = part.bill or part.claim
        if thing is not None:
            found.add((owed_of(thing).payee, same_words(part.line.counterparty)))
    return found


def payable(line: BankLine, person: Person | None) -> tuple[QuerySet[Bill], QuerySet[Claim]]:
    """Bills and claims a line may have paid, as far as a person may see them: those it is joined with, and those of its currency."""
    bills = visible(person, "finance.view_bills", Bill.objects.all()).filter(
        Q(line_parts__line=line) | Q(pk__in=unjoined_bills().filter(currency=line.currency).values("pk"))
    )
    own = Q(pay_amount__isnull=False, pay_currency=line.currency) | Q(pay_amount=None, currency=line.currency)
    claims = visible(person, "finance.view_claims", Claim.objects.select_related("person")).filter(
        Q(line_parts__line=line) | Q(pk__in=unjoined_claims().filter(own).values("pk"))
    )
    if line.entity_id is not None:
        place = Q(entity=line.entity_id) | Q(entity=None)
        bills, claims = bills.filter(place), claims.filter(place)
    return bills.distinct().order_by("due", "pk"), claims.distinct().order_by("day", "pk")
