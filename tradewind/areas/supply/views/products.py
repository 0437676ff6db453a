"""Pages of products."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tradewind.areas.supply.actions import products as actions
from tradewind.areas.supply.forms import ProductFields
from tradewind.areas.supply.queries import products as queries
from tradewind.nouns.org.queries import reader
from tradewind.nouns.trade.models import OrderLine, Product
from tradewind.ui.pages import Bool, Col, DetailPage, FormPage, ListPage, Section, Text


class ProductList(ListPage[Product]):
    """Everything that was ever sold, one a SKU."""

    area, stem = "supply", "product"
    title, icon, read = _("Products"), "package", "supply.view_product"
    columns = [
        Col("sku", _("SKU"), sort="sku", link=True, value=lambda row: row.sku or row.key),
        Col("title", _("Title"), sort="title"),
        Col("category", _("Category"), sort="category"),
        Col("brand", _("Brand"), value="brand.name", kind="localtext", hidden=True),
        Col("active", _("Active"), kind="bool"),
    ]
    filters = [Text("sku", _("SKU")), Text("category", _("Category")), Bool("active", _("Active"))]
    default_order = "sku"
    primary, primary_code, primary_label = "supply:product-new", "supply.save_product", _("New product")
    empty = _("Products come in with order files, from a table of products, or one by one.")

    def rows(self, request: HttpRequest) -> QuerySet[Product]:
        return queries.products(reader(request))

    def search(self, rows: QuerySet[Product], text: str) -> QuerySet[Product]:
        return queries.products_like(rows, text)


class ProductDetail(DetailPage[Product]):
    """One product and the latest orders of it that the reader may see."""

    of = ProductList
    title, subtitle = staticmethod(str), "sku"
    facts = [
        *ProductList.columns,
        Col("family", _("Family"), value="family.title"),
        Col("created_at", _("First seen"), kind="moment"),
    ]
    sections = [
        Section(
            _("Latest orders"),
            rows=lambda request, row: queries.latest_lines(reader(request), row),
            columns=[
                Col("number", _("Order"), value="order.number", link=lambda line: order_url(line)),  # noqa: PLW0108
                Col("day", _("Day"), kind="day", value="order.day"),
                Col("channel", _("Channel"), value="order.channel.name"),
                Col("quantity", _("Quantity"), kind="number"),
                Col("net", _("Net without tax"), kind="money", currency="order.currency"),
            ],
            read="",
            empty=_("No order you may see holds this product."),
        )
    ]
    actions = ["supply:product-edit"]


class ProductForm(FormPage[Product]):
    of = ProductList
    title, edit_title = _("New product"), _("Edit product")
    form = ProductFields
    save = actions.save_product

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        found = super().initial(request, row)
        return {**found, "sku": row.sku or row.key} if row is not None else found


def order_url(line: Any) -> str:
    """The page of a line's order."""
    found: OrderLine = line
    return reverse("customers:order-detail", args=[found.order_id])


PAGES = (ProductList, ProductDetail, ProductForm)
