"""Forecasts of revenue: all series, one with its past and its errors, and what people expect beyond the models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradewind.areas.finance.actions import forecasts as actions
from tradewind.areas.finance.forms.forecasts import BeliefFields, MonthBeliefFields
from tradewind.areas.finance.models import ForecastSeries, Overlay
from tradewind.areas.finance.queries import forecasts as queries
from tradewind.areas.finance.queries.known_days import CLOSED, HOLIDAY, SALE, WEEKEND
from tradewind.areas.finance.rules.adding_up import AGREED
from tradewind.areas.finance.rules.forecasts import Told, add_months, months_between, verdict
from tradewind.base.money import from_units
from tradewind.base.period import Period
from tradewind.engines.metrics import rates
from tradewind.nouns.org.models import Person
from tradewind.nouns.org.queries import company_today
from tradewind.science.extra import COMPLEX, ETS, OPTIMISED
from tradewind.science.forecast import COMBINED, GROWN, NAIVE, SEASONAL_NAIVE
from tradewind.ui.charts import Chart, Series
from tradewind.ui.pages import ActionPage, Choice, Col, DayRange, DetailPage, ListPage, Section

MODEL_NAMES = {
    COMBINED: gettext_lazy("All models, weighted"),
    NAIVE: gettext_lazy("Naive: the last month again"),
    SEASONAL_NAIVE: gettext_lazy("Last year again"),
    GROWN: gettext_lazy("Last year with growth"),
    "simple smoothing": gettext_lazy("Exponential smoothing"),
    "damped trend": gettext_lazy("Damped trend"),
    "theta": gettext_lazy("Theta"),
    "theta 3": gettext_lazy("Theta, more bent"),
    "Holt-Winters": gettext_lazy("Holt-Winters"),
    "tsb": gettext_lazy("Rare demand (TSB)"),
    "adida": gettext_lazy("Rare demand (ADIDA)"),
    "mean": gettext_lazy("Mean of a year"),
    ETS: gettext_lazy("ETS (science extra)"),
    COMPLEX: gettext_lazy("Complex smoothing (science extra)"),
    OPTIMISED: gettext_lazy("Optimised Theta (science extra)"),
    AGREED: gettext_lazy("What is shown, adding up"),
}
DAY_NAMES = {
    WEEKEND: gettext_lazy("Weekend days"), HOLIDAY: gettext_lazy("Holidays where buyers live"), CLOSED: gettext_lazy("Days closed at home"),
    SALE: gettext_lazy("Black Friday to Cyber Monday"),
}  # fmt: skip
KIND_NAMES = [
    ("company", gettext_lazy("Whole company")), ("market", gettext_lazy("Markets")), ("channel", gettext_lazy("Channels")),
]  # fmt: skip
SHOWN_PAST, SHOWN_MISSES = 36, 24
PAST_BESIDE_PEOPLE = 18  # single months that people spoke of are drawn as dots, which a long chart leaves out


def reader(request: HttpRequest) -> Person:
    """The person who reads; the kit lets nobody else come this far."""
    person: Person = request.person  # type: ignore[attr-defined]
    return person


def name_of(row: ForecastSeries | Overlay) -> str:
    """What a series is called."""
    return str(row.channel or row.market or _("Whole company"))


def kind_of(row: ForecastSeries | Overlay) -> str:
    """What a series is of."""
    return _("Market") if row.market_id else _("Channel") if row.channel_id else _("Company")


def month_name(month: date) -> str:
    """A month in words."""
    return Period.containing(month, "month").label()


def score(row: ForecastSeries, model: str, what: str = "smape") -> Decimal | None:
    """An error on the past: sMAPE as a share, MASE as it is; None where it is not known."""
    text = row.scores.get(model, {}).get(what, "")
    if not text:
        return None
    return Decimal(text) / 100 if what == "smape" else Decimal(text)


def shown(row: ForecastSeries) -> str:
    """Whose errors are those of what is shown: of the forecast that adds up, or of the series by itself."""
    return AGREED if AGREED in row.scores else row.model


def judged(row: ForecastSeries) -> str:
    """Whether what is shown did better than the naive forecast at earlier origins, in a word."""
    if row.refused:
        return _("Too little history")
    ours, theirs = score(row, shown(row)), score(row, NAIVE)
    if ours is None or theirs is None:
        return _("Not tested")
    return _("Not worse than naive") if ours <= theirs else _("Worse than naive")


def tone(row: ForecastSeries) -> str:
    """The colour of that word."""
    ours, theirs = score(row, shown(row)), score(row, NAIVE)
    return "neutral" if row.refused or ours is None or theirs is None else "good" if ours <= theirs else "attention"


def refusal(row: ForecastSeries) -> str:
    """Why there is no forecast."""
    kind, *numbers = row.refused.split(":")
    if kind == "thin" and len(numbers) == 2:
        told = {"have": numbers[0], "need": numbers[1]}
        return _("%(have)s whole months are known, at least %(need)s are needed.") % told
    return row.refused


def of_kind(rows: QuerySet[ForecastSeries], values: Sequence[str]) -> QuerySet[ForecastSeries]:
    """Series of the company, of markets, of channels."""
    wanted = Q(pk__in=[])
    if "company" in values:
        wanted |= Q(market=None, channel=None)
    if "market" in values:
        wanted |= Q(market__isnull=False)
    if "channel" in values:
        wanted |= Q(channel__isnull=False)
    return rows.filter(wanted)


class ForecastList(ListPage[ForecastSeries]):
    """The forecasts that hold now."""

    area, stem = "finance", "forecast"
    title, icon, read = gettext_lazy("Forecast of revenue"), "chart-line", queries.READ
    guide = "forecast"
    columns = [
        Col("name", gettext_lazy("Series"), value=name_of, link=True),
        Col("kind", gettext_lazy("Kind"), value=kind_of),
        Col("next_amount", gettext_lazy("First month"), kind="money", currency="run.currency"),
        Col("ahead", gettext_lazy("12 months"), kind="money", currency="run.currency", sort="ahead"),
        Col("error", gettext_lazy("Error on the past"), kind="percent", value=lambda row: score(row, shown(row))),
        Col("naive", gettext_lazy("Naive forecast's error"), kind="percent", value=lambda row: score(row, NAIVE)),
        Col("judged", gettext_lazy("Tested"), kind="chip", value=judged, tone=tone),
        Col("model", gettext_lazy("Model"), value=lambda row: str(MODEL_NAMES.get(row.model, row.model))),
        Col("origin", gettext_lazy("From month"), kind="day", value="run.origin", hidden=True),
        Col("refused", gettext_lazy("Why none"), value=refusal, hidden=True),
    ]
    filters = [Choice("kind", gettext_lazy("Kind"), KIND_NAMES, apply=of_kind)]
    default_order = "-ahead"
    primary, primary_code, primary_label = (
        "finance:forecast-make",
        "finance.ask_forecasts",
        gettext_lazy("Forecast anew"),
    )
    empty = gettext_lazy(
        "On the second of each month revenue is forecast for the company, its markets and its channels, from eight whole months on."
    )

    def rows(self, request: HttpRequest) -> QuerySet[ForecastSeries]:
        return queries.series_now(reader(request))

    def search(self, rows: QuerySet[ForecastSeries], text: str) -> QuerySet[ForecastSeries]:
        return rows.filter(
            Q(channel__name__icontains=text) | Q(market__code__istartswith=text) | Q(market__name__icontains=text)
        )


@dataclass(frozen=True)
class Ahead:
    """A month ahead as it is shown."""

    month: date
    currency: str
    amount: Decimal
    own: Decimal | None
    low: Decimal
    high: Decimal
    naive: Decimal | None
    year_before: Decimal | None
    person: Decimal | None
    reason: str
    believe_url: str


@dataclass(frozen=True)
class Tried:
    """A model with its errors and its share."""

    model: str
    share: Decimal | None
    smape: Decimal | None
    mase: Decimal | None


def told_of(row: ForecastSeries | Overlay) -> list[Told]:
    """The finished months of a series with what was expected of them, newest first."""
    return list(reversed(queries.told([queries.key_of(row)], months=SHOWN_MISSES).get(queries.key_of(row), [])))


def months_ahead(request: HttpRequest, row: ForecastSeries) -> list[Ahead]:
    """The months ahead with what people expect, and the same month a year before."""
    past, currency = history_of(row), row.run.currency
    believed = {
        one.month: one
        for one in queries.overlays(reader(request)).filter(
            market=row.market_id, channel=row.channel_id, currency=currency
        )
    }
    url, today = reverse("finance:forecast-believe", args=[row.pk]), company_today()
    may = request.may("finance.save_overlay", row)  # type: ignore[attr-defined]
    found = []
    for point in row.points.all():
        own = believed.get(point.month)
        found.append(
            Ahead(
                point.month, currency, from_units(point.amount), None if point.own is None else from_units(point.own),
                from_units(point.low), from_units(point.high),
                None if point.naive is None else from_units(point.naive), past.get(add_months(point.month, -12)),
                from_units(own.amount) if own else None, own.reason if own else "",
                f"{url}?month={point.month.isoformat()}" if may and point.month > today else "",
            )
        )  # fmt: skip
    return found


def history_of(row: ForecastSeries) -> dict[date, Decimal]:
    """Net revenue by month of a series up to the months that are whole now, in the currency of its forecast."""
    known = queries.past()
    if known is None or known.currency != row.run.currency:
        return {}
    amounts = known.series.get(queries.key_of(row), {})
    return {month: amounts.get(month, Decimal(0)) for month in months_between(known.start, known.origin)}


def picture(request: HttpRequest, row: ForecastSeries) -> dict[str, Any]:
    """The past and the months ahead in one chart, and the verdict on the finished months."""
    past, ahead = history_of(row), months_ahead(request, row)
    spoken = any(one.person is not None for one in ahead)
    months = sorted({*list(past)[-(PAST_BESIDE_PEOPLE if spoken else SHOWN_PAST) :], *(one.month for one in ahead)})
    by_month = {one.month: one for one in ahead}
    lines: list[tuple[str, Any, dict[date, Decimal | None]]] = [
        ("forecast:actual", _("Net revenue"), dict(past)),
        ("forecast:middle", _("Forecast"), {one.month: one.amount for one in ahead}),
        ("forecast:low", _("Lower bound (80 %)"), {one.month: one.low for one in ahead}),
        ("forecast:high", _("Upper bound (80 %)"), {one.month: one.high for one in ahead}),
    ]
    if spoken:
        lines.append(("forecast:person", _("Expected by people"), {one.month: one.person for one in ahead}))
    series = [Series(key, label, [values.get(month) for month in months]) for key, label, values in lines]
    chart = Chart(
        title=_("Net revenue: %(series)s") % {"series": name_of(row)}, kind="line", unit="money", currency=row.run.currency,
        period=f"{month_name(months[0])} – {month_name(months[-1])}" if months else "", categories=months,
        labels=[month_name(month) for month in months], series=series, additive=False, category_label=_("Month"),
        target=[by_month[month].naive if month in by_month else None for month in months] if ahead else (),
        target_label=_("Naive forecast"), note=rate_note(row),
        band=("forecast:low", "forecast:high"), band_label=_("Eighty of a hundred months"),
    )  # fmt: skip
    return {"chart": chart, "refused": refusal(row) if row.refused else "", "newer": newer(request, row), **errors(row)}


def errors(row: ForecastSeries) -> dict[str, Any]:
    """How far off the finished months were, as shares of what came; a person's errors beside the model's of the same months."""
    rows = told_of(row)
    found, spoken = verdict(rows), verdict(one for one in rows if one.person is not None)
    if found is None:
        return {"found": None}
    return {
        "found": found, "model_error": found.share(found.model), "naive_error": found.share(found.naive),
        "person_error": spoken.share(spoken.person) if spoken else None,
        "model_there": spoken.share(spoken.model) if spoken else None,
    }  # fmt: skip


def rate_note(row: ForecastSeries) -> str:
    """By which rates other currencies were converted."""
    return str(rates.rule(row.run.rate).label)


def newer(request: HttpRequest, row: ForecastSeries) -> str:
    """The page of the forecast that took this one's place."""
    now = queries.series_now(reader(request)).filter(market=row.market_id, channel=row.channel_id).first()
    return "" if now is None or now.pk == row.pk else reverse("finance:forecast-detail", args=[now.pk])


