"""What one can do with vision campaigns: write, start and end them, hold sessions; and what everybody does: read."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from tradewind.areas.structure.models import Broadcast, BroadcastMessage, Receipt
from tradewind.areas.structure.queries import campaigns as queries
from tradewind.areas.structure.queries.campaigns import PRINCIPLE, SESSION, VISION
from tradewind.base import clock
from tradewind.base.errors import NotAllowed, Refused
from tradewind.base.words import LocalText
from tradewind.engines.access.scope import Scope
from tradewind.engines.actions.action import Bulk, action
from tradewind.engines.agenda.queries import calendars
from tradewind.engines.agenda.rules import HORIZON
from tradewind.engines.inbox.asking import ask, settle_cause
from tradewind.engines.inbox.models import Todo
from tradewind.engines.inbox.tell import tell
from tradewind.engines.library.models import Document
from tradewind.engines.meetings.actions import plan_meeting
from tradewind.engines.meetings.models import Meeting
from tradewind.engines.surveys.actions import close_wave, invite_people, open_wave
from tradewind.engines.surveys.models import Survey, Wave
from tradewind.engines.surveys.queries import understood
from tradewind.nouns.org.models import Entity, Market, Person, Team

ASKED, REMINDED = "structure.broadcast", "structure.broadcast_reminder"
LAST_ZONE = "Etc/GMT+12"  # where a day ends last on earth
MOST_WORDS, MOST_REMINDERS = 1_000, 60


def campaign_place(
    _broadcast: Any = None, *, entity: Any = None, market: Any = None, team: Any = None, **_more: Any
) -> Scope:
    """Where a campaign will lie: with its audience."""
    return Scope(*(one.pk if isinstance(one, Model) else one for one in (entity, market, team)))


@action(scope=campaign_place)
def save_broadcast(
    by: Person | None,
    broadcast: Broadcast | None = None,
    *,
    title: dict[str, str],
    document: Document,
    message: dict[str, str],
    starts_on: date,
    deadline: date,
    reminders: list[date] | None = None,
    entity: Entity | None = None,
    market: Market | None = None,
    team: Team | None = None,
    survey: Survey | None = None,
    owner: Person | None = None,
) -> Broadcast:
    """Write a campaign for the vision or a principle, or change it.

    The message goes out on the first day and, as a reminder, on the others; days are those of each receiver. Once it
    runs, the document, the audience, the check and the days that have come stay as they are.
    """
    saved = broadcast or Broadcast()
    facts = {"document": document, "entity": entity, "market": market, "team": team, "survey": survey}
    checked(saved, facts, starts_on, deadline, reminders or [])
    wording = queries.current_wording(document)
    if wording is None:
        raise Refused(_("Publish the document first."), fields={"document": _("Publish the document first.")})
    words = texts(message, "message")
    for name, value in facts.items():
        setattr(saved, name, value)
    saved.title, saved.starts_on, saved.deadline, saved.owner = texts(title, "title"), starts_on, deadline, owner or by
    if saved.state == Broadcast.DRAFT:
        saved.wording = wording
    saved.save()
    set_days(saved, words, starts_on, reminders or [])
    return saved


def texts(given: dict[str, str], name: str) -> LocalText:
    """Words in at least one language; Refused names the field."""
    found = LocalText({language: words.strip() for language, words in given.items() if words.strip()})
    if not len(found):
        raise Refused(_("Write something first."), fields={name: _("This field is required.")})
    if any(len(words) > MOST_WORDS for words in found.values()):
        raise Refused(_("This text is too long."), fields={name: _("This text is too long.")})
    return found


def checked(
    saved: Broadcast, facts: dict[str, Any], starts_on: date, deadline: date, reminders: list[date]
) -> None:  # fmt: skip
    """Refuse what cannot be a campaign, naming the fields."""
    if saved.state == Broadcast.ENDED:
        raise Refused(_("This campaign is over."), code="ended")
    faults: dict[str, Any] = {}
    if facts["document"].kind not in (VISION, PRINCIPLE):
        faults["document"] = _("Choose the vision or a principle.")
    if facts["survey"] is not None and not queries.is_check(facts["survey"].kind):
        faults["survey"] = _("Choose a short check.")
    if deadline < starts_on:
        faults["deadline"] = _("The deadline comes after the first day.")
    if len(reminders) > MOST_REMINDERS or any(not starts_on < day <= deadline for day in reminders):
        faults["reminders"] = _("Reminders come after the first day, and not after the deadline.")
    if saved.state == Broadcast.RUNNING:
        fixed = {**facts, "starts_on": starts_on}
        if saved.wave_id is not None:  # the check closes with it
            fixed["deadline"] = deadline
        changed = [name for name, value in fixed.items() if getattr(saved, name) != value]
        faults.update(dict.fromkeys(changed, _("This cannot change while the campaign runs.")))
    if faults:
        raise Refused(_("Some fields are missing or not right."), fields=faults)


def set_days(saved: Broadcast, words: LocalText, starts_on: date, reminders: list[date]) -> None:
    """The messages of a campaign: one a day; those that went out already stay."""
    wanted = {starts_on, *reminders}
    for gone in saved.messages.filter(spread_at=None).exclude(day__in=wanted):
        gone.delete()
    there = {message.day: message for message in saved.messages.all()}
    for day in sorted(wanted - set(there)):
        BroadcastMessage.objects.create(broadcast=saved, day=day, text=words if day == starts_on else {})
    first = there.get(starts_on)
    if first is not None and first.text != words:
        first.text = words
        first.save(update_fields=["text"])


@action()
def word_reminder(
    by: Person | None, broadcast: Broadcast, *, day: date, text: dict[str, str]
) -> Bulk[BroadcastMessage]:
    """Give the reminder of a day words of its own.

    Empty ones repeat the first message.
    """
    message = broadcast.messages.filter(day=day).first()
    if message is None or day == broadcast.starts_on:
        raise Refused(_("There is no reminder on this day."), fields={"day": _("There is no reminder on this day.")})
    if message.spread_at is not None:
        raise Refused(_("This reminder has gone out already."), code="sent")
    message.text = texts(text, "text") if any(words.strip() for words in text.values()) else LocalText()
    message.save(update_fields=["text"])
    return Bulk(message, {"day": day.isoformat()}, subject=broadcast)


@action()
def start_broadcast(by: Person | None, broadcast: Broadcast) -> Broadcast:
    """Start a campaign.

    Its messages go out on their days, and its check can be answered.
    """
    if broadcast.state != Broadcast.DRAFT:
        raise Refused(_("This campaign has been started already."), code="started")
    end = last_moment(broadcast)
    if end <= clock.now():
        raise Refused(_("The deadline has passed."), code="late")
    wording = queries.current_wording(broadcast.document)
    people = queries.audience(broadcast)
    if wording is None or not people:
        raise Refused(_("Nobody of this audience may read the document."), code="nobody")
    if broadcast.survey is not None:
        opens = max(clock.now(), clock.day_bounds(broadcast.starts_on, "Etc/GMT-14")[0])
        asked: dict[str, Any] = {"closes": end, "opens": opens, "people": people, "quiet": True, "remind_days": 0}
        broadcast.wave = open_wave(by, broadcast.survey, **asked) if by else open_wave.system(broadcast.survey, **asked)
    broadcast.wording, broadcast.state, broadcast.started_at = wording, Broadcast.RUNNING, clock.now()
    broadcast.save()
    return broadcast


def last_moment(broadcast: Broadcast) -> datetime:
    """When the deadline has passed everywhere."""
    return clock.day_bounds(broadcast.deadline, LAST_ZONE)[1]


@action()
def stop_broadcast(by: Person | None, broadcast: Broadcast) -> Broadcast:
    """End a campaign.

    Nothing goes out any more, and its check closes.
    """
    if broadcast.state != Broadcast.RUNNING:
        raise Refused(_("This campaign does not run."), code="not_running")
    broadcast.state, broadcast.ended_at = Broadcast.ENDED, clock.now()
    broadcast.save()
    Receipt.objects.filter(message__broadcast=broadcast, sent_at=None).delete()
    settle_cause(ASKED, str(broadcast.pk), state=Todo.WITHDRAWN)
    if broadcast.wave is not None and broadcast.wave.state != Wave.CLOSED:
        close_wave.system(broadcast.wave)
    return broadcast


@action()
def add_session(
    by: Person | None,
    broadcast: Broadcast,
    *,
    starts_at: datetime,
    zone: str,
    length: int = 45,
    host: Person | None = None,
    link: str = "",
    people: list[Person] | None = None,
) -> Bulk[Meeting]:
    """Plan a session of a campaign, in which people hear of the vision and can ask.

    The whole audience is invited unless some are named.
    """
    if broadcast.state == Broadcast.ENDED:
        raise Refused(_("This campaign is over."), code="ended")
    asked: dict[str, Any] = {
        "title": dict(broadcast.title), "starts_at": starts_at, "zone": zone, "kind": SESSION, "length": length, "link": link,
        "host": host or broadcast.owner, "people": people or queries.audience(broadcast), "entity": broadcast.entity,
        "market": broadcast.market, "team": broadcast.team, "subject_type": queries.SUBJECT, "subject_id": broadcast.pk,
    }  # fmt: skip
    meeting = plan_meeting(by, **asked) if by is not None else plan_meeting.system(**asked)
    return Bulk(meeting, {"invited": meeting.attendances.count()}, subject=broadcast)


@action()
def spread_message(by: Person | None, broadcast: Broadcast, *, message: BroadcastMessage) -> Bulk[int]:
    """Plan when a message reaches each person of the audience.

    That is in their working time, on its day or after it, where they are.
    """
    people = queries.audience(broadcast)
    first = clock.day_bounds(message.day, "Etc/GMT-14")[0]
    plans = calendars(people, first.date(), first.date() + HORIZON) if people else {}
    rows = []
    for person in people:
        begins = max(clock.day_bounds(message.day, person.zone)[0], broadcast.started_at or clock.now())
        due = plans[person.pk].next_moment(begins)
        if due is not None:
            rows.append(Receipt(message=message, person=person, due=due, next_at=due))
    Receipt.objects.bulk_create(rows, ignore_conflicts=True)
    message.spread_at = clock.now()
    message.save(update_fields=["spread_at"])
    if broadcast.wave is not None and broadcast.wave.state != Wave.CLOSED:  # who came after the start is asked as well
        invite_people.system(broadcast.wave, people=people)
    return Bulk(len(rows), {"people": len(rows)}, subject=broadcast)


@action()
def send_messages(by: Person | None, broadcast: Broadcast, *, receipts: list[Receipt]) -> Bulk[int]:
    """Send messages of a campaign that are due.

    The first one that reaches a person asks to read, later ones remind.
    """
    now = clock.now()
    fresh = [row.pk for row in receipts]
    open_ones = (
        Receipt.objects.select_for_update().filter(pk__in=fresh, sent_at=None).select_related("person", "message")
    )
    sent = list(open_ones.order_by("message__day", "pk"))
    announcement = broadcast.messages.get(day=broadcast.starts_on)
    earlier = Receipt.objects.filter(message__broadcast=broadcast, sent_at__isnull=False)
    told = set(earlier.values_list("person_id", flat=True))
    for row in sent:
        words = row.message.text if len(row.message.text) else announcement.text
        data = {"title": broadcast.title, "text": LocalText(words), "day": broadcast.deadline}
        if row.person_id not in told:
            # Campaigns know working time and holidays themselves, so the to-do carries no due moment.
            ask(row.person, ASKED, broadcast, data=data, by=broadcast.owner, key=str(broadcast.pk),
                action="structure.read_broadcast", draft={"broadcast": broadcast.pk})  # fmt: skip
        else:
            tell(row.person, REMINDED, broadcast, data)
        told.add(row.person_id)
    Receipt.objects.filter(pk__in=[row.pk for row in sent]).update(sent_at=now)
    return Bulk(len(sent), {"sent": len(sent)}, subject=broadcast)


@action(open_to_all=True)
def read_broadcast(by: Person, *, broadcast: Broadcast) -> Bulk[int]:
    """Read a vision campaign: note it for all that one was sent of it."""
    rows = queries.own_receipts(by, broadcast)
    if not rows.exists():
        raise NotAllowed(_("This campaign has sent you nothing yet."))
    count = rows.filter(read_at=None).update(read_at=clock.now())
    settle_read(by, broadcast)
    # Not an event of the campaign: who read it when would fill its history.
    return Bulk(count, {"read": count, "broadcast": broadcast.pk})


def settle_read(person: Person, broadcast: Broadcast) -> None:
    """Close a person's to-do of a campaign once it is read and its check, if it has one, is passed."""
    if queries.own_receipts(person, broadcast).filter(read_at=None).exists():
        return
    if broadcast.wave is not None and understood(broadcast.wave).get(person.pk, True) is not True:
        return
    todos = Todo.objects.filter(person=person, kind=ASKED, key=str(broadcast.pk), state=Todo.OPEN)
    todos.update(state=Todo.DONE, settled_at=clock.now())
