"""By what a cost that belongs to nobody is shared out: versions of a rule, each from a month on."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from tradewind.areas.finance.models import Account, AllocationRule, MonthPeople
from tradewind.areas.finance.queries.allocation_weights import headcount
from tradewind.base.errors import Refused
from tradewind.engines.access.scope import company_wide
from tradewind.engines.actions.action import Bulk, action
from tradewind.engines.metrics.closing import is_closed
from tradewind.nouns.org.models import Entity, Market, Person
from tradewind.nouns.trade.models import Channel


@action(scope=company_wide)
def set_allocation(
    by: Person | None, *, account: Account | None = None, start: date, base: str = AllocationRule.REVENUE,
    axis: str = AllocationRule.MARKET, shares: dict[str, str] | None = None, reason: str = "",
) -> AllocationRule:  # fmt: skip
    """Say by what a cost is shared out from a month on; earlier versions stay as they are.

    Fixed shares are by code of an axis: `market`, `channel` or `entity`.
    """
    start = start.replace(day=1)
    faults: dict[str, Any] = {}
    earlier = AllocationRule.objects.filter(account=account).order_by("-number").first()
    if base not in dict(AllocationRule.BASES):
        faults["base"] = _("Choose one of the bases.")
    if is_closed(start):
        faults["start"] = _("This month is closed: a rule begins in an open one.")
    if earlier is not None and start < earlier.start:
        faults["start"] = _("A rule begins no earlier than the one before it.")
    kept = checked_shares(axis, shares or {}, faults) if base == AllocationRule.SHARES else {}
    if faults:
        raise Refused(_("Some fields are missing or not right."), fields=faults)
    number = earlier.number + 1 if earlier else 1
    return AllocationRule.objects.create(
        account=account, number=number, start=start, base=base, axis=axis if kept else AllocationRule.MARKET, shares=kept,
        reason=reason.strip()[:300], by=by,
    )  # fmt: skip


@action(scope=company_wide)
def keep_people(by: Person | None, *, month: date) -> Bulk[int]:
    """Keep where people work in a month that is closed, so that shares by people stay as they are."""
    first = month.replace(day=1)
    if not is_closed(first):
        raise Refused(_("Only a closed month is kept."), code="open")
    MonthPeople.objects.filter(month=first).delete()
    rows = [
        MonthPeople(month=first, market_id=market, entity_id=entity, share=share)
        for (market, _channel, entity, _product), share in headcount([first])[first].items()
    ]
    MonthPeople.objects.bulk_create(rows)
    return Bulk(len(rows), {"month": f"{first:%Y-%m}", "places": len(rows)})


@action(scope=company_wide)
def free_people(by: Person | None, *, month: date) -> Bulk[int]:
    """Let shares by people follow them again in a month that is open again."""
    first = month.replace(day=1)
    if is_closed(first):
        raise Refused(_("This month is closed."), code="closed")
    gone, _kinds = MonthPeople.objects.filter(month=first).delete()
    return Bulk(gone, {"month": f"{first:%Y-%m}", "places": gone})


def checked_shares(axis: str, shares: dict[str, str], faults: dict[str, Any]) -> dict[str, str]:
    """Shares by code of an axis as exact texts; what is wrong with them goes to `faults`."""
    models: dict[str, Any] = {"market": Market, "channel": Channel, "entity": Entity}
    if axis not in models:
        faults["axis"] = _("Choose markets, channels or entities.")
        return {}
    known = set(models[axis].objects.values_list("code", flat=True))
    kept: dict[str, str] = {}
    for code, text in shares.items():
        try:
            share = Decimal(str(text))
        except InvalidOperation:
            share = Decimal(-1)
        if code not in known or not share.is_finite() or share < 0:
            faults["shares"] = _("Write a code and its share of zero or more a line, such as us 60.")
        elif share:
            kept[code] = format(share, "f")
    if not kept and "shares" not in faults:
        faults["shares"] = _("Say at least one share.")
    return kept
