"""What a reader of a dashboard chose, read from the address and written back to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from tradewind.base import clock
from tradewind.base.errors import Refused
from tradewind.base.money import CURRENCIES
from tradewind.base.period import Period
from tradewind.engines.metrics import rates, refresh
from tradewind.engines.metrics.registry import Dashboard
from tradewind.nouns.org.models import Company

COMPARES = ("previous", "year", "none")
FILTERS = ("entity", "market", "channel", "country", "product")
LAST_30 = "last30"
RANGE = "range"
NONE = "none"


@dataclass(frozen=True)
class Home:
    """What the company decides for its dashboards, and the days there is something to show of."""

    currency: str
    zone: str
    fiscal_start: int
    span: Period | None

    @classmethod
    def read(cls) -> Home:
        """The company's settings and the days with readings; euros and UTC before there is a company."""
        row = Company.objects.values_list("currency", "zone", "fiscal_start").first()
        return cls(*(row or ("EUR", "UTC", 1)), refresh.readings_span())

    @property
    def today(self) -> date:
        """The date at headquarters."""
        return clock.today(self.zone)

    @property
    def newest(self) -> date:
        """The last day with facts, today at most."""
        return min(self.today, self.span.end) if self.span else self.today


def last_month_end(today: date) -> date:
    """The last day of the newest month that is over."""
    return today.replace(day=1) - timedelta(days=1)


@dataclass(frozen=True)
class View:
    """A dashboard as asked: period, comparison, currency, rate rule, cut, main metric and filters by name."""

    period: Period
    code: str
    compare: str
    currency: str
    rate: str
    cut: str
    metric: str
    last: date
    filters: Mapping[str, str] = field(default_factory=dict)

    def query(self, **changes: str) -> str:
        """The address query of this view with changes; an empty text drops a filter."""
        kept = {
            "period": self.code, "compare": self.compare, "currency": self.currency, "rate": self.rate,
            "cut": self.cut, "metric": self.metric, **self.filters, **changes,
        }  # fmt: skip
        return "?" + urlencode({name: value for name, value in kept.items() if value})

    def moved(self, period: Period) -> str:
        """The address query of the same view of another period."""
        return self.query(period=period.code)

    def compared(self) -> Period | None:
        """The period that the main chart is compared with."""
        if self.compare == "none":
            return None
        return self.period.year_before() if self.compare == "year" else self.period.previous()

    @property
    def running(self) -> bool:
        """Whether the period reaches beyond the last day with facts, as this month does."""
        return self.period.start <= self.last < self.period.end

    def alike(self, other: Period) -> Period:
        """As many days of another period as have facts in this one, so that a running month meets the same days."""
        if not self.running:
            return other
        end = min(other.start + (self.last - self.period.start), other.end)
        return Period(other.start, end)

    def only(self, **filters: str) -> View:
        """The same view with these filters too."""
        return replace(self, filters={**self.filters, **filters})


def read_view(asked: Mapping[str, str], board: Dashboard, home: Home) -> View:
    """The view an address asks for; what it leaves out or misspells falls back to the usual."""
    code, period = read_period(asked, home)
    currency = asked.get("currency", "").upper()
    return View(
        period=period,
        code=code,
        compare=one_of(asked.get("compare", ""), COMPARES),
        currency=currency if currency in CURRENCIES else home.currency,
        rate=one_of(asked.get("rate", ""), tuple(known for known, _label in rates.choices())),
        cut=one_of(asked.get("cut", ""), board.cuts),
        metric=one_of(asked.get("metric", ""), board.tiles),
        last=home.newest,
        filters={name: asked[name] for name in FILTERS if asked.get(name)},
    )


def one_of(text: str, known: tuple[str, ...]) -> str:
    """The text if it is known, else the first known one."""
    return text if text in known else known[0]


def read_period(asked: Mapping[str, str], home: Home) -> tuple[str, Period]:
    """The asked period and its code; by default the month of the newest facts, which is this month in a company at work."""
    text = asked.get("period", "")
    if text == LAST_30:
        return text, Period(home.today - timedelta(days=29), home.today)
    if text == RANGE:
        text = f"{asked.get('from', '')}..{asked.get('to', '')}"
    try:
        period = Period.parse(text, home.fiscal_start)
    except Refused:
        period = Period.containing(home.newest, "month")
    return period.code, period


def period_choices(home: Home, view: View) -> list[tuple[Any, list[tuple[str, str]]]]:
    """The periods to choose from, by kind, newest first."""
    whole = home.span or Period(home.today, home.today)
    last = max(home.newest, view.period.start)
    groups: list[tuple[Any, list[tuple[str, str]]]] = [(_("Days"), [(LAST_30, _("Last 30 days"))])]
    kinds = [(_("Months"), "month", 24), (_("Quarters"), "quarter", 8), (_("Years"), "year", 6)]
    if home.fiscal_start != 1:
        kinds.append((_("Fiscal years"), "fiscal_year", 6))
    for label, kind, most in kinds:
        period = Period.containing(last, kind, home.fiscal_start)
        found: list[tuple[str, str]] = []
        while len(found) < most and (period.end >= whole.start or not found):
            found.append((period.code, period.label()))
            period = period.previous()
        groups.append((label, found))
    if view.code not in {code for _label, found in groups for code, _name in found}:
        groups.insert(0, (_("Chosen"), [(view.code, view.period.label())]))
    return groups
