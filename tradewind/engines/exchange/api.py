"""Imports over REST: upload a file, look at what it would do, commit it, take it back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Count
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import File, Form, Router, Schema, Status, UploadedFile

from tradewind.base.errors import NotFound
from tradewind.engines.access.rest import PROBLEMS, Paged, cursor_page, person_of
from tradewind.engines.exchange import actions, queries
from tradewind.engines.exchange.answers import COUNTS, reason_of
from tradewind.engines.exchange.arrival import Wish, open_upload
from tradewind.engines.exchange.intake.totals import exact
from tradewind.engines.exchange.models import Batch, BatchRefusal

router = Router(tags=["exchange"])


class BatchOut(Schema):
    """An import: its state, counts and exact totals by currency."""

    id: int
    file: str
    format: str
    channel: str
    state: str
    promises: str
    strict: bool
    counts: dict[str, int]
    totals: dict[str, str]
    settled: dict[str, str]
    review: list[dict[str, Any]]
    refused: int
    error: str
    created_at: datetime
    finished_at: datetime | None


class RefusalOut(Schema):
    """A row that was not taken."""

    line: int
    column: str
    code: str
    reason: str
    value: str
    order: str


class Upload(Schema):
    """How the file is to be read; without a format its columns tell it. `commit` merges it without waiting for a look."""

    channel: str
    format: str = ""
    mapping: str = ""
    strict: bool = False
    commit: bool = False


class Countries(Schema):
    """Country names of the file and the codes they mean; `unknown` leaves them without."""

    countries: dict[str, str]


def out(batch: Batch) -> dict[str, Any]:
    """An import as the API tells it."""
    return {
        "id": batch.pk,
        "file": batch.file_name,
        "format": batch.format,
        "channel": batch.channel.code,
        "state": batch.state,
        "promises": batch.promises,
        "strict": batch.strict,
        "counts": {name: int(batch.counts.get(name, 0)) for name in COUNTS},
        "totals": exact(batch.totals),
        "settled": exact(batch.settled),
        "review": batch.review,
        "refused": batch.refused if "refused" in vars(batch) else batch.refusals.count(),  # type: ignore[attr-defined]
        "error": batch.error,
        "created_at": batch.created_at,
        "finished_at": batch.finished_at,
    }


def refusal_out(row: BatchRefusal) -> dict[str, Any]:
    """A refused row as the API tells it."""
    return {
        "line": row.line,
        "column": row.column,
        "code": row.code,
        "reason": reason_of(row),
        "value": row.value,
        "order": row.key,
    }


def found(request: HttpRequest, pk: int) -> Batch:
    """One of the imports this person may see; NotFound otherwise."""
    batch = queries.batches(person_of(request)).filter(pk=pk).first() if 0 < pk < 2**63 else None
    if batch is None:
        raise NotFound(_("There is no such record, or you may not see it."))
    return batch


@router.get("/batches", response={200: Paged[BatchOut], **PROBLEMS}, summary="Imports, the newest first")
def list_batches(request: HttpRequest, cursor: str = "", limit: int = 50, state: str = "") -> dict[str, Any]:
    """The imports of the channels you may see."""
    rows = queries.batches(person_of(request)).annotate(refused=Count("refusals"))
    return cursor_page(request, rows.filter(state=state) if state else rows, "-pk", out, cursor, limit)


@router.post("/batches", response={201: BatchOut, **PROBLEMS}, summary="Upload a file")
def open_batch(request: HttpRequest, upload: Form[Upload], file: File[UploadedFile]) -> Status[dict[str, Any]]:
    """Keep a file and read it in the background; it is merged by `commit`, here or later."""
    person = person_of(request)
    channel = next((one for one in queries.channels(person) if one.code == upload.channel), None)
    if channel is None:
        raise NotFound(_("There is no such channel, or you may not import into it."))
    batch = open_upload(
        person, channel=channel, wish=Wish("mapping" if upload.mapping else upload.format, upload.mapping, upload.strict),
        name=file.name or "file", content=file.chunks(), most=settings.MAX_UPLOAD_BYTES,
    )  # fmt: skip
    if not batch.options.get("draft"):
        (actions.commit_import if upload.commit else actions.read_import)(person, batch)
    return Status(201, out(batch))


@router.get("/batches/{pk}", response={200: BatchOut, **PROBLEMS}, summary="One import")
def get_batch(request: HttpRequest, pk: int) -> dict[str, Any]:
    """How an import stands."""
    return out(found(request, pk))


@router.get(
    "/batches/{pk}/refusals", response={200: Paged[RefusalOut], **PROBLEMS}, summary="Refused rows of an import"
)
def list_refusals(request: HttpRequest, pk: int, cursor: str = "", limit: int = 50) -> dict[str, Any]:
    """Every refused row with line, column and reason."""
    return cursor_page(request, BatchRefusal.objects.filter(batch=found(request, pk)), "pk", refusal_out, cursor, limit)


@router.post("/batches/{pk}/countries", response={200: BatchOut, **PROBLEMS}, summary="Decide countries")
def decide(request: HttpRequest, pk: int, body: Countries) -> dict[str, Any]:
    """Decide what country names mean; the file is read again."""
    return out(actions.decide_countries(person_of(request), found(request, pk), countries=body.countries))


@router.post("/batches/{pk}/commit", response={200: BatchOut, **PROBLEMS}, summary="Commit an import")
def commit(request: HttpRequest, pk: int) -> dict[str, Any]:
    """Merge the good orders in the background."""
    return out(actions.commit_import(person_of(request), found(request, pk)))


@router.post("/batches/{pk}/cancel", response={200: BatchOut, **PROBLEMS}, summary="Stop an import")
def cancel(request: HttpRequest, pk: int) -> dict[str, Any]:
    """Stop an import; what is in already stays."""
    return out(actions.cancel_import(person_of(request), found(request, pk)))


@router.post("/batches/{pk}/undo", response={200: BatchOut, **PROBLEMS}, summary="Take an import back")
def undo(request: HttpRequest, pk: int) -> dict[str, Any]:
    """Take an import back in the background."""
    return out(actions.undo_import(person_of(request), found(request, pk)))
