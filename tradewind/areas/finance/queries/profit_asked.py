"""What a reader of the statement chose, read from the address and written back to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradewind.areas.finance.models import ProfitReading
from tradewind.areas.finance.queries.profit import Wish, months_of
from tradewind.areas.finance.queries.rates import functional_currency
from tradewind.base import clock
from tradewind.base.errors import Refused
from tradewind.base.money import CURRENCIES
from tradewind.base.period import MONTHS_OF, Period
from tradewind.engines.access.scope import Scope
from tradewind.engines.metrics import rates
from tradewind.nouns.org.models import Company, Entity
from tradewind.ui.formats import format_month

CUT_NAMES: dict[str, Any] = {
    "month": gettext_lazy("Month"), "market": gettext_lazy("Market"), "channel": gettext_lazy("Channel"),
    "entity": gettext_lazy("Entity"), "product": gettext_lazy("Product"),
}  # fmt: skip
COMPARES = ("previous", "year", "none")
PLACES = ("market", "channel", "entity", "product")
FLAGS = ("whole", "share", "percent", "detail")  # with sales within the group; allocated; per cent; every account
NONE = "none"
YEARS, MOST_DAYS = (1990, 2199), 3700


@dataclass(frozen=True)
class Ask:
    """The statement as asked: whole months, the columns, what it is compared with, currency and rate rule, corner and flags."""

    period: Period
    by: str
    compare: str
    currency: str
    rate: str
    scope: Scope = field(default_factory=Scope)
    filters: Mapping[str, str] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    usual: str = ""  # the currency that the entity keeps then, else the company's
    own: bool = False  # no other was chosen

    def query(self, **changes: str) -> str:
        """The address query of this view with changes; an empty text leaves one out."""
        kept = {
            "period": self.period.code, "by": self.by, "compare": self.compare, "currency": "" if self.own else self.currency, "rate": self.rate,
            **self.filters, **dict.fromkeys(self.flags, "1"), **changes,
        }  # fmt: skip
        return "?" + urlencode({name: value for name, value in kept.items() if value})

    def toggled(self, flag: str) -> str:
        """The address query with a flag turned over."""
        return self.query(**{flag: "" if flag in self.flags else "1"})

    @property
    def wish(self) -> Wish:
        """What is asked of the readings."""
        named = {name: stored(value) for name, value in self.filters.items()}
        return Wish(
            self.period.start, self.period.end, (self.by,), self.scope,
            {name: (value,) for name, value in named.items()}, "whole" not in self.flags,
        )  # fmt: skip

    def other(self) -> Period | None:
        """The months that these are compared with, as many as these."""
        if self.compare == "none":
            return None
        if self.compare == "year":
            return self.period.year_before()
        return moved(self.period, -1)

    def only(self, **filters: str) -> Ask:
        """The same view with these filters too."""
        return replace(self, filters={**self.filters, **filters})


def stored(value: str) -> int | None:
    """A filter's value as it is stored; what is no number picks nothing."""
    return None if value == NONE else int(value) if value.isdecimal() and len(value) < 19 else 0


def month_at(number: int) -> Period:
    """The month of a running number of months since the year 0."""
    return Period.containing(date(number // 12, number % 12 + 1, 1), "month")


def number_of(day: date) -> int:
    """The running number of a day's month."""
    return day.year * 12 + day.month - 1


def moved(period: Period, times: int) -> Period:
    """As many whole months before (-1) or after (1) these."""
    first, last = number_of(period.start), number_of(period.end)
    step = (last - first + 1) * times
    return Period(month_at(first + step).start, month_at(last + step).end)


def edges() -> Period | None:
    """The months there are readings of; None without any."""
    rows = ProfitReading.objects.told().values_list("day", flat=True)
    first, last = rows.order_by("day").first(), rows.order_by("-day").first()
    return Period(first, Period.containing(last, "month").end) if first and last else None


def read_ask(asked: Mapping[str, str], scope: Scope, span: Period) -> Ask:
    """The view an address asks for; what it leaves out or misspells falls back to the usual: twelve months by month."""
    home, zone, fiscal = Company.objects.values_list("currency", "zone", "fiscal_start").first() or ("EUR", "UTC", 1)
    filters = {name: asked[name] for name in PLACES if asked.get(name)}
    entity = Entity.objects.filter(pk=stored(filters.get("entity", "")) or scope.entity or 0).first()
    period = read_period(asked.get("period", ""), fiscal, min(span.end, clock.today(zone)))
    usual = functional_currency(entity, period.end) if entity is not None and entity.currency else home
    currency = asked.get("currency", "").upper()
    rules = tuple(code for code, _label in rates.choices() if code != "day")
    return Ask(
        period,
        asked["by"] if asked.get("by") in CUT_NAMES else "month",
        asked["compare"] if asked.get("compare") in COMPARES else COMPARES[0],
        currency if currency in CURRENCIES else usual,
        asked["rate"] if asked.get("rate") in rules else "month",
        scope, filters, tuple(flag for flag in FLAGS if asked.get(flag)), usual, currency not in CURRENCIES,
    )  # fmt: skip


def read_period(text: str, fiscal_start: int, newest: date) -> Period:
    """Whole months as asked; else the twelve up to the newest."""
    try:
        period = Period.parse(text, fiscal_start)
    except Refused:
        period = None
    if period is None or not (YEARS[0] <= period.start.year and period.end.year <= YEARS[1]) or period.days > MOST_DAYS:
        return Period(month_at(number_of(newest) - 11).start, Period.containing(newest, "month").end)
    return period if period.kind in MONTHS_OF else months_of(period)


def period_choices(ask: Ask, span: Period, fiscal_start: int = 1) -> list[tuple[Any, list[tuple[str, str]]]]:
    """The months to choose from, by kind, newest first."""
    groups: list[tuple[Any, list[tuple[str, str]]]] = []
    for label, kind, most in ((_("Years"), "year", 4), (_("Quarters"), "quarter", 8), (_("Months"), "month", 24)):
        period, found = Period.containing(max(span.end, ask.period.start), kind, fiscal_start), list[tuple[str, str]]()
        while len(found) < most and (period.end >= span.start or not found):
            found.append((period.code, period.label()))
            period = period.previous()
        groups.append((label, found))
    known = {code for _label, found in groups for code, _name in found}
    if ask.period.code not in known:
        groups.insert(0, (_("Chosen"), [(ask.period.code, label_of(ask.period))]))
    return groups


def label_of(period: Period) -> str:
    """Months in words."""
    if period.kind != "range":
        return str(period.label())
    first, last = (format_month(day) for day in (period.start, period.end))
    return first if first == last else f"{first} – {last}"
