"""What a dashboard shows: tiles with their trend, the main chart, and the cut below it, all links included."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from tradewind.base.errors import NotAllowed
from tradewind.base.money import Money
from tradewind.base.period import Period
from tradewind.base.places import COUNTRIES
from tradewind.engines.access.scope import Scope, can
from tradewind.engines.metrics import corners, figures, targets
from tradewind.engines.metrics.figures import Figure, Sheet, State
from tradewind.engines.metrics.models import Target
from tradewind.engines.metrics.question import Filters, Key, Question, reach, unanswerable
from tradewind.engines.metrics.registry import COUNT, CUT_NAMES, DAYS, MONEY_UNIT, Dashboard, Metric, metric_of
from tradewind.engines.metrics.state import NONE, Home, View, read_view
from tradewind.engines.metrics.targets import STATE_NAMES, TONES
from tradewind.nouns.org.models import Entity, Market, Person
from tradewind.nouns.trade.models import Channel, Product
from tradewind.ui.charts import Chart, Series
from tradewind.ui.formats import format_money, format_month, format_number, format_percent, symbol

MODELS: dict[str, Any] = {"entity": Entity, "market": Market, "channel": Channel, "product": Product}
NOWHERE = {
    "entity": gettext_lazy("No entity"), "market": gettext_lazy("No market"), "channel": gettext_lazy("No channel"),
    "product": gettext_lazy("No product"),
}  # fmt: skip
DEEPER = {"market": "country", "country": "channel", "channel": "product"}
DAYS_AT_MOST = 62
ROWS = 20
LARGE = 10_000


@dataclass(frozen=True)
class TileView:
    """One tile as it is drawn."""

    label: Any
    meaning: Any
    value: str
    delta: Decimal | None
    year_delta: Decimal | None
    good: str
    spark: Sequence[Decimal | None]
    url: str
    chosen: bool
    wish: WishView | None = None


@dataclass(frozen=True)
class WishView:
    """A tile's target: what is wished, the share reached and the share that should be by now, and the state in words."""

    goal: str
    share: Decimal | None
    due: Decimal | None
    state: Any
    tone: str
    url: str


@dataclass(frozen=True)
class Row:
    """One slice of the cut."""

    name: str
    cells: Sequence[str]
    delta: Decimal | None
    share: Decimal | None
    url: str
    facts_url: str


@dataclass(frozen=True)
class Cut:
    """The slices of one cut; `more` are not shown."""

    heads: Sequence[Any]
    rows: Sequence[Row]
    chart: Chart | None
    more: int