def missed(row: ForecastSeries | Overlay) -> list[dict[str, Any]]:
    """The finished months with the errors of the model, of the naive forecast and of people."""
    currency = queries.home_currency()
    return [
        {
            "month": one.month, "currency": currency, "actual": one.actual, "model": one.model, "naive": one.naive,
            "person": one.person, "model_error": off(one.model, one.actual), "naive_error": off(one.naive, one.actual),
            "person_error": off(one.person, one.actual),
        }
        for one in told_of(row)
    ]  # fmt: skip


def off(said: Decimal | None, actual: Decimal) -> Decimal | None:
    """How far above (or below zero: under) the actual amount something was, as a share of it."""
    return (said - actual) / abs(actual) if said is not None and actual else None


def tried(row: ForecastSeries) -> list[Tried]:
    """Every model with its errors at earlier origins, the best first."""
    return [
        Tried(
            str(MODEL_NAMES.get(name, name)), Decimal(found["weight"]) if found.get("weight") else None,
            score(row, name), score(row, name, "mase"),
        )
        for name, found in sorted(row.scores.items(), key=lambda item: Decimal(item[1]["smape"]))
    ]  # fmt: skip


def days_words(row: ForecastSeries) -> str:
    """Which known days were used and what one more of them does, or that they did not help."""
    used = row.calendar.get("used", {})
    if used:
        words = _("%(days)s: %(change)s for one more")
        parts = [
            words % {"days": DAY_NAMES.get(name, name), "change": percent(Decimal(factor) - 1)}
            for name, factor in used.items()
        ]
        return ", ".join(parts)
    return _("Left out: they made the past no better") if row.calendar.get("with") else _("Nothing found in the past")


