"""When people work: patterns and whom they hold for, dated exceptions, holidays of our own, absence."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tradewind.base.fields import CountryField, LocalTextField
from tradewind.nouns.org.models import Entity, Person, Site, Versioned


class WorkPattern(Versioned):
    """A week of working time: `{"mon": [["09:00", "12:00"], ["13:00", "18:00"]], …}`, an end before its start is past midnight.

    With `follow_weekend`, Monday's hours hold on each day that is no weekend day in the person's country.
    """

    code = models.SlugField(max_length=60, unique=True)
    name = LocalTextField()
    week = models.JSONField(default=dict)
    follow_weekend = models.BooleanField(default=False)
    active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return str(self.name) or self.code


class PatternOf(Versioned):
    """That a pattern holds for a country, an entity, a site or a person (or, with none of them, the company) from a day to a day."""

    pattern = models.ForeignKey(WorkPattern, on_delete=models.PROTECT, related_name="holds_for")
    country = CountryField()
    entity = models.ForeignKey(Entity, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    site = models.ForeignKey(Site, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    start = models.DateField(null=True, blank=True)
    end = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(
                    Q(country="", entity=None, site=None)
                    | Q(country="", entity=None, person=None)
                    | Q(country="", site=None, person=None)
                    | Q(entity=None, site=None, person=None)
                ),
                name="pattern_of_one",
            ),
            models.CheckConstraint(
                condition=Q(start=None) | Q(end=None) | Q(end__gte=F("start")), name="pattern_of_days"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pattern_id}"


class SpecialDay(Versioned):
    """A day on which a site or a person works other hours than usual: spans as in a pattern, none for a free day."""

    site = models.ForeignKey(Site, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    spans = models.JSONField(default=list, blank=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["day", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(site=None, person__isnull=False) | Q(site__isnull=False, person=None),
                name="special_day_of_one",
            ),
            models.UniqueConstraint(fields=["site", "day"], name="special_day_site"),
            models.UniqueConstraint(fields=["person", "day"], name="special_day_person"),
        ]

    def __str__(self) -> str:
        return self.day.isoformat()


class Holiday(Versioned):
    """What we know better than the published calendar of a country, region or site about one day."""

    OFF, WORK, NORMAL = "off", "work", "normal"
    KINDS: ClassVar = [(OFF, _("Free")), (WORK, _("Moved working day")), (NORMAL, _("Ordinary day"))]

    country = CountryField()
    region = models.CharField(max_length=10, blank=True)
    site = models.ForeignKey(Site, null=True, blank=True, on_delete=models.CASCADE, related_name="holidays")
    day = models.DateField()
    name = LocalTextField()
    kind = models.CharField(max_length=6, choices=KINDS, default=OFF)
    percent = models.PositiveSmallIntegerField(default=100)
    as_weekday = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["day", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(percent__gte=1, percent__lte=100), name="holiday_percent"),
            models.CheckConstraint(condition=Q(as_weekday=None) | Q(as_weekday__lte=6), name="holiday_weekday"),
            models.CheckConstraint(
                condition=Q(site=None) & ~Q(country="") | Q(site__isnull=False, country="", region=""),
                name="holiday_place",
            ),
            models.UniqueConstraint(fields=["country", "region", "day"], condition=Q(site=None), name="holiday_once"),
            models.UniqueConstraint(fields=["site", "day"], name="holiday_site_once"),
        ]

    def __str__(self) -> str:
        return str(self.name) or self.day.isoformat()


class Absence(Versioned):
    """That a person is away from a day to a day (inclusive); the reason is known to the fewest."""

    ALL, MORNING, AFTERNOON = "all", "morning", "afternoon"
    PARTS: ClassVar = [(ALL, _("Whole days")), (MORNING, _("Mornings")), (AFTERNOON, _("Afternoons"))]
    KINDS: ClassVar = [
        ("vacation", _("Vacation")), ("sick", _("Sick")), ("family", _("Family care")), ("parental", _("Parental leave")),
        ("travel", _("Business travel")), ("training", _("Training")), ("other", _("Other")),
    ]  # fmt: skip

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="absences")
    start = models.DateField()
    end = models.DateField()
    part = models.CharField(max_length=9, choices=PARTS, default=ALL)
    kind = models.CharField(max_length=10, choices=KINDS, default="vacation")
    cancelled = models.BooleanField(default=False)

    private_fields: ClassVar = ("kind",)

    class Meta:
        ordering: ClassVar = ["-start", "-id"]
        indexes: ClassVar = [models.Index(fields=["person", "start"], name="absence_person")]
        constraints: ClassVar = [models.CheckConstraint(condition=Q(end__gte=F("start")), name="absence_days")]

    def __str__(self) -> str:
        return f"{self.start.isoformat()} – {self.end.isoformat()}"
