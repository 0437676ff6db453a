"""What was bought and sold: channels, products, customers, orders, refunds, payments, fees, payouts, rates.

Amounts are integers of 1/10,000 of the currency unit beside their currency. What a platform states is kept as stated
(`stated_*`, null when it said nothing); what follows from it (`gross`, `net`, `refunded`) is derived on arrival.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Coalesce

from tradewind.base import clock
from tradewind.base.fields import CountryField, CurrencyField, EncryptedTextField, UnitsField, ZoneField
from tradewind.nouns.org.models import Brand, Entity, Market, Versioned


class Channel(Versioned):
    """A shop or marketplace account; its zone decides which day an order belongs to."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    platform = models.CharField(max_length=20, default="other")
    entity = models.ForeignKey(Entity, null=True, blank=True, on_delete=models.PROTECT, related_name="channels")
    market = models.ForeignKey(Market, null=True, blank=True, on_delete=models.PROTECT, related_name="channels")
    country = CountryField()
    currency = CurrencyField(blank=True, default="")
    zone = ZoneField()
    payment_only = models.BooleanField(default=False)
    expected_every_days = models.PositiveSmallIntegerField(default=7)
    active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.name


class Product(Versioned):
    """A sellable item, one a SKU; `family` groups variants. `key` is the SKU, or `title:…` for lines that came without one."""

    key = models.CharField(max_length=160, unique=True)
    sku = models.CharField(max_length=120, blank=True, db_index=True)
    title = models.CharField(max_length=300, blank=True)
    category = models.CharField(max_length=120, blank=True)
    brand = models.ForeignKey(Brand, null=True, blank=True, on_delete=models.PROTECT, related_name="products")
    family = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="variants")
    active = models.BooleanField(default=True)
    batch = models.BigIntegerField(null=True, blank=True)

    def __str__(self) -> str:
        return self.title or self.sku or self.key


class Customer(Versioned):
    """A buyer. Contact data is encrypted; `email_hash` finds an exact address."""

    name = models.CharField(max_length=200, blank=True)
    email = EncryptedTextField()
    email_hash = models.CharField(max_length=64, blank=True, db_index=True)
    phone = EncryptedTextField()
    country = CountryField()
    entity = models.ForeignKey(Entity, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    market = models.ForeignKey(Market, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    first_order_day = models.DateField(null=True, blank=True)
    last_order_day = models.DateField(null=True, blank=True)
    orders_count = models.IntegerField(default=0)
    batch = models.BigIntegerField(null=True, blank=True, db_index=True)

    private_fields: ClassVar = ("name", "email", "email_hash", "phone")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["name"], name="customer_name")]

    def __str__(self) -> str:
        return self.name or f"#{self.pk}"


class Identity(models.Model):
    """How a channel knows a customer: its customer id, or the keyed hash of an e-mail address."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="identities")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="identities")
    key = models.CharField(max_length=100)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["channel", "key"], name="identity_key")]

    def __str__(self) -> str:
        return self.key


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


class Payout(models.Model):
    """What a marketplace or payment provider paid to us for a span of days."""

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="payouts")
    external_id = models.CharField(max_length=100)
    start = models.DateField(null=True, blank=True)
    end = models.DateField(null=True, blank=True)
    day = models.DateField(null=True, blank=True)
    amount = UnitsField()
    currency = CurrencyField()
    batch = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["channel", "external_id"], name="payout_key")]

    def __str__(self) -> str:
        return self.external_id


class Payment(models.Model):
    """A charge as the provider states it: what was charged, and what it settled to."""

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="payments")
    key = models.CharField(max_length=120)
    order = models.ForeignKey(Order, null=True, blank=True, on_delete=models.SET_NULL, related_name="payments")
    order_ref = models.CharField(max_length=120, blank=True, db_index=True)
    paid_at = models.DateTimeField()
    day = models.DateField()
    entity = models.ForeignKey(Entity, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    market = models.ForeignKey(Market, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    country = CountryField()
    status = models.CharField(max_length=40, blank=True)
    method = models.CharField(max_length=60, blank=True)
    amount = UnitsField()
    currency = CurrencyField()
    settled_amount = UnitsField(null=True, blank=True)
    settled_currency = CurrencyField(blank=True, default="")
    fee = UnitsField()
    fee_tax = UnitsField()
    source_line = models.IntegerField(default=0)
    batch = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["channel", "key"], name="payment_key")]
        indexes: ClassVar = [models.Index(fields=["day", "id"], name="payment_day")]

    def __str__(self) -> str:
        return self.key


class Fee(models.Model):
    """One amount component of a settlement that is not the buyer's money: commission, fulfilment, storage, other."""

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="fees")
    key = models.CharField(max_length=120)
    order = models.ForeignKey(Order, null=True, blank=True, on_delete=models.SET_NULL, related_name="fees")
    order_ref = models.CharField(max_length=120, blank=True, db_index=True)
    payout = models.ForeignKey(Payout, null=True, blank=True, on_delete=models.SET_NULL, related_name="fees")
    entity = models.ForeignKey(Entity, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    market = models.ForeignKey(Market, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=80)
    description = models.CharField(max_length=160, blank=True)
    sku = models.CharField(max_length=120, blank=True)
    day = models.DateField()
    amount = UnitsField()
    currency = CurrencyField()
    source_line = models.IntegerField(default=0)
    batch = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["channel", "key"], name="fee_key")]
        indexes: ClassVar = [models.Index(fields=["day", "id"], name="fee_day")]

    def __str__(self) -> str:
        return self.key


