"""Goals: objectives in one tree, what they lean on, key results and check-ins. Written by the actions of structure alone."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tradewind.base import clock
from tradewind.base.fields import CurrencyField, LocalTextField, UnitsField
from tradewind.nouns.org.models import Entity, Market, Person, Team, Versioned


class Level(models.TextChoices):
    """Whose goal it is."""

    COMPANY = "company", _("Company")
    MARKET = "market", _("Market")
    TEAM = "team", _("Team")
    PERSON = "person", _("Person")


class Horizon(models.TextChoices):
    """A long-term goal spans several periods; a period goal is one quarter, month or year."""

    LONG = "long", _("Long-term")
    PERIOD = "period", _("Period")


class GoalState(models.TextChoices):
    """Where a goal is in its cycle."""

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", pgettext_lazy("goal", "Published")
    GRADED = "graded", _("Graded")
    DROPPED = "dropped", _("Dropped")


class Objective(Versioned):
    """What somebody wants to be true by the end of a period; `start` and `end` are plain days, both included.

    `market` and `team` say whose it is and where it lies; a person's goal carries the market and team of the owner.
    `grade` is a score from 0 to 1 in units of 1/10,000, given when the period is over.
    """

    key = models.CharField(max_length=80, unique=True, null=True, blank=True)
    title = LocalTextField()
    description = models.TextField(blank=True)
    level = models.CharField(max_length=8, choices=Level, default=Level.TEAM)
    horizon = models.CharField(max_length=6, choices=Horizon, default=Horizon.PERIOD)
    period = models.CharField(max_length=24)
    start = models.DateField()
    end = models.DateField()
    entity = models.ForeignKey(Entity, null=True, blank=True, on_delete=models.PROTECT, related_name="objectives")
    market = models.ForeignKey(Market, null=True, blank=True, on_delete=models.PROTECT, related_name="objectives")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="objectives")
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="objectives")
    state = models.CharField(max_length=9, choices=GoalState, default=GoalState.DRAFT)
    weight = models.PositiveSmallIntegerField(default=1)
    published_at = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    grade = models.PositiveSmallIntegerField(null=True, blank=True)
    graded_at = models.DateTimeField(null=True, blank=True)
    retrospective = models.TextField(blank=True)
    carried_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="carried_to"
    )

    class Meta:
        ordering: ClassVar = ["start", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(end__gte=F("start")), name="objective_days"),
            models.CheckConstraint(condition=Q(grade__isnull=True) | Q(grade__lte=10_000), name="objective_grade"),
            models.CheckConstraint(condition=~Q(level="market") | Q(market__isnull=False), name="objective_market"),
            models.CheckConstraint(condition=~Q(level="team") | Q(team__isnull=False), name="objective_team"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "start", "end"], name="objective_period"),
            models.Index(fields=["owner", "state"], name="objective_owner"),
        ]

    def __str__(self) -> str:
        return str(self.title)


class ObjectiveLink(models.Model):
    """An objective serves a parent (`serves`), or leans on a team's work (`needs`), which that team accepts or refuses."""

    SERVES, NEEDS = "serves", "needs"
    KINDS: ClassVar = [(SERVES, _("serves")), (NEEDS, _("needs"))]
    ASKED, ACCEPTED, REFUSED = "asked", "accepted", "refused"
    STATES: ClassVar = [(ASKED, _("asked")), (ACCEPTED, _("accepted")), (REFUSED, _("refused"))]

    kind = models.CharField(max_length=6, choices=KINDS, default=SERVES)
    objective = models.ForeignKey(Objective, on_delete=models.CASCADE, related_name="links")
    parent = models.ForeignKey(Objective, null=True, blank=True, on_delete=models.CASCADE, related_name="links_down")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.CASCADE, related_name="needed_by")
    wish = models.TextField(blank=True)
    state = models.CharField(max_length=8, choices=STATES, default=ACCEPTED)
    asked_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    answered_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind="serves", parent__isnull=False, team__isnull=True)
                | Q(kind="needs", parent__isnull=True, team__isnull=False),
                name="link_one_end",
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("objective")), name="link_not_to_self"
            ),
            models.UniqueConstraint(fields=["objective", "parent"], name="link_parent_once"),
            models.UniqueConstraint(fields=["objective", "team"], name="link_team_once"),
        ]

    def __str__(self) -> str:
        return f"{self.objective_id} {self.kind} {self.parent_id or self.team_id}"


class ResultKind(models.TextChoices):
    """What a key result counts in."""

    NUMBER = "number", pgettext_lazy("key result", "Number")
    PERCENT = "percent", _("Percent")
    MONEY = "money", _("Money")
    YESNO = "yesno", _("Yes or no")
    RANGE = "range", _("Keep in a range")


class KeyResult(Versioned):
    """How one sees that an objective is reached. All values are units of 1/10,000; percents are points (25 % is 25).

    With a `metric` it is bound: `value` is what that metric says for `entity`, `market` and `cuts` (`{"channel": [3]}`) over the
    objective's days, kept by a job; a null corner means everywhere. Without one it is manual: `value` is the last check-in's.
    A yes-or-no result has the value 0 or 1. A range is kept between `low` and `high`.
    """

    objective = models.ForeignKey(Objective, on_delete=models.CASCADE, related_name="results")
    key = models.CharField(max_length=80, unique=True, null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    title = LocalTextField()
    kind = models.CharField(max_length=8, choices=ResultKind, default=ResultKind.NUMBER)
    unit = models.CharField(max_length=40, blank=True)
    currency = CurrencyField(blank=True, default="")
    start = UnitsField(default=0)
    target = UnitsField(null=True, blank=True)
    low = UnitsField(null=True, blank=True)
    high = UnitsField(null=True, blank=True)
    weight = models.PositiveSmallIntegerField(default=1, validators=[MaxValueValidator(100)])
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="key_results")
    metric = models.CharField(max_length=80, blank=True)
    entity = models.ForeignKey(Entity, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    market = models.ForeignKey(Market, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    cuts = models.JSONField(default=dict, blank=True)
    rate = models.CharField(max_length=40, blank=True)
    value = UnitsField(null=True, blank=True)
    valued_at = models.DateTimeField(null=True, blank=True)
    confidence = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(confidence__isnull=True) | Q(confidence__lte=100), name="result_confidence"
            ),
            models.CheckConstraint(condition=~Q(kind="money") | ~Q(currency=""), name="result_currency"),
        ]
        indexes: ClassVar = [models.Index(fields=["metric"], condition=~Q(metric=""), name="result_metric")]

    def __str__(self) -> str:
        return str(self.title)


class CheckIn(models.Model):
    """A value of a key result on a day: said by a person, with confidence (0 to 100) and words, or read from its metric (`by` is null).

    `day` is today where the person is, or the last whole day a metric was read for; one reading a day is kept.
    """

    result = models.ForeignKey(KeyResult, on_delete=models.CASCADE, related_name="check_ins")
    day = models.DateField()
    value = UnitsField(null=True, blank=True)
    confidence = models.PositiveSmallIntegerField(null=True, blank=True)
    comment = models.TextField(blank=True)
    by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="check_ins")
    reading = models.BooleanField(default=False)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar = ["-day", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(confidence__isnull=True) | Q(confidence__lte=100), name="check_in_confidence"
            ),
            models.UniqueConstraint(fields=["result", "day"], condition=Q(reading=True), name="check_in_one_reading"),
        ]
        indexes: ClassVar = [models.Index(fields=["result", "-day", "-id"], name="check_in_latest")]

    def __str__(self) -> str:
        return f"{self.result_id} {self.day.isoformat()}"
