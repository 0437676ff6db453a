"""From which difference on a variance must be explained."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from tradewind.areas.finance.models.accounts import Account
from tradewind.base.fields import CurrencyField, UnitsField
from tradewind.nouns.org.models import Entity, Versioned


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
