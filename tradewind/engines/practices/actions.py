"""What one can do with a practice: say who looks after it, have it counted anew."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from tradewind.base.errors import Refused
from tradewind.base.outline import PRACTICES
from tradewind.engines.access.scope import Scope, can, require
from tradewind.engines.actions.action import Bulk, action
from tradewind.engines.jobs.models import Job
from tradewind.engines.jobs.queue import enqueue
from tradewind.engines.practices.models import PracticeOwner
from tradewind.engines.practices.practice import BUILT, EVALUATE
from tradewind.nouns.org.models import Market, Person


def at_market(*_args: Any, market: Market | None = None, **_kwargs: Any) -> Scope:
    """Where an owner's word is needed: in the market, or in the whole company."""
    return Scope(market=market.pk if market else None)


@action(scope=at_market)
def set_owner(
    by: Person | None,
    owner: PracticeOwner | None = None,
    *,
    practice: str,
    person: Person | None = None,
    market: Market | None = None,
) -> PracticeOwner:
    """Say who looks after a practice."""
    faults: dict[str, Any] = {}
    if practice not in PRACTICES:
        faults["practice"] = _("There is no such practice.")
    if person is not None and not person.active:
        faults["person"] = _("This person does not work here any more.")
    elif person is not None and not can(person, "practices.view_practice"):
        faults["person"] = _("This person may not see the Map.")
    if owner is not None and (owner.practice, owner.market_id) != (practice, market.pk if market else None):
        faults["practice"] = _("This record stands for another practice or market.")
    if faults:
        raise Refused(_("Some fields are missing or not right."), fields=faults)
    row = owner or PracticeOwner.objects.get_or_create(practice=practice, market=market)[0]
    row.person = person
    row.save()
    return row


@action(open_to_all=True)
def recount_practice(by: Person | None, *, practice: str) -> Bulk[Job]:
    """Have the evidence of a practice counted anew."""
    require(by, "practices.view_practice")
    if practice not in BUILT:
        raise Refused(_("Nothing is counted for this practice yet."), code="planned")
    job = enqueue(EVALUATE, by=by, unique=f"{EVALUATE} {practice}", follow=True, practice=practice)
    return Bulk(job, counts={"practice": practice})
