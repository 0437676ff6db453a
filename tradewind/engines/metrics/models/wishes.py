"""What is wished of a number, what is watched, what was promised of a change; each about one corner of the company."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tradewind.base import clock
from tradewind.base.fields import CurrencyField, UnitsField
from tradewind.nouns.org.models import Entity, Market, Person, Versioned


class Corner(Versioned):
    """A metric in one corner of the company: an entity, a market, further `cuts` (`{"channel": [3], "country": ["DE"]}`).

    Amounts are in `currency` by the rule `rate`. Values are units of 1/10,000, percents as points (25 % is 25).
    """

    metric = models.CharField(max_length=80)
    entity = models.ForeignKey(Entity, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    market = models.ForeignKey(Market, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    cuts: models.JSONField[dict[str, list[Any]], dict[str, list[Any]]] = models.JSONField(default=dict, blank=True)
    currency = CurrencyField(blank=True, default="")
    rate = models.CharField(max_length=40, default="day")
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        abstract = True


class Target(Corner):
    """What a metric should be over a period: the only place of a wish, one a corner and period (`key` is made of both).

    `line` is the limit that matters: not below it where more is better, not above where less is. `value` and `expected`
    are what the job counted at `counted_at`, for lists; whoever needs them exact asks `targets.stand`. The owner is asked
    when it is behind for `patience` days (0: at once, none: never).
    """

    untold_fields: ClassVar = ("value", "expected", "state", "counted_at")

    period = models.CharField(max_length=32)
    start = models.DateField()
    end = models.DateField()
    goal = UnitsField()
    line = UnitsField(null=True, blank=True)
    patience = models.PositiveSmallIntegerField(null=True, blank=True, default=3)
    note = models.CharField(max_length=300, blank=True)
    key = models.CharField(max_length=40, unique=True, editable=False)
    value = UnitsField(null=True, blank=True, editable=False)
    expected = UnitsField(null=True, blank=True, editable=False)
    state = models.CharField(max_length=10, blank=True, editable=False)
    counted_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering: ClassVar = ["-start", "metric", "id"]
        constraints: ClassVar = [models.CheckConstraint(condition=Q(end__gte=F("start")), name="target_days")]

    def __str__(self) -> str:
        return f"{self.metric} {self.period}"


class Fall(Versioned):
    """A target was behind from the day `start` on; one open a target. It closes itself when the target is back on its line or over.

    `asked_at` is when its owner was asked, once; `value` and `expected` are as they stood then, or at the start before.
    """

    target = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="falls")
    start = models.DateField()
    value = UnitsField(null=True, blank=True)
    expected = UnitsField(null=True, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-start", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["target"], condition=Q(closed_at=None), name="one_open_fall")
        ]

    def __str__(self) -> str:
        return f"{self.target} {self.start:%Y-%m-%d}"


class Rule(models.TextChoices):
    """When a watch raises an alert."""

    BELOW = "below", _("Below a limit")
    ABOVE = "above", _("Above a limit")
    FALLS = "falls", _("Falls by a share")
    RISES = "rises", _("Rises by a share")
    SILENT = "silent", _("No data")


class Watch(Corner):
    """A number somebody is told about when it is no longer as it should be, over the last `days` whole days.

    `limit` is a value for the first two rules, points for a change against as many days before, unused for missing data.
    """

    untold_fields: ClassVar = ("value", "looked_at")

    name = models.CharField(max_length=120)
    rule = models.CharField(max_length=8, choices=Rule)
    limit = UnitsField(null=True, blank=True)
    days = models.PositiveSmallIntegerField(default=7)
    active = models.BooleanField(default=True)
    value = UnitsField(null=True, blank=True, editable=False)
    looked_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(days__gte=1, days__lte=366), name="watch_days"),
            models.CheckConstraint(condition=Q(rule="silent") | Q(limit__isnull=False), name="watch_limit"),
        ]

    def __str__(self) -> str:
        return self.name


class Alert(Versioned):
    """A watch's rule was broken from `opened_at` on; one open a watch and cause. It closes itself when that is over."""

    RULE, BLIND = "rule", "blind"
    CAUSES: ClassVar = [(RULE, _("Outside its limit")), (BLIND, _("Cannot be measured"))]

    watch = models.ForeignKey(Watch, on_delete=models.CASCADE, related_name="alerts")
    cause = models.CharField(max_length=5, choices=CAUSES)
    start = models.DateField()
    end = models.DateField()
    value = UnitsField(null=True, blank=True)
    before = UnitsField(null=True, blank=True)
    opened_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-opened_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["watch", "cause"], condition=Q(closed_at=None), name="one_open_alert")
        ]

    def __str__(self) -> str:
        return f"{self.watch} {self.opened_at:%Y-%m-%d}"


class Effect(Corner):
    """What a change promised of a metric and what came of it: days `base_start` to `base_end` before, `start` to `end` after.

    `promised` is the change over all days after, against the pace before: an amount or count for sums, points for rates.
    `control` is a market without the change: its own growth is taken out. `measured` is null until it can be known.
    """

    untold_fields: ClassVar = ("base", "after", "measured", "days_counted", "counted_at")

    title = models.CharField(pgettext_lazy("effect", "title"), max_length=160)
    subject_type = models.CharField(max_length=60, blank=True)
    subject_id = models.BigIntegerField(null=True, blank=True)
    base_start = models.DateField()
    base_end = models.DateField()
    start = models.DateField()
    end = models.DateField()
    promised = UnitsField()
    control = models.ForeignKey(Market, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=300, blank=True)
    base = UnitsField(null=True, blank=True, editable=False)
    after = UnitsField(null=True, blank=True, editable=False)
    measured = UnitsField(null=True, blank=True, editable=False)
    days_counted = models.PositiveSmallIntegerField(default=0, editable=False)
    counted_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering: ClassVar = ["-start", "id"]
        indexes: ClassVar = [models.Index(fields=["subject_type", "subject_id"], name="effect_subject")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(base_end__gte=F("base_start"), start__gt=F("base_end"), end__gte=F("start")),
                name="effect_days",
            )
        ]

    def __str__(self) -> str:
        return self.title
