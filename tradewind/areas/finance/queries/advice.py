"""What a price of a product on a channel rests on, gathered from facts and rules; only for those who may see costs there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import Q

from tradewind.areas.finance.models import PriceRule
from tradewind.areas.finance.queries import prices
from tradewind.areas.finance.queries.profit import VIEW as PROFIT
from tradewind.areas.finance.queries.profit import Wish, converted, read
from tradewind.areas.finance.queries.taxes import TaxRate, rate_for_goods
from tradewind.areas.finance.rules.pricing import (
    ENDINGS,
    Advice,
    Limits,
    NoPrice,
    Terms,
    best_price,
    least_price,
    lowest_before,
    waterfall,
)
from tradewind.base.money import CURRENCIES, from_units
from tradewind.base.places import EU
from tradewind.engines.access.scope import can, require
from tradewind.engines.metrics import rates
from tradewind.nouns.org.models import Person
from tradewind.nouns.trade.models import Channel, Product, UnitCost
from tradewind.science.pricing import Elasticity, Thin

RATE = "day"
PLACES = Decimal("0.0001")
# What a person may try instead of what the facts say; shares but for the last three, which are amounts.
TRIED = ("tax", "fee", "payment", "ads", "returns", "duty", "band", "fulfilment", "returning", "home")


@dataclass(frozen=True)
class Landed:
    """What a unit costs on a day in a currency: what was bought in others, what was not, and what has no rate or is missing."""

    goods: Decimal = Decimal(0)
    home: Decimal = Decimal(0)
    parts: tuple[tuple[str, Decimal, str], ...] = ()
    lacking: tuple[str, ...] = ()

    @property
    def known(self) -> bool:
        """Whether a purchase price is known and every part could be converted."""
        return not self.lacking and any(part == UnitCost.PURCHASE for part, *_more in self.parts)


def landed(product: Product, market_id: int | None, currency: str, day: date) -> Landed:
    """The parts of a unit's cost in force on a day, converted at the day's rate; a market's own before the general one."""
    span = Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gte=day))
    where = Q(market=None) | Q(market=market_id) if market_id else Q(market=None)
    rows = {
        row.part: row
        for row in sorted(UnitCost.objects.filter(span, where, product=product), key=lambda row: row.market_id or 0)
    }
    rule, found = rates.rule(RATE), Landed()
    for part, row in rows.items():
        amount, factor = from_units(row.amount), rule.factor(day, row.currency, currency)
        found = replace(found, parts=(*found.parts, (part, amount, row.currency)))
        if factor is None:
            found = replace(found, lacking=(*found.lacking, row.currency))
        elif row.currency == currency:
            found = replace(found, home=found.home + amount)
        else:
            found = replace(found, goods=found.goods + (amount * factor.value).quantize(PLACES))
    return found


@dataclass(frozen=True)
class Measured:
    """What a channel's last full months took: shares of net revenue, fulfilment a unit; None: nothing to measure by."""

    fee: Decimal
    ads: Decimal
    returns: Decimal
    fulfilment: Decimal


def measured(channel: Channel, today: date, months: int = 6) -> Measured | None:
    """Fees, advertising and refunds as shares of what was sold, from the profit and loss of a channel."""
    span = prices.months_before(today, months)
    made = converted(read(Wish(span.start, span.end, (), filters={"channel": (channel.pk,)})), channel.currency)
    sums: dict[str, Decimal] = {}
    for (_key, line, _account), amount in made.amounts.items():
        sums[line] = sums.get(line, Decimal(0)) + amount
    sales, units = sums.get("gross", Decimal(0)) + sums.get("discount", Decimal(0)), made.units.get((), 0)
    kept = sales + sums.get("refund", Decimal(0))
    if sales <= 0 or kept <= 0 or units <= 0:
        return None

    def share(line: str, of: Decimal) -> Decimal:
        return max(-sums.get(line, Decimal(0)) / of, Decimal(0)).quantize(PLACES)

    spent = max(-sums.get("fulfilment", Decimal(0)) / units, Decimal(0)).quantize(PLACES)
    return Measured(
        share("fees", sales), share("advertising", kept), min(share("refund", sales), Decimal("0.9")), spent
    )