def percent(share: Decimal) -> str:
    """A share with its sign, to a tenth of a per cent."""
    return f"{100 * share:+.1f} %"


def adding_up(request: HttpRequest, row: ForecastSeries) -> list[dict[str, Any]]:
    """The year ahead of all markets, then of all channels, by itself and as shown, with their sums; for the company's series alone."""
    if row.market_id or row.channel_id or row.refused:
        return []
    found = (
        queries.all_series(reader(request)).filter(run=row.run).annotate(alone=Sum("points__own")).order_by("-ahead")
    )
    others = [one for one in found if not one.refused]
    return [*cut(row, [one for one in others if one.market_id]), *cut(row, [one for one in others if one.channel_id])]


def cut(whole: ForecastSeries, parts: Sequence[Any]) -> list[dict[str, Any]]:
    """The series of one cut, what no series tells, and the sum, which is the company's to the cent."""
    if not parts:
        return []
    kind, currency = (_("Markets") if parts[0].market_id else _("Channels")), whole.run.currency
    lines = [(name_of(one), one.alone, one.ahead, reverse("finance:forecast-detail", args=[one.pk])) for one in parts]
    total: int = whole.ahead  # type: ignore[attr-defined]
    rest = total - sum(one.ahead for one in parts)
    if rest:
        lines.append((_("Without a forecast of their own"), None, rest, ""))
    known = [alone for _name, alone, _ahead, _url in lines if alone is not None]
    lines.append((_("Sum"), sum(known) if len(known) == len(parts) else None, total, ""))
    return [
        {
            "kind": kind, "name": name, "currency": currency, "url": url, "own": None if alone is None else from_units(alone),
            "ahead": from_units(ahead), "moved": (from_units(ahead) - from_units(alone)) / from_units(alone) if alone else None,
        }
        for name, alone, ahead, url in lines
    ]  # fmt: skip


