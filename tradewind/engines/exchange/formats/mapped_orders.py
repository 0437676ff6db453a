"""Orders of any table through a mapping: one row a line, or one row an order."""

from collections.abc import Sequence
from operator import itemgetter

from tradewind.engines.exchange.formats.mapped import MappedSource
from tradewind.engines.exchange.formats.source import Context
from tradewind.engines.exchange.mapping.fields import LINE
from tradewind.engines.exchange.mapping.spec import SKIP, MappingSpec
from tradewind.engines.exchange.readers.cells import clean
from tradewind.engines.exchange.readers.conditions import FirstMatch, yes_when
from tradewind.engines.exchange.readers.table import Table
from tradewind.engines.exchange.records import (
    SALE,
    FeeFacts,
    LineFacts,
    OrderFacts,
    PlaceFacts,
    RefundFacts,
    SourceLine,
    StatedFacts,
    Unreadable,
)

_LINE = ("sku", "title", "variant", "quantity", "unit_price", "amount", "discount", "tax", "line_shipping")
_STATED = ("subtotal", "order_discount", "shipping", "order_tax", "total", "refunded", "fee")
_TEXTS = ("fulfilment", "discount_code", "method", "source", "tags", "note")
_MOMENTS = ("paid_at", "cancelled_at", "fulfilled_at", "refund_date")
_PLACE = ("ship_name", "city", "region", "postcode")


