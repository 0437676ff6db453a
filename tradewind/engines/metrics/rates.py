"""Exchange rates by a named rule, offline: `day` and `month` of the European Central Bank, or a company's own set.

A rule answers with a factor and the day its rates were published. No rate is no error: the caller tells what is missing.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal
from functools import lru_cache
from typing import Any

from django.db.models import Count, Max, Sum
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tradewind.base import ecb
from tradewind.base.errors import NotFound
from tradewind.base.period import Period
from tradewind.nouns.trade.models import Rate, RateSet
from tradewind.ui.formats import format_day

EXACT = Context(prec=50)
OVERLAY = "ecb"
OLD_AFTER = 7

Quotes = dict[str, Decimal]


@dataclass(frozen=True)
class Factor:
    """What one unit of a currency is worth in another, and the older of the days the two rates were published."""

    value: Decimal
    published: date
    age: int


class Rule:
    """How money of a day becomes money of another currency. `grain` is how finely facts must be split by time."""

    code: str = ""
    label: Any = ""
    grain: str = "day"
    ages: bool = True

    def __init__(self) -> None:
        self._kept: dict[tuple[date, str, str], Factor | None] = {}

    def quote(self, day: date, currency: str) -> tuple[Decimal, date] | None:
        """Units of the currency per unit of the rule's base on a day, and when that was published."""
        raise NotImplementedError

    def factor(self, day: date, source: str, target: str) -> Factor | None:
        """The factor from `source` to `target` on a day; None where a rate is missing."""
        key = (day, source, target)
        if key not in self._kept:
            self._kept[key] = self._factor(day, source, target)
        return self._kept[key]

    def _factor(self, day: date, source: str, target: str) -> Factor | None:
        if source == target:
            return Factor(Decimal(1), day, 0)
        from_base, to_base = self.quote(day, source), self.quote(day, target)
        if from_base is None or to_base is None:
            return None
        published = min(from_base[1], to_base[1])
        age = max((day - published).days, 0) if self.ages else 0
        return Factor(EXACT.divide(to_base[0], from_base[0]), published, age)


class DayRule(Rule):
    """The bank's rate of the day, or of the last day before with one; rates a company loaded itself continue the history."""

    code = "day"
    label = _("ECB rate of the day")

    def __init__(self, overlay: dict[str, list[tuple[date, Decimal]]]) -> None:
        super().__init__()
        self.overlay = overlay

    def quote(self, day: date, currency: str) -> tuple[Decimal, date] | None:
        if currency == "EUR":
            return Decimal(1), day
        shipped = latest(shipped_history(currency), day)
        loaded = latest(self.overlay.get(currency, []), day)
        best = max((q for q in (shipped, loaded) if q), key=lambda q: q[1], default=None)
        parity = ecb.EURO_PARITIES.get(currency)
        if best and parity and day > best[1] and ecb.last_quoted(currency) == best[1]:
            return parity, day
        return best


class MonthRule(Rule):
    """The plain mean of the bank's rates published in the month of the fact; without any, the last month before that has some."""

    code = "month"
    label = _("ECB monthly average")
    grain = "month"

    def __init__(self, overlay: dict[str, list[tuple[date, Decimal]]]) -> None:
        super().__init__()
        self.daily = DayRule(overlay)

    def quote(self, day: date, currency: str) -> tuple[Decimal, date] | None:
        if currency == "EUR":
            return Decimal(1), day
        month = Period.containing(day, "month")
        newest = self.daily.quote(month.end, currency)
        if newest is None:
            return None
        if currency in ecb.EURO_PARITIES and newest[1] == month.end and not self._published(month, currency):
            return newest[0], day
        if newest[1] < month.start:
            month = Period.containing(newest[1], "month")
        found = self._published(month, currency)
        mean = EXACT.divide(sum((q for _, q in found), Decimal(0)), Decimal(len(found)))
        return mean, day if month.contains(day) else found[-1][0]

    def _published(self, month: Period, currency: str) -> list[tuple[date, Decimal]]:
        shipped = within(shipped_history(currency), month)
        return sorted({**dict(within(self.daily.overlay.get(currency, []), month)), **dict(shipped)}.items())


