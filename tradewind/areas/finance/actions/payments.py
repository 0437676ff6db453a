"""Which line of the bank paid a bill or claim: said by hand, or found where it can be no other way and the payee is known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tradewind.areas.finance.actions.matching import held
from tradewind.areas.finance.models import Bill, Claim, LinePart, PayState
from tradewind.areas.finance.queries.bank import free_of
from tradewind.areas.finance.queries.payments import PAYABLE, owed_of
from tradewind.areas.finance.rules.payments import parts_of
from tradewind.base import clock
from tradewind.base.errors import NotAllowed, Refused
from tradewind.engines.access.scope import Scope, require
from tradewind.engines.actions.action import Bulk, action
from tradewind.nouns.org.models import Person
from tradewind.nouns.trade.models import BankLine

BANK, PAY_BILL, PAY_CLAIM = "finance.view_bank", "finance.pay_bill", "finance.pay_claim"
Spent = Bill | Claim


def join(line: BankLine, rows: Sequence[Spent]) -> None:
    """A line with enough left paid these; Refused when it is too small, of another currency, or they have a line already."""
    row = held([line])[line.pk]
    known = [one for one in rows if one.line_parts.exists()]
    if known:
        raise Refused(
            _("These have a line of the bank already: %(names)s.")
            % {"names": pgettext("between names", ", ").join(map(str, known))},
            code="taken",
        )
    owed = [owed_of(one) for one in rows]
    if any(one.currency != row.currency for one in owed):
        raise Refused(_("The line is of another currency."), code="currency")
    amounts = parts_of(free_of(row), [one.units for one in owed])
    if amounts is None:
        raise Refused(_("The line is smaller than what it would pay, or goes the other way."), code="too_small")
    LinePart.objects.bulk_create(
        LinePart(line=row, amount=amount, **{"bill" if isinstance(one, Bill) else "claim": one})
        for one, amount in zip(rows, amounts, strict=True)
    )


def fresh(rows: Sequence[Spent]) -> list[Spent]:
    """Bills and claims under a lock, as they are now: whoever read them may have read them before somebody else changed them."""
    bills = Bill.objects.select_for_update().filter(pk__in=[row.pk for row in rows if isinstance(row, Bill)])
    claims = Claim.objects.select_for_update().filter(pk__in=[row.pk for row in rows if isinstance(row, Claim)])
    return [*bills.order_by("pk"), *claims.order_by("pk")]


def settle(by: Person | None, line: BankLine, rows: Sequence[Spent]) -> list[Spent]:
    """What a line paid and was not paid yet is paid on its day; those that changed."""
    done = []
    for row in rows:
        if row.state not in PAYABLE:
            raise Refused(_("“%(name)s” is not approved.") % {"name": row}, code="wrong_state")
        if isinstance(row, Claim) and by is not None and by.pk == row.person_id:
            raise NotAllowed(_("Nobody pays their own claim."))
        if row.state == PayState.APPROVED:
            row.state, row.paid_on = PayState.PAID, line.day
            row.save()
            done.append(row)
    return done


def paid_by(by: Person | None, row: Spent, line: BankLine | None) -> None:
    """Join a bill or claim with the line that paid it, where one is named and may be seen."""
    if line is not None:
        if by is not None:
            require(by, BANK, line)
        join(line, fresh([row]))


def paying_day(by: Person | None, day: date | None, line: BankLine | None) -> date:
    """When something was paid: the named day, else that of its line, else today."""
    return day or (line.day if line is not None else clock.today(by.zone if by else "UTC"))


@action()
def pay_with_line(
    by: Person | None, line: BankLine, *, bills: list[Bill] | None = None, claims: list[Claim] | None = None
) -> Bulk[BankLine]:
    """Say which bills and claims a line of the bank paid, together.

    Those not paid yet are paid on its day. Those it was joined with before and is not any more are free again and stay paid.
    """
    rows = fresh([*(bills or []), *(claims or [])])
    if by is not None:
        require(by, BANK, line)
        for row in rows:
            require(by, PAY_BILL if isinstance(row, Bill) else PAY_CLAIM, row)
    before = [part.bill or part.claim for part in line.parts.filter(payout=None).select_related("bill", "claim")]
    LinePart.objects.filter(line=line, payout=None).delete()
    if rows:
        join(line, rows)
    paid = settle(by, line, rows)
    changes: list[tuple[str, int, dict[str, Any]]] = [
        (kind_of(row), row.pk, {"paid_on": [None, line.day.isoformat()]})  # whoever reads it may not read the bank
        for row in rows
        if row in paid
    ]
    told = {"paid": [", ".join(map(kind_words, before)), ", ".join(map(kind_words, rows))]}
    return Bulk(line, {"joined": len(rows), "paid": len(paid)}, changes, line, told=told)


def kind_of(row: Spent) -> str:
    """Its name among the subjects."""
    return "finance.bill" if isinstance(row, Bill) else "finance.claim"


def kind_words(row: Any) -> str:
    """A bill or claim in the history of a line, whose readers may not know its words."""
    return f"{kind_of(row)} {row.pk}"


@action(scope=lambda *_args, **_kwargs: Scope())
def match_payments(by: Person | None, *, pairs: Sequence[tuple[Spent, BankLine]]) -> Bulk[int]:
    """Join bills and claims with the lines that paid them where it can be no other way.

    Approved ones are paid on the day of the line. What became something else meanwhile is left alone.
    """
    changes: list[tuple[str, int, dict[str, Any]]] = []
    for given, line in pairs:
        row = next(iter(fresh([given])), None)
        if row is None or row.state not in PAYABLE or row.line_parts.exists() or line.parts.exists():
            continue
        join(line, [row])
        settle(by, line, [row])
        changes.append((kind_of(row), row.pk, {"paid_on": [None, line.day.isoformat()]}))
    return Bulk(len(changes), {"joined": len(changes)}, changes)
