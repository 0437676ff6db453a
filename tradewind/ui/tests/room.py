"""A small room for the kit's own tests: two tables, their pages, and a reader taken from the request's headers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, ClassVar, Self

from django import forms
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.utils import translation

from tradewind.base.errors import Conflict, Refused
from tradewind.base.fields import CurrencyField, UnitsField
from tradewind.ui.fields import AmountField
from tradewind.ui.pages import (
    ActionPage,
    AreaPage,
    Bool,
    Bulk,
    Chart,
    Choice,
    Col,
    DayRange,
    DetailPage,
    FormPage,
    ListPage,
    Number,
    Page,
    Ref,
    Section,
    Series,
    registry,
    urls,
)

# A fixed moment, so that pages read the same every day.
MOMENT = datetime(2026, 11, 23, 20, 30, tzinfo=UTC)
STATES = [("draft", "Draft"), ("sent", "Sent"), ("closed", "Closed")]
TONES = {"draft": "neutral", "sent": "info", "closed": "good"}


class Supplier(models.Model):
    """A supplier of the sample."""

    name = models.CharField(max_length=80)
    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        app_label = "ui_sample"

    def __str__(self) -> str:
        return self.name


class Purchase(models.Model):
    """A purchase of the sample: money, dates, moments, an empty column, a version."""

    number = models.CharField(max_length=20, unique=True)
    supplier = models.ForeignKey(Supplier, on_delete=models.CASCADE)
    state = models.CharField(max_length=10, choices=STATES, default="draft")
    total = UnitsField(default=0)
    currency = CurrencyField(default="EUR")
    due = models.DateField(null=True, blank=True)
    created = models.DateTimeField(db_index=True)
    urgent = models.BooleanField(default=False)
    note = models.TextField(blank=True, default="")
    hidden = models.BooleanField(default=False)
    version = models.IntegerField(default=1)
    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        app_label = "ui_sample"

    def __str__(self) -> str:
        return self.number


@dataclass
class Reader:
    """Who reads: a name and the codes this person holds."""

    name: str
    codes: frozenset[str]
    pk: int = 1

    def __str__(self) -> str:
        return self.name


ALL = frozenset({"sample.view", "sample.create_purchase", "sample.update_purchase", "sample.close_purchase"})


class ReaderFromHeader:
    """Puts a reader on the request: header X-Codes lists the codes, '*' all; without it nobody is signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        given = request.headers.get("X-Codes") or request.COOKIES.get("codes")
        codes = ALL if given == "*" else frozenset((given or "").split(",")) - {""}
        request.person = Reader("李 Wei", codes) if given is not None else None
        request.may = lambda code, subject=None: code in codes
        request.zone = request.headers.get("X-Zone", "Asia/Shanghai")
        request.lang = request.headers.get("X-Lang") or request.COOKIES.get("lang") or "en"
        request.scope = None
        translation.activate(request.lang)
        try:
            return self.get_response(request)
        finally:
            translation.deactivate()


