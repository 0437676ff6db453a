"""Where people worked in a month that is closed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Coalesce

from tradewind.nouns.org.models import Entity, Market


class MonthPeople(models.Model):
    """People of a closed month (its first day) in a market and entity, in per cent of their time: kept, because people move on."""

    month = models.DateField()
    market = models.ForeignKey(Market, null=True, on_delete=models.CASCADE, related_name="+")
    entity = models.ForeignKey(Entity, null=True, on_delete=models.CASCADE, related_name="+")
    share = models.PositiveIntegerField()

    class Meta:
        ordering: ClassVar = ["month", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint("month", Coalesce("market", 0), Coalesce("entity", 0), name="month_people_once"),
        ]

    def __str__(self) -> str:
        return f"{self.month} {self.share}"
