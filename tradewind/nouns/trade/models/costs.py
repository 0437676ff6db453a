"""What a unit costs, what it is sold at, and the exchange rates of the company."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Coalesce

from tradewind.base import clock
from tradewind.base.fields import CurrencyField, UnitsField
from tradewind.nouns.org.models import Market, Versioned
from tradewind.nouns.trade.models.shops import Channel, Product


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
