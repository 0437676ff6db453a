"""Cross-department meetings: which series there are, how they are kept, what they decided and agreed."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tradewind.areas.structure.queries import meetings as queries
from tradewind.base import clock
from tradewind.engines.access.scope import can
from tradewind.ui.pages import Page


class CrossMeetings(Page):
    """Where functions meet each other, at a glance."""

    area, name, path, read = "structure", "crossmeetings", "cross-meetings/", "meetings.view_meeting"
    title, icon, template = _("Cross-department meetings"), "users-group", "structure/crossmeetings.html"
    guide = "meetings"

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        person = request.person  # type: ignore[attr-defined]
        rows = queries.series_rows(person)
        now = clock.now()
        todos = queries.open_follow_ups(person)
        return {
            "rows": rows,
            "stats": stats(rows),
            "decisions": queries.latest_decisions(person),
            "todos": [(todo, todo.data.get("title", ""), bool(todo.due and todo.due < now)) for todo in todos],
            "may_start": can(person, "meetings.save_series"),
        }


def stats(rows: list[queries.Row]) -> list[tuple[str, str]]:
    """The counts on top: held of due in 90 days, open and late follow-ups, functions without anybody."""
    held, due = sum(row.held for row in rows), sum(row.due for row in rows)
    return [
        (gettext("Held in 90 days"), f"{held} / {due}" if due else "–"),
        (gettext("Open to-dos"), str(sum(row.open for row in rows))),
        (gettext("Late to-dos"), str(sum(row.late for row in rows))),
        (gettext("Functions without anybody"), str(sum(len(row.missing) for row in rows))),
    ]


PAGES = (CrossMeetings,)
