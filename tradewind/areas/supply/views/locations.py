"""Pages of the places where goods lie, and of the sales they serve."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tradewind.areas.supply.actions import locations as actions
from tradewind.areas.supply.forms import LocationFields, ServingFields
from tradewind.areas.supply.queries import stock as queries
from tradewind.nouns.org.queries import reader
from tradewind.nouns.trade.models import Location, Serving
from tradewind.ui.pages import ActionPage, Bool, Choice, Col, DetailPage, FormPage, ListPage, Section


class LocationList(ListPage[Location]):
    """The places where goods lie."""

    area, stem = "supply", "location"
    title, icon, read = _("Locations"), "building-warehouse", "supply.view_stock"
    guide = "stock"
    columns = [
        Col("name", _("Name"), sort="name", link=True),
        Col("code", _("Code"), sort="code"),
        Col("kind", _("Kind"), value="get_kind_display", sort="kind"),
        Col("entity", _("Company"), value="entity.name", kind="localtext"),
        Col("market", _("Market"), value="market.name", kind="localtext"),
        Col("country", _("Country"), kind="country", sort="country"),
        Col("zone", _("Time zone"), hidden=True),
        Col("active", _("In use"), kind="bool"),
    ]
    filters = [Choice("kind", _("Kind"), Location.KINDS), Bool("active", _("In use"))]
    default_order = "code"
    primary, primary_code = "supply:location-new", "supply.save_location"
    empty = _(
        "Add the warehouses where your goods lie, your own, of third parties and of marketplaces, and say which sales leave them."
    )

    def rows(self, request: HttpRequest) -> QuerySet[Location]:
        return queries.locations(reader(request))

    def search(self, rows: QuerySet[Location], text: str) -> QuerySet[Location]:
        return rows.filter(Q(name__icontains=text) | Q(code__icontains=text))


SERVING_COLUMNS = [
    Col("start", _("From day"), kind="day", sort="start", link=True),
    Col("channel", _("Channel"), value=lambda row: row.channel.name if row.channel else str(_("every channel"))),
    Col("market", _("Market"), value=lambda row: str(row.market.name) if row.market else str(_("every market"))),
]


class ServingList(ListPage[Serving]):
    """Which sales leave which place."""

    area, stem = "supply", "serving"
    title, icon, read = _("Which sales leave which place"), "route", "supply.view_stock"
    guide = "stock"
    columns = [*SERVING_COLUMNS, Col("location", _("Location"), value="location.name", sort="location__name")]
    default_order = "-start"
    empty = _(
        "Open a location and say which channels and markets it serves: their paid orders then leave its stock by themselves."
    )

    def rows(self, request: HttpRequest) -> QuerySet[Serving]:
        return queries.servings(reader(request))


class ServingDetail(DetailPage[Serving]):
    of = ServingList
    title = "location.name"
    facts = ServingList.columns
    actions = ["supply:serving-stop"]


class ServingStop(ActionPage[Serving]):
    of, verb = ServingList, "stop"
    title, button = _("Take the rule back"), _("Take back")
    text = _("What these sales took from the location comes back, as if the rule had never been.")
    action, icon, danger = actions.stop_serving, "trash", True
    leads = "list"


class LocationDetail(DetailPage[Location]):
    of = LocationList
    title = "name"
    facts = LocationList.columns
    sections = [
        Section(
            _("Sales that leave here"),
            rows=lambda request, row: queries.servings(reader(request)).filter(location=row),
            columns=SERVING_COLUMNS,
            url=lambda row: reverse("supply:serving-detail", args=[row.pk]),
            empty=_("None yet: no order takes goods from here."),
        ),
        Section(
            _("Latest movements"),
            rows=lambda request, row: queries.moves(reader(request)).filter(location=row).order_by("-day", "-id"),
            columns=[
                Col("day", _("Day"), kind="day"),
                Col("kind", _("Kind"), value="get_kind_display"),
                Col("product", _("Product"), value="product.sku"),
                Col("units", _("Units"), kind="number"),
                Col("document", _("Document number")),
            ],
            url=lambda row: reverse("supply:move-detail", args=[row.pk]),
            limit=20,
            more=lambda row: f"{reverse('supply:move-list')}?location={row.pk}",
            empty=_("Nothing moved here yet."),
        ),
    ]
    actions = ["supply:location-edit", "supply:location-serve"]


class LocationForm(FormPage[Location]):
    of = LocationList
    title, edit_title = _("New location"), _("Edit location")
    form = LocationFields
    save = actions.save_location


class LocationServe(ActionPage[Location]):
    of, verb = LocationList, "serve"
    title, button = _("Say which sales leave here"), _("Save")
    text = _(
        "Paid orders take their units from here from that day on; an earlier rule for the same sales holds until the day before."
    )
    action, form, icon = actions.serve_from, ServingFields, "route"

    def after(self, row: Any) -> str:
        return super().after(row.location if isinstance(row, Serving) else row)


PAGES = (LocationList, LocationDetail, LocationForm, LocationServe, ServingList, ServingDetail, ServingStop)
