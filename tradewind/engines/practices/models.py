"""Evidence as it was counted, day by day and scope by scope; who owns a practice; when one was overdue."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from tradewind.base import clock
from tradewind.engines.practices.rules import HEALTHS, NONE
from tradewind.nouns.org.models import Entity, Market, Person, Team, Versioned


class EvidenceRow(models.Model):
    """The evidence of one practice at one scope on one day; the newest counted is `current`.

    `parts` holds every part with its label in each language; `done` and `due` are those of the part that decides.
    `company` rows speak of the company as a whole and have no scope.
    """

    practice = models.CharField(max_length=60)
    day = models.DateField()
    entity = models.ForeignKey(Entity, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    market = models.ForeignKey(Market, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    company = models.BooleanField(default=False)
    current = models.BooleanField(default=True)
    health = models.CharField(max_length=9, choices=[(mark, mark) for mark in HEALTHS], default=NONE)
    done = models.BigIntegerField(default=0)
    due = models.BigIntegerField(default=0)
    seen = models.DateTimeField(null=True, blank=True)
    parts = models.JSONField(default=list)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["practice", "day"], name="evidence_practice_day"),
            models.Index(fields=["practice"], condition=Q(current=True), name="evidence_current"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                F("practice"),
                F("day"),
                Coalesce(F("entity"), Value(0)),
                Coalesce(F("market"), Value(0)),
                Coalesce(F("team"), Value(0)),
                name="evidence_once_a_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.practice} {self.day}"


class PracticeOwner(Versioned):
    """Who looks after a practice: in one market, or (without one) in the company."""

    practice = models.CharField(max_length=60)
    market = models.ForeignKey(Market, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("owner of a practice")
        constraints: ClassVar = [
            models.UniqueConstraint(F("practice"), Coalesce(F("market"), Value(0)), name="practice_owner_once")
        ]

    def __str__(self) -> str:
        return self.practice


class Episode(models.Model):
    """A time in which a practice was overdue, from the first count that said so; its owner is asked once in it."""

    practice = models.CharField(max_length=60)
    market = models.ForeignKey(Market, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    began_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    asked = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering: ClassVar = ["-began_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                F("practice"),
                Coalesce(F("market"), Value(0)),
                condition=Q(ended_at__isnull=True),
                name="episode_one_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.practice} #{self.pk}"
