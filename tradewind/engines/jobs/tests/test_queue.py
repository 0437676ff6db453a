from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction

from tradewind.base import clock
from tradewind.base.errors import Refused
from tradewind.engines.jobs import leases, worker
from tradewind.engines.jobs.job import JOBS, Run, job
from tradewind.engines.jobs.models import Job, JobLine, LiveMessage, Schedule
from tradewind.engines.jobs.queue import cancel, enqueue, retry, run_now
from tradewind.engines.jobs.run import Cancelled, execute
from tradewind.engines.jobs.tests import sample  # noqa: F401  declares the jobs used here
from tradewind.nouns.org.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def trace(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    file = tmp_path / "trace"
    file.touch()
    monkeypatch.setenv("OUTSIDE_TRACE", str(file))
    return file


@pytest.fixture
def person() -> Person:
    return Person.objects.create(name="Lin", email="lin@example.com")


def test_enqueue_refuses_what_the_function_does_not_take() -> None:
    with pytest.raises(TypeError):
        enqueue("sample.step", colour="red")
    with pytest.raises(KeyError):
        enqueue("sample.unknown")
    assert not Job.objects.exists()


def test_unique_key_has_one_job_at_a_time() -> None:
    first = enqueue("sample.step", unique="k", key=1)
    assert enqueue("sample.step", unique="k", key=1) == first
    running = leases.claim("w1")
    assert running == first
    assert enqueue("sample.step", unique="k", key=1) == first
    assert Job.objects.count() == 1


def test_following_job_waits_until_its_twin_has_ended() -> None:
    enqueue("sample.step", unique="k", key=1)
    first = leases.claim("w1")
    assert first is not None
    follower = enqueue("sample.step", unique="k", follow=True, key=1)
    assert follower != first
    assert enqueue("sample.step", unique="k", follow=True, key=1) == follower
    assert leases.claim("w2") is None
    execute(first)
    assert leases.claim("w2") == follower


def test_twin_started_in_the_same_moment_is_not_run_beside() -> None:
    enqueue("sample.step", unique="k", key=1)
    first = leases.claim("w1")
    assert first is not None
    twin = enqueue("sample.step", unique="k", follow=True, key=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        leases.start(twin, "w2")


def test_urgent_jobs_come_first_and_later_ones_wait() -> None:
    enqueue("sample.step", key=1)
    enqueue("sample.step", key=2, priority=5)
    enqueue("sample.step", key=3, priority=9, at=clock.now() + timedelta(minutes=5))
    claimed = [leases.claim("w"), leases.claim("w"), leases.claim("w")]
    assert [c.args["key"] if c else None for c in claimed] == [2, 1, None]


def test_good_job_keeps_its_result() -> None:
    enqueue("sample.step", key=7)
    assert worker.drain("w") == 1
    done = Job.objects.get()
    assert (done.state, done.result, done.percent, done.worker) == (Job.DONE, {"key": 7}, 100, "")


def test_refusal_is_final() -> None:
    enqueue("sample.refuse")
    worker.drain("w")
    failed = Job.objects.get()
    assert (failed.state, failed.error, failed.attempts) == (Job.FAILED, "The file is empty.", 1)


def test_fault_is_tried_again_later_and_then_given_up() -> None:
    enqueue("sample.break")
    worker.drain("w")
    waiting = Job.objects.get()
    assert waiting.state == Job.QUEUED
    assert waiting.run_at > clock.now() + timedelta(seconds=1)
    assert worker.drain("w") == 0
    with time_machine.travel(clock.now() + timedelta(minutes=1)):
        worker.drain("w")
    waiting.refresh_from_db()
    assert (waiting.state, waiting.attempts) == (Job.FAILED, 2)
    assert "no more paper" in waiting.error
    assert "RuntimeError" in waiting.lines.filter(level=JobLine.TRACE).first().text  # type: ignore[union-attr]


def test_retried_job_does_not_stand_in_the_way_of_a_new_one_with_its_key() -> None:
    enqueue("sample.break", unique="k")
    first = leases.claim("w")
    assert first is not None
    enqueue("sample.break", unique="k", follow=True)
    execute(first)
    first.refresh_from_db()
    assert first.state == Job.QUEUED
    assert Job.objects.filter(state=Job.QUEUED).count() == 2


def test_lease_that_ended_is_taken_up_and_the_old_holder_can_change_nothing() -> None:
    enqueue("sample.step", key=1)
    old = leases.claim("w1")
    assert old is not None
    with time_machine.travel(clock.now() + timedelta(seconds=60)):
        assert leases.reap() == 1
        assert leases.reap() == 0
    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        new = leases.claim("w2")
        assert new == old
        assert new.attempts == 2
        assert not leases.end(old, Job.DONE)
        new.refresh_from_db()
        assert (new.state, new.worker) == (Job.RUNNING, "w2")


def test_beating_holder_keeps_its_job() -> None:
    enqueue("sample.step", key=1)
    held = leases.claim("w1")
    assert held is not None
    with time_machine.travel(clock.now() + timedelta(seconds=60)):
        leases.beat(["w1"])
        assert leases.reap() == 0
    held.refresh_from_db()
    assert held.state == Job.RUNNING


def test_job_that_kills_its_worker_each_time_is_given_up() -> None:
    job_ = enqueue("sample.deaf", seconds=0)
    moment = clock.now()
    for _ in range(2):
        moment += timedelta(hours=1)
        with time_machine.travel(moment):
            assert leases.claim("w") is not None
            leases.lost(["w"], "killed by signal 9")
    job_.refresh_from_db()
    assert (job_.state, job_.attempts) == (Job.FAILED, 2)


def test_queued_job_is_cancelled_at_once(person: Person) -> None:
    queued = enqueue("sample.step", by=person, key=1)
    cancel(queued)
    assert queued.state == Job.CANCELLED
    assert worker.drain("w") == 0
    with pytest.raises(Refused):
        cancel(queued)


def test_running_job_is_cancelled_at_its_next_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tradewind.engines.jobs.run.LOOK_EVERY", 0)
    enqueue("sample.step", key=1, seconds=30)
    running = leases.claim("w")
    assert running is not None
    cancel(running)
    execute(running)
    running.refresh_from_db()
    assert running.state == Job.CANCELLED


def test_cancelled_job_can_be_started_again() -> None:
    queued = enqueue("sample.step", key=4)
    with pytest.raises(Refused):
        retry(queued)
    cancel(queued)
    anew = retry(queued)
    assert (anew.state, anew.args) == (Job.QUEUED, {"key": 4})
    assert anew != queued


def test_progress_reaches_the_row_and_the_person(person: Person) -> None:
    run_now("sample.step", by=person, key=1, seconds=0.1)
    done = Job.objects.get()
    assert (done.state, done.total, done.note) == (Job.DONE, 100, "working")
    told = list(LiveMessage.objects.filter(person=person, kind="job").values_list("data", flat=True))
    assert told[-1]["state"] == "done"
    assert any(message["state"] == "running" and message["note"] == "working" for message in told)


def test_job_run_here_raises_what_it_raises_and_is_recorded() -> None:
    with pytest.raises(RuntimeError):
        run_now("sample.break")
    failed = Job.objects.get()
    assert (failed.state, failed.error) == (Job.FAILED, "no more paper")


def test_stopped_worker_hands_its_job_back_without_counting_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    enqueue("sample.step", key=1, seconds=30)
    held = leases.claim("w")
    assert held is not None
    monkeypatch.setattr("tradewind.engines.jobs.run.Stop.asked", True)
    execute(held)
    held.refresh_from_db()
    assert (held.state, held.most_attempts - held.attempts) == (Job.QUEUED, 4)


def test_job_speaks_the_language_of_its_person(person: Person) -> None:
    spoken: list[str] = []

    @job("sample.speak")
    def speak(ctx: Run) -> None:
        from django.utils.translation import get_language

        spoken.append(get_language() or "")

    Person.objects.filter(pk=person.pk).update(language="zh-hans")
    person.refresh_from_db()
    enqueue("sample.speak", by=person)
    worker.drain("w")
    del JOBS["sample.speak"]
    assert spoken == ["zh-hans"]


def test_schedule_follows_the_code_and_fires_once(monkeypatch: pytest.MonkeyPatch) -> None:
    worker.plan()
    row = Schedule.objects.get(name="jobs.prune")
    assert row.rule == "daily 03:10 UTC"
    assert worker.fire_due() == 0
    with time_machine.travel(row.next_at + timedelta(seconds=1)):
        Schedule.objects.exclude(pk=row.pk).update(active=False)
        same = Schedule.objects.get(pk=row.pk)
        assert worker.fire(row)
        assert not worker.fire(same)  # a second worker that had read the same row
    assert Job.objects.filter(name="jobs.prune", scheduled=True).count() == 1
    row.refresh_from_db()
    assert row.next_at > clock.now() + timedelta(hours=23)
    Schedule.objects.filter(pk=row.pk).update(rule="1h")
    worker.plan()
    row.refresh_from_db()
    assert row.rule == "daily 03:10 UTC"


def test_scheduled_job_that_still_waits_is_not_queued_twice() -> None:
    worker.plan()
    row = Schedule.objects.get(name="jobs.prune")
    for days in (1, 2):
        with time_machine.travel(clock.now() + timedelta(days=days)):
            row.refresh_from_db()
            worker.fire(row)
    assert Job.objects.filter(name="jobs.prune").count() == 1


def test_quiet_scheduled_job_leaves_no_row_when_it_went_well() -> None:
    worker.plan()
    worker.fire(Schedule.objects.get(name="jobs.sweep_outbox"))
    worker.drain("w")
    assert not Job.objects.exists()
    assert Schedule.objects.get(name="jobs.sweep_outbox").last_state == Job.DONE


def test_old_jobs_are_removed_and_young_ones_stay() -> None:
    for days, state in ((40, Job.DONE), (10, Job.DONE), (40, Job.FAILED), (200, Job.FAILED)):
        at = clock.now() - timedelta(days=days)
        Job.objects.create(name="sample.step", state=state, finished_at=at)
    run_now("jobs.prune")
    left = Job.objects.filter(name="sample.step").values_list("state", flat=True)
    assert sorted(left) == [Job.DONE, Job.FAILED]


def test_cancelled_passes_through_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    @job("sample.cancelled")
    def cancelled(ctx: Run) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        run_now("sample.cancelled")
    del JOBS["sample.cancelled"]
    assert Job.objects.get().state == Job.CANCELLED
