"""What the library does by itself: reminders in working time, versions that take effect, reviews that fall due."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from tradewind.base import clock
from tradewind.base.errors import Refused
from tradewind.engines.actions.action import origin
from tradewind.engines.agenda.queries import calendars
from tradewind.engines.agenda.rules import HORIZON, Calendar
from tradewind.engines.inbox.asking import ask
from tradewind.engines.jobs.job import Run, job
from tradewind.engines.jobs.queue import enqueue
from tradewind.engines.library import queries
from tradewind.engines.library.actions import (
    assign_search,
    delete_document,
    escalate_acknowledgement,
    publish_text,
    remind_reader,
)
from tradewind.engines.library.actions.places import REVIEW_ASKED
from tradewind.engines.library.actions.trash import FORGET, SETTLED, forget_bytes
from tradewind.engines.library.models import Acknowledgement, Document, Editing, SearchMiss, Space, Version
from tradewind.nouns.org.models import Person
from tradewind.nouns.org.queries import company_today

PART = 200
OFTEN = 3  # times searched in vain from which somebody is asked to write the answer
OPEN = Q(acknowledged_at=None, withdrawn_at=None, person__active=True, wording__text__document__trashed_at=None)


def parts(rows: QuerySet[Acknowledgement]) -> Iterator[list[Acknowledgement]]:
    """The rows in handfuls, by their ids, so that what is changed meanwhile is not read twice."""
    last = 0
    while found := list(rows.filter(pk__gt=last).order_by("pk")[:PART]):
        last = found[-1].pk
        yield found


def calendars_around(people: Sequence[Person], now: datetime) -> dict[int, Calendar]:
    """The calendars of people from a few days ago to the horizon."""
    return calendars(people, now.date() - timedelta(days=3), now.date() + HORIZON) if people else {}


@job("library.remind_readers", every="15m", quiet=True)
def remind_readers(ctx: Run) -> dict[str, Any]:
    """Remind people of what they are asked to read, in their working time, and tell leads in theirs."""
    counts = {"told": 0, "waiting": 0, "leads": 0}
    now = clock.now()
    rows = Acknowledgement.objects.filter(OPEN).select_related("person", "wording__text__document", "asked_by")
    with origin("job"):
        for part in parts(rows.filter(next_at__lte=now)):
            ctx.check()
            days = calendars_around([row.person for row in part], now)
            for row in part:
                counts["told" if remind(row, days[row.person_id], now) else "waiting"] += 1
        for part in parts(rows.filter(due__lt=now, escalated_at=None)):
            ctx.check()
            counts["leads"] += tell_leads(part, now)
    return counts


def remind(row: Acknowledgement, calendar: Calendar, now: datetime) -> bool:
    """Tell the person now when it is working, else note from when it will be."""
    if not calendar.is_working(now):
        Acknowledgement.objects.filter(pk=row.pk).update(next_at=calendar.next_moment(now))
        return False
    with transaction.atomic():
        if (
            Acknowledgement.objects.select_for_update()
            .filter(pk=row.pk, next_at=row.next_at, acknowledged_at=None)
            .exists()
        ):
            remind_reader.system(row)
    return True


def tell_leads(rows: list[Acknowledgement], now: datetime) -> int:
    """Tell the leads who are working about those who are late; who has no lead is marked as looked at."""
    leads = queries.leads_of([row.person for row in rows])
    days = calendars_around(list(leads.values()), now)
    told = 0
    for row in rows:
        lead = leads.get(row.person_id)
        if lead is None:
            Acknowledgement.objects.filter(pk=row.pk).update(escalated_at=now)
        elif days[lead.pk].is_working(now):
            with transaction.atomic():
                if Acknowledgement.objects.select_for_update().filter(pk=row.pk, escalated_at=None).exists():
                    escalate_acknowledgement.system(row, lead=lead)
                    told += 1
    return told


@job("library.publish_scheduled", every="15m", quiet=True)
def publish_scheduled(ctx: Run) -> dict[str, Any]:
    """Put out the versions whose day has come."""
    rows = Version.objects.filter(state=Version.SCHEDULED, effective_on__lte=company_today(),
                                  text__document__trashed_at=None)  # fmt: skip
    done = 0
    with origin("job"):
        for version in rows.select_related("text__document__space").iterator():
            ctx.check()
            publish_text.system(version.text.document, language=version.text.language)
            done += 1
    return {"published": done}


@job("library.ask_reviews", every="daily 01:30 UTC", quiet=True)
def ask_reviews(ctx: Run) -> dict[str, Any]:
    """Ask owners to look at documents whose review date has passed."""
    rows = Document.objects.filter(review_due__lt=company_today(), trashed_at=None, owner__active=True)
    asked = 0
    for document in rows.select_related("owner").prefetch_related("texts").iterator(chunk_size=PART):
        ctx.check()
        if document.owner is not None:
            data = {"title": document.title_in(document.owner.language), "day": document.review_due}
            ask(document.owner, REVIEW_ASKED, document, data=data, key=str(document.pk))
            asked += 1
    return {"asked": asked}


@job("library.empty_trash", every="daily 02:20 UTC", quiet=True)
def empty_trash(ctx: Run) -> dict[str, Any]:
    """Delete for good what has lain in the trash for TRASH_DAYS, and forget who had which editor open."""
    Editing.objects.filter(seen_at__lt=clock.now() - timedelta(days=1)).delete()
    counts = {"deleted": 0, "kept": 0}
    if settings.TRASH_DAYS < 1:
        return counts
    rows = Document.objects.filter(trashed_at__lt=clock.now() - timedelta(days=settings.TRASH_DAYS))
    with origin("job"):
        for document in rows.select_related("space").order_by("pk").iterator(chunk_size=PART):
            ctx.check()
            try:
                delete_document.system(document)
                counts["deleted"] += 1
            except Refused:  # something else still needs it
                counts["kept"] += 1
    return counts


@job(FORGET, quiet=True)
def forget_files(ctx: Run, *, hashes: list[str]) -> None:
    """Remove the bytes of deleted documents that nothing else needs."""
    fresh = forget_bytes(hashes)
    if fresh:
        enqueue(FORGET, at=clock.now() + SETTLED, hashes=fresh)


@job("library.ask_answers", every="daily 01:40 UTC", quiet=True)
def ask_answers(ctx: Run) -> dict[str, Any]:
    """Ask who keeps the knowledge to answer what was searched for often and in vain.

    That is the owner of the first space that is open to the whole company; without one nobody is asked.
    """
    keepers = Space.objects.filter(active=True, entity=None, market=None, team=None, owner__active=True)
    asked = 0
    with origin("job"):
        for miss in SearchMiss.objects.filter(answer=None, asked=None, count__gte=OFTEN).order_by("pk"):
            ctx.check()
            keeper = next(
                (space.owner for space in keepers.select_related("owner").order_by("code") if space.owner), None
            )
            if keeper is None:
                break
            try:
                assign_search.system(miss, person=keeper)
                asked += 1
            except Refused:  # the keeper may not answer searches
                break
    return {"asked": asked}
