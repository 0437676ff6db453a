"""What runs by itself: the queue, its log, schedules, live messages, and webhooks as the work that leaves the house."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tradewind.base import clock
from tradewind.base.fields import EncryptedTextField
from tradewind.engines.actions.models import Event
from tradewind.nouns.org.models import Person, Versioned


class Job(models.Model):
    """One piece of work in the queue; `args` are the keyword arguments of the declared job `name`.

    While it runs, `worker` holds it until `lease_until`; `attempts` counts the starts, `most_attempts` bounds them.
    """

    QUEUED, RUNNING, DONE, FAILED, CANCELLED = "queued", "running", "done", "failed", "cancelled"
    STATES: ClassVar = [
        (QUEUED, _("Queued")),
        (RUNNING, _("Running")),
        (DONE, _("Done")),
        (FAILED, _("Failed")),
        (CANCELLED, _("Cancelled")),
    ]

    name = models.CharField(max_length=80)
    args = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=STATES, default=QUEUED)
    by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    subject_type = models.CharField(max_length=80, blank=True)
    subject_id = models.BigIntegerField(null=True, blank=True)
    unique = models.CharField(max_length=120, blank=True)
    scheduled = models.BooleanField(default=False)
    priority = models.SmallIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    run_at = models.DateTimeField(default=clock.now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    most_attempts = models.PositiveSmallIntegerField(default=4)
    worker = models.CharField(max_length=120, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    cancel_asked = models.BooleanField(default=False)
    progress = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)
    result = models.JSONField(null=True, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["-priority", "run_at", "id"], condition=Q(state="queued"), name="job_queue"),
            models.Index(fields=["lease_until"], condition=Q(state="running"), name="job_leases"),
            models.Index(fields=["by", "-id"], name="job_by"),
            models.Index(fields=["state", "-id"], name="job_state"),
            models.Index(fields=["name", "-id"], name="job_name"),
            models.Index(fields=["subject_type", "subject_id"], name="job_subject"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["name", "unique"],
                condition=Q(state="queued", attempts=0) & ~Q(unique=""),
                name="job_one_queued",
            ),
            models.UniqueConstraint(
                fields=["name", "unique"], condition=Q(state="running") & ~Q(unique=""), name="job_one_running"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} #{self.pk}"

    @property
    def over(self) -> bool:
        """Whether nothing more will happen to it by itself."""
        return self.state in (self.DONE, self.FAILED, self.CANCELLED)

    @property
    def percent(self) -> int | None:
        """Progress from 0 to 100, None where the total is not known."""
        if self.state == self.DONE:
            return 100
        return min(100, self.progress * 100 // self.total) if self.total else None


class JobLine(models.Model):
    """One line of a job's log; lines of level `trace` hold the fault's technical detail."""

    INFO, WARNING, TRACE = "info", "warning", "trace"

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="lines")
    at = models.DateTimeField(default=clock.now)
    attempt = models.PositiveSmallIntegerField(default=0)
    level = models.CharField(max_length=8, default=INFO)
    text = models.TextField()

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.text[:80]


class Schedule(models.Model):
    """When a declared job is due next; `rule` is what its code says (`1h`, `daily 03:00 Asia/Shanghai`)."""

    name = models.CharField(max_length=80, unique=True)
    rule = models.CharField(max_length=120)
    next_at = models.DateTimeField()
    last_at = models.DateTimeField(null=True, blank=True)
    last_state = models.CharField(max_length=10, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class WorkerBeat(models.Model):
    """A worker process and when it was last heard of."""

    name = models.CharField(max_length=120, unique=True)
    host = models.CharField(max_length=80)
    pid = models.IntegerField()
    started_at = models.DateTimeField(default=clock.now)
    seen_at = models.DateTimeField(default=clock.now, db_index=True)

    def __str__(self) -> str:
        return self.name


class LiveMessage(models.Model):
    """Something open pages should hear of now; kept for minutes only. Without a person it is for everybody."""

    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    data = models.JSONField(default=dict)
    at = models.DateTimeField(default=clock.now, db_index=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class WebhookEndpoint(Versioned):
    """An address that is told of events, as far as its owner may see them. `patterns` are event names with `*`."""

    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="webhooks")
    name = models.CharField(max_length=80)
    url = models.URLField(max_length=500)
    secret = EncryptedTextField()
    patterns = models.JSONField(default=list)
    active = models.BooleanField(default=True)
    failures = models.PositiveIntegerField(default=0)
    stopped_because = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class WebhookDelivery(models.Model):
    """One message to one endpoint; `message_id` stays the same through retries, so the receiver can pass over repeats."""

    WAITING, SENT, FAILED = "waiting", "sent", "failed"
    STATES: ClassVar = [(WAITING, _("Waiting")), (SENT, _("Delivered")), (FAILED, _("Failed"))]

    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries")
    event = models.ForeignKey(Event, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    message_id = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=80)
    body = models.TextField()
    state = models.CharField(max_length=8, choices=STATES, default=WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    next_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["endpoint", "event"], name="webhook_event_once"),
        ]

    def __str__(self) -> str:
        return self.message_id
