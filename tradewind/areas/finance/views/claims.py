"""Claims of people and the limits they are held to: a form that a phone can fill, the way to approval and payment."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.actions import claims as actions
from tradewind.areas.finance.forms.spending import ClaimFields, LimitFields, PayLineFields, RefuseFields, tax_first
from tradewind.areas.finance.models import Bill, Claim, ExpenseLimit, LinePart, PayState, Trip
from tradewind.areas.finance.queries import spending as queries
from tradewind.areas.finance.queries.payments import free_lines, likely_line
from tradewind.areas.finance.views.bank import part_columns
from tradewind.base import clock
from tradewind.base.money import Money, from_units
from tradewind.base.places import COUNTRIES
from tradewind.engines.access.scope import visible
from tradewind.engines.discuss.actions import attach
from tradewind.engines.metrics import rates
from tradewind.nouns.org.models import Entity, Membership
from tradewind.nouns.org.queries import reader
from tradewind.nouns.trade.models import BankLine
from tradewind.ui.formats import format_money, format_percent
from tradewind.ui.pages import (
    ActionPage,
    Bool,
    Bulk,
    Choice,
    Col,
    DayRange,
    DetailPage,
    FormPage,
    ListPage,
    Ref,
    Section,
)

TONES = {
    PayState.DRAFT: "neutral", PayState.SUBMITTED: "attention", PayState.APPROVED: "info", PayState.REFUSED: "bad",
    PayState.PAID: "good",
}  # fmt: skip


def today_of(request: HttpRequest) -> Any:
    """Today where the reader is."""
    return clock.today(getattr(request, "zone", "") or "UTC")


def trip_page(row: Claim) -> str:
    """The page of a receipt's trip."""
    return reverse("finance:trip-detail", args=[row.trip_id]) if row.trip_id else ""


def tax_words(row: Claim | Bill) -> str:
    """The tax inside an amount: how much, at which rate, and whether it comes back."""
    if not row.tax:
        return ""
    parts = [format_money(Money.of_units(row.tax, row.currency), code=True)]
    if row.tax_rate is not None:
        parts.append(format_percent(from_units(row.tax_rate) / 100))
    parts.append(gettext("comes back") if row.tax_back else gettext("a cost"))
    return " · ".join(parts)


class ClaimList(ListPage[Claim]):
    """One's own claims, and others' where one may see them."""

    area, stem, any_person = "finance", "claim", True
    title, icon, read = _("Claims"), "receipt", "finance.view_claims"
    guide = "cash"
    columns = [
        Col("what", _("What it was for"), link=True),
        Col("person", _("Person"), kind="person", sort="person__name"),
        Col("day", _("Day of the receipt"), kind="day", sort="day"),
        Col("amount", _("Amount"), kind="money", sort="amount"),
        Col("pay_amount", _("To be paid"), kind="money", currency="pay_currency"),
        Col(
            "state",
            _("State"),
            kind="chip",
            value="get_state_display",
            tone=lambda row: TONES[PayState(row.state)],
            sort="state",
        ),
        Col("receipt", pgettext_lazy("claim", "Receipt"), kind="bool"),
        Col("account", _("Kind of cost"), kind="localtext", value="account.name"),
        Col("country", _("Country"), kind="country"),
        Col("entity", _("Company"), kind="localtext", value="entity.name", hidden=True),
        Col("market", _("Market"), kind="localtext", value="market.name", hidden=True),
        Col("team", _("Team"), kind="localtext", value="team.name", hidden=True),
        Col("trip", _("Trip"), value=lambda row: str(row.trip or ""), link=trip_page, hidden=True),
        Col("tax", _("Tax inside it"), kind="money", hidden=True),
        Col("book_amount", _("In the company's currency"), kind="money", currency="book_currency", hidden=True),
        Col("paid_on", _("Paid on"), kind="day", hidden=True),
    ]
    filters = [
        Choice("state", _("State"), PayState.choices),
        DayRange("day", _("Day of the receipt")),
        Ref("entity", _("Company"), lambda request: Entity.objects.all(), search="code"),
        Bool("receipt", pgettext_lazy("claim", "Receipt")),
        Bool(
            "line",
            _("Line of the bank"),
            apply=lambda rows, value: rows.filter(line_parts__isnull=not value).distinct(),
        ),
    ]
    default_order = "-day"
    primary, primary_label = "finance:claim-new", _("New claim")
    secondary = [("finance:trip-list", _("Trips"), "")]
    bulk = [
        Bulk(actions.approve_claim, _("Approve"), icon="check", code="finance.view_claims"),
        Bulk(actions.pay_claim, _("Mark as paid"), icon="cash"),
    ]
    empty = _("Paid something for the company? Take a picture of the receipt and claim it here.")

    def rows(self, request: HttpRequest) -> QuerySet[Claim]:
        return queries.claims(reader(request))

    def search(self, rows: QuerySet[Claim], text: str) -> QuerySet[Claim]:
        return rows.filter(Q(what__icontains=text) | Q(person__name__icontains=text))


