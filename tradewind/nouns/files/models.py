"""Files people bring in: kept once by content, named where they are used."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from tradewind.base import clock
from tradewind.nouns.org.models import Entity, Market, Person, Team


class Attachment(models.Model):
    """One file on one subject (`subject_type` such as `customers.order`, `subject_id`); bytes lie under TRADEWIND_HOME/files by hash."""

    subject_type = models.CharField(max_length=80)
    subject_id = models.BigIntegerField(default=0)
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=120, blank=True)
    size = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, db_index=True)
    entity = models.ForeignKey(Entity, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    market = models.ForeignKey(Market, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    uploaded_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["subject_type", "subject_id"], name="attachment_subject")]

    def __str__(self) -> str:
        return self.name
