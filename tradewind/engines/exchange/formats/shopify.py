"""Shopify orders export: one row a line item, the order's own facts on its first row; both known layouts."""

from collections.abc import Sequence
from operator import itemgetter
from typing import ClassVar

from tradewind.engines.exchange.formats.source import Context, Source
from tradewind.engines.exchange.readers.cells import Currencies, Ids, clean, is_true
from tradewind.engines.exchange.readers.dates import YMD
from tradewind.engines.exchange.readers.numbers import Amounts, Quantities
from tradewind.engines.exchange.readers.table import OneOf, Table
from tradewind.engines.exchange.records import (
    CANCELLED,
    OPEN,
    PAID,
    TEST,
    CustomerFacts,
    LineFacts,
    OrderFacts,
    PaymentFacts,
    PlaceFacts,
    RefundFacts,
    SourceLine,
    StatedFacts,
    Unreadable,
)

FINANCIAL_STATES = {
    "": OPEN,
    "pending": OPEN,
    "authorized": OPEN,
    "unpaid": OPEN,
    "partially_paid": OPEN,
    "partially paid": OPEN,
    "expired": CANCELLED,
    "voided": CANCELLED,
    "paid": PAID,
    "refunded": PAID,
    "partially_refunded": PAID,
    "partially refunded": PAID,
}
_ORDER_COLUMNS = (
    ("Id",),
    ("Created at", "Processed At"),
    ("Financial Status",),
    ("Cancelled at",),
    ("Paid at",),
    ("Fulfilled at",),
    ("Fulfillment Status",),
    ("Subtotal",),
    ("Discount Amount",),
    ("Shipping", "Shipping line price"),
    ("Taxes", "Total Tax"),
    ("Total",),
    ("Refunded Amount",),
    ("Discount Code",),
    ("Payment Method",),
    ("Source", "Source name"),
    ("Tags",),
    ("Notes", "Note"),
    ("Test",),
)
_PERSON_COLUMNS = (
    ("Email",),
    ("Billing Name",),
    ("Shipping Name",),
    ("Phone",),
    ("Billing Phone",),
    ("Accepts Marketing", "Buyer Accepts Marketing"),
    ("Shipping City",),
    ("Shipping Province Name", "Shipping Province"),
    ("Shipping Zip",),
    ("Shipping Country Code", "Shipping Country"),
)
_LINE_COLUMNS = (
    ("Name",),
    ("Currency",),
    ("Total", "Financial Status"),
    ("Lineitem quantity",),
    ("Lineitem name",),
    ("Lineitem price",),
    ("Lineitem sku",),
    ("Lineitem discount",),
)


