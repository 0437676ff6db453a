"""Where people work is kept with a month that is closed, and follows them again in one that is opened again."""

from __future__ import annotations

from tradewind.areas.finance.actions import allocation
from tradewind.engines.actions.models import Event
from tradewind.engines.actions.registry import on
from tradewind.engines.metrics.models import Close


@on("metrics.close_month")
def keep_people(event: Event) -> None:
    """A closed month keeps where people worked in it."""
    month = Close.objects.filter(pk=event.subject_id or 0).values_list("month", flat=True).first()
    if month is not None:
        allocation.keep_people.system(month=month)


@on("metrics.reopen_month")
def free_people(event: Event) -> None:
    """A month that is open again follows its people."""
    month = Close.objects.filter(pk=event.subject_id or 0).values_list("month", flat=True).first()
    if month is not None:
        allocation.free_people.system(month=month)