@dataclass(frozen=True)
class Ground:
    """All a price rests on: terms with their sources by name, target, price now, elasticity, limits, law."""

    product: Product
    channel: Channel
    day: date
    currency: str
    terms: Terms
    target: Decimal
    landed: Landed
    tax: TaxRate | None
    rule: PriceRule | None
    now: Decimal | None
    elasticity: Elasticity | Thin
    ending: str
    step: Decimal
    sources: Mapping[str, str] = field(default_factory=dict)

    @property
    def floor(self) -> Decimal | None:
        """The least price for the target; None when no price reaches it or costs are not known."""
        if not self.landed.known:
            return None
        try:
            return least_price(self.terms, self.target, CURRENCIES[self.currency].digits)
        except NoPrice:
            return None

    @property
    def unreachable(self) -> bool:
        """Whether costs are known and yet no price reaches the target."""
        return self.landed.known and self.floor is None

    def advice(self, competitor: Decimal | None = None) -> Advice | None:
        """The best price within the limits; None where costs are not known or there is nothing to start from."""
        if not self.landed.known:
            return None
        slope = self.elasticity if isinstance(self.elasticity, Elasticity) else None
        value = Decimal(str(slope.value)).quantize(PLACES) if slope and slope.high < 0 else None
        step = self.step if self.now is not None and self.step > 0 else None
        limits = Limits(self.floor, self.now, step, competitor, self.ending)
        try:
            return best_price(self.terms, value, limits, self.currency)
        except NoPrice:
            return None

    def margin(self, price: Decimal) -> Decimal | None:
        """The margin at a price, as a share of net revenue kept."""
        found = self.terms.margin(price)
        return None if found is None else exact(found, 6)

    def steps(self, price: Decimal) -> list[tuple[str, Decimal]]:
        """From the price to what is left, in the channel's currency to the 1/10,000."""
        return [(name, exact(amount, 4)) for name, amount in waterfall(self.terms, price)]

    def lowest(self, start: date | None = None) -> Decimal | None:
        """The lowest price of the 30 days before a reduction begins (today), where the law of the EU asks to show it beside one."""
        if self.channel.country not in EU:
            return None
        return lowest_before(prices.spans(self.product, self.channel), start or self.day)


def exact(value: Fraction, places: int) -> Decimal:
    """A fraction as a decimal, rounded half even to places."""
    scaled = value * 10**places
    return Decimal(round(scaled)).scaleb(-places)


def ground(
    person: Person | None, product: Product, channel: Channel, day: date, tried: Mapping[str, Decimal | None] | None = None,
    target: Decimal | None = None,
) -> Ground:  # fmt: skip
    """What the price of a product on a channel rests on; NotAllowed without the right to see costs there.

    `tried` values take the place of what facts and rules say. Fees of the past are read only with the right to see profits.
    """
    require(person, prices.COSTS, prices.at(channel))
    return gathered(product, channel, day, tried, target, profits=can(person, PROFIT, prices.at(channel)))


def gathered(
    product: Product, channel: Channel, day: date, tried: Mapping[str, Decimal | None] | None = None, target: Decimal | None = None,
    *, profits: bool,
) -> Ground:  # fmt: skip
    """The same for a caller that has asked for the right; `profits`: whether the channel's past fees may be read."""
    rule, unit = prices.rule_for(channel), landed(product, channel.market_id, channel.currency, day)
    seen = measured(channel, day) if profits else None
    tax = rate_for_goods(channel.country, day, rule.tax_kind if rule else "")
    included = prices.tax_in_price(product, channel, day)
    values: dict[str, Any] = {"goods": unit.goods, "home": unit.home, "tax_included": included}
    sources = {"goods": "unit_cost", "home": "unit_cost"}
    for name, value, source in (*from_facts(seen, tax if included else None), *from_rule(rule)):
        values[name], sources[name] = value, source
    for name, tried_value in (tried or {}).items():
        if name in TRIED and tried_value is not None:
            values[name], sources[name] = tried_value, "tried"
    wanted = target if target is not None else from_units(rule.target_margin) / 100 if rule else Decimal("0.15")
    return Ground(
        product, channel, day, channel.currency, Terms(**values), wanted, unit, tax, rule, prices.price_on(product, channel, day),
        prices.elasticity_of(product, channel, day), ending_of(rule, channel.currency),
        from_units(rule.largest_step) / 100 if rule else Decimal("0.15"), sources,
    )  # fmt: skip


def ending_of(rule: PriceRule | None, currency: str) -> str:
    """The rule's endings, else those that are usual for a currency."""
    return rule.ending if rule and rule.ending else ENDINGS.get(currency, "")


def from_facts(seen: Measured | None, tax: TaxRate | None) -> list[tuple[str, Decimal, str]]:
    """Terms as facts and dated data say them."""
    found = [("tax", tax.rate, "tax_data")] if tax else []
    if seen is not None:
        of_price = seen.fee / (1 + (tax.rate if tax else 0))
        found += [("fee", of_price.quantize(PLACES), "measured"), ("ads", seen.ads, "measured"), ("returns", seen.returns, "measured"),
                  ("fulfilment", seen.fulfilment, "measured")]  # fmt: skip
    return found


def from_rule(rule: PriceRule | None) -> list[tuple[str, Decimal, str]]:
    """Terms as a price rule says them; what it leaves at zero is left to the facts."""
    if rule is None:
        return [("band", Decimal("0.05"), "usual")]
    found = [("band", from_units(rule.rate_band) / 100, "rule")]
    for name, value in (("fee", rule.fee_rate), ("payment", rule.payment_rate), ("ads", rule.ad_rate)):
        found += [(name, from_units(value) / 100, "rule")] if value else []
    if rule.tax_rate is not None:
        found.append(("tax", from_units(rule.tax_rate) / 100, "rule"))
    if rule.fulfilment:
        found.append(("fulfilment", from_units(rule.fulfilment), "rule"))
    return found
