"""Meetings as a matter of record: series, their meetings, who is asked and came, the agenda, and what was decided."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import URLValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tradewind.base import clock
from tradewind.base.fields import LocalTextField, ZoneField
from tradewind.engines.meetings.kinds import Kind, kind_of
from tradewind.nouns.org.models import Entity, Function, Market, Person, Team, Versioned

WEB_ADDRESS = URLValidator(schemes=["https", "http"])


class Placed(Versioned):
    """Where a series or a meeting lies; without entity, market and team it is the whole company's."""

    entity = models.ForeignKey(Entity, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    market = models.ForeignKey(Market, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=60)
    title = LocalTextField()
    zone = ZoneField(default="UTC")
    host = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    link = models.URLField(max_length=500, blank=True, validators=[WEB_ADDRESS])

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.title)

    @property
    def of_kind(self) -> Kind:
        """What an area declared about meetings of this kind."""
        return kind_of(self.kind)


class Series(Placed):
    """A meeting that comes again: on a weekday, at a time of the wall clock of its zone, `length` minutes long.

    Monthly and quarterly ones take the `nth` such weekday of the month (5 is the last), quarterly ones count from the
    month of `starts_on`. `functions` must take part; members of `teams` and `people` are invited.
    """

    WEEKLY, BIWEEKLY, MONTHLY, QUARTERLY = "weekly", "biweekly", "monthly", "quarterly"
    RHYTHMS: ClassVar = [
        (WEEKLY, _("Every week")), (BIWEEKLY, _("Every two weeks")), (MONTHLY, _("Every month")),
        (QUARTERLY, _("Every quarter")),
    ]  # fmt: skip
    WEEKDAYS: ClassVar = [
        (0, _("Monday")), (1, _("Tuesday")), (2, _("Wednesday")), (3, _("Thursday")), (4, _("Friday")),
        (5, _("Saturday")), (6, _("Sunday")),
    ]  # fmt: skip
    NTH: ClassVar = [(1, _("first")), (2, _("second")), (3, _("third")), (4, _("fourth")), (5, _("last"))]

    purpose = models.TextField(blank=True)
    rhythm = models.CharField(max_length=9, choices=RHYTHMS, default=MONTHLY)
    weekday = models.PositiveSmallIntegerField(choices=WEEKDAYS, default=0)
    nth = models.PositiveSmallIntegerField(choices=NTH, default=1)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    at = models.TimeField()
    length = models.PositiveSmallIntegerField(default=60)
    functions = models.ManyToManyField(Function, blank=True, related_name="+")
    teams = models.ManyToManyField(Team, blank=True, related_name="+")
    people = models.ManyToManyField(Person, blank=True, related_name="+")
    active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["-active", "id"]
        verbose_name_plural = "series"
        indexes: ClassVar = [models.Index(fields=["kind"], name="series_kind")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(weekday__lte=6), name="series_weekday"),
            models.CheckConstraint(condition=Q(nth__gte=1, nth__lte=5), name="series_nth"),
            models.CheckConstraint(condition=Q(length__gte=5, length__lte=720), name="series_length"),
            models.CheckConstraint(condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="series_days"),
        ]


