"""What one can do with wishes: set a target, take it away."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from tradewind.base import clock
from tradewind.base.errors import Refused
from tradewind.base.period import Period
from tradewind.engines.access.scope import Scope
from tradewind.engines.actions.action import Bulk, action
from tradewind.engines.inbox.asking import ask, settle_cause
from tradewind.engines.metrics import corners, targets
from tradewind.engines.metrics.models import Corner, Fall, Target
from tradewind.engines.metrics.registry import Metric
from tradewind.nouns.org.models import Company, Entity, Market, Person
from tradewind.nouns.org.queries import company_today

MOST_PATIENCE = 90


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
    patience: int | None = 3,
    note: str = "",
) -> Target:
    """Set what a metric should be over a period.

    `period` is a code such as 2026-Q4. `goal` and `line` are in the metric's unit, percents as points. The owner is asked when it
    is behind for `patience` days, never without. Raises NotAllowed where one may not see the metric in all of the corner, Refused
    for what cannot be meant or is set already.
    """
    place, kept = at_place(entity=entity, market=market), {name: list(v) for name, v in (cuts or {}).items() if v}
    known, code, rate = corners.checked_corner(by, metric, place, kept, currency, rate)
    days = days_of(known, period)
    if faults := faults_of(known, goal, line, patience):
        raise Refused(next(iter(faults.values())), fields=faults)
    row, key = target or Target(), targets.key_of(metric, place, kept, days.start, days.end)
    before = row.owner_id
    if Target.objects.filter(key=key).exclude(pk=row.pk).exists():
        text = _("There is a target for this metric, place and period already.")
        raise Refused(text, code="taken", fields={"period": text})
    row.metric, row.entity, row.market, row.cuts = metric, entity, market, kept
    row.currency, row.rate, row.owner, row.note = code, rate, owner or row.owner or by, note.strip()[:300]
    row.period, row.start, row.end, row.key = days.code, days.start, days.end, key
    row.goal, row.line, row.patience = corners.units(goal) or 0, corners.units(line), patience
    row.save()
    targets.recount([row])
    row.refresh_from_db()
    if before != row.owner_id:  # another owner is asked anew
        settle_cause(targets.ASKED, str(row.pk))
        Fall.objects.filter(target=row, closed_at=None).update(asked_at=None)
    judge(row)
    return row


def days_of(metric: Metric, period: str) -> Period:
    """The days that a code means; Refused where it means none, or not those that the metric can answer for."""
    fiscal = Company.objects.values_list("fiscal_start", flat=True).first() or 1
    try:
        days = Period.parse(period, fiscal)
    except Refused as error:
        raise Refused(str(error), fields={"period": str(error)}) from error
    if fault := corners.months_fault(metric, (days.start, days.end)):
        raise Refused(fault, fields={"period": fault})
    return days


def faults_of(metric: Metric, goal: Decimal, line: Decimal | None, patience: int | None) -> dict[str, str]:
    """What a target cannot be, by field."""
    faults: dict[str, str] = {}
    if line is not None and (line < goal if metric.better == "down" else line > goal):
        faults["line"] = _("The limit lies beyond the target.")
    if patience is not None and not 0 <= patience <= MOST_PATIENCE:
        faults["patience"] = _("From 0 to 90 days.")
    return faults


@action()
def remove_target(by: Person | None, target: Target) -> Bulk[None]:
    """Take a target away."""
    counts = {"target": target.pk, "title": str(target)}
    settle_cause(targets.ASKED, str(target.pk))
    target.delete()
    return Bulk(None, counts=counts)


@action()
def follow_targets(by: Person | None, *, rows: list[Target]) -> Bulk[int]:
    """Note which targets fell behind or came back, ask the owners of those that stay behind.

    How many are behind. An owner who may no longer see the number is not asked.
    """
    counts = {"targets": len(rows), "fell": 0, "asked": 0, "back": 0}
    for row in rows:
        for what in judge(row):
            counts[what] += 1
    return Bulk(Fall.objects.filter(target__in=rows, closed_at=None).count(), counts=counts)


def judge(row: Target) -> list[str]:
    """Open, ask about or close a target's fall by how it was counted; what was done. Part of the transaction."""
    fall = Fall.objects.filter(target=row, closed_at=None).first()
    steps = targets.due(row, fall)
    if "back" in steps:
        Fall.objects.filter(target=row, closed_at=None).update(closed_at=clock.now())
        settle_cause(targets.ASKED, str(row.pk))
    if "fell" in steps:
        fall = Fall.objects.create(target=row, start=company_today(), value=row.value, expected=row.expected)
    if "asked" in steps and fall is not None and row.owner is not None:
        Fall.objects.filter(pk=fall.pk).update(asked_at=clock.now(), value=row.value, expected=row.expected)
        told = {"name": corners.metric_words(row), "period": row.period, "days": (company_today() - fall.start).days}
        ask(row.owner, targets.ASKED, row, data=told, key=str(row.pk))
    return steps
