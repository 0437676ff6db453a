"""Bills of suppliers: entered, approved, paid."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.actions import bills as actions
from tradewind.areas.finance.actions.claims import EDITABLE
from tradewind.areas.finance.forms.spending import BillFields, PayLineFields, RefuseFields, tax_first
from tradewind.areas.finance.models import Bill, PayState
from tradewind.areas.finance.queries import spending as queries
from tradewind.areas.finance.queries.payments import free_lines, likely_line
from tradewind.areas.finance.queries.spending import waits_for
from tradewind.areas.finance.views.claims import PAID_WITH, TONES, tax_words, today_of
from tradewind.base import clock
from tradewind.nouns.org.models import Entity
from tradewind.nouns.org.queries import reader
from tradewind.ui.pages import ActionPage, Bool, Bulk, Choice, Col, DayRange, DetailPage, FormPage, ListPage, Ref, Text

OPEN = (PayState.DRAFT, PayState.SUBMITTED, PayState.APPROVED)


def overdue(rows: QuerySet[Bill], value: bool) -> QuerySet[Bill]:
    """Bills that were to be paid before today and are not, or the others."""
    late = Q(due__lt=clock.today("UTC"), state__in=OPEN)
    return rows.filter(late) if value else rows.exclude(late)


def due_tone(row: Bill) -> str:
    """How urgent a bill is."""
    if row.state == PayState.PAID:
        return "good"
    return "bad" if row.due < clock.today("UTC") and row.state in OPEN else TONES[PayState(row.state)]


def state_words(row: Bill) -> str:
    """Its state, or that it is overdue."""
    late = row.state in OPEN and row.due < clock.today("UTC")
    return " · ".join([row.get_state_display(), gettext("overdue")] if late else [row.get_state_display()])


def twice_words(row: Bill) -> str:
    """That a bill resembles another of the same supplier and amount within two weeks."""
    return gettext("resembles another") if getattr(row, "resembles", False) else ""


class BillList(ListPage[Bill]):
    """Bills of suppliers."""

    area, stem = "finance", "bill"
    title, icon, read = _("Bills"), "file-invoice", "finance.view_bills"
    guide = "cash"
    columns = [
        Col("supplier", _("Supplier"), link=True, sort="supplier"),
        Col("number", _("Number of the bill")),
        Col("due", pgettext_lazy("bill", "Due"), kind="day", sort="due"),
        Col("amount", _("Amount"), kind="money", sort="amount"),
        Col("state", _("State"), kind="chip", value=state_words, tone=due_tone, sort="state"),
        Col("resembles", _("Entered twice?"), kind="chip", value=twice_words, tone=lambda row: "attention"),
        Col("account", _("Kind of cost"), kind="localtext", value="account.name"),
        Col("entity", _("Entity"), kind="localtext", value="entity.name"),
        Col("day", _("Day of the bill"), kind="day", sort="day", hidden=True),
        Col("market", _("Market"), kind="localtext", value="market.name", hidden=True),
        Col("team", _("Team"), kind="localtext", value="team.name", hidden=True),
        Col("what", _("What it was for"), hidden=True),
        Col("paid_on", _("Paid on"), kind="day", hidden=True),
    ]
    filters = [
        Choice("state", _("State"), PayState.choices),
        DayRange("due", pgettext_lazy("bill", "Due")),
        Bool("late", _("Overdue"), apply=overdue),
        Text("supplier", _("Supplier")),
        Ref("entity", _("Entity"), lambda request: Entity.objects.all(), search="code"),
        Bool("resembles", _("Resembles another"), apply=lambda rows, value: rows.filter(resembles=value)),
        Bool(
            "line",
            _("Line of the bank"),
            apply=lambda rows, value: rows.filter(line_parts__isnull=not value).distinct(),
        ),
    ]
    default_order = "due"
    primary, primary_code, primary_label = "finance:bill-new", "finance.save_bill", _("Enter a bill")
    bulk = [
        Bulk(actions.approve_bill, _("Approve"), icon="check", code="finance.view_bills"),
        Bulk(actions.pay_bill, _("Mark as paid"), icon="cash"),
    ]
    empty = _(
        "Enter bills as they arrive: they count in the statement once approved, and in the cash ahead until paid."
    )

    def rows(self, request: HttpRequest) -> QuerySet[Bill]:
        return queries.bills(reader(request))

    def search(self, rows: QuerySet[Bill], text: str) -> QuerySet[Bill]:
        return rows.filter(Q(supplier__icontains=text) | Q(number__icontains=text) | Q(what__icontains=text))


class BillDetail(DetailPage[Bill]):
    of = BillList
    any_person = True  # whoever is asked to approve it
    facts = [
        *BillList.columns[1:],
        Col("tax", _("Tax inside it"), value=tax_words),
        Col("cost", _("What it costs"), kind="money"),
        Col("decided_by", _("Decided by"), kind="person"),
        Col("decided_at", _("Decided"), kind="moment"),
        Col("answer", _("Reason of the refusal")),
    ]
    sections = [PAID_WITH]
    actions = [
        "finance:bill-submit", "finance:bill-approve", "finance:bill-pay", "finance:bill-edit", "finance:bill-refuse",
        "finance:bill-take_back", "finance:bill-remove",
    ]  # fmt: skip

    def _link(self, request: HttpRequest, row: Bill, name: str) -> Any:
        """Approving and refusing are offered to whom it waits for alone."""
        asked = name in ("finance:bill-approve", "finance:bill-refuse")
        return None if asked and not waits_for(reader(request), row) else super()._link(request, row, name)


class BillForm(FormPage[Bill]):
    of = BillList
    title, edit_title = _("Enter a bill"), _("Edit the bill")
    form = BillFields
    save = actions.save_bill
    states = EDITABLE

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        known = {} if row is not None else {"day": today_of(request), "entity": reader(request).entity_id}
        return {**known, **super().initial(request, row), **tax_first(row)}


class BillSubmit(ActionPage[Bill]):
    of, verb = BillList, "submit"
    title, button, icon = _("Submit the bill"), _("Submit"), "send"
    text = _("Your manager is asked to approve it and, above the limit, finance too.")
    action = actions.submit_bill
    states = EDITABLE


class BillApprove(ActionPage[Bill]):
    of, any_person, verb = BillList, True, "approve"
    title, button, icon = _("Approve the bill"), _("Approve"), "check"
    action = actions.approve_bill
    states = (PayState.SUBMITTED,)


class BillRefuse(ActionPage[Bill]):
    of, any_person, verb = BillList, True, "refuse"
    title, button, icon = _("Refuse the bill"), _("Refuse"), "x"
    action, form, danger = actions.refuse_bill, RefuseFields, True
    states = (PayState.SUBMITTED,)


class BillPay(ActionPage[Bill]):
    of, verb = BillList, "pay"
    title, button, icon = _("Mark the bill as paid"), _("Mark as paid"), "cash"
    action, form = actions.pay_bill, PayLineFields
    states = (PayState.APPROVED,)

    def form_kwargs(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {"lines": free_lines(row, reader(request))}

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """The line that names it where there is one, else today."""
        likely = likely_line(row, free_lines(row, reader(request)))
        return {"line": likely.pk} if likely is not None else {"day": today_of(request)}


class BillTakeBack(ActionPage[Bill]):
    of, verb = BillList, "take_back"
    title, button, icon = _("Take the approval back"), _("Take the approval back"), "arrow-back-up"
    text = _("Its posting is reversed, on its day or the first open one.")
    action, form, danger = actions.take_back_bill, RefuseFields, True
    states = (PayState.APPROVED,)


class BillRemove(ActionPage[Bill]):
    of, verb = BillList, "remove"
    title, button, icon = _("Throw the bill away"), _("Throw away"), "trash"
    action, danger = actions.remove_bill, True
    states = EDITABLE

    def finish(self, request: HttpRequest, row: Any) -> HttpResponseBase:
        return super().finish(request, None)


PAGES = (BillList, BillDetail, BillForm, BillSubmit, BillApprove, BillRefuse, BillPay, BillTakeBack, BillRemove)
