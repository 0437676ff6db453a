"""From which difference on a variance must be explained, and how a finished review is opened again."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.models.accounts import Account
from tradewind.areas.finance.models.budgets import Review
from tradewind.base import clock
from tradewind.base.fields import CurrencyField, UnitsField
from tradewind.nouns.org.models import Entity, Person, Versioned


class VarianceLimit(Versioned):
    """A difference is explained when it is at least `amount` a month and at least `percent` (points in 1/10,000) of the plan.

    The limit of an entity and account wins over that of the entity, of the account, and of the company.
    """

    entity = models.ForeignKey(Entity, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    account = models.ForeignKey(Account, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    amount = UnitsField()
    currency = CurrencyField()
    percent = UnitsField(default=100_000)

    class Meta:
        ordering: ClassVar = ["entity", "account"]
        constraints: ClassVar = [
            models.UniqueConstraint(Coalesce("entity", 0), Coalesce("account", 0), name="variance_limit_once"),
            models.CheckConstraint(condition=Q(amount__gte=0, percent__gte=0), name="variance_limit_not_negative"),
        ]

    def __str__(self) -> str:
        return " · ".join(str(part) for part in (self.entity, self.account) if part) or str(self.pk)


class Reopening(models.Model):
    """The wish to open a finished review again: one person asks with a reason, another agrees or does not.

    `done_at` and `done_by` are the finish that it is about, which stays in the history whatever comes after.
    """

    ASKED, OPENED, KEPT = "asked", "opened", "kept"
    STATES: ClassVar = [(ASKED, _("Asked for")), (OPENED, _("Opened again")), (KEPT, _("Kept finished"))]

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="reopenings")
    state = models.CharField(max_length=6, choices=STATES, default=ASKED)
    done_at = models.DateTimeField()
    done_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    reason = models.CharField(max_length=300)
    asked_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    decided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["asked_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["review"], condition=Q(state="asked"), name="reopening_asked_once"),
        ]

    def __str__(self) -> str:
        return f"{self.review} {self.state}"