AHEAD_COLUMNS = [
    Col("month", gettext_lazy("Month"), value=lambda row: month_name(row.month), link=lambda row: row.believe_url),
    Col("amount", gettext_lazy("Forecast"), kind="money"),
    Col("own", gettext_lazy("By itself"), kind="money"),
    Col("person", gettext_lazy("Expected by people"), kind="money"),
    Col("low", gettext_lazy("Lower bound (80 %)"), kind="money"),
    Col("high", gettext_lazy("Upper bound (80 %)"), kind="money"),
    Col("naive", gettext_lazy("Naive forecast"), kind="money"),
    Col("year_before", gettext_lazy("Year before"), kind="money"),
    Col("reason", gettext_lazy("Reason")),
]
MISSED_COLUMNS = [
    Col("month", gettext_lazy("Month"), value=lambda row: month_name(row["month"])),
    Col("actual", gettext_lazy("Net revenue"), kind="money"),
    Col("model", gettext_lazy("Forecast"), kind="money"),
    Col("model_error", gettext_lazy("Off by"), kind="percent"),
    Col("naive", gettext_lazy("Naive forecast"), kind="money"),
    Col("naive_error", gettext_lazy("Off by"), kind="percent"),
    Col("person", gettext_lazy("Expected by people"), kind="money"),
    Col("person_error", gettext_lazy("Off by"), kind="percent"),
]


