"""Claims of people, bills of suppliers, savings that are promised and proven."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tradewind.areas.finance.models.accounts import Account, Posting
from tradewind.base import clock
from tradewind.base.fields import CountryField, CurrencyField, LocalTextField, UnitsField
from tradewind.nouns.org.models import Entity, Market, Person, Team, Versioned


class PayState(models.TextChoices):
    """Where a claim or bill is."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("In approval")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Refused")
    PAID = "paid", _("Paid")


class ExpenseLimit(Versioned):
    """The most a claim of an account may be in a country without a second look; amounts in the limit's own currency."""

    country = CountryField()
    account = models.ForeignKey(Account, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    amount = UnitsField()
    currency = CurrencyField()

    def __str__(self) -> str:
        return f"{self.country} {self.account_id}"


class Taxed(Versioned):
    """An amount with the tax that it holds, in its own currency; `tax_rate` in points of per cent where the tax was reckoned by one.

    Tax that comes back (`tax_back`) is no cost: the rest alone is posted.
    """

    amount = UnitsField()
    tax = UnitsField(default=0)
    tax_rate = UnitsField(null=True, blank=True)
    tax_back = models.BooleanField(default=True)

    class Meta:
        abstract = True

    @property
    def back(self) -> int:
        """The tax that comes back."""
        found: int = self.tax if self.tax_back else 0
        return found

    @property
    def cost(self) -> int:
        """What it costs: the amount without the tax that comes back."""
        found: int = self.amount - self.back
        return found


class Trip(Versioned):
    """Several receipts of one person that are submitted, approved and paid in one step; each is a claim of its own."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="trips")
    entity = models.ForeignKey(Entity, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=200)
    state = models.CharField(max_length=9, choices=PayState, default=PayState.DRAFT)
    submitted_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    paid_on = models.DateField(null=True, blank=True)
    answer = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return self.what


class Claim(Taxed):
    """What a person paid for the company: the receipt's own currency, that person's and the company's are three separate things.

    `rate` and `book_rate` say by which rule, of which day and at which factor the receipt's amount became the other two.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="claims")
    trip = models.ForeignKey(Trip, null=True, blank=True, on_delete=models.SET_NULL, related_name="claims")
    entity = models.ForeignKey(Entity, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    market = models.ForeignKey(Market, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    country = CountryField()
    what = models.CharField(max_length=200)
    currency = CurrencyField()
    pay_amount = UnitsField(null=True, blank=True)
    pay_currency = CurrencyField(blank=True, default="")
    rate = models.CharField(max_length=60, blank=True)
    book_amount = UnitsField(null=True, blank=True)
    book_currency = CurrencyField(blank=True, default="")
    book_rate = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=9, choices=PayState, default=PayState.DRAFT)
    submitted_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    paid_on = models.DateField(null=True, blank=True)
    answer = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["-day", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="claim_positive"),
            models.CheckConstraint(condition=Q(tax__gte=0, tax__lt=F("amount")), name="claim_tax_within"),
        ]

    def __str__(self) -> str:
        return self.what


class Bill(Taxed):
    """A supplier's bill: due on a day, in the supplier's currency.

    `distinct` says that somebody looked at a bill that resembles it and found that it is another.
    """

    supplier = models.CharField(max_length=200)
    number = models.CharField(max_length=80)
    entity = models.ForeignKey(Entity, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    market = models.ForeignKey(Market, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    due = models.DateField()
    what = models.CharField(max_length=200, blank=True)
    currency = CurrencyField()
    state = models.CharField(max_length=9, choices=PayState, default=PayState.DRAFT)
    distinct = models.BooleanField(default=False)
    decided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    paid_on = models.DateField(null=True, blank=True)
    answer = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["due", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["supplier", "number"], name="bill_once")]

    def __str__(self) -> str:
        return f"{self.supplier} {self.number}"


class PostingTax(models.Model):
    """The tax that comes back beside a posting: no part of the statement, a line of its own in what outside ledgers are told.

    In the posting's currency; above zero where it was paid. That of a posting that takes another back is its opposite.
    """

    posting = models.OneToOneField(Posting, on_delete=models.PROTECT, related_name="tax")
    amount = UnitsField()

    def __str__(self) -> str:
        return f"{self.posting_id}: {self.amount}"


class Saving(Versioned):
    """A way to spend less: the account and corner it shows in, what was promised a month, from when, against which months.

    What is proven is never stored: it is counted from the ledger.
    """

    IDEA, ACCEPTED, RUNNING, CLOSED, DROPPED = "idea", "accepted", "running", "closed", "dropped"
    STATES: ClassVar = [
        (IDEA, _("Idea")), (ACCEPTED, _("Accepted")), (RUNNING, pgettext_lazy("measure", "Running")), (CLOSED, pgettext_lazy("saving", "Closed")), (DROPPED, _("Dropped")),
    ]  # fmt: skip

    title = LocalTextField()
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="savings")
    entity = models.ForeignKey(Entity, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    market = models.ForeignKey(Market, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    supplier = models.CharField(max_length=200, blank=True)
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    promised = UnitsField()
    currency = CurrencyField()
    base_start = models.DateField()
    base_end = models.DateField()
    start = models.DateField(null=True, blank=True)
    per_unit = models.BooleanField(default=True)
    state = models.CharField(max_length=8, choices=STATES, default=IDEA)
    note = models.TextField(blank=True)
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return str(self.title)
