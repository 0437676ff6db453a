"""Stripe payments export, chosen or all columns: what was charged, and what it settled to in the account's currency."""

from operator import itemgetter
from typing import ClassVar

from tradewind.engines.exchange.formats.keys import Occurrences
from tradewind.engines.exchange.formats.source import Context, Source
from tradewind.engines.exchange.readers.cells import Currencies, Ids, clean
from tradewind.engines.exchange.readers.dates import YMD
from tradewind.engines.exchange.readers.numbers import DOT, Amounts
from tradewind.engines.exchange.readers.table import OneOf, Table
from tradewind.engines.exchange.records import (
    KEYED,
    OPEN,
    PAID,
    SAME_FILE,
    CustomerFacts,
    PaymentFacts,
    RefundFacts,
    SourceLine,
    Unreadable,
)

FAILED = "failed"
STATES = {
    "paid": PAID,
    "succeeded": PAID,
    "refunded": PAID,
    "partial refund": PAID,
    "partially refunded": PAID,
    "disputed": PAID,
    "pending": OPEN,
    "uncaptured": OPEN,
    "processing": OPEN,
    "requires_action": OPEN,
    "requires_capture": OPEN,
    "requires_confirmation": OPEN,
    "requires_payment_method": OPEN,
    "failed": FAILED,
    "blocked": FAILED,
    "canceled": FAILED,
    "cancelled": FAILED,
}
_MONEY = ("Amount", "Converted Amount", "Fee", "Taxes On Fee", "Amount Refunded")
_PERSON = ("Customer ID", "Customer Email", "Shipping Name", "Card Name", "Customer Phone")
_COUNTRIES = ("Shipping Address Country", "Card Address Country", "Card Issue Country")
_REFERENCES = ("Client Reference ID", "Invoice Number", "Invoice ID")


class StripePayments(Source):
    """Keyed by payment id; without that column by row content, since invoice numbers repeat over separate payments."""

    format: ClassVar[str] = "stripe"
    required: ClassVar[tuple[OneOf, ...]] = (
        ("Created date (UTC)", "Created (UTC)", "Created"), "Amount", "Currency", "Status",
    )  # fmt: skip
    key_column: ClassVar[str] = "id"

    def __init__(self, table: Table, context: Context) -> None:
        super().__init__(table, context)
        columns = self.columns
        self.promises = KEYED if "id" in columns else SAME_FILE
        self._created, created = self.moments(YMD, "Created date (UTC)", "Created (UTC)", "Created")
        self._refunded, refunded = self.moments(YMD, "Refunded date (UTC)")
        texts = ("id", "Currency", "Converted Currency", "Captured", "Status", "Payment Source Type", "Description")
        self._texts = itemgetter(*columns.places(texts), created, refunded)
        self._money = itemgetter(*columns.places(_MONEY))
        self._amounts = [Amounts(name, context.option("number") or DOT) for name in _MONEY]
        self._person = itemgetter(*columns.places(_PERSON))
        self._countries = itemgetter(*columns.places(_COUNTRIES))
        orders = [
            name for name in table.header if name.casefold().endswith("(metadata)") and "order" in name.casefold()
        ]
        self._references = columns.places([*orders, *_REFERENCES])
        self._id = Ids("id")
        self._charged = Currencies("Currency", context.currency)
        self._settled = Currencies("Converted Currency", context.currency)

    def begin(self) -> None:
        """Forget the occurrences of the last pass."""
        self._occurrences = Occurrences()

    def read(self, line: int, row: list[str]) -> SourceLine:
        """One row: a payment, and its refund if some of it went back."""
        id_text, currency_text, settled_text, captured, status, method, description, created, refunded_on = self._texts(
            row
        )
        moment, day = self._created[created]
        if day is None:
            raise Unreadable("blank", "", self._created.column)
        amount, settled, fee, fee_tax, refunded = (
            amounts[text] for amounts, text in zip(self._amounts, self._money(row), strict=True)
        )
        if amount is None:
            raise Unreadable("blank", "", "Amount")
        key = self._id[id_text] or self._occurrences.key(row)
        reference = next((clean(row[place]) for place in self._references if clean(row[place])), "")
        currency = self._charged[currency_text]
        payment = PaymentFacts(
            key, reference, moment, day, amount, currency, settled,
            self._settled[settled_text] if settled is not None and settled_text else "",
            _state(status, captured), "charge", method, fee or 0, fee_tax or 0, refunded,
            self._customer(row), self._country(row), description,
        )  # fmt: skip
        back: tuple[RefundFacts, ...] = ()
        if refunded and payment.state == PAID:
            at, on = self._refunded[refunded_on]
            back = (RefundFacts(refunded, currency, on, at, on is None, f"{key}-refund", reference, "charge"),)
        return SourceLine(line, key, refunds=back, payments=(payment,))

    def _customer(self, row: list[str]) -> CustomerFacts | None:
        customer_id, email, ship_name, card_name, phone = self._person(row)
        if not (customer_id or email):
            return None
        return CustomerFacts(clean(customer_id), ship_name or card_name, email.strip(), clean(phone))

    def _country(self, row: list[str]) -> str:
        raw = next((text for text in self._countries(row) if text.strip()), "")
        return self.countries.code(raw)


def _state(status: str, captured: str) -> str:
    """A payment that was never captured moved no money, whatever its status says."""
    state = STATES.get(status.strip().casefold())
    if state is None:
        raise Unreadable("unknown_state", status, "Status")
    return OPEN if state == PAID and captured.strip().casefold() in ("false", "no", "0") else state
