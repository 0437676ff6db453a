"""What a unit leaves at a price, the least price for a target margin, the best price within limits, and price endings.

Exact: amounts are Decimal in, fractions in between, Decimal out; a price is rounded up to the currency's own digits. The margin is
that of contribution after advertising, as a share of net revenue that is kept (without tax, after returns).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from tradewind.base.money import CURRENCIES

ZERO = Decimal(0)
PRICE, TAX, RETURNS, FEE, PAYMENT, ADS, GOODS, FULFILMENT, RETURNING, LEFT = (
    "price", "tax", "returns", "fee", "payment", "ads", "goods", "fulfilment", "returning", "left",
)  # fmt: skip
# The usual ends of prices by currency; several are divided by a bar.
ENDINGS = {
    "EUR": ".99|.95", "USD": ".99|.95", "GBP": ".99|.95", "CAD": ".99", "AUD": ".95|.99", "CHF": ".90|.95", "SEK": "9",
    "PLN": ".99", "CZK": "9", "CNY": "9|8", "JPY": "80|0", "MXN": "9", "BRL": ".90", "KRW": "900|000",
}  # fmt: skip
LEGAL_DAYS = 30


@dataclass(frozen=True)
class Terms:
    """What one sold unit costs, in the currency of its price. Rates are shares (0.15 is 15 %), of the price the buyer pays where
    not said otherwise: `fee`, `payment`; `ads` and `returns` of net revenue; `duty` of the goods.

    `goods` is what was bought in another currency (`band`: how much dearer it may become), `home` what was not. A returned unit
    brings no revenue, keeps its fees, its goods are lost (as the profit and loss counts it) and costs `returning` more.
    """

    goods: Decimal = ZERO
    home: Decimal = ZERO
    duty: Decimal = ZERO
    fulfilment: Decimal = ZERO
    payment_fixed: Decimal = ZERO
    returning: Decimal = ZERO
    tax: Decimal = ZERO
    tax_included: bool = True
    fee: Decimal = ZERO
    payment: Decimal = ZERO
    ads: Decimal = ZERO
    returns: Decimal = ZERO
    band: Decimal = ZERO

    @property
    def divisor(self) -> Fraction:
        """By what a price is divided to be without tax."""
        return Fraction(1) + (Fraction(self.tax) if self.tax_included else 0)

    @property
    def cost(self) -> Fraction:
        """What a unit costs whatever its price: goods at the dear end of the band, duty, fulfilment, its part of returns."""
        goods = Fraction(self.goods) * (1 + Fraction(self.band))
        landed = goods * (1 + Fraction(self.duty)) + Fraction(self.home)
        return (
            landed
            + Fraction(self.fulfilment)
            + Fraction(self.payment_fixed)
            + Fraction(self.returns) * Fraction(self.returning)
        )

    def kept(self, price: Decimal | Fraction) -> Fraction:
        """Net revenue that is kept of a price."""
        return Fraction(price) / self.divisor * (1 - Fraction(self.returns))

    def left(self, price: Decimal | Fraction) -> Fraction:
        """What is left of a price after everything."""
        fees = Fraction(price) * (Fraction(self.fee) + Fraction(self.payment))
        return self.kept(price) * (1 - Fraction(self.ads)) - fees - self.cost

    def margin(self, price: Decimal | Fraction) -> Fraction | None:
        """What is left as a share of net revenue kept; None where nothing is kept."""
        kept = self.kept(price)
        return self.left(price) / kept if kept > 0 else None


class NoPrice(ValueError):
    """No price reaches the target: fees, tax, advertising and the target take more than a price brings."""


def least_price(terms: Terms, target: Decimal, digits: int) -> Decimal:
    """The least price in whole steps of a currency with `digits` places whose margin is at least `target`; NoPrice when none is."""
    share = (1 - Fraction(terms.returns)) * (1 - Fraction(terms.ads) - Fraction(target)) / terms.divisor
    share -= Fraction(terms.fee) + Fraction(terms.payment)
    if share <= 0 or terms.kept(Decimal(1)) <= 0:
        raise NoPrice
    step = 10**digits
    steps = -(-(terms.cost / share * step) // 1)
    return Decimal(max(int(steps), 1)) / step if digits else Decimal(max(int(steps), 1))


def waterfall(terms: Terms, price: Decimal) -> list[tuple[str, Fraction]]:
    """From the price the buyer pays to what is left: each step with its sign; the steps before the last add up to it."""
    at, net = Fraction(price), Fraction(price) / terms.divisor
    goods = Fraction(terms.goods) * (1 + Fraction(terms.band)) * (1 + Fraction(terms.duty)) + Fraction(terms.home)
    returned = Fraction(terms.returns)
    return [
        (PRICE, at),
        (TAX, net - at),
        (RETURNS, -net * returned),
        (FEE, -at * Fraction(terms.fee)),
        (PAYMENT, -at * Fraction(terms.payment) - Fraction(terms.payment_fixed)),
        (ADS, -net * (1 - returned) * Fraction(terms.ads)),
        (GOODS, -goods),
        (FULFILMENT, -Fraction(terms.fulfilment)),
        (RETURNING, -returned * Fraction(terms.returning)),
        (LEFT, terms.left(price)),
    ]


@dataclass(frozen=True)
class Limits:
    """What a price must keep to: `floor` by the target margin, `old` with the largest step (a share), a competitor's `ceiling`."""

    floor: Decimal | None = None
    old: Decimal | None = None
    step: Decimal | None = None
    ceiling: Decimal | None = None
    ending: str = ""


@dataclass(frozen=True)
class Advice:
    """The advised price, what would be best without limits (None: the dearer the better), and the limits that decided.

    Limits: floor, step_up, step_down, ceiling, ending, floor_beyond_step (the floor cannot be reached in one step), inelastic.
    """

    price: Decimal
    free: Decimal | None
    limits: tuple[str, ...] = field(default=())


