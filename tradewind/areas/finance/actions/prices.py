"""Prices: say them, look at them again with what they rest on, and measure what a change did."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from tradewind.areas.finance.models import PriceReview, PriceRule
from tradewind.areas.finance.queries import prices as queries
from tradewind.areas.finance.queries.advice import Ground, gathered, ground
from tradewind.areas.finance.queries.effects import effect_of
from tradewind.areas.finance.queries.taxes import REDUCED
from tradewind.areas.finance.rules.pricing import good_ending
from tradewind.base import clock
from tradewind.base.errors import Refused
from tradewind.base.money import CURRENCIES, from_units, to_units
from tradewind.engines.access.scope import Scope, require
from tradewind.engines.actions.action import Bulk, action
from tradewind.nouns.org.models import Market, Person
from tradewind.nouns.org.queries import company_today
from tradewind.nouns.trade.models import Channel, Price, Product
from tradewind.science.pricing import Elasticity

PART = 500


@dataclass(frozen=True)
class Priced:
    """A price to say: keys of product and channel, the days, units of 1/10,000 in the channel's currency."""

    product: int
    channel: int
    valid_from: date
    amount: int
    valid_to: date | None = None
    tax_included: bool = True
    reason: str = ""
    source: str = ""

    @property
    def key(self) -> tuple[int, int, date]:
        """What there is once."""
        return (self.product, self.channel, self.valid_from)


def at_channel(_by: object = None, *_args: Any, channel: Channel | None = None, **_kwargs: Any) -> Scope:
    """Where the right to price is needed."""
    return queries.at(channel) if channel is not None else Scope()


def at_channels(_by: object = None, *_args: Any, prices: Iterable[Priced] = (), **_kwargs: Any) -> Scope:
    """Prices of one channel need the right there; those of several, everywhere."""
    keys = {one.channel for one in prices}
    found = Channel.objects.filter(pk=keys.pop()).first() if len(keys) == 1 else None
    return queries.at(found) if found else Scope()


def at_market(
    _by: object = None, *_args: Any, market: Market | None = None, channel: Channel | None = None, **_kw: Any
) -> Scope:
    """Where a rule lies: in its market, or in its channel's."""
    if channel is not None:
        return Scope(market=channel.market_id)
    return Scope(market=market.pk if market else None)


@action(scope=at_channel)
def set_price(
    by: Person | None, *, product: Product, channel: Channel, amount: Decimal, valid_from: date, valid_to: date | None = None,
    tax_included: bool = True, reason: str = "",
) -> Bulk[Price]:  # fmt: skip
    """Say what a product costs on a channel from a day on."""
    one = Priced(product.pk, channel.pk, valid_from, to_units(amount), valid_to, tax_included, reason.strip())
    _counts, changes = write([one], {channel.pk: channel})
    row = Price.objects.get(product=product, channel=channel, valid_from=valid_from)
    return Bulk(row, {}, changes, row)


@action(scope=at_channels)
def set_prices(by: Person | None, *, prices: list[Priced]) -> Bulk[dict[str, int]]:
    """Say many prices at once."""
    channels = {row.pk: row for row in Channel.objects.filter(pk__in={one.channel for one in prices})}
    counts, changes = write(prices, channels)
    return Bulk(counts, counts, changes)


def write(
    prices: Sequence[Priced], channels: dict[int, Channel]
) -> tuple[dict[str, int], list[tuple[str, int, dict[str, Any]]]]:
    """Store prices; how many are new, changed and the same, and the changes. Refused whole when one is faulty."""
    for one in prices:
        refuse_faulty(one, channels[one.channel])
    wanted = {one.key: one for one in prices}
    products = {one.product for one in prices}
    held = {(row.product_id, row.channel_id, row.valid_from): row for row in Price.objects.filter(product__in=products)}
    fresh, changed, changes = list[Price](), list[Price](), list[tuple[str, int, dict[str, Any]]]()
    for key, one in wanted.items():
        row = held.get(key)
        if row is None:
            channel = channels[one.channel]
            fresh.append(Price(
                product_id=one.product, channel=channel, market_id=channel.market_id, valid_from=one.valid_from, valid_to=one.valid_to,
                amount=one.amount, currency=channel.currency, tax_included=one.tax_included, reason=one.reason[:200],
                source=one.source[:200],
            ))  # fmt: skip
        elif (row.amount, row.valid_to, row.tax_included) != (one.amount, one.valid_to, one.tax_included):
            changes.append(("finance.price", row.pk, {"amount": [told(row.amount, row), told(one.amount, row)]}))
            row.amount, row.valid_to, row.tax_included, row.reason = (
                one.amount,
                one.valid_to,
                one.tax_included,
                one.reason[:200],
            )
            changed.append(row)
    Price.objects.bulk_create(fresh, batch_size=PART)
    Price.objects.bulk_update(changed, ["amount", "valid_to", "tax_included", "reason"], batch_size=PART)
    return {"new": len(fresh), "changed": len(changed), "same": len(wanted) - len(fresh) - len(changed)}, changes


