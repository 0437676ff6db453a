"""Documents: spaces, whole texts in several languages with numbered versions, who must have read what, what was searched."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from tradewind.base import clock
from tradewind.base.fields import LocalTextField
from tradewind.engines.library.kinds import Kind, kind_of
from tradewind.engines.library.rules import choose
from tradewind.nouns.org.models import Entity, Market, Person, Team, Versioned


class Space(Versioned):
    """A shelf of documents; without entity, market and team it is open to the whole company."""

    code = models.SlugField(max_length=60, unique=True)
    name = LocalTextField()
    entity = models.ForeignKey(Entity, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    market = models.ForeignKey(Market, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    review_days = models.PositiveSmallIntegerField(default=365)
    active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return str(self.name)


class Document(Versioned):
    """One document of a kind that an area declares; its texts hold the words.

    `language` is that of the source text; `team` the one it is about (a charter's), which says nothing about who reads it.
    """

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="documents")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="children")
    kind = models.CharField(max_length=60)
    slug = models.SlugField(max_length=100, allow_unicode=True)
    language = models.CharField(max_length=10, default="en")
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    keywords = models.TextField(blank=True)
    template = models.BooleanField(default=False)
    review_days = models.PositiveSmallIntegerField(null=True, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    review_due = models.DateField(null=True, blank=True)
    ack_days = models.PositiveSmallIntegerField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    trashed_at = models.DateTimeField(null=True, blank=True)
    trashed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering: ClassVar = ["-updated_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["space", "kind"], name="document_space"),
            models.Index(fields=["review_due"], condition=Q(trashed_at__isnull=True), name="document_review"),
            models.Index(fields=["-updated_at", "-id"], name="document_recent"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint("space", Coalesce("parent", 0), "slug", name="document_place"),
            models.CheckConstraint(
                condition=~Q(parent=models.F("id")) | Q(parent__isnull=True), name="document_not_in_itself"
            ),
        ]

    def __str__(self) -> str:
        return self.title_in("")

    @property
    def of_kind(self) -> Kind:
        """What an area declared about documents of this kind."""
        return kind_of(self.kind)

    def text_in(self, language: str) -> DocumentText | None:
        """The text for a reader of a language: exact, else its base language, else the source, else English, else any.

        Languages in which nothing is published yet count only before anything is.
        """
        written = list(self.texts.all())
        texts = {text.language: text for text in written if text.published_number} or {
            text.language: text for text in written
        }
        return texts.get(choose(texts, language, self.language))

    def title_in(self, language: str) -> str:
        """The title for a reader of a language."""
        text = self.text_in(language)
        return text.title if text else f"#{self.pk}"


class DocumentText(models.Model):
    """A document's text in one language, with a history of its own; `title` is that of what readers see.

    `stale_since` is the number of the source version that came after the one this translation was made from.
    """

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=10)
    title = models.CharField(max_length=200)
    latest_number = models.PositiveIntegerField(default=0)
    published_number = models.PositiveIntegerField(null=True, blank=True)
    stale_since = models.PositiveIntegerField(null=True, blank=True)
    updated_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar = ["language"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["document", "language"], name="text_once")]

    def __str__(self) -> str:
        return self.title

    @property
    def version(self) -> int:
        """What an editor starts from; a newer number means that somebody else has saved meanwhile."""
        return self.latest_number

    @property
    def is_source(self) -> bool:
        """Whether the other languages are translated from this text."""
        return self.language == self.document.language


class Version(models.Model):
    """One saved wording of a text; its words never change. `source_number` is the source version it was translated from."""

    DRAFT, REVIEW, APPROVED, SCHEDULED, PUBLISHED, REPLACED = (
        "draft",
        "review",
        "approved",
        "scheduled",
        "published",
        "replaced",
    )
    STATES: ClassVar = [
        (DRAFT, _("Draft")), (REVIEW, _("In review")), (APPROVED, _("Approved")), (SCHEDULED, _("Takes effect later")),
        (PUBLISHED, _("Published")), (REPLACED, _("Earlier version")),
    ]  # fmt: skip
    OPEN: ClassVar = [DRAFT, REVIEW, APPROVED, SCHEDULED]

    text = models.ForeignKey(DocumentText, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=STATES, default=DRAFT)
    minor = models.BooleanField(default=False)
    note = models.CharField(max_length=300, blank=True)
    source_number = models.PositiveIntegerField(null=True, blank=True)
    author = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    reviewer = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    effective_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-number"]
        indexes: ClassVar = [
            models.Index(fields=["effective_on"], condition=Q(state="scheduled"), name="version_scheduled")
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["text", "number"], name="version_number"),
            models.UniqueConstraint(fields=["text"], condition=Q(state="published"), name="version_one_published"),
            models.UniqueConstraint(
                fields=["text"],
                condition=Q(state__in=["draft", "review", "approved", "scheduled"]),
                name="version_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.number})"


class Acknowledgement(models.Model):
    """That a person is asked to confirm having read a version, by the end of a day where the person is.

    `next_at` is when the person (later the lead) is told next; nothing is told outside of working time.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="acknowledgements")
    wording = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="acknowledgements")
    asked_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    message = models.CharField(max_length=500, blank=True)
    due_on = models.DateField()
    due = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    language = models.CharField(max_length=10, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    told = models.PositiveSmallIntegerField(default=0)
    told_at = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)
    escalated_to = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering: ClassVar = ["due", "id"]
        indexes: ClassVar = [
            models.Index(
                fields=["next_at"],
                condition=Q(acknowledged_at__isnull=True, withdrawn_at__isnull=True),
                name="ack_next",
            ),
            models.Index(
                fields=["due"],
                condition=Q(acknowledged_at__isnull=True, withdrawn_at__isnull=True, escalated_at__isnull=True),
                name="ack_due",
            ),
        ]
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "wording"], name="ack_once")]

    def __str__(self) -> str:
        return str(self.wording)


