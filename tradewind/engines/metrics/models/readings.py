"""What has been counted and is kept: readings of sales at the finest grain, days that wait for a recount."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from tradewind.base import clock
from tradewind.base.fields import CountryField, CurrencyField, UnitsField
from tradewind.nouns.org.models import Entity, Market, Person, Versioned
from tradewind.nouns.trade.models import Channel, Product


class Cube(models.Model):
    """A set of readings. `generation` grows with every recount and `stamp` is new: two answers of one stamp are the same."""

    SALES = "sales"

    name = models.CharField(max_length=20, unique=True)
    generation = models.BigIntegerField(default=0)
    stamp = models.CharField(max_length=32, blank=True)
    refreshed_at = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} {self.generation}"


class StaleDay(models.Model):
    """A day whose facts changed and whose readings wait for a recount; one row a cause, cleared by the recount that saw it."""

    day = models.DateField(db_index=True)
    cause = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.day} {self.cause}"


class SaleMeasures(models.Model):
    """The corner of the company and the measures of sales, amounts in `currency` units."""

    day = models.DateField()
    entity = models.ForeignKey(Entity, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    market = models.ForeignKey(Market, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    channel = models.ForeignKey(Channel, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    country = CountryField()
    currency = CurrencyField()
    stated = UnitsField()
    gross = UnitsField()
    sales_net = UnitsField()
    credits_net = UnitsField()
    refunds_net = UnitsField()
    refunds_paid = UnitsField()
    shipping = UnitsField()
    tax = UnitsField()
    fees = UnitsField()
    documents = models.BigIntegerField(default=0)
    orders = models.BigIntegerField(default=0)
    units = models.BigIntegerField(default=0)
    refunded_orders = models.BigIntegerField(default=0)
    new_customers = models.BigIntegerField(default=0)

    class Meta:
        abstract = True


class SaleReading(SaleMeasures):
    """What happened on a day in one corner of the company, as measures that add up.

    Grain `day` and `month` keep every dimension (a month under its first day); `slim` is the day without channel and
    country, for questions that ask for neither.
    """

    DAY, MONTH, SLIM = "d", "m", "s"
    GRAINS: ClassVar = [(DAY, "day"), (MONTH, "month"), (SLIM, "slim")]

    grain = models.CharField(max_length=1, choices=GRAINS)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["grain", "day"], name="sale_reading_day")]

    def __str__(self) -> str:
        return f"{self.grain} {self.day} {self.currency}"


class ProductMeasures(models.Model):
    """The corner of the company and the measures of a product, amounts in `currency` units."""

    day = models.DateField()
    product = models.ForeignKey(Product, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    entity = models.ForeignKey(Entity, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    market = models.ForeignKey(Market, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    channel = models.ForeignKey(Channel, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    currency = CurrencyField()
    stated = UnitsField()
    gross = UnitsField()
    sales_net = UnitsField()
    credits_net = UnitsField()
    refunds_net = UnitsField()
    units = models.BigIntegerField(default=0)

    class Meta:
        abstract = True


class ProductReading(ProductMeasures):
    """What a product brought in a month (under its first day) in one corner of the company."""

    class Meta:
        indexes: ClassVar = [models.Index(fields=["day"], name="product_reading_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.product_id} {self.currency}"


class Close(Versioned):
    """A month (its first day) whose numbers are settled: they never change by themselves any more.

    Opened again by two people, one who asks with a reason and another who agrees.
    """

    CLOSED, ASKED, OPEN = "closed", "asked", "open"
    STATES: ClassVar = [(CLOSED, _("Closed")), (ASKED, _("Reopening asked for")), (OPEN, _("Opened again"))]

    month = models.DateField(unique=True)
    state = models.CharField(max_length=6, choices=STATES, default=CLOSED)
    closed_at = models.DateTimeField(default=clock.now)
    closed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    asked_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    opened_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering: ClassVar = ["-month"]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class Late(models.Model):
    """A difference that came after a month was closed: it counts on `day`, the first open one then, and belongs to `cause_day`.

    `withdrawn_at` is set when the month was opened again and counts the difference itself.
    """

    cause_day = models.DateField(db_index=True)
    cause = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField(default=clock.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class LateSale(Late, SaleMeasures):
    """A late difference of a day's sales."""

    class Meta:
        indexes: ClassVar = [models.Index(fields=["day"], name="late_sale_day")]

    def __str__(self) -> str:
        return f"{self.cause_day} > {self.day}"


class LateProduct(Late, ProductMeasures):
    """A late difference of a product's month; both days are first days of months."""

    class Meta:
        indexes: ClassVar = [models.Index(fields=["day"], name="late_product_day")]

    def __str__(self) -> str:
        return f"{self.cause_day} > {self.day}"
