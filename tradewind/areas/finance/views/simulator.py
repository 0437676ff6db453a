"""The price simulator: what is left at a price, the least one, the best one; every setting is in the address."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.forms.ledger import PART_NAMES
from tradewind.areas.finance.forms.prices import TriedFields
from tradewind.areas.finance.queries import prices as queries
from tradewind.areas.finance.queries.advice import TRIED, Ground, ground
from tradewind.areas.finance.queries.taxes import REDUCED
from tradewind.areas.finance.rules.pricing import Advice
from tradewind.areas.finance.rules.waterfall import steps_of
from tradewind.areas.finance.views.prices import LIMITS, slope_words
from tradewind.base.money import CURRENCIES, Money
from tradewind.nouns.org.queries import company_today, reader
from tradewind.ui.charts import Chart, Series
from tradewind.ui.fields import polish
from tradewind.ui.formats import format_day, format_money, format_number, format_percent
from tradewind.ui.pages import Page, is_part

STEPS: dict[str, Any] = {
    "price": _("Price"), "tax": _("VAT or GST"), "returns": _("Returns"), "fee": _("Marketplace fee"), "payment": _("Payment fee"),
    "ads": _("Advertising"), "goods": _("Landed cost of goods"), "fulfilment": _("Fulfilment"), "returning": _("Taking returns back"),
    "left": _("Left"),
}  # fmt: skip
SOURCES: dict[str, Any] = {
    "unit_cost": _("unit costs"), "tax_data": _("rate of the country"), "measured": _("measured, last six full months"),
    "rule": _("price rule"), "usual": _("usual"), "tried": _("tried"),
}  # fmt: skip
SLIDERS = ("target", "fee", "payment", "ads", "returns", "tax", "duty", "band")
CURVE = 21


def waterfall(base: Ground, price: Decimal) -> list[dict[str, str]]:
    """The steps from the price to what is left, as bars."""
    rows = [(name, amount) for name, amount in base.steps(price) if amount or name in ("price", "left")]
    places = steps_of([(name in ("price", "left"), amount) for name, amount in rows])
    return [
        {
            "name": str(STEPS[name]), "text": format_money(Money(amount, base.currency)),
            "tone": "sum" if name in ("price", "left") else "down" if amount < 0 else "up",
            "x": f"{place.start:.2f}", "width": f"{place.width:.2f}", "zero": f"{place.zero:.2f}",
        }
        for (name, amount), place in zip(rows, places, strict=True)
    ]  # fmt: skip


def curve(base: Ground, middle: Decimal) -> Chart:
    """The margin at prices from a third below to a third above."""
    digits = CURRENCIES[base.currency].digits
    step = Decimal(1).scaleb(-digits)
    prices = [(middle * (Decimal(80 + 2 * place) / 100)).quantize(step) for place in range(CURVE)]
    return Chart(
        title=gettext("Margin by price"), categories=[format_number(price, digits) for price in prices], unit="percent",
        series=[Series("margin", gettext("Margin"), [base.margin(price) for price in prices])], additive=False,
        target=[base.target] * len(prices), target_label=gettext("Target margin"), category_label=base.currency,
    )  # fmt: skip


def settings(base: Ground, form: TriedFields) -> list[dict[str, Any]]:
    """The sliders: their field, the value in force as per cent, and where it comes from."""
    found = []
    for name in SLIDERS:
        field: Any = form.fields[name]
        value = base.target if name == "target" else getattr(base.terms, name)
        percent = (value * 100).normalize()
        source = "rule" if base.rule else "usual"
        source = source if name == "target" else base.sources.get(name, "")
        tried = form.cleaned_data.get(name) is not None if form.is_bound and form.is_valid() else False
        found.append({
            "name": name, "label": field.label, "value": f"{percent:f}", "shown": format_percent(value), "tried": tried,
            "low": f"{field.min_value}", "high": f"{field.max_value}", "source": gettext("tried") if tried else SOURCES.get(source, ""),
        })  # fmt: skip
    return found


def law(base: Ground, price: Decimal) -> str:
    """What the law of the EU wants shown when the price goes down."""
    lowest = base.lowest()
    if lowest is None or base.now is None or price >= base.now:
        return ""
    amount = format_money(Money(lowest, base.currency))
    return gettext(
        "When this reduction is announced in the EU, the lowest price of the 30 days before is shown with it: %(amount)s."
    ) % {"amount": amount}


def told(base: Ground, advice: Advice | None) -> dict[str, Any]:
    """The advice in words."""
    if advice is None:
        return {}
    free = format_money(Money(advice.free, base.currency)) if advice.free is not None else ""
    return {
        "price": format_money(Money(advice.price, base.currency)),
        "free": free,
        "limits": [str(LIMITS[name]) for name in advice.limits],
    }


def rests_on(base: Ground) -> Iterable[tuple[str, str]]:
    """The cost parts of a unit in words, and what taxes are reckoned with."""
    names = dict(PART_NAMES)
    for part, amount, currency in base.landed.parts:
        yield str(names[part]), format_money(Money(amount, currency), code=True)
    if base.tax and base.sources.get("tax") == "tax_data":
        values = {
            "rate": format_percent(base.tax.rate),
            "since": format_day(base.tax.since),
            "checked": format_day(base.tax.checked),
            "kind": REDUCED.get(base.tax.kind, _("Standard rate")),
            "source": base.tax.source,
        }
        yield (
            gettext("VAT or GST"),
            gettext("%(kind)s, %(rate)s since %(since)s (%(source)s, looked at on %(checked)s; no tax advice)")
            % values,
        )


class Simulator(Page):
    """What is left at a price, and which price is asked for."""

    area, name, path = "finance", "price-simulator", "prices/simulator/"
    title, icon, read, guide = _("Price simulator"), "adjustments-dollar", "finance.view_costs", "pricing"
    template = "finance/price_simulator.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> Any:
        context = self.context(request, **kwargs)
        return self.show(
            request, context, template="finance/price_simulator_part.html" if is_part(request, "simulation") else ""
        )

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        asked = request.GET if "product" in request.GET and "channel" in request.GET else None
        form = TriedFields(asked, channels=queries.channels(reader(request), queries.COSTS))
        polish(form)
        if asked is None or not form.is_valid():
            return {"form": form, "base": None}
        return {"form": form, **self.simulated(request, form)}

    def simulated(self, request: HttpRequest, form: TriedFields) -> dict[str, Any]:
        """The simulation of what was asked."""
        values = form.cleaned_data
        tried = {name: values.get(name) for name in TRIED}
        base = ground(reader(request), values["product"], values["channel"], company_today(), tried, values["target"])
        advice = base.advice(values["competitor"]) if base.landed.known else None
        price = values["price"] or base.now or (advice.price if advice else None) or base.floor
        found: dict[str, Any] = {
            "base": base, "price": price, "settings": settings(base, form), "rests": list(rests_on(base)), "slope": slope_words(base.elasticity),
            "costs_url": f"{reverse('finance:unit_cost-list')}?product={base.product.pk}", "advice": told(base, advice),
            "floor": format_money(Money(base.floor, base.currency)) if base.floor is not None else "",
        }  # fmt: skip
        if price is not None and base.landed.known:
            margin = base.margin(price)
            found |= {
                "margin": margin, "short": margin is None or margin < base.target, "bars": waterfall(base, price), "chart": curve(base, price),
                "law": law(base, price), "left": format_money(Money(base.steps(price)[-1][1], base.currency)),
            }  # fmt: skip
            query = {"product": base.product.pk, "channel": base.channel.pk, "decided": f"{price:f}"}
            found["review_url"] = f"{reverse('finance:price_review-new')}?{urlencode(query)}"
        return found


PAGES = (Simulator,)
