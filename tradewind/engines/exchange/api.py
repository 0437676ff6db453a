"""Imports over REST: upload a file, look at what it would do, commit it, take it back."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Count
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import File, Form, Router, Schema, Status, UploadedFile

from tradewind.base.errors import NotFound, Refused
from tradewind.engines.access.rest import PROBLEMS, Paged, cursor_page, person_of
from tradewind.engines.exchange import actions, queries
from tradewind.engines.exchange.answers import COUNTS, reason_of
from tradewind.engines.exchange.arrival import Wish, open_upload
from tradewind.engines.exchange.intake.totals import exact
from tradewind.engines.exchange.models import Batch, BatchRefusal, SheetBatch
from tradewind.engines.exchange.sheets import flow, queue
from tradewind.engines.exchange.sheets.kinds import sheet_of

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


class SheetKind(Schema):
    """A kind of table: its fields, what is asked beside the file, and the layouts that are known."""

    code: str
    title: str
    fields: dict[str, str]
    options: list[str]
    layouts: list[str]


class SheetUpload(Schema):
    """The kind of table; `options` is a JSON object of what is asked beside the file. `commit` takes good rows at once."""

    sheet: str
    options: str = "{}"
    layout: str = ""
    strict: bool = False
    commit: bool = False


class SheetOut(Schema):
    """What a table does or did: counts, refused and left out rows, sums by currency."""

    batch: int
    sheet: str
    file: str
    state: str
    rows: int
    new: int
    changed: int
    same: int
    left: int
    layout: str
    rejected: list[dict[str, Any]]
    left_out: list[dict[str, Any]]
    totals: dict[str, str]
    settled: dict[str, str]
    notes: list[str]
    error: str


class SheetSpec(Schema):
    """Which column is which field, constants, how dates and numbers are written; `keep_as` keeps it for the next file."""

    spec: dict[str, Any]
    keep_as: str = ""


def sheet_found(request: HttpRequest, pk: int) -> SheetBatch:
    """One of the tables this person may see; NotFound otherwise."""
    batch = queries.sheet_batches(person_of(request)).filter(pk=pk).first() if 0 < pk < 2**63 else None
    if batch is None:
        raise NotFound(_("There is no such record, or you may not see it."))
    return batch


@router.get("/tables/kinds", response={200: list[SheetKind], **PROBLEMS}, summary="Kinds of tables you may bring in")
def list_sheet_kinds(request: HttpRequest) -> list[dict[str, Any]]:
    """What each kind of table reads and asks."""
    return [
        {
            "code": one.code, "title": str(one.title), "fields": {column.name: column.kind for column in one.columns},
            "options": [option.name for option in one.options], "layouts": [layout.code for layout in one.layouts],
        }
        for one in queries.sheets(person_of(request))
    ]  # fmt: skip


@router.post("/tables", response={201: SheetOut, **PROBLEMS}, summary="Upload a table")
def open_table(request: HttpRequest, upload: Form[SheetUpload], file: File[UploadedFile]) -> Status[dict[str, Any]]:
    """Keep a table and read it; good rows are taken by `commit`, here or later."""
    person = person_of(request)
    try:
        options = json.loads(upload.options or "{}")
    except ValueError:
        options = None
    if not isinstance(options, dict):
        raise Refused(_("The options are no JSON object."), fields={"options": _("The options are no JSON object.")})
    batch = flow.open_sheet(
        person, sheet_of(upload.sheet), name=file.name or "file", content=file.chunks(), options=options,
        layout=upload.layout, strict=upload.strict, most=settings.MAX_UPLOAD_BYTES,
    )  # fmt: skip
    batch = queue.begin(person, batch)
    if upload.commit and batch.state == SheetBatch.READY:
        batch = queue.finish(person, batch)
    return Status(201, flow.answer(batch))


@router.get("/tables/{pk}", response={200: SheetOut, **PROBLEMS}, summary="One table")
def get_table(request: HttpRequest, pk: int) -> dict[str, Any]:
    """How a table stands."""
    return flow.answer(sheet_found(request, pk))


@router.post("/tables/{pk}/columns", response={200: SheetOut, **PROBLEMS}, summary="Say what the columns mean")
def map_table(request: HttpRequest, pk: int, body: SheetSpec) -> dict[str, Any]:
    """Say which column is which; the file is read again."""
    batch = sheet_found(request, pk)
    return flow.answer(flow.map_sheet(person_of(request), batch, spec=body.spec, keep_as=body.keep_as))


@router.post("/tables/{pk}/commit", response={200: SheetOut, **PROBLEMS}, summary="Take the good rows of a table")
def commit_table(request: HttpRequest, pk: int) -> dict[str, Any]:
    """Take good rows; refused ones stay out and are listed."""
    return flow.answer(queue.finish(person_of(request), sheet_found(request, pk)))
