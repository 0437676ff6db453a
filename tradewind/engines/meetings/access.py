"""Who may read and run meetings: who is invited, the host, and whoever holds the right where the meeting lies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tradewind.engines.access.registry import SUBJECTS, codes, default_role, subject
from tradewind.engines.access.scope import cover, holdings
from tradewind.engines.meetings.kinds import CLOSED, KINDS, PLAIN, READ, kind
from tradewind.engines.meetings.models import AgendaItem, Attendance, Decision, Meeting, Series
from tradewind.nouns.org.models import Person

EVERYTHING, NOTHING = Q(pk__isnull=False), Q(pk__in=[])

codes(
    "meetings",
    view_meeting=_("Read meetings, their minutes and decisions"),
    moderate_meeting=_("See meetings of kinds that are no longer declared"),
)
kind(PLAIN, label=_("Meeting"))


def place(person: Person, code: str, key: str) -> Q:
    """The condition for records that lie where a person holds a code; nothing where the code is not held."""
    held = [one for one in holdings(person) if one.allows(code)]
    return (cover(held, SUBJECTS[key]) or EVERYTHING) if held else NOTHING


def by_kind(person: Person, key: str, prefix: str) -> Q:
    """What a person reads by a right: kinds that are not private, where they hold the codes of the kind."""
    groups: dict[str, list[str]] = defaultdict(list)
    for one in KINDS.values():
        if not one.private:
            groups[one.read].append(one.code)
    wanted = ~Q(**{f"{prefix}kind__in": list(KINDS)}) & place(person, CLOSED, key)
    for read, kinds in groups.items():
        wanted |= Q(**{f"{prefix}kind__in": kinds}) & place(person, READ, key) & place(person, read, key)
    return wanted


def rule(key: str, prefix: str = "") -> Callable[[Person | None], Q]:
    """The rule of reading for meetings (or, with a prefix, for what hangs on them)."""

    def reads(person: Person | None) -> Q:
        if person is None or not any(one.allows(READ) for one in holdings(person)):
            return NOTHING
        invited = Attendance.objects.filter(person=person).values("meeting")
        own = Q(**{f"{prefix}host": person.pk}) | Q(**{f"{prefix}pk__in": invited})
        return own | by_kind(person, key, prefix)

    return reads


def series(person: Person | None) -> Q:
    """The series one may see: those one hosts or was ever invited to, and those in reach."""
    if person is None or not any(one.allows(READ) for one in holdings(person)):
        return NOTHING
    invited = Attendance.objects.filter(person=person, meeting__series__isnull=False).values("meeting__series")
    return Q(host=person.pk) | Q(pk__in=invited) | by_kind(person, "meetings.series", "")


def axes(prefix: str) -> dict[str, str]:
    """Where a record lies: where its meeting does."""
    return {axis: f"{prefix}{axis}_id" for axis in ("entity", "market", "team")}


def words(meeting: Meeting | Series) -> str:
    """What a meeting is found by."""
    return " ".join(dict(meeting.title).values())


subject("meetings.series", model=Series, read=READ, label=_("Series of meetings"), axes=axes(""),
        url="meetings:series-detail", search=words, reads=series)  # fmt: skip
subject("meetings.meeting", model=Meeting, read=READ, label=_("Meeting"), axes=axes(""),
        url="meetings:meeting-detail", search=words, reads=rule("meetings.meeting"))  # fmt: skip
subject("meetings.attendance", model=Attendance, read=READ, label=_("Invitation"), axes=axes("meeting__"),
        reads=rule("meetings.attendance", "meeting__"))  # fmt: skip
subject("meetings.item", model=AgendaItem, read=READ, label=_("Agenda item"), axes=axes("meeting__"),
        url="meetings:item-record", reads=rule("meetings.item", "meeting__"))  # fmt: skip
subject("meetings.decision", model=Decision, read=READ, label=_("Decision"), axes=axes("meeting__"),
        url="meetings:decision-detail", search=lambda row: f"{row.text} {row.reasons}",
        reads=rule("meetings.decision", "meeting__"))  # fmt: skip

EVERYONE = ("general_manager", "country_manager", "team_lead", "member", "finance", "people", "buyer", "marketer",
            "agent", "compliance", "auditor")  # fmt: skip
PLANNERS = ("general_manager", "country_manager", "team_lead", "people")
PLAN_CODES = ["meetings.plan_meeting", "meetings.save_series", "meetings.plan_occurrences", "meetings.update_meeting",
              "meetings.invite", "meetings.uninvite", "meetings.add_item", "meetings.update_item", "meetings.move_item",
              "meetings.decide", "meetings.update_decision", "meetings.assign", "meetings.withdraw_assignment",
              "meetings.write_minutes", "meetings.record_attendance", "meetings.hold_meeting",
              "meetings.cancel_meeting"]  # fmt: skip
for role in EVERYONE:
    default_role(role, [READ])
for role in PLANNERS:
    default_role(role, PLAN_CODES)
