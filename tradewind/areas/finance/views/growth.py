"""Growth: where more (or less) revenue comes from, and products that could be sold where they are not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tradewind.areas.finance.actions import opportunities as actions
from tradewind.areas.finance.forms.reviews import JudgeFields, NoteFields, OwnerFields
from tradewind.areas.finance.models import Opportunity
from tradewind.areas.finance.queries import growth as queries
from tradewind.areas.finance.queries.growth import BEFORE, NEW, REST, RETURNING, Growth, change, growth
from tradewind.areas.finance.queries.profit_asked import edges, label_of, moved, period_choices
from tradewind.areas.finance.queries.variance import TOTAL
from tradewind.areas.finance.queries.variance_asked import VarianceAsk, read_ask
from tradewind.areas.finance.rules.growth import NAMES
from tradewind.areas.finance.rules.profit import Row
from tradewind.areas.finance.rules.waterfall import steps_of
from tradewind.areas.finance.views.profit import Bar, currencies, warnings
from tradewind.base.money import Money
from tradewind.base.period import Period
from tradewind.engines.access.scope import Scope
from tradewind.engines.actions.models import Event
from tradewind.engines.metrics import rates
from tradewind.engines.metrics.board import names_of
from tradewind.nouns.org.models import Company, Market
from tradewind.nouns.org.queries import reader
from tradewind.ui import hooks
from tradewind.ui.formats import format_money, format_percent
from tradewind.ui.pages import ActionPage, Choice, Col, DetailPage, ListPage, Page, Ref, is_part
from tradewind.ui.pages.files import FILES

PART_NAMES: dict[str, Any] = {
    "volume": gettext_lazy("Volume"), "price": gettext_lazy("Price"), "mix": gettext_lazy("Mix"), "market": gettext_lazy("New in a market"),
    "product": gettext_lazy("New products"), "exchange": gettext_lazy("Exchange"),
}  # fmt: skip
GROUP_NAMES: dict[str, Any] = {
    NEW: gettext_lazy("New customers"), RETURNING: gettext_lazy("Returning customers"),
    REST: gettext_lazy("Refunds, credits and sales without a known customer"),
}  # fmt: skip
COSTS = "finance.view_costs"
COMPARES = (("year", gettext_lazy("Year before")), ("previous", gettext_lazy("Months before")))
REASONS: dict[str, Any] = {
    "markets": gettext_lazy("sold in one market only"), "units": gettext_lazy("fewer than 30 units a year"),
    "months": gettext_lazy("sold in fewer than three months"), "market": gettext_lazy("no sales in the other market"),
}  # fmt: skip


@dataclass(frozen=True)
class GrowthRow:
    """A row as it is drawn."""

    name: str
    url: str
    before: str
    now: str
    change: str
    share: str
    tone: str
    parts: list[str]


class GrowthPage(Page):
    """Growth of net revenue between two spans, by drivers and by customers."""

    area, name, path = "finance", "growth", "growth/"
    title, icon, template = gettext_lazy("Growth"), "trending-up", "finance/growth.html"
    read, guide = "finance.view_revenue", "variance"

    @classmethod
    def urls(cls) -> list[URLPattern]:
        return [*super().urls(), path("growth/export/<str:kind>/", cls.as_view(), name="growth-export")]

    @classmethod
    def url_names(cls) -> list[str]:
        return ["growth", "growth-export"]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        scope = getattr(request, "scope", None)
        ask = read_ask(request.GET.dict(), scope if isinstance(scope, Scope) else Scope())
        ask = ask if request.GET.get("period") else replace(ask, period=quarter(ask.period))
        compare = "previous" if request.GET.get("compare") == "previous" else "year"
        before = moved(ask.period, -1) if compare == "previous" else ask.period.year_before()
        found = growth(reader(request), before, ask.period, ask.currency, ask.rate, ask.scope)
        if "kind" in kwargs:
            if kwargs["kind"] not in FILES:
                raise Http404
            hooks.call("on_export", request, self, len(found.items))
            return FILES[kwargs["kind"]](table(found), f"finance-growth-{ask.period.code}.{kwargs['kind']}")
        template = "finance/growth_part.html" if is_part(request, "growth") else ""
        return self.show(request, drawn(ask, found, compare), template=template)


def quarter(month: Period) -> Period:
    """The three months up to a month."""
    return Period(month.previous().previous().start, month.end)


def address(ask: VarianceAsk, compare: str, **changes: str) -> str:
    """The address query of this view with changes."""
    kept = {
        "period": ask.period.code,
        "compare": compare,
        "currency": ask.currency,
        "rate": ask.rate,
        "market": ask.market,
        **changes,
    }
    return "?" + urlencode({name: value for name, value in kept.items() if value})


def table(found: Growth) -> Iterator[list[Any]]:
    """Growth by market as rows of a file, the heading first."""
    rows = found.by_market()
    names = names_of("market", [key for key, _row in rows if key != TOTAL])
    parts = [str(PART_NAMES[name]) for name in NAMES]
    yield [_("Market"), label_of(found.before), label_of(found.now), _("Change"), *parts, found.currency]
    for key, row in rows:
        name = _("Total") if key == TOTAL else names[key]
        yield [
            name,
            row.cells.get(BEFORE, Decimal(0)),
            row.total,
            change(row),
            *(row.cells.get(part, Decimal(0)) for part in NAMES),
        ]


def drawn(ask: VarianceAsk, found: Growth, compare: str) -> dict[str, Any]:
    """What the template draws."""
    rows, home = found.by_market(), Company.objects.first()
    names = names_of("market", [key for key, _row in rows if key != TOTAL])
    groups = found.by_customers()
    return {
        "ask": ask, "compare": compare, "compares": COMPARES, "steps": waterfall(rows[-1][1], found) if len(rows) > 1 else [],
        "rows": [draw(found, row, _("Total") if key == TOTAL else names[key],
                      "" if key in (TOTAL, None) else address(ask, compare, market=str(key)), NAMES) for key, row in rows] if len(rows) > 1 else [],
        "parts": [PART_NAMES[name] for name in NAMES], "before_name": label_of(found.before), "now_name": label_of(found.now),
        "groups": [(draw(found, row, _("Total") if key == TOTAL else str(GROUP_NAMES[key]), "", ("number", "spending", "other")),
                    *people(found, key)) for key, row in groups],
        "periods": period_choices(ask, edges() or ask.period, home.fiscal_start if home else 1),  # type: ignore[arg-type]
        "currencies": currencies(ask.currency, home.currency if home else "USD"),
        "rates": [pair for pair in rates.choices() if pair[0] != "day"], "rate_name": rates.rule(ask.rate).label,
        "markets": [(str(row.pk), str(row.name)) for row in Market.objects.all()], "warnings": warnings(found),  # type: ignore[arg-type]
        "previous_url": address(ask, compare, period=moved(ask.period, -1).code),
        "next_url": address(ask, compare, period=moved(ask.period, 1).code),
        "csv_url": f"{reverse('finance:growth-export', args=['csv'])}{address(ask, compare)}",
        "xlsx_url": f"{reverse('finance:growth-export', args=['xlsx'])}{address(ask, compare)}",
    }  # fmt: skip


def people(found: Growth, group: str) -> tuple[str, str]:
    """How many customers of a group there were before and are now."""
    if group not in (NEW, RETURNING):
        return "–", "–"
    before, now = (str(part[group].people) if group in part else "0" for part in found.buyers)
    return before, now


def draw(found: Growth, row: Row, name: str, url: str, columns: tuple[str, ...]) -> GrowthRow:
    """One row."""

    def money(value: Decimal) -> str:
        return format_money(Money(value, found.currency))

    before, grown = row.cells.get(BEFORE, Decimal(0)), change(row)
    return GrowthRow(
        name, url, money(before), money(row.total), money(grown), format_percent(grown / abs(before)) if before else "–",
        "good" if grown > 0 else "bad" if grown < 0 else "",
        [money(row.cells[part]) if row.cells.get(part) else "–" for part in columns],
    )  # fmt: skip


def waterfall(row: Row, found: Growth) -> list[Bar]:
    """From the revenue before to the revenue now."""
    told = [(True, row.cells.get(BEFORE, Decimal(0)), label_of(found.before))]
    told += [(False, row.cells.get(part, Decimal(0)), str(PART_NAMES[part])) for part in NAMES]
    told += [(True, row.total, label_of(found.now))]
    steps = steps_of([(whole, amount) for whole, amount, _name in told])
    return [
        Bar(words, format_money(Money(amount, found.currency)), "sum" if whole else "down" if amount < 0 else "up",
            f"{step.start:.2f}", f"{step.width:.2f}", f"{step.zero:.2f}", "")
        for (whole, amount, words), step in zip(told, steps, strict=True)
    ]  # fmt: skip


# --- opportunities -------------------------------------------------------------------------------------------------

TONES = {
    Opportunity.OPEN: "neutral", Opportunity.TRIED: "info", Opportunity.WORKED: "good", Opportunity.FAILED: "bad",
    Opportunity.DROPPED: "neutral",
}  # fmt: skip


class OpportunityList(ListPage[Opportunity]):
    area, stem = "finance", "opportunity"
    title, icon, read, guide = gettext_lazy("Opportunities"), "seedling", "finance.view_profit", "variance"
    columns = [
        Col("product", gettext_lazy("Product"), value=lambda row: str(row.product), link=True),
        Col("market", gettext_lazy("Market"), sort="market__code"),
        Col("seen_in", gettext_lazy("Sells best in")),
        Col("low", gettext_lazy("From"), kind="money", currency="currency"),
        Col(
            "estimate",
            gettext_lazy("Net revenue of a year, estimate"),
            kind="money",
            currency="currency",
            sort="estimate",
        ),
        Col("high", gettext_lazy("To"), kind="money", currency="currency"),
        Col(
            "margin_low",
            gettext_lazy("Left after cost, from"),
            kind="money",
            currency="currency",
            read=COSTS,
            hidden=True,
        ),
        Col("margin", gettext_lazy("Left after cost, estimate"), kind="money", currency="currency", read=COSTS),
        Col(
            "margin_high",
            gettext_lazy("Left after cost, to"),
            kind="money",
            currency="currency",
            read=COSTS,
            hidden=True,
        ),
        Col("state", gettext_lazy("State"), kind="chip", value="get_state_display", tone=lambda row: TONES[row.state]),
        Col("owner", gettext_lazy("Owner"), kind="person"),
        Col("tried_on", gettext_lazy("Tried since"), kind="day", sort="tried_on"),
        Col("result", gettext_lazy("Net revenue of a year, measured"), kind="money", currency="currency"),
        Col("margin_result", gettext_lazy("Left after cost, measured"), kind="money", currency="currency", read=COSTS),
    ]
    filters = [
        Choice("state", gettext_lazy("State"), Opportunity.STATES),
        Ref("market", gettext_lazy("Market"), lambda request: Market.objects.all()),
    ]
    default_order = "-estimate"
    primary, primary_code, primary_label = (
        "finance:opportunity-find",
        "finance.find_opportunities",
        gettext_lazy("Look now"),
    )
    empty = gettext_lazy(
        "Products that sell in at least two markets and not in a third appear here, with what they could bring."
    )

    def rows(self, request: HttpRequest) -> QuerySet[Opportunity]:
        return queries.opportunities(reader(request))

    def search(self, rows: QuerySet[Opportunity], text: str) -> QuerySet[Opportunity]:
        return rows.filter(product__title__icontains=text) | rows.filter(product__sku__icontains=text)


def thin_words() -> str:
    """What could not be estimated when opportunities were last looked for, and why."""
    event = Event.objects.filter(name="finance.find_opportunities").order_by("-pk").first()
    refused = event.counts.get("refused", {}) if event is not None else {}
    return _(", ").join(f"{many} {REASONS[code]}" for code, many in refused.items() if code in REASONS)


class OpportunityFind(ActionPage[Opportunity]):
    of, verb, with_row = OpportunityList, "find", False
    title, button, icon = gettext_lazy("Look for opportunities"), gettext_lazy("Look now"), "search"
    text = gettext_lazy(
        "Takes the last twelve months. What is being tried or was let go stays as it is; open ones get a new estimate."
    )
    action, form = actions.find_opportunities, None

    def finish(self, request: HttpRequest, row: Any) -> HttpResponseBase:
        count = row if isinstance(row, int) else 0
        words = ngettext("%(count)s opportunity", "%(count)s opportunities", count) % {"count": count}
        thin = thin_words()
        left = _("Not estimated: %(reasons)s.") % {"reasons": thin} if thin else ""
        messages.success(request, f"{words}. {left}".strip())
        return HttpResponseRedirect(reverse("finance:opportunity-list"))


def method(row: Opportunity) -> str:
    """How estimate and result are found."""
    words = _(
        "The product’s share of net revenue in the markets that sell it, times what this market turns over in a year; the range holds 80 of 100."
    )
    after = _(
        "What is left after cost is contribution margin 2 (net revenue, postage and other income less landed cost, fulfilment and fees),"
        " by the same shares; it is measured from the month in which it was tried."
    )
    unknown = _("What is left after cost is not told: the cost of the goods is not known everywhere.")
    return f"{words} {unknown if row.margin is None and row.margin_result is None else after}"


class OpportunityDetail(DetailPage[Opportunity]):
    of = OpportunityList
    title, guide = staticmethod(lambda row: f"{row.product} · {row.market}"), "variance"
    facts = [*OpportunityList.columns[1:], Col("method", gettext_lazy("How it is estimated"), value=method), Col("note", gettext_lazy("Note")), Col("measured_on", gettext_lazy("Measured"), kind="day"),
             Col("found_on", gettext_lazy("Found"), kind="day")]  # fmt: skip
    actions = ["finance:opportunity-try", "finance:opportunity-judge", "finance:opportunity-drop"]


class OpportunityTry(ActionPage[Opportunity]):
    of, verb = OpportunityList, "try"
    title, button, icon = gettext_lazy("Try it"), gettext_lazy("Try it"), "player-play"
    text = gettext_lazy("What it brings is measured from today on. Four weeks later it can be judged.")
    action, form = actions.try_opportunity, OwnerFields
    states = (Opportunity.OPEN, Opportunity.DROPPED)


class OpportunityDrop(ActionPage[Opportunity]):
    of, verb = OpportunityList, "drop"
    title, button, icon = gettext_lazy("Let it go"), gettext_lazy("Let it go"), "x"
    action, form = actions.drop_opportunity, NoteFields
    states = (Opportunity.OPEN,)


class OpportunityJudge(ActionPage[Opportunity]):
    of, verb = OpportunityList, "judge"
    title, button, icon = gettext_lazy("Judge the result"), gettext_lazy("Judge"), "scale"
    action, form = actions.judge_opportunity, JudgeFields
    states = (Opportunity.TRIED,)


PAGES = (
    GrowthPage,
    OpportunityFind,
    OpportunityList,
    OpportunityDetail,
    OpportunityTry,
    OpportunityDrop,
    OpportunityJudge,
)
