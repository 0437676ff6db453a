"""Neutral records: what any order, payment or settlement file says, in one shape.

A reader turns a file into a stream of `SourceLine` and `Refusal`. Amounts are whole numbers of 1/10,000 of the currency
unit (`base.money.SCALE`) beside their currency code; `None` means "the file does not say", which is not zero.
Signs: a payment is positive when money comes in, a refund and a fee are positive when money goes out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

OPEN, PAID, CANCELLED, TEST = "open", "paid", "cancelled", "test"
STATES = (OPEN, PAID, CANCELLED, TEST)
"""Order states; only `paid` counts as revenue. A refunded order stays `paid` and carries `RefundFacts`."""

PAYMENT_STATES = (PAID, OPEN, "failed")
"""Payment states; only `paid` moved money."""

LINE_KINDS = ("product", "shipping", "fee", "adjustment", "discount", "gift", "unspecified", "other")
"""Line kinds; all but `product` and `unspecified` are shown apart from product sales."""

SALE, CREDIT, ADJUSTMENT = "sale", "credit", "adjustment"
ORDER_KINDS = (SALE, CREDIT, ADJUSTMENT)
"""What a numbered document is: a sale, a cancellation of an earlier sale, or a correction in the books."""

KEYED, SAME_FILE = "keyed", "same-file only"
"""What a source promises for a repeated import: keyed rows update, keyless rows only match within the same file."""


@dataclass(slots=True)
class CustomerFacts:
    """Who bought, as far as the file says; `external_id` is the platform's own id."""

    external_id: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    accepts_marketing: bool | None = None


@dataclass(slots=True)
class PlaceFacts:
    """Where to; `country` is an ISO code or blank, `country_raw` what the file says."""

    name: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""
    country_raw: str = ""


@dataclass(slots=True)
class StatedFacts:
    """Totals as the platform states them for one order; stored, never recomputed."""

    subtotal: int | None = None
    discount: int | None = None
    shipping: int | None = None
    tax: int | None = None
    total: int | None = None
    refunded: int | None = None
    fee: int | None = None
    net: int | None = None
    units: int | None = None


@dataclass(slots=True)
class OrderFacts:
    """One order's own facts; `day` is the plain date in the channel's zone, `placed_at` an aware moment if the file has a time.

    `state` is ours, `stated_state` the platform's own word. `tax_included` says whether line amounts contain the tax (None: the file does not tell).
    """

    external_id: str
    number: str
    placed_at: datetime | None
    day: date | None
    state: str
    currency: str
    kind: str = SALE
    stated_state: str = ""
    customer: CustomerFacts | None = None
    ship_to: PlaceFacts | None = None
    stated: StatedFacts = field(default_factory=StatedFacts)
    tax_included: bool | None = None
    paid_at: datetime | None = None
    cancelled_at: datetime | None = None
    fulfilment_state: str = ""
    fulfilled_at: datetime | None = None
    discount_code: str = ""
    payment_method: str = ""
    source: str = ""
    tags: str = ""
    note: str = ""

    def filled_from(self, other: "OrderFacts") -> "OrderFacts":
        """Keep what is known here and take from `other` only what is blank here (order facts repeated in a file)."""
        for one in fields(self):
            mine, theirs = getattr(self, one.name), getattr(other, one.name)
            if mine in (None, "") and theirs not in (None, ""):
                setattr(self, one.name, theirs)
        for one in fields(self.stated):
            if getattr(self.stated, one.name) is None:
                setattr(self.stated, one.name, getattr(other.stated, one.name))
        return self


@dataclass(slots=True)
class LineFacts:
    """One line; `amount` is as stated, or quantity x unit price exactly; before `discount`, which is the line's total.

    `position` counts from 0 in a run of adjacent rows of one order.
    """

    position: int
    kind: str
    sku: str
    title: str
    quantity: int
    unit_price: int | None
    amount: int
    currency: str
    discount: int = 0
    tax: int | None = None
    variant: str = ""
    external_id: str = ""


@dataclass(slots=True)
class RefundFacts:
    """Money back to the buyer (positive); `estimated` when the file has no date, so the day it was first seen stands in."""

    amount: int
    currency: str
    day: date | None = None
    at: datetime | None = None
    estimated: bool = False
    external_id: str = ""
    order_ref: str = ""
    kind: str = ""
    reason: str = ""


