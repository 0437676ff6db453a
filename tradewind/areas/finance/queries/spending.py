"""What one can see of claims and bills, and what follows from them: amounts in other currencies, limits, receipts, twins."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Case, DateField, Exists, ExpressionWrapper, Model, OuterRef, Q, QuerySet, Value, When

from tradewind.areas.finance.models import Bill, Claim, ExpenseLimit, PayState
from tradewind.areas.finance.rules.spending import Limit, limit_for, same_words, short, times
from tradewind.engines.access.registry import subject_of
from tradewind.engines.access.scope import visible
from tradewind.engines.inbox.models import Approval, ApprovalStep
from tradewind.engines.inbox.queries import may_settle
from tradewind.engines.metrics import rates
from tradewind.nouns.files.models import Attachment
from tradewind.nouns.org.models import Person

CLAIM, BILL = "finance.claim", "finance.bill"
RATE = "day"
NEAR = timedelta(days=14)


def claims(person: Person | None) -> QuerySet[Claim]:
    """One's own claims, those one is asked to approve, and others' where one may see them."""
    rows = visible(person, "finance.view_claims", Claim.objects.all())
    return rows.select_related("person", "entity", "market", "team", "account", "decided_by", "trip").annotate(
        receipt=Exists(Attachment.objects.filter(subject_type=CLAIM, subject_id=OuterRef("pk"), removed_at=None))
    )


def bills(person: Person | None) -> QuerySet[Bill]:
    """Bills where one may see them; those of goods and pay only with their own rights."""
    rows = visible(person, "finance.view_bills", Bill.objects.all())
    return rows.select_related("entity", "market", "team", "account", "decided_by").annotate(
        resembles=resembling(person)
    )


def limits(person: Person | None) -> QuerySet[ExpenseLimit]:
    """The limits of claims and bills."""
    return visible(person, "finance.view_limits", ExpenseLimit.objects.all()).select_related("account")


def waits_for(person: Person, row: Model) -> bool:
    """Whether a claim, bill or trip waits for this person's approval now, as approver or deputy."""
    known = subject_of(row)
    kind = known.key if known else ""
    steps = ApprovalStep.objects.filter(
        state=ApprovalStep.OPEN,
        approval__subject_type=kind,
        approval__subject_id=row.pk,
        approval__state=Approval.PENDING,
    )
    return any(may_settle(person, step.todo) for step in steps.select_related("todo"))


def has_receipt(claim: Claim) -> bool:
    """Whether a picture or file of the receipt is there."""
    return Attachment.objects.filter(subject_type=CLAIM, subject_id=claim.pk, removed_at=None).exists()


def exchanged(claim: Claim) -> None:
    """Give a claim its amounts in the person's and the company's currency by the rates of the receipt's day; none without a rate."""
    claim.pay_amount, claim.rate = in_other(claim.amount, claim.currency, claim.pay_currency, claim.day)
    claim.book_amount, claim.book_rate = in_other(claim.amount, claim.currency, claim.book_currency, claim.day)


def in_other(amount: int, source: str, target: str, day: date) -> tuple[int | None, str]:
    """An amount in another currency by the ECB rate of a day, and the words that say so: rule, day of the rate, factor."""
    if not target:
        return None, ""
    factor = rates.rule(RATE).factor(day, source, target)
    if factor is None:
        return None, ""
    exact = short(factor.value)
    return times(amount, exact, target), f"{RATE} {factor.published.isoformat()} {exact:f}"


def over_limit(claim: Claim) -> bool:
    """Whether a claim needs a second look: above its limit, or without one that can be compared."""
    return is_over(claim.amount, claim.currency, claim.day, claim.country, claim.account_id)


def bill_over_limit(bill: Bill) -> bool:
    """Whether a bill needs finance's look, by the limit of its entity's country."""
    country = bill.entity.country if bill.entity else ""
    return is_over(abs(bill.amount), bill.currency, bill.day, country, bill.account_id)


def is_over(amount: int, currency: str, day: date, country: str, account: int) -> bool:
    """Whether an amount is above the limit that holds, compared at the rate of its day; True without a limit or a rate."""
    rows = ExpenseLimit.objects.values_list("country", "account_id", "amount", "currency")
    limit = limit_for([Limit(*row) for row in rows], country, account)
    if limit is None:
        return True
    factor = rates.rule(RATE).factor(day, currency, limit.currency)
    return factor is None or Decimal(amount) * factor.value > limit.amount


def resembling(person: Person | None) -> Case:
    """Whether a bill that nobody found to be another resembles one that the person sees too: supplier, amount, nearly the day."""
    others = visible(person, "finance.view_bills", Bill.objects.exclude(state=PayState.REFUSED))
    # SQLite reckons with days as texts that end in an hour: after the day before is the same as from the day on.
    near = others.filter(
        supplier__iexact=OuterRef("supplier"), amount=OuterRef("amount"), currency=OuterRef("currency"),
        day__gt=ExpressionWrapper(OuterRef("day") - NEAR - timedelta(days=1), DateField()),
        day__lte=ExpressionWrapper(OuterRef("day") + NEAR, DateField()),
    ).exclude(pk=OuterRef("pk"))  # fmt: skip
    return Case(When(Q(distinct=True) | Q(state=PayState.REFUSED), then=Value(False)), default=Exists(near))


def lookalike_of(supplier: str, amount: int, currency: str, day: date, but: Bill | None) -> Bill | None:
    """The bill of the same supplier, however it is written, of the same amount within two weeks; refused ones do not count."""
    rows = Bill.objects.filter(amount=amount, currency=currency, day__range=(day - NEAR, day + NEAR))
    rows = rows.exclude(state=PayState.REFUSED).exclude(pk=but.pk if but else 0)
    wanted = same_words(supplier)
    return next((row for row in rows.order_by("-day", "-pk") if same_words(row.supplier) == wanted), None)


def twin_of(supplier: str, number: str, but: Bill | None) -> Bill | None:
    """The bill of the same supplier with the same number, however either is written; None where there is none."""
    first = supplier.strip()[:1]
    rows = Bill.objects.filter(supplier__istartswith=first).exclude(pk=but.pk if but else 0)
    wanted = (same_words(supplier), same_words(number))
    for row in rows.only("supplier", "number", "day").iterator():
        if (same_words(row.supplier), same_words(row.number)) == wanted:
            return row
    return None