class MappedOrders(MappedSource):
    """Keyed by the mapped order id; order facts come with the first row of a run of one id."""

    id_field = "order_id"

    def __init__(self, table: Table, context: Context, spec: MappingSpec) -> None:
        super().__init__(table, context, spec)
        places = {
            name: self.place(name) for name in (*_LINE, *_STATED, *_TEXTS, *_MOMENTS, *_PLACE, "order_id", "number")
        }
        self._id_place, self._state_place, self._currency_place = (
            places["order_id"],
            self.place("state"),
            self.place("currency"),
        )
        self._line = itemgetter(*(places[name] for name in _LINE))
        self._stated = itemgetter(*(places[name] for name in _STATED))
        self._texts = itemgetter(*(places[name] for name in _TEXTS))
        self._moments = itemgetter(*(places[name] for name in _MOMENTS))
        self._place = itemgetter(*(places[name] for name in _PLACE))
        self._kind = FirstMatch(spec.line_kinds, self.columns, spec.line_kind)
        self._order_kind = FirstMatch(spec.order_kinds, self.columns, SALE)
        self._is_no_line = yes_when(spec.no_line, self.columns)
        self._is_negative = yes_when(spec.negate, self.columns)
        readers = self._readers
        self._sku, self._id, self._currencies = readers["sku"], readers["order_id"], readers["currency"]
        self._counts, self._prices, self._amounts = readers["quantity"], readers["unit_price"], readers["amount"]
        self._discounts, self._taxes, self._shippings = readers["discount"], readers["tax"], readers["line_shipping"]
        self._one_row_a_line = spec.layout == LINE
        self._counted = "quantity" in spec.columns
        self._single_id = not self.keyless and "order_id" not in spec.composed
        self._has_states = bool(spec.columns.get("state") or spec.state_rules)
        self._has_skips = bool(spec.skip)

    def begin(self) -> None:
        """Forget the order the last pass ended in."""
        super().begin()
        self._key = ""
        self._position = 0

    def read(self, line: int, row: list[str]) -> SourceLine | None:
        """One row as the mapping reads it."""
        if self._has_skips and self.skips(row):
            return None
        state = self.state_of(row[self._state_place], row) if self._has_states else self.spec.state_default
        if state == SKIP and self.skips(row, state):
            return None
        key = self._id[row[self._id_place]] if self._single_id else self._other_key(row)
        if not key:
            raise Unreadable("blank", "", self.column("order_id"))
        currency = self._currencies[row[self._currency_place]]
        taken = SourceLine(line, key)
        if key != self._key:
            taken.order = self._facts(key, state, currency, row)
            self._key, self._position = key, 0
            self._add_money(taken, taken.order, row)
        if self._one_row_a_line:
            if not self._is_no_line(row):
                taken.items = self._items(row, currency)
        elif taken.order is not None:
            taken.items = self._unspecified(taken.order, row)
        return taken

    def _other_key(self, row: Sequence[str]) -> str:
        return self._occurrences.key(row) if self.keyless else self.id_of("order_id", row)

    def _items(self, row: Sequence[str], currency: str) -> tuple[LineFacts, ...]:
        sku, title, variant, quantity, price_text, amount_text, discount, tax, shipping_text = self._line(row)
        count = self._counts[quantity] if self._counted else 1
        unit, amount = self._prices[price_text], self._amounts[amount_text]
        if count is None:
            raise Unreadable("blank", "", self._counts.column)
        if amount is None:
            if unit is None:
                raise Unreadable("blank", "", self._prices.column)
            amount = count * unit
        elif unit is None and count and amount % count == 0:
            unit = amount // count
        less, own_tax = self._discounts[discount] or 0, self._taxes[tax]
        if self._is_negative(row):
            count, amount, own_tax = -abs(count), -abs(amount), -abs(own_tax) if own_tax is not None else None
        item = LineFacts(
            self._position, self._kind(row), self._sku[sku], title.strip(), count, unit, amount, currency, abs(less), own_tax,
            variant.strip(), self.id_of("line_id", row),
        )  # fmt: skip
        self._position += 1
        shipping = self._shippings[shipping_text]
        if not shipping:
            return (item,)
        self._position += 1
        return item, LineFacts(self._position - 1, "shipping", "", "", 1, shipping, shipping, currency)

    def _unspecified(self, order: OrderFacts, row: Sequence[str]) -> tuple[LineFacts, ...]:
        """The one line of an order whose file lists none: its stated units and goods value."""
        stated = order.stated
        amount = stated.subtotal if stated.subtotal is not None else stated.total
        if amount is None or self._is_no_line(row):
            return ()
        sku, title, *_rest = self._line(row)
        units = stated.units if stated.units is not None else 1
        return (
            LineFacts(
                0,
                self._kind(row),
                self._sku[sku],
                title.strip(),
                units,
                None,
                amount,
                order.currency,
                abs(stated.discount or 0),
            ),
        )

    def _facts(self, key: str, state: str, currency: str, row: Sequence[str]) -> OrderFacts:
        placed_at, day = self.moment(row)
        readers = self._readers
        money = [readers[name][text] for name, text in zip(_STATED, self._stated(row), strict=True)]
        paid_at, cancelled_at, fulfilled_at, _refunded = (
            readers[name][text][0] for name, text in zip(_MOMENTS, self._moments(row), strict=True)
        )
        fulfilment, code, method, source, tags, note = (text.strip() for text in self._texts(row))
        stated = StatedFacts(*money)
        stated.units = readers["units"][row[self.place("units")]]
        return OrderFacts(
            key, self.id_of("number", row) or key, placed_at, day, state, currency,
            kind=self._order_kind(row),
            stated_state=row[self._state_place].strip(),
            customer=self.customer_of(row),
            ship_to=self._ship_to(row),
            stated=stated,
            tax_included=self.spec.tax_included,
            paid_at=paid_at, cancelled_at=cancelled_at, fulfilled_at=fulfilled_at,
            fulfilment_state=fulfilment, discount_code=code, payment_method=method, source=source, tags=tags, note=note,
        )  # fmt: skip

    def _ship_to(self, row: Sequence[str]) -> PlaceFacts | None:
        name, city, region, postcode = (text.strip() for text in self._place(row))
        code, raw = self.country_of(row)
        if not (name or city or region or postcode or raw or code):
            return None
        return PlaceFacts(name, city, region, clean(postcode), code, raw)

    def _add_money(self, taken: SourceLine, order: OrderFacts, row: Sequence[str]) -> None:
        """Fee and refund stated with the order's first row."""
        stated = order.stated
        if stated.refunded:
            at, day = self._readers["refund_date"][row[self.place("refund_date")]]
            back = RefundFacts(abs(stated.refunded), order.currency, day, at, day is None, "stated", taken.key)
            taken.refunds = (back,)
        if stated.fee:
            fee = FeeFacts(
                f"{taken.key}-processing", taken.key, "processing", abs(stated.fee), order.currency, order.day
            )
            taken.fees = (fee,)
