"""What one does with a meeting from its page: ask people, answer, the agenda, what comes out, closing and cancelling."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tradewind.base import clock
from tradewind.base.errors import NotAllowed, Refused
from tradewind.engines.meetings import actions, queries
from tradewind.engines.meetings.forms import (
    AnswerFields,
    AssignFields,
    CancelFields,
    DecisionFields,
    HoldFields,
    InviteFields,
    ItemEditFields,
    ItemFields,
    UninviteFields,
    WithdrawFields,
)
from tradewind.engines.meetings.models import AgendaItem, Attendance, Meeting
from tradewind.engines.meetings.views.meetings import MeetingList
from tradewind.nouns.org.models import Person
from tradewind.nouns.org.queries import reader
from tradewind.ui.pages import ActionPage, FormPage
from tradewind.ui.pages.details import Link


def people_of(meeting: Meeting, pks: list[int]) -> list[Person]:
    """Some people of a meeting by their ids."""
    own = {meeting.host_id, *meeting.attendances.values_list("person", flat=True)}
    return list(Person.objects.filter(pk__in=[pk for pk in pks if pk in own]))


def one_of(meeting: Meeting, pk: int | None) -> Person | None:
    """One of the people of a meeting."""
    return next(iter(people_of(meeting, [pk])), None) if pk else None


class Step(ActionPage[Meeting]):
    """Something done with a meeting; its host may, and who holds the right there."""

    of, any_person = MeetingList, True
    with_people = False

    def _row(self, request: HttpRequest, kwargs: dict[str, Any]) -> Meeting | None:
        row = super()._row(request, kwargs)
        if row is not None and not self.suits(reader(request), row):
            raise NotAllowed(gettext("Only the host, or who holds the right for this, may do this to the meeting."))
        return row

    @classmethod
    def suits(cls, person: Person, meeting: Meeting) -> bool:
        """Whether the person may take this step."""
        return queries.runs(person, meeting, cls.codes()[0])

    def form_kwargs(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {"meeting": row} if self.with_people else {}

    def after(self, row: Any) -> str:
        pk = row.pk if isinstance(row, Meeting) else getattr(row, "meeting_id", None)
        return queries.address(pk) if pk else reverse("meetings:meeting-list")

    def perform(self, request: HttpRequest, row: Meeting | None, values: dict[str, Any]) -> Any:
        if row is None:
            raise Http404
        self.take(reader(request), row, values)
        return row

    def take(self, person: Person, meeting: Meeting, values: dict[str, Any]) -> None:
        """Carry the step out; override where the action wants other values than the form gives."""
        step = type(self).__dict__["action"]
        step(person, meeting, **values)


class Planned(Step):
    """A step of a meeting that is still planned."""

    states = (Meeting.PLANNED,)


class MeetingInvite(Planned):
    verb, icon = "invite", "user-plus"
    title, button = _("Invite people"), _("Invite")
    action, form = actions.invite, InviteFields


class MeetingUninvite(Planned):
    verb, icon, with_people = "uninvite", "user-minus", True
    title, button = _("Take somebody off the list"), _("Take off")
    action, form = actions.uninvite, UninviteFields

    def take(self, person: Person, meeting: Meeting, values: dict[str, Any]) -> None:
        chosen = one_of(meeting, values["person"])
        if chosen is not None:
            actions.uninvite(person, meeting, person=chosen)


class MeetingAnswer(Planned):
    verb, icon = "answer", "message-reply"
    title, button = _("Answer the invitation"), _("Answer")
    action, form = actions.answer_invitation, AnswerFields

    @classmethod
    def suits(cls, person: Person, meeting: Meeting) -> bool:
        return meeting.attendances.filter(person=person).exists()


class MeetingAdd(Planned):
    verb, icon, with_people = "add", "list-details", True
    title, button = _("Put something on the agenda"), _("Add")
    action, form = actions.add_item, ItemFields

    @classmethod
    def suits(cls, person: Person, meeting: Meeting) -> bool:
        return queries.takes_part(person, meeting) or super().suits(person, meeting)

    def take(self, person: Person, meeting: Meeting, values: dict[str, Any]) -> None:
        actions.add_item(person, meeting, **{**values, "owner": one_of(meeting, values.get("owner"))})


class MeetingDecide(Step):
    verb, icon, with_people = "decide", "gavel", True
    title, button = _("Write down a decision"), _("Save")
    action, form = actions.decide, DecisionFields

    @classmethod
    def offered(cls, row: Meeting) -> bool:
        return row.state != Meeting.CANCELLED

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {"decided_by": row.host_id, "decided_on": clock.today(row.zone), **super().initial(request, row)}

    def take(self, person: Person, meeting: Meeting, values: dict[str, Any]) -> None:
        item = meeting.items.filter(pk=values["item"]).first() if values["item"] else None
        chosen = one_of(meeting, values["decided_by"])
        actions.decide(person, meeting, **{**values, "item": item, "decided_by": chosen})


class MeetingAssign(Step):
    verb, icon, with_people = "assign", "checkbox", True
    title, button = _("Agree who does what"), _("Give the to-do")
    text = _("It stands among the to-dos of whoever does it, with reminders, and here until it is done.")
    action, form = actions.assign, AssignFields

    @classmethod
    def offered(cls, row: Meeting) -> bool:
        return row.state != Meeting.CANCELLED

    def take(self, person: Person, meeting: Meeting, values: dict[str, Any]) -> None:
        chosen = one_of(meeting, values["person"])
        if chosen is None:
            raise Refused(gettext("Choose somebody who takes part."), fields={"person": gettext("Choose somebody.")})
        actions.assign(person, meeting, **{**values, "person": chosen})


class MeetingWithdraw(Step):
    verb, icon = "withdraw", "arrow-back-up"
    title, button = _("Take the to-do back"), _("Take back")
    action, form = actions.withdraw_assignment, WithdrawFields

    @classmethod
    def offered(cls, row: Meeting) -> bool:
        return False  # its button stands at each to-do


class MeetingHold(Planned):
    verb, icon, with_people = "hold", "checks", True
    title, button = _("Close the meeting"), _("Close the meeting")
    text = _("Notes who came. What is still open on the agenda goes to the next meeting of the series.")
    action, form = actions.hold_meeting, HoldFields

    @classmethod
    def offered(cls, row: Meeting) -> bool:
        return super().offered(row) and row.starts_at <= clock.now()

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {"present": list(row.attendances.filter(answer=Attendance.YES).values_list("person", flat=True))}

    def take(self, person: Person, meeting: Meeting, values: dict[str, Any]) -> None:
        there = [*people_of(meeting, values["present"]), *values["others"]]
        actions.hold_meeting(person, meeting, people=there)


class MeetingPresent(Step):
    verb, icon, with_people = "present", "user-check", True
    title, button = _("Correct who came"), _("Save")
    action, form = actions.record_attendance, HoldFields
    states = (Meeting.HELD,)

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {"present": list(row.attendances.filter(attended=True).values_list("person", flat=True))}

    def take(self, person: Person, meeting: Meeting, values: dict[str, Any]) -> None:
        there = [*people_of(meeting, values["present"]), *values["others"]]
        actions.record_attendance(person, meeting, people=there)


class MeetingCancel(Planned):
    verb, icon, danger = "cancel", "calendar-x", True
    title, button = _("Cancel the meeting"), _("Cancel the meeting")
    text = _("Everybody who has not declined is told at once.")
    action, form = actions.cancel_meeting, CancelFields


class ItemForm(FormPage[AgendaItem]):
    """An agenda item; whose it is may change it, and who runs the meeting."""

    area, section, stem, any_person = "meetings", "structure", "item", True
    edit_title, icon = _("Agenda item"), "list-details"
    form = ItemEditFields
    update_code = "meetings.update_item"

    @staticmethod
    def update(by: Any, item: AgendaItem, **values: Any) -> AgendaItem:
        owner = one_of(item.meeting, values.get("owner")) or (item.owner if values.get("owner") else None)
        return actions.update_item(by, item, **{**values, "owner": owner})

    def rows(self, request: HttpRequest) -> QuerySet[AgendaItem]:
        return queries.items(reader(request))

    def _row(self, request: HttpRequest, kwargs: dict[str, Any]) -> AgendaItem | None:
        row = super()._row(request, kwargs)
        person = reader(request)
        if row is not None and row.owner_id != person.pk and not queries.runs(person, row.meeting, self.update_code):
            raise NotAllowed(gettext("Only whose item it is, or who runs the meeting, may change it."))
        return row

    def form_kwargs(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {"meeting": row.meeting}

    def after(self, row: Any) -> str:
        return queries.address(row.meeting_id)


class ItemMove(ActionPage[AgendaItem]):
    """One place up or down the agenda."""

    area, section, stem, verb, any_person = "meetings", "structure", "item", "move", True
    title, button, icon, action = _("Move on the agenda"), _("Move"), "arrows-sort", actions.move_item

    def rows(self, request: HttpRequest) -> QuerySet[AgendaItem]:
        return queries.items(reader(request))

    def perform(self, request: HttpRequest, row: AgendaItem | None, values: dict[str, Any]) -> Any:
        if row is None:
            raise Http404
        return actions.move_item(reader(request), row, up=request.POST.get("up") == "1")

    def after(self, row: Any) -> str:
        return queries.address(row.meeting_id)


STEPS = (MeetingHold, MeetingDecide, MeetingAssign, MeetingInvite, MeetingUninvite, MeetingPresent, MeetingCancel)
PAGES = (*STEPS, MeetingAnswer, MeetingAdd, MeetingWithdraw, ItemForm, ItemMove)


def step_links(person: Person, meeting: Meeting) -> list[Link]:
    """The steps a person may take with a meeting now."""
    return [
        Link(step.title, reverse(f"meetings:meeting-{step.verb}", args=[meeting.pk]), step.icon, step.danger)
        for step in STEPS
        if step.offered(meeting) and step.suits(person, meeting)
    ]
