"""Tell people something: one notice each, and one ledger row for each route it takes to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Model

from tradewind.base import clock
from tradewind.engines.access.registry import subject_of
from tradewind.engines.agenda.queries import calendars
from tradewind.engines.agenda.rules import HORIZON, Calendar
from tradewind.engines.inbox.kinds import Kind, kind_of, stored
from tradewind.engines.inbox.models import Delivery, Notice, Preference, Reach, Todo
from tradewind.engines.inbox.rules import earliest, hours_calendar
from tradewind.engines.jobs.live import publish
from tradewind.engines.jobs.queue import enqueue
from tradewind.nouns.org.models import Person

SEND = "inbox.send_deliveries"


def tell(
    people: Person | Iterable[Person],
    kind: str,
    subject: Model | None = None,
    data: Mapping[str, Any] | None = None,
    *,
    urgent: bool = False,
    group: str = "",
    todo: Todo | None = None,
) -> list[Notice]:
    """Tell one or more people that `kind` happened; inactive people are passed over, everybody is told once.

    Part of the current transaction: rolled back with it, and sent only once it has been committed. While a notice of
    the same `group` is unread it is renewed and counted instead of a second one. `urgent` ones do not wait for the
    reader's working time. The caller has checked that these people may see the subject.
    """
    chosen = {p.pk: p for p in ([people] if isinstance(people, Person) else people) if p.active}
    known = subject_of(subject) if subject is not None else None
    facts: dict[str, Any] = {
        "kind": kind,
        "data": stored(data or {}),
        "subject_type": known.key if known else "",
        "subject_id": subject.pk if subject is not None and known else None,
        "todo": todo,
        "urgent": urgent or kind_of(kind).urgent,
    }
    told, fresh = [], []
    with transaction.atomic():
        for person in chosen.values():
            notice, new = write(person, group, facts)
            told.append(notice)
            if new:
                fresh.append(notice)
            publish(person.pk, "notices", {"kind": kind})
        plan(fresh)
    return told


def write(person: Person, group: str, facts: dict[str, Any]) -> tuple[Notice, bool]:
    """The person's notice, and whether it is a new one; an unread one of the group is renewed."""
    if not group:
        return Notice.objects.create(person=person, **facts), True
    unread = Notice.objects.filter(person=person, kind=facts["kind"], group=group, read_at=None)
    for _attempt in range(2):
        if unread.update(count=F("count") + 1, at=clock.now(), **facts):
            return unread.get(), False
        try:
            with transaction.atomic():
                return Notice.objects.create(person=person, group=group, **facts), True
        except IntegrityError:  # told by somebody else in the same moment
            continue
    raise RuntimeError("an unread notice of the group can neither be found nor written")


def plan(notices: list[Notice]) -> None:
    """Write the ledger rows of new notices, each with the moment from which it may go out."""
    if not notices:
        return
    now = clock.now()
    people = {notice.person_id: notice.person for notice in notices}
    reaches = {reach.person_id: reach for reach in Reach.objects.filter(person__in=people)}
    chosen = choices(people, {notice.kind for notice in notices})
    waits = quiet_until(list(people.values()), reaches, now)
    rows = []
    for notice in notices:
        rows.append(Delivery(person=notice.person, notice=notice, route=Delivery.APP, state=Delivery.SENT, sent_at=now))
        for route in routes_to(notice.person, kind_of(notice.kind), reaches.get(notice.person_id), chosen):
            later = waits[notice.person_id]
            rows.append(
                Delivery(
                    person=notice.person,
                    notice=notice,
                    route=route,
                    not_before=now if notice.urgent else later,
                    override=notice.urgent and later > now,
                )
            )
    Delivery.objects.bulk_create(rows)
    if any(row.state == Delivery.WAITING and row.not_before <= now for row in rows):
        enqueue(SEND, unique=SEND, follow=True)


def choices(people: Mapping[int, Person], kinds: set[str]) -> dict[tuple[int, str, str], bool]:
    """What these people chose for these kinds, by person, kind and route."""
    rows = Preference.objects.filter(person__in=people, kind__in=kinds)
    return {(row.person_id, row.kind, row.route): row.wanted for row in rows}


def routes_to(
    person: Person, kind: Kind, reach: Reach | None, chosen: Mapping[tuple[int, str, str], bool]
) -> list[str]:
    """The routes out of the house that a kind takes to a person: reachable by it, and wanted or not optional."""
    open_routes = []
    if mail_is_set_up() and person.email:
        open_routes.append(Delivery.MAIL)
    if reach and reach.chat_url:
        open_routes.append(Delivery.CHAT)
    return [
        route
        for route in open_routes
        if (
            route in kind.routes
            if not kind.optional
            else chosen.get((person.pk, kind.code, route), route in kind.routes)
        )
    ]


def mail_is_set_up() -> bool:
    """Whether there is a way for mail to leave."""
    return bool(settings.EMAIL_HOST) or not settings.EMAIL_BACKEND.endswith("smtp.EmailBackend")


def quiet_until(people: list[Person], reaches: Mapping[int | None, Reach], now: datetime) -> dict[int, datetime]:
    """For each person the first moment at which something that is not urgent may reach them, `now` or later."""
    by_mode: dict[str, list[Person]] = defaultdict(list)
    for person in people:
        reach = reaches.get(person.pk)
        by_mode[reach.mode if reach else Reach.WORKING].append(person)
    found: dict[int, Calendar | None] = {person.pk: None for person in by_mode[Reach.ANY]}
    for person in by_mode[Reach.HOURS]:
        reach = reaches[person.pk]
        found[person.pk] = hours_calendar(clock.zone(person.zone), reach.since, reach.until)
    if by_mode[Reach.WORKING]:
        day = now.date()
        found.update(calendars(by_mode[Reach.WORKING], day - timedelta(days=3), day + HORIZON))
    return {pk: earliest(calendar, now) for pk, calendar in found.items()}
