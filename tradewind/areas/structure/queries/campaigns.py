"""What one can see of vision campaigns: whom they reach, who has read, understood and come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet

from tradewind.areas.structure.models import Broadcast, Receipt
from tradewind.areas.structure.queries.people import people
from tradewind.base.places import COUNTRIES
from tradewind.engines.access.scope import visible
from tradewind.engines.library import queries as library
from tradewind.engines.library.models import Document, Version
from tradewind.engines.meetings.models import Attendance, Meeting
from tradewind.engines.surveys.models import Survey
from tradewind.engines.surveys.queries import groups_of, surveys, understood
from tradewind.nouns.org.models import Person, Team

READ, SUBJECT = "structure.view_broadcast", "structure.broadcast"
# The kinds of documents and meetings that library.py and meetings.py of this room declare.
VISION, PRINCIPLE, SESSION = "structure.vision", "structure.principle", "structure.vision_session"


def broadcasts(person: Person | None) -> QuerySet[Broadcast]:
    """The campaigns one may see, each with how many people it reached (`reached`) and who read it (`readers`)."""
    rows = visible(person, READ, Broadcast.objects.all()).select_related(
        "document", "market", "team", "entity", "owner"
    )
    receipts = "messages__receipts"
    return rows.prefetch_related("document__texts").annotate(
        reached=Count(f"{receipts}__person", filter=Q(**{f"{receipts}__sent_at__isnull": False}), distinct=True),
        readers=Count(f"{receipts}__person", filter=Q(**{f"{receipts}__read_at__isnull": False}), distinct=True),
    )


def own_receipts(person: Person, broadcast: Broadcast) -> QuerySet[Receipt]:
    """What a person was sent of a campaign, oldest first."""
    rows = Receipt.objects.filter(person=person, message__broadcast=broadcast, sent_at__isnull=False)
    return rows.select_related("message").order_by("message__day")


def unread(person: Person) -> QuerySet[Receipt]:
    """The campaign messages a person was sent and has not read."""
    rows = Receipt.objects.filter(person=person, sent_at__isnull=False, read_at=None)
    return rows.filter(message__broadcast__state=Broadcast.RUNNING).select_related("message__broadcast")


def documents_to_tell(person: Person | None) -> QuerySet[Document]:
    """The visions and principles a campaign may be about: published, and readable."""
    return library.documents(person).filter(kind__in=[VISION, PRINCIPLE], published_at__isnull=False, template=False)


def checks_to_ask(person: Person | None) -> QuerySet[Survey]:
    """The short checks a campaign may ask."""
    checks = [pk for pk, kind in surveys(person).filter(active=True).values_list("pk", "kind") if is_check(kind)]
    return surveys(person).filter(pk__in=checks)


def is_check(kind: str) -> bool:
    """Whether surveys of a kind are short checks."""
    return Survey(kind=kind).of_kind.check


def audience(broadcast: Broadcast) -> list[Person]:
    """To whom a campaign speaks: the active people of its entity, market and team who may read its document."""
    members = library.members(market=broadcast.market, entity=broadcast.entity)
    return library.audience(broadcast.document, team=broadcast.team, members=members)


def current_wording(document: Document) -> Version | None:
    """What is published of a document in its own language."""
    text = document.texts.filter(language=document.language).first()
    return library.published_version(text) if text is not None else None


def outdated(wording: Version) -> bool:
    """Whether more than a correction was published of a text since this version."""
    later = Version.objects.filter(text=wording.text_id, number__gt=wording.number, published_at__isnull=False)
    return later.filter(minor=False).exists()


def sessions(broadcast: Broadcast) -> QuerySet[Meeting]:
    """The sessions of a campaign, with how many were invited and came."""
    rows = Meeting.objects.filter(subject_type=SUBJECT, subject_id=broadcast.pk).exclude(state=Meeting.CANCELLED)
    return rows.annotate(
        invited=Count("attendances"), came=Count("attendances", filter=Q(attendances__attended=True))
    ).order_by("starts_at")


# How far a campaign has come


@dataclass
class Row:
    """How far a campaign has come with one person; `understood` is None where nothing was answered or asked."""

    person: Person
    team: str
    country: str
    reached: bool = False
    read: bool = False
    attended: bool = False
    understood: bool | None = None


@dataclass
class Group:
    """A team or a country: how many people, and how many of them got how far."""

    key: str
    label: str
    people: int = 0
    reached: int = 0
    read: int = 0
    attended: int = 0
    understood: int = 0

    def count(self, row: Row) -> None:
        """Add a person."""
        self.people += 1
        self.reached += row.reached
        self.read += row.read
        self.attended += row.attended
        self.understood += row.understood is True


@dataclass
class Progress:
    """A campaign among the people one may see: each of them, all together, by team and by country."""

    rows: list[Row] = field(default_factory=list)
    total: Group = field(default_factory=lambda: Group("", ""))
    teams: list[Group] = field(default_factory=list)
    countries: list[Group] = field(default_factory=list)


def progress(person: Person | None, broadcast: Broadcast) -> Progress:
    """How far a campaign has come with the people one may see; the number of queries does not grow with them."""
    marks: dict[int, list[bool]] = {}
    receipts = Receipt.objects.filter(message__broadcast=broadcast).values_list("person", "sent_at", "read_at")
    for one, sent, read in receipts:
        mark = marks.setdefault(one, [False, False])
        mark[0], mark[1] = mark[0] or sent is not None, mark[1] or read is not None
    wanted = set(marks) or {one.pk for one in audience(broadcast)}
    known = {one.pk: one for one in people(person).filter(pk__in=wanted).select_related("job").order_by("name", "pk")}
    came = set(came_to(broadcast, known))
    passed = understood(broadcast.wave) if broadcast.wave is not None else {}
    places = groups_of(list(known.values()))
    found = Progress()
    for pk, someone in known.items():
        place, (was_sent, was_read) = places.get(pk, {}), marks.get(pk, [False, False])
        found.rows.append(
            Row(someone, place.get("team", ""), someone.country, was_sent, was_read, pk in came, passed.get(pk))
        )
    return counted(found)


def came_to(broadcast: Broadcast, ids: Iterable[int]) -> QuerySet[Attendance, int]:
    """The ids of those of some people who came to a session of a campaign."""
    rows = Attendance.objects.filter(
        attended=True, meeting__subject_type=SUBJECT, meeting__subject_id=broadcast.pk, person__in=list(ids)
    )
    return rows.exclude(meeting__state=Meeting.CANCELLED).values_list("person", flat=True)


def counted(found: Progress) -> Progress:
    """The counts of a campaign from its rows."""
    names = {
        str(team.pk): str(team.name)
        for team in Team.objects.filter(pk__in={row.team for row in found.rows if row.team})
    }
    teams: dict[str, Group] = {}
    countries: dict[str, Group] = {}
    for row in found.rows:
        found.total.count(row)
        teams.setdefault(row.team, Group(row.team, names.get(row.team, ""))).count(row)
        known = COUNTRIES.get(row.country)
        countries.setdefault(row.country, Group(row.country, str(known.name) if known else "")).count(row)
    found.teams = sorted(teams.values(), key=lambda one: (-one.people, one.label))
    found.countries = sorted(countries.values(), key=lambda one: (-one.people, one.label))
    return found


# What the practices count


def visions() -> list[Document]:
    """The visions in force."""
    rows = Document.objects.filter(kind=VISION, published_at__isnull=False, trashed_at=None, template=False)
    return list(rows.order_by("pk"))


def campaigns_in_force() -> list[Broadcast]:
    """The campaigns, started at some time, that speak of the wording of a vision that is in force."""
    rows = Broadcast.objects.filter(document__in=visions(), started_at__isnull=False).select_related("wording")
    return [one for one in rows if not outdated(one.wording)]


def attendance_by_market(since: object, until: object) -> dict[int | None, tuple[int, int]]:
    """By market of the active people: how many came to a session on the vision in force between two moments, of how many."""
    campaigns = [one.pk for one in campaigns_in_force()]
    came = set(
        Attendance.objects.filter(
            attended=True, meeting__subject_type=SUBJECT, meeting__subject_id__in=campaigns,
            meeting__starts_at__gte=since, meeting__starts_at__lte=until,
        ).exclude(meeting__state=Meeting.CANCELLED).values_list("person", flat=True)
    )  # fmt: skip
    found: dict[int | None, list[int]] = defaultdict(lambda: [0, 0])
    for pk, market in Person.objects.filter(active=True).values_list("pk", "market"):
        found[market][0] += pk in came
        found[market][1] += 1
    return {market: (done, due) for market, (done, due) in found.items()}