class DocumentLink(models.Model):
    """That what is published of one document links to another."""

    source = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="links_out")
    target = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="links_in")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["source", "target"], name="link_once")]

    def __str__(self) -> str:
        return f"{self.source_id} > {self.target_id}"


class Reading(models.Model):
    """How often a document was opened on a day; who opened it is not kept."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="readings")
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["document", "day"], name="reading_once")]

    def __str__(self) -> str:
        return f"{self.document_id} {self.day}"


class SearchDay(models.Model):
    """How many searches of documents were made on a day, and how many of them found something."""

    day = models.DateField(unique=True)
    asked = models.PositiveIntegerField(default=0)
    found = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.day)


class SearchMiss(models.Model):
    """A search that found nothing; open until somebody names the document that answers it. Who searched is not kept.

    `asked` is the person who was given it as a to-do.
    """

    words = models.CharField(max_length=200, unique=True)
    count = models.PositiveIntegerField(default=0)
    first_at = models.DateTimeField(default=clock.now)
    last_at = models.DateTimeField(default=clock.now)
    answer = models.ForeignKey(Document, null=True, blank=True, on_delete=models.SET_NULL, related_name="answers")
    asked = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-count", "-last_at", "-id"]

    def __str__(self) -> str:
        return self.words


class Synonym(Versioned):
    """Words of any language that mean the same to a search, one a line: refund, 退款."""

    words = models.TextField()

    class Meta:
        ordering: ClassVar = ["words", "id"]

    def __str__(self) -> str:
        return " = ".join(self.terms)

    @property
    def terms(self) -> list[str]:
        """The words, one by one."""
        return [line for line in self.words.splitlines() if line]


class Editing(models.Model):
    """That a person had the editor of a text open at a moment; kept for minutes, so that two editors see each other."""

    text = models.ForeignKey(DocumentText, on_delete=models.CASCADE, related_name="editing")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["text", "person"], name="editing_once")]

    def __str__(self) -> str:
        return f"{self.text_id} {self.person_id}"
