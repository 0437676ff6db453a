"""Pages of stock: what lies where today, the ledger of movements and the ways to write it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tradewind.areas.supply.actions import moves as actions
from tradewind.areas.supply.forms import CostFields, CountFields, MoveFields, ReasonFields, TransferFields
from tradewind.areas.supply.queries import stock as queries
from tradewind.base.money import Money
from tradewind.engines.metrics import rates
from tradewind.nouns.org.queries import company_today, reader
from tradewind.nouns.trade.models import Location, Product, StockLevel, StockMove
from tradewind.ui.pages import ActionPage, Bool, Choice, Col, DayRange, DetailPage, FormPage, ListPage, Ref, Section

COSTS = queries.COSTS


def locations(request: HttpRequest) -> QuerySet[Location]:
    """The locations one may narrow by."""
    return queries.locations(reader(request))


def moves_url(row: StockLevel) -> str:
    """The movements behind a position."""
    return f"{reverse('supply:move-list')}?{urlencode({'product': row.product_id, 'location': row.location_id})}"


def cover(row: StockLevel) -> int | None:
    """For how many days what lies there lasts at the pace of the last 90 days."""
    return row.units * 90 // row.sold90 if row.units > 0 and row.sold90 > 0 else None


def standing(row: StockLevel) -> str:
    """What is to be said of a position."""
    if row.units < 0:
        return str(_("sold before it came"))
    if row.units == 0:
        return str(_("none left")) if row.sold90 else ""
    return str(_("no sale for 90 days")) if not row.sold90 else ""


def tone(row: StockLevel) -> str:
    """How that looks."""
    return "bad" if row.units < 0 else "attention"


class StockList(ListPage[StockLevel]):
    """What lies where today."""

    area, stem, plural = "supply", "stock", "stock"
    title, icon, read = _("Stock"), "packages", "supply.view_stock"
    guide = "stock"
    columns = [
        Col("product", _("Product"), value="product", sort="product__title", link=moves_url),
        Col("sku", _("SKU"), value="product.sku", sort="product__sku", hidden=True),
        Col("location", _("Location"), value="location.name", sort="location__name"),
        Col("units", _("Units"), kind="number", sort="units"),
        Col("standing", _("Standing"), kind="chip", value=standing, tone=tone),
        Col("sold90", _("Sold in 90 days"), kind="number", sort="sold90"),
        Col("cover", _("Lasts for days"), kind="number", value=cover),
        Col("fresh", _("Up to 90 days old"), kind="number", value=lambda row: max(row.fresh, 0), hidden=True),
        Col("aged", _("Older than 90 days"), kind="number", sort="aged"),
        Col("old", _("Older than 180 days"), kind="number", sort="old"),
        Col("ancient", _("Older than 365 days"), kind="number", sort="ancient", hidden=True),
        Col("value", _("Value at the latest receipt’s cost"), kind="money", value=queries.value_of, read=COSTS),
        Col("last_in", _("Came last"), kind="day", sort="last_in"),
        Col("last_sale", _("Last sale"), kind="day", sort="last_sale", hidden=True),
        Col("since", _("Kept since"), kind="day", hidden=True),
        Col("entity", _("Company"), value="location.entity.name", kind="localtext", hidden=True),
        Col("market", _("Market"), value="location.market.name", kind="localtext", hidden=True),
    ]
    filters = [
        Ref("location", _("Location"), locations, search="code"),
        Ref("product", _("Product"), lambda request: Product.objects.order_by("key"), search="sku"),
        Bool(
            "short",
            _("Sold before it came"),
            apply=lambda rows, value: rows.filter(units__lt=0) if value else rows.filter(units__gte=0),
        ),
        Bool(
            "lying",
            _("Something lies there"),
            apply=lambda rows, value: rows.filter(units__gt=0) if value else rows.filter(units__lte=0),
        ),
        Bool(
            "idle",
            _("No sale for 90 days"),
            apply=lambda rows, value: rows.filter(sold90=0) if value else rows.filter(sold90__gt=0),
        ),
        Choice("kind", _("Kind of location"), Location.KINDS, field="location__kind"),
    ]
    default_order = "-units"
    primary, primary_code, primary_label = "supply:move-new", "supply.record_move", _("Record a movement")
    secondary = [
        ("supply:move-transfer", _("Transfer"), "supply.transfer_stock"),
        ("supply:move-count", _("Count"), "supply.count_stock"),
    ]
    empty = _(
        "Add locations, say which sales leave them, then record or import what lies there: orders take their units by themselves."
    )

    def rows(self, request: HttpRequest) -> QuerySet[StockLevel]:
        return queries.positions(reader(request))

    def search(self, rows: QuerySet[StockLevel], text: str) -> QuerySet[StockLevel]:
        return rows.filter(Q(product__sku__istartswith=text) | Q(product__title__icontains=text))


def state(row: StockMove) -> str:
    """Whether a movement counts."""
    if row.reverses_id:
        return str(_("takes another back"))
    return "" if row.standing else str(_("taken back"))  # type: ignore[attr-defined]


def elsewhere(row: StockMove) -> str:
    """Where the other half of a transfer lies."""
    if row.pair is not None:
        return row.pair.location.name
    other = getattr(row, "arrival", None)
    return other.location.name if other is not None else ""


def cost_of(row: StockMove) -> Money | None:
    """What the units cost, as it was told."""
    return None if row.cost is None else Money.of_units(row.cost, row.currency)


def value_of(row: StockMove) -> Money | None:
    """The same in the currency of whoever owns the goods."""
    return None if row.value is None else Money.of_units(row.value, row.value_currency)


class MoveList(ListPage[StockMove]):
    """The ledger of stock."""

    area, stem = "supply", "move"
    title, icon, read = _("Stock movements"), "transfer", "supply.view_stock"
    guide = "stock"
    columns = [
        Col("day", _("Day"), kind="day", sort="day", link=True),
        Col("kind", _("Kind"), value="get_kind_display", sort="kind"),
        Col("product", _("Product"), value="product.sku", sort="product__sku"),
        Col("name", _("Title"), value="product.title", hidden=True),
        Col("location", _("Location"), value="location.name", sort="location__name"),
        Col("units", _("Units"), kind="number", sort="units"),
        Col("counted", _("Units found"), kind="number", hidden=True),
        Col("other", _("Other location"), value=elsewhere),
        Col("value", _("Value"), kind="money", value=value_of, read=COSTS),
        Col("document", _("Document number")),
        Col("supplier", _("Supplier"), hidden=True),
        Col("state", _("State"), kind="chip", value=state, tone=lambda row: "attention"),
        Col("source", _("Source"), hidden=True),
        Col("source_line", _("Line of the file"), kind="number", hidden=True),
    ]
    filters = [
        DayRange("day", _("Day")),
        Choice("kind", _("Kind"), StockMove.KINDS),
        Ref("location", _("Location"), locations, search="code"),
        Ref("product", _("Product"), lambda request: Product.objects.order_by("key"), search="sku"),
        Bool("standing", _("Counts"), apply=lambda rows, value: rows.filter(standing=value)),
    ]
    default_order = "-day"
    primary, primary_code, primary_label = "supply:move-new", "supply.record_move", _("Record a movement")
    secondary = StockList.secondary
    empty = _("Record the opening stock of a location first, then what comes; sales leave by themselves.")

    def rows(self, request: HttpRequest) -> QuerySet[StockMove]:
        return queries.moves(reader(request))

    def search(self, rows: QuerySet[StockMove], text: str) -> QuerySet[StockMove]:
        return rows.filter(
            Q(product__sku__istartswith=text) | Q(document__istartswith=text) | Q(supplier__icontains=text)
        )


class MoveDetail(DetailPage[StockMove]):
    of = MoveList
    title, subtitle = "product.title", "product.sku"
    facts = [
        *[column for column in MoveList.columns if column.name != "value"],
        Col("cost", _("Cost of all units"), kind="money", value=cost_of, read=COSTS),
        Col("value", _("In the currency of the owner"), kind="money", value=value_of, read=COSTS),
        Col("rate", _("Rate"), value=lambda row: rates.kept_in_words(row.rate), read=COSTS),
        Col("channel", _("Channel"), value="channel.name"),
        Col("text", _("Note")),
        Col("by", _("Recorded by"), value="by.name"),
        Col("at", _("Recorded"), kind="moment"),
    ]
    sections = [
        Section(
            _("Parts of the cost"),
            rows=lambda request, row: queries.parts_of(reader(request), row),
            columns=[
                Col("label", _("Part of the cost")),
                Col("amount", _("Amount"), kind="money"),
            ],
            read=COSTS,
            empty=_("No cost was told for this movement."),
        )
    ]
    actions = ["supply:move-cost", "supply:move-reverse"]


class MoveForm(FormPage[StockMove]):
    of = MoveList
    title = _("Record a movement")
    form = MoveFields
    create = actions.record_move

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        given = {name: request.GET[name] for name in ("product", "location", "kind") if name in request.GET}
        return {"day": company_today(), **given}

    def arguments(self, form: forms.BaseForm) -> dict[str, Any]:
        assert isinstance(form, MoveFields)  # noqa: S101
        return form.moved()


class MoveTransfer(ActionPage[StockMove]):
    of, verb = MoveList, "transfer"
    title, button = _("Transfer goods"), _("Transfer")
    text = _(
        "Goods keep their age and what they cost. Between companies of the group the cost is converted at the day’s rate."
    )
    action, form, with_row, in_menu, icon = actions.transfer_stock, TransferFields, False, False, "arrows-exchange"


class MoveCount(ActionPage[StockMove]):
    of, verb = MoveList, "count"
    title, button = _("Count stock"), _("Save the count")
    text = _("The difference to the ledger becomes a movement of that day. Sales of the day are taken as having left.")
    action, form, with_row, in_menu, icon = actions.count_stock, CountFields, False, False, "list-check"


class MoveCost(ActionPage[StockMove]):
    of, verb = MoveList, "cost"
    title, button = _("Add a bill that came later"), _("Add the cost")
    text = _(
        "The receipt is taken back and stands anew with the bill, on its own day: what was sold of it since is costed again."
    )
    action, form, icon = actions.add_cost, CostFields, "receipt"

    @classmethod
    def offered(cls, row: StockMove) -> bool:
        """Whether it stands and carries a cost."""
        return bool(row.standing) and row.kind in actions.COSTED  # type: ignore[attr-defined]


class MoveReverse(ActionPage[StockMove]):
    of, verb = MoveList, "reverse"
    title, button = _("Take the movement back"), _("Take back")
    text = _("Its opposite is written on the same day; neither counts any more. Both halves of a transfer go together.")
    action, form, icon, danger = actions.reverse_move, ReasonFields, "arrow-back-up", True

    @classmethod
    def offered(cls, row: StockMove) -> bool:
        """Whether it still stands."""
        return bool(row.standing)  # type: ignore[attr-defined]


PAGES = (StockList, MoveList, MoveDetail, MoveForm, MoveTransfer, MoveCount, MoveCost, MoveReverse)
