"""The profit and loss statement: any cut of it beside another period, its waterfall, its files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradewind.areas.finance.models import Line
from tradewind.areas.finance.queries.allocation_words import left_words
from tradewind.areas.finance.queries.profit_allocated import may_allocate, named_axes
from tradewind.areas.finance.queries.profit_asked import (
    CUT_NAMES,
    NONE,
    Ask,
    edges,
    label_of,
    moved,
    period_choices,
    read_ask,
    stored,
)
from tradewind.areas.finance.queries.profit_settled import Sides
from tradewind.areas.finance.queries.profit_shown import OTHERS, Shown, shown
from tradewind.areas.finance.rules.profit import NET, RESULTS, Row
from tradewind.areas.finance.rules.waterfall import Step, steps_of
from tradewind.base.errors import NotAllowed
from tradewind.base.money import CURRENCIES, Money
from tradewind.engines.access.scope import Scope
from tradewind.engines.metrics import figures, rates
from tradewind.engines.metrics.board import names_of
from tradewind.engines.metrics.question import reach
from tradewind.engines.metrics.registry import metric_of
from tradewind.nouns.org.models import Company
from tradewind.ui import hooks
from tradewind.ui.formats import format_money, format_month, format_number, format_percent
from tradewind.ui.pages import Page, is_part
from tradewind.ui.pages.files import FILES

RESULT_NAMES: dict[str, Any] = dict(
    zip(
        RESULTS,
        (
            gettext_lazy("Net revenue"), gettext_lazy("Contribution margin 1"), gettext_lazy("Contribution margin 2"),
            gettext_lazy("Contribution margin 3"), gettext_lazy("Operating result"), gettext_lazy("Result"),
        ),
        strict=True,
    )
)  # fmt: skip
COMPARE_NAMES = (
    ("previous", gettext_lazy("Months before")), ("year", gettext_lazy("Year before")), ("none", gettext_lazy("No comparison")),
)  # fmt: skip
FLAG_NAMES = {
    "detail": gettext_lazy("Every account"), "percent": gettext_lazy("Per cent of net revenue"),
    "share": gettext_lazy("Overhead shared out"), "whole": gettext_lazy("With sales within the group"),
}  # fmt: skip
OFTEN = ("USD", "EUR", "CNY", "GBP", "JPY", "HKD", "CAD", "AUD", "SGD", "CHF", "SEK", "PLN", "MXN", "BRL", "KRW", "INR")


@dataclass(frozen=True)
class Drawn:
    """A row as it is drawn: `cells` and `total` with their links, the compared total, the change, the trend."""

    kind: str
    name: str
    cells: SafeString
    total: SafeString
    other: str
    delta: Decimal | None
    good: str
    spark: Sequence[Decimal]


def ask_of(request: HttpRequest) -> Ask | None:
    """What the address asks for within the chosen corner; None while nothing was ever counted."""
    span = edges()
    scope = getattr(request, "scope", None)
    return read_ask(request.GET.dict(), scope if isinstance(scope, Scope) else Scope(), span) if span else None


def shown_for(request: HttpRequest, ask: Ask, *, trend: bool) -> Shown:
    """The statement that the reader may see."""
    return shown(
        request.person, ask.wish, ask.currency, ask.rate,  # type: ignore[attr-defined]
        other=ask.other(), share_out="share" in ask.flags, trend=trend,
    )  # fmt: skip


class ProfitPage(Page):
    """The statement from gross sales to the operating result."""

    area, name, path = "finance", "profit", "profit/"
    title, icon, template = gettext_lazy("Profit and loss"), "report-money", "finance/profit.html"
    read, guide = "finance.view_profit", "profit"

    @classmethod
    def urls(cls) -> list[URLPattern]:
        return [*super().urls(), path("profit/export/<str:kind>/", cls.as_view(), name="profit-export")]

    @classmethod
    def url_names(cls) -> list[str]:
        return ["profit", "profit-export"]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        ask = ask_of(request)
        if "kind" in kwargs:
            return self.export(request, ask, kwargs["kind"])
        if ask is None:
            return self.show(request, {"empty": True})
        template = "finance/profit_part.html" if is_part(request, "profit") else ""
        return self.show(request, {"empty": False, **drawn(request, ask)}, template=template)

    def export(self, request: HttpRequest, ask: Ask | None, kind: str) -> HttpResponseBase:
        """The statement as a file, as it is asked for."""
        if kind not in FILES or ask is None:
            raise Http404
        found = shown_for(request, ask, trend=False)
        hooks.call("on_export", request, self, len(found.sheet.rows))
        return FILES[kind](table(ask, found), f"finance-profit-{ask.period.start:%Y-%m}-{ask.period.end:%Y-%m}.{kind}")


def table(ask: Ask, found: Shown) -> Iterator[list[Any]]:
    """The statement as rows of a file, the heading first; amounts exact to the currency's places."""
    names = column_names(ask, found)
    compared = [label_of(other)] if (other := ask.other()) else []
    yield [
        _("Line of the statement"),
        _("Account"),
        *names,
        _("Total"),
        *compared,
        f"{found.currency} · {found.rate_label}",
    ]
    for row in found.sheet.rows:
        values = [row.cells[column] for column in found.sheet.columns]
        rest = [found.other(row)] if compared else []
        line = str(RESULT_NAMES[row.line] if row.kind == "result" else Line(row.line).label)
        yield [line, row.account and name_of(row, found), *values, row.total, *rest]