ADDING_COLUMNS = [
    Col("kind", gettext_lazy("Kind")),
    Col("name", gettext_lazy("Series"), link=lambda row: row["url"]),
    Col("own", gettext_lazy("By itself"), kind="money"),
    Col("ahead", gettext_lazy("Forecast"), kind="money"),
    Col("moved", gettext_lazy("Moved by"), kind="percent"),
]


class ForecastDetail(DetailPage[ForecastSeries]):
    of = ForecastList
    title = staticmethod(name_of)
    facts = [
        Col("model", gettext_lazy("Model"), value=lambda row: str(MODEL_NAMES.get(row.model, row.model))),
        Col("judged", gettext_lazy("Tested"), kind="chip", value=judged, tone=tone),
        Col("error", gettext_lazy("Error on the past"), kind="percent", value=lambda row: score(row, shown(row))),
        Col("naive", gettext_lazy("Naive forecast's error"), kind="percent", value=lambda row: score(row, NAIVE)),
        Col("next_amount", gettext_lazy("First month"), kind="money", currency="run.currency"),
        Col("ahead", gettext_lazy("12 months"), kind="money", currency="run.currency"),
        Col("origin", gettext_lazy("From month"), value=lambda row: month_name(row.run.origin)),
        Col("done_at", gettext_lazy("Made"), kind="moment", value="run.done_at"),
        Col("rate", gettext_lazy("Exchange rates"), value=rate_note),
        Col("days", gettext_lazy("Known days"), value=days_words),
    ]
    sections = [
        Section(gettext_lazy("Past and months ahead"), template="finance/forecast.html", context=picture),
        Section(
            gettext_lazy("Months ahead"), rows=months_ahead, columns=AHEAD_COLUMNS,
            empty=gettext_lazy("There is too little history for a forecast."),
        ),
        Section(
            gettext_lazy("Adding up: 12 months"), rows=adding_up, columns=ADDING_COLUMNS,
            empty=gettext_lazy("Markets add up to the company, and so do channels: the sums stand on the company's page."),
        ),
        Section(
            gettext_lazy("What came"), rows=lambda request, row: missed(row), columns=MISSED_COLUMNS,
            empty=gettext_lazy("Once a month that was forecast is over, what came stands here beside what was expected."),
        ),
        Section(
            gettext_lazy("Models tried on the past"), rows=lambda request, row: tried(row),
            columns=[
                Col("model", gettext_lazy("Model")), Col("share", gettext_lazy("Share of the forecast"), kind="percent"),
                Col("smape", gettext_lazy("Error (sMAPE)"), kind="percent"), Col("mase", gettext_lazy("Error (MASE)"), kind="number", places=2),
            ],
            empty=gettext_lazy("The history is too short to test models on it: all have the same share."),
        ),
    ]  # fmt: skip
    actions = ["finance:forecast-believe"]

    def rows(self, request: HttpRequest) -> QuerySet[ForecastSeries]:
        return queries.all_series(reader(request))


class ForecastMake(ActionPage[ForecastSeries]):
    of, verb = ForecastList, "make"
    title, button = gettext_lazy("Forecast anew"), gettext_lazy("Forecast")
    text = gettext_lazy(
        "Forecasts are made from all months that are whole. Earlier ones are kept, so that their errors stay known."
    )
    action, with_row, in_menu, icon = actions.ask_forecasts, False, False, "refresh"

    def finish(self, request: HttpRequest, row: Any) -> HttpResponseBase:
        messages.success(request, _("The forecasts are being made."))
        return HttpResponseRedirect(reverse("jobs:job-detail", args=[row]))


