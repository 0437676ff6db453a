"""Opportunities: found from what sells elsewhere, tried or let go, measured and judged."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from tradewind.areas.finance.models import Opportunity
from tradewind.areas.finance.queries import chances
from tradewind.areas.finance.rules.opportunities import Guess
from tradewind.base.errors import Refused
from tradewind.base.money import Money
from tradewind.base.words import LocalText
from tradewind.engines.access.scope import Scope, can
from tradewind.engines.actions.action import Bulk, action
from tradewind.engines.inbox.tell import tell
from tradewind.nouns.org.models import Company, Person
from tradewind.nouns.org.queries import company_today

MOST, JUDGED_AFTER = 300, 90
COSTS, RESULT, MARGIN = "finance.view_costs", "finance.opportunity_result", "finance.opportunity_margin"


@action()
def find_opportunities(by: Person | None) -> Bulk[int]:
    """Look for products that could be sold where they are not, and estimate what they would bring in a year."""
    today = company_today()
    home = Company.objects.values_list("currency", flat=True).first() or "USD"
    found = list(chances.chances(chances.sold_in(chances.year_before(today), home)))
    good = sorted((one for one in found if not one[2].refused and one[2].middle > 0), key=lambda one: -one[2].middle)[
        :MOST
    ]
    there = {(row.product_id, row.market_id): row for row in Opportunity.objects.all()}
    new = [made(product, market, one, home, today) for product, market, one in good if (product, market) not in there]
    Opportunity.objects.bulk_create(new, batch_size=500)
    wanted = {(product, market) for product, market, _one in good}
    for product, market, one in good:
        row = there.get((product, market))
        if row is not None and row.state == Opportunity.OPEN:
            estimated(row, one, home).save()
    gone = [row.pk for key, row in there.items() if row.state == Opportunity.OPEN and key not in wanted]
    Opportunity.objects.filter(pk__in=gone).delete()
    counts = {"found": len(good), "new": len(new), "gone": len(gone), "refused": chances.refusals(found)}
    return Bulk(len(good), counts)


def made(product: int, market: int, one: Guess, currency: str, today: date) -> Opportunity:
    """A new opportunity."""
    return estimated(Opportunity(product_id=product, market_id=market, found_on=today), one, currency)


def estimated(row: Opportunity, one: Guess, currency: str) -> Opportunity:
    """An opportunity with its estimate, rounded to what is stored."""
    low, middle, high = (Money(amount, currency).rounded().units for amount in (one.low, one.middle, one.high))
    row.low, row.estimate, row.high, row.currency, row.seen_in_id = low, middle, high, currency, one.seen_in
    left = [Money(amount, currency).rounded().units for amount in one.margin] if one.margin else (None, None, None)
    row.margin_low, row.margin, row.margin_high = left
    return row


def held(row: Opportunity, *states: str) -> None:
    """Refused unless the opportunity is in one of some states."""
    if Opportunity.objects.select_for_update().get(pk=row.pk).state not in states:
        raise Refused(_("This was decided already."), code="state")


@action()
def try_opportunity(
    by: Person | None, opportunity: Opportunity, *, owner: Person | None = None, note: str = ""
) -> Opportunity:
    """Try an opportunity: its owner sells the product there from today on."""
    held(opportunity, Opportunity.OPEN, Opportunity.DROPPED)
    opportunity.state, opportunity.tried_on, opportunity.owner = Opportunity.TRIED, company_today(), owner or by
    opportunity.result = opportunity.margin_result = opportunity.measured_on = None
    opportunity.note = note.strip() or opportunity.note
    opportunity.save()
    return opportunity


@action()
def drop_opportunity(by: Person | None, opportunity: Opportunity, *, note: str) -> Opportunity:
    """Let an opportunity go, with the reason."""
    held(opportunity, Opportunity.OPEN)
    if not note.strip():
        raise Refused(_("Say why."), fields={"note": _("Say why.")})
    opportunity.state, opportunity.note = Opportunity.DROPPED, note.strip()
    opportunity.save()
    return opportunity


@action()
def judge_opportunity(by: Person | None, opportunity: Opportunity, *, worked: bool, note: str = "") -> Opportunity:
    """Say whether what was tried worked, beside what it brought."""
    held(opportunity, Opportunity.TRIED)
    measured(opportunity, company_today())
    if opportunity.result is None:
        raise Refused(_("It is measured four weeks after it was tried: wait until then."), code="too_early")
    opportunity.state = Opportunity.WORKED if worked else Opportunity.FAILED
    opportunity.note = note.strip() or opportunity.note
    opportunity.save()
    return opportunity


def measured(row: Opportunity, today: date) -> None:
    """Put what a tried opportunity brought on it."""
    brought = chances.result_of(row, today)
    if brought is not None:
        row.result, row.measured_on = Money(brought, row.currency).rounded().units, today
        left = chances.margin_of(row, today)
        row.margin_result = None if left is None else Money(left, row.currency).rounded().units


@action()
def measure_opportunities(by: Person | None) -> Bulk[int]:
    """Measure what is being tried, and tell the owners when it can be judged."""
    today, done = company_today(), 0
    for row in Opportunity.objects.filter(state=Opportunity.TRIED).select_related("product", "market", "owner"):
        measured(row, today)
        if row.measured_on != today:
            continue
        row.save()
        done += 1
        if row.owner is not None and row.tried_on is not None and (today - row.tried_on).days >= JUDGED_AFTER:
            told(row)
    return Bulk(done, {"measured": done})


def told(row: Opportunity) -> None:
    """Tell the owner what came of it: after cost where the owner may see costs there and they are known, else as net revenue."""
    kind, told = RESULT, [row.low, row.high, row.result or 0]
    after = [units for units in (row.margin_low, row.margin_high, row.margin_result) if units is not None]
    if len(after) == len(told) and row.owner is not None and can(row.owner, COSTS, Scope(market=row.market_id)):
        kind, told = MARGIN, after
    money = {
        name: Money.of_units(units, row.currency).rounded()
        for name, units in zip(("low", "high", "result"), told, strict=True)
    }
    facts = {"product": str(row.product), "market": LocalText(row.market.name), "day": row.tried_on, **money}
    if row.owner is not None:
        tell([row.owner], kind, row, facts, group=f"opportunity-{row.pk}")
