"""What waits for a person, what they were told, and how things were sent."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet

from tradewind.base import clock
from tradewind.engines.access.scope import visible
from tradewind.engines.inbox.models import Approval, ApprovalStep, Delivery, Deputy, Notice, Reach, Todo
from tradewind.nouns.org.models import Person

SOONEST = F("due").asc(nulls_last=True)


def notices_of(person: Person) -> QuerySet[Notice]:
    """Everything a person was told, newest first."""
    return Notice.objects.filter(person=person).select_related("todo")


def unread_count(person: Person) -> int:
    """How many notices a person has not read."""
    return notices_of(person).filter(read_at=None).count()


def deputised_by(person: Person) -> list[int]:
    """The ids of the people for whom this person acts today."""
    lines = Deputy.objects.filter(deputy=person, ended=False).select_related("person")
    return [line.person_id for line in lines if holds(line)]


def deputies_of(person: Person) -> list[Person]:
    """Who acts for this person today."""
    lines = Deputy.objects.filter(person=person, ended=False).select_related("deputy", "person")
    return [line.deputy for line in lines if holds(line)]


def holds(line: Deputy) -> bool:
    """Whether a deputy acts today, by the calendar of the person represented."""
    return line.start <= clock.today(line.person.zone) <= line.end


def todos_of(person: Person) -> QuerySet[Todo]:
    """A person's to-dos and those of the people for whom they act, soonest due first."""
    rows = Todo.objects.filter(Q(person=person) | Q(person__in=deputised_by(person)))
    return rows.select_related("person", "asked_by", "step__approval").order_by(SOONEST, "id")


def open_todos(person: Person) -> QuerySet[Todo]:
    """What waits for a person now, without approvals."""
    return todos_of(person).filter(state=Todo.OPEN, step=None)


def open_approvals(person: Person) -> QuerySet[Todo]:
    """The approvals that wait for a person now; their own requests never do."""
    return todos_of(person).filter(state=Todo.OPEN, step__isnull=False).exclude(asked_by=person)


def requests_of(person: Person) -> QuerySet[Approval]:
    """What a person has asked others to approve."""
    return Approval.objects.filter(asked_by=person).prefetch_related("steps__approver")


def approvals_seen_by(person: Person) -> QuerySet[Approval]:
    """The requests a person made, decides or decided, and those they may see by right."""
    own = Q(asked_by=person) | Q(steps__approver__in=[person.pk, *deputised_by(person)]) | Q(steps__decided_by=person)
    by_right = visible(person, "inbox.view_approval", Approval.objects.all())
    return Approval.objects.filter(
        Q(pk__in=Approval.objects.filter(own).values("pk")) | Q(pk__in=by_right.values("pk"))
    )


def may_settle(person: Person, todo: Todo) -> bool:
    """Whether a to-do is this person's, or of somebody for whom they act today; never one's own request."""
    if todo.step_id is not None and todo.asked_by_id == person.pk:
        return False
    return todo.person_id == person.pk or todo.person_id in deputised_by(person)


def reach_of(person: Person | None) -> Reach:
    """How a person (or, with None, the company's channel) is reached; a fresh, unsaved one when nothing was set."""
    return Reach.objects.filter(person=person).first() or Reach(person=person)


def overdue(now: datetime) -> QuerySet[Todo]:
    """Open to-dos past their time of which no manager was told yet."""
    rows = Todo.objects.filter(state=Todo.OPEN, due__lt=now, escalated_at=None)
    return rows.select_related("person", "person__site", "person__entity")


def due_within_a_day(now: datetime) -> QuerySet[Todo]:
    """Open to-dos that fall due within a day and of which the person was not reminded."""
    rows = Todo.objects.filter(state=Todo.OPEN, due__gte=now, due__lt=now + timedelta(days=1), reminded_at=None)
    return rows.select_related("person")


def deliveries(person: Person) -> QuerySet[Delivery]:
    """The ledger of what was sent outside, for who runs the mail."""
    rows = visible(person, "inbox.view_delivery", Delivery.objects.exclude(route=Delivery.APP))
    return rows.select_related("person", "notice")


def all_todos(person: Person) -> QuerySet[Todo]:
    """The to-dos of others that a person may see by right, such as those of their entity."""
    return visible(person, "inbox.view_todo", Todo.objects.select_related("person"))


def subjects_asked(person: Person | None, subject_type: str) -> QuerySet[ApprovalStep, int | None]:
    """The ids of the records whose approval this person, or somebody they act for today, was or is asked for."""
    people = [person.pk, *deputised_by(person)] if person is not None else []
    asked = (ApprovalStep.OPEN, ApprovalStep.APPROVED, ApprovalStep.REJECTED)
    steps = ApprovalStep.objects.filter(approver__in=people, state__in=asked, approval__subject_type=subject_type)
    return steps.values_list("approval__subject_id", flat=True)
