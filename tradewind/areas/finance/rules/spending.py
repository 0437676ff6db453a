"""Spending: which limit holds for a claim, what an amount is in another currency, when two bills are the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from unicodedata import normalize

from tradewind.base.money import CURRENCIES, from_units, to_units

DIGITS = 10


@dataclass(frozen=True)
class Limit:
    """The most without a second look, in units of its own currency; a blank country or no account: any."""

    country: str
    account: int | None
    amount: int
    currency: str


def limit_for(limits: Iterable[Limit], country: str, account: int) -> Limit | None:
    """The closest limit: of the country and account, of the country, of the account anywhere, of everything; else none."""
    found = {(one.country, one.account): one for one in limits}
    for key in ((country, account), (country, None), ("", account), ("", None)):
        if key in found:
            return found[key]
    return None


def short(factor: Decimal) -> Decimal:
    """A factor as it is stored and shown: ten significant digits, so that amount × factor can be worked out by hand."""
    if not factor:
        return factor
    return factor.quantize(Decimal(1).scaleb(factor.adjusted() - DIGITS + 1), rounding=ROUND_HALF_EVEN).normalize()


def times(amount: int, factor: Decimal, currency: str) -> int:
    """An amount in units at a factor, rounded half to even to what the other currency is paid in."""
    digits = CURRENCIES[currency].digits
    exact = from_units(amount) * factor
    return to_units(exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_EVEN))


def tax_inside(amount: int, rate: Decimal, currency: str) -> int:
    """The tax that an amount with tax holds, rounded half to even to what its currency is paid in: amount × rate ÷ (1 + rate)."""
    step = Decimal(1).scaleb(-CURRENCIES[currency].digits)
    return to_units((from_units(amount) * rate / (1 + rate)).quantize(step, rounding=ROUND_HALF_EVEN))


def same_words(text: str) -> str:
    """A supplier's name or bill number as it is compared: without spaces, signs, wide letters and large ones."""
    return "".join(sign for sign in normalize("NFKC", text).casefold() if sign.isalnum())