def lines_shown(request: HttpRequest, row: Claim | Bill) -> QuerySet[LinePart]:
    """The lines of the bank that paid something, as far as one may see them."""
    seen = visible(reader(request), "finance.view_bank", BankLine.objects.all())
    return row.line_parts.filter(line__in=seen.values("pk")).select_related("line__account").order_by("line__day", "pk")


PAID_WITH = Section(
    _("Paid by"),
    rows=lines_shown,
    columns=part_columns(Col("amount", _("Amount"), kind="money", currency="line.currency")),
    read="finance.view_bank",
    empty=_("No line of the bank is joined with it."),
)


class ClaimDetail(DetailPage[Claim]):
    of, any_person = ClaimList, True
    title = "what"
    facts = [
        *ClaimList.columns[1:6],
        Col("trip", _("Trip"), value=lambda row: str(row.trip or ""), link=trip_page),
        Col("tax", _("Tax inside it"), value=tax_words),
        Col("rate", _("Rate to the paid currency"), value=lambda row: rates.kept_in_words(row.rate)),
        Col("book_amount", _("In the company's currency"), kind="money", currency="book_currency"),
        Col("book_rate", _("Rate to the company's currency"), value=lambda row: rates.kept_in_words(row.book_rate)),
        Col(
            "over", _("Limit"), kind="chip", value=lambda row: gettext("Above the limit") if queries.over_limit(row) else gettext("Within the limit"),
            tone=lambda row: "attention" if queries.over_limit(row) else "good",
        ),
        *ClaimList.columns[6:12],
        Col("submitted_at", _("Submitted"), kind="moment"),
        Col("decided_by", _("Decided by"), kind="person"),
        Col("decided_at", _("Decided"), kind="moment"),
        Col("answer", _("Reason of the refusal")),
        Col("paid_on", _("Paid on"), kind="day"),
    ]  # fmt: skip
    sections = [PAID_WITH]
    actions = [
        "finance:claim-submit", "finance:claim-approve", "finance:claim-pay", "finance:claim-edit", "finance:claim-refuse",
        "finance:claim-take_back", "finance:claim-remove",
    ]  # fmt: skip

    def _link(self, request: HttpRequest, row: Claim, name: str) -> Any:
        """Its person submits, edits and throws away; approving and refusing are offered to whom it waits for."""
        person = reader(request)
        if (
            name in ("finance:claim-submit", "finance:claim-edit", "finance:claim-remove")
            and row.person_id != person.pk
        ):
            return None
        if (
            name == "finance:claim-submit"
            and row.trip is not None
            and row.trip.state in (*actions.EDITABLE, PayState.SUBMITTED)
        ):
            return None
        if name in ("finance:claim-approve", "finance:claim-refuse") and not queries.waits_for(person, row):
            return None
        return super()._link(request, row, name)