class Board:
    """A dashboard for one person and view. Every number is limited to what the person may see of its metric."""

    def __init__(self, board: Dashboard, view: View, person: Person | None, scope: Scope = Scope()) -> None:  # noqa: B008
        self.board, self.view, self.person = board, view, person
        self.state = State.now()
        self.filters = stored(view.filters)
        chosen = dict(self.filters)
        asked = Scope(scope.entity or first(chosen.get("entity")), scope.market or first(chosen.get("market")))
        self.scopes: dict[str, tuple[Scope, ...]] = {}
        for name in board.tiles:
            metric = metric_of(name)
            if metric.monthly and metric.source not in dict(self.state.others):
                continue  # never counted yet
            try:
                self.scopes[name] = reach(person, metric, asked)
            except NotAllowed:
                continue
        if not self.scopes:
            raise NotAllowed(_("You may not see these numbers."))
        self.sheets: list[Sheet] = []

    @property
    def metrics(self) -> list[Metric]:
        """The metrics this person may see that answer for the shown days and filters."""
        return self.answering(map(metric_of, self.scopes), self.view.period)

    def answering(self, metrics: Iterable[Metric], period: Period, *by: str) -> list[Metric]:
        """Those that answer for a period, cut like this: some know no products or countries, some whole months alone."""
        question = Question(period.start, period.end, by, filters=self.filters)
        return [metric for metric in metrics if not unanswerable(metric, question)]

    def rate_of(self, metric: Metric) -> str:
        """The shown rule; what is counted by month goes by the month's average where that is the rate of the day."""
        return metric.usual_rate if metric.monthly and self.view.rate == DAYS else self.view.rate

    @property
    def main(self) -> Metric:
        """The metric of the main chart."""
        return next((m for m in self.metrics if m.id == self.view.metric), self.metrics[0])

    def figures(
        self, metrics: Iterable[Metric], period: Period, *by: str, products: Sequence[Any] = ()
    ) -> dict[Key, dict[str, Figure]]:
        """The figures of those metrics that answer, by slice, of chosen products alone; without a cut the whole under an empty key."""
        found: dict[Key, dict[str, Figure]] = {}
        groups: dict[tuple[tuple[Scope, ...], str, str], list[str]] = {}
        for metric in self.answering(metrics, period, *by):
            groups.setdefault((self.scopes[metric.id], self.rate_of(metric), metric.source), []).append(metric.id)
        for (scopes, rate, _source), names in groups.items():
            filters = (*self.filters, ("product", tuple(products))) if products else self.filters
            question = Question(period.start, period.end, by, scopes, filters)
            sheet = figures.sheet(names, question, currency=self.view.currency, rate=rate, state=self.state)
            self.sheets.append(sheet)
            for one in sheet.slices if by else sheet.whole:
                found.setdefault(one.key, {}).update(one.figures)
        return found

    def whole(self, period: Period) -> dict[str, Figure]:
        """Every metric's whole figure of a period."""
        return self.figures(self.metrics, period).get((), {})

    def tiles(self) -> list[TileView]:
        """All tiles, compared with the period before and the year before."""
        period = self.view.period
        before, year = (self.whole(self.view.alike(other)) for other in (period.previous(), period.year_before()))
        now = self.whole(period)
        step, trending = self.step(), [m for m in self.metrics if m.live is None]
        trending = self.answering(trending, period, step)
        trend = self.figures(trending, period, step)
        codes = [code for code, _label, days in steps(period, step) if days.start <= self.view.last]
        wishes = self.wishes()
        return [
            TileView(
                m.label, m.meaning, text(now.get(m.id), m, self.view.currency, short=True),
                change(now.get(m.id), before.get(m.id)), change(now.get(m.id), year.get(m.id)), m.better or "up",
                [value_of(trend.get((code,), {}).get(m.id), m) for code in codes] if m in trending else [],
                self.view.query(metric=m.id), m.id == self.main.id, wishes.get(m.id),
            )
            for m in self.metrics
        ]  # fmt: skip

    def wishes(self) -> dict[str, WishView]:
        """The targets of exactly the shown corner and period, by metric, where the reader may see targets."""
        filters = tuple(pair for pair in self.filters if pair[0] in corners.CUTS)
        places: dict[Scope, list[str]] = {}
        for metric in self.metrics:
            for place in self.scopes[metric.id] if len(self.scopes[metric.id]) == 1 else ():
                if can(self.person, "metrics.view_target", place):
                    places.setdefault(place, []).append(metric.id)
        found = {}
        for place, names in places.items():
            for name, row in targets.found(names, place, self.view.period, filters).items():
                one = targets.stand(row, state=self.state)
                due = one.expected / one.goal if one.expected and one.goal > 0 else None
                due = due if due and due < 1 else None
                words = corners.words(row, one.goal)
                found[name] = WishView(words, one.share, due, STATE_NAMES[one.state], TONES[one.state], url_of(row))
        return found

    def step(self) -> str:
        """Days for short periods, months for longer ones."""
        return "day" if self.view.period.days <= DAYS_AT_MOST else "month"

    def chart(self) -> Chart:
        """The main metric over the period, beside the compared one; a month leads to its days, a day to its facts."""
        metric, step = self.main, self.step()
        period, other = self.view.period, self.view.compared()
        if metric.monthly and step == "day":  # a month by itself is no line: the year up to it is
            step, period = "month", year_to(period)
            other = other and period.year_before()
        places = steps(period, step)
        series = [self.series(metric, period, "metric:0", period.label(), places, step)]
        if other:
            series.append(self.series(metric, other, "other", other.label(), steps(other, step), step, len(places)))
        return Chart(
            title=metric.label, kind="line", unit=unit_of(metric), currency=self.view.currency, period=period.label(),
            note=self.rate_note(metric), categories=[code for code, _label, _days in places],
            labels=[label for _code, label, _days in places], series=series, additive=False,
            category_label=_("Day") if step == "day" else _("Month"),
            places=0 if metric.unit == COUNT else None,
        )  # fmt: skip

    def series(
        self, metric: Metric, period: Period, key: str, label: str, places: Sequence[Place], step: str, length: int = 0
    ) -> Series:
        """One line of the main chart; a compared one is cut or filled to the length of the first."""
        found = self.figures([metric], period, step)
        values = [
            value_of(found.get((code,), {}).get(metric.id), metric) if days.start <= self.view.last else None
            for code, _label, days in places
        ]
        if length:
            return Series(key, label, (values + [None] * length)[:length])
        urls = [self.facts_url(days) if step == "day" else self.view.moved(days) for _code, _label, days in places]
        return Series(key, label, values, urls)

    def rate_note(self, metric: Metric) -> str:
        """The rate rule, where money is converted."""
        if metric.unit != MONEY_UNIT:
            return ""
        labels = [sheet.rate_label for sheet in self.sheets if sheet.rate == self.rate_of(metric)]
        return str(labels[0]) if labels else ""

    def rows(self) -> Cut:
        """The cut below the chart: heads, the largest slices, and their chart."""
        cut, main = self.view.cut, self.main
        shown = self.answering(self.metrics, self.view.period, cut)
        if main not in shown:
            main = shown[0]
        products, many = self.best_products(main) if cut == "product" else ([], 0)
        if cut == "product" and not products and not self.view.filters.get("product"):
            return Cut([m.label for m in shown], [], None, 0)
        found = self.figures(shown, self.view.period, cut, products=products)
        other = self.view.compared()
        before = self.figures([main], self.view.alike(other), cut, products=products) if other else {}
        order = sorted(found, key=lambda key: (-(value_of(found[key].get(main.id), main) or 0), str(key[0])))[:ROWS]
        names = names_of(cut, [key[0] for key in order])
        whole = self.whole(self.view.period).get(main.id) if main.additive else None
        rows = [
            Row(
                names[key[0]],
                [text(found[key].get(m.id), m, self.view.currency) for m in shown],
                change(found[key].get(main.id), before.get(key, {}).get(main.id)) if other else None,
                share(found[key].get(main.id), whole),
                self.deeper(cut, key[0]),
                self.facts_url(self.view.period, **{cut: told(key[0])}),
            )
            for key in order
        ]
        chart = self.cut_chart(main, rows, [found[key] for key in order])
        return Cut([m.label for m in shown], rows, chart, max(many, len(found)) - len(rows))

    def best_products(self, metric: Metric) -> tuple[list[Any], int]:
        """The products that can be among the largest, and how many products there are."""
        if self.view.filters.get("product"):
            return [], 1
        question = Question(
            self.view.period.start, self.view.period.end, ("product",), self.scopes[metric.id], self.filters
        )
        return figures.leaders(
            metric.id,
            question,
            currency=self.view.currency,
            rate=self.rate_of(metric),
            count=ROWS + 5,
            state=self.state,
        )

    def cut_chart(self, metric: Metric, rows: Sequence[Row], found: Sequence[Mapping[str, Figure]]) -> Chart | None:
        """The slices as bars."""
        if len(rows) < 2:
            return None
        title = _("%(metric)s by %(cut)s") % {"metric": metric.label, "cut": str(CUT_NAMES[self.view.cut]).lower()}
        shown = list(zip(rows, found, strict=True))[:12]
        series = Series("metric:0", metric.label, [value_of(one.get(metric.id), metric) for _row, one in shown],
                        [row.url for row, _one in shown])  # fmt: skip
        return Chart(
            title=title, kind="hbar", unit=unit_of(metric), currency=self.view.currency, series=[series],
            period=self.view.period.label(), note=self.rate_note(metric), categories=[row.name for row, _one in shown],
            category_label=CUT_NAMES[self.view.cut], places=0 if metric.unit == COUNT else None,
        )  # fmt: skip

    def deeper(self, cut: str, key: Any) -> str:
        """The same view of one slice, cut by the next dimension."""
        return self.view.only(**{cut: told(key)}).query(cut=DEEPER.get(cut, cut))

    def facts_url(self, period: Period, **more: str) -> str:
        """The list of counted orders behind a slice of a period; blank where there is no such page."""
        try:
            base = reverse(self.board.facts) if self.board.facts else ""
        except NoReverseMatch:
            return ""
        query = {**self.board.facts_query, **self.view.filters, **more,
                 "day_from": period.start.isoformat(), "day_to": period.end.isoformat()}  # fmt: skip
        return f"{base}?{urlencode(query)}" if base else ""

    def chips(self) -> list[tuple[str, str]]:
        """The filters in words, each with the view without it."""
        found = []
        for name in self.view.filters:
            key = dict(self.filters)[name][0]
            found.append((f"{CUT_NAMES[name]}: {names_of(name, [key])[key]}", self.view.query(**{name: ""})))
        return found

    def warnings(self) -> list[str]:
        """What the shown conversions had to leave out or took from old rates."""
        missing: dict[str, Decimal] = {}
        age, published = 0, None
        for sheet in self.sheets:
            for code, amount in sheet.notes.missing.items():
                missing[code] = max(missing.get(code, Decimal(0)), abs(amount))
            if sheet.notes.old and sheet.notes.age > age:
                age, published = sheet.notes.age, sheet.notes.published
        found = []
        if any(sheet.notes.facts for sheet in self.sheets):
            found.append(_("A month here changed after it was closed: products are shown as their facts are now."))
        if missing:
            amounts = ", ".join(
                format_money(Money(amount, code), code=True) for code, amount in sorted(missing.items())
            )
            found.append(_("No exchange rate for some days: %(amounts)s are left out.") % {"amounts": amounts})
        if published:
            found.append(
                _("Some amounts use exchange rates of %(day)s, up to %(age)s days older than the sales.")
                % {"day": published.isoformat(), "age": age}
            )
        return found


