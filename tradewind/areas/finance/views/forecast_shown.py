"""What the page of a forecast shows: its chart, the months ahead, how they add up, what came, the models tried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradewind.areas.finance.models import ForecastSeries, Overlay
from tradewind.areas.finance.queries import forecasts as queries
from tradewind.areas.finance.rules.forecasts import Told, add_months, months_between, verdict
from tradewind.areas.finance.views.forecast_words import MODEL_NAMES, name_of, rate_note, refusal, score
from tradewind.base.money import from_units
from tradewind.nouns.org.queries import company_today, reader
from tradewind.ui.charts import Chart, Series
from tradewind.ui.formats import format_month
from tradewind.ui.pages import Col

SHOWN_PAST, SHOWN_MISSES = 36, 24
PAST_BESIDE_PEOPLE = 18  # single months that people spoke of are drawn as dots, which a long chart leaves out


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
        period=f"{format_month(months[0])} – {format_month(months[-1])}" if months else "", categories=months,
        labels=[format_month(month) for month in months], series=series, additive=False, category_label=_("Month"),
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


def moved(amount: Decimal, own: Decimal | None) -> Decimal | None:
    """How far a forecast was moved to add up, as a share to a tenth of a per cent; no zero below zero."""
    return (off(amount, own) or Decimal(0)).quantize(Decimal("0.001")) or Decimal(0) if own else None


def month_cell(row: Ahead, _request: HttpRequest) -> SafeString:
    """A month on one line, with the way to say what one expects of it."""
    name = format_month(row.month)
    return (
        format_html('<a class="text-nowrap" href="{}">{}</a>', row.believe_url, name)
        if row.believe_url
        else format_html('<span class="text-nowrap">{}</span>', name)
    )


def adding_up(request: HttpRequest, row: ForecastSeries) -> list[dict[str, Any]]:
    """The year ahead of all markets, then of all channels, by itself and as shown, with their sums; for the company's series alone."""
    if row.market_id or row.channel_id or row.refused:
        return []
    found: QuerySet[Any] = queries.all_series(reader(request)).filter(run=row.run).annotate(alone=Sum("points__own"))
    others = sorted((one for one in found if not one.refused), key=lambda one: -one.ahead)
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
            "ahead": from_units(ahead), "moved": moved(from_units(ahead), None if alone is None else from_units(alone)),
        }
        for name, alone, ahead, url in lines
    ]  # fmt: skip


AHEAD_COLUMNS = [
    Col("month", gettext_lazy("Month"), value=lambda row: format_month(row.month), render=month_cell),
    Col("amount", gettext_lazy("Forecast"), kind="money"),
    Col(
        "moved",
        gettext_lazy("Moved by"),
        kind="percent",
        value=lambda row: moved(row.amount, row.own),
    ),
    Col("person", gettext_lazy("Expected by people"), kind="money"),
    Col("low", gettext_lazy("Lower bound (80 %)"), kind="money"),
    Col("high", gettext_lazy("Upper bound (80 %)"), kind="money"),
    Col("naive", gettext_lazy("Naive forecast"), kind="money"),
    Col("year_before", gettext_lazy("Year before"), kind="money"),
    Col("reason", gettext_lazy("Reason")),
]
MISSED_COLUMNS = [
    Col("month", gettext_lazy("Month"), value=lambda row: format_month(row["month"])),
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