class Meeting(Placed):
    """One meeting: two moments, the zone it was planned in, and in the end its minutes (Markdown, in a language).

    `planned_for` is the day of its series that it stands for; None for one beside the series. `subject_type` and
    `subject_id` name the record it is about.
    """

    PLANNED, HELD, CANCELLED = "planned", "held", "cancelled"
    STATES: ClassVar = [(PLANNED, _("Arranged")), (HELD, _("Held")), (CANCELLED, _("Cancelled"))]

    series = models.ForeignKey(Series, null=True, blank=True, on_delete=models.PROTECT, related_name="meetings")
    planned_for = models.DateField(null=True, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=STATES, default=PLANNED)
    held_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    minutes = models.TextField(blank=True)
    language = models.CharField(max_length=10, blank=True)
    minutes_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    minutes_at = models.DateTimeField(null=True, blank=True)
    recording = models.URLField(max_length=500, blank=True, validators=[WEB_ADDRESS])
    asked_at = models.DateTimeField(null=True, blank=True)
    subject_type = models.CharField(max_length=80, blank=True)
    subject_id = models.BigIntegerField(null=True, blank=True)

    private_fields: ClassVar = ("minutes",)

    class Meta:
        ordering: ClassVar = ["-starts_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["-starts_at", "-id"], name="meeting_start"),
            models.Index(fields=["ends_at"], condition=Q(state="planned"), name="meeting_open"),
            models.Index(fields=["subject_type", "subject_id"], name="meeting_subject"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="meeting_moments"),
            models.UniqueConstraint(fields=["series", "planned_for"], name="meeting_of_series"),
        ]

    @property
    def length(self) -> int:
        """How many minutes it is planned to take."""
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    @property
    def is_over(self) -> bool:
        """Whether its planned end has passed."""
        return self.ends_at <= clock.now()


class Attendance(models.Model):
    """That a person is invited to a meeting, what they answered, and whether they came (None until somebody noted it)."""

    YES, MAYBE, NO = "yes", "maybe", "no"
    ANSWERS: ClassVar = [(YES, _("Coming")), (MAYBE, _("Maybe")), (NO, _("Not coming"))]

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="attendances")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="meetings")
    required = models.BooleanField(default=True)
    answer = models.CharField(max_length=5, choices=ANSWERS, blank=True, default="")
    answered_at = models.DateTimeField(null=True, blank=True)
    attended = models.BooleanField(null=True, blank=True)
    invited_at = models.DateTimeField(default=clock.now)
    reminded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["person__name", "id"]
        indexes: ClassVar = [models.Index(fields=["person", "meeting"], name="attendance_person")]
        constraints: ClassVar = [models.UniqueConstraint(fields=["meeting", "person"], name="attendance_once")]

    def __str__(self) -> str:
        return f"{self.person} · {self.meeting}"


class AgendaItem(Versioned):
    """Something to speak about, with who brings it and a time box in minutes; one left open is carried over."""

    OPEN, DONE, DROPPED, CARRIED = "open", "done", "dropped", "carried"
    STATES: ClassVar = [(OPEN, _("Open")), (DONE, _("Done")), (DROPPED, _("Dropped")), (CARRIED, _("Carried over"))]

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField(default=1)
    title = models.CharField(max_length=200)
    notes = models.TextField(blank=True)
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    length = models.PositiveSmallIntegerField(null=True, blank=True)
    state = models.CharField(max_length=7, choices=STATES, default=OPEN)
    carried_from = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="carried_to"
    )

    class Meta:
        ordering: ClassVar = ["position", "id"]
        indexes: ClassVar = [models.Index(fields=["meeting", "position"], name="item_position")]

    def __str__(self) -> str:
        return self.title


class Decision(Versioned):
    """What was decided in a meeting, by whom and on which day; it may replace an earlier decision.

    `subject_type` and `subject_id` name the record it is about.
    """

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="decisions")
    item = models.ForeignKey(AgendaItem, null=True, blank=True, on_delete=models.SET_NULL, related_name="decisions")
    text = models.TextField()
    reasons = models.TextField(blank=True)
    decided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    decided_on = models.DateField()
    replaces = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="replaced_by"
    )
    subject_type = models.CharField(max_length=80, blank=True)
    subject_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-decided_on", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["-decided_on", "-id"], name="decision_day"),
            models.Index(fields=["subject_type", "subject_id"], name="decision_subject"),
        ]

    def __str__(self) -> str:
        return self.text if len(self.text) <= 120 else f"{self.text[:117]}…"


__all__ = ["AgendaItem", "Attendance", "Decision", "Meeting", "Series"]
