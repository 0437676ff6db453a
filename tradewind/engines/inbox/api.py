"""My notices, to-dos and requests over REST; always those of the caller."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema

from tradewind.base.errors import NotFound
from tradewind.engines.access.rest import PROBLEMS, Paged, cursor_page, person_of
from tradewind.engines.inbox import actions, queries
from tradewind.engines.inbox.kinds import words
from tradewind.engines.inbox.models import Approval, Notice, Todo
from tradewind.nouns.org.models import Person

router = Router(tags=["inbox"])


class PersonOut(Schema):
    """A person by number and name."""

    id: int
    name: str


class NoticeOut(Schema):
    """A notice in the reader's words."""

    id: int
    kind: str
    title: str
    text: str
    count: int
    urgent: bool
    at: datetime
    read_at: datetime | None
    subject_type: str
    subject_id: int | None


class TodoOut(Schema):
    """A to-do in the reader's words; `action` is what settling it as done carries out, `approval` the request it decides."""

    id: int
    kind: str
    title: str
    text: str
    person: PersonOut
    asked_by: PersonOut | None
    due: datetime | None
    state: str
    action: str
    approval: int | None
    subject_type: str
    subject_id: int | None
    version: int


class StepOut(Schema):
    """One approver's turn."""

    position: int
    approver: PersonOut
    state: str
    decided_at: datetime | None
    note: str


class ApprovalOut(Schema):
    """A request with its steps."""

    id: int
    kind: str
    title: str
    text: str
    asked_by: PersonOut | None
    action: str
    due: datetime | None
    state: str
    steps: list[StepOut]
    version: int


class Settling(Schema):
    """How a to-do ends: done or declined."""

    outcome: str = Todo.DONE
    note: str = ""


class HandingOn(Schema):
    """To whom a to-do goes (a person's number)."""

    to: int
    note: str = ""


class Note(Schema):
    """A remark."""

    note: str = ""


class Count(Schema):
    """How many."""

    unread: int


def named(person: Person | None) -> dict[str, Any] | None:
    """A person as the API tells them."""
    return {"id": person.pk, "name": str(person)} if person else None


def notice_out(notice: Notice, reader: Person) -> dict[str, Any]:
    """A notice as the API tells it."""
    said = words(notice.kind, notice.data, reader.language, reader.zone)
    facts = {
        name: getattr(notice, name)
        for name in ("kind", "count", "urgent", "at", "read_at", "subject_type", "subject_id")
    }
    return {"id": notice.pk, "title": said.title, "text": said.text, **facts}


def todo_out(todo: Todo, reader: Person) -> dict[str, Any]:
    """A to-do as the API tells it."""
    said = words(todo.kind, todo.data, reader.language, reader.zone)
    facts = {
        name: getattr(todo, name)
        for name in ("kind", "due", "state", "action", "subject_type", "subject_id", "version")
    }
    approval = todo.step.approval_id if todo.step else None
    people = {"person": named(todo.person), "asked_by": named(todo.asked_by)}
    return {"id": todo.pk, "title": said.title, "text": said.text, "approval": approval, **people, **facts}


def approval_out(approval: Approval, reader: Person) -> dict[str, Any]:
    """A request as the API tells it."""
    said = words(approval.kind, approval.data, reader.language, reader.zone)
    facts = {name: getattr(approval, name) for name in ("kind", "action", "due", "state", "version")}
    steps = [
        {
            "position": s.position,
            "approver": named(s.approver),
            "state": s.state,
            "decided_at": s.decided_at,
            "note": s.note,
        }
        for s in approval.steps.all()
    ]
    return {
        "id": approval.pk, "title": said.title, "text": said.text, "asked_by": named(approval.asked_by), "steps": steps, **facts,
    }  # fmt: skip


def one(rows: QuerySet[Any], pk: int) -> Any:
    """The record of that number among the caller's; NotFound otherwise."""
    found: Model | None = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such record, or you may not see it."))
    return found


def requests_seen(person: Person) -> QuerySet[Approval]:
    """The requests the caller may see, with their steps."""
    return queries.approvals_seen_by(person).select_related("asked_by").prefetch_related("steps__approver")


