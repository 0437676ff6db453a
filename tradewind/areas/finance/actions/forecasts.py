"""Forecasts written down, and what people believe beyond them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tradewind.areas.finance.models import ForecastPoint, ForecastRun, ForecastSeries, Overlay
from tradewind.areas.finance.queries.forecasts import home_currency
from tradewind.base import clock
from tradewind.base.errors import Refused
from tradewind.base.money import to_units
from tradewind.engines.access.scope import Scope
from tradewind.engines.actions.action import Bulk, action
from tradewind.engines.jobs.queue import enqueue
from tradewind.nouns.org.models import Market, Person
from tradewind.nouns.org.queries import company_today
from tradewind.nouns.trade.models import Channel

JOB = "finance.make_forecasts"


@dataclass(frozen=True)
class Month:
    """A month ahead, in units of 1/10,000; `own` is what the series says by itself, before it was made to add up with the others."""

    month: date
    amount: int
    low: int
    high: int
    naive: int
    own: int | None = None


@dataclass(frozen=True)
class Line:
    """The forecast of one series, or why there is none (`thin:have:needed`)."""

    market: int | None
    channel: int | None
    model: str = ""
    scores: dict[str, Any] = field(default_factory=dict)
    refused: str = ""
    calendar: dict[str, Any] = field(default_factory=dict)
    months: tuple[Month, ...] = ()


@action()
def ask_forecasts(by: Person | None) -> Bulk[int]:
    """Make the forecasts of revenue anew."""
    job = enqueue(JOB, by=by, unique="all", follow=True)
    return Bulk(job.pk, {"job": job.pk})


@action()
def record_forecasts(
    by: Person | None, *, origin: date, horizon: int, currency: str, rate: str, lines: list[Line]
) -> Bulk[ForecastRun]:
    """Write the forecasts of all series down."""
    run = ForecastRun.objects.create(
        origin=origin, horizon=horizon, currency=currency, rate=rate, by=by, done_at=clock.now()
    )
    made = ForecastSeries.objects.bulk_create(
        [
            ForecastSeries(
                run=run, market_id=line.market, channel_id=line.channel, model=line.model, scores=line.scores, refused=line.refused,
                calendar=line.calendar,
            )
            for line in lines
        ]
    )  # fmt: skip
    points = [
        ForecastPoint(
            series=row, month=one.month, amount=one.amount, low=one.low, high=one.high, naive=one.naive, own=one.own
        )
        for row, line in zip(made, lines, strict=True)
        for one in line.months
    ]
    ForecastPoint.objects.bulk_create(points, batch_size=500)
    refused = sum(1 for line in lines if line.refused)
    return Bulk(run, {"origin": origin.isoformat(), "series": len(lines), "refused": refused, "points": len(points)})


def at_series(
    _by: object = None, *_args: Any, market: Market | None = None, channel: Channel | None = None, **_kwargs: Any
) -> Scope:
    """Where the right to say what one believes is needed."""
    if channel is not None:
        return Scope(entity=channel.entity_id)
    return Scope(market=market.pk if market else None)


@action(scope=at_series)
def save_overlay(
    by: Person | None, overlay: Overlay | None = None, *, month: date, amount: Decimal, reason: str,
    market: Market | None = None, channel: Channel | None = None,
) -> Overlay:  # fmt: skip
    """Say what one believes of a month that has not begun, in the company's currency, beside the forecast of the model."""
    month, row = month.replace(day=1), overlay or Overlay()
    faults: dict[str, Any] = {}
    if market is not None and channel is not None:
        faults["channel"] = _("Choose a market or a channel, not both.")
    if begun(month) or (overlay is not None and begun(overlay.month)):
        faults["month"] = _("This month has begun: what was believed of it stays as it is.")
    if amount < 0:
        faults["amount"] = _("Revenue is zero or more.")
    if not reason.strip():
        faults["reason"] = _("Say why.")
    if faults:
        raise Refused(_("Some fields are missing or not right."), fields=faults)
    row.market, row.channel, row.month = market, channel, month
    row.amount, row.currency, row.reason, row.by = to_units(amount), home_currency(), reason.strip()[:300], by
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        taken = _("Somebody has said something about this month already: change that.")
        raise Refused(taken, fields={"month": taken}, code="taken") from None
    return row


@action()
def remove_overlay(by: Person | None, overlay: Overlay) -> None:
    """Take back what one believed of a month that has not begun."""
    if begun(overlay.month):
        raise Refused(_("This month has begun: what was believed of it stays as it is."), code="begun")
    overlay.delete()


def begun(month: date) -> bool:
    """Whether a month has begun where the company is."""
    return month <= company_today()
