"""My to-dos: the list, one of them, and what can be done with it."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tradewind.engines.access.registry import subjects
from tradewind.engines.actions.registry import ACTIONS
from tradewind.engines.inbox import actions, queries
from tradewind.engines.inbox.forms import HandOnForm, NoteForm
from tradewind.engines.inbox.kinds import words
from tradewind.engines.inbox.models import Todo
from tradewind.nouns.org.queries import reader
from tradewind.ui.pages import ActionPage, Choice, Col, DetailPage, ListPage
from tradewind.ui.pages.details import Link

TONES = {Todo.OPEN: "info", Todo.DONE: "good", Todo.DECLINED: "neutral", Todo.WITHDRAWN: "neutral"}


def link_of(subject_type: str, subject_id: int | None) -> str:
    """The page of what a to-do or request is about; '' without one."""
    known = subjects().get(subject_type)
    return known.url_of(subject_id) if known and subject_id is not None else ""


def draft_lines(action: str, draft: dict[str, Any]) -> list[tuple[str, str]]:
    """What will be carried out, as name and value, for the eyes of who decides."""
    return (
        [(gettext(name.replace("_", " ").capitalize()), str(value)) for name, value in draft.items()]
        if action in ACTIONS
        else []
    )


def deed_of(action: str) -> str:
    """What settling or approving carries out, in words; '' when it carries out nothing."""
    return gettext(ACTIONS[action].label) if action in ACTIONS else ""


class TodoList(ListPage[Todo]):
    """My to-dos, open and settled."""

    area, section, stem, plural, any_person = "inbox", "me", "todo", "me/todos", True
    title, icon = _("To-dos"), "checkbox"
    columns = [
        Col("title", _("To-do"), value=str, link=True),
        Col("due", _("Due"), kind="moment", sort="due"),
        Col("person", _("Whose"), kind="person"),
        Col("asked_by", _("Asked by"), kind="person"),
        Col("state", _("State"), kind="chip", value="get_state_display", tone=lambda row: TONES[row.state]),
        Col("settled", _("Settled"), kind="moment", value="settled_at", sort="settled_at", hidden=True),
    ]
    filters = [Choice("state", _("State"), Todo.STATES)]
    default_order = "due"
    searchable, export = False, False
    empty = _("Nothing waits for you. What others ask of you appears here.")

    def rows(self, request: HttpRequest) -> QuerySet[Todo]:
        return queries.todos_of(reader(request)).filter(step=None)


class TodoDetail(DetailPage[Todo]):
    """One to-do: what is asked, by whom, until when."""

    area, section, stem, plural, any_person = "inbox", "me", "todo", "me/todos", True
    template = "inbox/todo.html"
    facts = [
        Col("person", _("Whose"), kind="person"),
        Col("asked_by", _("Asked by"), kind="person"),
        Col("due", _("Due"), kind="moment"),
        Col("state", _("State"), kind="chip", value="get_state_display", tone=lambda row: TONES[row.state]),
        Col("settled_by", _("Settled by"), kind="person"),
        Col("settled_at", _("Settled"), kind="moment"),
        Col("note", _("Note")),
    ]
    actions = ["inbox:todo-settle", "inbox:todo-decline", "inbox:todo-hand-on"]
    slots = ()

    def rows(self, request: HttpRequest) -> QuerySet[Todo]:
        return todo_rows(request)

    def extra(self, request: HttpRequest, row: Todo) -> dict[str, Any]:
        said = words(row.kind, row.data, request.lang, request.zone)  # type: ignore[attr-defined]
        return {
            "text": said.text,
            "subject_url": link_of(row.subject_type, row.subject_id),
            "deed": deed_of(row.action),
            "draft": draft_lines(row.action, row.draft),
            "links": self._links(request, row) if queries.may_settle(reader(request), row) else self.manager_links(row),
        }

    @staticmethod
    def manager_links(row: Todo) -> list[Link]:
        """All that the manager of a late to-do may do: hand it on."""
        if row.state != Todo.OPEN:
            return []
        url = reverse("inbox:todo-hand-on", args=[row.pk])
        return [Link(TodoHandOn.button, url, TodoHandOn.icon, danger=False)]


def todo_rows(request: HttpRequest) -> QuerySet[Todo]:
    """The to-dos a person may open: theirs, those they act for, and late ones passed up to them."""
    person = reader(request)
    mine = Q(person=person) | Q(person__in=queries.deputised_by(person)) | Q(escalated_to=person)
    return Todo.objects.filter(mine, step=None).select_related("person", "asked_by", "settled_by")


class TodoSettle(ActionPage[Todo]):
    """Settles a to-do as done."""

    area, section, stem, plural, verb, any_person = "inbox", "me", "todo", "me/todos", "settle", True
    title, button, icon = _("Settle the to-do"), _("Done"), "check"
    form, action = NoteForm, actions.settle_todo

    def rows(self, request: HttpRequest) -> QuerySet[Todo]:
        return queries.todos_of(reader(request)).filter(step=None)

    states = (Todo.OPEN,)

    def after(self, row: Any) -> str:
        return reverse("inbox:my-day")


class TodoDecline(TodoSettle):
    """Settles a to-do without doing it."""

    verb = "decline"
    title, button, icon = _("Decline the to-do"), _("Decline"), "x"

    def arguments(self, form: Any) -> dict[str, Any]:
        return {**super().arguments(form), "outcome": Todo.DECLINED}


class TodoHandOn(TodoSettle):
    """Hands a to-do on."""

    verb = "hand-on"
    title, button, icon = _("Hand the to-do on"), _("Hand on"), "arrow-forward-up"
    form, action = HandOnForm, actions.hand_on_todo  # type: ignore[assignment]

    def rows(self, request: HttpRequest) -> QuerySet[Todo]:
        return todo_rows(request)
