"""Comment, and attach files. Whoever may read the subject may; everybody changes only their own."""

from __future__ import annotations

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Model
from django.utils.translation import gettext as _

from tradewind.base import clock
from tradewind.base.errors import NotAllowed, Refused
from tradewind.engines.access.registry import Subject
from tradewind.engines.access.scope import place_of
from tradewind.engines.actions.action import action, note
from tradewind.engines.discuss import queries, rules
from tradewind.engines.discuss.models import Comment, Wording
from tradewind.engines.inbox.tell import tell
from tradewind.nouns.files.models import Attachment
from tradewind.nouns.files.queries import Kept, keep
from tradewind.nouns.org.models import Person

MOST_WORDS = 20_000
MOST_BYTES = 100 * 1024 * 1024


class Brought:
    """A file whose bytes lie in the data folder already.

    A class of its own, which no JSON can be turned into: otherwise naming a hash would be enough to read any file.
    """

    def __init__(self, name: str, kept: Kept) -> None:
        self.name = rules.safe_name(name)
        self.kept = kept


@action(open_to_all=True)
def add_comment(by: Person, *, subject_type: str, subject_id: int, body: str) -> Comment:
    """Comment on a record.

    People mentioned with `@name` who may see the record are told, and those who commented before. Raises NotFound where
    one may not read, Refused for an empty text.
    """
    known, record = queries.record_for(by, subject_type, subject_id)
    comment = Comment.objects.create(
        subject_type=subject_type, subject_id=subject_id, author=by, body=checked(body), language=by.language
    )
    told = spread(by, comment, known, record, already=set())
    others = queries.took_part(subject_type, subject_id).exclude(pk__in=[by.pk, *told])
    readers = [person for person in others if queries.may_read(person, known, record)]
    tell(readers, "discuss.replied", record, words(by, comment, known, record), group=f"{subject_type}:{subject_id}")
    return comment


@action(open_to_all=True)
def edit_comment(by: Person, comment: Comment, *, body: str) -> Comment:
    """Change the wording of one's own comment; the earlier wording is kept and can be read."""
    require_author(by, comment)
    known, record = queries.record_for(by, comment.subject_type, comment.subject_id)
    text = checked(body)
    if text != comment.body:
        Wording.objects.create(comment=comment, body=comment.body)
        already = set(comment.mentioned.values_list("pk", flat=True))
        comment.body, comment.edited_at = text, clock.now()
        comment.save()
        spread(by, comment, known, record, already=already)
    return comment


@action(open_to_all=True)
def remove_comment(by: Person, comment: Comment) -> Comment:
    """Remove a comment: its author may, and who moderates where its subject lies."""
    _known, record = queries.record_for(by, comment.subject_type, comment.subject_id)
    if comment.author_id != by.pk and not queries.may_moderate(by, record):
        raise NotAllowed(_("Only its author may do this."))
    if comment.removed_at is None:
        comment.removed_at, comment.removed_by = clock.now(), by
        comment.save()
    return comment


def checked(body: str) -> str:
    """The text of a comment; Refused when there is none or too much."""
    text = body.strip()
    if not text:
        raise Refused(_("Write something first."), fields={"body": _("Write something first.")})
    if len(text) > MOST_WORDS:
        raise Refused(_("This is too long for a comment; attach it as a file."), fields={"body": _("Too long.")})
    return text


def require_author(by: Person | None, comment: Comment) -> None:
    """Raise NotAllowed unless the comment is the actor's own, Refused when it was removed."""
    if by is None or comment.author_id != by.pk:
        raise NotAllowed(_("Only its author may do this."))
    if comment.removed_at is not None:
        raise Refused(_("This comment was removed."))


def words(by: Person, comment: Comment, known: Subject, record: Model) -> dict[str, str]:
    """What the notice of a comment says."""
    return {"person": str(by), "record": known.title_of(record), "words": " ".join(comment.body.split())[:200]}


def spread(by: Person, comment: Comment, known: Subject, record: Model, *, already: set[int]) -> set[int]:
    """Keep and tell who is mentioned and was not before; the ids of all who are."""
    people, _others = queries.mentioned_in(comment.body, known, record)
    comment.mentioned.set(people)
    fresh = [person for person in people if person.pk not in already and person.pk != by.pk]
    tell(fresh, "discuss.mentioned", record, words(by, comment, known, record))
    return {person.pk for person in people}


# --- files ---------------------------------------------------------------------------------------------------------


def attach(by: Person, subject_type: str, subject_id: int, upload: UploadedFile[bytes]) -> Attachment:
    """Keep an upload and attach it to a record; checked before a byte is kept, and kept outside of any transaction."""
    queries.record_for(by, subject_type, subject_id)
    brought = Brought(upload.name or "", keep(upload.chunks(), most=MOST_BYTES))
    return attach_file(by, subject_type=subject_type, subject_id=subject_id, brought=brought)


@action(open_to_all=True)
def attach_file(by: Person, *, subject_type: str, subject_id: int, brought: Brought) -> Attachment:
    """Attach a file to a record."""
    _known, record = queries.record_for(by, subject_type, subject_id)
    if not brought.kept.size:
        raise Refused(_("The file is empty."), fields={"file": _("The file is empty.")})
    place = place_of(record)
    return Attachment.objects.create(
        subject_type=subject_type, subject_id=subject_id, name=brought.name, uploaded_by=by,
        content_type=rules.type_of(brought.name, brought.kept.head), size=brought.kept.size, sha256=brought.kept.sha256,
        entity_id=place.entity, market_id=place.market, team_id=place.team,
    )  # fmt: skip


@action(open_to_all=True)
def remove_file(by: Person, attachment: Attachment) -> Attachment:
    """Remove a file from a record: who brought it may, and who moderates where the record lies."""
    _known, record = queries.record_for(by, attachment.subject_type, attachment.subject_id)
    if attachment.uploaded_by_id != by.pk and not queries.may_moderate(by, record):
        raise NotAllowed(_("Only who brought the file may do this."))
    attachment.removed_at = clock.now()
    attachment.save(update_fields=["removed_at"])
    return attachment


def note_download(by: Person, attachment: Attachment) -> None:
    """Put into the audit trail that a file was taken."""
    note(
        "discuss.download_file",
        by,
        attachment,
        file=attachment.pk,
        record=f"{attachment.subject_type}:{attachment.subject_id}",
    )
