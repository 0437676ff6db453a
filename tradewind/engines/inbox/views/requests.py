"""Requests and their approvals."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tradewind.engines.inbox import actions, queries
from tradewind.engines.inbox.forms import NoteForm, ReasonForm
from tradewind.engines.inbox.kinds import words
from tradewind.engines.inbox.models import Approval, ApprovalStep
from tradewind.engines.inbox.views.todos import deed_of, draft_lines, link_of
from tradewind.nouns.org.queries import reader
from tradewind.ui.pages import ActionPage, Choice, Col, DetailPage, ListPage, Section
from tradewind.ui.pages.details import Link

TONES = {
    Approval.PENDING: "info", Approval.APPROVED: "good", Approval.REJECTED: "bad", Approval.WITHDRAWN: "neutral",
}  # fmt: skip
STEP_TONES = {
    ApprovalStep.WAITING: "neutral", ApprovalStep.OPEN: "info", ApprovalStep.APPROVED: "good", ApprovalStep.REJECTED: "bad",
}  # fmt: skip


class ApprovalList(ListPage[Approval]):
    """Requests: mine, and those I decide or decided."""

    area, section, stem, plural, any_person = "inbox", "me", "approval", "me/requests", True
    title, icon = _("Requests and approvals"), "rubber-stamp"
    columns = [
        Col("title", _("Request"), value=str, link=True),
        Col("asked_by", _("Asked by"), kind="person"),
        Col("amount", _("Amount"), kind="money", value="amount_units", currency="currency"),
        Col("due", _("Due"), kind="moment", sort="due"),
        Col("state", _("State"), kind="chip", value="get_state_display", tone=lambda row: TONES[row.state]),
        Col("ended_at", _("Decided"), kind="moment", sort="ended_at"),
    ]
    filters = [Choice("state", _("State"), Approval.STATES)]
    default_order = "-pk"
    searchable = False
    empty = _("What you ask others to approve, and what waits for your approval, appears here.")

    def rows(self, request: HttpRequest) -> QuerySet[Approval]:
        return queries.approvals_seen_by(reader(request)).select_related("asked_by")


class ApprovalDetail(DetailPage[Approval]):
    """One request with its steps."""

    area, section, stem, plural, any_person = "inbox", "me", "approval", "me/requests", True
    template = "inbox/approval.html"
    facts = [
        Col("asked_by", _("Asked by"), kind="person"),
        Col("amount", _("Amount"), kind="money", value="amount_units", currency="currency"),
        Col("due", _("Due"), kind="moment"),
        Col("state", _("State"), kind="chip", value="get_state_display", tone=lambda row: TONES[row.state]),
        Col("created_at", _("Asked"), kind="moment"),
        Col("ended_at", _("Decided"), kind="moment"),
    ]
    sections = [
        Section(
            _("Steps"),
            rows=lambda request, row: row.steps.select_related("approver", "decided_by"),
            columns=[
                Col("position", _("Step"), kind="number"),
                Col("approver", _("Approver"), kind="person"),
                Col(
                    "state", _("State"), kind="chip", value="get_state_display", tone=lambda row: STEP_TONES[row.state]
                ),
                Col("decided_by", _("Decided by"), kind="person"),
                Col("decided_at", _("Decided"), kind="moment"),
                Col("note", _("Note")),
            ],
        )
    ]
    actions = ["inbox:approval-approve", "inbox:approval-reject", "inbox:approval-withdraw"]
    slots = ()

    def rows(self, request: HttpRequest) -> QuerySet[Approval]:
        return ApprovalList().rows(request)

    def extra(self, request: HttpRequest, row: Approval) -> dict[str, Any]:
        said = words(row.kind, row.data, request.lang, request.zone)  # type: ignore[attr-defined]
        return {
            "text": said.text,
            "subject_url": link_of(row.subject_type, row.subject_id),
            "deed": deed_of(row.action),
            "draft": draft_lines(row.action, row.draft),
            "links": self.my_links(request, row),
        }

    def my_links(self, request: HttpRequest, row: Approval) -> list[Link]:
        """Only the buttons of whose turn it is: the approver's, or the asker's."""
        step = row.steps.filter(state=ApprovalStep.OPEN).select_related("todo").first()
        decides = step is not None and queries.may_settle(reader(request), step.todo)
        asked = row.asked_by_id == reader(request).pk
        return [link for link in self._links(request, row) if (asked if link.url.endswith("/withdraw/") else decides)]


class ApprovalApprove(ActionPage[Approval]):
    """Approves a request."""

    area, section, stem, plural, verb, any_person = "inbox", "me", "approval", "me/requests", "approve", True
    title, button, icon = _("Approve the request"), _("Approve"), "check"
    form, action = NoteForm, actions.approve_request

    def rows(self, request: HttpRequest) -> QuerySet[Approval]:
        return ApprovalList().rows(request)

    states = (Approval.PENDING,)

    def after(self, row: Any) -> str:
        return reverse("inbox:my-day")


class ApprovalReject(ApprovalApprove):
    """Rejects a request with a reason."""

    verb = "reject"
    title, button, icon = _("Reject the request"), _("Reject"), "x"
    form, action = ReasonForm, actions.reject_request  # type: ignore[assignment]


class ApprovalWithdraw(ApprovalApprove):
    """Withdraws a request of one's own."""

    verb = "withdraw"
    title, button, icon = _("Withdraw the request"), _("Withdraw"), "arrow-back-up"
    form, action = None, actions.withdraw_request  # type: ignore[assignment]
