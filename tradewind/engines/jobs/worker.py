"""The worker: one parent that keeps leases alive and the schedule, and a child process for the work itself.

A child is forked when something is due and ends when nothing is: a job that crashes, hangs or eats memory harms itself
alone, an idle worker is one small process. The parent runs no thread: it beats for its children, so that even a job
that never reports keeps its lease, and a killed child is noticed at once. Children die with their parent.
"""

from __future__ import annotations

import ctypes
import logging
import os
import resource
import secrets
import select
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from types import FrameType

from django.db import DatabaseError, connections, transaction

from tradewind.base import clock
from tradewind.engines.jobs import leases, schedule
from tradewind.engines.jobs.job import BEAT, JOBS
from tradewind.engines.jobs.models import Job, Schedule, WorkerBeat
from tradewind.engines.jobs.run import Stop, execute

log = logging.getLogger(__name__)
WORKERS = int(os.environ.get("WORKERS", "2"))
POLL = 0.5  # seconds between two looks at the queue
STOP_WITHIN = 20.0  # seconds that running jobs get to reach their next check
CHILD_JOBS = 200  # a child makes room for a fresh one after so many jobs
CHILD_MEMORY = 400 * 1024  # or when it has grown beyond so many KiB
GONE_AFTER = timedelta(hours=1)


def main(once: bool = False) -> None:
    """Work until SIGTERM or SIGINT; with `once` do what is due now, in this process, and return."""
    if once:
        plan()
        fire_due()
        drain(f"{socket.gethostname()}-{os.getpid()}-once")
        return
    Parent().run()


def drain(worker: str, most: int | None = None) -> int:
    """Run due jobs one after the other until there is none; how many."""
    count = 0
    while not Stop.asked and (most is None or count < most):
        job = leases.claim(worker)
        if job is None:
            break
        execute(job)
        count += 1
    return count


def plan() -> None:
    """Bring the schedule in line with what the code declares."""
    declared = {name: spec.every for name, spec in JOBS.items() if spec.every}
    Schedule.objects.exclude(name__in=declared).delete()
    known = {row.name: row for row in Schedule.objects.all()}
    for name, rule in declared.items():
        if name not in known:
            first = schedule.parse(rule).after(clock.now())
            Schedule.objects.get_or_create(name=name, defaults={"rule": rule, "next_at": first})
        elif known[name].rule != rule:
            Schedule.objects.filter(name=name).update(rule=rule, next_at=schedule.parse(rule).after(clock.now()))


def fire_due() -> int:
    """Queue every scheduled job whose time has come, each once however many workers look; how many."""
    now = clock.now()
    return sum(fire(row) for row in Schedule.objects.filter(active=True, next_at__lte=now, name__in=list(JOBS)))


def fire(row: Schedule) -> bool:
    """Move one schedule on and queue its job; False when another worker was first. Missed times are run once."""
    now = clock.now()
    following = schedule.parse(row.rule).after(now, row.next_at)
    with transaction.atomic():
        mine = Schedule.objects.filter(pk=row.pk, next_at=row.next_at, active=True).update(
            next_at=following, last_at=now
        )
        if not mine:
            return False
        waiting = Job.objects.filter(name=row.name, scheduled=True, state__in=[Job.QUEUED, Job.RUNNING]).exists()
        if not waiting:
            spec = JOBS[row.name]
            Job.objects.create(
                name=row.name, scheduled=True, priority=spec.priority, most_attempts=spec.retries + 1
            )  # fmt: skip
    return not waiting