class ClaimForm(FormPage[Claim]):
    of, any_person = ClaimList, True
    title, edit_title = _("New claim"), _("Edit claim")
    form = ClaimFields
    save = actions.save_claim
    states = actions.EDITABLE

    def rows(self, request: HttpRequest) -> QuerySet[Claim]:
        """One's own alone."""
        return queries.claims(reader(request)).filter(person=reader(request))

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        if row is not None:
            return {**super().initial(request, row), **tax_first(row)}
        return {**first_values(request), **super().initial(request, row)}

    def form_kwargs(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """One's own trips that are not submitted, and the one it is in."""
        mine = Trip.objects.filter(person=reader(request))
        open_ones = Q(state__in=actions.EDITABLE)
        return {"trips": mine.filter(open_ones | Q(pk=row.trip_id) if row is not None else open_ones)}

    def after(self, row: Any) -> str:
        """A receipt of a trip leads back to it, where the next is added."""
        return trip_page(row) if isinstance(row, Claim) and row.trip_id else super().after(row)

    def arguments(self, form: forms.BaseForm) -> dict[str, Any]:
        return {name: value for name, value in form.cleaned_data.items() if name != "receipt"}

    def _save(self, request: HttpRequest, row: Any, form: forms.BaseForm, data: Any) -> Any:
        """Keep the claim, then its receipt: a claim may be kept without, a receipt not."""
        saved = super()._save(request, row, form, data)
        if form.cleaned_data.get("receipt"):
            attach(reader(request), queries.CLAIM, saved.pk, form.cleaned_data["receipt"])
        return saved


def first_values(request: HttpRequest) -> dict[str, Any]:
    """What a claim usually says: today, where the person lives, works and is paid, and as the last one did."""
    person = reader(request)
    last = Claim.objects.filter(person=person).order_by("-pk").first()
    home = COUNTRIES.get(person.country)
    team = Membership.objects.filter(person=person).order_by("pk").values_list("team", flat=True).first()
    usual = home.currency if home else ""
    return {
        "day": today_of(request), "country": person.country, "currency": last.currency if last else usual,
        "pay_currency": last.pay_currency if last else usual, "entity": person.entity_id, "market": person.market_id,
        "team": last.team_id if last else team, "account": last.account_id if last else None,
    }  # fmt: skip


class ClaimSubmit(ActionPage[Claim]):
    of, any_person, verb = ClaimList, True, "submit"
    title, button, icon = _("Submit the claim"), _("Submit"), "send"
    text = _("Your manager is asked to approve it and, above the limit, finance too.")
    action = actions.submit_claim
    states = actions.EDITABLE


class ClaimApprove(ActionPage[Claim]):
    of, any_person, verb = ClaimList, True, "approve"
    title, button, icon = _("Approve the claim"), _("Approve"), "check"
    action = actions.approve_claim
    states = (PayState.SUBMITTED,)


class ClaimRefuse(ActionPage[Claim]):
    of, any_person, verb = ClaimList, True, "refuse"
    title, button, icon = _("Refuse the claim"), _("Refuse"), "x"
    action, form, danger = actions.refuse_claim, RefuseFields, True
    states = (PayState.SUBMITTED,)


class ClaimPay(ActionPage[Claim]):
    of, verb = ClaimList, "pay"
    title, button, icon = _("Mark the claim as paid"), _("Mark as paid"), "cash"
    action, form = actions.pay_claim, PayLineFields
    states = (PayState.APPROVED,)

    def form_kwargs(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {"lines": free_lines(row, reader(request))}

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """The line that names it where there is one, else today."""
        likely = likely_line(row, free_lines(row, reader(request)))
        return {"line": likely.pk} if likely is not None else {"day": today_of(request)}


class ClaimTakeBack(ActionPage[Claim]):
    of, verb = ClaimList, "take_back"
    title, button, icon = _("Take the approval back"), _("Take the approval back"), "arrow-back-up"
    text = _("Its posting is reversed, on its day or the first open one.")
    action, form, danger = actions.take_back_claim, RefuseFields, True
    states = (PayState.APPROVED,)


class ClaimRemove(ActionPage[Claim]):
    of, any_person, verb = ClaimList, True, "remove"
    title, button, icon = _("Throw the claim away"), _("Throw away"), "trash"
    action, danger = actions.remove_claim, True
    states = actions.EDITABLE

    def finish(self, request: HttpRequest, row: Any) -> HttpResponseBase:
        return super().finish(request, None)


def country_name(row: ExpenseLimit) -> str:
    """The limit's country, or that it is for every other."""
    return row.country or gettext("every other")


class LimitList(ListPage[ExpenseLimit]):
    """Limits of expenses."""

    area, stem, plural = "finance", "expense_limit", "expense-limits"
    title, icon, read = _("Limits of expenses"), "gauge", "finance.view_limits"
    guide = "cash"
    columns = [
        Col("country", _("Country"), value=country_name, sort="country"),
        Col(
            "account", _("Kind of cost"), value=lambda row: str(row.account) if row.account else gettext("every other")
        ),
        Col(
            "amount",
            _("Up to"),
            kind="money",
            sort="amount",
            link=lambda row: reverse("finance:expense_limit-edit", args=[row.pk]),
        ),
    ]
    default_order = "country"
    primary, primary_code = "finance:expense_limit-new", "finance.save_limit"
    empty = _(
        "Without limits every claim and bill is approved by finance too. Set limits to let managers decide small ones alone."
    )

    def rows(self, request: HttpRequest) -> QuerySet[ExpenseLimit]:
        return queries.limits(reader(request))


class LimitForm(FormPage[ExpenseLimit]):
    of = LimitList
    title, edit_title = _("New limit"), _("Edit limit")
    form = LimitFields
    save = actions.save_limit


PAGES = (
    ClaimList, ClaimDetail, ClaimForm, ClaimSubmit, ClaimApprove, ClaimRefuse, ClaimPay, ClaimTakeBack, ClaimRemove, LimitList,
    LimitForm,
)  # fmt: skip
