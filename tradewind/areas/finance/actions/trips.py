"""Trips: several receipts of one person that are submitted, approved and paid in one step."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from tradewind.areas.finance.actions.approving import (
    approver_steps,
    decided_by,
    finance_people,
    mark_refused,
    open_request,
    require_state,
)
from tradewind.areas.finance.actions.claims import EDITABLE, count_claim, mark_paid, pay_claim, require_ready
from tradewind.areas.finance.models import Claim, PayState, Trip
from tradewind.areas.finance.queries.spending import over_limit
from tradewind.areas.finance.queries.trips import total
from tradewind.base import clock
from tradewind.base.errors import NotAllowed, Refused
from tradewind.engines.access.scope import require
from tradewind.engines.actions.action import Bulk, action
from tradewind.engines.inbox.actions import approve_request, reject_request
from tradewind.engines.inbox.asking import ask_approval
from tradewind.engines.inbox.tell import tell
from tradewind.nouns.org.models import Entity, Person, Team


@action(open_to_all=True)
def save_trip(
    by: Person, trip: Trip | None, *, what: str, entity: Entity | None = None, team: Team | None = None
) -> Trip:
    """Begin a trip or another set of receipts of one's own, or change what it is called."""
    if trip is not None:
        require_mine(by, trip)
        require_state(trip, EDITABLE)
    if not what.strip():
        raise Refused(_("Some fields are missing or not right."), fields={"what": _("Say what it was for.")})
    row = trip or Trip(person=by)
    row.what, row.entity, row.team = what.strip()[:200], entity or by.entity, team
    row.save()
    return row


def require_mine(by: Person | None, trip: Trip) -> None:
    """Raise NotAllowed for somebody else's trip."""
    if by is None or trip.person_id != by.pk:
        raise NotAllowed(_("This is another person's trip."))


def receipts_of(trip: Trip, *states: str) -> list[Claim]:
    """The claims of a trip in some states, or all."""
    rows = trip.claims.select_related("person", "entity", "team", "account").order_by("day", "pk")
    return [claim for claim in rows if not states or claim.state in states]


def held_receipts(trip: Trip, *states: str) -> list[Claim]:
    """The same under a lock, as they are now: one that is taken back or paid at the same time is not counted twice."""
    rows = trip.claims.select_for_update().filter(state__in=states)
    return list(rows.order_by("pk"))


@action(open_to_all=True)
def submit_trip(by: Person, trip: Trip) -> Bulk[Trip]:
    """Submit all receipts of a trip for approval together.

    One's manager is asked and, where a receipt is above its limit, finance too.
    """
    require_mine(by, trip)
    require_state(trip, EDITABLE)
    claims = held_receipts(trip, *EDITABLE)
    if not claims:
        raise Refused(_("There is no receipt in this trip yet."), code="empty")
    for claim in claims:
        require_ready(claim)
    steps = approver_steps(by, trip.team, second=any(over_limit(claim) for claim in claims), at=trip)
    now = clock.now()
    trip.state, trip.submitted_at, trip.answer, trip.decided_by, trip.decided_at = (
        PayState.SUBMITTED,
        now,
        "",
        None,
        None,
    )
    trip.save()
    for claim in claims:
        claim.state, claim.submitted_at, claim.answer = PayState.SUBMITTED, now, ""
        claim.decided_by = claim.decided_at = None
        claim.save()
    data = {"person": by, "what": trip.what, "receipts": len(claims), "total": total(claims)}
    ask_approval("finance.trip_asked", by=by, steps=steps, subject=trip, data=data, action="finance.accept_trip")
    return Bulk(trip, {"receipts": len(claims)}, [], trip)


@action(open_to_all=True)
def accept_trip(by: Person, trip: Trip) -> Bulk[Trip]:
    """Count all receipts of an approved trip in the ledger.

    Carried out by its last approval alone; refused to everybody else.
    """
    require_state(trip, (PayState.SUBMITTED,))
    decided_by(by, trip)
    claims = held_receipts(trip, PayState.SUBMITTED)
    trip.state, trip.decided_by, trip.decided_at = PayState.APPROVED, by, clock.now()
    trip.save()
    days = sorted({day for claim in claims for day in count_claim(by, claim)})
    for person in finance_people(trip)[:1]:
        tell([person], "finance.claim_to_pay", trip, {"person": trip.person, "what": trip.what}, group="claims-to-pay")
    return Bulk(trip, {"receipts": len(claims), "profit_days": days}, [], trip)


@action(open_to_all=True)
def approve_trip(by: Person, trip: Trip) -> Trip:
    """Approve all receipts of a trip that waits for one's approval."""
    require_state(trip, (PayState.SUBMITTED,))
    approve_request(by, open_request(trip))
    trip.refresh_from_db()
    return trip


@action(open_to_all=True)
def refuse_trip(by: Person, trip: Trip, *, reason: str) -> Trip:
    """Refuse a trip that waits for one's approval, with the reason.

    Its receipts go back to their person.
    """
    require_state(trip, (PayState.SUBMITTED,))
    reject_request(by, open_request(trip), note=reason)
    return refused_whole(trip, by, reason)


@action()
def pay_trip(by: Person | None, trip: Trip, *, day: date | None = None) -> Bulk[Trip]:
    """Mark all approved receipts of a trip as paid to its person."""
    require_state(trip, (PayState.APPROVED,))
    paid = day or clock.today(by.zone if by else "UTC")
    claims = held_receipts(trip, PayState.APPROVED)
    if by is not None and by.pk == trip.person_id:
        raise NotAllowed(_("Nobody pays their own claim."))
    for claim in claims:
        if by is not None:
            require(by, pay_claim.code, claim)
        mark_paid(by, claim, paid)
    trip.state, trip.paid_on = PayState.PAID, paid
    trip.save()
    tell([trip.person], "finance.claim_paid", trip, {"what": trip.what, "amount": total(claims)})
    return Bulk(trip, {"receipts": len(claims)}, [], trip)


@action(open_to_all=True)
def remove_trip(by: Person, trip: Trip) -> Trip:
    """Throw a trip away that was never approved.

    Its receipts stay as claims by themselves.
    """
    require_mine(by, trip)
    require_state(trip, EDITABLE)
    Claim.objects.filter(trip=trip).update(trip=None)
    Trip.objects.filter(pk=trip.pk).delete()
    return trip


@action()
def settle_trip_refusal(_by: Person | None, trip: Trip, *, person: Person | None, reason: str) -> Trip:
    """Keep that the approval of a trip was refused in the inbox."""
    return refused_whole(trip, person, reason)


@action()
def settle_trip_withdrawal(_by: Person | None, trip: Trip) -> Trip:
    """Make a trip whose request was withdrawn a draft again, with its receipts."""
    rows: list[Trip | Claim] = [trip, *held_receipts(trip, PayState.SUBMITTED)]
    for row in rows:
        row.state, row.submitted_at = PayState.DRAFT, None
        row.save()
    return trip


def refused_whole(trip: Trip, by: Person | None, reason: str) -> Trip:
    """A trip that was refused goes back with all its receipts."""
    for claim in held_receipts(trip, PayState.SUBMITTED):
        mark_refused(claim, by, reason)
    return mark_refused(trip, by, reason)
