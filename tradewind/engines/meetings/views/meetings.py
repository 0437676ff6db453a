"""Meetings: the list, one as a whole, planning and moving one, its minutes, and its entry for a calendar."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from icalendar import Calendar

from tradewind.base.errors import NotAllowed
from tradewind.engines.meetings import actions, queries
from tradewind.engines.meetings.feed import event_of
from tradewind.engines.meetings.forms import MeetingFields, MinutesFields, NewMeetingFields, reader_language
from tradewind.engines.meetings.kinds import kind_choices
from tradewind.engines.meetings.models import AgendaItem, Meeting
from tradewind.engines.meetings.views import parts
from tradewind.nouns.org.queries import reader
from tradewind.ui.pages import Choice, Col, DayRange, FormPage, ListPage, Page, Ref


class MeetingList(ListPage[Meeting]):
    area, section, stem = "meetings", "structure", "meeting"
    title, icon, read, guide = _("Meetings"), "calendar-event", "meetings.view_meeting", "meetings"
    columns = [
        Col("title", _("Title"), kind="localtext", link=True),
        Col("starts_at", _("Begins"), kind="moment", sort="starts_at"),
        Col("kind", _("Kind"), value=lambda row: str(row.of_kind.label)),
        Col("host", _("Host"), kind="person"),
        Col("state", _("State"), kind="chip", value="get_state_display", tone=lambda row: parts.STATE_TONES[row.state]),
        Col("market", _("Market"), value="market.name", kind="localtext"),
        Col("team", _("Team"), value="team.name", kind="localtext", hidden=True),
        Col("ends_at", _("Ends"), kind="moment", hidden=True),
    ]
    filters = [
        Choice("state", _("State"), Meeting.STATES),
        Choice("kind", _("Kind"), lambda request: kind_choices()),
        Ref("series", _("Series"), lambda request: queries.every_series(reader(request)), search="title"),
        DayRange("starts_at", _("Day")),
    ]
    default_order = "-starts_at"
    primary, primary_code, primary_label = "meetings:meeting-new", "meetings.plan_meeting", _("New meeting")
    secondary = [("meetings:series-list", _("Series"), "meetings.view_meeting"), ("meetings:follow-up-list", _("Agreed in meetings"), "meetings.view_meeting")]  # fmt: skip
    empty = _("Plan a meeting, or start a series that plans its meetings by itself.")

    def rows(self, request: HttpRequest) -> QuerySet[Meeting]:
        return queries.meetings(reader(request))

    def search(self, rows: QuerySet[Meeting], text: str) -> QuerySet[Meeting]:
        return rows.filter(title__icontains=text) | rows.filter(minutes__icontains=text)


class RunPage(FormPage[Meeting]):
    """A form of a meeting for its host, or who holds the right there."""

    any_person = True

    def _row(self, request: HttpRequest, kwargs: dict[str, Any]) -> Meeting | None:
        row = super()._row(request, kwargs)
        if row is not None and not queries.runs(reader(request), row, self.guard_code("update")):
            raise NotAllowed(gettext("Only the host, or who holds the right for this, may do this to the meeting."))
        return row

    def after(self, row: Any) -> str:
        return queries.address(row.pk) if row is not None else reverse("meetings:meeting-list")


class MeetingNew(FormPage[Meeting]):
    of = MeetingList
    title, icon = _("New meeting"), "calendar-plus"
    form = NewMeetingFields
    create_code = "meetings.plan_meeting"

    @staticmethod
    def create(by: Any, **values: Any) -> Meeting:
        return actions.plan_meeting(by, zone=by.zone or "UTC", **values)

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {"host": reader(request).pk, **super().initial(request, row)}


class MeetingForm(RunPage):
    of = MeetingList
    edit_title, icon = _("Change or move the meeting"), "calendar-repeat"
    form = MeetingFields
    update = actions.update_meeting


class MinutesForm(RunPage):
    """The minutes with their preview, and the agenda beside them."""

    area, section, stem, plural = "meetings", "structure", "minutes", "minutes"
    edit_title, icon, guide = _("Write the minutes"), "writing", "meetings"
    template = "meetings/minutes.html"
    form = MinutesFields
    update = actions.write_minutes

    def rows(self, request: HttpRequest) -> QuerySet[Meeting]:
        return queries.meetings(reader(request))

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {"text": row.minutes or draft(row), "language": row.language or reader_language(), "recording": row.recording}  # fmt: skip


def draft(meeting: Meeting) -> str:
    """What minutes begin with: the agenda as headings."""
    return "".join(f"## {item.title}\n\n\n" for item in meeting.items.exclude(state=AgendaItem.DROPPED))


class MinutesPreview(Page):
    """What the Markdown being written will look like."""

    area, section, name, path = "meetings", "structure", "minutes-preview", "minutes/preview/"
    title, in_menu, any_person = _("Preview"), False, True

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        return HttpResponse(status=405, headers={"Allow": "POST"})

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """The drawn text."""
        return HttpResponse(parts.drawn(request.POST.get("text", "")[:200_000]))


class MeetingCalendar(Page):
    """A meeting as a file for calendar programs (RFC 5545)."""

    area, section, name, path = "meetings", "structure", "meeting-calendar", "meetings/<int:pk>/calendar.ics"
    title, in_menu, read = _("For my calendar"), False, "meetings.view_meeting"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        row = queries.meetings(reader(request)).filter(pk=min(kwargs["pk"], 2**63 - 1)).first()
        if row is None:
            raise Http404
        calendar = Calendar()
        calendar.add("prodid", "-//Tradewind//Meetings//EN")
        calendar.add("version", "2.0")
        calendar.add("method", "PUBLISH")
        calendar.add_component(event_of(row))
        answer = HttpResponse(calendar.to_ical(), content_type="text/calendar; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="meeting-{row.pk}.ics"'
        return answer


class ItemRecord(Page):
    """Where a link to an agenda item leads: its meeting."""

    area, section, name, path = "meetings", "structure", "item-record", "items/<int:pk>/"
    title, in_menu, read = _("Agenda item"), False, "meetings.view_meeting"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        item = queries.items(reader(request)).filter(pk=min(kwargs["pk"], 2**63 - 1)).first()
        if item is None:
            raise Http404
        return HttpResponseRedirect(f"{queries.address(item.meeting_id)}#item-{item.pk}")


PAGES = (MeetingList, MeetingNew, MeetingForm, MinutesForm, MinutesPreview, MeetingCalendar, ItemRecord)