class ShopifyOrders(Source):
    """Keyed by order name (rows after the first carry nothing else); `external_id` is the numeric Id when the export has it."""

    format: ClassVar[str] = "shopify"
    required: ClassVar[tuple[OneOf, ...]] = (
        "Name", ("Created at", "Processed At"), "Lineitem quantity", "Lineitem name", "Lineitem price",
    )  # fmt: skip
    key_column: ClassVar[str] = "Name"

    def __init__(self, table: Table, context: Context) -> None:
        super().__init__(table, context)
        columns = self.columns
        self._line = itemgetter(*(columns.place(*names) for names in _LINE_COLUMNS))
        self._order = itemgetter(*(columns.place(*names) for names in _ORDER_COLUMNS))
        self._person = itemgetter(*(columns.place(*names) for names in _PERSON_COLUMNS))
        self._extra = itemgetter(*columns.places(("Transaction amount", "Transaction kind", "Transaction status")))
        self._has_transactions = "Transaction kind" in columns
        self._taxes = columns.places(f"Tax {number} Price" for number in range(1, 6))
        self._shipping_line = itemgetter(*columns.places(("Shipping line price", "Shipping line title")))
        money = ("Subtotal", "Discount Amount", "Shipping", "Taxes", "Total", "Refunded Amount", "Transaction amount")
        self._money = {name: Amounts(name) for name in (*money, "Shipping line price", "Tax")}
        self._price, self._discount = Amounts("Lineitem price"), Amounts("Lineitem discount")
        self._quantity, self._sku = Quantities("Lineitem quantity"), Ids("Lineitem sku")
        self._id = Ids("Id", whole=True)
        self._currency = Currencies("Currency", context.currency)
        self._created = self.moments(YMD, "Created at", "Processed At", source_zone=context.zone)[0]
        self._other_moments = {
            name: self.moments(YMD, name, source_zone=context.zone)[0]
            for name in ("Cancelled at", "Paid at", "Fulfilled at")
        }

    def row_key(self, cells: Sequence[str]) -> str:
        """The order name of a refused row."""
        place = self.columns.place("Name")
        return cells[place].strip() if place < len(cells) else ""

    def begin(self) -> None:
        """Forget the order the last pass ended in."""
        self._name = self._current_currency = ""
        self._position = 0

    def read(self, line: int, row: list[str]) -> SourceLine:
        """One row: its line item, and the order's facts if it is the order's first row."""
        name, currency, total, quantity, title, price, sku, discount = self._line(row)
        name = name.strip()
        if not name:
            raise Unreadable("blank", "", "Name")
        order = None
        if currency or total or name != self._name:
            if name != self._name:
                self._name, self._position, self._current_currency = name, 0, ""
            if currency or total:
                self._current_currency = self._currency[currency]
                order = self._facts(name, self._current_currency, row)
        items: tuple[LineFacts, ...] = ()
        if title or quantity or price:
            items = (self._item(quantity, title, price, sku, discount),)
            self._position += 1
        if order is not None and order.stated.refunded:
            back = RefundFacts(
                order.stated.refunded, order.currency, estimated=True, external_id="stated", order_ref=name
            )
            return SourceLine(line, name, order, items, (back,))
        result = SourceLine(line, name, order, items)
        return self._with_transactions(result, row) if self._has_transactions else result

    def _item(self, quantity: str, title: str, price: str, sku: str, discount: str) -> LineFacts:
        count, unit = self._quantity[quantity], self._price[price]
        if count is None:
            raise Unreadable("blank", "", "Lineitem quantity")
        if unit is None:
            raise Unreadable("blank", "", "Lineitem price")
        currency, less = self._current_currency, self._discount[discount] or 0
        return LineFacts(self._position, "product", self._sku[sku], title, count, unit, count * unit, currency, less)

    def _facts(self, name: str, currency: str, row: list[str]) -> OrderFacts:
        (
            external_id, created, financial, cancelled, paid, fulfilled, fulfilment, subtotal, discount, shipping, taxes,
            total, refunded, code, method, source, tags, note, test,
        ) = self._order(row)  # fmt: skip
        placed_at, day = self._created[created]
        if day is None:
            raise Unreadable("blank", "", self._created.column)
        money = self._money
        stated = StatedFacts(
            money["Subtotal"][subtotal],
            money["Discount Amount"][discount],
            money["Shipping"][shipping],
            money["Taxes"][taxes] if taxes else self._summed_taxes(row),
            money["Total"][total],
            money["Refunded Amount"][refunded],
        )
        moments = self._other_moments
        customer, place = self._people(row)
        return OrderFacts(
            self._id[external_id] or name,
            name,
            placed_at,
            day,
            _state(financial, cancelled, method, test),
            currency,
            stated_state=financial,
            stated=stated,
            tax_included=_tax_included(stated),
            paid_at=placed_at if paid == created else moments["Paid at"][paid][0],
            cancelled_at=moments["Cancelled at"][cancelled][0],
            fulfilment_state=fulfilment,
            fulfilled_at=placed_at if fulfilled == created else moments["Fulfilled at"][fulfilled][0],
            discount_code=code,
            payment_method=method,
            source=source,
            tags=tags,
            note=note,
            customer=customer,
            ship_to=place,
        )

    def _people(self, row: list[str]) -> tuple[CustomerFacts | None, PlaceFacts | None]:
        email, billed, shipped, phone, billing_phone, marketing, city, region, postcode, country = self._person(row)
        buyer = billed or shipped
        customer = None
        if email or buyer or phone or billing_phone:
            accepts = is_true(marketing) if marketing else None
            customer = CustomerFacts("", buyer, email.strip(), clean(phone or billing_phone), accepts)
        place = None
        if city or country or postcode or region or shipped:
            place = PlaceFacts(shipped, city, region, clean(postcode), self.countries.code(country), country)
        return customer, place

    def _summed_taxes(self, row: list[str]) -> int | None:
        stated = [self._money["Tax"][row[place]] for place in self._taxes if row[place]]
        return sum(tax or 0 for tax in stated) if stated else None

    def _with_transactions(self, taken: SourceLine, row: list[str]) -> SourceLine:
        """Sale and refund transactions, and shipping lines, of the 74-column layout."""
        amount_text, kind, status = self._extra(row)
        amount = self._money["Transaction amount"][amount_text]
        currency = self._current_currency
        if amount and status in ("", "success"):
            reference = f"{kind}-{self._position}"
            if kind == "refund":
                taken.refunds = (
                    RefundFacts(amount, currency, estimated=True, external_id=reference, order_ref=taken.key),
                )
            elif kind in ("sale", "capture"):
                taken.payments = (PaymentFacts(f"{taken.key}-{reference}", taken.key, None, None, amount, currency),)
        price, title = self._shipping_line(row)
        if price and title:
            cost = self._money["Shipping line price"][price] or 0
            taken.items += (LineFacts(self._position, "shipping", "", title, 1, cost, cost, currency),)
            self._position += 1
        return taken


def _state(financial: str, cancelled: str, method: str, test: str) -> str:
    """A test order stays a test; a cancelled one is cancelled whatever became of the money."""
    if (test and is_true(test)) or "bogus" in method.casefold():
        return TEST
    if cancelled:
        return CANCELLED
    state = FINANCIAL_STATES.get(financial.strip().casefold())
    if state is None:
        raise Unreadable("unknown_state", financial, "Financial Status")
    return state


def _tax_included(stated: StatedFacts) -> bool | None:
    """Whether prices contain the tax, from the stated totals: Total = Subtotal + Shipping, or + Taxes on top."""
    if stated.total is None or stated.subtotal is None or not stated.tax:
        return None
    without_tax = stated.subtotal + (stated.shipping or 0)
    if stated.total == without_tax:
        return True
    return False if stated.total == without_tax + stated.tax else None
