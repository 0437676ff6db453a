"""What one can see of exchange rates; the currencies of entities and the rates of closings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, Max, QuerySet

from tradewind.areas.finance.models import FunctionalCurrency
from tradewind.areas.finance.rules.spending import short
from tradewind.base import ecb
from tradewind.engines.access.scope import can, visible
from tradewind.engines.metrics import rates
from tradewind.nouns.org.models import Entity, Person
from tradewind.nouns.trade.models import Order, Rate, RateSet

GIVEN_UP = 366  # days: a currency that old is not quoted any more


def rate_sets(person: Person | None) -> QuerySet[RateSet]:
    """The company's own sets of rates, with how many rates each has and the newest day."""
    return visible(person, "finance.view_rates", RateSet.objects.all()).annotate(
        rate_count=Count("rates"), newest=Max("rates__day")
    )


def rates_in(person: Person | None) -> QuerySet[Rate]:
    """Every rate of the sets a person may see."""
    sets = visible(person, "finance.view_rates", RateSet.objects.all())
    return Rate.objects.filter(rate_set__in=sets).select_related("rate_set")


@dataclass(frozen=True)
class Latest:
    """A currency's newest rate per euro, when it was published and how many days ago."""

    currency: str
    rate: Decimal
    published: date
    age: int


def latest_rates(today: date) -> list[Latest]:
    """The bank's newest rate of every currency it quotes still, with its age today."""
    rule = rates.rule("day")
    found = []
    for currency in sorted(ecb.currencies()):
        quote = rule.quote(today, currency)
        if quote and (today - quote[1]).days < GIVEN_UP and currency not in ecb.EURO_PARITIES:
            found.append(Latest(currency, quote[0], quote[1], (today - quote[1]).days))
    return found


def history(currency: str, today: date, days: int = 730) -> Sequence[tuple[date, Decimal]]:
    """The bank's published rates of a currency over the last days, shipped and loaded, oldest first."""
    since = today - timedelta(days=days)
    loaded = Rate.objects.filter(rate_set__code=rates.OVERLAY, currency=currency, day__gte=since).order_by("day")
    own = [(day, Decimal(value).scaleb(-8)) for day, value in loaded.values_list("day", "value")]
    shipped = [(day, rate) for day, rate in rates.shipped_history(currency) if day >= since]
    return sorted({**dict(own), **dict(shipped)}.items())


def currencies_in_use(since: date) -> list[str]:
    """The currencies orders were placed in since a day."""
    return sorted(Order.objects.filter(day__gte=since).order_by().values_list("currency", flat=True).distinct())


def keepers() -> list[Person]:
    """Who is asked to bring rates up to date: active people who may load them."""
    people = Person.objects.filter(active=True, grants__isnull=False).distinct().order_by("id")
    return [person for person in people if can(person, "finance.load_ecb_rates")]


def functional_currencies(day: date) -> dict[int, str]:
    """The currency of every entity on a day: by the newest change until then, else its own."""
    found = dict(Entity.objects.values_list("pk", "currency"))
    rows = FunctionalCurrency.objects.filter(since__lte=day).order_by("since")
    return {**found, **dict(rows.values_list("entity", "currency"))}


def functional_currency(entity: Entity, day: date) -> str:
    """The currency of one entity on a day."""
    row = FunctionalCurrency.objects.filter(entity=entity, since__lte=day).order_by("-since").first()
    found: str = row.currency if row else entity.currency
    return found


@dataclass(frozen=True)
class ClosingRate:
    """What one unit of a currency is worth in another at a closing: ten digits of the factor, by which rule, of which day, how old."""

    value: Decimal
    rule: str
    published: date
    age: int


class ClosingRates:
    """The rates of a closing day: the bank's of that day or the last before; where it quotes none any more, the company's own sets."""

    def __init__(self, day: date) -> None:
        self.day = day
        self.mark = rates.rates_mark()
        sets = RateSet.objects.exclude(code=rates.OVERLAY).order_by("kind", "code")  # daily ones before fixed ones
        self.codes = ["day", *sets.values_list("code", flat=True)]

    def rate(self, source: str, target: str) -> ClosingRate | None:
        """The closing rate from one currency to another; the bank's unless it is a year old; None where nobody tells one."""
        found: list[ClosingRate] = []
        for code in self.codes:
            factor = rates.rule(code, self.mark).factor(self.day, source, target)
            if factor is not None:
                found.append(ClosingRate(short(factor.value), code, factor.published, factor.age))
                if factor.age <= GIVEN_UP:
                    return found[-1]
        return found[0] if found else None

    def average(self, source: str, target: str) -> Decimal | None:
        """The bank's mean rate of the closing's month; None where there is none."""
        factor = rates.rule("month", self.mark).factor(self.day, source, target)
        return short(factor.value) if factor else None
