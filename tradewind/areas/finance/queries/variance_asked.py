"""What a reader of budget against actual chose, read from the address and written back to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import QuerySet

from tradewind.areas.finance.models import Budget
from tradewind.areas.finance.queries import plans
from tradewind.areas.finance.queries.profit import months_of
from tradewind.areas.finance.queries.profit_asked import edges, stored
from tradewind.areas.finance.queries.variance import in_force
from tradewind.areas.finance.queries.variance_sides import Asked
from tradewind.base.errors import Refused
from tradewind.base.money import CURRENCIES
from tradewind.base.period import Period
from tradewind.engines.access.scope import Scope
from tradewind.engines.metrics import rates
from tradewind.nouns.org.models import Company, Entity, Person
from tradewind.nouns.org.queries import company_today

FORCE = "force"  # the approved budgets that hold, instead of one version
MOST_DAYS = 1100


@dataclass(frozen=True)
class VarianceAsk:
    """Budget against actual as asked: whole months, the version, currency and rate rule, corner, one account or all, flags."""

    period: Period
    version: str
    currency: str
    rate: str
    scope: Scope
    market: str = ""
    entity: str = ""
    account: str = ""
    detail: bool = False
    share: bool = False

    def query(self, **changes: str) -> str:
        """The address query of this view with changes; an empty text leaves one out."""
        kept = {
            "period": self.period.code, "version": self.version, "currency": self.currency, "rate": self.rate, "market": self.market,
            "entity": self.entity, "account": self.account, "detail": "1" if self.detail else "", "share": "1" if self.share else "", **changes,
        }  # fmt: skip
        return "?" + urlencode({name: value for name, value in kept.items() if value})

    def asked(self, budgets: tuple[Budget, ...]) -> Asked:
        """The question itself."""
        return Asked(self.period.start, self.period.end, self.currency, budgets, self.rate, self.scope, self.share)


def versions(person: Person | None, period: Period) -> QuerySet[Budget]:
    """The versions one may compare with: those that plan some of the months, drafts last."""
    rows = plans.budgets(person).filter(start__lte=period.end, end__gte=period.start)
    return rows.order_by("-state", "-start", "name")


def chosen(person: Person | None, ask: VarianceAsk) -> tuple[Budget, ...]:
    """The budgets an address means; those in force where it names none that one may see."""
    key = stored(ask.version) if ask.version != FORCE else None
    row = versions(person, ask.period).filter(pk=key).first() if key else None
    return (row,) if row is not None else in_force(ask.period.start, ask.period.end, ask.scope.entity)


def read_ask(asked: Mapping[str, str], scope: Scope) -> VarianceAsk:
    """The view an address asks for; what it leaves out or misspells falls back: the last month that is over, the budgets in force."""
    home, fiscal = Company.objects.values_list("currency", "fiscal_start").first() or ("USD", 1)
    place = Scope(
        stored(asked.get("entity", "")) or scope.entity, stored(asked.get("market", "")) or scope.market, scope.team
    )
    entity = Entity.objects.filter(pk=place.entity or 0).first()
    currency = asked.get("currency", "").upper()
    rules = tuple(code for code, _label in rates.choices() if code != "day")
    version = asked.get("version", "")
    return VarianceAsk(
        read_period(asked.get("period", ""), fiscal), version if version.isdecimal() and len(version) < 19 else FORCE,
        currency if currency in CURRENCIES else (entity.currency if entity else home),
        asked["rate"] if asked.get("rate") in rules else "month", place,
        asked.get("market", "") if place.market else "", asked.get("entity", "") if place.entity else "",
        asked.get("account", "")[:60], bool(asked.get("detail")), bool(asked.get("share")),
    )  # fmt: skip


def read_period(text: str, fiscal_start: int) -> Period:
    """Whole months as asked; else the newest month that is over."""
    try:
        period = Period.parse(text, fiscal_start)
    except Refused:
        return newest_month()
    if period.days > MOST_DAYS or not 1990 <= period.start.year < 2200:
        return newest_month()
    return period if period.kind in ("month", "quarter", "year", "fiscal_year") else months_of(period)


def newest_month() -> Period:
    """The newest month that is over and has numbers."""
    last = Period.containing(company_today(), "month").previous()
    span = edges()
    return Period.containing(min(span.end, last.end), "month") if span else last
