"""Surveys: what is asked, to whom and until when, that somebody has answered, and the answers, which are kept apart."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tradewind.base.fields import LocalTextField, UnitsField, ZoneField
from tradewind.engines.surveys.kinds import Kind, kind_of
from tradewind.nouns.org.models import Entity, Market, Person, Team, Versioned


class Survey(Versioned):
    """What is asked, again and again in waves; entity, market or team narrow who looks after it.

    `languages` are those in which every text must stand before a wave opens. `minimum` is the smallest group of which an
    anonymous survey shows anything. `pass_mark` is the share of right answers, in percent, with which a check is passed.
    """

    kind = models.CharField(max_length=60)
    title = LocalTextField()
    intro = LocalTextField()
    anonymous = models.BooleanField(default=True)
    minimum = models.PositiveSmallIntegerField(default=5)
    pass_mark = models.PositiveSmallIntegerField(default=100)
    languages = models.JSONField(default=list, blank=True)
    shared = models.BooleanField(default=False)
    entity = models.ForeignKey(Entity, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    market = models.ForeignKey(Market, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["-updated_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(minimum__gte=3), name="survey_minimum"),
            models.CheckConstraint(condition=Q(pass_mark__gte=1, pass_mark__lte=100), name="survey_pass_mark"),
        ]

    def __str__(self) -> str:
        return str(self.title)

    @property
    def of_kind(self) -> Kind:
        """What was declared about surveys of this kind."""
        return kind_of(self.kind)


class Question(Versioned):
    """One question. `options` is a list of {"code", "text"}, `right` the codes of the right ones (checks alone).

    `number` counts its wordings; a wave keeps the wording it asked, so that a later change alters no answer's meaning.
    `low` and `high` are the ends of a scale.
    """

    CHOICE, MULTI, YESNO, SCALE, NPS, NUMBER, TEXT = "choice", "multi", "yesno", "scale", "nps", "number", "text"
    KINDS: ClassVar = [
        (CHOICE, _("One of several")), (MULTI, _("Several of several")), (YESNO, _("Yes or no")), (SCALE, _("Scale")),
        (NPS, _("Would recommend, 0 to 10")), (NUMBER, _("Number")), (TEXT, _("Free text")),
    ]  # fmt: skip
    WITH_OPTIONS: ClassVar = (CHOICE, MULTI, YESNO)

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField(max_length=6, choices=KINDS, default=CHOICE)
    text = LocalTextField()
    hint = LocalTextField()
    options = models.JSONField(default=list, blank=True)
    right = models.JSONField(default=list, blank=True)
    required = models.BooleanField(default=True)
    low = models.SmallIntegerField(default=1)
    high = models.SmallIntegerField(default=5)
    low_label = LocalTextField()
    high_label = LocalTextField()
    number = models.PositiveSmallIntegerField(default=1)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [models.CheckConstraint(condition=Q(high__gt=F("low")), name="question_ends")]

    def __str__(self) -> str:
        return str(self.text)


class Wave(Versioned):
    """One time a survey is asked: from a moment to a moment, of those who were invited when it opened.

    What protects those who answer (`anonymous`, `minimum`, `cuts`) is fixed when the wave is made. `asked` is the questions as
    they were worded. `cuts` are the groups by which results may be told, the most important first. A `quiet` wave is
    announced by whoever opened it. `remind_days` 0 reminds nobody.
    """

    PLANNED, OPEN, CLOSED = "planned", "open", "closed"
    STATES: ClassVar = [(PLANNED, _("Planned")), (OPEN, _("Open for answers")), (CLOSED, _("Ended"))]

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="waves")
    number = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=7, choices=STATES, default=PLANNED)
    opens = models.DateTimeField()
    closes = models.DateTimeField()
    zone = ZoneField()
    entity = models.ForeignKey(Entity, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    market = models.ForeignKey(Market, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    listed = models.BooleanField(default=False)
    anonymous = models.BooleanField(default=True)
    minimum = models.PositiveSmallIntegerField(default=5)
    pass_mark = models.PositiveSmallIntegerField(default=100)
    cuts = models.JSONField(default=list, blank=True)
    asked = models.JSONField(default=list, blank=True)
    quiet = models.BooleanField(default=False)
    remind_days = models.PositiveSmallIntegerField(default=3)
    made_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)

    private_fields: ClassVar = ("asked",)  # it holds the right answers

    class Meta:
        ordering: ClassVar = ["-opens", "-id"]
        indexes: ClassVar = [models.Index(fields=["state", "closes"], name="wave_state")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["survey", "number"], name="wave_number"),
            models.CheckConstraint(condition=Q(closes__gt=F("opens")), name="wave_ends"),
        ]

    def __str__(self) -> str:
        return f"{self.survey} ({self.number})"


class Invitation(models.Model):
    """That a person is asked in a wave, and whether they have answered; not when, and not what.

    `groups` is where the person stood when invited, by cut. `next_at` is when they are told next.
    """

    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="invitations")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="survey_invitations")
    groups = models.JSONField(default=dict, blank=True)
    answered = models.BooleanField(default=False)
    told = models.PositiveSmallIntegerField(default=0)
    told_at = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["wave_id", "person_id"]
        indexes: ClassVar = [models.Index(fields=["next_at"], condition=Q(answered=False), name="invitation_next")]
        constraints: ClassVar = [models.UniqueConstraint(fields=["wave", "person"], name="invitation_once")]

    def __str__(self) -> str:
        return f"{self.wave_id}:{self.person_id}"


class Response(models.Model):
    """One person's answers in a wave. An anonymous one has no person and no moment, and its key tells no order.

    `groups` holds the wave's cuts alone; those of an anonymous wave that are too small are blanked when it closes.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="responses")
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    groups = models.JSONField(default=dict, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    passed = models.BooleanField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["wave", "person"], condition=Q(person__isnull=False), name="response_once_named"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Answer(models.Model):
    """One answer: a chosen option (a row for each), a number in units of 1/10,000, or a text."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="answers")
    option = models.CharField(max_length=20, blank=True)
    number = UnitsField(null=True, blank=True)
    text = models.TextField(blank=True)

    private_fields: ClassVar = ("text",)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["response", "question", "option"], name="answer_once")]

    def __str__(self) -> str:
        return str(self.pk)
