"""One start of a job: what its function is given, and what becomes of its outcome."""

from __future__ import annotations

import json
import logging
import time
import traceback
from datetime import timedelta
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import translation

from tradewind.base import clock
from tradewind.base.errors import Refused
from tradewind.engines.actions.action import origin
from tradewind.engines.jobs import leases, live
from tradewind.engines.jobs.job import JOBS
from tradewind.engines.jobs.models import Job, JobLine
from tradewind.nouns.org.models import Person

log = logging.getLogger(__name__)
TELL_EVERY = 0.4  # seconds between two writes of progress
LOOK_EVERY = 0.5  # seconds between two looks whether to stop


class Cancelled(Exception):
    """Somebody asked that this job stop; let it pass."""


class Interrupted(Exception):
    """This process must stop or no longer holds the job; it is started again elsewhere. Let it pass."""


class Stop:
    """Whether this process was told to stop."""

    asked = False


class Attempt:
    """What a job's function gets first. Progress and checks cost nothing when called often: they look at the clock."""

    def __init__(self, job: Job, *, own_lease: bool = False) -> None:
        self.job = job
        self.by: Person | None = job.by
        self.own_lease = own_lease
        self.told_at = 0.0
        self.looked_at = time.monotonic()

    @property
    def job_id(self) -> int:
        """The job's number."""
        return self.job.pk

    def progress(self, done: int, total: int | None = None, note: str = "") -> None:
        """Tell how far the work is; raises as `check` does."""
        self.job.progress, self.job.total, self.job.note = done, total, note[:300]
        now = time.monotonic()
        if now - self.told_at >= TELL_EVERY or (total is not None and done >= total):
            self.told_at = now
            self.tell()
        self.check()

    def tell(self) -> None:
        """Write the progress down and to the person's open pages."""
        job = self.job
        with transaction.atomic():
            told = leases.held(job).update(progress=job.progress, total=job.total, note=job.note)
            if told and job.by_id:
                live.publish(job.by_id, "job", leases.standing(job))
        if not told:
            raise Interrupted

    def check(self) -> None:
        """Raise Cancelled or Interrupted when this run must end."""
        if Stop.asked and not self.own_lease:
            raise Interrupted
        now = time.monotonic()
        if now - self.looked_at < LOOK_EVERY:
            return
        self.looked_at = now
        asked = leases.held(self.job).values_list("cancel_asked", flat=True).first()
        if asked is None:
            raise Interrupted
        if asked:
            raise Cancelled
        if self.own_lease:
            lease = timedelta(seconds=JOBS[self.job.name].lease)
            leases.held(self.job).update(lease_until=clock.now() + lease)

    def log(self, text: str, level: str = JobLine.INFO) -> None:
        """Keep a line in the job's log."""
        leases.note_line(self.job, text, level=level)


def call(job: Job, attempt: Attempt) -> dict[str, Any] | None:
    """Run the declared function as its person would see it: origin `job`."""
    with origin("job"):
        result = JOBS[job.name].function(attempt, **job.args)
    kept: dict[str, Any] | None = json.loads(json.dumps(result, cls=DjangoJSONEncoder)) if result is not None else None
    return kept


def execute(job: Job) -> None:
    """Run a claimed job in its person's language and record its outcome; never raises what the job raised."""
    with translation.override(job.by.language if job.by else "en"):
        attempt_once(job, Attempt(job))


def attempt_once(job: Job, attempt: Attempt) -> None:
    """One start and its outcome."""
    try:
        result = call(job, attempt)
    except Cancelled:
        leases.end(job, Job.CANCELLED)
    except Interrupted:
        leases.give_back(job)
    except Refused as refusal:
        leases.fail(job, str(refusal), again=False)
    except Exception as fault:  # whatever a job does must not harm the worker
        log.exception("job %s (%s) failed", job.pk, job.name)
        leases.note_line(job, traceback.format_exc(limit=-12), level=JobLine.TRACE)
        leases.fail(job, f"{type(fault).__name__}: {fault}", again=True)
    else:
        succeed(job, result)


def succeed(job: Job, result: dict[str, Any] | None) -> None:
    """The end of a job that went well; a quiet one that no person asked for leaves no row."""
    shown = {"progress": job.progress, "total": job.total, "note": job.note}
    if leases.end(job, Job.DONE, result=result, error="", **shown) and JOBS[job.name].quiet and not job.by_id:
        Job.objects.filter(pk=job.pk).delete()


def run_inline(job: Job) -> dict[str, Any] | None:
    """Run a job in this process for a caller that waits; what the job raises is recorded and raised on."""
    attempt = Attempt(job, own_lease=True)
    try:
        result = call(job, attempt)
    except Cancelled:
        leases.end(job, Job.CANCELLED)
        raise
    except BaseException as fault:
        leases.fail(job, str(fault) or type(fault).__name__, again=False)
        raise
    succeed(job, result)
    return result
