"""Closed months keep their balances, opened ones count themselves; an entity's new currency holds from the first open month on."""

from __future__ import annotations

from tradewind.areas.finance.actions import balances
from tradewind.engines.actions.models import Event
from tradewind.engines.actions.registry import on
from tradewind.engines.metrics.models import Close
from tradewind.nouns.org.models import Entity


@on("metrics.close_month")
def keep_closing(event: Event) -> None:
    """The balances of a month are kept right after it was closed."""
    close = Close.objects.filter(pk=event.subject_id or 0).first()
    if close is not None:
        balances.keep_balances.system(month=close.month)


@on("metrics.reopen_month")
def drop_closing(event: Event) -> None:
    """A month that is open again counts its balances itself; later closed months stay as they were kept."""
    close = Close.objects.filter(pk=event.subject_id or 0, state=Close.OPEN).first()
    if close is not None:
        balances.drop_balances.system(month=close.month)


@on("compliance.save_entity")
def follow_currency(event: Event) -> None:
    """A changed currency of an entity never rewrites its past."""
    old, new = (event.changes or {}).get("currency") or (None, None)
    entity = Entity.objects.filter(pk=event.subject_id or 0).first()
    if entity is not None and old and new and old != new:
        balances.follow_currency.system(entity=entity, old=old, new=new)
