"""What was ordered, what was given back, and which goods came back."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from tradewind.base.fields import CountryField, CurrencyField, UnitsField
from tradewind.nouns.org.models import Entity, Market, Versioned
from tradewind.nouns.trade.models.shops import Channel, Customer, Product


class Order(Versioned):
    """One document of a channel: a sale, a credit note or an adjustment, with what the platform states.

    `day` is the plain date in the channel's zone. Only `paid` sales and credits count as revenue.
    """

    OPEN, PAID, CANCELLED, TEST = "open", "paid", "cancelled", "test"
    STATES: ClassVar = [(OPEN, "open"), (PAID, "paid"), (CANCELLED, "cancelled"), (TEST, "test")]
    SALE, CREDIT, ADJUSTMENT = "sale", "credit", "adjustment"
    KINDS: ClassVar = [(SALE, "sale"), (CREDIT, "credit"), (ADJUSTMENT, "adjustment")]

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="orders")
    external_id = models.CharField(max_length=100)
    number = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, choices=KINDS, default=SALE)
    state = models.CharField(max_length=10, choices=STATES, default=PAID)
    stated_state = models.CharField(max_length=60, blank=True)
    placed_at = models.DateTimeField()
    day = models.DateField()
    customer = models.ForeignKey(Customer, null=True, blank=True, on_delete=models.SET_NULL, related_name="orders")
    entity = models.ForeignKey(
        Entity, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    market = models.ForeignKey(
        Market, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    country = CountryField()
    region = models.CharField(max_length=80, blank=True)
    city = models.CharField(max_length=80, blank=True)
    currency = CurrencyField()
    stated_subtotal = UnitsField(null=True, blank=True)
    stated_discount = UnitsField(null=True, blank=True)
    stated_shipping = UnitsField(null=True, blank=True)
    stated_tax = UnitsField(null=True, blank=True)
    stated_fees = UnitsField(null=True, blank=True)
    stated_total = UnitsField(null=True, blank=True)
    tax_included = models.BooleanField(default=False)
    lines_total = UnitsField()
    gross = UnitsField()
    net = UnitsField()
    refunded = UnitsField()
    units = models.IntegerField(default=0)
    first = models.BooleanField(default=False)
    fulfilment_state = models.CharField(max_length=40, blank=True)
    fulfilled_at = models.DateTimeField(null=True, blank=True)
    discount_code = models.CharField(max_length=120, blank=True)
    note = models.CharField(max_length=400, blank=True)
    fingerprint = models.CharField(max_length=32, blank=True)
    source_line = models.IntegerField(default=0)
    batch = models.BigIntegerField(null=True, blank=True)
    last_batch = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["channel", "external_id"], name="order_key")]
        indexes: ClassVar = [
            models.Index(fields=["day", "id"], name="order_day"),
            models.Index(fields=["market", "day", "id"], name="order_market_day"),
            models.Index(fields=["number"], name="order_number"),
            models.Index(fields=["last_batch"], name="order_last_batch"),
        ]

    def __str__(self) -> str:
        return self.number


class OrderLine(models.Model):
    """A line as stated (`amount` = quantity × price), and what it is worth without tax: `gross` before, `net` after discount."""

    PRODUCT, SHIPPING, FEE, ADJUSTMENT, DISCOUNT, GIFT, UNSPECIFIED, OTHER = (
        "product", "shipping", "fee", "adjustment", "discount", "gift", "unspecified", "other",
    )  # fmt: skip
    KINDS: ClassVar = [(k, k) for k in (PRODUCT, SHIPPING, FEE, ADJUSTMENT, DISCOUNT, GIFT, UNSPECIFIED, OTHER)]
    GOODS: ClassVar = (PRODUCT, UNSPECIFIED)

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    position = models.IntegerField()
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.PROTECT, related_name="lines")
    kind = models.CharField(max_length=12, choices=KINDS, default=PRODUCT)
    sku = models.CharField(max_length=120, blank=True)
    title = models.CharField(max_length=300, blank=True)
    quantity = models.IntegerField()
    unit_price = UnitsField()
    amount = UnitsField()
    discount = UnitsField()
    tax = UnitsField()
    gross = UnitsField()
    net = UnitsField()
    source_line = models.IntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["order", "position"], name="line_position")]

    def __str__(self) -> str:
        return self.sku or self.title


class Refund(models.Model):
    """Money given back on an order; `estimated` when the file gave no date and the day is the day we first saw it."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="refunds")
    key = models.CharField(max_length=100)
    day = models.DateField(db_index=True)
    estimated = models.BooleanField(default=False)
    amount = UnitsField()
    net = UnitsField()
    currency = CurrencyField()
    reason = models.CharField(max_length=120, blank=True)
    batch = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["order", "key"], name="refund_key")]

    def __str__(self) -> str:
        return self.key


class RefundLine(models.Model):
    """The exact share of a refund's goods value (without tax) that falls on one order line."""

    refund = models.ForeignKey(Refund, on_delete=models.CASCADE, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.CASCADE, related_name="refunds")
    net = UnitsField()
    quantity = models.IntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.refund_id}:{self.line_id}"


class Return(models.Model):
    """Goods of an order that came back: how many units of a SKU, and how many of them can be sold again (none: not told).

    `disposition` is the platform's own word for their state.
    """

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="returns")
    key = models.CharField(max_length=120)
    order = models.ForeignKey(Order, null=True, blank=True, on_delete=models.SET_NULL, related_name="returns")
    order_ref = models.CharField(max_length=120, blank=True, db_index=True)
    entity = models.ForeignKey(Entity, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    market = models.ForeignKey(Market, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.PROTECT, related_name="returns")
    sku = models.CharField(max_length=120)
    day = models.DateField()
    units = models.PositiveIntegerField(default=1)
    restocked = models.PositiveIntegerField(null=True, blank=True)
    disposition = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=120, blank=True)
    source_line = models.IntegerField(default=0)
    batch = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["channel", "key"], name="return_key"),
            models.CheckConstraint(
                condition=Q(restocked__isnull=True) | Q(restocked__lte=F("units")), name="return_restocked"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["day", "id"], name="return_day")]

    def __str__(self) -> str:
        return self.key
