"""Real worker processes, really killed."""

from __future__ import annotations

import os
import signal
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.outside import Outside

WORKER = "from tradewind.engines.jobs.tests import sample\nfrom tradewind.engines.jobs import worker\nworker.main()"
QUEUE = "from tradewind.engines.jobs.tests import sample\nfrom tradewind.engines.jobs.queue import enqueue\n"
STATES = "from tradewind.engines.jobs.models import Job\nanswer = {j.pk: [j.state, j.attempts, j.error] for j in Job.objects.filter(name__startswith='sample.')}"


@pytest.fixture
def trace(outside: Outside, tmp_path: Path) -> Path:
    file = tmp_path / "trace"
    file.touch()
    outside.env.update(OUTSIDE_TRACE=str(file), WORKER_BEAT="0.5")
    return file


def lines(trace: Path) -> list[list[str]]:
    return [line.split() for line in trace.read_text().splitlines()]


def states(outside: Outside) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = outside.run(STATES)
    return found


def test_killed_worker_loses_nothing_and_doubles_nothing(outside: Outside, trace: Path) -> None:
    outside.run(QUEUE + "answer = [enqueue('sample.step', key=k, seconds=1.5 if k == 0 else 0).pk for k in range(6)]")
    first = outside.spawn(WORKER, WORKERS="1")
    outside.wait_for(lambda: ["start", "0"] in [line[:2] for line in lines(trace)])
    os.kill(first.pid, signal.SIGKILL)
    second = outside.spawn(WORKER, WORKERS="2")
    outside.wait_for(lambda: len({line[1] for line in lines(trace) if line[0] == "end"}) == 6)
    second.terminate()
    assert second.wait(20) == 0
    ended = Counter(line[1] for line in lines(trace) if line[0] == "end")
    assert ended == {str(k): 1 for k in range(6)}
    found = states(outside)
    assert {state for state, _attempts, _error in found.values()} == {"done"}
    assert sorted(attempts for _state, attempts, _error in found.values()) == [1, 1, 1, 1, 1, 2]


def test_killed_child_is_noticed_at_once(outside: Outside, trace: Path) -> None:
    outside.run(QUEUE + "answer = enqueue('sample.step', key=1, seconds=2).pk")
    outside.spawn(WORKER, WORKERS="1")
    (start,) = outside.wait_for(lambda: [line for line in lines(trace) if line[0] == "start"])
    os.kill(int(start[2]), signal.SIGKILL)
    (found,) = outside.wait_for(lambda: [s for s in states(outside).values() if s[0] == "queued"], 10)
    assert found[1] == 1
    assert "signal 9" in str(found[2])


def test_two_workers_never_run_one_job_twice(outside: Outside, trace: Path) -> None:
    outside.run(QUEUE + "answer = [enqueue('sample.step', key=k).pk for k in range(60)]")
    workers = [outside.spawn(WORKER, WORKERS="2") for _ in range(2)]
    outside.wait_for(lambda: len([line for line in lines(trace) if line[0] == "end"]) >= 60)
    for process in workers:
        process.terminate()
        process.wait(20)
    assert Counter(line[1] for line in lines(trace) if line[0] == "start") == {str(k): 1 for k in range(60)}
    assert len({line[2] for line in lines(trace)}) >= 2


def test_job_that_never_reports_keeps_its_lease(outside: Outside, trace: Path) -> None:
    outside.run(QUEUE + "answer = enqueue('sample.deaf', seconds=5).pk")
    for _ in range(2):
        outside.spawn(WORKER, WORKERS="1")
    outside.wait_for(lambda: ["end", "deaf"] in lines(trace))
    assert lines(trace) == [["start", "deaf"], ["end", "deaf"]]


def test_worker_told_to_stop_hands_its_job_back(outside: Outside, trace: Path) -> None:
    outside.run(QUEUE + "answer = enqueue('sample.step', key=1, seconds=60).pk")
    process = outside.spawn(WORKER, WORKERS="1")
    outside.wait_for(lambda: lines(trace))
    process.terminate()
    assert process.wait(15) == 0
    ((state, _attempts, error),) = states(outside).values()
    assert (state, error) == ("queued", "")
    assert outside.run("from tradewind.engines.jobs.models import WorkerBeat\nanswer = WorkerBeat.objects.count()") == 0


def test_job_beyond_its_limit_is_stopped(outside: Outside, trace: Path) -> None:
    outside.run(QUEUE + "answer = enqueue('sample.hang').pk")
    outside.spawn(WORKER, WORKERS="1")
    (found,) = outside.wait_for(lambda: [s for s in states(outside).values() if s[0] == "failed"], 20)
    assert "limit" in str(found[2])
