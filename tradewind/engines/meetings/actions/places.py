"""What the actions on meetings share: where one lies, who may, what is checked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tradewind.base import clock
from tradewind.base.errors import NotAllowed, Refused
from tradewind.base.words import LocalText
from tradewind.engines.access.scope import Scope, require
from tradewind.engines.inbox.tell import tell
from tradewind.engines.meetings import queries
from tradewind.engines.meetings.kinds import KINDS, READ, Kind
from tradewind.engines.meetings.models import WEB_ADDRESS, Attendance, Meeting
from tradewind.nouns.org.models import Entity, Market, Person, Team

SHORTEST, LONGEST = 5, 720


def future_place(
    _row: Any = None,
    *,
    entity: Entity | None = None,
    market: Market | None = None,
    team: Team | None = None,
    **_more: Any,
) -> Scope:
    """Where something will lie after it was saved."""
    return Scope(*(record.pk if record else None for record in (entity, market, team)))


def require_runs(by: Person | None, meeting: Meeting, code: str) -> None:
    """Raise NotAllowed unless the person hosts the meeting or holds the right there; the product itself may."""
    if by is not None and not queries.runs(by, meeting, code):
        raise NotAllowed(_("Only the host, or who holds the right for this, may do this to the meeting."))


def require_part(by: Person | None, meeting: Meeting, code: str) -> None:
    """Raise NotAllowed unless the person takes part in the meeting or may run it."""
    if by is not None and not queries.takes_part(by, meeting):
        require_runs(by, meeting, code)


def require_kind(by: Person | None, code: str, at: Scope) -> Kind:
    """The declared kind, if the person may plan meetings of it at a place."""
    known = KINDS.get(code)
    if known is None:
        raise Refused(_("This kind of meeting is not known."), fields={"kind": _("Not known.")})
    if by is not None:
        require(by, known.plan, at)
    return known


def check_title(title: dict[str, str]) -> LocalText:
    """A title in at least one language."""
    found = {language: text.strip()[:200] for language, text in title.items() if text.strip()}
    if not found:
        raise Refused(_("Give it a title."), fields={"title": _("Give it a title.")})
    return LocalText(found)


def check_common(zone: str, length: int, link: str) -> None:
    """Refuse a zone that does not exist, a length that cannot be, a link that leads nowhere."""
    faults: dict[str, Any] = {}
    try:
        clock.zone(zone)
    except Refused as refusal:
        faults["zone"] = str(refusal)
    if not SHORTEST <= length <= LONGEST:
        faults["length"] = _("A meeting takes 5 to 720 minutes.")
    if link:
        try:
            WEB_ADDRESS(link)
        except ValidationError:
            faults["link"] = _("Give a web address that begins with https://.")
    if faults:
        raise Refused(next(iter(faults.values())), fields=faults)


def still_planned(meeting: Meeting) -> Meeting:
    """The meeting, unless it was held or cancelled."""
    if meeting.state != Meeting.PLANNED:
        raise Refused(_("This meeting was held or cancelled."), code="not_planned")
    return meeting


def not_cancelled(meeting: Meeting) -> Meeting:
    """The meeting, unless it was cancelled."""
    if meeting.state == Meeting.CANCELLED:
        raise Refused(_("This meeting was cancelled."), code="cancelled")
    return meeting


def facts(meeting: Meeting, **more: Any) -> dict[str, Any]:
    """What notices about a meeting tell."""
    return {"title": meeting.title, "at": meeting.starts_at, **more}


def call_together(by: Person | None, meeting: Meeting, people: Iterable[Person], *, required: bool = True) -> int:
    """Invite the active ones of some people who are not invited yet, and tell them; how many."""
    there = set(meeting.attendances.values_list("person", flat=True))
    fresh = {one.pk: one for one in people if one.active and one.pk not in there}
    Attendance.objects.bulk_create(
        [
            Attendance(meeting=meeting, person=one, required=required, **own_answer(meeting, one))
            for one in fresh.values()
        ]
    )
    if meeting.starts_at > clock.now():
        group = f"series-{meeting.series_id}" if meeting.series_id else f"meeting-{meeting.pk}"
        knows = by.pk if by is not None else meeting.host_id
        others = [one for one in fresh.values() if one.pk != knows]
        tell(others, "meetings.invited", meeting, facts(meeting), group=group)
    return len(fresh)


def own_answer(meeting: Meeting, person: Person) -> dict[str, Any]:
    """The host comes without being asked."""
    return {"answer": Attendance.YES, "answered_at": clock.now()} if meeting.host_id == person.pk else {}


def coming(meeting: Meeting, but: Person | None = None) -> list[Person]:
    """Those who are invited and have not said no."""
    rows = meeting.attendances.exclude(answer=Attendance.NO).select_related("person")
    return [row.person for row in rows if but is None or row.person_id != but.pk]


def may_read(person: Person, meeting: Meeting) -> bool:
    """Whether a person may read a meeting."""
    return queries.meetings(person).filter(pk=meeting.pk).exists()


def later(moment: datetime) -> bool:
    """Whether a moment is still to come."""
    return moment > clock.now()


__all__ = [
    "READ", "call_together", "check_common", "check_title", "coming", "facts", "future_place", "later", "may_read",
    "not_cancelled", "require_kind", "require_part", "require_runs", "still_planned",
]  # fmt: skip
