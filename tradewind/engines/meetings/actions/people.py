"""Who is asked, what they answer, and who came."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tradewind.base import clock
from tradewind.base.errors import NotAllowed, Refused
from tradewind.engines.actions.action import Bulk, action
from tradewind.engines.inbox.tell import tell
from tradewind.engines.meetings import queries
from tradewind.engines.meetings.actions.places import call_together, facts, not_cancelled, require_runs, still_planned
from tradewind.engines.meetings.models import Attendance, Meeting
from tradewind.nouns.org.models import Person, Team

TOLD = {Attendance.MAYBE: "meetings.unsure", Attendance.NO: "meetings.declined"}


@action(open_to_all=True)
def invite(
    by: Person | None,
    meeting: Meeting,
    *,
    people: list[Person] | None = None,
    teams: list[Team] | None = None,
    required: bool = True,
) -> Bulk[int]:
    """Invite people, or all members of teams, to a meeting."""
    require_runs(by, still_planned(meeting), "meetings.invite")
    count = call_together(by, meeting, [*queries.members_of(teams or []), *(people or [])], required=required)
    if not count:
        text = _("Choose somebody who is not invited yet.")
        raise Refused(text, fields={"people": text})
    return Bulk(count, {"invited": count}, subject=meeting)


@action(open_to_all=True)
def uninvite(by: Person | None, meeting: Meeting, *, person: Person) -> Bulk[None]:
    """Take somebody off the list of a meeting."""
    require_runs(by, still_planned(meeting), "meetings.uninvite")
    found = meeting.attendances.filter(person=person).first()
    if found is None or meeting.host_id == person.pk:
        text = _("Choose somebody who is invited and does not host it.")
        raise Refused(text, fields={"person": text})
    found.delete()
    return Bulk(None, {"uninvited": 1}, subject=meeting)


@action(open_to_all=True)
def answer_invitation(by: Person, meeting: Meeting, *, answer: str) -> Bulk[Attendance]:
    """Answer an invitation: yes, maybe or no."""
    row = Attendance.objects.select_for_update().filter(meeting=meeting, person=by).first()
    if row is None:
        raise NotAllowed(_("Only who is invited can answer."))
    if answer not in dict(Attendance.ANSWERS):
        raise Refused(_("Answer yes, maybe or no."), fields={"answer": _("Answer yes, maybe or no.")})
    if still_planned(meeting).is_over:
        raise Refused(_("This meeting is over."), code="over")
    if row.answer != answer:
        row.answer, row.answered_at = answer, clock.now()
        row.save()
        if meeting.host is not None and meeting.host_id != by.pk and answer != Attendance.YES:
            tell(meeting.host, TOLD[answer], meeting, facts(meeting, person=str(by)), group=f"{meeting.pk}-{by.pk}")
    return Bulk(row, {"answer": answer}, subject=meeting)


@action(open_to_all=True)
def record_attendance(by: Person | None, meeting: Meeting, *, people: list[Person]) -> Bulk[int]:
    """Note who came to a meeting.

    Everybody else who was invited counts as not having come; who came without an invitation is added.
    """
    require_runs(by, not_cancelled(meeting), "meetings.record_attendance")
    if meeting.starts_at > clock.now():
        raise Refused(_("This meeting has not begun yet."), code="not_begun")
    count = note_present(meeting, people)
    return Bulk(count, {"present": count}, subject=meeting)


def note_present(meeting: Meeting, people: list[Person]) -> int:
    """Write who came; how many."""
    present = {person.pk for person in people}
    there = set(meeting.attendances.values_list("person", flat=True))
    Attendance.objects.bulk_create(
        [Attendance(meeting=meeting, person_id=pk, required=False, attended=True) for pk in sorted(present - there)]
    )
    meeting.attendances.filter(person__in=present).update(attended=True)
    meeting.attendances.exclude(person__in=present).update(attended=False)
    return len(present)
