"""Put work in the queue, run it here and now, stop it, start it again."""

from __future__ import annotations

import json
import os
import socket
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from tradewind.base import clock
from tradewind.base.errors import Refused
from tradewind.engines.access.registry import subject_of
from tradewind.engines.jobs import leases
from tradewind.engines.jobs.job import JOBS
from tradewind.engines.jobs.models import Job
from tradewind.engines.jobs.run import run_inline
from tradewind.nouns.org.models import Person

INLINE_LEASE = timedelta(hours=1)


def enqueue(
    name: str,
    *,
    by: Person | None = None,
    unique: str = "",
    follow: bool = False,
    at: datetime | None = None,
    priority: int | None = None,
    subject: Model | None = None,
    **args: Any,
) -> Job:
    """Queue the declared job `name`; it starts after the current transaction has been committed, not before `at`.

    With `unique` there is one such job queued or running at a time: the one there is comes back instead of a new one,
    so the key must stand for the same work. `follow` queues one more behind a running one. KeyError on an unknown name, TypeError on arguments that do not fit.
    """
    job = made(name, by, args, subject)
    job.unique, job.run_at = unique, at or clock.now()
    job.priority = JOBS[name].priority if priority is None else priority
    if not unique:
        job.save()
        return job
    there = twin(name, unique, follow=follow)
    if there is not None:
        return there
    try:
        with transaction.atomic():
            job.save()
    except IntegrityError:  # somebody queued it in the same moment
        return twin(name, unique, follow=follow) or Job.objects.filter(name=name, unique=unique).latest("id")
    return job


def made(name: str, by: Person | None, args: dict[str, Any], subject: Model | None) -> Job:
    """An unsaved job of that name with checked arguments."""
    spec = JOBS[name]
    known = subject_of(subject) if subject is not None else None
    return Job(
        name=name,
        by=by,
        args=json.loads(json.dumps(spec.checked(args))),
        most_attempts=spec.retries + 1,
        subject_type=known.key if known else "",
        subject_id=subject.pk if subject is not None else None,
    )


def twin(name: str, unique: str, *, follow: bool) -> Job | None:
    """The job of that key that is queued already, or (unless one may follow it) running."""
    same = Job.objects.filter(name=name, unique=unique).order_by("-id")
    fresh = {"state": Job.QUEUED, "attempts": 0}
    return same.filter(**fresh).first() if follow else same.filter(state__in=[Job.QUEUED, Job.RUNNING]).first()


def run_now(name: str, *, by: Person | None = None, subject: Model | None = None, **args: Any) -> dict[str, Any] | None:
    """Run a job in this process and wait for its result; it has its row and log like any other, but no second start.

    Raises what the job raises.
    """
    job = made(name, by, args, subject)
    job.most_attempts = 1
    job.save()
    leases.start(job, f"inline {socket.gethostname()}-{os.getpid()}")
    lease = max(INLINE_LEASE, timedelta(seconds=JOBS[name].lease))
    Job.objects.filter(pk=job.pk).update(lease_until=clock.now() + lease)
    return run_inline(job)


def cancel(job: Job) -> None:
    """Stop a job: a queued one at once, a running one at its next check; Refused when it is over."""
    now = clock.now()
    if Job.objects.filter(pk=job.pk, state=Job.QUEUED).update(state=Job.CANCELLED, finished_at=now):
        leases.tell(job.pk)
    elif not Job.objects.filter(pk=job.pk, state=Job.RUNNING).update(cancel_asked=True):
        raise Refused(_("This job is over already."))
    job.refresh_from_db()


def retry(job: Job, by: Person | None = None) -> Job:
    """Queue a failed or cancelled job anew under the person it ran for; Refused when it is not over or went well."""
    if job.state not in (Job.FAILED, Job.CANCELLED):
        raise Refused(_("Only a failed or cancelled job can be started again."))
    if job.name not in JOBS:
        raise Refused(_("This kind of job does not exist any more."))
    anew = enqueue(job.name, by=job.by or by, unique=job.unique, **job.args)
    Job.objects.filter(pk=anew.pk).update(subject_type=job.subject_type, subject_id=job.subject_id)
    return anew
