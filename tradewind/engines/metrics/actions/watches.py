"""What one can do with watches: set one, take it away; what the product does with them: look, tell, and close what is over."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from tradewind.base import clock
from tradewind.base.errors import Refused
from tradewind.engines.actions.action import Bulk, action
from tradewind.engines.inbox.tell import tell
from tradewind.engines.metrics import corners, watches
from tradewind.engines.metrics.actions.targets import at_place
from tradewind.engines.metrics.figures import State
from tradewind.engines.metrics.models import Alert, Rule, Watch
from tradewind.engines.metrics.watches import Sight
from tradewind.nouns.org.models import Entity, Market, Person
from tradewind.ui.formats import format_number

MOST_DAYS = 366


@action(scope=at_place)
def save_watch(
    by: Person | None,
    watch: Watch | None = None,
    *,
    name: str,
    metric: str,
    rule: str,
    limit: Decimal | None = None,
    days: int = 7,
    entity: Entity | None = None,
    market: Market | None = None,
    cuts: dict[str, list[Any]] | None = None,
    currency: str = "",
    rate: str = "day",
    owner: Person | None = None,
    active: bool = True,
) -> Watch:
    """Watch a number, or change how it is watched.

    `limit` is in the metric's unit, percents and changes as points. Raises NotAllowed where one, or the owner, may not
    see the metric in all of the corner, Refused for what cannot be meant.
    """
    place, kept = at_place(entity=entity, market=market), {key: list(v) for key, v in (cuts or {}).items() if v}
    _known, code, rate = corners.checked_corner(by, metric, place, kept, currency, rate)
    told = owner or (watch.owner if watch else None) or by
    if told is not None:
        corners.checked_corner(told, metric, place, kept, currency, rate)
    if faults := faults_of(name, rule, limit, days):
        raise Refused(next(iter(faults.values())), fields=faults)
    row = watch or Watch()
    row.name, row.metric, row.entity, row.market, row.cuts = name.strip(), metric, entity, market, kept
    row.currency, row.rate, row.owner, row.rule, row.days = code, rate, told, rule, days
    row.limit, row.active = None if rule == Rule.SILENT else corners.units(limit), active
    row.save()
    close_alerts(row) if not active else judge(row, watches.look(row))
    return row


def faults_of(name: str, rule: str, limit: Decimal | None, days: int) -> dict[str, str]:
    """What a watch cannot be, by field."""
    faults: dict[str, str] = {}
    if not name.strip():
        faults["name"] = _("Give it a name.")
    if rule not in Rule.values:
        faults["rule"] = _("Unknown rule.")
    if rule != Rule.SILENT and limit is None:
        faults["limit"] = _("Say the limit.")
    if rule in (Rule.FALLS, Rule.RISES) and limit is not None and limit <= 0:
        faults["limit"] = _("A change is more than 0.")
    if not 1 <= days <= MOST_DAYS:
        faults["days"] = _("From 1 to 366 days.")
    return faults


@action()
def remove_watch(by: Person | None, watch: Watch) -> Bulk[None]:
    """Take a watch away with its alerts."""
    counts = {"watch": watch.pk, "title": watch.name}
    watch.delete()
    return Bulk(None, counts=counts)


@action()
def watch_over(by: Person | None, *, rows: list[Watch]) -> Bulk[int]:
    """Look at watches now, tell their owners what broke a rule, close what is over.

    How many alerts are open. A watch whose owner may no longer see its number is passed over.
    """
    state, opened, closed = State.now(), 0, 0
    for row in rows:
        if corners.owner_may_know(row):
            fresh, over = judge(row, watches.look(row, state))
            opened, closed = opened + fresh, closed + over
    still = Alert.objects.filter(watch__in=rows, closed_at=None).count()
    return Bulk(still, counts={"watches": len(rows), "opened": opened, "closed": closed})


def judge(row: Watch, sight: Sight) -> tuple[int, int]:
    """Open or close a watch's alerts by what was seen; how many were opened and closed. Part of the transaction."""
    Watch.objects.filter(pk=row.pk).update(value=corners.units(sight.value), looked_at=clock.now())
    wanted = {Alert.BLIND} if sight.broken is None else {Alert.RULE} if sight.broken else set()
    there = {alert.cause: alert for alert in Alert.objects.filter(watch=row, closed_at=None)}
    # What cannot be measured says nothing about a limit that was broken before.
    over = [
        alert
        for cause, alert in there.items()
        if cause not in wanted and not (cause == Alert.RULE and sight.broken is None)
    ]
    close_alerts(row, over)
    fresh = wanted - set(there)
    for cause in fresh:
        alert = Alert.objects.create(
            watch=row, cause=cause, start=sight.days.start, end=sight.days.end,
            value=corners.units(sight.value), before=corners.units(sight.before),
        )  # fmt: skip
        tell_owner(alert, row, sight)
    return len(fresh), len(over)


def close_alerts(row: Watch, over: Iterable[Alert] | None = None) -> None:
    """Close a watch's alerts: these, or all open ones."""
    rows = Alert.objects.filter(watch=row, closed_at=None)
    (rows if over is None else rows.filter(pk__in=[alert.pk for alert in over])).update(closed_at=clock.now())


def tell_owner(alert: Alert, row: Watch, sight: Sight) -> None:
    """Tell the owner what broke the rule, with the number where there is one."""
    if row.owner is None:
        return
    kind = "metrics.alert_blind" if alert.cause == Alert.BLIND else f"metrics.alert_{row.rule}"
    tell(row.owner, kind, row, {
        "name": row.name, "value": format_number(sight.value or 0, 0) if row.rule == Rule.SILENT else corners.words(row, sight.value), "before": corners.words(row, sight.before),
        "limit": corners.words(row, corners.whole(row.limit)), "from": sight.days.start, "to": sight.days.end,
    }, group=f"watch-{row.pk}-{alert.cause}")  # fmt: skip
