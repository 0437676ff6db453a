from __future__ import annotations

import signal
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from pytest_django import DjangoCaptureOnCommitCallbacks

from tests.outside import Outside
from tradewind.base import clock
from tradewind.engines.actions import outbox
from tradewind.engines.actions.models import Event, Handled
from tradewind.engines.actions.registry import Condition, always, on, reactions_to, telling
from tradewind.engines.actions.tests.conftest import person_with
from tradewind.nouns.org.models import Team


def heard_by(name: str, *, failing: int = 0, room: str = "one", when: Condition = always) -> list[int]:
    """A reaction that keeps the events it got, and fails at first."""
    heard: list[int] = []
    left = [failing]

    def reaction(event: Event) -> None:
        if left[0]:
            left[0] -= 1
            Team.objects.create(code=f"half-done-{room}")
            raise RuntimeError("not now")
        heard.append(event.pk)

    reaction.__qualname__ = room
    on(name, when=when)(reaction)
    return heard


@pytest.mark.django_db
def test_event_reaches_every_reaction_once(
    room: SimpleNamespace, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    named, every = heard_by("sample.create_team"), heard_by("*", room="two")
    with django_capture_on_commit_callbacks(execute=True):
        room.create_team(person_with("*"), code="a")
    event = Event.objects.get(name="sample.create_team")
    assert event.delivered_at is not None
    assert outbox.deliver(event.pk)
    assert named == every == [event.pk]


@pytest.mark.django_db
def test_event_that_does_not_tell_what_a_reaction_wants_is_passed_over(registers: None) -> None:
    days, other = heard_by("*", when=telling("parts", "pieces")), heard_by("*", room="two", when=lambda event: False)
    counted: list[dict[str, Any]] = [{"parts": [1]}, {"parts": []}, {}]
    told = [Event.objects.create(name="sample.make", counts=counts).pk for counts in counted]
    assert all(outbox.deliver(pk) for pk in told)
    assert (days, other) == ([told[0]], [])
    assert {pk for pk, name in Handled.objects.values_list("event", "reaction") if name.endswith("one")} == {told[0]}
    assert not Event.objects.filter(delivered_at=None).exists()


@pytest.mark.django_db
def test_reaction_carried_out_by_somebody_else_meanwhile_is_not_repeated(registers: None) -> None:
    heard = heard_by("sample.make")
    event = Event.objects.create(name="sample.make")
    ((name, reaction),) = reactions_to(event)
    Handled.objects.create(event=event, reaction=name)
    assert outbox.react(event, name, reaction) == ""
    assert outbox.deliver(event.pk)
    assert heard == []


@pytest.mark.django_db
def test_failing_reaction_is_undone_tried_again_and_harms_no_other(
    room: SimpleNamespace, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    weak, strong = heard_by("sample.create_team", failing=1), heard_by("sample.create_team", room="two")
    with django_capture_on_commit_callbacks(execute=True):
        team = room.create_team(person_with("*"), code="a")
    event = Event.objects.get()
    assert list(Team.objects.all()) == [team]  # what the reaction had half done is gone
    assert (weak, strong, event.delivered_at, event.attempts) == ([], [event.pk], None, 1)
    assert "not now" in event.error
    assert outbox.sweep() == 0  # not due yet
    with time_machine.travel(clock.now() + timedelta(minutes=1)):
        assert outbox.sweep() == 1
    event.refresh_from_db()
    assert (weak, strong, event.error) == ([event.pk], [event.pk], "")
    assert event.delivered_at is not None


@pytest.mark.django_db
def test_delivery_that_cannot_begin_is_no_refusal(
    room: SimpleNamespace,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    def broken(event_id: int) -> bool:
        raise RuntimeError("the store is busy")

    monkeypatch.setattr(outbox, "deliver", broken)
    with django_capture_on_commit_callbacks(execute=True):
        assert room.create_team(person_with("*"), code="a").pk
    assert Event.objects.get().delivered_at is None


@pytest.mark.django_db
def test_sweep_leaves_young_events_to_those_who_made_them(room: SimpleNamespace) -> None:
    heard = heard_by("sample.create_team")
    room.create_team(person_with("*"), code="a")  # inside the test's transaction: never delivered
    assert outbox.sweep() == 0
    with time_machine.travel(clock.now() + timedelta(seconds=11)):
        assert outbox.sweep() == 1
    assert len(heard) == 1


@pytest.mark.django_db
def test_event_that_always_fails_is_given_up_in_the_end(room: SimpleNamespace) -> None:
    heard_by("sample.create_team", failing=99)
    room.create_team(person_with("*"), code="a")
    moment = clock.now()
    for _ in range(outbox.MOST_ATTEMPTS + 3):
        moment += timedelta(hours=2)
        with time_machine.travel(moment):
            outbox.sweep()
    event = Event.objects.get()
    assert (event.attempts, event.delivered_at) == (outbox.MOST_ATTEMPTS, None)


ROOM = """
import os, signal, time
from tradewind.engines.actions.action import action
from tradewind.engines.actions.registry import on
from tradewind.engines.actions import outbox
from tradewind.engines.actions.models import Event
from tradewind.nouns.org.models import Team

@on("sample.make")
def react(event):
    Team.objects.create(code=f"told-{event.pk}")

@action(room="sample")
def make(by, *, code: str) -> Team:
    "Make a team."
    return Team.objects.create(code=code)
"""
DIE = f"""{ROOM}
outbox.deliver = lambda pk: os.kill(os.getpid(), signal.SIGKILL)
make.system(code="a")
"""
SWEEP = f"""{ROOM}
Event.objects.filter(delivered_at=None).update(at="2020-01-01T00:00:00Z")
outbox.sweep()
outbox.sweep()
"""
TEAMS = "SELECT code FROM org_team ORDER BY code"
WAITING = "SELECT id FROM actions_event WHERE delivered_at IS NULL"


def test_process_killed_between_commit_and_delivery_loses_no_reaction(outside: Outside) -> None:
    assert outside.spawn(DIE).wait(90) == -signal.SIGKILL
    assert outside.rows(TEAMS) == [("a",)]
    ((event,),) = outside.rows(WAITING)
    outside.finish(outside.spawn(SWEEP))
    assert outside.rows(TEAMS) == [("a",), (f"told-{event}",)]
    assert outside.rows(WAITING) == []


def test_event_swept_by_several_at_once_is_handled_once(outside: Outside) -> None:
    events = [Event.objects.create(name="sample.make").pk for _ in range(5)]
    sweepers = [outside.spawn(SWEEP) for _ in range(2)]
    for sweeper in sweepers:
        outside.finish(sweeper)
    assert [code for (code,) in outside.rows(TEAMS)] == sorted(f"told-{event}" for event in events)
    assert outside.rows(WAITING) == []
