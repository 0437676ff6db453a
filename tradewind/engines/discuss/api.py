"""Comments and files of a record over REST, for whoever may read the record."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from ninja import File, Router, Schema, Status
from ninja.files import UploadedFile

from tradewind.engines.access.rest import PROBLEMS, Paged, cursor_page, person_of
from tradewind.engines.discuss import actions, queries
from tradewind.engines.discuss.models import Comment
from tradewind.engines.discuss.views import DOWNLOAD_HEADERS
from tradewind.nouns.files.models import Attachment
from tradewind.nouns.files.queries import attachments_of, open_kept

router = Router(tags=["discuss"])


class CommentIn(Schema):
    """A comment on a subject (`customers.order`) of a number, in Markdown; `@name` mentions a person."""

    subject_type: str
    subject_id: int
    body: str


class Wording(Schema):
    """The new wording of a comment."""

    body: str


class CommentOut(Schema):
    """A comment; a removed one has no words."""

    id: int
    subject_type: str
    subject_id: int
    author: str | None
    body: str
    language: str
    mentioned: list[int]
    created_at: datetime
    edited_at: datetime | None
    removed_at: datetime | None
    version: int


class FileOut(Schema):
    """A file on a record."""

    id: int
    subject_type: str
    subject_id: int
    name: str
    content_type: str
    size: int
    sha256: str
    uploaded_by: str | None
    created_at: datetime


def comment_out(comment: Comment) -> dict[str, Any]:
    """A comment as the API tells it."""
    names = ("subject_type", "subject_id", "language", "created_at", "edited_at", "removed_at", "version")
    return {
        "id": comment.pk,
        "author": str(comment.author) if comment.author else None,
        "body": "" if comment.removed_at else comment.body,
        "mentioned": [person.pk for person in comment.mentioned.all()],
        **{name: getattr(comment, name) for name in names},
    }


def file_out(row: Attachment) -> dict[str, Any]:
    """A file as the API tells it."""
    names = ("subject_type", "subject_id", "name", "content_type", "size", "sha256", "created_at")
    return {
        "id": row.pk,
        "uploaded_by": str(row.uploaded_by) if row.uploaded_by else None,
        **{name: getattr(row, name) for name in names},
    }


@router.get(
    "/comments", response={200: Paged[CommentOut], **PROBLEMS}, summary="The comments on a record, newest first"
)
def list_comments(request: HttpRequest, subject_type: str, subject_id: int, cursor: str = "", limit: int = 50) -> Any:
    queries.record_for(person_of(request), subject_type, subject_id)
    return cursor_page(request, queries.comments_on(subject_type, subject_id), "-pk", comment_out, cursor, limit)


@router.post("/comments", response={201: CommentOut, **PROBLEMS}, summary="Comment on a record")
def add_comment(request: HttpRequest, body: CommentIn) -> Any:
    comment = actions.add_comment(
        person_of(request), subject_type=body.subject_type, subject_id=body.subject_id, body=body.body
    )
    return Status(201, comment_out(comment))


@router.patch("/comments/{int:pk}", response={200: CommentOut, **PROBLEMS}, summary="Change my comment")
def edit_comment(request: HttpRequest, pk: int, body: Wording) -> Any:
    person = person_of(request)
    return comment_out(actions.edit_comment(person, queries.comment_for(person, pk), body=body.body))


@router.delete("/comments/{int:pk}", response={200: CommentOut, **PROBLEMS}, summary="Remove a comment")
def remove_comment(request: HttpRequest, pk: int) -> Any:
    person = person_of(request)
    return comment_out(actions.remove_comment(person, queries.comment_for(person, pk)))


@router.get("/files", response={200: Paged[FileOut], **PROBLEMS}, summary="The files of a record, newest first")
def list_files(request: HttpRequest, subject_type: str, subject_id: int, cursor: str = "", limit: int = 50) -> Any:
    queries.record_for(person_of(request), subject_type, subject_id)
    rows = attachments_of(subject_type, subject_id).select_related("uploaded_by")
    return cursor_page(request, rows, "-pk", file_out, cursor, limit)


@router.post("/files", response={201: FileOut, **PROBLEMS}, summary="Attach a file to a record")
def attach(request: HttpRequest, subject_type: str, subject_id: int, file: File[UploadedFile]) -> Any:
    return Status(201, file_out(actions.attach(person_of(request), subject_type, subject_id, file)))


@router.get("/files/{int:pk}/content", response=PROBLEMS, summary="A file's content")
def download(request: HttpRequest, pk: int) -> HttpResponse:
    person = person_of(request)
    attachment = queries.file_for(person, pk)
    content = open_kept(attachment.sha256)
    actions.note_download(person, attachment)
    kind = attachment.content_type or "application/octet-stream"
    answer: Any = FileResponse(
        content, as_attachment=True, filename=attachment.name, content_type=kind, headers=DOWNLOAD_HEADERS
    )
    found: HttpResponse = answer
    return found


@router.delete("/files/{int:pk}", response={200: FileOut, **PROBLEMS}, summary="Remove a file from its record")
def remove_file(request: HttpRequest, pk: int) -> Any:
    person = person_of(request)
    return file_out(actions.remove_file(person, queries.file_for(person, pk)))
