"""What orders promise beside what was settled, and fees expected beside fees settled, channel by channel."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.queries.profit_asked import NONE, Ask, edges, label_of, moved, period_choices
from tradewind.areas.finance.queries.profit_settled import PARTS, ChannelMonth, Settled, Sides, bridge, money
from tradewind.areas.finance.views.profit import ask_of, chips, currencies, warnings
from tradewind.base.money import CURRENCIES
from tradewind.base.period import Period
from tradewind.engines.metrics import rates
from tradewind.engines.metrics.board import names_of
from tradewind.nouns.org.models import Company
from tradewind.ui.formats import format_number, format_percent
from tradewind.ui.pages import Page

Row = TypeVar("Row", Settled, ChannelMonth)
MANY = 2  # from so many channels on each is one row, which leads to its months


@dataclass(frozen=True)
class Drawn:
    """One row in words."""

    name: str
    cells: list[str]
    waiting: bool
    url: str


class ProfitSettled(Page):
    """Months as their orders promise them, as they were settled, and as they would look with all fees in."""

    area, name, path = "finance", "profit-settled", "profit/settled/"
    title, icon, template = _("Expected and settled"), "arrows-split-2", "finance/profit_settled.html"
    read, guide = "finance.view_profit", "profit"

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        ask, span = ask_of(request), edges()
        if ask is None or span is None:
            return {"empty": True}
        person = request.person  # type: ignore[attr-defined]
        found = bridge(person, ask.wish, ask.currency, ask.rate)
        names = names_of("channel", {row.channel for row in found})
        lines = found if len(names) < MANY else [added_up(rows) for rows in by_channel(found)]
        rows = [drawn(row, names[row.channel], ask, whole=len(names) >= MANY) for row in lines]
        total = [
            sum((getattr(row, name) for row in found), Decimal(0))
            for name in ("net", "settled", "estimated", "margin_settled", "bridge", "margin_estimated")
        ]
        home, sides = Company.objects.first(), money(person, ask.wish, ask.currency, ask.rate)
        return {
            **sides_of(sides, ask), "empty": False, "ask": ask, "rows": rows, "total": [text(value, ask.currency) for value in total],
            "period_name": label_of(ask.period), "chips": chips(ask), "periods": period_choices(ask, span),
            "currencies": currencies(ask.currency, home.currency if home else "EUR"), "rate_name": rates.rule(ask.rate).label,
            "rates": [pair for pair in rates.choices() if pair[0] != "day"], "waiting": any(row.waiting for row in found),
            "previous_url": ask.query(period=moved(ask.period, -1).code), "next_url": ask.query(period=moved(ask.period, 1).code),
        }  # fmt: skip


def sides_of(found: Sides | None, ask: Ask) -> dict[str, Any]:
    """The two sides in words, each month leading to the payouts of its channel; nothing where they cannot be told."""
    if found is None:
        return {"sides": None}
    rows = found.rows
    names = names_of("channel", {row.channel for row in rows})
    sums = [sum(column, Decimal(0)) for column in zip(*map(amounts_of, rows), strict=True)]
    lines = rows if len(names) < MANY else [both_added_up(one) for one in by_channel(rows)]
    return {
        "sides": [side(row, names[row.channel], ask, whole=len(names) >= MANY) for row in lines], "side_warnings": warnings(found),
        "side_total": [text(value, ask.currency) for value in sums],
    }  # fmt: skip


def by_channel(rows: list[Row]) -> list[list[Row]]:
    """The months of each channel."""
    found: dict[int | None, list[Row]] = {}
    for row in rows:
        found.setdefault(row.channel, []).append(row)
    return list(found.values())


def added_up(rows: list[ChannelMonth]) -> ChannelMonth:
    """A channel's months together."""
    names = ("net", "settled", "estimated", "margin_settled", "margin_estimated")
    sums: dict[str, Any] = {name: sum((getattr(row, name) for row in rows), Decimal(0)) for name in names}
    return replace(rows[0], share=None, waiting=any(row.waiting for row in rows), **sums)


def both_added_up(rows: list[Settled]) -> Settled:
    """A channel's months together, both sides."""
    sums: dict[str, Any] = {name: sum((getattr(row, name) for row in rows), Decimal(0)) for name in PARTS}
    return replace(rows[0], **sums)


def text(value: Decimal, currency: str) -> str:
    """An amount with the digits of its currency, which the page names once."""
    return format_number(value, CURRENCIES[currency].digits)


def amounts_of(row: Settled) -> tuple[Decimal, ...]:
    """The columns: what orders promise, the steps, what was settled."""
    return (row.orders, row.refunds, row.fees, row.estimated, *row.steps, row.settled)


def side(row: Settled, name: str, ask: Ask, *, whole: bool) -> Drawn:
    """One channel's month, with the payouts from its first day to a month after its end; a whole channel leads to its months."""
    month = Period.containing(row.month, "month")
    span = {"channel": row.channel, "day_from": month.start, "day_to": month.next().end}
    cells = [text(value, ask.currency) for value in amounts_of(row)]
    waiting = row.steps[0] < 0
    if whole:
        return Drawn(name, cells, waiting, ask.only(channel=str(row.channel)).query())
    return Drawn(f"{name} · {month.label()}", cells, waiting, f"{reverse('finance:payout-list')}?{urlencode(span)}")


def drawn(row: ChannelMonth, name: str, ask: Ask, *, whole: bool) -> Drawn:
    """One channel's month in words, leading to the fees behind it; a whole channel leads to its months."""
    amounts = (row.net, row.settled, row.estimated, row.margin_settled, row.bridge, row.margin_estimated)
    cells = [text(value, ask.currency) for value in amounts]
    cells.insert(2, "–" if row.share is None else format_percent(-row.share))
    month = Period.containing(row.month, "month")
    asked = ask.only(channel=NONE if row.channel is None else str(row.channel))
    if whole:
        return Drawn(name, cells, row.waiting, asked.query())
    only = asked.query(period=month.code, line="fees")
    return Drawn(f"{name} · {month.label()}", cells, row.waiting, f"{reverse('finance:profit-rows')}{only}")


PAGES = (ProfitSettled,)
