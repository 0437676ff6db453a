"""Payments of any table through a mapping: one row a payment, incoming positive, outgoing negative."""

from operator import itemgetter

from tradewind.engines.exchange.formats.mapped import MappedSource
from tradewind.engines.exchange.formats.source import Context
from tradewind.engines.exchange.mapping.spec import SKIP, MappingSpec
from tradewind.engines.exchange.readers.conditions import yes_when
from tradewind.engines.exchange.readers.table import Table
from tradewind.engines.exchange.records import PAID, PaymentFacts, RefundFacts, SourceLine, Unreadable

_MONEY = ("amount", "settled_amount", "fee", "fee_tax", "refunded")
_TEXTS = ("state", "currency", "settled_currency", "method", "description", "refund_date")


class MappedPayments(MappedSource):
    """Keyed by the mapped payment id, else by row content."""

    id_field = "payment_id"

    def __init__(self, table: Table, context: Context, spec: MappingSpec) -> None:
        super().__init__(table, context, spec)
        self._money = itemgetter(*(self.place(name) for name in _MONEY))
        self._texts = itemgetter(*(self.place(name) for name in _TEXTS))
        self._is_negative = yes_when(spec.negate, self.columns)

    def read(self, line: int, row: list[str]) -> SourceLine | None:
        """One row: a payment, and its refund if the row states one."""
        status, currency_text, settled_text, method, description, refunded_on = self._texts(row)
        if self.skips(row):
            return None
        state = self.state_of(status, row)
        if state == SKIP and self.skips(row, state):
            return None
        key = self._occurrences.key(row) if self.keyless else self.id_of("payment_id", row)
        if not key:
            raise Unreadable("blank", "", self.column("payment_id"))
        moment, day = self.moment(row)
        readers = self._readers
        amount, settled, fee, fee_tax, refunded = (
            readers[name][text] for name, text in zip(_MONEY, self._money(row), strict=True)
        )
        if amount is None:
            raise Unreadable("blank", "", self.column("amount"))
        currency = readers["currency"][currency_text]
        if self._is_negative(row):
            amount, settled = -abs(amount), -abs(settled) if settled is not None else None
        reference = self.id_of("order_ref", row)
        payment = PaymentFacts(
            key, reference, moment, day, amount, currency, settled,
            readers["settled_currency"][settled_text] if settled is not None else "",
            state, "charge", method.strip() or self.spec.constants.get("method", ""), abs(fee or 0), abs(fee_tax or 0), refunded,
            self.customer_of(row), self.country_of(row)[0], description.strip(),
        )  # fmt: skip
        back: tuple[RefundFacts, ...] = ()
        if refunded and state == PAID:
            at, on = readers["refund_date"][refunded_on]
            back = (RefundFacts(abs(refunded), currency, on, at, on is None, f"{key}-refund", reference, "charge"),)
        return SourceLine(line, key, refunds=back, payments=(payment,))