Place = tuple[str, str, Period]


def url_of(row: Target) -> str:
    """The page of a target."""
    return reverse("metrics:target-detail", kwargs={"pk": row.pk})


def first(values: tuple[Any, ...] | None) -> Any:
    """The one value of a filter, or None."""
    return values[0] if values else None


def stored(filters: Mapping[str, str]) -> Filters:
    """Filters of an address as stored values; a number that is none picks nothing."""
    found: list[tuple[str, tuple[Any, ...]]] = []
    for name, raw in sorted(filters.items()):
        if name == "country":
            found.append((name, ("" if raw == NONE else raw.upper(),)))
        else:
            found.append((name, (None if raw == NONE else int(raw) if raw.isdecimal() else 0,)))
    return tuple(found)


def told(key: Any) -> str:
    """A slice's key as an address holds it."""
    return NONE if key is None or key == "" else str(key)


def steps(period: Period, step: str) -> list[Place]:
    """The days or months of a period: code, short label, span."""
    if step == "day":
        return [(day.isoformat(), day_label(day), Period(day, day, "day")) for day in period.dates()]
    parts = period.split("month")
    return [(f"{part.start:%Y-%m}", format_month(part.start), part) for part in parts]


def day_label(day: date) -> str:
    """A day on an axis, without its year."""
    return f"{day.month}/{day.day}" if (get_language() or "en").startswith("zh") else f"{day:%-d %b}"


