"""What was done: one Event an action, a Change for each record a bulk action changed, and what has been delivered."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from tradewind.base import clock
from tradewind.nouns.org.models import Entity, Market, Person, Team


class Event(models.Model):
    """That a person (or, without actor, the system) did `name` to a subject; `changes` is {field: [before, after]}.

    Values of personal fields are never kept, only `null` pairs that say they changed.
    """

    name = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)
    actor = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    on_behalf_of = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    subject_type = models.CharField(max_length=80, blank=True)
    subject_id = models.BigIntegerField(null=True, blank=True)
    subject_title = models.CharField(max_length=200, blank=True)
    entity = models.ForeignKey(Entity, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    market = models.ForeignKey(Market, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    changes = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    origin = models.CharField(max_length=10, default="page")
    delivered_at = models.DateTimeField(null=True, blank=True)
    attempts = models.IntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["subject_type", "subject_id", "-id"], name="event_subject"),
            models.Index(fields=["-at", "-id"], name="event_at"),
            models.Index(fields=["name", "-id"], name="event_name"),
            models.Index(fields=["id"], condition=models.Q(delivered_at__isnull=True), name="event_outbox"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.subject_title}"


class Change(models.Model):
    """One record that a bulk action changed; none for a new one."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="rows")
    subject_type = models.CharField(max_length=80)
    subject_id = models.BigIntegerField()
    changes = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["subject_type", "subject_id"], name="change_subject")]

    def __str__(self) -> str:
        return f"{self.subject_type}:{self.subject_id}"


class Handled(models.Model):
    """That a reaction has carried out an event, so that a re-delivery passes it over."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="handled")
    reaction = models.CharField(max_length=120)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["event", "reaction"], name="handled_once")]

    def __str__(self) -> str:
        return self.reaction