def free_best(terms: Terms, elasticity: Decimal) -> Fraction | None:
    """The price that leaves most in all when units follow price by this elasticity; None when buyers hardly mind (above −1)."""
    share = (1 - Fraction(terms.returns)) * (1 - Fraction(terms.ads)) / terms.divisor
    share -= Fraction(terms.fee) + Fraction(terms.payment)
    slope = Fraction(elasticity)
    if slope >= -1:
        return None
    if share <= 0:
        raise NoPrice
    return terms.cost / share * slope / (1 + slope)


def best_price(terms: Terms, elasticity: Decimal | None, limits: Limits, currency: str) -> Advice:
    """The price that leaves most within the limits; without an elasticity the old price, moved only as far as limits ask.

    NoPrice when there is neither an elasticity nor an old price nor a floor to start from.
    """
    digits = CURRENCIES[currency].digits
    free = free_best(terms, elasticity) if elasticity is not None else None
    low, high = bounds(limits)
    hit: list[str] = []
    wanted: Fraction | Decimal | None = free
    if free is None:
        wanted = limits.old or limits.floor
        if elasticity is not None:  # the dearer the better: as far up as the limits let it
            wanted, hit = (high[0] if high else wanted), ["inelastic"]
    if wanted is None:
        raise NoPrice
    price = Fraction(wanted)
    if low is not None and price < low[0]:
        price, hit = Fraction(low[0]), [*hit, low[1]]
    if high is not None and price > high[0]:
        price, hit = Fraction(high[0]), [*hit, high[1]]
    if limits.floor is not None and price < limits.floor:
        hit.append("floor_beyond_step" if high and high[1] == "step_up" else "floor")
    shown = to_steps(price, digits, up="floor" in hit)
    ended = with_ending(shown, limits.ending, low[0] if low else None, high[0] if high else None)
    if ended is not None and ended != shown:
        hit.append("ending")
    return Advice(ended if ended is not None else shown, None if free is None else to_steps(free, digits), tuple(hit))


Bound = tuple[Decimal | Fraction, str]


def bounds(limits: Limits) -> tuple[Bound | None, Bound | None]:
    """The lowest and the highest price that limits leave, each with the limit that says so; the step wins over the others."""
    lows: list[Bound] = [(limits.floor, "floor")] if limits.floor is not None else []
    highs: list[Bound] = [(limits.ceiling, "ceiling")] if limits.ceiling is not None else []
    if limits.floor is not None and limits.ceiling is not None and limits.ceiling < limits.floor:
        highs = []  # a competitor below the floor is followed no further than the floor
    low = max(lows, key=lambda one: one[0], default=None)
    high = min(highs, key=lambda one: one[0], default=None)
    if limits.old is not None and limits.step is not None:
        down, up = (Fraction(limits.old) * (1 + sign * Fraction(limits.step)) for sign in (-1, 1))
        low = (down, "step_down") if low is None or low[0] < down else low
        high = (up, "step_up") if high is None or high[0] > up else high
        low = (up, "step_up") if low[0] > up else low
        high = (down, "step_down") if high[0] < down else high
    return low, high


def to_steps(price: Fraction | Decimal, digits: int, *, up: bool = False) -> Decimal:
    """A price in whole steps of its currency: the nearest, or the next above."""
    scaled = Fraction(price) * 10**digits
    whole = -(-scaled // 1) if up else (scaled + Fraction(1, 2)) // 1
    return Decimal(int(whole)).scaleb(-digits)


def with_ending(
    price: Decimal, ending: str, low: Decimal | Fraction | None = None, high: Decimal | Fraction | None = None
) -> Decimal | None:
    """The nearest price that ends as one of the endings (`.99|.95`, `80|0`) within bounds; None when there is none. Blank: the price."""
    if not ending.strip():
        return price
    found: list[Decimal] = []
    for one in ending.split("|"):
        text = one.strip()
        module = Decimal(10) ** len(text.split(".")[0])
        start = (price // module) * module + Decimal(text or "0")
        found += [start + module * step for step in (-2, -1, 0, 1, 2)]
    kept = [one for one in found if one > 0 and (low is None or one >= low) and (high is None or one <= high)]
    return min(kept, key=lambda one: (abs(one - price), one), default=None)


def good_ending(text: str) -> bool:
    """Whether a text is one or several endings of prices."""
    parts = [part.strip() for part in text.split("|")]
    return all(
        part.replace(".", "", 1).isascii() and part.replace(".", "", 1).isdecimal() and len(part) <= 7 for part in parts
    )


Span = tuple[date, date | None, Decimal]


def in_force(prices: Iterable[Span], day: date) -> Decimal | None:
    """The price of a day: the last that began by then and has not ended; None without any."""
    held = [(start, amount) for start, end, amount in prices if start <= day and (end is None or day <= end)]
    return max(held, key=lambda one: one[0])[1] if held else None


def lowest_before(prices: Iterable[Span], day: date, days: int = LEGAL_DAYS) -> Decimal | None:
    """The lowest price in force in the `days` before a day: what the EU wants shown beside an announced reduction.

    Source: Directive 98/6/EC, article 6a (in the wording of Directive (EU) 2019/2161).
    """
    known = list(prices)
    seen = [in_force(known, day - timedelta(days=back)) for back in range(1, days + 1)]
    return min((price for price in seen if price is not None), default=None)


def rate_on(rates: Sequence[tuple[date, Decimal]], day: date) -> tuple[date, Decimal] | None:
    """The dated rate in force on a day: the last that began by then; None before the first."""
    return max((one for one in rates if one[0] <= day), default=None)
