"""What compliance remembers: every backup, and what its restore proved."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from tradewind.base import clock


class BackupRun(models.Model):
    """One backup; `verified_at` is set only by a restore into a scratch store that compared every count and checksum."""

    DONE, FAILED = "done", "failed"
    STATES: ClassVar = [(DONE, "done"), (FAILED, "failed")]

    state = models.CharField(max_length=8, choices=STATES, default=DONE)
    scheduled = models.BooleanField(default=False)
    path = models.CharField(max_length=500, blank=True)
    second_copy = models.CharField(max_length=500, blank=True)
    started_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    recovery_point = models.DateTimeField(null=True, blank=True)
    bytes = models.BigIntegerField(default=0)
    rows = models.BigIntegerField(default=0)
    files = models.IntegerField(default=0)
    verified_at = models.DateTimeField(null=True, blank=True)
    recovery_seconds = models.FloatField(null=True, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["-verified_at"], name="backup_verified")]

    def __str__(self) -> str:
        return self.path.rsplit("/", 1)[-1]