def names_of(cut: str, keys: Iterable[Any]) -> dict[Any, str]:
    """What slices are called in the reader's language."""
    keys = list(keys)
    if cut == "country":
        return {key: str(COUNTRIES[key].name) if key in COUNTRIES else key or _("Unknown") for key in keys}
    rows = MODELS[cut].objects.in_bulk([key for key in keys if key is not None])
    return {key: product_name(rows[key]) if key in rows else str(NOWHERE[cut]) for key in keys}


def product_name(row: Any) -> str:
    """A record's name; a product's number before its title."""
    if isinstance(row, Product) and row.sku and row.title:
        return f"{row.sku} · {row.title}"
    return str(row)


def year_to(period: Period) -> Period:
    """The twelve months up to a period's end."""
    last = Period.containing(period.end, "month")
    return Period(Period.containing(last.start, "month").year_before().next().start, last.end)


def unit_of(metric: Metric) -> str:
    """The chart unit of a metric."""
    return {MONEY_UNIT: "money", COUNT: "number"}.get(metric.unit, "percent")


def value_of(figure: Figure | None, metric: Metric) -> Decimal | None:
    """A figure's value; no facts are zero of a sum or count, nothing of a ratio."""
    if figure is not None:
        return figure.value
    return None if metric.kind == "ratio" else Decimal(0)


def text(figure: Figure | None, metric: Metric, currency: str, *, short: bool = False) -> str:
    """A figure as the reader sees it; a short one leaves the cents of large amounts out."""
    value = value_of(figure, metric)
    if value is None:
        return "–"
    if short and metric.unit == MONEY_UNIT and abs(value) >= LARGE:
        sign = symbol(currency, get_language() or "en", False)
        return f"{'-' if value < 0 else ''}{sign}{format_number(abs(value), 0)}"
    if metric.unit == MONEY_UNIT:
        return format_money(Money(value, currency))
    return format_number(value, 0) if metric.unit == COUNT else format_percent(value)


def share(part: Figure | None, whole: Figure | None) -> Decimal | None:
    """A slice's part of the whole; None where the whole is nothing or does not add up."""
    if part is None or part.value is None or whole is None or not whole.value or whole.value < 0:
        return None
    return part.value / whole.value


def change(now: Figure | None, before: Figure | None) -> Decimal | None:
    """How much larger a figure is than another, as a ratio; None where there is nothing to compare with."""
    if now is None or before is None or now.value is None or not before.value or before.value < 0:
        return None
    return (now.value - before.value) / before.value


def warm(board: Dashboard, home: Home) -> int:
    """Count beforehand what the dashboard's live metrics need at its first look, for the company and each market."""
    state = State.now()
    view = read_view({}, board, home)
    periods = [view.period, *(view.alike(other) for other in (view.period.previous(), view.period.year_before()))]
    cuts: list[tuple[str, ...]] = [(), *((cut,) for cut in board.cuts if cut != "product")]
    scopes = [Scope(), *(Scope(market=pk) for pk in Market.objects.values_list("pk", flat=True))]
    live = [metric for metric in map(metric_of, board.tiles) if metric.live is not None]
    for metric in live:
        for scope in scopes:
            for place, period in enumerate(periods):
                for by in cuts[: 1 if place else None]:
                    figures.counted(metric, Question(period.start, period.end, by, (scope,)), state.stamp)
    return len(live) * len(scopes)
