"""What came in: batches with their file, what they refused, what they changed, the mappings people keep, the watched folder."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from tradewind.base import clock
from tradewind.base.fields import EncryptedJSONField
from tradewind.nouns.files.models import Attachment
from tradewind.nouns.org.models import Entity, Market, Person, Versioned
from tradewind.nouns.trade.models import Channel


class Mapping(Versioned):
    """How to read one kind of file, made once by a person; `spec` is a `MappingSpec` as JSON."""

    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    spec = models.JSONField(default=dict)
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="mappings")
    shared = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Batch(Versioned):
    """One file on its way into the company: read, looked at, merged, and perhaps taken back.

    `counts` and `totals` hold what the command line and the API answer; amounts in `totals` are exact texts by
    currency. `merged_through` is the last staged document whose chunk is committed. `days` are ranges `[from, to]`.
    """

    NEW, READING, READY, MERGING, DONE = "new", "reading", "ready", "merging", "done"
    REFUSED, FAILED, CANCELLED, UNDOING, UNDONE = "refused", "failed", "cancelled", "undoing", "undone"
    STATES: ClassVar = [
        (NEW, _("waiting")),
        (READING, _("reading")),
        (READY, _("ready to import")),
        (MERGING, _("importing")),
        (DONE, _("imported")),
        (REFUSED, _("refused")),
        (FAILED, _("failed")),
        (CANCELLED, _("stopped")),
        (UNDOING, _("taking back")),
        (UNDONE, _("taken back")),
    ]
    MOVING: ClassVar = (READING, MERGING, UNDOING)

    format = models.CharField(max_length=30)
    mapping = models.ForeignKey(Mapping, null=True, blank=True, on_delete=models.SET_NULL, related_name="batches")
    mapping_name = models.CharField(max_length=120, blank=True)
    spec = models.JSONField(null=True, blank=True)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="batches")
    entity = models.ForeignKey(Entity, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    market = models.ForeignKey(Market, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="batches")
    file = models.ForeignKey(Attachment, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64, db_index=True)
    state = models.CharField(max_length=10, choices=STATES, default=NEW)
    strict = models.BooleanField(default=False)
    options = models.JSONField(default=dict)
    promises = models.CharField(max_length=20, blank=True)
    counts = models.JSONField(default=dict)
    totals = models.JSONField(default=dict)
    settled = models.JSONField(default=dict)
    review = models.JSONField(default=list)
    days = models.JSONField(default=list)
    documents = models.IntegerField(default=0)
    merged_through = models.IntegerField(default=0)
    error = models.TextField(blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["channel", "-id"], name="batch_channel")]
        verbose_name = _("import")
        verbose_name_plural = _("imports")

    def __str__(self) -> str:
        return f"#{self.pk} {self.file_name}"


class BatchRefusal(models.Model):
    """A row that was not taken, with its physical line, column and reason (code and data, told in the reader's language)."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="refusals")
    line = models.IntegerField()
    column = models.CharField(max_length=120, blank=True)
    code = models.CharField(max_length=40)
    value = models.CharField(max_length=200, blank=True)
    key = models.CharField(max_length=120, blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["line", "id"]
        indexes: ClassVar = [models.Index(fields=["batch", "line", "id"], name="refusal_batch_line")]

    def __str__(self) -> str:
        return f"{self.line} {self.code}"


class BatchChange(models.Model):
    """An order that a batch changed: what it was before (encrypted, to take the batch back) and what differs."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="changed")
    order_id = models.BigIntegerField()
    version = models.IntegerField()
    before = EncryptedJSONField()
    changes = models.JSONField(default=dict)
    left = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["batch", "order_id"], name="batch_change_once")]

    def __str__(self) -> str:
        return f"{self.batch_id}:{self.order_id}"


class WatchRule(Versioned):
    """Which files of the watched folder are taken, and how: the first rule whose pattern fits the file's name."""

    pattern = models.CharField(max_length=120)
    format = models.CharField(max_length=30)
    mapping = models.ForeignKey(Mapping, null=True, blank=True, on_delete=models.PROTECT, related_name="watch_rules")
    mapping_name = models.CharField(max_length=120, blank=True)
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="watch_rules")
    active = models.BooleanField(default=True)
    position = models.IntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["position", "id"]

    def __str__(self) -> str:
        return self.pattern


class WatchedFile(models.Model):
    """A file seen in the watched folder; it is taken once its size and time stood still between two looks."""

    name = models.CharField(max_length=255, unique=True)
    stamp = models.CharField(max_length=60)
    seen_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return self.name


class SheetLayout(Versioned):
    """How one kind of table is read, made once by a person: which column is which field, how dates and numbers are written."""

    sheet = models.CharField(max_length=60)
    name = models.CharField(max_length=120)
    spec = models.JSONField(default=dict)
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering: ClassVar = ["sheet", "name"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["sheet", "name"], name="sheet_layout_name")]

    def __str__(self) -> str:
        return self.name


class SheetBatch(Versioned):
    """One table that is no order file on its way in: what it would do, what was refused or left out, and what it did.

    `refused` and `left` hold at most `LISTED` rows each; how many there are in all is in `counts`.
    """

    LISTED: ClassVar[int] = 2000
    NEW, READY, DONE, FAILED = "new", "ready", "done", "failed"
    STATES: ClassVar = [
        (NEW, _("waiting")), (READY, _("ready to import")), (DONE, _("imported")), (FAILED, _("failed")),
    ]  # fmt: skip

    sheet = models.CharField(max_length=60, db_index=True)
    layout = models.ForeignKey(SheetLayout, null=True, blank=True, on_delete=models.SET_NULL, related_name="batches")
    spec = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    strict = models.BooleanField(default=False)
    entity = models.ForeignKey(Entity, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    market = models.ForeignKey(Market, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    file = models.ForeignKey(Attachment, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64, db_index=True)
    state = models.CharField(max_length=6, choices=STATES, default=NEW)
    counts = models.JSONField(default=dict)
    totals = models.JSONField(default=dict)
    refused = models.JSONField(default=list)
    left = models.JSONField(default=list)
    header = models.JSONField(default=list)
    error = models.TextField(blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    # What rows say may be costs or pay, which the history must not tell.
    untold_fields: ClassVar = ("spec", "options", "counts", "totals", "refused", "left", "header", "error")

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"#{self.pk} {self.file_name}"
