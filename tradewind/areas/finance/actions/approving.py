"""What claims and bills share: who approves, what an approval carries out, how it comes into the ledger and back out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db.models import Model
from django.utils.translation import gettext as _

from tradewind.areas.finance.actions.ledger import Entry, days_of, opposite, post
from tradewind.areas.finance.actions.taxing import keep_tax, reverse_tax
from tradewind.areas.finance.models import Bill, Claim, PayState, Posting, Trip
from tradewind.base import clock
from tradewind.base.errors import NotAllowed, Refused
from tradewind.engines.access.registry import subject_of
from tradewind.engines.access.scope import can
from tradewind.engines.inbox.models import Approval, ApprovalStep
from tradewind.engines.inbox.rules import Step
from tradewind.nouns.org.models import Person, Team
from tradewind.nouns.org.queries import holding, manager_of

CHECK = "finance.check_spending"


def leader_of(person: Person, team: Team | None) -> Person | None:
    """Who leads a person: the manager of the solid line today, else the lead of the team they are in; never the person."""
    manager = manager_of(person)
    if manager is not None:
        return manager
    # A team that one is not in is only where the cost lies: its lead, chosen by whoever spends, leads nobody here.
    inside = team is not None and team.memberships.filter(holding(), person=person).exists()
    lead = team.lead if team is not None and inside else None
    return lead if lead is not None and lead.active and lead.pk != person.pk else None


def finance_people(at: Model) -> list[Person]:
    """Active people who look at spending for finance where a claim or bill lies, the first appointed first."""
    held = Person.objects.filter(active=True, grants__isnull=False).distinct().order_by("id")
    return [person for person in held if can(person, CHECK, at)]


def approver_steps(by: Person, team: Team | None, *, second: bool, at: Model) -> list[Step[Person]]:
    """Who approves: the lead and, for a second look or without a lead, somebody of finance. Refused when there is nobody."""
    lead = leader_of(by, team)
    found = [Step(lead)] if lead is not None else []
    if second or lead is None:
        others = [
            person for person in finance_people(at) if person.pk != by.pk and (lead is None or person.pk != lead.pk)
        ]
        found += [Step(person) for person in others[:1]]
        if not others and (lead is None or not can(lead, CHECK, at)):
            raise Refused(_("There is nobody in finance to approve this."), code="no_approver")
    return found


def requests_of(row: Model) -> list[Approval]:
    """The pending requests about a claim or bill."""
    known = subject_of(row)
    rows = Approval.objects.filter(subject_type=known.key if known else "", subject_id=row.pk, state=Approval.PENDING)
    return list(rows.order_by("-id"))


def open_request(row: Model) -> Approval:
    """The request that waits; Refused without one."""
    found = requests_of(row)
    if not found:
        raise Refused(_("Nobody was asked to approve this."), code="no_request")
    return found[0]


def decided_by(by: Person | None, row: Model) -> None:
    """Raise NotAllowed unless all approvers of the pending request have approved, this person last."""
    for request in requests_of(row):
        steps = list(request.steps.order_by("position"))
        done = steps and all(step.state == ApprovalStep.APPROVED for step in steps)
        if done and by is not None and steps[-1].decided_by_id == by.pk:
            return
    raise NotAllowed(_("This follows from its approval alone."))


def post_spending(
    by: Person | None, row: Claim | Bill, prefix: str, kind: str, text: str, *, country: str = ""
) -> list[str]:
    """Post what was spent, without tax that comes back, on its own day or the first open one; the days whose statement changed."""
    times = Posting.objects.filter(key__startswith=prefix).count()  # approved anew after it was taken back
    entry = Entry(
        f"{prefix}{times + 1}", row.account, row.day, -row.cost, row.currency, kind, entity_id=row.entity_id, market_id=row.market_id,
        team_id=row.team_id, country=country, text=text, supplier=getattr(row, "supplier", ""), document=getattr(row, "number", ""),
    )  # fmt: skip
    (posting,) = post(by, [entry])
    keep_tax(row, posting)
    return days_of([posting])


def take_back(by: Person | None, prefix: str, reason: str) -> list[str]:
    """Reverse the standing postings whose keys begin so; the days whose statement changed."""
    rows = Posting.objects.filter(key__startswith=prefix, corrections__isnull=True, cause__isnull=True)
    done = post(by, [opposite(row, reason.strip()) for row in rows.select_related("account")])
    reverse_tax(done)
    return days_of(done)


Spent = TypeVar("Spent", Claim, Bill, Trip)


def mark_refused(row: Spent, by: Person | None, reason: str) -> Spent:
    """A claim or bill that was refused goes back to who wrote it, to be mended and submitted again."""
    row.state, row.decided_by, row.decided_at, row.answer = PayState.REFUSED, by, clock.now(), reason.strip()[:300]
    row.save()
    return row


def require_state(row: Any, states: Iterable[str]) -> None:
    """Raise Refused when a claim or bill stands elsewhere on its way."""
    if row.state not in tuple(states):
        text = _("It is “%(state)s” now: this cannot be done any more.")
        raise Refused(text % {"state": row.get_state_display()}, code="wrong_state")