def told(units: int, row: Price) -> str:
    """A price in words of the history."""
    return f"{from_units(units)} {row.currency}"


def refuse_faulty(one: Priced, channel: Channel) -> None:
    """Refused when a price is not above zero, finer than its currency, ends before it begins, or its channel has no currency."""
    faults: dict[str, Any] = {}
    known = CURRENCIES.get(channel.currency)
    if known is None:
        faults["channel"] = _("This channel has no currency yet.")
    elif one.amount <= 0:
        faults["amount"] = _("A price is above zero.")
    elif one.amount % 10 ** (4 - min(known.digits, 4)):
        faults["amount"] = _("This currency has no such small parts.")
    if one.valid_to is not None and one.valid_to < one.valid_from:
        faults["valid_to"] = _("It ends before it begins.")
    if faults:
        raise Refused(_("Some fields are missing or not right."), fields=faults)


@action(scope=at_channel, private=("advised", "advice"))
def review_price(
    by: Person | None, *, product: Product, channel: Channel, decided: Decimal | None = None, competitor: Decimal | None = None,
    valid_from: date | None = None, reason: str = "",
) -> PriceReview:  # fmt: skip
    """Look at a price with all it rests on, and keep or change it."""
    if competitor is not None and competitor <= 0:
        raise Refused(_("A price is above zero."), fields={"competitor": _("A price is above zero.")})
    return reviewed(by, product, channel, decided, competitor, valid_from, reason)


@action(private=("advised", "advice"))
def keep_price(by: Person | None, price: Price) -> Bulk[PriceReview]:
    """Look at a price and keep it as it is."""
    if by is not None:
        require(by, review_price.code, queries.at(price.channel))
    row = reviewed(by, price.product, price.channel, None, None, None, "")
    return Bulk(row, {"reviews": 1})


def reviewed(
    by: Person | None, product: Product, channel: Channel, decided: Decimal | None, competitor: Decimal | None, day: date | None,
    reason: str,
) -> PriceReview:  # fmt: skip
    """A review made, and the price that comes of it."""
    today = company_today()
    base = known(by, product, channel, today)
    old = base.now if base else queries.price_on(product, channel, today)
    if decided is None and old is None:
        raise Refused(_("There is no price to keep: say one."), fields={"decided": _("Say a price.")})
    if decided is not None and decided <= 0:
        raise Refused(_("A price is above zero."), fields={"decided": _("A price is above zero.")})
    wanted = decided if decided is not None else old or Decimal(0)
    price = None
    if decided is not None and decided != old:
        why = reason or _("After a review")
        new: dict[str, Any] = {
            "product": product,
            "channel": channel,
            "amount": decided,
            "valid_from": day or today,
            "tax_included": queries.tax_in_price(product, channel, today),
            "reason": why,
        }
        price = set_price.system(**new) if by is None else set_price(by, **new)
    advice = base.advice(competitor) if base else None
    return PriceReview.objects.create(
        product=product, channel=channel, market_id=channel.market_id, day=today, old=to_units(old) if old is not None else None,
        advised=to_units(advice.price) if advice else None, decided=to_units(wanted), currency=channel.currency, price=price, by=by,
        advice=noted(base, wanted, competitor, day) if base else {}, reason=reason.strip()[:300],
    )  # fmt: skip


def known(by: Person | None, product: Product, channel: Channel, today: date) -> Ground | None:
    """All a price rests on; None for who may not see costs there."""
    if by is None:
        return gathered(product, channel, today, profits=True)
    return ground(by, product, channel, today) if queries.sees_costs(by, channel) else None


