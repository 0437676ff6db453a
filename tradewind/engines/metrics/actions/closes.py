"""What one can do with months of numbers: close one, ask to open it again, agree to that."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from tradewind.base import clock
from tradewind.base.errors import Refused
from tradewind.base.period import Period
from tradewind.engines.access.scope import Scope, company_wide
from tradewind.engines.actions import two_people
from tradewind.engines.actions.action import action
from tradewind.engines.inbox.tell import tell
from tradewind.engines.jobs.queue import enqueue
from tradewind.engines.metrics import closing, refresh
from tradewind.engines.metrics.models import Close
from tradewind.nouns.org.models import Person
from tradewind.nouns.org.queries import company_today


@action(scope=company_wide)
def close_month(by: Person | None, *, month: date) -> Close:
    """Close a month, so that its numbers never change by themselves."""
    span = Period.containing(month, "month")
    if span.end >= company_today():
        raise Refused(_("This month is not over yet at headquarters."), fields={"month": _("Not over yet.")})
    refresh.held_cube()
    if closing.is_closed(span.start):
        raise Refused(_("This month is closed already."), code="closed", fields={"month": _("Closed already.")})
    earlier = Close.objects.filter(month__lt=span.start, state=Close.OPEN).order_by("month").first()
    if earlier is not None:
        text = _("%(month)s was opened again; close it first.") % {"month": earlier}
        raise Refused(text, fields={"month": text})
    refresh.refresh_month(span)
    row = Close.objects.filter(month=span.start).first() or Close(month=span.start)
    row.state, row.closed_at, row.closed_by = Close.CLOSED, clock.now(), by
    row.asked_by = row.asked_at = None
    row.save()
    return row


@action(scope=company_wide)
def ask_reopening(by: Person | None, close: Close, *, reason: str) -> Close:
    """Ask for a closed month to be opened again."""
    if close.state != Close.CLOSED:
        raise Refused(_("Only a closed month can be asked for."), code="state")
    close.reason = two_people.reason_of(reason)
    close.state, close.asked_by, close.asked_at = Close.ASKED, by, clock.now()
    close.save()
    told = {"month": str(close), "person": str(by or ""), "reason": close.reason}
    people = two_people.agreers(by, "metrics.reopen_month", Scope())
    tell(people, "metrics.reopening_asked", close, told, group=f"reopening-{close.pk}")
    return close


@action(scope=company_wide)
def reopen_month(by: Person | None, close: Close) -> Close:
    """Open a closed month again, as the second of two people."""
    if close.state != Close.ASKED:
        raise Refused(_("Nobody has asked to open this month again."), code="state")
    opener = two_people.second(close.asked_by_id, by)
    refresh.held_cube()
    close.state, close.opened_at, close.opened_by = Close.OPEN, clock.now(), opener
    close.save()
    closing.take_back(Period.containing(close.month, "month"))
    tell_asker(close, close.asked_by, "metrics.month_opened", by)
    enqueue("metrics.refresh_days", unique="all", follow=True)
    return close


@action(scope=company_wide)
def keep_closed(by: Person | None, close: Close) -> Close:
    """Turn down the wish to open a closed month again."""
    if close.state != Close.ASKED:
        raise Refused(_("Nobody has asked to open this month again."), code="state")
    asker = close.asked_by
    close.state, close.asked_by, close.asked_at = Close.CLOSED, None, None
    close.save()
    tell_asker(close, asker, "metrics.month_kept", by)
    return close


def tell_asker(close: Close, asker: Person | None, kind: str, by: Person | None) -> None:
    """Tell who asked what became of it."""
    if asker is not None and (by is None or asker.pk != by.pk):
        tell(asker, kind, close, {"month": str(close), "person": str(by or "")}, group=f"reopening-{close.pk}")
