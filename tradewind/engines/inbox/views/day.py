"""My day and my notices."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tradewind.engines.inbox import actions, queries
from tradewind.engines.inbox.day import my_day, notice_line
from tradewind.engines.inbox.kinds import kind_of, link
from tradewind.engines.inbox.models import Notice, Todo
from tradewind.nouns.org.queries import reader
from tradewind.ui.pages import ActionPage, Page


def todo_url(todo: Todo) -> str:
    """A to-do's page; the request's own page for an approval."""
    if todo.step is not None:
        return reverse("inbox:approval-detail", args=[todo.step.approval_id])
    return reverse("inbox:todo-detail", args=[todo.pk])


def target_of(notice: Notice) -> str:
    """Where a notice leads: its to-do while that is open, else its subject, else the kind's page."""
    if notice.todo is not None and notice.todo.state == Todo.OPEN:
        return todo_url(notice.todo)
    return link(kind_of(notice.kind), notice.subject_type, notice.subject_id) or reverse("inbox:notice-list")


class MyDay(Page):
    """What waits for me today, in my zone."""

    area, section, name, path, any_person = "inbox", "me", "my-day", "me/", True
    title, icon, template = _("My day"), "sun", "inbox/my_day.html"

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        return my_day(reader(request))


class Bell(Page):
    """The last notices, for the panel under the bell."""

    area, section, name, path, any_person, in_menu = "inbox", "me", "bell", "notices/bell/", True, False
    title = _("Notices")

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        person = reader(request)
        lines = [notice_line(notice, person) for notice in queries.notices_of(person)[:10]]
        return render(request, "inbox/bell.html", {"lines": lines, "unread": queries.unread_count(person)})


class BellCount(Page):
    """The number on the bell: empty when there is nothing new."""

    area, section, name, path, any_person, in_menu = "inbox", "me", "count", "notices/count/", True, False
    title = _("Notices")

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        return render(request, "inbox/count.html", {"unread": queries.unread_count(reader(request))})


class NoticeList(Page):
    """Everything I was told."""

    area, section, name, path, any_person = "inbox", "me", "notice-list", "notices/", True
    title, icon, template = _("Notices"), "bell", "inbox/notices.html"
    size: ClassVar[int] = 50

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        person = reader(request)
        rows = queries.notices_of(person).order_by("-pk")
        before = request.GET.get("before", "")
        if before.isdecimal() and len(before) < 19:
            rows = rows.filter(pk__lt=int(before))
        found = list(rows[: self.size + 1])
        return {
            "lines": [notice_line(notice, person) for notice in found[: self.size]],
            "next": found[self.size - 1].pk if len(found) > self.size else None,
            "unread": queries.unread_count(person),
        }


class NoticeOpen(Page):
    """Leads to what a notice is about and marks it as read."""

    area, section, name, path, any_person, in_menu = "inbox", "me", "open", "notices/<int:pk>/open/", True, False
    title = _("Notice")

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        person = reader(request)
        notice = queries.notices_of(person).filter(pk=kwargs["pk"]).first()
        if notice is None:
            raise Http404
        if getattr(request, "view_as", None) is None:  # who looks on has not read for the other
            actions.mark_read(person, notice)
        return HttpResponseRedirect(target_of(notice))


class AllRead(ActionPage[Notice]):
    """Marks all as read."""

    area, section, stem, verb, plural = "inbox", "me", "notice", "read-all", "notices"
    any_person, with_row = True, False
    title, button = _("Mark all as read"), _("Mark all as read")
    action = actions.mark_all_read
