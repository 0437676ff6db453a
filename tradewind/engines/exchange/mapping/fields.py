"""The fields a column can be mapped to, and what each layout needs."""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LINE, ORDER, PAYMENT = "line", "order", "payment"
LAYOUTS: Final = {
    LINE: _("One row for each line of an order"),
    ORDER: _("One row for each order"),
    PAYMENT: _("One row for each payment"),
}


@dataclass(frozen=True, slots=True)
class Field:
    """A neutral field: how its cells are read (`id`, `text`, `money`, `count`, `moment`, `currency`, `country`, `yes`) and its name."""

    kind: str
    label: Promise
    layouts: tuple[str, ...]


_SALES, _ALL = (LINE, ORDER), (LINE, ORDER, PAYMENT)

FIELDS: Final[dict[str, Field]] = {
    "order_id": Field("id", _("Order id"), _SALES),
    "number": Field("id", _("Order number"), _SALES),
    "payment_id": Field("id", _("Payment id"), (PAYMENT,)),
    "order_ref": Field("id", _("Order the payment is for"), (PAYMENT,)),
    "date": Field("moment", _("Date"), _ALL),
    "time": Field("text", _("Time of day"), _ALL),
    "time_zone": Field("text", _("Time zone"), _ALL),
    "state": Field("text", _("State"), _ALL),
    "currency": Field("currency", _("Currency"), _ALL),
    "paid_at": Field("moment", _("Paid at"), _SALES),
    "cancelled_at": Field("moment", _("Cancelled at"), _SALES),
    "fulfilled_at": Field("moment", _("Shipped at"), _SALES),
    "fulfilment": Field("text", _("Fulfilment state"), _SALES),
    "customer_id": Field("id", _("Customer id"), _ALL),
    "customer_name": Field("text", _("Customer name"), _ALL),
    "email": Field("text", _("E-mail"), _ALL),
    "phone": Field("text", _("Phone"), _ALL),
    "ship_name": Field("text", _("Recipient"), _SALES),
    "city": Field("text", _("City"), _SALES),
    "region": Field("text", _("Region"), _SALES),
    "postcode": Field("text", _("Postal code"), _SALES),
    "country": Field("country", _("Country"), _ALL),
    "subtotal": Field("money", _("Order subtotal"), _SALES),
    "order_discount": Field("money", _("Order discount"), _SALES),
    "shipping": Field("money", _("Order shipping"), _SALES),
    "order_tax": Field("money", _("Order tax"), _SALES),
    "total": Field("money", _("Order total"), _SALES),
    "refunded": Field("money", _("Refunded"), _ALL),
    "refund_date": Field("moment", _("Refunded at"), _ALL),
    "fee": Field("money", _("Fee"), _ALL),
    "units": Field("count", _("Number of items"), (ORDER,)),
    "discount_code": Field("text", _("Discount code"), _SALES),
    "method": Field("text", _("Payment method"), _ALL),
    "source": Field("text", _("Sales source"), _SALES),
    "tags": Field("text", _("Tags"), _SALES),
    "note": Field("text", _("Note"), _SALES),
    "line_id": Field("id", _("Line id"), (LINE,)),
    "sku": Field("id", _("SKU"), _SALES),
    "title": Field("text", _("Product title"), _SALES),
    "variant": Field("text", _("Variant"), _SALES),
    "quantity": Field("count", _("Quantity"), (LINE,)),
    "unit_price": Field("money", _("Unit price"), (LINE,)),
    "amount": Field("money", _("Amount"), (LINE, PAYMENT)),
    "discount": Field("money", _("Line discount"), (LINE,)),
    "tax": Field("money", _("Line tax"), (LINE,)),
    "line_shipping": Field("money", _("Line shipping"), (LINE,)),
    "settled_amount": Field("money", _("Settled amount"), (PAYMENT,)),
    "settled_currency": Field("currency", _("Settled currency"), (PAYMENT,)),
    "fee_tax": Field("money", _("Tax on the fee"), (PAYMENT,)),
    "description": Field("text", _("Description"), (PAYMENT,)),
}

REQUIRED: Final[dict[str, tuple[tuple[str, ...], ...]]] = {
    LINE: (("date",), ("unit_price", "amount")),
    ORDER: (("date",),),
    PAYMENT: (("date",), ("amount",)),
}
"""What must be mapped: one of each group."""
