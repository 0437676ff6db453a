"""Balances of entities: the currency each is kept in, what was paid to tax offices and within the group, closings that stay."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tradewind.base import clock
from tradewind.base.fields import CurrencyField, UnitsField
from tradewind.nouns.org.models import Entity, Person, Versioned


class FunctionalCurrency(models.Model):
    """The currency an entity's balances are kept in from a month (its first day) on; before the first row that of the entity itself."""

    entity = models.ForeignKey(Entity, on_delete=models.CASCADE, related_name="functional_currencies")
    since = models.DateField()
    currency = CurrencyField()
    by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar = ["entity", "-since"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["entity", "since"], name="functional_currency_once")]

    def __str__(self) -> str:
        return f"{self.entity} {self.currency}"


class Remittance(Versioned):
    """What an entity paid to a tax office (`until`: the last day whose tax it settles) or to another entity of the group (`partner`)."""

    TAX, GROUP = "tax", "group"
    KINDS: ClassVar = [(TAX, _("Sales tax to the tax office")), (GROUP, _("To another entity of the group"))]

    kind = models.CharField(max_length=5, choices=KINDS)
    entity = models.ForeignKey(Entity, on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey(Entity, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    until = models.DateField(null=True, blank=True)
    amount = UnitsField()
    currency = CurrencyField()
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["-day", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind="tax", until__isnull=False, partner__isnull=True)
                | Q(kind="group", until__isnull=True, partner__isnull=False) & ~Q(partner=F("entity")),
                name="remittance_whole",
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="remittance_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.get_kind_display()}"


class Closing(models.Model):
    """The balances of a closed month (its first day) as they were when it was closed, and the group's currency then."""

    month = models.DateField(unique=True)
    currency = CurrencyField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar = ["-month"]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class ClosingBalance(models.Model):
    """A balance of a closed month in its own currency, with the closing rates and what it is by them in two other currencies.

    `value` is in the entity's functional currency, `group_value` in the group's; both none without a rate. `rate` is the exact text of the
    factor, amount × rate is the value to the cent. What is owed is below zero.
    """

    closing = models.ForeignKey(Closing, on_delete=models.CASCADE, related_name="balances")
    entity = models.ForeignKey(Entity, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey(Entity, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    line = models.CharField(max_length=8)
    currency = CurrencyField()
    amount = UnitsField()
    functional = CurrencyField()
    rate = models.CharField(max_length=40, blank=True)
    rule = models.CharField(max_length=40, blank=True)
    published = models.DateField(null=True, blank=True)
    value = UnitsField(null=True, blank=True)
    group_rate = models.CharField(max_length=40, blank=True)
    group_rule = models.CharField(max_length=40, blank=True)
    group_published = models.DateField(null=True, blank=True)
    group_value = UnitsField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.line} {self.currency}"