def drawn(request: HttpRequest, ask: Ask) -> dict[str, Any]:
    """What the template draws."""
    person = request.person  # type: ignore[attr-defined]
    found, home = shown_for(request, ask, trend=True), Company.objects.first()
    whole = "share" in ask.flags and bool(named_axes(ask.wish)) and not may_allocate(person, ask.scope)
    prefix = rows_prefix(ask)
    rows = [draw(ask, found, row, prefix) for row in found.sheet.rows if row.kind != "account" or "detail" in ask.flags]
    names = column_names(ask, found)
    return {
        "ask": ask, "rows": rows, "columns": names, "steps": waterfall(ask, found), "other_name": label_of(other) if (other := ask.other()) else "",
        "period_name": label_of(ask.period), "periods": period_choices(ask, edges() or ask.period, home.fiscal_start if home else 1),
        "compares": COMPARE_NAMES, "currencies": currencies(ask.currency, home.currency if home else "EUR"),
        "rates": [pair for pair in rates.choices() if pair[0] != "day"], "rate_name": found.rate_label,
        "tabs": [(name, ask.query(by=cut), cut == ask.by) for cut, name in CUT_NAMES.items()], "cut_name": CUT_NAMES[ask.by],
        "flags": [(FLAG_NAMES[flag], ask.toggled(flag), flag in ask.flags) for flag in FLAG_NAMES],
        "chips": chips(ask), "warnings": warnings(found), "previous_url": ask.query(period=moved(ask.period, -1).code),
        "next_url": ask.query(period=moved(ask.period, 1).code), "kept": kept(ask), "tax": tax(request, ask),
        "csv_url": f"{reverse('finance:profit-export', args=['csv'])}{ask.query()}",
        "xlsx_url": f"{reverse('finance:profit-export', args=['xlsx'])}{ask.query()}",
        "shut": len(found.kept) < len(Line.values), "not_shared": whole, "left": left_words(found.left, found.accounts, found.currency),
    }  # fmt: skip


def kept(ask: Ask) -> list[tuple[str, str]]:
    """What the form of choices carries along."""
    return [("by", ask.by), *ask.filters.items(), *((flag, "1") for flag in ask.flags)]


def draw(ask: Ask, found: Shown, row: Row, prefix: str) -> Drawn:
    """One row with its links, drawn here because there are hundreds of cells."""
    sheet, percent = found.sheet, "percent" in ask.flags
    net = sheet.result(NET)
    cells = [
        cell(text(row.cells[column], net.cells[column], found.currency, percent), behind(ask, row, column, prefix))
        for column in sheet.columns
    ]
    other = found.other(row)
    cost = row.kind != "result" and max(row.total, other or Decimal(0)) <= 0
    delta = (row.total - other) / abs(other) * (-1 if cost else 1) if other else None
    before_net = found.before.result(NET).total if found.before else Decimal(0)
    told = "" if other is None else text(other, before_net, found.currency, percent)
    total = cell(
        text(row.total, net.total, found.currency, percent), behind(ask, row, None, prefix), "num profit-total"
    )
    return Drawn(
        row.kind,
        name_of(row, found),
        SafeString("".join(cells)),
        total,
        told,
        delta,
        "down" if cost else "up",
        found.spark(row),
    )


def cell(words: str, url: str, kind: str = "num") -> SafeString:
    """An amount in its place, leading to the rows behind it."""
    if url:
        return format_html('<td class="{}"><a class="link-plain" href="{}">{}</a></td>', kind, url, words)
    return format_html('<td class="{}">{}</td>', kind, words)


