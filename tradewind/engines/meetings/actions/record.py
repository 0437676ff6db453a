"""What comes out of a meeting: decisions, things to do, minutes, and that it was held."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tradewind.base import clock
from tradewind.base.errors import Refused
from tradewind.engines.actions.action import Bulk, action
from tradewind.engines.inbox.asking import ask, settle_cause
from tradewind.engines.inbox.models import Todo
from tradewind.engines.inbox.tell import tell
from tradewind.engines.meetings import queries
from tradewind.engines.meetings.actions.agenda import carry_over
from tradewind.engines.meetings.actions.people import note_present
from tradewind.engines.meetings.actions.places import (
    coming,
    facts,
    may_read,
    not_cancelled,
    require_runs,
    still_planned,
)
from tradewind.engines.meetings.actions.planning import CLOSE
from tradewind.engines.meetings.models import WEB_ADDRESS, AgendaItem, Decision, Meeting
from tradewind.nouns.org.models import Person

LONGEST_TEXT = 200_000


@action(open_to_all=True)
def decide(
    by: Person | None,
    meeting: Meeting,
    *,
    text: str,
    reasons: str = "",
    decided_by: Person | None = None,
    decided_on: date | None = None,
    item: AgendaItem | None = None,
    replaces: Decision | None = None,
    subject_type: str = "",
    subject_id: int | None = None,
) -> Decision:
    """Write down a decision of a meeting.

    It may replace an earlier one, which then no longer holds. The day is today in the meeting's zone unless given.
    """
    require_runs(by, not_cancelled(meeting), "meetings.decide")
    check_decision(meeting, text, item)
    if replaces is not None and Decision.objects.filter(replaces=replaces).exists():
        raise Refused(_("That decision was replaced already."), fields={"replaces": _("It was replaced already.")})
    return Decision.objects.create(
        meeting=meeting, text=text.strip(), reasons=reasons.strip(), decided_by=decided_by or meeting.host or by,
        decided_on=decided_on or clock.today(meeting.zone), item=item, replaces=replaces, subject_type=subject_type,
        subject_id=subject_id,
    )  # fmt: skip


def check_decision(meeting: Meeting, text: str, item: AgendaItem | None) -> None:
    """Refuse a decision without words, or under an item of another meeting."""
    if not text.strip():
        raise Refused(_("Write down what was decided."), fields={"text": _("Write down what was decided.")})
    if item is not None and item.meeting_id != meeting.pk:
        raise Refused(_("That item is on the agenda of another meeting."), fields={"item": _("Of another meeting.")})


@action(open_to_all=True)
def update_decision(
    by: Person | None,
    decision: Decision,
    *,
    text: str,
    reasons: str = "",
    decided_by: Person | None = None,
    decided_on: date,
    item: AgendaItem | None = None,
) -> Decision:
    """Correct how a decision was written down."""
    require_runs(by, decision.meeting, "meetings.update_decision")
    check_decision(decision.meeting, text, item)
    decision.text, decision.reasons, decision.item = text.strip(), reasons.strip(), item
    decision.decided_by, decision.decided_on = decided_by, decided_on
    decision.save()
    return decision


@action(open_to_all=True)
def assign(by: Person | None, meeting: Meeting, *, person: Person, title: str, due: datetime) -> Bulk[Todo]:
    """Give somebody a to-do in a meeting.

    It is due at a moment, and must be somebody who may read the meeting: invite others first.
    """
    require_runs(by, not_cancelled(meeting), "meetings.assign")
    if not title.strip():
        raise Refused(_("Say what is to be done."), fields={"title": _("Say what is to be done.")})
    if due <= clock.now():
        raise Refused(_("Choose a moment that is still to come."), fields={"due": _("Still to come.")})
    if not person.active or not may_read(person, meeting):
        text = _("This person cannot read the meeting. Invite them first.")
        raise Refused(text, fields={"person": text})
    given = Todo.objects.filter(kind=queries.FOLLOW_UP, subject_type=queries.MEETING, subject_id=meeting.pk).count()
    data = {"title": title.strip()[:200], "meeting": meeting.title}
    todo = ask(person, queries.FOLLOW_UP, meeting, data=data, due=due, by=by, key=f"{meeting.pk}.{given + 1}")
    return Bulk(todo, {"to": str(person), "todo": todo.pk}, subject=meeting)


@action(open_to_all=True)
def withdraw_assignment(by: Person | None, meeting: Meeting, *, key: str) -> Bulk[int]:
    """Take back a to-do that a meeting gave."""
    require_runs(by, meeting, "meetings.withdraw_assignment")
    known = queries.follow_ups().filter(subject_id=meeting.pk, key=key, state=Todo.OPEN)
    count = settle_cause(queries.FOLLOW_UP, key, state=Todo.WITHDRAWN) if key and known.exists() else 0
    if not count:
        raise Refused(_("There is no such open to-do in this meeting."), code="unknown")
    return Bulk(count, {"withdrawn": count}, subject=meeting)


@action(open_to_all=True)
def write_minutes(
    by: Person | None, meeting: Meeting, *, text: str, language: str = "en", recording: str = "", send: bool = False
) -> Meeting:
    """Write the minutes of a meeting.

    With `send` everybody who takes part is told. `recording` is a web address.
    """
    require_runs(by, not_cancelled(meeting), "meetings.write_minutes")
    check_minutes(text, language, recording)
    meeting.minutes, meeting.language, meeting.recording = text.strip(), language, recording
    meeting.minutes_by, meeting.minutes_at = by, clock.now()
    meeting.save()
    settle_if_closed(meeting)
    if send:
        tell(coming(meeting, by), "meetings.minutes", meeting, facts(meeting, person=str(by or "")),
             group=f"minutes-{meeting.pk}")  # fmt: skip
    return meeting


def check_minutes(text: str, language: str, recording: str) -> None:
    """Refuse minutes too long, in no language of the product, or with a recording that leads nowhere."""
    if len(text) > LONGEST_TEXT:
        raise Refused(_("This text is too long."), fields={"text": _("At most 200,000 characters.")})
    if language not in dict(settings.LANGUAGES):
        raise Refused(_("Choose a language."), fields={"language": _("Choose a language.")})
    if recording:
        try:
            WEB_ADDRESS(recording)
        except ValidationError:
            text = _("Give a web address that begins with https://.")
            raise Refused(text, fields={"recording": text}) from None


def settle_if_closed(meeting: Meeting) -> None:
    """What the host was asked for is done when the meeting is held and its minutes or decisions are written."""
    written = bool(meeting.minutes) or meeting.decisions.exists()
    if meeting.state == Meeting.HELD and written:
        settle_cause(CLOSE, str(meeting.pk))


@action(open_to_all=True)
def hold_meeting(by: Person | None, meeting: Meeting, *, people: list[Person] | None = None) -> Meeting:
    """Close a meeting.

    It was held; `people` came. Items still open are carried to the next meeting of the series. Raises Refused before it has begun.
    """
    require_runs(by, still_planned(meeting), "meetings.hold_meeting")
    if meeting.starts_at > clock.now():
        raise Refused(_("This meeting has not begun yet."), code="not_begun")
    meeting.state, meeting.held_at = Meeting.HELD, clock.now()
    meeting.save()
    if people is not None:
        note_present(meeting, people)
    carry_over(meeting)
    settle_if_closed(meeting)
    return meeting


@action()
def ask_to_close(by: Person | None, meeting: Meeting, *, due: datetime) -> Meeting:
    """Ask the host who came and what was said."""
    meeting.asked_at = clock.now()
    meeting.save()
    if meeting.host is not None:
        ask(meeting.host, CLOSE, meeting, data=facts(meeting), due=due, key=str(meeting.pk))
    return meeting


@action()
def remind_people(by: Person | None, meeting: Meeting, *, people: list[Person]) -> Bulk[int]:
    """Remind people that a meeting comes up."""
    meeting.attendances.filter(person__in=people).update(reminded_at=clock.now())
    tell(people, "meetings.soon", meeting, facts(meeting), group=f"meeting-{meeting.pk}")
    return Bulk(len(people), {"reminded": len(people)}, subject=meeting)
