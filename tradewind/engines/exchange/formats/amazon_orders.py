"""Amazon “All orders” flat file: one row an order item, no buyer; item-price is the total of the row."""

from operator import itemgetter
from typing import ClassVar

from tradewind.engines.exchange.formats.source import Context, Source
from tradewind.engines.exchange.readers.cells import Currencies, Ids, clean
from tradewind.engines.exchange.readers.dates import YMD
from tradewind.engines.exchange.readers.numbers import Amounts, Quantities
from tradewind.engines.exchange.readers.table import OneOf, Table
from tradewind.engines.exchange.records import (
    CANCELLED,
    OPEN,
    PAID,
    LineFacts,
    OrderFacts,
    PlaceFacts,
    SourceLine,
    Unreadable,
)

STATES = {
    "pending": OPEN,
    "pendingavailability": OPEN,
    "unshipped": PAID,
    "partiallyshipped": PAID,
    "shipping": PAID,
    "shipped": PAID,
    "complete": PAID,
    "invoiceunconfirmed": PAID,
    "cancelled": CANCELLED,
    "canceled": CANCELLED,
    "unfulfillable": CANCELLED,
}
TAX_ON_TOP = frozenset({"amazon.com", "amazon.ca"})
"""Marketplaces whose item prices are without tax; all others state them with it."""

_MONEY = (
    "item-price", "item-tax", "shipping-price", "shipping-tax", "gift-wrap-price", "gift-wrap-tax",
    "item-promotion-discount", "ship-promotion-discount",
)  # fmt: skip


class AmazonOrders(Source):
    """Keyed by amazon-order-id; orders of other shops that Amazon only ships (sales channel Non-Amazon) are skipped and counted."""

    format: ClassVar[str] = "amazon-orders"
    required: ClassVar[tuple[OneOf, ...]] = (
        "amazon-order-id", "purchase-date", "order-status", "sku", "quantity", "currency", "item-price",
    )  # fmt: skip
    key_column: ClassVar[str] = "amazon-order-id"

    def __init__(self, table: Table, context: Context) -> None:
        super().__init__(table, context)
        self._main = itemgetter(
            *self.columns.places(
                (
                    "amazon-order-id",
                    "order-status",
                    "sales-channel",
                    "currency",
                    "quantity",
                    "sku",
                    "product-name",
                )
            )
        )
        self._money = itemgetter(*self.columns.places(_MONEY))
        self._order = itemgetter(
            *self.columns.places(
                (
                    "purchase-date",
                    "fulfillment-channel",
                    "ship-city",
                    "ship-state",
                    "ship-postal-code",
                    "ship-country",
                    "promotion-ids",
                )
            )
        )
        self._id, self._sku, self._units = Ids("amazon-order-id"), Ids("sku"), Quantities("quantity")
        self._amounts = [Amounts(name, context.option("number") or "1,234.56") for name in _MONEY]
        self._currency = Currencies("currency", context.currency)
        self._bought = self.moments(YMD, "purchase-date")[0]

    def begin(self) -> None:
        """Forget the order the last pass ended in."""
        self._key = ""
        self._position = 0

    def read(self, line: int, row: list[str]) -> SourceLine | None:
        """One row: its item, shipping and gift wrap as lines of their own, and the order's facts on a new order id."""
        id_text, status, channel, currency_text, quantity, sku, title = self._main(row)
        if channel.strip().casefold() == "non-amazon":
            self.skipped["Non-Amazon"] += 1
            return None
        key = self._id[id_text]
        if not key:
            raise Unreadable("blank", "", "amazon-order-id")
        currency = self._currency[currency_text]
        order = None
        if key != self._key:
            order = self._facts(key, status, channel, currency, row)
            self._key, self._position = key, 0
        return SourceLine(
            line, key, order, self._items(row, currency, self._units[quantity] or 0, self._sku[sku], title)
        )

    def _items(self, row: list[str], currency: str, units: int, sku: str, title: str) -> tuple[LineFacts, ...]:
        values = [amounts[text] for amounts, text in zip(self._amounts, self._money(row), strict=True)]
        price, tax, shipping, shipping_tax, gift, gift_tax, promotion, shipping_promotion = values
        amount = price or 0
        unit = amount // units if units and amount % units == 0 else None
        position = self._position
        items = [LineFacts(position, "product", sku, title, units, unit, amount, currency, abs(promotion or 0), tax)]
        for kind, value, its_tax, less in (
            ("shipping", shipping, shipping_tax, shipping_promotion),
            ("gift", gift, gift_tax, 0),
        ):
            if value:
                place = position + len(items)
                items.append(LineFacts(place, kind, "", "", 1, value, value, currency, abs(less or 0), its_tax))
        self._position += len(items)
        return tuple(items)

    def _facts(self, key: str, status: str, channel: str, currency: str, row: list[str]) -> OrderFacts:
        bought, fulfilment, city, region, postcode, country, promotions = self._order(row)
        placed_at, day = self._bought[bought]
        if day is None:
            raise Unreadable("blank", "", "purchase-date")
        return OrderFacts(
            key, key, placed_at, day, _state(status), currency,
            stated_state=status,
            ship_to=PlaceFacts("", city, region, clean(postcode), self.countries.code(country), country),
            tax_included=channel.strip().casefold() not in TAX_ON_TOP if channel.strip() else None,
            fulfilment_state=fulfilment,
            discount_code=promotions,
            source=channel,
        )  # fmt: skip


def _state(status: str) -> str:
    """`Shipped - Delivered to Buyer` and its like are shipped; a word Amazon adds one day refuses the row."""
    state = STATES.get(status.partition(" - ")[0].replace(" ", "").casefold())
    if state is None:
        raise Unreadable("unknown_state", status, "order-status")
    return state
