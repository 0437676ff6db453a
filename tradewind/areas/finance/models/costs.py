"""What was decided about charges that looked like one."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from tradewind.areas.finance.models.accounts import Posting
from tradewind.base import clock
from tradewind.nouns.org.models import Person


class Distinct(models.Model):
    """Two postings that look like the same charge and are not, as somebody found; the earlier key first."""

    first = models.ForeignKey(Posting, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Posting, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar = ["-at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["first", "second"], name="distinct_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="distinct_order"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} {self.second_id}"
