"""Jobs over REST: how one's work stands, and stopping it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema

from tradewind.base.errors import NotFound
from tradewind.engines.access.rest import PROBLEMS, Paged, cursor_page, person_of
from tradewind.engines.jobs import actions, queries
from tradewind.engines.jobs.models import Job

router = Router(tags=["jobs"])


class JobOut(Schema):
    """How a job stands; `done` of `total` steps, `result` once it is done."""

    id: int
    name: str
    state: str
    done: int
    total: int | None
    percent: int | None
    note: str
    error: str
    result: Any = None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


def out(job: Job) -> dict[str, Any]:
    """A job as the API tells it."""
    return {
        "id": job.pk,
        "name": job.name,
        "state": job.state,
        "done": job.progress,
        "total": job.total,
        "percent": job.percent,
        "note": job.note,
        "error": job.error,
        "result": job.result,
        "created_at": job.created_at,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
    }


def found(request: HttpRequest, pk: int) -> Job:
    """One of the jobs this person may see; NotFound otherwise."""
    job = queries.jobs(person_of(request)).filter(pk=pk).first() if 0 < pk < 2**63 else None
    if job is None:
        raise NotFound(_("There is no such record, or you may not see it."))
    return job


@router.get("", response={200: Paged[JobOut], **PROBLEMS}, summary="Your jobs, the newest first")
def list_jobs(request: HttpRequest, cursor: str = "", limit: int = 50, state: str = "") -> dict[str, Any]:
    """Your own jobs; all with the right to see them."""
    rows = queries.jobs(person_of(request))
    return cursor_page(request, rows.filter(state=state) if state else rows, "-pk", out, cursor, limit)


@router.get("/{pk}", response={200: JobOut, **PROBLEMS}, summary="One job")
def get_job(request: HttpRequest, pk: int) -> dict[str, Any]:
    """How one job stands."""
    return out(found(request, pk))


@router.post("/{pk}/cancel", response={200: JobOut, **PROBLEMS}, summary="Stop a job")
def cancel_job(request: HttpRequest, pk: int) -> dict[str, Any]:
    """Stop a job: at once when it waits, at its next safe place when it runs."""
    return out(actions.cancel_job(person_of(request), found(request, pk)))
