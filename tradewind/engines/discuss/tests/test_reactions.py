"""Comments on a document that is gone are gone too, and no others."""

from __future__ import annotations

import pytest

from tradewind.base import clock
from tradewind.engines.actions.models import Event
from tradewind.engines.agenda.factories import make_person
from tradewind.engines.discuss.models import Comment
from tradewind.engines.discuss.reactions import forget_comments
from tradewind.engines.library.actions.trash import delete_document
from tradewind.engines.library.factories import published

pytestmark = pytest.mark.django_db


def test_comments_go_with_a_deleted_document() -> None:
    gone, kept = published("Old"), published("New")
    author = make_person(name="Ann")
    for document in (gone, kept):
        Comment.objects.create(subject_type="library.document", subject_id=document.pk, author=author, body="Look")
    gone.trashed_at = clock.now()
    gone.save()
    pk = gone.pk
    delete_document.system(gone)
    for event in Event.objects.filter(name="library.delete_document"):
        forget_comments(event)
        forget_comments(event)
    assert list(Comment.objects.values_list("subject_id", flat=True)) == [kept.pk]
    assert pk != kept.pk
