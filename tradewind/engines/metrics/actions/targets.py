"""What one can do with wishes: set a target, take it away."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from tradewind.base.errors import Refused
from tradewind.base.period import Period
from tradewind.engines.access.scope import Scope
from tradewind.engines.actions.action import Bulk, action
from tradewind.engines.metrics import corners, targets
from tradewind.engines.metrics.models import Corner, Target
from tradewind.nouns.org.models import Company, Entity, Market, Person


def at_place(
    row: Corner | None = None, *, entity: Entity | None = None, market: Market | None = None, **_facts: Any
) -> Scope:
    """Where a corner will lie."""
    return Scope(entity.pk if entity else None, market.pk if market else None)


@action(scope=at_place)
def set_target(
    by: Person | None,
    target: Target | None = None,
    *,
    metric: str,
    period: str,
    goal: Decimal,
    line: Decimal | None = None,
    entity: Entity | None = None,
    market: Market | None = None,
    cuts: dict[str, list[Any]] | None = None,
    currency: str = "",
    rate: str = "day",
    owner: Person | None = None,
    note: str = "",
) -> Target:
    """Set what a metric should be over a period.

    `period` is a code such as 2026-Q4. `goal` and `line` are in the metric's unit, percents as points. Raises NotAllowed
    where one may not see the metric in all of the corner, Refused for what cannot be meant or is set already.
    """
    place, kept = at_place(entity=entity, market=market), {name: list(v) for name, v in (cuts or {}).items() if v}
    known, code, rate = corners.checked_corner(by, metric, place, kept, currency, rate)
    fiscal = Company.objects.values_list("fiscal_start", flat=True).first() or 1
    try:
        days = Period.parse(period, fiscal)
    except Refused as error:
        raise Refused(str(error), fields={"period": str(error)}) from error
    if fault := corners.months_fault(known, (days.start, days.end)):
        raise Refused(fault, fields={"period": fault})
    if line is not None and (line < goal if known.better == "down" else line > goal):
        text = _("The limit lies beyond the target.")
        raise Refused(text, fields={"line": text})
    key = targets.key_of(metric, place, kept, days.start, days.end)
    row = target or Target()
    if Target.objects.filter(key=key).exclude(pk=row.pk).exists():
        text = _("There is a target for this metric, place and period already.")
        raise Refused(text, code="taken", fields={"period": text})
    row.metric, row.entity, row.market, row.cuts = metric, entity, market, kept
    row.currency, row.rate, row.owner, row.note = code, rate, owner or row.owner or by, note.strip()[:300]
    row.period, row.start, row.end, row.key = days.code, days.start, days.end, key
    row.goal, row.line = corners.units(goal) or 0, corners.units(line)
    row.save()
    targets.recount([row])
    row.refresh_from_db()
    return row


@action()
def remove_target(by: Person | None, target: Target) -> Bulk[None]:
    """Take a target away."""
    counts = {"target": target.pk, "title": str(target)}
    target.delete()
    return Bulk(None, counts=counts)