@dataclass(slots=True)
class PaymentFacts:
    """Money in for an order: charged amount, and the settled amount in the currency of the account when it differs.

    `fee` and `fee_tax` are in the settled currency (the charged one if there is no other).

    `order_ref` is what ties it to an order (order id, number or invoice); `external_id` is the payment's key.
    """

    external_id: str
    order_ref: str
    at: datetime | None
    day: date | None
    amount: int
    currency: str
    settled_amount: int | None = None
    settled_currency: str = ""
    state: str = PAID
    kind: str = ""
    method: str = ""
    fee: int = 0
    fee_tax: int = 0
    refunded: int | None = None
    customer: CustomerFacts | None = None
    country: str = ""
    description: str = ""


@dataclass(slots=True)
class FeeFacts:
    """A cost the platform or provider takes (positive; a fee given back is negative)."""

    external_id: str
    order_ref: str
    kind: str
    amount: int
    currency: str
    day: date | None = None
    description: str = ""
    sku: str = ""


@dataclass(slots=True)
class PayoutFacts:
    """One transfer from a marketplace or provider: its period, deposit day and total."""

    external_id: str
    start: date | None
    end: date | None
    deposit_day: date | None
    amount: int
    currency: str


@dataclass(slots=True)
class SourceLine:
    """What one physical row says; `key` groups the rows of one order, payment or settlement in this file.

    `order` comes with the first row of a run of one key; it may come again and then fills blanks only
    (`OrderFacts.filled_from`). Two different `order.external_id` under one key are two orders with one number: refuse.
    """

    line: int
    key: str
    order: OrderFacts | None = None
    items: tuple[LineFacts, ...] = ()
    refunds: tuple[RefundFacts, ...] = ()
    payments: tuple[PaymentFacts, ...] = ()
    fees: tuple[FeeFacts, ...] = ()
    payout: PayoutFacts | None = None


REASONS: dict[str, Promise] = {
    "short_row": _("The row has %(found)s cells, the header has %(expected)s."),
    "long_row": _("The row has %(found)s cells, the header has only %(expected)s."),
    "blank": _("A value is required here."),
    "not_number": _("“%(value)s” is not a number of the form %(format)s."),
    "ambiguous_number": _("“%(value)s” can be read in two ways; declare the number format."),
    "too_precise": _("“%(value)s” has more than four decimals."),
    "too_large": _("“%(value)s” is too large."),
    "not_whole": _("“%(value)s” is not a whole number."),
    "scientific": _("“%(value)s” was shortened by a spreadsheet; export the file again without opening it there."),
    "damaged_id": _("The id “%(value)s” was damaged by a spreadsheet; export the file again without opening it there."),
    "not_date": _("“%(value)s” is not a date of the form %(format)s."),
    "ambiguous_date": _("“%(value)s” can be day/month or month/day; declare the date format."),
    "unknown_currency": _("“%(value)s” is not a currency code."),
    "no_currency": _("Neither the row nor the channel names a currency."),
    "unknown_state": _("The state “%(value)s” is not known; add it to the mapping."),
    "no_order_before": _("The row continues order %(value)s, whose first row is not in the file before it."),
    "settlement_total": _("The rows add up to %(found)s, the settlement states %(expected)s."),
    "no_summary": _("The settlement's first row with its total is missing."),
    "not_joined": _("No row for “%(value)s” in %(file)s."),
}


@dataclass(slots=True)
class Refusal:
    """Why a row cannot be taken: physical line, column, reason as code and data (rendered in the reader's language).

    `key` is the order the row belongs to when it could be read; the whole order is then refused.
    """

    line: int
    column: str
    code: str
    value: str = ""
    key: str = ""
    data: Mapping[str, str] = field(default_factory=dict)
    cells: list[str] | None = field(default=None, repr=False, compare=False)

    @property
    def reason(self) -> str:
        """The reason as text in the active language."""
        return str(REASONS[self.code]) % {"value": self.value, **self.data}


class Unreadable(ValueError):
    """A cell that cannot be read; becomes a `Refusal` of its row."""

    def __init__(self, code: str, value: str, column: str = "", **data: str) -> None:
        super().__init__(code)
        self.code = code
        self.value = value
        self.column = column
        self.data = data

    def refusal(self, line: int, key: str = "") -> Refusal:
        """The refusal of the row at a physical line."""
        return Refusal(line, self.column, self.code, self.value, key, self.data)
