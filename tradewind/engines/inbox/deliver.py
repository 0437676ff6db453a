"""Send what is due: claim it under a lease, send it, write what came of it. A killed sender's work is taken up again.

In-app notices are rows of the store and so never lost or doubled. Mail and chat go out at least once: a sender killed
between sending and writing sends again, mail with the same Message-ID, by which a reader's server can tell.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet

from tradewind.base import clock
from tradewind.engines.inbox import chat, mail
from tradewind.engines.inbox.mail import Answer
from tradewind.engines.inbox.models import Delivery, Notice, Reach, Todo
from tradewind.engines.inbox.rules import next_attempt
from tradewind.nouns.org.models import Person

LEASE = timedelta(minutes=5)
MOST_IN_ONE = 50


def send_due(check: Callable[[], None] = lambda: None) -> dict[str, int]:
    """Send everything that is due; how many rows were sent, put off and given up. `check` may stop it in between."""
    counts = {"sent": 0, "later": 0, "failed": 0, "skipped": 0}
    while True:
        check()
        claimed = claim()
        if not claimed:
            return counts
        for state, number in carry(claimed).items():
            counts[state] += number


def due_rows() -> QuerySet[Delivery]:
    """The rows whose turn it is: waiting ones, and those whose sender was lost."""
    now = clock.now()
    waiting = Q(state=Delivery.WAITING, not_before__lte=now)
    lost = Q(state=Delivery.SENDING, lease_until__lt=now)
    return Delivery.objects.filter(waiting | lost, notice__isnull=False)


def claim() -> list[Delivery]:
    """Take one message's worth of rows under a lease: a lost one as it was, else what one person gets by one route."""
    with transaction.atomic():
        first = due_rows().select_for_update(skip_locked=True).order_by("not_before", "id").first()
        if first is None:
            return []
        same = due_rows().filter(person=first.person_id, route=first.route, message_id=first.message_id)
        if first.message_id == "" and not wants_digest(first):
            same = same.filter(pk=first.pk)
        rows = list(same.select_for_update(skip_locked=True).order_by("id")[:MOST_IN_ONE])
        message_id = first.message_id or mail.new_message_id()
        Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(
            state=Delivery.SENDING,
            lease_until=clock.now() + LEASE,
            attempts=F("attempts") + 1,
            message_id=message_id,
        )
        for row in rows:
            row.attempts, row.message_id = row.attempts + 1, message_id
    return rows


def wants_digest(row: Delivery) -> bool:
    """Whether several waiting notices go to this person as one message; urgent ones always go alone."""
    if row.notice is not None and row.notice.urgent:
        return False
    reach = Reach.objects.filter(person=row.person_id).first()
    return reach.digest if reach else True


def carry(rows: list[Delivery]) -> dict[str, int]:
    """Send claimed rows as one message and write the outcome; rows that are no longer of use are left out."""
    stale = [row for row in rows if outlived(row)]
    finish(stale, Delivery.SKIPPED)
    useful = [row for row in rows if row not in stale]
    counts = {"skipped": len(stale)}
    if not useful:
        return counts
    answer = send(useful)
    if answer.sent:
        finish(useful, Delivery.SENT)
        return {**counts, "sent": len(useful)}
    again = None if answer.final else next_attempt(max(row.attempts for row in useful), clock.now())
    if again is None:
        finish(useful, Delivery.FAILED, answer.text)
        return {**counts, "failed": len(useful)}
    mine(useful).update(state=Delivery.WAITING, not_before=again, lease_until=None, error=answer.text)
    return {**counts, "later": len(useful)}


def outlived(row: Delivery) -> bool:
    """Whether the notice was read inside, its to-do settled, or the person left before the message went out."""
    notice = row.notice
    if notice is None or row.person is None or not row.person.active:
        return True
    return notice.read_at is not None or (notice.todo is not None and notice.todo.state != Todo.OPEN)


def send(rows: list[Delivery]) -> Answer:
    """One message with the notices of these rows."""
    person, route = rows[0].person, rows[0].route
    notices = [row.notice for row in rows if row.notice is not None]
    if person is None:
        return Answer(False, "nobody to send to", final=True)
    if route == Delivery.MAIL:
        return mail.send(mail.compose(person, notices, rows[0].message_id))
    return send_chat(person, notices)


def send_chat(person: Person, notices: list[Notice]) -> Answer:
    """One chat message with a line and a link for each notice."""
    reach = Reach.objects.filter(person=person).first()
    if reach is None or not reach.chat_url:
        return Answer(False, "no chat address", final=True)
    said = [mail.told(notice, person) for notice in notices]
    title = said[0].title if len(said) == 1 else mail.digest_subject(len(said))
    links = [f"{settings.SITE_URL}/notices/{notice.pk}/open/" for notice in notices]
    lines = [
        "\n".join(part for part in (words.title if len(said) > 1 else "", words.text, url) if part)
        for words, url in zip(said, links, strict=True)
    ]
    return chat.send(reach.chat_url, title, "\n\n".join(lines))


def mine(rows: list[Delivery]) -> QuerySet[Delivery]:
    """These rows, as long as nobody else has taken them up."""
    return Delivery.objects.filter(
        pk__in=[row.pk for row in rows], state=Delivery.SENDING, attempts__in={row.attempts for row in rows}
    )


def finish(rows: list[Delivery], state: str, error: str = "") -> None:
    """Write an end state."""
    if rows:
        sent = clock.now() if state == Delivery.SENT else None
        mine(rows).update(state=state, sent_at=sent, lease_until=None, error=error)
