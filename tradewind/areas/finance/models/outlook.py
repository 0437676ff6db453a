"""What is expected: forecasts of revenue with the errors they made, overlays by people, price reviews and tests, cash ahead."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tradewind.base import clock
from tradewind.base.fields import CurrencyField, LocalTextField, UnitsField
from tradewind.nouns.org.models import Entity, Market, Person, Versioned
from tradewind.nouns.trade.models import Channel, Price, Product


class ForecastRun(Versioned):
    """One making of forecasts for all series, from the months before `origin`; the chosen model and its errors stand in each series."""

    origin = models.DateField()
    horizon = models.PositiveSmallIntegerField(default=12)
    currency = CurrencyField()
    rate = models.CharField(max_length=40, default="month")
    by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-origin", "-id"]

    def __str__(self) -> str:
        return self.origin.isoformat()


class ForecastSeries(models.Model):
    """The forecast of a market's or channel's net revenue: the model that did best on the past, beside the naive forecast.

    `scores` holds sMAPE and MASE of every model tried, of the naive one and of the forecast that adds up (`agreed`), by rolling origin;
    `calendar` which known days were used and the error with and without; `refused` says why there is none.
    """

    run = models.ForeignKey(ForecastRun, on_delete=models.CASCADE, related_name="series")
    market = models.ForeignKey(Market, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    channel = models.ForeignKey(Channel, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    model = models.CharField(max_length=40, blank=True)
    scores = models.JSONField(default=dict, blank=True)
    calendar = models.JSONField(default=dict, blank=True)
    refused = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("run", Coalesce("market", 0), Coalesce("channel", 0), name="forecast_series_once"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.market_id} {self.channel_id}"


class ForecastPoint(models.Model):
    """A month ahead: the middle and the bounds of 80 in 100, and the naive forecast beside it.

    `amount` adds up over markets, over channels and with the company; `own` is what the series says by itself.
    """

    series = models.ForeignKey(ForecastSeries, on_delete=models.CASCADE, related_name="points")
    month = models.DateField()
    amount = UnitsField()
    low = UnitsField()
    high = UnitsField()
    naive = UnitsField(null=True, blank=True)
    own = UnitsField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["month"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["series", "month"], name="forecast_point_once")]

    def __str__(self) -> str:
        return f"{self.series_id} {self.month}"


class Overlay(Versioned):
    """What a person believes about a month beyond the model, kept apart from it and scored beside it; never changed once its month began."""

    market = models.ForeignKey(Market, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    channel = models.ForeignKey(Channel, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    month = models.DateField()
    amount = UnitsField()
    currency = CurrencyField()
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering: ClassVar = ["-month"]
        constraints: ClassVar = [
            models.UniqueConstraint("month", Coalesce("market", 0), Coalesce("channel", 0), name="overlay_once"),
        ]

    def __str__(self) -> str:
        return self.month.isoformat()


class PriceRule(Versioned):
    """What a price must keep to on a channel or in a market: target margin (points in 1/10,000), endings, bounds."""

    name = models.CharField(max_length=120)
    market = models.ForeignKey(Market, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    channel = models.ForeignKey(Channel, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    target_margin = UnitsField(default=150_000)
    fee_rate = UnitsField(default=150_000)
    payment_rate = UnitsField(default=0)
    ad_rate = UnitsField(default=0)
    tax_rate = UnitsField(null=True, blank=True)
    tax_kind = models.CharField(max_length=12, blank=True)
    fulfilment = UnitsField(default=0)
    currency = CurrencyField()
    rate_band = UnitsField(default=50_000)
    ending = models.CharField(max_length=20, blank=True)
    largest_step = UnitsField(default=150_000)
    active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class PriceReview(Versioned):
    """Somebody looked at a product's price on a channel: what was advised and why, what was decided, which price came of it."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="price_reviews")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+")
    market = models.ForeignKey(Market, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    old = UnitsField(null=True, blank=True)
    advised = UnitsField(null=True, blank=True)
    decided = UnitsField(null=True, blank=True)
    currency = CurrencyField()
    advice = models.JSONField(default=dict, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    price = models.ForeignKey(Price, null=True, blank=True, on_delete=models.SET_NULL, related_name="reviews")
    effect = models.JSONField(default=dict, blank=True)
    measured_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering: ClassVar = ["-day", "-id"]

    def __str__(self) -> str:
        return f"{self.product_id} {self.day}"


class Opportunity(Versioned):
    """A product that sells in one market and not in another, with an estimate for a year; tried or let go.

    `result` is what it brought since it was tried, as a year's revenue, up to `measured_on`. The same after cost is what is left of
    it (contribution margin 2): none where the cost of the goods is not known.
    """

    OPEN, TRIED, WORKED, FAILED, DROPPED = "open", "tried", "worked", "failed", "dropped"
    STATES: ClassVar = [
        (OPEN, pgettext_lazy("opportunity", "Open")), (TRIED, _("Being tried")), (WORKED, _("Worked")), (FAILED, _("Did not work")), (DROPPED, _("Let go")),
    ]  # fmt: skip

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="opportunities")
    market = models.ForeignKey(Market, on_delete=models.CASCADE, related_name="+")
    seen_in = models.ForeignKey(Market, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    low = UnitsField()
    estimate = UnitsField()
    high = UnitsField()
    currency = CurrencyField()
    state = models.CharField(max_length=7, choices=STATES, default=OPEN)
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    found_on = models.DateField()
    tried_on = models.DateField(null=True, blank=True)
    result = UnitsField(null=True, blank=True)
    margin_low = UnitsField(null=True, blank=True)
    margin = UnitsField(null=True, blank=True)
    margin_high = UnitsField(null=True, blank=True)
    margin_result = UnitsField(null=True, blank=True)
    measured_on = models.DateField(null=True, blank=True)
    note = models.TextField(blank=True)

    # Whoever may not see costs reads the history too.
    private_fields: ClassVar = ("margin_low", "margin", "margin_high", "margin_result")

    class Meta:
        ordering: ClassVar = ["-estimate", "-id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["product", "market"], name="opportunity_once")]

    def __str__(self) -> str:
        return f"{self.product} · {self.market}"


class CashLine(Versioned):
    """A payment that is expected besides bills, claims and payouts: pay, tax, rent, a loan; repeated every so many weeks or months."""

    ONCE, WEEKLY, MONTHLY, QUARTERLY = "once", "weekly", "monthly", "quarterly"
    RHYTHMS: ClassVar = [
        (ONCE, _("Once")), (WEEKLY, _("Every week")), (MONTHLY, _("Every month")), (QUARTERLY, _("Every quarter")),
    ]  # fmt: skip

    name = LocalTextField()
    entity = models.ForeignKey(Entity, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, default="other")
    amount = UnitsField()
    currency = CurrencyField()
    first_day = models.DateField()
    last_day = models.DateField(null=True, blank=True)
    rhythm = models.CharField(max_length=9, choices=RHYTHMS, default=MONTHLY)

    class Meta:
        ordering: ClassVar = ["first_day", "id"]

    def __str__(self) -> str:
        return str(self.name)


class PayoutCalendar(Versioned):
    """When a channel pays: so many days after the period it settles, how often, which share it holds back and for how long.

    `first_day` begins one of its periods; `pays` is what arrives of the sales stated, `reserve` what of that is held back, both in
    points of per cent. `learnt_from` counts the payouts that it was learnt from, 0 where a person wrote it.
    """

    channel = models.OneToOneField(Channel, on_delete=models.CASCADE, related_name="payout_calendar")
    every_days = models.PositiveSmallIntegerField(default=14)
    delay_days = models.PositiveSmallIntegerField(default=3)
    first_day = models.DateField()
    pays = UnitsField(default=1_000_000)
    reserve = UnitsField(default=0)
    reserve_days = models.PositiveSmallIntegerField(default=0)
    learnt_at = models.DateTimeField(default=clock.now)
    learnt_from = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(every_days__gte=1), name="payout_every")]

    def __str__(self) -> str:
        return str(self.channel)
