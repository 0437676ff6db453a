"""Planned reorganisations: moves that are compared with today and then applied as one."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tradewind.nouns.org.models import Person, Team, Versioned


class Reorganisation(Versioned):
    """A plan from a day on; nothing of it holds before it is applied."""

    DRAFT, APPLIED, DROPPED = "draft", "applied", "dropped"
    STATES: ClassVar = [(DRAFT, _("Draft")), (APPLIED, _("Applied")), (DROPPED, _("Dropped"))]

    title = models.CharField(max_length=160)
    reason = models.TextField(blank=True)
    day = models.DateField()
    state = models.CharField(max_length=7, choices=STATES, default=DRAFT)
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    applied_at = models.DateTimeField(null=True, blank=True)
    applied_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering: ClassVar = ["-day", "-id"]

    def __str__(self) -> str:
        return self.title


class Move(models.Model):
    """One change of a plan: a new manager, joining or leaving a team, a new lead of a team.

    `done_at`: when it was carried out. Lines and memberships are dated and done at once; a lead changes on the day itself.
    """

    LINE, JOIN, LEAVE, LEAD = "line", "join", "leave", "lead"
    KINDS: ClassVar = [
        (LINE, _("Reports to")), (JOIN, _("Joins")), (LEAVE, _("Leaves")), (LEAD, _("Leads")),
    ]  # fmt: skip

    plan = models.ForeignKey(Reorganisation, on_delete=models.CASCADE, related_name="moves")
    kind = models.CharField(max_length=5, choices=KINDS)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    manager = models.ForeignKey(Person, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    allocation = models.PositiveSmallIntegerField(default=100)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind="line") | Q(team__isnull=False), name="move_team"),
            models.CheckConstraint(condition=Q(allocation__gte=1, allocation__lte=100), name="move_allocation"),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.kind} {self.person_id}"
