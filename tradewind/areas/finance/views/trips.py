"""Trips: receipts one after the other on a phone, then all of them submitted, approved and paid in one step."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.actions import trips as actions
from tradewind.areas.finance.actions.claims import EDITABLE
from tradewind.areas.finance.forms.spending import PayFields, RefuseFields, TripFields
from tradewind.areas.finance.models import PayState, Trip
from tradewind.areas.finance.queries import spending
from tradewind.areas.finance.queries import trips as queries
from tradewind.areas.finance.views.claims import TONES, ClaimList, today_of
from tradewind.nouns.org.models import Membership
from tradewind.nouns.org.queries import reader
from tradewind.ui.formats import format_money
from tradewind.ui.pages import ActionPage, Bulk, Choice, Col, DetailPage, FormPage, ListPage, Section
from tradewind.ui.pages.details import Link

OWN = ("finance:trip-submit", "finance:trip-edit", "finance:trip-remove")
ASKED = ("finance:trip-approve", "finance:trip-refuse")


def to_pay(row: Trip) -> str:
    """What is to be paid for all receipts, by currency."""
    return " + ".join(format_money(money, code=True) for money in queries.totals(row.claims.all()))


class TripList(ListPage[Trip]):
    """One's own trips, and others' where one may see claims."""

    area, stem, any_person = "finance", "trip", True
    title, icon, read = _("Trips"), "plane", "finance.view_claims"
    guide = "cash"
    columns = [
        Col("what", _("What it was for"), link=True),
        Col("person", _("Person"), kind="person", sort="person__name"),
        Col("receipts", _("Receipts"), kind="number"),
        Col("total", _("To be paid"), value=to_pay),
        Col("state", _("State"), kind="chip", value="get_state_display", tone=lambda row: TONES[PayState(row.state)], sort="state"),
        Col("submitted_at", _("Submitted"), kind="moment", sort="submitted_at"),
    ]  # fmt: skip
    filters = [Choice("state", _("State"), PayState.choices)]
    default_order = "-submitted_at"
    primary, primary_label = "finance:trip-new", _("New trip")
    bulk = [
        Bulk(actions.approve_trip, _("Approve"), icon="check", code="finance.view_claims"),
        Bulk(actions.pay_trip, _("Mark as paid"), icon="cash"),
    ]
    empty = _("Several receipts of one journey? Put them into a trip: they are submitted, approved and paid together.")

    def rows(self, request: HttpRequest) -> QuerySet[Trip]:
        return queries.trips(reader(request))

    def search(self, rows: QuerySet[Trip], text: str) -> QuerySet[Trip]:
        return rows.filter(what__icontains=text)


class TripDetail(DetailPage[Trip]):
    of, any_person = TripList, True
    title = "what"
    facts = [
        *TripList.columns[1:],
        Col("entity", _("Company"), kind="localtext", value="entity.name"),
        Col("team", _("Team"), kind="localtext", value="team.name"),
        Col("decided_by", _("Decided by"), kind="person"),
        Col("decided_at", _("Decided"), kind="moment"),
        Col("answer", _("Reason of the refusal")),
        Col("paid_on", _("Paid on"), kind="day"),
    ]
    sections = [
        Section(
            _("Receipts"),
            rows=lambda request, row: spending.claims(reader(request)).filter(trip=row).order_by("day", "pk"),
            columns=[column for column in ClaimList.columns if column.name in ("what", "day", "amount", "pay_amount", "state", "receipt", "account")],
            url=lambda row: reverse("finance:claim-detail", args=[row.pk]),
            empty=_("No receipt yet: add the first."),
        )
    ]  # fmt: skip
    actions = [
        "finance:trip-submit", "finance:trip-approve", "finance:trip-pay", "finance:trip-edit", "finance:trip-refuse",
        "finance:trip-remove",
    ]  # fmt: skip

    def _links(self, request: HttpRequest, row: Trip) -> list[Link]:
        """Its person adds receipts before anything else."""
        found = super()._links(request, row)
        if row.person_id == reader(request).pk and row.state in EDITABLE:
            add = Link(_("Add a receipt"), f"{reverse('finance:claim-new')}?trip={row.pk}", "camera", danger=False)
            found.insert(1 if row.claims.all() else 0, add)
        return found

    def _link(self, request: HttpRequest, row: Trip, name: str) -> Any:
        """Its person submits, edits and throws away; approving and refusing are offered to whom it waits for."""
        person = reader(request)
        if name in OWN and row.person_id != person.pk:
            return None
        if name == "finance:trip-submit" and not row.claims.all():
            return None
        if name in ASKED and not spending.waits_for(person, row):
            return None
        return super()._link(request, row, name)


class TripForm(FormPage[Trip]):
    of, any_person = TripList, True
    title, edit_title = _("New trip"), _("Edit the trip")
    form = TripFields
    save = actions.save_trip
    states = EDITABLE

    def rows(self, request: HttpRequest) -> QuerySet[Trip]:
        """One's own alone."""
        return queries.trips(reader(request)).filter(person=reader(request))

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        person = reader(request)
        team = Membership.objects.filter(person=person).order_by("pk").values_list("team", flat=True).first()
        known = {} if row is not None else {"entity": person.entity_id, "team": team}
        return {**known, **super().initial(request, row)}


class TripSubmit(ActionPage[Trip]):
    of, any_person, verb = TripList, True, "submit"
    title, button, icon = _("Submit the trip"), _("Submit"), "send"
    text = _("Your manager is asked to approve all receipts together and, where one is above its limit, finance too.")
    action = actions.submit_trip
    states = EDITABLE


class TripApprove(ActionPage[Trip]):
    of, any_person, verb = TripList, True, "approve"
    title, button, icon = _("Approve the trip"), _("Approve"), "check"
    action = actions.approve_trip
    states = (PayState.SUBMITTED,)


class TripRefuse(ActionPage[Trip]):
    of, any_person, verb = TripList, True, "refuse"
    title, button, icon = _("Refuse the trip"), _("Refuse"), "x"
    action, form, danger = actions.refuse_trip, RefuseFields, True
    states = (PayState.SUBMITTED,)


class TripPay(ActionPage[Trip]):
    of, verb = TripList, "pay"
    title, button, icon = _("Mark the trip as paid"), _("Mark as paid"), "cash"
    action, form = actions.pay_trip, PayFields
    states = (PayState.APPROVED,)

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {"day": today_of(request)}


class TripRemove(ActionPage[Trip]):
    of, any_person, verb = TripList, True, "remove"
    title, button, icon = _("Throw the trip away"), _("Throw away"), "trash"
    text = _("Its receipts stay as claims by themselves.")
    action, danger = actions.remove_trip, True
    states = EDITABLE

    def finish(self, request: HttpRequest, row: Any) -> HttpResponseBase:
        return super().finish(request, None)


PAGES = (TripList, TripDetail, TripForm, TripSubmit, TripApprove, TripRefuse, TripPay, TripRemove)
