"""What one can do with promises: write one down before the change, take it away."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from tradewind.base.errors import Refused
from tradewind.engines.access.scope import Scope
from tradewind.engines.actions.action import Bulk, action
from tradewind.engines.metrics import corners, effects
from tradewind.engines.metrics.actions.targets import at_place
from tradewind.engines.metrics.models import Effect
from tradewind.engines.metrics.registry import Metric
from tradewind.nouns.org.models import Entity, Market, Person


@action(scope=at_place)
def promise_effect(
    by: Person | None,
    effect: Effect | None = None,
    *,
    title: str,
    metric: str,
    base_start: date,
    base_end: date,
    start: date,
    end: date,
    promised: Decimal,
    entity: Entity | None = None,
    market: Market | None = None,
    cuts: dict[str, list[Any]] | None = None,
    currency: str = "",
    rate: str = "day",
    control: Market | None = None,
    owner: Person | None = None,
    subject_type: str = "",
    subject_id: int | None = None,
    note: str = "",
) -> Effect:
    """Write down what a change promises of a number, so that it can be measured.

    `promised` is the change over all days from `start` to `end` against the pace of the days before, percents as points.
    Raises NotAllowed where one may not see the metric in the corner or in the control market, Refused for other faults.
    """
    kept = {key: list(values) for key, values in (cuts or {}).items() if values}
    known, code, rate = corners.checked_corner(by, metric, at_place(entity=entity, market=market), kept, currency, rate)
    if control is not None:
        place = Scope(entity.pk if entity else None, control.pk)
        corners.checked_corner(by, metric, place, kept, currency, rate)
    if faults := faults_of(known, title, (base_start, base_end, start, end), market, control):
        raise Refused(next(iter(faults.values())), fields=faults)
    row = effect or Effect()
    row.title, row.metric, row.entity, row.market, row.cuts = title.strip(), metric, entity, market, kept
    row.currency, row.rate, row.owner, row.control, row.note = (
        code,
        rate,
        owner or row.owner or by,
        control,
        note.strip()[:300],
    )
    row.base_start, row.base_end, row.start, row.end = base_start, base_end, start, end
    row.promised = corners.units(promised) or 0
    row.subject_type, row.subject_id = subject_type or row.subject_type, subject_id or row.subject_id
    row.save()
    effects.recount([row])
    row.refresh_from_db()
    return row


def faults_of(
    metric: Metric, title: str, days: tuple[date, date, date, date], market: Market | None, control: Market | None
) -> dict[str, str]:
    """What a promise cannot be, by field."""
    base_start, base_end, start, end = days
    faults: dict[str, str] = {}
    if not title.strip():
        faults["title"] = _("Say what is changed.")
    if base_end < base_start:
        faults["base_end"] = _("A period cannot end before it starts.")
    if start <= base_end:
        faults["start"] = _("The change comes after the days it is compared with.")
    if end < start:
        faults["end"] = _("A period cannot end before it starts.")
    if control is not None and (market is None or market == control):
        faults["control"] = _("Compare a market with another one.")
    for name, first, last in (("base_start", base_start, base_end), ("start", start, end)):
        if name not in faults and (fault := corners.months_fault(metric, (first, last))):
            faults[name] = fault
    return faults


@action()
def remove_effect(by: Person | None, effect: Effect) -> Bulk[None]:
    """Take a promise away."""
    counts = {"effect": effect.pk, "title": effect.title}
    effect.delete()
    return Bulk(None, counts=counts)