class AdSpend(models.Model):
    """What an advertising platform charged for a campaign on a day; `product` when the platform tells the item."""

    key = models.CharField(max_length=200, unique=True)
    platform = models.CharField(max_length=40, blank=True)
    campaign = models.CharField(max_length=200, blank=True)
    channel = models.ForeignKey(Channel, null=True, blank=True, on_delete=models.PROTECT, related_name="ad_spend")
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    entity = models.ForeignKey(Entity, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    market = models.ForeignKey(Market, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    country = CountryField()
    day = models.DateField(db_index=True)
    amount = UnitsField()
    currency = CurrencyField()
    clicks = models.IntegerField(default=0)
    impressions = models.BigIntegerField(default=0)
    source = models.CharField(max_length=200, blank=True)
    source_line = models.IntegerField(default=0)
    batch = models.BigIntegerField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.campaign} {self.day}"


class BankAccount(Versioned):
    """An account at a bank or a wallet: where payouts arrive and bills are paid from."""

    BANK, WALLET = "bank", "wallet"
    KINDS: ClassVar = [(BANK, "bank"), (WALLET, "wallet")]

    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=6, choices=KINDS, default=BANK)
    number = EncryptedTextField()
    number_hash = models.CharField(max_length=64, blank=True, db_index=True)
    entity = models.ForeignKey(Entity, null=True, blank=True, on_delete=models.PROTECT, related_name="bank_accounts")
    currency = CurrencyField(blank=True, default="")
    active = models.BooleanField(default=True)

    private_fields: ClassVar = ("number",)

    class Meta:
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.name


class BankLine(models.Model):
    """One movement of a bank account or wallet as its statement tells it: money in is positive, money out negative."""

    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="lines")
    key = models.CharField(max_length=200)
    day = models.DateField(db_index=True)
    value_day = models.DateField(null=True, blank=True)
    amount = UnitsField()
    currency = CurrencyField()
    balance = UnitsField(null=True, blank=True)
    state = models.CharField(max_length=60, blank=True)
    counterparty = models.CharField(max_length=200, blank=True)
    text = models.CharField(max_length=500, blank=True)
    reference = models.CharField(max_length=120, blank=True)
    entity = models.ForeignKey(Entity, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    payout = models.ForeignKey(Payout, null=True, blank=True, on_delete=models.SET_NULL, related_name="bank_lines")
    source = models.CharField(max_length=200, blank=True)
    source_line = models.IntegerField(default=0)
    batch = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["account", "key"], name="bank_line_key")]

    def __str__(self) -> str:
        return self.key


class UnitCost(models.Model):
    """What one unit of a product costs from a day on, part by part: purchase, freight, duty …

    In force until the day before the next of its part in the same market (or, without one, in general) begins: `valid_to`, kept
    by the action that writes costs. A cost for a market is taken before the general one.
    """

    PURCHASE, FREIGHT, DUTY, PACKAGING, INBOUND, OTHER = "purchase", "freight", "duty", "packaging", "inbound", "other"
    PARTS: ClassVar = [(p, p) for p in (PURCHASE, FREIGHT, DUTY, PACKAGING, INBOUND, OTHER)]

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="unit_costs")
    market = models.ForeignKey(Market, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    part = models.CharField(max_length=9, choices=PARTS, default=PURCHASE)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    amount = UnitsField()
    currency = CurrencyField()
    source = models.CharField(max_length=200, blank=True)
    source_line = models.IntegerField(default=0)
    batch = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("product", Coalesce("market", 0), "part", "valid_from", name="unit_cost_key"),
        ]
        indexes: ClassVar = [models.Index(fields=["product", "valid_from"], name="unit_cost_day")]

    def __str__(self) -> str:
        return f"{self.product_id} {self.part} {self.valid_from}"


class Price(models.Model):
    """The price of a product on a channel from a day to a day (included; none: until the next)."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="prices")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="prices")
    market = models.ForeignKey(Market, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    amount = UnitsField()
    currency = CurrencyField()
    tax_included = models.BooleanField(default=True)
    reason = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "channel", "valid_from"], name="price_key"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="price_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} {self.channel_id} {self.valid_from}"


class RateSet(Versioned):
    """A named set of the company's own rates: `daily` rates by date, or a `fixed` set such as a plan rate."""

    DAILY, FIXED = "daily", "fixed"
    KINDS: ClassVar = [(DAILY, "daily"), (FIXED, "fixed")]

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=6, choices=KINDS, default=FIXED)
    base = CurrencyField(default="EUR")

    def __str__(self) -> str:
        return self.code


class Rate(models.Model):
    """How many units of `currency` one unit of the set's base costs from `day` on, as an integer of 1/100,000,000."""

    SCALE: ClassVar[int] = 100_000_000

    rate_set = models.ForeignKey(RateSet, on_delete=models.CASCADE, related_name="rates")
    currency = CurrencyField()
    day = models.DateField()
    value = models.BigIntegerField()
    source = models.CharField(max_length=120, blank=True)
    updated_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rate_set", "currency", "day"], name="rate_key"),
            models.CheckConstraint(condition=models.Q(value__gt=0), name="rate_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.day}"
