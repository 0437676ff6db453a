"""What people are told and asked, who approves what, and the one ledger of everything that was sent."""

from __future__ import annotations

from datetime import time
from typing import ClassVar

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from tradewind.base import clock
from tradewind.base.fields import CurrencyField, EncryptedJSONField, EncryptedTextField, UnitsField
from tradewind.engines.inbox.kinds import read
from tradewind.nouns.org.models import Person, Versioned


class Approval(Versioned):
    """A request that people approve step by step; then `action` is carried out with `draft` as the last approver."""

    PENDING, APPROVED, REJECTED, WITHDRAWN = "pending", "approved", "rejected", "withdrawn"
    STATES: ClassVar = [
        (PENDING, _("Waiting")), (APPROVED, _("Approved")), (REJECTED, _("Rejected")), (WITHDRAWN, _("Withdrawn")),
    ]  # fmt: skip

    kind = models.CharField(max_length=80)
    data = models.JSONField(default=dict)
    subject_type = models.CharField(max_length=80, blank=True)
    subject_id = models.BigIntegerField(null=True, blank=True)
    asked_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    action = models.CharField(max_length=80, blank=True)
    action_subject = models.BigIntegerField(null=True, blank=True)
    draft = EncryptedJSONField()
    amount_units = UnitsField(null=True, blank=True)
    currency = CurrencyField(blank=True, default="")
    due = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=9, choices=STATES, default=PENDING)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return read(self.kind, self.data)


class ApprovalStep(models.Model):
    """One approver's turn; steps are taken by position, one after the other."""

    WAITING, OPEN, APPROVED, REJECTED = "waiting", "open", "approved", "rejected"
    STATES: ClassVar = [
        (WAITING, _("Not yet")), (OPEN, _("Waiting")), (APPROVED, _("Approved")), (REJECTED, _("Rejected")),
    ]  # fmt: skip

    approval = models.ForeignKey(Approval, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    approver = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=STATES, default=WAITING)
    decided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["approval", "position"], name="step_position"),
            models.UniqueConstraint(fields=["approval"], condition=Q(state="open"), name="step_one_open"),
        ]

    def __str__(self) -> str:
        return f"{self.approval_id}.{self.position}"


class Todo(Versioned):
    """Something a person is asked to do; `key` keeps one open to-do of a kind for the same cause."""

    OPEN, DONE, DECLINED, WITHDRAWN = "open", "done", "declined", "withdrawn"
    STATES: ClassVar = [(OPEN, _("Open")), (DONE, _("Done")), (DECLINED, _("Declined")), (WITHDRAWN, _("Withdrawn"))]

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="todos")
    kind = models.CharField(max_length=80)
    key = models.CharField(max_length=120, blank=True)
    data = models.JSONField(default=dict)
    subject_type = models.CharField(max_length=80, blank=True)
    subject_id = models.BigIntegerField(null=True, blank=True)
    due = models.DateTimeField(null=True, blank=True)
    action = models.CharField(max_length=80, blank=True)
    action_subject = models.BigIntegerField(null=True, blank=True)
    draft = EncryptedJSONField()
    step = models.OneToOneField(ApprovalStep, null=True, blank=True, on_delete=models.CASCADE, related_name="todo")
    asked_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=9, choices=STATES, default=OPEN)
    settled_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)
    escalated_to = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering: ClassVar = [F("due").asc(nulls_last=True), "id"]
        indexes: ClassVar = [
            models.Index(fields=["person", "due"], condition=Q(state="open"), name="todo_open"),
            models.Index(fields=["due"], condition=Q(state="open"), name="todo_due"),
            models.Index(fields=["subject_type", "subject_id"], name="todo_subject"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "kind", "key"], condition=Q(state="open") & ~Q(key=""), name="todo_one_open"
            )
        ]

    def __str__(self) -> str:
        return read(self.kind, self.data)


