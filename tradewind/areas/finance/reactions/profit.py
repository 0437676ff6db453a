"""New facts make the months they touch wait for a recount of the profit and loss."""

from __future__ import annotations

from tradewind.areas.finance.actions import profit
from tradewind.areas.finance.models import StaleMonth
from tradewind.base.period import Period
from tradewind.engines.actions.models import Event
from tradewind.engines.actions.registry import on, telling
from tradewind.engines.jobs.queue import enqueue
from tradewind.engines.metrics.models import Close
from tradewind.engines.metrics.refresh import spans_of


@on("*", when=telling("days", "profit_days"))
def mark_touched_months(event: Event) -> None:
    """Every event that tells `days` (facts of trade) or `profit_days` (facts of money alone) marks their months."""
    told = [*listed(event.counts.get("days")), *listed(event.counts.get("profit_days"))]
    if told:
        profit.mark(spans_of(told), f"{event.name} {event.pk}")
        enqueue("finance.count_profit", unique="all", follow=True)


def listed(value: object) -> list[object]:
    """A list as it is; nothing for anything else."""
    return value if isinstance(value, list) else []


@on("metrics.reopen_month")
def open_profit(event: Event) -> None:
    """A month that is open again counts itself: what was posted late for it is taken back where it counted."""
    close = Close.objects.get(pk=event.subject_id or 0)
    months = {close.month, *(row.day.replace(day=1) for row in profit.take_back(close.month))}
    later = Close.objects.filter(month__gte=close.month).values_list("month", flat=True)
    StaleMonth.objects.bulk_create(
        StaleMonth(month=month, cause=f"{event.name} {event.pk}") for month in {*months, *later}
    )
    profit.mark([Period.containing(month, "month") for month in sorted(months)], f"{event.name} {event.pk}")
    enqueue("finance.count_profit", unique="all", follow=True)