def noted(base: Ground, price: Decimal, competitor: Decimal | None, start: date | None) -> dict[str, Any]:
    """What was known at the review, as it is kept: amounts and shares as texts; the price begins on `start`, else today."""
    advice, slope, lowest = base.advice(competitor), base.elasticity, base.lowest(start)
    margin = base.margin(price) if base.landed.known else None
    found: dict[str, Any] = {
        "floor": base.floor, "free": advice.free if advice else None, "limits": list(advice.limits) if advice else [],
        "target": base.target, "margin": margin, "competitor": competitor, "lowest": lowest, "unit_cost": base.landed.known,
    }  # fmt: skip
    if isinstance(slope, Elasticity):
        found |= {"elasticity": round(slope.value, 3), "low": round(slope.low, 3), "high": round(slope.high, 3)}
    else:
        found |= {"thin": slope.reason}
    return {
        name: str(value) if isinstance(value, Decimal) else value for name, value in found.items() if value is not None
    }


@action(private=("effect",))
def measure_effect(by: Person | None, review: PriceReview) -> PriceReview:
    """Measure what a change of price did, beside the other products of the channel."""
    if review.price is None:
        raise Refused(_("This review changed no price."), code="no_change")
    found = effect_of(review, company_today())
    if found is None:
        raise Refused(_("Wait until four full weeks have passed since the change."), code="too_early")
    review.effect, review.measured_at = found, clock.now()
    review.save()
    return review


@action(scope=at_market)
def save_price_rule(
    by: Person | None, rule: PriceRule | None = None, *, name: str, market: Market | None = None, channel: Channel | None = None,
    target_margin: Decimal, fee_rate: Decimal = Decimal(0), payment_rate: Decimal = Decimal(0), ad_rate: Decimal = Decimal(0),
    tax_rate: Decimal | None = None, fulfilment: Decimal = Decimal(0), currency: str, rate_band: Decimal = Decimal(0),
    ending: str = "", largest_step: Decimal = Decimal("0.15"), active: bool = True, tax_kind: str = "",
) -> PriceRule:  # fmt: skip
    """Say what prices must keep to on a channel or in a market; shares are ratios (0.15 is 15 %)."""
    faults: dict[str, Any] = {}
    shares = {"target_margin": target_margin, "fee_rate": fee_rate, "payment_rate": payment_rate, "ad_rate": ad_rate,
              "rate_band": rate_band, "largest_step": largest_step, "tax_rate": tax_rate or Decimal(0)}  # fmt: skip
    for field, share in shares.items():
        if not 0 <= share < 1:
            faults[field] = _("Between 0 and 100 %.")
    if ending.strip() and not good_ending(ending):
        faults["ending"] = _("Write endings such as .99 or 80, several with a bar between: .99|.95")
    if tax_kind and tax_kind not in REDUCED:
        faults["tax_kind"] = _("Choose one of the rates.")
    if currency not in CURRENCIES:
        faults["currency"] = _("Unknown currency: %(code)s") % {"code": currency}
    if channel is not None and channel.currency != currency:
        faults["currency"] = _("The channel sells in %(code)s.") % {"code": channel.currency}
    if by is not None and rule is not None:
        require(by, save_price_rule.code, at_market(channel=channel, market=market))
    if faults:
        raise Refused(_("Some fields are missing or not right."), fields=faults)
    rule = rule or PriceRule()
    rule.name, rule.market, rule.channel, rule.currency, rule.ending, rule.active = (
        name.strip(),
        market,
        channel,
        currency,
        ending,
        active,
    )
    rule.target_margin, rule.fee_rate, rule.payment_rate, rule.ad_rate = map(
        points, (target_margin, fee_rate, payment_rate, ad_rate)
    )
    rule.tax_rate, rule.tax_kind = None if tax_rate is None else points(tax_rate), tax_kind
    rule.rate_band, rule.largest_step, rule.fulfilment = points(rate_band), points(largest_step), to_units(fulfilment)
    rule.save()
    return rule


def points(share: Decimal) -> int:
    """A share as stored: per cent in 1/10,000."""
    return to_units((share * 100).quantize(Decimal("0.0001")))