class Notice(models.Model):
    """Something a person is told: a kind and data, put into words for the reader. Unread ones of a `group` are one."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=80)
    data = models.JSONField(default=dict)
    subject_type = models.CharField(max_length=80, blank=True)
    subject_id = models.BigIntegerField(null=True, blank=True)
    todo = models.ForeignKey(Todo, null=True, blank=True, on_delete=models.CASCADE, related_name="notices")
    group = models.CharField(max_length=120, blank=True)
    count = models.PositiveIntegerField(default=1)
    urgent = models.BooleanField(default=False)
    at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["person", "-at", "-id"], name="notice_person"),
            models.Index(fields=["person"], condition=Q(read_at__isnull=True), name="notice_unread"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "kind", "group"],
                condition=Q(read_at__isnull=True) & ~Q(group=""),
                name="notice_one_unread",
            )
        ]

    def __str__(self) -> str:
        return read(self.kind, self.data)


class Delivery(models.Model):
    """One notice to one person by one route; also sign-in codes and test messages, which carry no notice.

    `override` marks an urgent one that went out in the reader's quiet hours. `message_id` stays through retries.
    """

    APP, MAIL, CHAT = "app", "mail", "chat"
    ROUTES: ClassVar = [(APP, _("In Tradewind")), (MAIL, _("E-mail")), (CHAT, _("Chat"))]
    WAITING, SENDING, SENT, SKIPPED, FAILED = "waiting", "sending", "sent", "skipped", "failed"
    STATES: ClassVar = [
        (WAITING, _("Waiting")), (SENDING, _("Being sent")), (SENT, _("Sent")), (SKIPPED, _("Not needed")),
        (FAILED, _("Failed")),
    ]  # fmt: skip

    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    notice = models.ForeignKey(Notice, null=True, blank=True, on_delete=models.CASCADE, related_name="deliveries")
    purpose = models.CharField(max_length=10, default="notice")
    route = models.CharField(max_length=4, choices=ROUTES)
    state = models.CharField(max_length=7, choices=STATES, default=WAITING)
    not_before = models.DateTimeField(default=clock.now)
    override = models.BooleanField(default=False)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    message_id = models.CharField(max_length=120, blank=True)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["not_before"], condition=Q(state="waiting"), name="delivery_waiting"),
            models.Index(fields=["lease_until"], condition=Q(state="sending"), name="delivery_sending"),
            models.Index(fields=["state", "-id"], name="delivery_state"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["notice", "route"], condition=Q(notice__isnull=False), name="delivery_once")
        ]

    def __str__(self) -> str:
        return f"{self.route} {self.state} #{self.pk}"


class Preference(models.Model):
    """Whether a person wants a kind of notice by a route; without a row the kind's own default holds."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=80)
    route = models.CharField(max_length=4, choices=Delivery.ROUTES)
    wanted = models.BooleanField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "kind", "route"], name="preference_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.route}"


class Reach(Versioned):
    """When and by which chat a person may be reached; without a person: the company's chat channel."""

    WORKING, HOURS, ANY = "working", "hours", "any"
    MODES: ClassVar = [
        (WORKING, _("In my working time")), (HOURS, _("Between two times of day")), (ANY, _("At any time")),
    ]  # fmt: skip

    person = models.OneToOneField(Person, null=True, blank=True, on_delete=models.CASCADE, related_name="reach")
    mode = models.CharField(max_length=7, choices=MODES, default=WORKING)
    since = models.TimeField(default=time(9))
    until = models.TimeField(default=time(18))
    digest = models.BooleanField(default=True)
    chat_url = EncryptedTextField()
    feed_hash = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)

    private_fields: ClassVar = ("feed_hash",)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(Coalesce(F("person"), Value(0)), name="reach_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}"


class Deputy(Versioned):
    """Who settles a person's to-dos and approvals from a day to a day (inclusive, in that person's zone)."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="deputies")
    deputy = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="deputises")
    start = models.DateField()
    end = models.DateField()
    ended = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["-start"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(person=F("deputy")), name="deputy_not_self"),
            models.CheckConstraint(condition=Q(end__gte=F("start")), name="deputy_days"),
        ]

    def __str__(self) -> str:
        return f"{self.deputy_id} for {self.person_id}"