class SetRule(Rule):
    """A company's own rates. A fixed set holds before its first day too and never grows old; a daily one does."""

    def __init__(self, row: RateSet, quotes: dict[str, list[tuple[date, Decimal]]]) -> None:
        super().__init__()
        self.code, self.label, self.base, self.quotes = row.code, row.name or row.code, row.base, quotes
        self.fixed = row.kind == RateSet.FIXED
        self.ages = not self.fixed
        self.grain = "none" if self.fixed and all(len(found) < 2 for found in quotes.values()) else "day"

    def quote(self, day: date, currency: str) -> tuple[Decimal, date] | None:
        if currency == self.base:
            return Decimal(1), day
        found = self.quotes.get(currency, [])
        return latest(found, day) or ((found[0][1], found[0][0]) if self.fixed and found else None)


def latest(quotes: list[tuple[date, Decimal]], day: date) -> tuple[Decimal, date] | None:
    """The last quote on or before a day."""
    place = bisect_right(quotes, day, key=lambda quote: quote[0]) - 1
    return (quotes[place][1], quotes[place][0]) if place >= 0 else None


def within(quotes: list[tuple[date, Decimal]], month: Period) -> list[tuple[date, Decimal]]:
    """The quotes published in a month."""
    first = bisect_left(quotes, month.start, key=lambda quote: quote[0])
    last = bisect_right(quotes, month.end, key=lambda quote: quote[0])
    return quotes[first:last]


@lru_cache(maxsize=64)
def shipped_history(currency: str) -> list[tuple[date, Decimal]]:
    """The bank's rates of a currency that came with the product, oldest first."""
    return list(ecb.history(currency))


def rates_mark() -> tuple[Any, ...]:
    """Something that changes whenever a company rate changes (an action on rates touches its set); answers are kept by it."""
    sets = RateSet.objects.aggregate(many=Count("id"), versions=Sum("version"), newest=Max("updated_at"))
    return (sets["many"], sets["versions"], sets["newest"])


_rules: dict[tuple[str, tuple[Any, ...]], Rule] = {}


def rule(code: str, mark: tuple[Any, ...] | None = None) -> Rule:
    """The rule `day`, `month` or the company's set of that code; NotFound for another."""
    key = (code, mark if mark is not None else rates_mark())
    if key not in _rules:
        made = make_rule(code)
        for old in [k for k in _rules if k[1] != key[1]]:
            del _rules[old]
        _rules[key] = made
    return _rules[key]


def make_rule(code: str) -> Rule:
    """A rule with its quotes read from the store."""
    if code in ("day", "month"):
        overlay = quotes_of(OVERLAY)
        return DayRule(overlay) if code == "day" else MonthRule(overlay)
    row = RateSet.objects.filter(code=code).first()
    if row is None:
        raise NotFound(
            _("There is no rate rule “%(code)s”: use day, month or the code of a rate set.") % {"code": code}
        )
    return SetRule(row, quotes_of(code))


def quotes_of(code: str) -> dict[str, list[tuple[date, Decimal]]]:
    """The stored quotes of a set by currency, oldest first."""
    found: dict[str, list[tuple[date, Decimal]]] = {}
    rows = Rate.objects.filter(rate_set__code=code).order_by("currency", "day").values_list("currency", "day", "value")
    for currency, day, value in rows:
        found.setdefault(currency, []).append((day, Decimal(value).scaleb(-8)))
    return found


def choices() -> list[tuple[str, Any]]:
    """The rules a reader can choose among."""
    own = RateSet.objects.exclude(code=OVERLAY).order_by("code").values_list("code", "name")
    return [("day", DayRule.label), ("month", MonthRule.label), *((code, name or code) for code, name in own)]


def kept_in_words(text: str) -> str:
    """A rate that a record keeps as `day <day of the rate> <factor>`, in words; nothing where no currency was changed."""
    _rule, day, factor = text.split() if text.count(" ") == 2 else ("", "", "1")
    if factor == "1":
        return ""
    return gettext("ECB rate of %(day)s: %(factor)s") % {"day": format_day(date.fromisoformat(day)), "factor": factor}


def last_published() -> date:
    """The newest day with rates of the bank, shipped or loaded."""
    loaded = Rate.objects.filter(rate_set__code=OVERLAY).aggregate(newest=Max("day"))["newest"]
    return max(ecb.last_published(), loaded) if loaded else ecb.last_published()


def without_rate(rule_in_force: Rule, currencies: Iterable[str], target: str, day: date) -> list[str]:
    """Which currencies cannot be converted on a day, or only with a rate that is too old."""
    found = []
    for currency in sorted(set(currencies)):
        factor = rule_in_force.factor(day, currency, target)
        if factor is None or factor.age > OLD_AFTER:
            found.append(currency)
    return found
