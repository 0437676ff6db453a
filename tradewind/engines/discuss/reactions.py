"""What was said about a record goes with the record."""

from __future__ import annotations

from tradewind.engines.actions.models import Event
from tradewind.engines.actions.registry import on
from tradewind.engines.discuss.models import Comment


@on("library.delete_document")
def forget_comments(event: Event) -> None:
    """Comments on a document that was deleted for good, their earlier wordings with them."""
    Comment.objects.filter(subject_type=event.subject_type, subject_id=event.subject_id or 0).delete()