@router.get("/notices", response={200: Paged[NoticeOut], **PROBLEMS}, summary="My notices, newest first")
def list_notices(request: HttpRequest, unread: bool = False, cursor: str = "", limit: int = 50) -> Any:
    person = person_of(request)
    rows = queries.notices_of(person)
    rows = rows.filter(read_at=None) if unread else rows
    return cursor_page(request, rows, "-pk", lambda row: notice_out(row, person), cursor, limit)


@router.get("/notices/count", response={200: Count, **PROBLEMS}, summary="How many notices I have not read")
def count_notices(request: HttpRequest) -> Any:
    return {"unread": queries.unread_count(person_of(request))}


@router.post("/notices/{int:pk}/read", response={200: NoticeOut, **PROBLEMS}, summary="Mark a notice as read")
def read_notice(request: HttpRequest, pk: int) -> Any:
    person = person_of(request)
    return notice_out(actions.mark_read(person, one(queries.notices_of(person), pk)), person)


@router.post("/notices/read-all", response={200: Count, **PROBLEMS}, summary="Mark all notices as read")
def read_all(request: HttpRequest) -> Any:
    actions.mark_all_read(person_of(request))
    return {"unread": queries.unread_count(person_of(request))}


@router.get("/todos", response={200: Paged[TodoOut], **PROBLEMS}, summary="What waits for me, or all my to-dos")
def list_todos(request: HttpRequest, state: str = Todo.OPEN, cursor: str = "", limit: int = 50) -> Any:
    person = person_of(request)
    rows = queries.todos_of(person)
    rows = rows.filter(state=state) if state != "all" else rows
    return cursor_page(request, rows, "pk", lambda row: todo_out(row, person), cursor, limit)


@router.post("/todos/{int:pk}/settle", response={200: TodoOut, **PROBLEMS}, summary="Settle a to-do")
def settle(request: HttpRequest, pk: int, body: Settling) -> Any:
    person = person_of(request)
    todo = one(queries.todos_of(person), pk)
    return todo_out(actions.settle_todo(person, todo, outcome=body.outcome, note=body.note), person)


@router.post("/todos/{int:pk}/hand-on", response={200: TodoOut, **PROBLEMS}, summary="Hand a to-do on")
def hand_on(request: HttpRequest, pk: int, body: HandingOn) -> Any:
    person = person_of(request)
    to = one(Person.objects.filter(active=True), body.to)
    return todo_out(actions.hand_on_todo(person, one(queries.todos_of(person), pk), to=to, note=body.note), person)


@router.get("/requests", response={200: Paged[ApprovalOut], **PROBLEMS}, summary="My requests, and those I decide")
def list_requests(request: HttpRequest, state: str = "all", cursor: str = "", limit: int = 50) -> Any:
    person = person_of(request)
    rows = requests_seen(person)
    rows = rows.filter(state=state) if state != "all" else rows
    return cursor_page(request, rows, "-pk", lambda row: approval_out(row, person), cursor, limit)


@router.get("/requests/{int:pk}", response={200: ApprovalOut, **PROBLEMS}, summary="One request")
def get_request(request: HttpRequest, pk: int) -> Any:
    person = person_of(request)
    return approval_out(one(requests_seen(person), pk), person)


@router.post("/requests/{int:pk}/approve", response={200: ApprovalOut, **PROBLEMS}, summary="Approve a request")
def approve(request: HttpRequest, pk: int, body: Note) -> Any:
    person = person_of(request)
    actions.approve_request(person, one(requests_seen(person), pk), note=body.note)
    return approval_out(one(requests_seen(person), pk), person)


@router.post("/requests/{int:pk}/reject", response={200: ApprovalOut, **PROBLEMS}, summary="Reject a request")
def reject(request: HttpRequest, pk: int, body: Note) -> Any:
    person = person_of(request)
    actions.reject_request(person, one(requests_seen(person), pk), note=body.note)
    return approval_out(one(requests_seen(person), pk), person)


@router.post("/requests/{int:pk}/withdraw", response={200: ApprovalOut, **PROBLEMS}, summary="Withdraw my request")
def withdraw(request: HttpRequest, pk: int) -> Any:
    person = person_of(request)
    actions.withdraw_request(person, one(requests_seen(person), pk))
    return approval_out(one(requests_seen(person), pk), person)
