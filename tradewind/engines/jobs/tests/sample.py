"""Jobs that tests run in real worker processes; each leaves a line in the file named by OUTSIDE_TRACE."""

from __future__ import annotations

import os
import time
from pathlib import Path

from tradewind.base.errors import Refused
from tradewind.engines.jobs.job import Run, job


def trace(text: str) -> None:
    """Append one line at once, whole."""
    with Path(os.environ.get("OUTSIDE_TRACE", os.devnull)).open("a") as file:
        file.write(f"{text}\n")


@job("sample.step", lease=3, retries=3)
def step(ctx: Run, *, key: int = 0, seconds: float = 0.0, crash_first: bool = False) -> dict[str, int]:
    """Leave `start` and `end` lines around some slow steps."""
    trace(f"start {key} {os.getpid()}")
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        time.sleep(0.05)
        ctx.progress(int((until - time.monotonic()) * 10), 100, "working")
    trace(f"end {key} {os.getpid()}")
    return {"key": key}


@job("sample.deaf", lease=2, retries=1)
def deaf(ctx: Run, *, seconds: float) -> None:
    """Work long without ever reporting."""
    trace("start deaf")
    time.sleep(seconds)
    trace("end deaf")


@job("sample.refuse")
def refuse(ctx: Run) -> None:
    """Refuse in words."""
    raise Refused("The file is empty.")


@job("sample.break", retries=1)
def break_down(ctx: Run) -> None:
    """Fail as a fault would."""
    raise RuntimeError("no more paper")


@job("sample.hang", limit=1, lease=30)
def hang(ctx: Run) -> None:
    """Never end."""
    trace("start hang")
    time.sleep(600)
