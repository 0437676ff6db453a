"""Etsy sold orders: one row an order, no line items; totals stay as Etsy states them, they do not add up among themselves."""

from collections.abc import Sequence
from operator import itemgetter
from typing import ClassVar

from tradewind.engines.exchange.formats.source import Context, Source
from tradewind.engines.exchange.readers.cells import Currencies, Ids, clean
from tradewind.engines.exchange.readers.dates import MDY
from tradewind.engines.exchange.readers.numbers import Amounts, Quantities
from tradewind.engines.exchange.readers.table import OneOf, Table
from tradewind.engines.exchange.records import (
    CANCELLED,
    OPEN,
    PAID,
    CustomerFacts,
    FeeFacts,
    LineFacts,
    OrderFacts,
    PlaceFacts,
    RefundFacts,
    SourceLine,
    StatedFacts,
    Unreadable,
)

STATES = {
    "": PAID,
    "paid": PAID,
    "completed": PAID,
    "shipped": PAID,
    "delivered": PAID,
    "refunded": PAID,
    "fully refunded": PAID,
    "partially refunded": PAID,
    "open": OPEN,
    "unpaid": OPEN,
    "payment processing": OPEN,
    "canceled": CANCELLED,
    "cancelled": CANCELLED,
}
_MONEY = (
    "Order Value", "Discount Amount", "Shipping", "Sales Tax", "Order Total", "Card Processing Fees", "Order Net",
    "Adjusted Order Total",
)  # fmt: skip
_TEXTS = (
    "Status", "Coupon Code", "Payment Method", "Buyer", "Full Name", "Buyer User ID", "Ship Name", "Ship City",
    "Ship State", "Ship Zipcode", "Ship Country", "Order Type",
)  # fmt: skip


class EtsyOrders(Source):
    """Each order gets one line `unspecified` with the stated number of items and order value."""

    format: ClassVar[str] = "etsy"
    required: ClassVar[tuple[OneOf, ...]] = ("Sale Date", "Order ID", "Order Value", "Order Total", "Currency")
    key_column: ClassVar[str] = "Order ID"

    def __init__(self, table: Table, context: Context) -> None:
        super().__init__(table, context)
        self._key = itemgetter(
            *self.columns.places(("Order ID", "Sale Date", "Date Shipped", "Number of Items", "Currency"))
        )
        self._money = itemgetter(*self.columns.places(_MONEY))
        self._texts = itemgetter(*self.columns.places(_TEXTS))
        self._id, self._units = Ids("Order ID", whole=True), Quantities("Number of Items")
        self._amounts = [Amounts(name) for name in _MONEY]
        self._currency = Currencies("Currency", context.currency)
        order = context.option("date") or MDY
        self._sold = self.moments(order, "Sale Date", source_zone=context.zone)[0]
        self._shipped = self.moments(order, "Date Shipped", source_zone=context.zone)[0]

    def row_key(self, cells: Sequence[str]) -> str:
        """The order id without the `.0` a spreadsheet may have added."""
        return super().row_key(cells).removesuffix(".0")

    def read(self, line: int, row: list[str]) -> SourceLine:
        """One row: an order with its line, its processing fee, and its refund if Etsy adjusted the total."""
        id_text, sold, shipped, units_text, currency_text = self._key(row)
        key = self._id[id_text]
        placed_at, day = self._sold[sold]
        if not key or day is None:
            raise Unreadable("blank", "", "Sale Date" if key else "Order ID")
        money = [amounts[text] for amounts, text in zip(self._amounts, self._money(row), strict=True)]
        value, discount, shipping, tax, total, fee, net, adjusted = money
        currency, units = self._currency[currency_text], self._units[units_text]
        refunded = total - adjusted if total is not None and adjusted is not None and adjusted < total else None
        order = OrderFacts(
            key, key, placed_at, day, PAID, currency,
            stated=StatedFacts(value, discount, shipping, tax, total, refunded, fee, net, units),
            tax_included=False,
            fulfilment_state="fulfilled" if shipped else "",
            fulfilled_at=self._shipped[shipped][0],
        )  # fmt: skip
        self._describe(order, row)
        item = LineFacts(0, "unspecified", "", "", units or 0, None, value or 0, currency, discount or 0)
        fees = (FeeFacts(f"{key}-processing", key, "processing", fee, currency, day),) if fee else ()
        back = (
            (RefundFacts(refunded, currency, estimated=True, external_id="stated", order_ref=key),) if refunded else ()
        )
        return SourceLine(line, key, order, (item,), back, (), fees)

    def _describe(self, order: OrderFacts, row: list[str]) -> None:
        status, coupon, method, buyer, full_name, buyer_id, ship_name, city, region, postcode, country, kind = (
            self._texts(row)
        )
        state = STATES.get(status.strip().casefold())
        if state is None:
            raise Unreadable("unknown_state", status, "Status")
        order.state, order.stated_state = state, status
        order.discount_code, order.payment_method, order.source = coupon, method, kind
        if buyer or full_name or buyer_id:
            order.customer = CustomerFacts(clean(buyer_id), full_name or buyer)
        order.ship_to = PlaceFacts(ship_name, city, region, clean(postcode), self.countries.code(country), country)
