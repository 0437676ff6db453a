"""Outside ledgers and what was handed to them: each export keeps its lines, so that the next holds only what is new."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.models.accounts import Account, Posting
from tradewind.base import clock
from tradewind.base.fields import CurrencyField, UnitsField
from tradewind.nouns.org.models import Entity, Market, Person, Team, Versioned
from tradewind.nouns.trade.models import Channel


class Layout(models.TextChoices):
    """The files that outside ledgers read."""

    GENERIC = "generic", _("Plain CSV")
    QUICKBOOKS = "quickbooks", _("QuickBooks Online")
    XERO = "xero", _("Xero")
    KINGDEE = "kingdee", _("Kingdee KIS")
    YONYOU = "yonyou", _("Yonyou U8 and T3")


class Ledger(Versioned):
    """The books of an entity (none: of the whole company) outside: its currency, the file it reads, and its accounts across from ours.

    `contra` holds the outside account for each side of the balance sheet: receivable, payable, staff, stock, pay, other.
    The accounts of the statement itself are named as outside codes with this ledger's code as their system.
    """

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    entity = models.ForeignKey(Entity, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    layout = models.CharField(max_length=10, choices=Layout, default=Layout.GENERIC)
    currency = CurrencyField()
    rate = models.CharField(max_length=40, default="month")
    contra = models.JSONField(default=dict, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.name


class JournalExport(Versioned):
    """One handing over of a month (its first day) to a ledger; what changed in earlier months since comes along."""

    ledger = models.ForeignKey(Ledger, on_delete=models.PROTECT, related_name="exports")
    month = models.DateField()
    number = models.PositiveIntegerField()
    entries = models.PositiveIntegerField(default=0)
    lines_count = models.PositiveIntegerField(default=0)
    corrections = models.PositiveIntegerField(default=0)
    made_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["ledger", "number"], name="journal_export_number")]

    def __str__(self) -> str:
        return f"{self.ledger_id}-{self.number}"


class JournalLine(models.Model):
    """A line of an exported entry: a debit is positive, a credit negative; `month` is the one of the statement that it belongs to.

    Without `account` it is the other side of its entry. `book` is the amount in the ledger's currency at `factor`.
    """

    export = models.ForeignKey(JournalExport, on_delete=models.CASCADE, related_name="lines")
    entry = models.PositiveIntegerField()
    day = models.DateField()
    month = models.DateField()
    account = models.ForeignKey(Account, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    contra = models.CharField(max_length=12, blank=True)
    outside = models.CharField(max_length=120)
    posting = models.ForeignKey(Posting, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    entity = models.ForeignKey(Entity, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey(Entity, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    market = models.ForeignKey(Market, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    channel = models.ForeignKey(Channel, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    currency = CurrencyField()
    amount = UnitsField()
    book = UnitsField()
    factor = models.CharField(max_length=40, blank=True)
    text = models.CharField(max_length=300, blank=True)
    document = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.export_id}/{self.entry}"
