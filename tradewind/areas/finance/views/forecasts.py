"""Forecasts of revenue: all series, one with its past and its errors, and what people expect beyond the models."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradewind.areas.finance.actions import forecasts as actions
from tradewind.areas.finance.forms.forecasts import BeliefFields, MonthBeliefFields
from tradewind.areas.finance.models import ForecastSeries, Overlay
from tradewind.areas.finance.queries import forecasts as queries
from tradewind.areas.finance.views.forecast_shown import (
    ADDING_COLUMNS,
    AHEAD_COLUMNS,
    MISSED_COLUMNS,
    adding_up,
    missed,
    months_ahead,
    picture,
    tried,
)
from tradewind.areas.finance.views.forecast_words import (
    MODEL_NAMES,
    days_words,
    judged,
    kind_of,
    name_of,
    rate_note,
    refusal,
    score,
    shown,
    tone,
)
from tradewind.nouns.org.queries import company_today, reader
from tradewind.science.forecast import NAIVE
from tradewind.ui.formats import format_month
from tradewind.ui.pages import ActionPage, Choice, Col, DayRange, DetailPage, ListPage, Section

KIND_NAMES = [
    ("company", gettext_lazy("Whole company")), ("market", gettext_lazy("Markets")), ("channel", gettext_lazy("Channels")),
]  # fmt: skip


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
        Col("origin", gettext_lazy("From month"), value=lambda row: format_month(row.run.origin)),
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
        Col("month", gettext_lazy("Month"), value=lambda row: format_month(row.month), sort="month", link=True),
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
    title = staticmethod(lambda row: f"{name_of(row)} · {format_month(row.month)}")
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

    leads = "list"


PAGES = (
    ForecastMake, ForecastList, ForecastBelieve, ForecastDetail, OverlayList, OverlayChange, OverlayRemove, OverlayDetail,
)  # fmt: skip
