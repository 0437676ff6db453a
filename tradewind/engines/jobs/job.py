"""The decorator that declares a function as work for the queue, and the register of all that were declared."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from django.utils.translation import gettext, gettext_lazy

from tradewind.engines.jobs import schedule
from tradewind.nouns.org.models import Person


class Run(Protocol):
    """What a job's function gets first: who asked, and how to tell progress."""

    @property
    def by(self) -> Person | None:
        """The person who asked for the job; None for the system."""

    @property
    def job_id(self) -> int:
        """The job's number."""

    def progress(self, done: int, total: int | None = None, note: str = "") -> None:
        """Tell how far the work is; also a `check`. Call it between transactions."""

    def check(self) -> None:
        """Raise Cancelled when somebody asked for that, Interrupted when this process must stop."""

    def log(self, text: str, level: str = "info") -> None:
        """Keep a line in the job's log."""


BEAT = float(os.environ.get("WORKER_BEAT", "5"))  # seconds between two signs of life of a worker

Function = Callable[..., dict[str, Any] | None]
F = TypeVar("F", bound=Function)


@dataclass(frozen=True)
class Spec:
    """One declared job."""

    name: str
    function: Function
    label: Any
    every: str
    retries: int
    lease: int
    priority: int
    quiet: bool
    limit: int

    def checked(self, args: dict[str, Any]) -> dict[str, Any]:
        """The arguments, if the function takes them; TypeError otherwise."""
        inspect.signature(self.function).bind(None, **args)
        return args


JOBS: dict[str, Spec] = {}


def job(
    name: str,
    *,
    every: str | None = None,
    retries: int = 3,
    lease: int = 60,
    priority: int = 0,
    quiet: bool = False,
    limit: int = 6 * 3600,
    label: Any = None,
) -> Callable[[F], F]:
    """Declare `function(ctx: Run, *, …) -> dict | None` as the job `name`, `<room>.<verb_noun>`.

    It may be run again from its start at any time (a killed worker, a retry), so it must be safe to repeat. Arguments
    are JSON values. `every` puts it on the schedule, `retries` more starts follow a fault, `lease` and `limit` are
    seconds: when its worker gives no sign of life for `lease` (three beats at least) it is taken up again, after
    `limit` it is stopped. `quiet` keeps no row of a good scheduled run.
    """
    if every:
        schedule.parse(every)
    span = max(lease, int(3 * BEAT) + 1)

    def register(function: F) -> F:
        told = label or gettext_lazy((inspect.getdoc(function) or name).split("\n")[0].rstrip("."))
        JOBS[name] = Spec(name, function, told, every or "", retries, span, priority, quiet, limit)
        return function

    return register


def label_of(name: str) -> str:
    """A job's name in words; the name itself when no room declares it any more."""
    return gettext(str(JOBS[name].label)) if name in JOBS else name
