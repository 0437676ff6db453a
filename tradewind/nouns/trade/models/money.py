"""What platforms, providers and banks paid and took."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from tradewind.base.fields import CountryField, CurrencyField, EncryptedTextField, UnitsField
from tradewind.nouns.org.models import Entity, Market, Versioned
from tradewind.nouns.trade.models.orders import Order
from tradewind.nouns.trade.models.shops import Channel, Product


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
    source = models.CharField(max_length=200, blank=True)
    source_line = models.IntegerField(default=0)
    batch = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["account", "key"], name="bank_line_key")]

    def __str__(self) -> str:
        return f"{self.day} {self.counterparty or self.text or self.reference}"[:80].strip()
