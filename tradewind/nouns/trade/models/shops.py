"""Who sells what to whom: channels, products, customers and the keys these are known by."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from tradewind.base.fields import CountryField, CurrencyField, EncryptedTextField, ZoneField
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
