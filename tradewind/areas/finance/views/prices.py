"""Prices, their reviews and rules."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.actions import prices as actions
from tradewind.areas.finance.forms.prices import PriceFields, ReviewFields, RuleFields, decimals
from tradewind.areas.finance.models import PriceReview, PriceRule
from tradewind.areas.finance.queries import prices as queries
from tradewind.areas.finance.queries.taxes import REDUCED
from tradewind.base.money import Money, from_units
from tradewind.engines.access.scope import visible
from tradewind.nouns.org.models import Market
from tradewind.nouns.org.queries import company_today, reader
from tradewind.nouns.trade.models import Price
from tradewind.science.pricing import Elasticity, Thin
from tradewind.ui.formats import format_money, format_number, format_percent
from tradewind.ui.pages import ActionPage, Bool, Bulk, Col, DayRange, DetailPage, FormPage, ListPage, Ref, Section

THIN: dict[str, Any] = {
    "periods": _("The history is too short: %(have)s weeks with sales, %(need)s are needed."),
    "levels": _("The price has hardly changed: %(have)s levels, %(need)s are needed."),
    "spread": _("The price has hardly changed: its spread is too small to learn from."),
    "zeros": _("It sells too rarely: too many weeks without a sale."),
    "season": _("The price changed with the calendar alone: season and price cannot be told apart."),
    "before": _("Fewer than four weeks before the change."),
    "after": _("Fewer than four weeks after the change, or the price changed again."),
    "units": _("Too few units were sold before the change."),
    "control": _("Too little else was sold on the channel to compare with."),
}
LIMITS: dict[str, Any] = {
    "floor": _("the floor for the target margin"), "step_up": _("the largest step up"), "step_down": _("the largest step down"),
    "ceiling": _("the competitor’s price"), "ending": _("a price ending"),
    "floor_beyond_step": _("the floor, which one step does not reach"), "inelastic": _("buyers who hardly mind the price"),
}  # fmt: skip


def thin_words(thin: Thin) -> str:
    """Why a history cannot tell, in words."""
    return str(THIN[thin.reason]) % {"have": format_number(round(thin.have, 2)), "need": format_number(thin.need)}


def slope_words(found: Elasticity | Thin) -> str:
    """An elasticity with its interval, or why there is none."""
    if isinstance(found, Thin):
        return thin_words(found)
    values = {
        name: format_number(Decimal(str(round(value, 2))), 2)
        for name, value in (("value", found.value), ("low", found.low), ("high", found.high))
    }
    return gettext("%(value)s (between %(low)s and %(high)s with 95 %% confidence)") % values


def markets(request: HttpRequest) -> QuerySet[Market]:
    """Markets to filter by."""
    return visible(reader(request), "market.view_market", Market.objects.all())


def unseen(rows: QuerySet[Price], wanted: bool) -> QuerySet[Price]:
    """Prices in force whose product and channel nobody looked at for half a year, or the others."""
    day = company_today()
    seen = PriceReview.objects.filter(
        product=OuterRef("product"), channel=OuterRef("channel"), day__gte=day - timedelta(days=180)
    )
    due = queries.now(day) & ~Q(Exists(seen))
    return rows.filter(due) if wanted else rows.exclude(due)


def state_words(row: Any) -> str:
    """Whether a price holds today."""
    day = row.as_of
    if row.valid_from > day:
        return gettext("Planned")
    over = row.hidden or (row.valid_to is not None and row.valid_to < day)
    return gettext("Past") if over else gettext("In force")


class PriceList(ListPage[Price]):
    """Prices by product and channel."""

    area, stem = "finance", "price"
    title, icon, read, guide = _("Prices"), "tag", "finance.view_prices", "pricing"
    columns = [
        Col("product", _("Product"), sort="product__key", link=True),
        Col("channel", _("Channel"), value="channel.name", sort="channel__code"),
        Col("amount", _("Price"), kind="money", sort="amount"),
        Col("valid_from", _("From day"), kind="day", sort="valid_from"),
        Col("valid_to", _("Last day"), kind="day"),
        Col(
            "state",
            _("State"),
            kind="chip",
            value=state_words,
            tone=lambda row: "good" if state_words(row) == gettext("In force") else "neutral",
        ),
        Col("reason", _("Reason")),
        Col("sku", _("SKU"), value="product.sku", hidden=True),
        Col("market", _("Market"), value="market.name", kind="localtext", hidden=True),
        Col("tax_included", _("Tax is in the price"), kind="bool", hidden=True),
        Col("source", _("Source"), hidden=True),
    ]
    filters = [
        Bool("now", _("In force"), apply=lambda rows, value: rows.filter(queries.now(company_today())) if value else rows.exclude(queries.now(company_today()))),
        Ref("channel", _("Channel"), lambda request: queries.channels(reader(request)), search="code"),
        Ref("market", _("Market"), markets, search="code"),
        Bool("unseen", _("Not looked at for half a year"), apply=unseen),
        DayRange("valid_from", _("From day")),
    ]  # fmt: skip
    default_order = "-valid_from"
    primary, primary_code, primary_label = "finance:price-new", "finance.set_price", _("Set a price")
    secondary = [
        ("finance:price-simulator", _("Simulator"), "finance.view_costs"),
        ("finance:price_review-new", _("Review a price"), "finance.review_price"),
        ("exchange:sheet-choose", _("Import a file"), "finance.set_prices"),
    ]
    bulk = [Bulk(actions.keep_price, _("Looked at: keep"), icon="check")]
    empty = _(
        "Set the prices of your best sellers, or bring them in from a table. Their history, floors and reviews stand here."
    )

    def rows(self, request: HttpRequest) -> QuerySet[Price]:
        return queries.prices(reader(request), company_today())

    def search(self, rows: QuerySet[Price], text: str) -> QuerySet[Price]:
        return rows.filter(Q(product__key__icontains=text) | Q(product__title__icontains=text))


def same_place(request: HttpRequest, row: Price) -> QuerySet[Price]:
    """The history of a price."""
    rows = queries.prices(reader(request), company_today())
    return rows.filter(product=row.product_id, channel=row.channel_id).order_by("-valid_from")


def place_query(row: Price | PriceReview) -> str:
    """The address query that names a product on a channel."""
    return urlencode({"product": row.product_id, "channel": row.channel_id})


def demand_of(request: HttpRequest, row: Price) -> dict[str, Any]:
    """How buyers followed the price, and where to go on."""
    found = queries.elasticity_of(row.product, row.channel, company_today())
    may = request.may  # type: ignore[attr-defined]
    return {
        "slope": slope_words(found),
        "known": isinstance(found, Elasticity),
        "weeks": ngettext("%(many)s week", "%(many)s weeks", found.periods) % {"many": found.periods}
        if isinstance(found, Elasticity)
        else "",
        "seasonal": isinstance(found, Elasticity) and found.seasonal,
        "simulator": f"{reverse('finance:price-simulator')}?{place_query(row)}"
        if queries.sees_costs(reader(request), row.channel)
        else "",
        "review": f"{reverse('finance:price_review-new')}?{place_query(row)}" if may("finance.review_price") else "",
    }


class PriceDetail(DetailPage[Price]):
    of = PriceList
    title = "product"
    facts = PriceList.columns
    sections = [
        Section(_("How buyers follow the price"), template="finance/price_demand.html", context=demand_of),
        Section(
            _("History"), rows=same_place, columns=PriceList.columns[2:7],
            url=lambda row: reverse("finance:price-detail", args=[row.pk]),
        ),
        Section(
            _("Price reviews"), rows=lambda request, row: queries.reviews(reader(request)).filter(product=row.product_id, channel=row.channel_id),
            columns=[Col("day", _("Day"), kind="day", link=True), Col("old", _("Price before"), kind="money"), Col("decided", _("Price decided"), kind="money"),
                     Col("reason", _("Reason")), Col("by", _("By"), kind="person")],
            url=lambda row: reverse("finance:price_review-detail", args=[row.pk]), empty=_("Nobody looked at it yet."),
        ),
    ]  # fmt: skip
    actions = ["finance:price-keep"]


class PriceKeep(ActionPage[Price]):
    of, verb = PriceList, "keep"
    title, button = _("Keep the price"), _("Looked at: keep")
    text = _("A review is written: you looked at the price today and keep it as it is.")
    action, icon = actions.keep_price, "check"

    def after(self, row: Any) -> str:
        return reverse("finance:price-detail", args=[row.pk]) if isinstance(row, Price) else super().after(None)

    def perform(self, request: HttpRequest, row: Price | None, values: dict[str, Any]) -> Any:
        super().perform(request, row, values)
        return row


class PriceForm(FormPage[Price]):
    of = PriceList
    title = _("Set a price")
    form = PriceFields
    create = actions.set_price

    def form_kwargs(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {"channels": queries.channels(reader(request), actions.set_price.code)}

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {"valid_from": company_today(), **super().initial(request, row)}

    def arguments(self, form: forms.BaseForm) -> dict[str, Any]:
        return decimals(form.cleaned_data, "amount")


def effect_words(row: PriceReview) -> str:
    """What a change did to units, or where its measuring stands."""
    if row.price_id is None:
        return gettext("Price kept")
    if not row.effect:
        return gettext("Not measured yet")
    if "thin" in row.effect:
        return gettext("Cannot be told")
    units = row.effect["units"]
    values = {name: format_percent(Decimal(str(units[name])) - 1, 0) for name in ("ratio", "low", "high")}
    return gettext("Units %(ratio)s (%(low)s to %(high)s)") % values


class ReviewList(ListPage[PriceReview]):
    """Who looked at which price, and what came of it."""

    area, stem = "finance", "price_review"
    title, icon, read, guide = _("Price reviews"), "zoom-money", "finance.view_prices", "pricing"
    columns = [
        Col("day", _("Day"), kind="day", sort="day", link=True),
        Col("product", _("Product"), sort="product__key"),
        Col("channel", _("Channel"), value="channel.name", sort="channel__code"),
        Col("old", _("Price before"), kind="money"),
        Col("advised", _("Advised"), kind="money", read="finance.view_costs"),
        Col("decided", _("Price decided"), kind="money"),
        Col("effect", _("Effect"), value=effect_words, export=effect_words),
        Col("by", _("By"), kind="person"),
        Col("reason", _("Reason"), hidden=True),
        Col("market", _("Market"), value="market.name", kind="localtext", hidden=True),
        Col("measured_at", _("Effect measured"), kind="moment", hidden=True),
    ]
    filters = [
        Ref("channel", _("Channel"), lambda request: queries.channels(reader(request)), search="code"),
        Ref("market", _("Market"), markets, search="code"),
        Bool("changed", _("Price changed"), apply=lambda rows, value: rows.filter(price__isnull=not value)),
        Bool("measured", _("Effect measured"), apply=lambda rows, value: rows.filter(measured_at__isnull=not value)),
        DayRange("day", _("Day")),
    ]
    default_order = "-day"
    primary, primary_code, primary_label = "finance:price_review-new", "finance.review_price", _("Review a price")
    empty = _(
        "Look at the twenty largest sellers first: each review keeps what the price rested on and what came of it."
    )

    def rows(self, request: HttpRequest) -> QuerySet[PriceReview]:
        return queries.reviews(reader(request))

    def search(self, rows: QuerySet[PriceReview], text: str) -> QuerySet[PriceReview]:
        return rows.filter(Q(product__key__icontains=text) | Q(product__title__icontains=text))


def ground_of(request: HttpRequest, row: PriceReview) -> dict[str, Any]:
    """What was known at a review, for who may see costs there."""
    if not row.advice or not queries.sees_costs(reader(request), row.channel):
        return {"hidden": True}
    known = row.advice

    def amount(name: str) -> str:
        return format_money(Money(Decimal(known[name]), row.currency)) if known.get(name) else ""

    slope = gettext("%(value)s (between %(low)s and %(high)s with 95 %% confidence)") % {
        "value": known["elasticity"], "low": known["low"], "high": known["high"],
    } if "elasticity" in known else str(THIN[known["thin"]]) % {"have": "–", "need": "–"} if known.get("thin") in ("spread", "zeros", "season") else gettext("The history was too thin to tell.")  # fmt: skip
    return {
        "floor": amount("floor"), "free": amount("free"), "competitor": amount("competitor"), "lowest": amount("lowest"), "slope": slope,
        "target": format_percent(Decimal(known["target"])), "margin": format_percent(Decimal(known["margin"])) if known.get("margin") else "",
        "limits": [str(LIMITS[name]) for name in known.get("limits", [])], "unit_cost": known.get("unit_cost"),
    }  # fmt: skip


def measured_of(request: HttpRequest, row: PriceReview) -> dict[str, Any]:
    """The measured effect, for its part of the page."""
    found = []
    for name, label in (("units", gettext("Units")), ("revenue", gettext("Net revenue"))):
        one = row.effect.get(name)
        if one:
            found.append((label, *(format_percent(Decimal(str(one[part])) - 1) for part in ("ratio", "low", "high"))))
    reason = row.effect.get("thin")
    thin = str(THIN[reason]) % {"have": row.effect["have"], "need": row.effect["need"]} if reason else ""
    return {
        "rows": found,
        "thin": thin,
        "row": row,
        "before": row.effect.get("before"),
        "after": row.effect.get("after"),
    }


class ReviewDetail(DetailPage[PriceReview]):
    of = ReviewList
    title = "product"
    facts = [
        *ReviewList.columns,
        Col(
            "price",
            _("New price"),
            value=lambda row: row.price and str(row.price.valid_from),
            link=lambda row: reverse("finance:price-detail", args=[row.price_id]) if row.price_id else "",
        ),
    ]
    sections = [
        Section(_("What the price rested on"), template="finance/price_ground.html", context=ground_of),
        Section(_("What the change did"), template="finance/price_effect.html", context=measured_of),
    ]  # fmt: skip
    actions = ["finance:price_review-measure"]


class ReviewForm(FormPage[PriceReview]):
    of = ReviewList
    title = _("Review a price")
    form = ReviewFields
    create = actions.review_price

    def form_kwargs(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {"channels": queries.channels(reader(request), actions.review_price.code)}

    def arguments(self, form: forms.BaseForm) -> dict[str, Any]:
        return decimals(form.cleaned_data, "decided", "competitor")


class ReviewMeasure(ActionPage[PriceReview]):
    of, verb = ReviewList, "measure"
    title, button = _("Measure the effect"), _("Measure the effect")
    text = _("Weekly units before and after the change are compared with the other products of the channel.")
    action, icon = actions.measure_effect, "ruler-measure"

    @classmethod
    def offered(cls, row: PriceReview) -> bool:
        return row.price_id is not None


def share(name: str) -> Any:
    """A stored share of a rule as a ratio."""
    return lambda row: None if getattr(row, name) is None else from_units(getattr(row, name)) / 100


class RuleList(ListPage[PriceRule]):
    """What prices must keep to."""

    area, stem = "finance", "price_rule"
    title, icon, read, guide = _("Price rules"), "adjustments", "finance.view_prices", "pricing"
    columns = [
        Col("name", _("Name"), sort="name", link=True),
        Col("market", _("Market"), value=lambda row: str(row.market.name) if row.market else gettext("All markets")),
        Col("channel", _("Channel"), value="channel.name"),
        Col("target_margin", _("Target margin"), kind="percent", value=share("target_margin")),
        Col("fee_rate", _("Marketplace fee"), kind="percent", value=share("fee_rate")),
        Col("rate_band", _("Exchange rate band"), kind="percent", value=share("rate_band")),
        Col("largest_step", _("Largest step"), kind="percent", value=share("largest_step")),
        Col("ending", _("Price endings")),
        Col("active", _("In use"), kind="bool"),
        Col("payment_rate", _("Payment fee"), kind="percent", value=share("payment_rate"), hidden=True),
        Col("ad_rate", _("Advertising"), kind="percent", value=share("ad_rate"), hidden=True),
        Col("tax_kind", _("Kind of VAT or GST"), value=lambda row: REDUCED.get(row.tax_kind, ""), hidden=True),
        Col("tax_rate", _("VAT or GST"), kind="percent", value=share("tax_rate"), hidden=True),
        Col("fulfilment", _("Fulfilment of a unit"), kind="money", hidden=True),
    ]
    filters = [Bool("active", _("In use"))]
    default_order = "name"
    primary, primary_code = "finance:price_rule-new", "finance.save_price_rule"
    empty = _("Without a rule prices are held to a margin of 15 %, a rate band of 5 % and steps of 15 %.")

    def rows(self, request: HttpRequest) -> QuerySet[PriceRule]:
        return queries.rules(reader(request))

    def search(self, rows: QuerySet[PriceRule], text: str) -> QuerySet[PriceRule]:
        return rows.filter(name__icontains=text)


class RuleDetail(DetailPage[PriceRule]):
    of = RuleList
    title = "name"
    facts = RuleList.columns
    actions = ["finance:price_rule-edit"]


SHARES = ("target_margin", "fee_rate", "payment_rate", "ad_rate", "tax_rate", "rate_band", "largest_step")


class RuleForm(FormPage[PriceRule]):
    of = RuleList
    title, edit_title = _("New price rule"), _("Edit price rule")
    form = RuleFields
    save = actions.save_price_rule

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        found = super().initial(request, row)
        return {**found, **{name: share(name)(row) for name in SHARES}} if row is not None else found

    def arguments(self, form: forms.BaseForm) -> dict[str, Any]:
        return decimals(form.cleaned_data, "fulfilment")


PAGES = (
    PriceList, PriceDetail, PriceForm, PriceKeep, ReviewList, ReviewDetail, ReviewForm, ReviewMeasure, RuleList, RuleDetail, RuleForm,
)  # fmt: skip
