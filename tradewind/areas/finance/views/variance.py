"""Budget against actual: the statement with its five parts, the way from plan to result, and what lies behind an account."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradewind.areas.finance.models import Account, Budget, Line
from tradewind.areas.finance.queries.allocation_words import left_words
from tradewind.areas.finance.queries.profit_asked import edges, label_of, moved, period_choices
from tradewind.areas.finance.queries.review_words import PART_NAMES, largest
from tradewind.areas.finance.queries.variance import (
    PLAN,
    TOTAL,
    Comparison,
    comparison,
    difference,
    last_year,
    names_of_accounts,
)
from tradewind.areas.finance.queries.variance_asked import FORCE, VarianceAsk, chosen, read_ask, versions
from tradewind.areas.finance.rules.profit import Row, Sheet
from tradewind.areas.finance.rules.variance import NAMES
from tradewind.areas.finance.rules.waterfall import steps_of
from tradewind.areas.finance.views.profit import RESULT_NAMES, Bar, currencies, warnings
from tradewind.base.money import Money
from tradewind.engines.access.scope import Scope
from tradewind.engines.metrics import rates
from tradewind.engines.metrics.board import names_of
from tradewind.nouns.org.models import Company, Entity, Market
from tradewind.ui import hooks
from tradewind.ui.formats import format_money, format_percent
from tradewind.ui.pages import Page, is_part
from tradewind.ui.pages.files import FILES

MOST_ITEMS = 60


@dataclass(frozen=True)
class Drawn:
    """A row as it is drawn: plan, actual with what lies behind it, difference, share of the plan, the five parts, last year."""

    kind: str
    name: str
    url: str
    plan: str
    actual: tuple[str, str]
    difference: str
    share: str
    tone: str
    parts: list[str]
    year: str


def ask_of(request: HttpRequest) -> VarianceAsk:
    """What the address asks for within the chosen corner."""
    scope = getattr(request, "scope", None)
    return read_ask(request.GET.dict(), scope if isinstance(scope, Scope) else Scope())


class VariancePage(Page):
    """Actual against budget, split into volume, price, mix, cost and exchange."""

    area, name, path = "finance", "variance", "variance/"
    title, icon, template = gettext_lazy("Budget and actual"), "arrows-diff", "finance/variance.html"
    read, guide = "finance.view_budget", "variance"

    @classmethod
    def urls(cls) -> list[URLPattern]:
        return [*super().urls(), path("variance/export/<str:kind>/", cls.as_view(), name="variance-export")]

    @classmethod
    def url_names(cls) -> list[str]:
        return ["variance", "variance-export"]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        ask, person = ask_of(request), request.person  # type: ignore[attr-defined]
        budgets = chosen(person, ask)
        found = comparison(person, ask.asked(budgets))
        if "kind" in kwargs:
            return self.export(request, ask, found, kwargs["kind"])
        template = "finance/variance_part.html" if is_part(request, "variance") else ""
        return self.show(request, drawn(request, ask, found, budgets), template=template)

    def export(self, request: HttpRequest, ask: VarianceAsk, found: Comparison, kind: str) -> HttpResponseBase:
        """The statement as a file."""
        if kind not in FILES:
            raise Http404
        hooks.call("on_export", request, self, len(found.found))
        return FILES[kind](table(found), f"finance-variance-{ask.period.code}.{kind}".replace("..", "-"))


def table(found: Comparison) -> Iterator[list[Any]]:
    """The statement as rows of a file, the heading first."""
    names, year = names_of_accounts(), last_year(found)
    parts = [str(PART_NAMES[name]) for name in NAMES]
    yield [
        _("Statement line"),
        _("Account"),
        _("Budget"),
        _("Actual"),
        _("Difference"),
        *parts,
        _("Year before"),
        found.asked.currency,
    ]
    for row in found.sheet().rows:
        line, account = title_of(row, {}), str(names[row.account].name) if row.account else ""
        yield [
            line, account, row.cells[PLAN], row.total, difference(row), *(row.cells[name] for name in NAMES), twin(year, row),
        ]  # fmt: skip


def title_of(row: Row, accounts: dict[str, Account]) -> str:
    """What a row is called."""
    if row.kind == "result":
        return str(RESULT_NAMES[row.line])
    if row.account in accounts:
        return str(accounts[row.account].name)
    return str(Line(row.line).label)


def twin(sheet: Sheet, row: Row) -> Decimal:
    """The same row of another sheet; nothing where it has none."""
    same = (one for one in sheet.rows if (one.kind, one.line, one.account) == (row.kind, row.line, row.account))
    return next((one.total for one in same), Decimal(0))


def drawn(request: HttpRequest, ask: VarianceAsk, found: Comparison, budgets: tuple[Budget, ...]) -> dict[str, Any]:
    """What the template draws."""
    sheet, year, accounts = found.sheet(), last_year(found), names_of_accounts()
    home = Company.objects.first()
    rows = [draw(ask, row, accounts, twin(year, row)) for row in sheet.rows if row.kind != "account" or ask.detail]
    export = {kind: f"{reverse('finance:variance-export', args=[kind])}{ask.query()}" for kind in ("csv", "xlsx")}
    return {
        "ask": ask, "rows": rows, "parts": [PART_NAMES[name] for name in NAMES], "steps": waterfall(sheet, ask.currency),
        "largest": largest(found), "plans": budgets, "versions": version_choices(request, ask), "period_name": label_of(ask.period),
        "periods": period_choices(ask, edges() or ask.period, home.fiscal_start if home else 1),  # type: ignore[arg-type]
        "currencies": currencies(ask.currency, home.currency if home else "USD"), "places": places(ask),
        "rates": [pair for pair in rates.choices() if pair[0] != "day"], "rate_name": rates.rule(ask.rate).label,
        "plan_rates": ", ".join(dict.fromkeys(str(rates.rule(budget.rate or "month").label) for budget in budgets)),
        "warnings": warnings(found), "csv_url": export["csv"], "xlsx_url": export["xlsx"],  # type: ignore[arg-type]
        "previous_url": ask.query(period=moved(ask.period, -1).code), "next_url": ask.query(period=moved(ask.period, 1).code),
        "detail_url": ask.query(detail="" if ask.detail else "1"), "share_url": ask.query(share="" if ask.share else "1"),
        "not_shared": ask.share and not found.asked.share, "shared": found.asked.share,
        "left": left_words(found.left_actuals, accounts, ask.currency), "left_plans": left_words(found.left_plans, accounts, ask.currency), "shut": len(found.kept) < len(Line.values),
        "by_market": by_market(ask, found), "account": account_part(ask, found, accounts),
    }  # fmt: skip


def draw(ask: VarianceAsk, row: Row, accounts: dict[str, Account], year: Decimal) -> Drawn:
    """One row with its links."""

    def money(value: Decimal) -> str:
        return format_money(Money(value, ask.currency))

    change, plan = difference(row), row.cells[PLAN]
    url = ask.query(account=row.account, detail="1") + "#account" if row.account else ""
    return Drawn(
        row.kind, title_of(row, accounts), url, money(plan), (money(row.total), behind(ask, row)), money(change),
        format_percent(change / abs(plan)) if plan else "–", "good" if change > 0 else "bad" if change < 0 else "",
        [money(row.cells[name]) if row.cells[name] else "–" for name in NAMES], money(year),
    )  # fmt: skip


def behind(ask: VarianceAsk, row: Row) -> str:
    """The page of the rows that an actual amount was counted from; blank for results and for amounts that are shared out."""
    if row.kind == "result" or ask.share:
        return ""
    what = {"account": row.account} if row.account else {"line": row.line}
    places = {"market": str(ask.scope.market or ""), "entity": str(ask.scope.entity or "")}
    try:
        address = reverse("finance:profit-rows")
    except NoReverseMatch:
        return ""
    return f"{address}?{urlencode({'period': ask.period.code, **what, **{name: value for name, value in places.items() if value}})}"


def waterfall(sheet: Sheet, currency: str) -> list[Bar]:
    """From the planned to the actual result: the last one that may be seen."""
    results = [row for row in sheet.rows if row.kind == "result"]
    if not results or not any(row.cells[PLAN] or row.total for row in results):
        return []
    row = results[-1]
    name = str(RESULT_NAMES[row.line])
    told = [(True, row.cells[PLAN], _("%(result)s as planned") % {"result": name})]
    told += [(False, row.cells[part], str(PART_NAMES[part])) for part in NAMES]
    told += [(True, row.total, _("%(result)s as it was") % {"result": name})]
    steps = steps_of([(whole, amount) for whole, amount, _name in told])
    return [
        Bar(words, format_money(Money(amount, currency)), "sum" if whole else "down" if amount < 0 else "up",
            f"{step.start:.2f}", f"{step.width:.2f}", f"{step.zero:.2f}", "")
        for (whole, amount, words), step in zip(told, steps, strict=True)
    ]  # fmt: skip


def version_choices(request: HttpRequest, ask: VarianceAsk) -> list[tuple[str, str]]:
    """The versions to choose from."""
    rows = versions(request.person, ask.period)  # type: ignore[attr-defined]
    named = [(str(row.pk), f"{row.name} · {row.get_kind_display()} · {row.get_state_display()}") for row in rows[:50]]
    return [(FORCE, _("Approved budgets in force")), *named]


def places(ask: VarianceAsk) -> list[tuple[str, str, list[tuple[str, str]], str]]:
    """Market and entity to choose: name of the field, label, choices, chosen."""
    markets = [(str(row.pk), str(row.name)) for row in Market.objects.all()]
    entities = [(str(row.pk), str(row.name)) for row in Entity.objects.filter(active=True)]
    return [("market", _("All markets"), markets, ask.market), ("entity", _("All entities"), entities, ask.entity)]


def by_market(ask: VarianceAsk, found: Comparison) -> list[Drawn]:
    """The result one may see by market, for a view that is not of one market already."""
    if ask.scope.market:
        return []
    rows = found.table("market")
    names = names_of("market", [key for key, _row in rows if key != TOTAL])
    return [
        item(
            ask,
            row,
            _("Total") if key == TOTAL else names[key],
            "" if key in (TOTAL, None) else ask.query(market=str(key)),
        )
        for key, row in rows
    ]


def account_part(ask: VarianceAsk, found: Comparison, accounts: dict[str, Account]) -> dict[str, Any] | None:
    """What lies behind one account: its items by market and product."""
    if ask.account not in accounts or accounts[ask.account].line not in found.kept:
        return None
    rows = found.table("item", {"account": ask.account})
    markets = names_of("market", {key[0] for key, _row in rows if key != TOTAL})
    products = names_of("product", {key[1] for key, _row in rows if key != TOTAL})
    shown = [*rows[:MOST_ITEMS], rows[-1]] if len(rows) > MOST_ITEMS + 1 else rows
    drawn_rows = [
        item(ask, row, _("Total") if key == TOTAL else words(markets[key[0]], products[key[1]] if key[1] else ""), "")
        for key, row in shown
    ]
    return {
        "name": str(accounts[ask.account].name),
        "rows": drawn_rows,
        "left": len(rows) - len(shown),
        "close_url": ask.query(account=""),
    }


def words(market: str, product: str) -> str:
    """An item in words."""
    return f"{market} · {product}" if product else market


def item(ask: VarianceAsk, row: Row, name: str, url: str) -> Drawn:
    """A row of a table by market or item."""
    made = draw(ask, Row("result", "result", "", row.cells, row.total), {}, Decimal(0))
    return Drawn(
        "item", name, url, made.plan, (made.actual[0], ""), made.difference, made.share, made.tone, made.parts, ""
    )


PAGES = (VariancePage,)
