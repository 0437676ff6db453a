"""Amounts of money: exact decimals with their currency, stored as whole units of 1/10,000."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal, InvalidOperation, localcontext
from typing import Self

from django.utils.translation import gettext_lazy as _

from tradewind.base.currencies import CURRENCIES, Currency
from tradewind.base.errors import Refused

__all__ = [
    "CURRENCIES", "SCALE", "Currency", "CurrencyMismatch", "Money", "from_units", "round_slices", "to_units",
]  # fmt: skip

SCALE = 10_000
_STEP = Decimal(1).scaleb(-4)
_LARGEST = 2**63 - 1
# Sums and products of stored amounts must never be rounded by the default 28-digit context.
_EXACT = Context(prec=80, rounding=ROUND_HALF_EVEN)


class CurrencyMismatch(Refused):
    """Two currencies met in one sum or comparison; convert first, with a rate that is stored."""

    def __init__(self, left: str, right: str) -> None:
        super().__init__(
            _("%(left)s and %(right)s cannot be added or compared without a rate.") % {"left": left, "right": right},
            code="currency_mismatch",
        )


def to_units(amount: Decimal | int | str) -> int:
    """An amount as whole units of 1/10,000; Refused when no number, too fine or too large to be exact."""
    exact = _decimal(amount)
    if exact.adjusted() > 20:
        raise Refused(_("The amount is too large."), code="amount_too_large")
    with localcontext(_EXACT):
        scaled = exact * SCALE
        whole = int(scaled)
        if scaled != whole:
            raise Refused(_("An amount has at most four decimal places."), code="amount_too_fine")
    if abs(whole) > _LARGEST:
        raise Refused(_("The amount is too large."), code="amount_too_large")
    return whole


def from_units(units: int) -> Decimal:
    """The decimal amount of stored units, always with four places."""
    return Decimal(units).scaleb(-4, context=_EXACT)


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount in one currency; arithmetic and order only within that currency."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "amount", _decimal(self.amount))
        if self.currency not in CURRENCIES:
            raise Refused(_("Unknown currency: %(code)s") % {"code": self.currency}, code="unknown_currency")

    @classmethod
    def of_units(cls, units: int, currency: str) -> Self:
        """The money of a stored row."""
        return cls(from_units(units), currency)

    @classmethod
    def total(cls, items: Iterable["Money"], currency: str) -> "Money":
        """The sum of many amounts of one currency; zero of it when there are none."""
        result = cls(Decimal(0), currency)
        for item in items:
            result = result + item
        return result

    @property
    def units(self) -> int:
        """Whole units of 1/10,000 for storage; Refused when finer (call ``stored()`` first)."""
        return to_units(self.amount)

    @property
    def digits(self) -> int:
        """Decimal places this currency is paid in."""
        return CURRENCIES[self.currency].digits

    def stored(self) -> "Money":
        """Rounded half-even to the 1/10,000 that a column holds: after a rate or a percentage."""
        return Money(self.amount.quantize(_STEP, context=_EXACT), self.currency)

    def rounded(self) -> "Money":
        """Rounded half-even to what the currency is paid in (JPY 0 places, EUR 2, KWD 3)."""
        return Money(self.amount.quantize(Decimal(1).scaleb(-self.digits), context=_EXACT), self.currency)

    def allocate(self, weights: Sequence[Decimal | int]) -> list["Money"]:
        """Shares in proportion to weights (none negative; all zero means equal) that add up to exactly this amount.

        Shares are whole payable steps of the currency, or of this amount's own last place when that is finer.
        """
        shares = [Decimal(weight) for weight in weights]
        if not shares or any(share < 0 for share in shares):
            raise Refused(_("An amount is shared by weights of zero or more."), code="bad_weights")
        if not any(shares):
            shares = [Decimal(1)] * len(shares)
        exponent = self.amount.as_tuple().exponent
        places = max(self.digits, -exponent if isinstance(exponent, int) else 0)
        with localcontext(_EXACT):
            total = sum(shares, Decimal(0))
            raw = [self.amount * share / total for share in shares]
            return [Money(part, self.currency) for part in _spread(raw, self.amount, places)]

    def _same(self, other: "Money") -> Decimal:
        if other.currency != self.currency:
            raise CurrencyMismatch(self.currency, other.currency)
        return other.amount

    def __add__(self, other: "Money") -> "Money":
        return Money(_EXACT.add(self.amount, self._same(other)), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(_EXACT.subtract(self.amount, self._same(other)), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    def __abs__(self) -> "Money":
        return -self if self.amount < 0 else self

    def __mul__(self, factor: Decimal | int) -> "Money":
        if isinstance(factor, float | bool) or not isinstance(factor, Decimal | int):
            return NotImplemented
        return Money(_EXACT.multiply(self.amount, Decimal(factor)), self.currency)

    __rmul__ = __mul__

    def __bool__(self) -> bool:
        return self.amount != 0

    def __lt__(self, other: "Money") -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.amount <= self._same(other)

    def __gt__(self, other: "Money") -> bool:
        return self.amount > self._same(other)

    def __ge__(self, other: "Money") -> bool:
        return self.amount >= self._same(other)

    def __str__(self) -> str:
        """The ISO code first (CNY and JPY share a sign), then the payable amount: ``CNY 1,234.50``."""
        return f"{self.currency} {self.rounded().amount:,}"


def round_slices(values: Sequence[Decimal], places: int) -> list[Decimal]:
    """Values rounded so that they add up to their rounded total (largest remainder; ties go to the earlier)."""
    with localcontext(_EXACT):
        total = sum(values, Decimal(0)).quantize(Decimal(1).scaleb(-places))
        return _spread(values, total, places)


def _decimal(amount: object) -> Decimal:
    if isinstance(amount, bool) or not isinstance(amount, Decimal | int | str):
        raise TypeError("money is never a float: pass Decimal, int or str")
    try:
        exact = Decimal(amount)
    except InvalidOperation as error:
        raise Refused(_("This is not an amount: %(amount)s") % {"amount": amount}, code="not_an_amount") from error
    if not exact.is_finite():
        raise Refused(_("This is not an amount: %(amount)s") % {"amount": amount}, code="not_an_amount")
    return exact


def _spread(values: Sequence[Decimal], total: Decimal, places: int) -> list[Decimal]:
    step = Decimal(1).scaleb(-places)
    floors = [value.quantize(step, rounding=ROUND_FLOOR) for value in values]
    missing = int((total - sum(floors, Decimal(0))) / step)
    order = sorted(range(len(values)), key=lambda index: (floors[index] - values[index], index))
    for index in order[:missing]:
        floors[index] += step
    return floors
