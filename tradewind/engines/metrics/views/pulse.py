"""The page of a dashboard; Pulse is the company's first."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from tradewind.base.money import CURRENCIES
from tradewind.engines.access.scope import Scope
from tradewind.engines.metrics import rates, refresh
from tradewind.engines.metrics.board import Board
from tradewind.engines.metrics.registry import CUT_NAMES, DASHBOARDS, Dashboard, metric_of
from tradewind.engines.metrics.state import Home, View, period_choices, read_view
from tradewind.ui.pages import Page, is_part

COMPARE_NAMES = (("previous", _("Previous period")), ("year", _("Year before")), ("none", _("No comparison")))
OFTEN = ("EUR", "USD", "GBP", "CNY", "JPY", "CAD", "AUD", "CHF", "HKD", "SGD", "PLN", "SEK", "MXN", "BRL", "KRW", "INR")


class Pulse(Page):
    """The money by market, country, channel, product and time."""

    area, name, path, section = "metrics", "pulse", "", "pulse"
    title, icon = _("Pulse"), "activity-heartbeat"
    template = "metrics/pulse.html"
    in_menu = False
    guide = "pulse"
    code = "pulse"

    @classmethod
    def codes(cls) -> list[str]:
        """Whoever may see one of the dashboard's numbers that need a single right may open it."""
        metrics = [metric_of(name) for name in DASHBOARDS[cls.code].tiles] if cls.code in DASHBOARDS else []
        return sorted({metric.rights[0] for metric in metrics if len(metric.rights) == 1})

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        template = "metrics/pulse_part.html" if is_part(request, "pulse") else ""
        return self.show(request, self.context(request), template=template)

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        """All parts of the dashboard, or only the way to the first facts."""
        board, home = DASHBOARDS[self.code], Home.read()
        if home.span is None:
            urls = {"start_url": address(board.start), "steps_url": address(board.steps)}
            return {"empty": True, "waiting": refresh.is_stale(), **urls}
        view = read_view(request.GET.dict(), board, home)
        return {"empty": False, **shown(board, view, home, request)}


def shown(board: Dashboard, view: View, home: Home, request: HttpRequest) -> dict[str, Any]:
    """What the template draws."""
    scope = getattr(request, "scope", None)
    page = Board(board, view, getattr(request, "person", None), scope if isinstance(scope, Scope) else Scope())
    tiles, chart = page.tiles(), page.chart()
    cut, rules = page.rows(), rates.choices()
    return {
        "view": view, "tiles": tiles, "chart": chart, "heads": cut.heads, "rows": cut.rows, "cut_chart": cut.chart,
        "more": cut.more,
        "chips": page.chips(), "warnings": page.warnings(), "stale": refresh.is_stale(),
        "periods": period_choices(home, view), "compares": COMPARE_NAMES, "rates": rules,
        "currencies": currencies(view.currency, home.currency),
        "tabs": [(CUT_NAMES[cut], view.query(cut=cut), cut == view.cut) for cut in board.cuts],
        "cut_name": CUT_NAMES[view.cut], "previous_url": view.moved(view.period.previous()),
        "next_url": view.moved(view.period.next()), "facts_url": page.facts_url(view.period),
        "kept": [(name, value) for name, value in (("cut", view.cut), ("metric", view.metric), *view.filters.items())],
        "running": view.running, "rate_name": dict(rules).get(view.rate, view.rate), "clear_url": clear(view),
    }  # fmt: skip


def clear(view: View) -> str:
    """The address query of a view without its filters."""
    return view.query(**dict.fromkeys(view.filters, ""))


def currencies(chosen: str, home: str) -> list[tuple[str, str]]:
    """Currencies to choose from: the company's first, then those met most, then the chosen one."""
    codes = dict.fromkeys((home, *OFTEN, chosen))
    return [(code, f"{code} {CURRENCIES[code].name}") for code in codes if code in CURRENCIES]


def address(name: str) -> str:
    """The address of a page by its URL name; blank where there is none."""
    try:
        return reverse(name) if name else ""
    except NoReverseMatch:
        return ""
