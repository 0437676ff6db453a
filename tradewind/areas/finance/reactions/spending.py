"""Claims, trips and bills follow what is decided about them in the inbox."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tradewind.areas.finance.actions import bills, claims, trips
from tradewind.areas.finance.models import Bill, Claim, PayState, Trip
from tradewind.engines.actions.models import Event
from tradewind.engines.actions.registry import on
from tradewind.engines.inbox.models import Approval, ApprovalStep

# What is spent, with what its refusal and the withdrawal of its request carry out.
KINDS: Mapping[str, tuple[type[Bill] | type[Claim] | type[Trip], Any, Any]] = {
    "finance.claim": (Claim, claims.settle_refusal, claims.settle_withdrawal),
    "finance.trip": (Trip, trips.settle_trip_refusal, trips.settle_trip_withdrawal),
    "finance.bill": (Bill, bills.settle_bill_refusal, bills.settle_bill_withdrawal),
}


def waiting(request: Approval | None) -> tuple[Any, Any, Any] | None:
    """The submitted record a request is about, with what its refusal and withdrawal carry out."""
    if request is None or request.subject_id is None or request.subject_type not in KINDS:
        return None
    same = Approval.objects.filter(subject_type=request.subject_type, subject_id=request.subject_id)
    if same.filter(state=Approval.PENDING).exists():
        return None  # submitted anew before this was told: that request decides
    model, refuse, withdraw = KINDS[request.subject_type]
    row = model.objects.filter(pk=request.subject_id, state=PayState.SUBMITTED).first()
    return (row, refuse, withdraw) if row is not None else None


@on("inbox.reject_request")
def refuse_spending(event: Event) -> None:
    """A request rejected in the inbox refuses what it is about, with the reason given there."""
    request = Approval.objects.filter(pk=event.subject_id or 0, state=Approval.REJECTED).first()
    found = waiting(request)
    if request is None or found is None:
        return
    row, refuse, _withdraw = found
    step = request.steps.filter(state=ApprovalStep.REJECTED).select_related("decided_by").first()
    refuse.system(row, person=step.decided_by if step else None, reason=step.note if step else "")


@on("inbox.withdraw_request")
def withdraw_spending(event: Event) -> None:
    """A request that was withdrawn makes what it is about a draft again."""
    found = waiting(Approval.objects.filter(pk=event.subject_id or 0, state=Approval.WITHDRAWN).first())
    if found is not None:
        row, _refuse, withdraw = found
        withdraw.system(row)