def name_of(row: Row, found: Shown) -> str:
    """What a row is called."""
    if row.kind == "result":
        return str(RESULT_NAMES[row.line])
    return str(found.accounts[row.account].name) if row.account else str(Line(row.line).label)


def text(value: Decimal, net: Decimal, currency: str, percent: bool) -> str:
    """An amount, or what it is of net revenue."""
    if percent:
        return format_percent(value / net) if net else "–"
    return format_number(value, CURRENCIES[currency].digits)


def behind(ask: Ask, row: Row, column: Any, prefix: str) -> str:
    """The page of the rows that an amount was counted from; blank for results and for amounts that are shared out.

    `prefix` is that page's address with the view as it stands; what is named again after it goes before.
    """
    if row.kind == "result" or column == OTHERS or "share" in ask.flags:
        return ""
    what = f"account={row.account}" if row.account else f"line={row.line}"
    if not column:
        return f"{prefix}&{what}"
    value = f"{column[0]:%Y-%m}" if ask.by == "month" else NONE if column[0] is None else str(column[0])
    return f"{prefix}&{what}&{'period' if ask.by == 'month' else ask.by}={value}"


def rows_prefix(ask: Ask) -> str:
    """The address of the rows behind amounts of this view."""
    return f"{reverse('finance:profit-rows')}{ask.query()}"


def column_names(ask: Ask, found: Shown) -> list[str]:
    """What the columns are called."""
    keys = [column[0] for column in found.sheet.columns if column and column != OTHERS]
    if ask.by == "month":
        return [format_month(key) if isinstance(key, date) else str(key) for key in keys]
    names = names_of(ask.by, keys)
    return [_("Others") if column == OTHERS else names[column[0]] if column else "" for column in found.sheet.columns]


@dataclass(frozen=True)
class Bar:
    """A bar of the waterfall: from `x` over `width`, in hundredths of the figure's width, at `zero` the base line."""

    name: str
    text: str
    tone: str
    x: str
    width: str
    zero: str
    url: str


def waterfall(ask: Ask, found: Shown) -> list[Bar]:
    """From gross sales to the last result one may see, as bars that begin where the one above ends."""
    prefix, rows = rows_prefix(ask), [row for row in found.sheet.rows if row.kind != "account"]
    steps: list[Step] = steps_of([(row.kind == "result", row.total) for row in rows])
    if not any(row.total for row in rows):
        return []
    return [
        Bar(
            name_of(row, found), format_money(Money(row.total, found.currency)),
            "sum" if row.kind == "result" else "down" if row.total < 0 else "up",
            f"{step.start:.2f}", f"{step.width:.2f}", f"{step.zero:.2f}", behind(ask, row, None, prefix),
        )
        for row, step in zip(rows, steps, strict=True)
    ]  # fmt: skip


def chips(ask: Ask) -> list[tuple[str, str]]:
    """The filters in words, each with the view without it."""
    found = []
    for name, value in ask.filters.items():
        key = stored(value)
        found.append((f"{CUT_NAMES[name]}: {names_of(name, [key])[key]}", ask.query(**{name: ""})))
    return found


def warnings(found: Shown | Sides) -> list[str]:
    """What the conversion had to leave out or took from old rates."""
    told, notes = [], found.notes
    if notes.missing:
        amounts = ", ".join(format_money(Money(abs(a), c), code=True) for c, a in sorted(notes.missing.items()))
        told.append(_("No exchange rate for some months: %(amounts)s are left out.") % {"amounts": amounts})
    if notes.old and notes.published:
        told.append(_("Some amounts use exchange rates of %(day)s.") % {"day": notes.published.isoformat()})
    return told


def tax(request: HttpRequest, ask: Ask) -> str:
    """What buyers were charged as sales tax in these months, which is no revenue; blank where one may not see it."""
    chosen = {name: (stored(value),) for name, value in ask.filters.items()}
    if "product" in ask.filters:
        return ""
    try:
        scopes = reach(request.person, metric_of("finance.taxes"), ask.scope)  # type: ignore[attr-defined]
    except NotAllowed:
        return ""
    found = figures.value(
        "finance.taxes", scopes, ask.period, currency=ask.currency, rate=ask.rate, filters=tuple(sorted(chosen.items()))
    )
    return format_money(Money(found.value or Decimal(0), ask.currency))


def currencies(chosen: str, home: str) -> list[tuple[str, str]]:
    """Currencies to choose from: the company's first, then those met most, then the chosen one."""
    return [
        (code, f"{code} {CURRENCIES[code].name}")
        for code in dict.fromkeys((home, *OFTEN, chosen))
        if code in CURRENCIES
    ]


PAGES = (ProfitPage,)
