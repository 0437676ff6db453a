"""Fees expected beside fees settled, channel by channel."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.queries.profit_asked import edges, label_of, moved, period_choices
from tradewind.areas.finance.queries.profit_settled import ChannelMonth, bridge
from tradewind.areas.finance.views.profit import ask_of, chips, currencies
from tradewind.base.money import Money
from tradewind.base.period import Period
from tradewind.engines.metrics import rates
from tradewind.engines.metrics.board import names_of
from tradewind.nouns.org.models import Company
from tradewind.ui.formats import format_money, format_percent
from tradewind.ui.pages import Page


@dataclass(frozen=True)
class Drawn:
    """One row in words."""

    name: str
    cells: list[str]
    waiting: bool
    url: str


class ProfitSettled(Page):
    """What the months would look like with all fees in."""

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
        rows = [drawn(row, names[row.channel], ask.currency, ask) for row in found]
        total = [
            sum((getattr(row, name) for row in found), Decimal(0))
            for name in ("net", "settled", "estimated", "margin_settled", "bridge", "margin_estimated")
        ]
        home = Company.objects.first()
        return {
            "empty": False, "ask": ask, "rows": rows, "total": [format_money(Money(value, ask.currency)) for value in total],
            "period_name": label_of(ask.period), "chips": chips(ask), "periods": period_choices(ask, span),
            "currencies": currencies(ask.currency, home.currency if home else "EUR"), "rate_name": rates.rule(ask.rate).label,
            "rates": [pair for pair in rates.choices() if pair[0] != "day"], "waiting": any(row.waiting for row in found),
            "previous_url": ask.query(period=moved(ask.period, -1).code), "next_url": ask.query(period=moved(ask.period, 1).code),
        }  # fmt: skip


def drawn(row: ChannelMonth, name: str, currency: str, ask: Any) -> Drawn:
    """One channel's month in words, leading to the fees behind it."""
    amounts = (row.net, row.settled, row.estimated, row.margin_settled, row.bridge, row.margin_estimated)
    cells = [format_money(Money(value, currency)) for value in amounts]
    cells.insert(2, "–" if row.share is None else format_percent(-row.share))
    month = Period.containing(row.month, "month")
    only = ask.only(channel="none" if row.channel is None else str(row.channel)).query(period=month.code, line="fees")
    return Drawn(f"{name} · {month.label()}", cells, row.waiting, f"{reverse('finance:profit-rows')}{only}")


PAGES = (ProfitSettled,)