class ForecastBelieve(ActionPage[ForecastSeries]):
    of, verb = ForecastList, "believe"
    title = button = gettext_lazy("Say what you expect")
    action, form, icon = actions.save_overlay, MonthBeliefFields, "message-plus"

    @classmethod
    def offered(cls, row: ForecastSeries) -> bool:
        return row.points.filter(month__gt=company_today()).exists()

    def form_kwargs(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        months = row.points.filter(month__gt=company_today()).values_list("month", flat=True)
        return {**super().form_kwargs(request, row), "months": list(months)}

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        try:
            month = date.fromisoformat(request.GET.get("month", ""))
        except ValueError:
            return {}
        own, point = overlay_of(row, month), row.points.filter(month=month).first()
        if own is not None:
            return {"month": month.isoformat(), "amount": own.amount, "reason": own.reason}
        return {"month": month.isoformat(), "amount": point.amount} if point else {}

    def warning(self, request: HttpRequest, row: Any) -> str:
        told = {"currency": row.run.currency}
        return (
            _(
                "In %(currency)s. It stands beside the forecast, changes nothing in it, and is measured when the month is over."
            )
            % told
        )

    def perform(self, request: HttpRequest, row: ForecastSeries | None, values: dict[str, Any]) -> Any:
        assert row is not None  # noqa: S101
        place: dict[str, Any] = {"market": row.market, "channel": row.channel}
        actions.save_overlay(reader(request), overlay_of(row, values["month"]), **values, **place)
        return row


def overlay_of(row: ForecastSeries, month: date) -> Overlay | None:
    """What a person expects of a month of a series already."""
    return Overlay.objects.filter(market=row.market_id, channel=row.channel_id, month=month).first()


class OverlayList(ListPage[Overlay]):
    """What people expect, kept apart from the models."""

    area, stem, plural = "finance", "overlay", "expectations"
    title, icon, read = gettext_lazy("What people expect"), "user-question", queries.READ
    guide = "forecast"
    columns = [
        Col("month", gettext_lazy("Month"), value=lambda row: month_name(row.month), sort="month", link=True),
        Col("name", gettext_lazy("Series"), value=name_of),
        Col("kind", gettext_lazy("Kind"), value=kind_of),
        Col("amount", gettext_lazy("Expected"), kind="money", sort="amount"),
        Col("reason", gettext_lazy("Reason")),
        Col("by", gettext_lazy("By"), value="by.name"),
        Col("updated_at", gettext_lazy("Changed"), kind="moment", hidden=True),
    ]
    filters = [DayRange("month", gettext_lazy("Month"))]
    default_order = "-month"
    empty = gettext_lazy(
        "Open a forecast and say what you expect of a month to come: when it is over you see who was nearer, you or the model."
    )

    def rows(self, request: HttpRequest) -> QuerySet[Overlay]:
        return queries.overlays(reader(request))

    def search(self, rows: QuerySet[Overlay], text: str) -> QuerySet[Overlay]:
        return rows.filter(reason__icontains=text)


class OverlayDetail(DetailPage[Overlay]):
    of = OverlayList
    title = staticmethod(lambda row: f"{name_of(row)} · {month_name(row.month)}")
    facts = OverlayList.columns
    sections = [
        Section(
            gettext_lazy("What came"),
            rows=lambda request, row: [one for one in missed(row) if one["month"] == row.month and row.currency == one["currency"]],
            columns=MISSED_COLUMNS, empty=gettext_lazy("Once the month is over, what came stands here beside what was expected."),
        )
    ]  # fmt: skip
    actions = ["finance:overlay-change", "finance:overlay-remove"]


def still_open(row: Overlay) -> bool:
    """Whether the month has not begun."""
    return not actions.begun(row.month)


class OverlayChange(ActionPage[Overlay]):
    of, verb = OverlayList, "change"
    title, button, icon = gettext_lazy("Change what you expect"), gettext_lazy("Change"), "pencil"
    action, form = actions.save_overlay, BeliefFields

    @classmethod
    def offered(cls, row: Overlay) -> bool:
        return still_open(row)

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {"amount": row.amount, "reason": row.reason}

    def perform(self, request: HttpRequest, row: Overlay | None, values: dict[str, Any]) -> Any:
        assert row is not None  # noqa: S101
        same = {"month": row.month, "market": row.market, "channel": row.channel}
        return super().perform(request, row, {**values, **same})


class OverlayRemove(ActionPage[Overlay]):
    of, verb = OverlayList, "remove"
    title, button, icon, danger = gettext_lazy("Take back what you expect"), gettext_lazy("Take back"), "trash", True
    action = actions.remove_overlay

    @classmethod
    def offered(cls, row: Overlay) -> bool:
        return still_open(row)

    def after(self, row: Any) -> str:
        return reverse("finance:overlay-list")


PAGES = (
    ForecastMake, ForecastList, ForecastBelieve, ForecastDetail, OverlayList, OverlayChange, OverlayRemove, OverlayDetail,
)  # fmt: skip
