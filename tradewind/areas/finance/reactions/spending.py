"""Claims and bills follow what is decided about them in the inbox."""

from __future__ import annotations

from tradewind.areas.finance.actions import bills, claims
from tradewind.areas.finance.models import Bill, Claim, PayState
from tradewind.engines.actions.models import Event
from tradewind.engines.actions.registry import on
from tradewind.engines.inbox.models import Approval, ApprovalStep


@on("inbox.reject_request")
def refuse_spending(event: Event) -> None:
    """A request rejected in the inbox refuses its claim or bill, with the reason given there."""
    request = Approval.objects.filter(pk=event.subject_id or 0, state=Approval.REJECTED).first()
    if request is None or request.subject_id is None:
        return
    step = request.steps.filter(state=ApprovalStep.REJECTED).select_related("decided_by").first()
    by, note = (step.decided_by, step.note) if step else (None, "")
    if request.subject_type == "finance.claim":
        claim = Claim.objects.filter(pk=request.subject_id, state=PayState.SUBMITTED).first()
        if claim is not None:
            claims.settle_refusal.system(claim, person=by, reason=note)
    elif request.subject_type == "finance.bill":
        bill = Bill.objects.filter(pk=request.subject_id, state=PayState.SUBMITTED).first()
        if bill is not None:
            bills.settle_bill_refusal.system(bill, person=by, reason=note)


@on("inbox.withdraw_request")
def withdraw_spending(event: Event) -> None:
    """A request that was withdrawn makes its claim or bill a draft again."""
    request = Approval.objects.filter(pk=event.subject_id or 0, state=Approval.WITHDRAWN).first()
    if request is None or request.subject_id is None:
        return
    if request.subject_type == "finance.claim":
        claim = Claim.objects.filter(pk=request.subject_id, state=PayState.SUBMITTED).first()
        if claim is not None:
            claims.settle_withdrawal.system(claim)
    elif request.subject_type == "finance.bill":
        bill = Bill.objects.filter(pk=request.subject_id, state=PayState.SUBMITTED).first()
        if bill is not None:
            bills.settle_bill_withdrawal.system(bill)
