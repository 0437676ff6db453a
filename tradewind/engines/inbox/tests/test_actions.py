"""To-dos and approvals: who may settle them, as whom their action runs, and that a refusal leaves everything."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from tradewind.base import clock
from tradewind.base.errors import NotAllowed, Refused
from tradewind.base.money import Money
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.actions.models import Event
from tradewind.engines.agenda.factories import make_person
from tradewind.engines.agenda.models import Holiday
from tradewind.engines.inbox import actions, chat, queries
from tradewind.engines.inbox.asking import ask, ask_approval, settle_cause
from tradewind.engines.inbox.jobs import remind_and_escalate
from tradewind.engines.inbox.mail import Answer
from tradewind.engines.inbox.models import Approval, ApprovalStep, Deputy, Notice, Preference, Reach, Todo
from tradewind.engines.inbox.rules import Step
from tradewind.engines.jobs.queue import run_now
from tradewind.nouns.org.models import Person, ReportingLine

pytestmark = pytest.mark.django_db
DRAFT = {"day": "2026-12-24", "name": {"en": "Eve"}, "country": "DE"}


def allowed(*codes: str) -> Person:
    person = make_person()
    Grant.objects.create(person=person, role=Role.objects.create(code=f"r{person.pk}", codes=list(codes)))
    return person


def kinds_told(person: Person) -> list[str]:
    return list(Notice.objects.filter(person=person).order_by("pk").values_list("kind", flat=True))


# --- to-dos


def test_ask_twice_for_one_cause_is_one_todo() -> None:
    person = make_person()
    first = ask(person, "test.must", data={"title": "A"}, key="rate-EUR")
    second = ask(person, "test.must", data={"title": "B"}, key="rate-EUR")
    assert first.pk == second.pk
    assert Todo.objects.get().data["title"] == "B"
    assert len(kinds_told(person)) == 1
    assert settle_cause("test.must", "rate-EUR") == 1
    assert ask(person, "test.must", data={"title": "C"}, key="rate-EUR").pk != first.pk


def test_ask_for_an_action_nobody_declares() -> None:
    with pytest.raises(LookupError):
        ask(make_person(), "test.must", action="nobody.does_this")
    assert not Todo.objects.exists()


def test_settle_runs_the_action_as_the_one_who_settles() -> None:
    person = allowed("agenda.create_holiday")
    todo = ask(person, "test.must", data={"title": "A"}, action="agenda.create_holiday", draft=DRAFT)
    actions.settle_todo(person, todo)
    assert Holiday.objects.get().day == date(2026, 12, 24)
    assert Event.objects.get(name="agenda.create_holiday").actor == person
    assert Notice.objects.get().read_at is not None
    with pytest.raises(Refused):
        actions.settle_todo(person, todo)
    assert Holiday.objects.count() == 1


def test_settle_without_the_right_for_the_action_leaves_the_todo_open() -> None:
    person = make_person()
    todo = ask(person, "test.must", data={"title": "A"}, action="agenda.create_holiday", draft=DRAFT)
    with pytest.raises(NotAllowed):
        actions.settle_todo(person, todo)
    assert Todo.objects.get().state == Todo.OPEN
    assert not Holiday.objects.exists()


def test_settle_what_is_somebody_elses() -> None:
    todo = ask(make_person(), "test.must", data={"title": "A"})
    with pytest.raises(NotAllowed):
        actions.settle_todo(make_person(), todo)
    assert Todo.objects.get().state == Todo.OPEN


def test_settle_by_two_at_once_counts_once() -> None:
    person = make_person()
    todo = ask(person, "test.must", data={"title": "A"})
    other_page = Todo.objects.get(pk=todo.pk)
    actions.settle_todo(person, todo, outcome=Todo.DECLINED)
    with pytest.raises(Refused):
        actions.settle_todo(person, other_page)
    assert Todo.objects.get().state == Todo.DECLINED


def test_hand_on_tells_the_new_owner() -> None:
    person, other = make_person(), make_person()
    todo = ask(person, "test.must", data={"title": "A"})
    actions.hand_on_todo(person, todo, to=other)
    assert list(queries.open_todos(person)) == []
    assert list(queries.open_todos(other)) == [todo]
    assert kinds_told(other) == ["inbox.handed_on"]


# --- approvals


def test_approval_goes_step_by_step_and_runs_as_the_last_approver() -> None:
    asker, lead, boss = make_person(), make_person(), allowed("agenda.create_holiday")
    approval = ask_approval(
        "test.approve", by=asker, steps=[Step(lead), Step(boss)], data={"title": "A"},
        action="agenda.create_holiday", draft=DRAFT,
    )  # fmt: skip
    assert list(queries.open_approvals(boss)) == []
    actions.approve_request(lead, approval, note="fine")
    assert not Holiday.objects.exists()
    assert [todo.step.approval for todo in queries.open_approvals(boss)] == [approval]  # type: ignore[union-attr]
    actions.approve_request(boss, approval)
    assert Holiday.objects.exists()
    assert Event.objects.get(name="agenda.create_holiday").actor == boss
    approval.refresh_from_db()
    assert approval.state == Approval.APPROVED
    assert kinds_told(asker) == ["inbox.approved"]


def test_approval_whose_action_the_approver_may_not_do_stays_open() -> None:
    asker, lead = allowed("agenda.create_holiday"), make_person()
    approval = ask_approval(
        "test.approve", by=asker, steps=[Step(lead)], data={"title": "A"}, action="agenda.create_holiday", draft=DRAFT
    )
    with pytest.raises(NotAllowed):
        actions.approve_request(lead, approval)
    assert ApprovalStep.objects.get().state == ApprovalStep.OPEN
    assert Approval.objects.get().state == Approval.PENDING
    assert Todo.objects.get().state == Todo.OPEN


def test_nobody_approves_their_own_request_not_even_as_deputy() -> None:
    asker, lead = make_person(), make_person()
    today = clock.today(lead.zone)
    with pytest.raises(Refused):
        ask_approval("test.approve", by=asker, steps=[Step(asker)])
    approval = ask_approval("test.approve", by=asker, steps=[Step(asker), Step(lead)], data={"title": "A"})
    Deputy.objects.create(person=lead, deputy=asker, start=today, end=today)
    with pytest.raises(NotAllowed):
        actions.approve_request(asker, approval)
    assert list(queries.open_approvals(asker)) == []
    assert Approval.objects.get().state == Approval.PENDING


def test_amount_decides_how_far_a_request_goes() -> None:
    asker, lead, boss = make_person(), make_person(), make_person()
    steps = [Step(lead, Money(Decimal(100), "EUR")), Step(boss)]
    small = ask_approval("test.approve", by=asker, steps=steps, amount=Money(Decimal(99), "EUR"), data={"title": "A"})
    large = ask_approval("test.approve", by=asker, steps=steps, amount=Money(Decimal(101), "EUR"), data={"title": "A"})
    assert (small.steps.count(), large.steps.count()) == (1, 2)
    own = ask_approval("test.approve", by=lead, steps=steps, amount=Money(Decimal(99), "EUR"), data={"title": "A"})
    assert [step.approver for step in own.steps.all()] == [boss]


def test_reject_needs_a_reason_and_tells_it() -> None:
    asker, lead = make_person(), make_person()
    approval = ask_approval("test.approve", by=asker, steps=[Step(lead)], data={"title": "A"})
    with pytest.raises(Refused):
        actions.reject_request(lead, approval, note=" ")
    actions.reject_request(lead, approval, note="Too dear")
    assert Approval.objects.get().state == Approval.REJECTED
    assert Notice.objects.get(person=asker).data["note"] == "Too dear"
    with pytest.raises(Refused):
        actions.approve_request(lead, approval)


def test_withdraw_closes_the_todo_of_the_approver() -> None:
    asker, lead = make_person(), make_person()
    approval = ask_approval("test.approve", by=asker, steps=[Step(lead)], data={"title": "A"})
    with pytest.raises(NotAllowed):
        actions.withdraw_request(lead, approval)
    actions.withdraw_request(asker, approval)
    assert list(queries.open_approvals(lead)) == []
    with pytest.raises(Refused):
        actions.approve_request(lead, approval)


def test_approval_is_not_settled_as_a_plain_todo() -> None:
    asker, lead = make_person(), make_person()
    ask_approval("test.approve", by=asker, steps=[Step(lead)], data={"title": "A"})
    with pytest.raises(Refused):
        actions.settle_todo(lead, Todo.objects.get())
    assert Approval.objects.get().state == Approval.PENDING


# --- deputies


def test_deputy_acts_only_on_the_days_and_sees_what_waits() -> None:
    person, deputy = make_person(), make_person()
    todo = ask(person, "test.must", data={"title": "A"})
    today = clock.today(person.zone)
    line = actions.appoint_deputy(person, deputy=deputy, start=today, end=today + timedelta(days=7))
    assert list(queries.open_todos(deputy)) == [todo]
    assert kinds_told(deputy) == ["test.must"]
    later = ask(person, "test.must", data={"title": "B"})
    assert kinds_told(deputy) == ["test.must", "test.must"]
    actions.settle_todo(deputy, later)
    actions.end_deputy(person, line)
    assert list(queries.open_todos(deputy)) == []
    with pytest.raises(NotAllowed):
        actions.settle_todo(deputy, todo)


def test_deputy_day_is_counted_where_the_person_is() -> None:
    # 10:30 UTC on the 25th is the 26th on Kiritimati.
    person, deputy = make_person(zone="Pacific/Kiritimati"), make_person(zone="Pacific/Niue")
    line = Deputy(person=person, deputy=deputy, start=date(2026, 11, 26), end=date(2026, 11, 26))
    now = datetime(2026, 11, 25, 10, 30, tzinfo=UTC)
    assert clock.day_of(now, line.person.zone) == line.start


# --- what the clock does


def test_overdue_todo_goes_to_the_manager_once() -> None:
    person, manager = make_person(), make_person()
    ReportingLine.objects.create(person=person, manager=manager)
    todo = ask(person, "test.must", data={"title": "A"}, due=clock.now() - timedelta(minutes=1))
    assert run_now("inbox.remind_and_escalate") == {"reminded": 0, "escalated": 1}
    assert run_now("inbox.remind_and_escalate") == {"reminded": 0, "escalated": 0}
    assert kinds_told(manager) == ["inbox.overdue"]
    todo.refresh_from_db()
    assert todo.escalated_to == manager
    actions.hand_on_todo(manager, todo, to=make_person())
    assert remind_and_escalate.__doc__


def test_due_todo_is_reminded_once() -> None:
    person = make_person()
    ask(person, "test.must", data={"title": "A"}, due=clock.now() + timedelta(hours=5))
    assert run_now("inbox.remind_and_escalate") == {"reminded": 1, "escalated": 0}
    assert run_now("inbox.remind_and_escalate") == {"reminded": 0, "escalated": 0}
    assert kinds_told(person) == ["test.must", "inbox.due_soon"]


# --- what reaches me


def test_set_reach_refuses_addresses_inside_our_network() -> None:
    person = make_person()
    for url in ("json://127.0.0.1:8000/x", "http://169.254.169.254/", "mailto://a:b@10.0.0.1", "nonsense"):
        with pytest.raises(Refused):
            actions.set_reach(person, mode=Reach.ANY, chat_url=url)
    assert not Reach.objects.exists()
    actions.set_reach(person, mode=Reach.ANY, chat_url="dingtalk://abcdef12")
    event = Event.objects.get(name="inbox.set_reach")
    assert "abcdef12" not in str(event.changes)


def test_set_preferences_leaves_what_must_arrive() -> None:
    person = make_person()
    actions.set_preferences(person, wanted={"test.told": ["chat"], "test.must": []})
    rows = {(row.kind, row.route): row.wanted for row in Preference.objects.all()}
    assert rows == {("test.told", "mail"): False, ("test.told", "chat"): True}


def test_mark_read_of_anothers_notice() -> None:
    ask(make_person(), "test.must", data={"title": "A"})
    with pytest.raises(NotAllowed):
        actions.mark_read(make_person(), Notice.objects.get())
    assert Notice.objects.get().read_at is None


@pytest.mark.parametrize(
    "url",
    [
        "workflow://10.0.0.5/WF/SIG/",
        "ntfys://10.0.0.5/topic",
        "zulip://bot@evil.example.com/abcdefghijklmnopqrstuvwxyzabcdef/",
        "workflow://prod-1.westus.logic.azure.com/WF/SIG/?template=https://10.0.0.5/",
        "workflow://prod-1.westus.logic.azure.com/WF/SIG/?Template=/etc/hosts",
    ],
)
def test_a_chat_address_leads_to_the_service_itself_and_takes_no_file_along(url: str) -> None:
    person = make_person()
    with pytest.raises(Refused):
        actions.set_reach(person, mode=Reach.ANY, chat_url=url)
    assert chat.send(url, "Title", "Text") == Answer(False, "not an address of the service itself", final=True)


@pytest.mark.parametrize(
    "url",
    [
        "workflow://prod-1.westus.logic.azure.com/WF/SIG/",
        "ntfys://topic",
        "ntfys://ntfy.sh/topic",
        "zulip://bot@org/abcdefghijklmnopqrstuvwxyzabcdef/",
    ],
)
def test_a_chat_address_at_the_service_is_taken(url: str) -> None:
    assert chat.check(url) == url
