"""By which method goods are costed, and what follows from it: what sold units cost, what the units left are worth."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.rules.costing import FIFO, MOVING_AVERAGE, STANDARD
from tradewind.base import clock
from tradewind.base.fields import CurrencyField, UnitsField
from tradewind.nouns.org.models import Entity, Market, Person, Versioned
from tradewind.nouns.trade.models import Channel, Product


class CostingRule(Versioned):
    """From a month on, how products of a category (blank: all others) are costed; a version never changes, the next replaces it."""

    METHODS: ClassVar = [
        (STANDARD, _("Unit costs as they are set")), (MOVING_AVERAGE, _("Moving average of receipts")), (FIFO, _("First in, first out")),
    ]  # fmt: skip

    category = models.CharField(max_length=120, blank=True)
    number = models.PositiveIntegerField(default=1)
    start = models.DateField()
    method = models.CharField(max_length=14, choices=METHODS, default=STANDARD)
    reason = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering: ClassVar = ["category", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["category", "number"], name="costing_number"),
        ]

    def __str__(self) -> str:
        return f"{self.category or '*'} {self.number}"


class CostedSpan(models.Model):
    """In this span the sales of a product on a channel to a market cost what receipts cost, and not its unit costs."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+", db_index=False)
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+", db_index=False)
    entity = models.ForeignKey(Entity, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    market = models.ForeignKey(Market, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    start = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["product", "channel"], name="costed_span_place")]

    def __str__(self) -> str:
        return f"{self.product_id} {self.channel_id} {self.start}"


class CostedSale(models.Model):
    """What units cost that were sold (or lost: part `loss`) in a corner of the company, on the day that this was known."""

    LOSS = "loss"

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="costed_sales", db_index=False)
    day = models.DateField()
    entity = models.ForeignKey(Entity, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    market = models.ForeignKey(Market, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    channel = models.ForeignKey(Channel, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    part = models.CharField(max_length=9)
    units = models.IntegerField()
    amount = UnitsField()
    currency = CurrencyField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["day", "id"], name="costed_sale_day"),
            models.Index(fields=["product", "day"], name="costed_sale_product"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} {self.day} {self.part}"


class StockValue(models.Model):
    """What a company's units of a product were worth at the end of a month (`month`, its first day), or on `day` in the one that runs.

    `owed` units left before they came and have no cost yet.
    """

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    entity = models.ForeignKey(Entity, null=True, on_delete=models.CASCADE, related_name="+")
    month = models.DateField()
    method = models.CharField(max_length=14, choices=CostingRule.METHODS)
    units = models.IntegerField()
    owed = models.IntegerField(default=0)
    amount = UnitsField()
    currency = CurrencyField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("product", Coalesce("entity", 0), "month", name="stock_value_key"),
        ]
        indexes: ClassVar = [models.Index(fields=["month"], name="stock_value_month")]

    def __str__(self) -> str:
        return f"{self.product_id} {self.month}"


class StaleCosting(models.Model):
    """Products whose costing waits for a recount: one, those sold in a span of days, or (without either) all."""

    product = models.ForeignKey(Product, null=True, on_delete=models.CASCADE, related_name="+")
    start = models.DateField(null=True)
    end = models.DateField(null=True)
    at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.product_id or ''} {self.start or ''}"