class Parent:
    """The parent process: poll, fork, beat, reap."""

    def __init__(self, slots: int = WORKERS) -> None:
        self.slots = max(1, slots)
        self.name = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"
        self.children: dict[int, str] = {}
        self.forked = 0
        self.beaten_at = 0.0
        self.planned = False

    def run(self) -> None:
        """Work until told to stop, then give running jobs time to reach a check."""
        wake, write = socket.socketpair()
        wake.setblocking(False)
        write.setblocking(False)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, ask_to_stop)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(write.fileno(), warn_on_full_buffer=False)
        while not Stop.asked:
            self.guarded(self.turn)
            select.select([wake], [], [], POLL)
            with suppress(BlockingIOError):
                wake.recv(64)
        self.stop()

    def guarded(self, step: Callable[[], None]) -> None:
        """Do one step; a store that does not answer now is asked again next time."""
        try:
            step()
        except DatabaseError as fault:
            log.warning("the store does not answer: %s", fault)
            connections.close_all()

    def tend(self) -> None:
        """Bury dead children and give signs of life for the others."""
        self.bury()
        if time.monotonic() - self.beaten_at >= BEAT:
            self.beaten_at = time.monotonic()
            self.beat()

    def turn(self) -> None:
        """Look after the children, fire the schedule, fork for what is due."""
        self.tend()
        fire_due()
        if len(self.children) < self.slots and leases.due().exists():
            self.fork()

    def beat(self) -> None:
        """Signs of life for the children's jobs and for this worker; what others left behind is taken up."""
        if not self.planned:
            plan()
            self.planned = True
        leases.beat(self.children.values())
        now = clock.now()
        WorkerBeat.objects.update_or_create(
            name=self.name, defaults={"host": socket.gethostname(), "pid": os.getpid(), "seen_at": now}
        )
        WorkerBeat.objects.filter(seen_at__lt=now - GONE_AFTER).delete()
        leases.reap()
        self.stop_overdue()

    def stop_overdue(self) -> None:
        """Kill the children whose job runs beyond its limit."""
        pids = {worker: pid for pid, worker in self.children.items()}
        for job in Job.objects.filter(state=Job.RUNNING, worker__in=list(pids)):
            limit = timedelta(seconds=JOBS[job.name].limit)
            if job.started_at and job.started_at + limit < clock.now():
                leases.fail(job, f"stopped after its limit of {limit}", again=False)
                os.kill(pids[job.worker], signal.SIGKILL)

    def fork(self) -> None:
        """Start a child; it shares this process's loaded code, never its connections."""
        self.forked += 1
        worker = f"{self.name}.{self.forked}"
        connections.close_all()
        sys.stdout.flush()
        sys.stderr.flush()
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            child(worker, parent)
        self.children[pid] = worker

    def bury(self) -> None:
        """Collect children that ended; the job of one that was killed is failed at once."""
        for pid, worker in list(self.children.items()):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                code = os.waitstatus_to_exitcode(status)
                leases.lost([worker], f"its process was killed by signal {-code}" if code < 0 else f"exit {code}")
                del self.children[pid]

    def stop(self) -> None:
        """Let children reach a check, kill those that do not, and hand everything back."""
        for pid in self.children:
            os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_WITHIN
        while self.children and time.monotonic() < deadline:
            self.guarded(self.tend)
            time.sleep(0.1)
        for pid, worker in self.children.items():
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            for job in Job.objects.filter(state=Job.RUNNING, worker=worker):
                leases.give_back(job)
        WorkerBeat.objects.filter(name=self.name).delete()


def ask_to_stop(signum: int, frame: FrameType | None) -> None:
    """Signal handler: everything that looks at Stop ends at its next check."""
    Stop.asked = True


def child(worker: str, parent: int) -> None:
    """The life of a child: run due jobs until there is none, then leave without the parent's clean-up code."""
    status = 1
    try:
        die_with_parent(parent)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGTERM, ask_to_stop)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        left = CHILD_JOBS
        while left and drain(worker, 1):
            left -= 1
            if resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > CHILD_MEMORY:
                break
        status = 0
    except BaseException:
        log.exception("worker child %s", worker)
    finally:
        connections.close_all()
        sys.stderr.flush()
        os._exit(status)


def die_with_parent(parent: int) -> None:
    """On Linux a child is killed with its parent: without beats its lease would end while it still works."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
