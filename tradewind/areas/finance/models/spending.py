"""Claims of people, bills of suppliers, savings that are promised and proven."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.models.accounts import Account
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


class Claim(Versioned):
    """What a person paid for the company: the receipt's own currency, that person's and the company's are three separate things.

    `rate` and `book_rate` say by which rule, of which day and at which factor the receipt's amount became the other two.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="claims")
    entity = models.ForeignKey(Entity, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    market = models.ForeignKey(Market, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    country = CountryField()
    what = models.CharField(max_length=200)
    amount = UnitsField()
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
        constraints: ClassVar = [models.CheckConstraint(condition=Q(amount__gt=0), name="claim_positive")]

    def __str__(self) -> str:
        return self.what


class Bill(Versioned):
    """A supplier's bill: due on a day, in the supplier's currency."""

    supplier = models.CharField(max_length=200)
    number = models.CharField(max_length=80)
    entity = models.ForeignKey(Entity, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    market = models.ForeignKey(Market, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    due = models.DateField()
    what = models.CharField(max_length=200, blank=True)
    amount = UnitsField()
    currency = CurrencyField()
    state = models.CharField(max_length=9, choices=PayState, default=PayState.DRAFT)
    decided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    paid_on = models.DateField(null=True, blank=True)
    answer = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["due", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["supplier", "number"], name="bill_once")]

    def __str__(self) -> str:
        return f"{self.supplier} {self.number}"


class Saving(Versioned):
    """A way to spend less: the account and corner it shows in, what was promised a month, from when, against which months.

    What is proven is never stored: it is counted from the ledger.
    """

    IDEA, ACCEPTED, RUNNING, CLOSED, DROPPED = "idea", "accepted", "running", "closed", "dropped"
    STATES: ClassVar = [
        (IDEA, _("Idea")), (ACCEPTED, _("Accepted")), (RUNNING, _("Running")), (CLOSED, _("Closed")), (DROPPED, _("Dropped")),
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
