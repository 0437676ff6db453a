"""Pages of transfers between rows, and of investments with what they bring."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.actions import budget_changes
from tradewind.areas.finance.actions import investments as actions
from tradewind.areas.finance.actions.approving import requests_of
from tradewind.areas.finance.forms.budgets import InvestmentFields, StageFields, TransferFields
from tradewind.areas.finance.forms.spending import RefuseFields
from tradewind.areas.finance.models import Budget, BudgetRow, Investment, Transfer
from tradewind.areas.finance.queries import plans
from tradewind.areas.finance.queries.spending import waits_for
from tradewind.areas.finance.rules.investment import Verdict, judged
from tradewind.areas.finance.rules.spread import moved
from tradewind.base.money import Money, from_units
from tradewind.engines.access.scope import visible
from tradewind.nouns.org.models import Person
from tradewind.ui.charts import Chart, Series
from tradewind.ui.formats import format_month
from tradewind.ui.pages import ActionPage, Choice, Col, DetailPage, FormPage, ListPage, Section

STAGE_TONES = {
    Investment.IDEA: "neutral", Investment.PLANNED: "neutral", Investment.ASKED: "attention", Investment.APPROVED: "good", Investment.RUNNING: "info",
    Investment.DONE: "good", Investment.DROPPED: "neutral",
}  # fmt: skip
TRANSFER_TONES = {Transfer.ASKED: "attention", Transfer.DONE: "good", Transfer.REFUSED: "bad"}


class TransferList(ListPage[Transfer]):
    area, stem = "finance", "transfer"
    title, icon, read, guide = _("Transfers"), "transfer", plans.VIEW, "budget"
    columns = [
        Col("reason", _("Reason"), link=True),
        Col(
            "state",
            _("State"),
            kind="chip",
            value="get_state_display",
            tone=lambda row: TRANSFER_TONES[row.state],
            sort="state",
        ),
        Col("budget", _("Budget"), value="budget.name"),
        Col("source", _("From"), value=lambda row: plans.row_words(row.source)),
        Col("target", _("To"), value=lambda row: plans.row_words(row.target)),
        Col("month", _("Month"), kind="day", sort="month"),
        Col("amount", _("Amount"), kind="money", currency="currency", sort="amount"),
        Col("by", _("Asked by"), kind="person"),
        Col("decided_by", _("Decided by"), kind="person"),
    ]
    filters = [Choice("state", _("State"), Transfer.STATES)]
    default_order = "-month"
    primary, primary_code = "finance:transfer-new", "finance.ask_transfer"
    empty = _("Money moved between rows of an approved budget is listed here.")

    def rows(self, request: HttpRequest) -> QuerySet[Transfer]:
        found = visible(request.person, plans.VIEW, Transfer.objects.all())  # type: ignore[attr-defined]
        ends = [
            f"{end}__{axis}"
            for end in ("source", "target")
            for axis in ("account", "entity", "market", "team", "product")
        ]
        return found.select_related("budget", "by", "decided_by", *ends)


class TransferDetail(DetailPage[Transfer]):
    of, title = TransferList, "reason"
    facts = TransferList.columns[1:]
    actions = ["finance:transfer-approve", "finance:transfer-refuse"]


class TransferForm(FormPage[Transfer]):
    of, title, form = TransferList, _("Move money between rows"), TransferFields
    create = budget_changes.ask_transfer

    def form_kwargs(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        found = visible(request.person, plans.VIEW, BudgetRow.objects.filter(budget__state=Budget.APPROVED))  # type: ignore[attr-defined]
        return {"offered": found.select_related("budget", "account", "entity", "market", "team", "product")}


class TransferApprove(ActionPage[Transfer]):
    of, verb, icon = TransferList, "approve", "check"
    title, button, action = _("Approve the transfer"), _("Approve"), budget_changes.approve_transfer
    states = (Transfer.ASKED,)


class TransferRefuse(ActionPage[Transfer]):
    of, verb, icon, danger = TransferList, "refuse", "x", True
    title, button, action = _("Refuse the transfer"), _("Refuse"), budget_changes.refuse_transfer
    states = (Transfer.ASKED,)


# --- investments ---------------------------------------------------------------------------------------------------


def verdict(row: Investment) -> Verdict:
    """What an investment comes to at its own rate."""
    return judged([from_units(flow) for flow in row.flows], from_units(row.discount_rate) / 100)


def worth(row: Investment) -> Money:
    """Net present value."""
    return Money(verdict(row).npv, row.currency).rounded()


class InvestmentList(ListPage[Investment]):
    area, stem = "finance", "investment"
    title, icon, read, guide = _("Investments"), "building-factory", plans.VIEW, "budget"
    columns = [
        Col("title", _("Title"), kind="localtext", link=True),
        Col(
            "stage",
            _("Stage"),
            kind="chip",
            value="get_stage_display",
            tone=lambda row: STAGE_TONES[row.stage],
            sort="stage",
        ),
        Col("entity", _("Entity"), value="entity.name", kind="localtext"),
        Col("market", _("Market"), value="market.name", kind="localtext"),
        Col("start", _("First month"), kind="day", sort="start"),
        Col("spent", _("Money out"), kind="money", value=lambda row: Money(actions.spent(row), row.currency)),
        Col("npv", _("Net present value"), kind="money", value=worth),
        Col("irr", _("Internal rate of return"), kind="percent", value=lambda row: verdict(row).irr),
        Col("payback", _("Payback (months)"), kind="number", value=lambda row: verdict(row).payback, places=1),
        Col("owner", _("Owner"), kind="person"),
    ]
    filters = [Choice("stage", _("Stage"), Investment.STAGES)]
    default_order = "-start"
    primary, primary_code = "finance:investment-new", "finance.save_investment"
    empty = _("Plan what is to be bought or built, month by month, and see whether it pays.")

    def rows(self, request: HttpRequest) -> QuerySet[Investment]:
        found = visible(request.person, plans.VIEW, Investment.objects.all())  # type: ignore[attr-defined]
        return found.select_related("entity", "market", "owner", "budget")


def judged_in_words(request: HttpRequest, row: Investment) -> dict[str, Any]:
    """The verdict, and the flows as a picture."""
    found, flows = verdict(row), [from_units(flow) for flow in row.flows]
    running, sums = Money(flows[0] * 0, row.currency).amount if flows else 0, []
    for flow in flows:
        running += flow
        sums.append(running)
    months = [format_month(moved(row.start, step)) for step in range(len(flows))]
    chart = Chart(
        title=gettext("Money by month"), kind="bar", unit="money", currency=row.currency, categories=months,
        period=f"{months[0]} – {months[-1]}" if months else "",
        series=[Series("flow:1", gettext("Flow"), flows), Series("flow:2", gettext("Added up"), sums)],
    )  # fmt: skip
    return {
        "verdict": found,
        "investment": row,
        "worth": worth(row),
        "total": Money(found.total, row.currency),
        "chart": chart,
    }


class InvestmentDetail(DetailPage[Investment]):
    of = InvestmentList
    title = staticmethod(lambda row: str(row.title))
    facts = [*InvestmentList.columns[1:6], Col("discount_rate", _("Discount rate a year"), kind="percent", value=lambda row: from_units(row.discount_rate) / 100),
             Col("budget", _("Budget"), value="budget.name"), InvestmentList.columns[-1], Col("note", _("Note"))]  # fmt: skip
    sections = [Section(_("Does it pay?"), template="finance/investment.html", context=judged_in_words)]
    actions = [
        "finance:investment-ask", "finance:investment-approve", "finance:investment-refuse", "finance:investment-move",
        "finance:investment-withdraw", "finance:investment-edit",
    ]  # fmt: skip

    def _link(self, request: HttpRequest, row: Investment, name: str) -> Any:
        """What is in approval is decided by whom it waits for, and taken back by who asked."""
        person: Person = request.person  # type: ignore[attr-defined]
        asked = row.stage == Investment.ASKED
        if asked and name in ("finance:investment-approve", "finance:investment-refuse") and not waits_for(person, row):
            return None
        if name == "finance:investment-withdraw" and not any(one.asked_by_id == person.pk for one in requests_of(row)):
            return None
        return super()._link(request, row, name)


class InvestmentForm(FormPage[Investment]):
    of = InvestmentList
    title, edit_title = _("New investment"), _("Edit investment")
    form, save = InvestmentFields, actions.save_investment

    @classmethod
    def offered(cls, row: Investment) -> bool:
        return row.stage in (Investment.IDEA, Investment.PLANNED)

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        found = super().initial(request, row)
        if row is not None:
            found["flows"] = " ".join(f"{from_units(flow).normalize():f}" for flow in row.flows)
            found["discount_rate"] = from_units(row.discount_rate) / 100
        return found


class InvestmentMove(ActionPage[Investment]):
    of, verb, icon = InvestmentList, "move", "arrow-right"
    title, button, action, form = _("Move to another stage"), _("Move"), actions.move_investment, StageFields

    @classmethod
    def offered(cls, row: Investment) -> bool:
        return bool(actions.NEXT[row.stage])

    def build(self, request: HttpRequest, row: Any, data: Any = None) -> Any:
        form = super().build(request, row, data)
        field: Any = form.fields["stage"]
        field.choices = [(code, words) for code, words in Investment.STAGES if code in actions.NEXT[row.stage]]
        return form


class InvestmentApprove(ActionPage[Investment]):
    of, verb, icon = InvestmentList, "approve", "check"
    title, button, action = _("Approve the investment"), _("Approve"), actions.approve_investment

    @classmethod
    def offered(cls, row: Investment) -> bool:
        return row.stage in (Investment.PLANNED, Investment.ASKED)


class InvestmentAsk(ActionPage[Investment]):
    of, verb, icon = InvestmentList, "ask", "send"
    title, button, action = _("Submit the investment"), _("Submit"), actions.ask_investment
    text = _("It goes up as far as the first approver whose limit covers the money that goes out.")

    @classmethod
    def offered(cls, row: Investment) -> bool:
        return row.stage == Investment.PLANNED


class InvestmentRefuse(ActionPage[Investment]):
    of, any_person, verb, icon, danger = InvestmentList, True, "refuse", "x", True
    title, button, action, form = _("Refuse the investment"), _("Refuse"), actions.refuse_investment, RefuseFields

    @classmethod
    def offered(cls, row: Investment) -> bool:
        return row.stage == Investment.ASKED


class InvestmentWithdraw(ActionPage[Investment]):
    of, any_person, verb, icon = InvestmentList, True, "withdraw", "arrow-back-up"
    title, button, action = _("Take the request back"), _("Take back"), actions.withdraw_investment

    @classmethod
    def offered(cls, row: Investment) -> bool:
        return row.stage == Investment.ASKED


PAGES = (
    TransferList, TransferDetail, TransferForm, TransferApprove, TransferRefuse, InvestmentList, InvestmentDetail, InvestmentForm,
    InvestmentMove, InvestmentApprove, InvestmentAsk, InvestmentRefuse, InvestmentWithdraw,
)  # fmt: skip
