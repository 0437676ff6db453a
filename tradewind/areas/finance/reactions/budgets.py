"""What was asked of an approver and refused comes back to whoever asked."""

from __future__ import annotations

from tradewind.areas.finance.actions.budget_changes import refuse_transfer
from tradewind.areas.finance.actions.budgets import return_budget
from tradewind.areas.finance.actions.investments import settle_investment
from tradewind.areas.finance.models import Budget, Investment, Transfer
from tradewind.engines.actions.models import Event
from tradewind.engines.actions.registry import on
from tradewind.engines.inbox.models import Approval


@on("inbox.reject_request")
@on("inbox.withdraw_request")
def give_back(event: Event) -> None:
    """A budget, transfer or investment whose approval was refused or taken back waits no longer."""
    approval = Approval.objects.filter(pk=event.subject_id or 0).exclude(state=Approval.PENDING).first()
    if approval is None:
        return
    same = Approval.objects.filter(action=approval.action, action_subject=approval.action_subject)
    if same.filter(state=Approval.PENDING).exists():
        return  # submitted anew before this was told: that request decides
    budget = Budget.objects.filter(pk=approval.action_subject or 0, state=Budget.SUBMITTED).first()
    if approval.action == "finance.approve_budget" and budget is not None:
        return_budget.system(budget, reason=approval.get_state_display())
    transfer = Transfer.objects.filter(pk=approval.action_subject or 0, state=Transfer.ASKED).first()
    if approval.action == "finance.approve_transfer" and transfer is not None:
        refuse_transfer.system(transfer)
    investment = Investment.objects.filter(pk=approval.action_subject or 0, stage=Investment.ASKED).first()
    if approval.action == "finance.approve_investment" and investment is not None:
        settle_investment.system(investment)
