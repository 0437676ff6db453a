"""The tree of management accounts, how outside codes lead to them, and the ledger of postings."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from tradewind.base import clock
from tradewind.base.fields import CountryField, CurrencyField, LocalTextField, UnitsField
from tradewind.nouns.org.models import Entity, Market, Person, Team, Versioned
from tradewind.nouns.trade.models import Channel, Product


class Line(models.TextChoices):
    """The lines of the profit and loss statement, from the top down."""

    GROSS = "gross", _("Gross sales")
    DISCOUNT = "discount", _("Discounts")
    REFUND = "refund", _("Refunds")
    SHIPPING = "shipping", _("Shipping income")
    OTHER_INCOME = "other_income", _("Other income")
    COGS = "cogs", _("Landed cost of goods")
    FULFILMENT = "fulfilment", _("Fulfilment")
    FEES = "fees", _("Marketplace and payment fees")
    ADVERTISING = "advertising", _("Advertising")
    PAY = "pay", _("Pay")
    OVERHEAD = "overhead", _("Overhead")
    BELOW = "below", _("Below the operating result")


class Account(Versioned):
    """A management account: a name under a line of the profit and loss statement."""

    code = models.SlugField(max_length=60, unique=True)
    name = LocalTextField()
    line = models.CharField(max_length=12, choices=Line)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    fixed = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)
    active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["position", "code"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(parent=F("id")) | Q(parent__isnull=True), name="account_not_in_itself"),
        ]

    def __str__(self) -> str:
        return str(self.name)


class AccountCode(models.Model):
    """Which account an outside code means: a ledger's account number, a platform's kind of fee; `entity` none: everywhere."""

    system = models.CharField(max_length=40)
    outside = models.CharField(max_length=120)
    entity = models.ForeignKey(Entity, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="codes")

    class Meta:
        ordering: ClassVar = ["system", "outside"]
        constraints: ClassVar = [
            models.UniqueConstraint("system", "outside", Coalesce("entity", 0), name="account_code_once"),
        ]

    def __str__(self) -> str:
        return f"{self.system} {self.outside}"


class Posting(models.Model):
    """An amount on an account, never changed: an income is positive, a cost negative. `day` is where it counts, `fact_day` when it was.

    The two differ where the fact came after its month was closed; `cause` is the posting it corrects.
    """

    LEDGER, HAND, CLAIM, BILL, LATE, INTERCOMPANY = "ledger", "hand", "claim", "bill", "late", "intercompany"
    KINDS: ClassVar = [(k, k) for k in (LEDGER, HAND, CLAIM, BILL, LATE, INTERCOMPANY)]

    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=12, choices=KINDS, default=LEDGER)
    day = models.DateField()
    fact_day = models.DateField()
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="postings")
    entity = models.ForeignKey(Entity, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey(Entity, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    market = models.ForeignKey(Market, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    channel = models.ForeignKey(Channel, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    country = CountryField()
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    amount = UnitsField()
    currency = CurrencyField()
    text = models.CharField(max_length=300, blank=True)
    supplier = models.CharField(max_length=200, blank=True)
    document = models.CharField(max_length=120, blank=True)
    cause = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrections")
    source = models.CharField(max_length=200, blank=True)
    source_line = models.IntegerField(default=0)
    batch = models.BigIntegerField(null=True, blank=True)
    by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar = ["-day", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["day", "account"], name="posting_day"),
            models.Index(fields=["account", "day"], name="posting_account"),
        ]

    def __str__(self) -> str:
        return self.key


class Readings(models.QuerySet["ProfitReading"]):
    """Readings of the profit and loss."""

    def told(self, *, products: bool = False) -> Self:
        """Those by product, or their sums without; asked as a list of one, since SQLite takes no index for a bare truth."""
        return self.filter(slim__in=[not products])


class ProfitReading(models.Model):
    """The profit and loss statement counted: an account in a month (its first day) in one corner of the company, in one currency.

    An income is positive, a cost negative. `slim` rows are the sums without products, for questions that ask for none.
    """

    day = models.DateField()
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    entity = models.ForeignKey(Entity, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    market = models.ForeignKey(Market, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    team = models.ForeignKey(Team, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    channel = models.ForeignKey(Channel, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    product = models.ForeignKey(Product, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    partner = models.ForeignKey(Entity, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    slim = models.BooleanField(default=False)
    currency = CurrencyField()
    amount = UnitsField()
    units = models.BigIntegerField(default=0)

    objects = Readings.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["slim", "day"], name="profit_reading_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.account_id} {self.currency}"


class StaleMonth(models.Model):
    """A month (its first day) whose profit and loss waits for a recount; one row a cause."""

    month = models.DateField(db_index=True)
    cause = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.month} {self.cause}"


class AllocationRule(Versioned):
    """From a month on, what a cost that belongs to nobody is shared out by: a version never changes, the next replaces it.

    Fixed `shares` are by the codes of one axis: markets, channels or entities.
    """

    REVENUE, UNITS, HEADCOUNT, SHARES = "revenue", "units", "headcount", "shares"
    BASES: ClassVar = [
        (REVENUE, _("Net revenue")), (UNITS, _("Units")), (HEADCOUNT, _("People")), (SHARES, _("Fixed shares")),
    ]  # fmt: skip
    MARKET, CHANNEL, ENTITY = "market", "channel", "entity"
    AXES: ClassVar = [(MARKET, _("Markets")), (CHANNEL, _("Channels")), (ENTITY, _("Entities"))]

    account = models.ForeignKey(Account, null=True, blank=True, on_delete=models.CASCADE, related_name="allocations")
    number = models.PositiveIntegerField(default=1)
    start = models.DateField()
    base = models.CharField(max_length=9, choices=BASES, default=REVENUE)
    axis = models.CharField(max_length=7, choices=AXES, default=MARKET)
    shares = models.JSONField(default=dict, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering: ClassVar = ["account", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(Coalesce("account", 0), "number", name="allocation_number"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.number}"
