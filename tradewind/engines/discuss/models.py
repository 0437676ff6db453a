"""What people say about a record: comments with their earlier wordings, who was mentioned, and kudos for each other."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from tradewind.base import clock
from tradewind.engines.library.models import Document
from tradewind.nouns.org.models import Person, Versioned


class Comment(Versioned):
    """A comment on a subject, in Markdown; whoever may read the subject may read it. `language` is the author's."""

    subject_type = models.CharField(max_length=80)
    subject_id = models.BigIntegerField()
    author = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="comments")
    body = models.TextField()
    language = models.CharField(max_length=10, default="en")
    edited_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    mentioned = models.ManyToManyField(Person, related_name="+", blank=True)

    private_fields: ClassVar = ("body",)

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["subject_type", "subject_id", "-id"], name="comment_subject")]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Wording(models.Model):
    """An earlier wording of a comment."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="wordings")
    body = models.TextField()
    until = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.comment_id} {self.until.isoformat()}"


class Kudos(Versioned):
    """Thanks to one or several people, in Markdown, perhaps for living a principle or for what they did in a record.

    Whoever may see all the receivers may read it.
    """

    giver = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="kudos_given")
    receivers = models.ManyToManyField(Person, related_name="kudos")
    words = models.TextField()
    language = models.CharField(max_length=10, default="en")
    principle = models.ForeignKey(Document, null=True, blank=True, on_delete=models.SET_NULL, related_name="kudos")
    subject_type = models.CharField(max_length=80, blank=True)
    subject_id = models.BigIntegerField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    private_fields: ClassVar = ("words",)

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]
        verbose_name_plural = "kudos"
        indexes: ClassVar = [
            models.Index(fields=["principle", "-created_at"], name="kudos_principle"),
            models.Index(fields=["-created_at", "-id"], name="kudos_recent"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
