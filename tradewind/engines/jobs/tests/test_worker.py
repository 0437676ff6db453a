"""Real worker processes, really killed."""

from __future__ import annotations

import os
import signal
from collections import Counter
from pathlib import Path

import pytest

from tests.outside import Outside
from tradewind.engines.jobs.queue import enqueue
from tradewind.engines.jobs.tests import sample  # noqa: F401  declares the jobs used here

WORKER = "from tradewind.engines.jobs.tests import sample\nfrom tradewind.engines.jobs import worker\nworker.main()"
FATES = "SELECT id, state, error FROM jobs_job"
LOG = "SELECT job_id, attempt, text FROM jobs_jobline"
STATES = "SELECT state, attempts, error FROM jobs_job WHERE name LIKE 'sample.%'"


@pytest.fixture
def trace(outside: Outside, tmp_path: Path) -> Path:
    file = tmp_path / "trace"
    file.touch()
    outside.env.update(OUTSIDE_TRACE=str(file), WORKER_BEAT="0.5")
    return file


def lines(trace: Path) -> list[list[str]]:
    return [line.split() for line in trace.read_text().splitlines()]


def test_killed_worker_loses_nothing_and_doubles_nothing(outside: Outside, trace: Path) -> None:
    for key in range(6):
        enqueue("sample.step", key=key, seconds=1.5 if key == 0 else 0)
    first = outside.spawn(WORKER, WORKERS="1")
    outside.wait_for(lambda: ["start", "0"] in [line[:2] for line in lines(trace)])
    os.kill(first.pid, signal.SIGKILL)
    second = outside.spawn(WORKER, WORKERS="2")
    outside.wait_for(lambda: len({line[1] for line in lines(trace) if line[0] == "end"}) == 6)
    second.terminate()
    assert second.wait(30) == 0
    ended = Counter(line[1] for line in lines(trace) if line[0] == "end")
    assert ended == {str(key): 1 for key in range(6)}
    found = outside.rows(STATES)
    assert {state for state, _attempts, _error in found} == {"done"}
    assert sorted(attempts for _state, attempts, _error in found) == [1, 1, 1, 1, 1, 2]


def test_bad_job_harms_itself_alone(outside: Outside, trace: Path) -> None:
    """One worker with a job that is killed, one that never ends and one that never reports: each is dealt with."""
    killed, hanging, deaf = (
        enqueue("sample.step", key=1, seconds=3),
        enqueue("sample.hang"),
        enqueue("sample.deaf", seconds=5),
    )
    outside.spawn(WORKER, WORKERS="3")
    (start,) = outside.wait_for(lambda: [line for line in lines(trace) if line[:2] == ["start", "1"]])
    os.kill(int(start[2]), signal.SIGKILL)
    ((attempt, text),) = outside.wait_for(lambda: [row[1:] for row in outside.rows(LOG) if row[0] == killed.pk])
    assert attempt == 1
    assert "signal 9" in text
    outside.wait_for(lambda: [line for line in lines(trace) if line[:2] == ["end", "1"]])
    (error,) = outside.wait_for(lambda: [row[2] for row in outside.rows(FATES) if row[:2] == (hanging.pk, "failed")])
    assert "limit" in error
    outside.wait_for(lambda: [row for row in outside.rows(FATES) if row[:2] == (deaf.pk, "done")])
    assert [line for line in lines(trace) if line[1] == "deaf"] == [["start", "deaf"], ["end", "deaf"]]


def test_two_workers_never_run_one_job_twice(outside: Outside, trace: Path) -> None:
    for key in range(60):
        enqueue("sample.step", key=key, seconds=0.02)
    workers = [outside.spawn(WORKER, WORKERS="2") for _ in range(2)]
    outside.wait_for(lambda: len([line for line in lines(trace) if line[0] == "end"]) >= 60)
    for process in workers:
        process.terminate()
        process.wait(30)
    assert Counter(line[1] for line in lines(trace) if line[0] == "start") == {str(key): 1 for key in range(60)}
    assert len({line[2] for line in lines(trace)}) >= 2


def test_worker_told_to_stop_hands_its_job_back(outside: Outside, trace: Path) -> None:
    enqueue("sample.step", key=1, seconds=60)
    process = outside.spawn(WORKER, WORKERS="1")
    outside.wait_for(lambda: lines(trace))
    process.terminate()
    assert process.wait(30) == 0
    ((state, _attempts, error),) = outside.rows(STATES)
    assert (state, error) == ("queued", "")
    assert outside.rows("SELECT * FROM jobs_workerbeat") == []
