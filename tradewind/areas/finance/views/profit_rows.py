"""The page of the rows behind an amount of the statement."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradewind.areas.finance.queries.profit_asked import Ask, label_of
from tradewind.areas.finance.queries.profit_rows import MOST, Behind
from tradewind.areas.finance.queries.profit_rows import behind as behind_it
from tradewind.areas.finance.views.profit import ask_of, chips
from tradewind.base.money import Money
from tradewind.ui import hooks
from tradewind.ui.pages import Page
from tradewind.ui.pages.files import FILES


class ProfitRows(Page):
    """The rows behind an amount of the statement."""

    area, name, path = "finance", "profit-rows", "profit/rows/"
    title, icon, template = gettext_lazy("Rows behind an amount"), "list-details", "finance/profit_rows.html"
    read, guide, in_menu = "finance.view_profit", "profit", False

    @classmethod
    def urls(cls) -> list[URLPattern]:
        return [*super().urls(), path("profit/rows/export/<str:kind>/", cls.as_view(), name="profit-rows-export")]

    @classmethod
    def url_names(cls) -> list[str]:
        return ["profit-rows", "profit-rows-export"]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        ask = ask_of(request)
        line, account = request.GET.get("line", ""), request.GET.get("account", "")
        if ask is None or not (line or account):
            raise Http404
        found = behind_it(request.person, ask.wish, line=line, account=account)  # type: ignore[attr-defined]
        if "kind" not in kwargs:
            return self.show(request, rows_drawn(ask, found, line=line, account=account))
        if kwargs["kind"] not in FILES:
            raise Http404
        hooks.call("on_export", request, self, sum(source.rows.count() for source in found.sources))
        return FILES[kwargs["kind"]](rows_table(found), f"finance-rows-{line or account}.{kwargs['kind']}")


def rows_drawn(ask: Ask, found: Behind, **what: str) -> dict[str, Any]:
    """What the template draws."""
    sections = [
        (source.label, source.rows.count(), [Money.of_units(a, c) for c, a in sorted(source.sums.items())],
         list(Behind("", [source], {}, {}).facts()))
        for source in found.sources
    ]  # fmt: skip
    asked = {name: value for name, value in what.items() if value}
    return {
        "line_name": found.title, "period_name": label_of(ask.period), "chips": chips(ask), "sections": sections, "most": MOST,
        "stated": [Money.of_units(a, c) for c, a in sorted(found.stated.items())],
        "late": [Money.of_units(a, c) for c, a in found.late.items()],
        "back_url": f"{reverse('finance:profit')}{ask.query()}",
        "csv_url": f"{reverse('finance:profit-rows-export', args=['csv'])}{ask.query(**asked)}",
        "xlsx_url": f"{reverse('finance:profit-rows-export', args=['xlsx'])}{ask.query(**asked)}",
    }  # fmt: skip


def rows_table(found: Behind) -> Iterator[list[Any]]:
    """All rows for a file, the heading first."""
    yield [_("Day"), _("Kind"), _("What it is"), _("Amount"), _("Currency")]
    for fact in found.facts(0):
        yield [fact.day, fact.kind, fact.name, fact.amount.amount, fact.amount.currency]


PAGES = (ProfitRows,)