def named(code: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a function the code that real actions carry."""

    def mark(function: Callable[..., Any]) -> Callable[..., Any]:
        function.code = code  # type: ignore[attr-defined]
        return function

    return mark


@named("sample.create_purchase")
def create_purchase(by: Any, **values: Any) -> Purchase:
    """Make a purchase."""
    if Purchase.objects.filter(number=values["number"]).exists():
        raise Refused("Taken", fields={"number": "This number is taken"})
    return Purchase.objects.create(created=values.pop("created", None) or MOMENT, **values)


@named("sample.update_purchase")
def update_purchase(by: Any, purchase: Purchase, *, expected_version: int | None = None, **values: Any) -> Purchase:
    """Change a purchase that is still at the expected version."""
    fresh = Purchase.objects.get(pk=purchase.pk)
    if expected_version is not None and fresh.version != expected_version:
        raise Conflict("Changed", current={})
    for name, value in values.items():
        setattr(fresh, name, value)
    fresh.version += 1
    fresh.save()
    return fresh


@named("sample.close_purchase")
def close_purchase(by: Any, purchase: Purchase, *, expected_version: int | None = None, reason: str = "") -> None:
    """Close a purchase that was sent."""
    if purchase.state == "draft":
        raise Refused("A draft cannot be closed")
    Purchase.objects.filter(pk=purchase.pk).update(state="closed")


class PurchaseFields(forms.ModelForm[Purchase]):
    """What a person types of a purchase."""

    total = AmountField(currency="EUR", label="Total", help_text="Without tax")

    class Meta:
        model = Purchase
        fields = ("number", "supplier", "state", "total", "due", "urgent", "note")


class PurchaseList(ListPage[Purchase]):
    """Purchases."""

    area, stem, section = "sample", "purchase", "supply"
    title, icon, read = "Purchase orders", "shopping-cart", "sample.view"
    columns = [
        Col("number", "Number", sort="number", link=True),
        Col("supplier", "Supplier", value="supplier.name", sort="supplier__name"),
        Col("state", "State", kind="chip", value="get_state_display", tone=lambda row: TONES[row.state]),
        Col("total", "Total", kind="money", sort="total"),
        Col("due", "Due", kind="day", sort="due"),
        Col("created", "Created", kind="moment", sort="created"),
        Col("note", "Note", hidden=True),
    ]
    filters = [
        Choice("state", "State", STATES),
        Ref("supplier", "Supplier", lambda request: Supplier.objects.order_by("name")),
        DayRange("due", "Due"),
        DayRange("created", "Created"),
        Number("total", "Total", scale=10_000),
        Bool("urgent", "Urgent"),
    ]
    default_order = "-created"
    primary, primary_code = "sample:purchase-new", "sample.create_purchase"
    bulk = [Bulk(close_purchase, "Close", icon="check")]
    empty = "Record the first purchase order to see what is on its way."

    def rows(self, request: HttpRequest) -> QuerySet[Purchase]:
        return Purchase.objects.filter(hidden=False).select_related("supplier")

    def search(self, rows: QuerySet[Purchase], text: str) -> QuerySet[Purchase]:
        return rows.filter(number__istartswith=text)


class PurchaseDetail(DetailPage[Purchase]):
    """One purchase."""

    of = PurchaseList
    title = "number"
    subtitle = "supplier.name"
    facts = [
        Col("supplier", "Supplier"),
        Col("state", "State", kind="chip", value="get_state_display", tone=lambda row: TONES[row.state]),
        Col("total", "Total", kind="money"),
        Col("due", "Due", kind="day"),
        Col("created", "Created", kind="moment"),
    ]
    sections = [
        Section(
            "Same supplier",
            rows=lambda request, row: Purchase.objects.filter(supplier=row.supplier).order_by("pk"),
            columns=[Col("number", "Number", link=True), Col("total", "Total", kind="money")],
            url=lambda row: f"/sample/purchases/{row.pk}/",
        )
    ]
    actions = ["sample:purchase-edit", "sample:purchase-close"]


class PurchaseForm(FormPage[Purchase]):
    """Make and change purchases."""

    of = PurchaseList
    title, edit_title = "New purchase order", "Edit purchase order"
    form = PurchaseFields
    create, update = create_purchase, update_purchase


class CloseFields(forms.Form):
    """Why."""

    reason = forms.CharField(max_length=200)


class PurchaseClose(ActionPage[Purchase]):
    """Close a purchase."""

    of = PurchaseList
    verb, title, button, icon, danger = "close", "Close the purchase order", "Close", "check", True
    action, form = close_purchase, CloseFields


class Kit(Page):
    """Charts and components on one page."""

    area, name, path, section = "sample", "kit", "kit/", "pulse"
    title, template = "Pulse", "ui_sample/kit.html"
    any_person = True

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        months = ["2026-07", "2026-08", "2026-09", "2026-10", "2026-11"]
        names = ["Germany", "France", "美国", "日本", "Brazil", "Spain", "Italy", "Poland", "United Kingdom"]
        series = [
            Series(f"market:{place}", name, [Decimal(1000 * (place + 1) + 137 * month) for month in range(5)])
            for place, name in enumerate(names)
        ]
        parts = {"unit": "money", "currency": "EUR", "period": "2026", "category_label": "Month"}
        return {
            "line": Chart("Net revenue by market", months, series, **parts),  # type: ignore[arg-type]
            "bars": Chart("Net revenue", months, series[:1], kind="bar", target=[Decimal(1200)] * 5, **parts),  # type: ignore[arg-type]
            "flat": Chart(
                "Refund rate", names, [Series("rate", "Rate", [Decimal("0.012")] * 9)], kind="hbar", unit="percent"
            ),
            "spark": [3, 5, 4, 8, 7, 9],
            "ratio": Decimal("0.123"),
            "loss": Decimal("-0.02"),
        }


class Home(AreaPage):
    """The first page of the sample area."""

    area, section, title = "sample", "supply", "Supply"


# Whoever imports this module must not find the sample among the product's pages: the fixture lists them for its test.
PAGES = {key: page for key, page in registry.all_pages().items() if page.area == "sample"}
for key in PAGES:
    registry.forget(key)
app_name = "sample"
sample_urls = urls(PurchaseList, PurchaseDetail, PurchaseForm, PurchaseClose, Kit, Home)
urlpatterns = [
    path("ui/", include("tradewind.ui.urls")),
    path("sample/", include((sample_urls, "sample"))),
    path("sign-in/", lambda request: HttpResponse("sign in"), name="account_login"),
]
handler403 = "tradewind.ui.errors.forbidden"
handler404 = "tradewind.ui.errors.not_found"
handler500 = "tradewind.ui.errors.server_error"
