"""Who holds which job: claims, heartbeats, and what becomes of a job when its holder finishes, fails or dies.

Every change after a claim is guarded by holder and attempt, so a process that lost its lease can change nothing.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from tradewind.base import clock
from tradewind.engines.jobs import live
from tradewind.engines.jobs.job import JOBS
from tradewind.engines.jobs.models import Job, JobLine, Schedule

log = logging.getLogger(__name__)
FIRST_WAIT = 2  # seconds before the second start; doubles with each further one
LONGEST_WAIT = 3600


def due() -> QuerySet[Job]:
    """Queued jobs that may start now, the most urgent first; one waits while its twin of the same key runs."""
    twin = Job.objects.filter(name=OuterRef("name"), unique=OuterRef("unique"), state=Job.RUNNING)
    ready = Job.objects.filter(state=Job.QUEUED, run_at__lte=clock.now(), name__in=list(JOBS))
    return ready.filter(Q(unique="") | ~Exists(twin)).order_by("-priority", "run_at", "id")


def claim(worker: str) -> Job | None:
    """Take the next due job for `worker`, or None; no two workers ever get the same one."""
    if not due().exists():
        return None
    try:
        with transaction.atomic():
            # SQLite begins IMMEDIATE, so nobody else is between this read and the write; PostgreSQL skips locked rows.
            rows = due().select_for_update(skip_locked=True, of=("self",)) if on_postgres() else due()
            found = rows.first()
            return start(found, worker) if found else None
    except IntegrityError:  # a twin of the same key was started in the same moment
        return None


def on_postgres() -> bool:
    """Whether the store can skip locked rows."""
    return connection.features.has_select_for_update_skip_locked


def start(job: Job, worker: str) -> Job:
    """Mark a job as running in the hands of `worker`."""
    now = clock.now()
    job.state, job.worker, job.attempts = Job.RUNNING, worker, job.attempts + 1
    job.started_at, job.lease_until = now, now + timedelta(seconds=JOBS[job.name].lease)
    job.progress, job.total, job.note, job.error = 0, None, "", ""
    job.save(
        update_fields=[
            "state", "worker", "attempts", "started_at", "lease_until", "progress", "total", "note", "error",
        ]
    )  # fmt: skip
    return job


def held(job: Job) -> QuerySet[Job]:
    """The job's row as long as it is still in the hands that claimed it."""
    return Job.objects.filter(pk=job.pk, state=Job.RUNNING, worker=job.worker, attempts=job.attempts)


def beat(workers: Iterable[str]) -> None:
    """Give every job held by these workers a fresh lease."""
    now = clock.now()
    for pk, name in list(Job.objects.filter(state=Job.RUNNING, worker__in=list(workers)).values_list("pk", "name")):
        lease = JOBS[name].lease if name in JOBS else 60
        Job.objects.filter(pk=pk, state=Job.RUNNING).update(lease_until=now + timedelta(seconds=lease))


def end(job: Job, state: str, **changes: Any) -> bool:
    """Bring a held job to its end; False when it is no longer ours."""
    done = held(job).update(state=state, finished_at=clock.now(), lease_until=None, worker="", **changes)
    if not done:
        log.warning("job %s was taken from %s; its end is not recorded", job.pk, job.worker)
        return False
    if job.scheduled:
        Schedule.objects.filter(name=job.name).update(last_state=state)
    tell(job.pk)
    return True


def give_back(job: Job) -> None:
    """Queue a held job again at once, with one start more to its credit, as when the worker is told to stop."""
    held(job).update(
        state=Job.QUEUED, worker="", lease_until=None, most_attempts=job.most_attempts + 1, run_at=clock.now()
    )


def fail(job: Job, error: str, *, again: bool) -> None:
    """Record a fault of a held job: a later start while there are attempts left, else the end."""
    note_line(job, error, level=JobLine.WARNING)
    if not again or job.attempts >= job.most_attempts:
        end(job, Job.FAILED, error=error[:2000])
        return
    wait = timedelta(seconds=min(LONGEST_WAIT, FIRST_WAIT * 2 ** (job.attempts - 1)))
    held(job).update(state=Job.QUEUED, worker="", lease_until=None, run_at=clock.now() + wait, error=error[:2000])
    tell(job.pk)


def note_line(job: Job, text: str, *, level: str = JobLine.INFO) -> None:
    """A line in the job's log."""
    JobLine.objects.create(job_id=job.pk, attempt=job.attempts, level=level, text=text[:20_000])


def lost(workers: Iterable[str], error: str) -> None:
    """What these dead workers held fails at once and is started again if attempts are left."""
    for job in Job.objects.filter(state=Job.RUNNING, worker__in=list(workers)):
        fail(job, error, again=True)


def reap() -> int:
    """Take up again what nobody gave a sign of life for; how many."""
    return sum(take_up(job) for job in Job.objects.filter(state=Job.RUNNING, lease_until__lt=clock.now()))


def take_up(job: Job) -> bool:
    """Fail the start of a job whose lease is over; False when its holder, or another reaper, was faster."""
    log.warning("job %s (%s) was left by %s", job.pk, job.name, job.worker)
    taken = f"reaped {secrets.token_hex(8)}"
    if not held(job).filter(lease_until__lt=clock.now()).update(worker=taken):
        return False
    job.worker = taken
    fail(job, "The worker gave no sign of life.", again=job.name in JOBS)
    return True


def tell(pk: int) -> None:
    """Tell the job's person how it stands now."""
    job = Job.objects.filter(pk=pk).first()
    if job is not None and job.by_id:
        live.publish(job.by_id, "job", standing(job))


def standing(job: Job) -> dict[str, Any]:
    """How a job stands, as pages and the API get it."""
    return {
        "id": job.pk,
        "name": job.name,
        "state": job.state,
        "done": job.progress,
        "total": job.total,
        "percent": job.percent,
        "note": job.note,
        "error": job.error if job.state == Job.FAILED else "",
    }
