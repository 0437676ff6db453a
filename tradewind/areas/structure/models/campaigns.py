"""Vision campaigns: a message about the vision or a principle that goes out on days, who was reached and who has read it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tradewind.base.fields import LocalTextField
from tradewind.engines.library.models import Document, Version
from tradewind.engines.surveys.models import Survey, Wave
from tradewind.nouns.org.models import Entity, Market, Person, Team, Versioned


class Broadcast(Versioned):
    """A campaign for one version of a document; entity, market and team say to whom (blank: everybody).

    `starts_on` and `deadline` are days where each receiver is. `wording` is the version the campaign speaks of. `survey` is its
    short check, asked in `wave` from the start on.
    """

    DRAFT, RUNNING, ENDED = "draft", "running", "ended"
    STATES: ClassVar = [
        (DRAFT, _("Draft")),
        (RUNNING, pgettext_lazy("broadcast", "Running")),
        (ENDED, pgettext_lazy("broadcast", "Ended")),
    ]

    title = LocalTextField()
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="broadcasts")
    wording = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="broadcasts")
    entity = models.ForeignKey(Entity, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    market = models.ForeignKey(Market, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    deadline = models.DateField()
    survey = models.ForeignKey(Survey, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    wave = models.ForeignKey(Wave, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=7, choices=STATES, default=DRAFT)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-starts_on", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(deadline__gte=F("starts_on")), name="broadcast_days"),
        ]

    def __str__(self) -> str:
        return str(self.title)


class BroadcastMessage(models.Model):
    """What a campaign says on a day; the first one announces it. A reminder without words of its own repeats the first."""

    broadcast = models.ForeignKey(Broadcast, on_delete=models.CASCADE, related_name="messages")
    day = models.DateField()
    text = LocalTextField()
    spread_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["day"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["broadcast", "day"], name="message_once_a_day")]

    def __str__(self) -> str:
        return f"{self.broadcast} · {self.day.isoformat()}"


class Receipt(models.Model):
    """That a person is to get a message: `due` is their first working moment on its day or later, after the start.

    `next_at` is when it may be sent, `sent_at` and `read_at` when it was sent and read.
    """

    message = models.ForeignKey(BroadcastMessage, on_delete=models.CASCADE, related_name="receipts")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="receipts")
    due = models.DateTimeField()
    next_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["due", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["message", "person"], name="receipt_once")]
        indexes: ClassVar = [models.Index(fields=["next_at"], condition=Q(sent_at__isnull=True), name="receipt_next")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.message_id}"
