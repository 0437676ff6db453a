"""Balances of entities on a day: in their own currencies, the functional currency and the group's, and what rates alone changed.

A closed month answers from what was kept when it was closed; any other day is counted from the facts. Each balance is converted from its
own currency straight into both others, rounded once; every sum is the sum of what is shown, so all adds up to the cent.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from tradewind.areas.finance.models import Closing, ClosingBalance
from tradewind.areas.finance.queries.balance_facts import facts, gaps
from tradewind.areas.finance.queries.rates import ClosingRate, ClosingRates, functional_currencies
from tradewind.areas.finance.rules.balances import LINES, Fact, Gap, Step, at_rate, step_of
from tradewind.base.period import Period
from tradewind.engines.metrics.closing import is_closed
from tradewind.nouns.org.models import Company

Place = tuple[int | None, int | None, str, str]  # entity, partner, line, currency


@dataclass(frozen=True)
class Balance:
    """A balance in its own currency (units), and in the entity's functional currency and the group's at closing rates; none without a rate."""

    entity: int | None
    partner: int | None
    line: str
    currency: str
    amount: int
    functional: str
    rate: ClosingRate | None
    value: int | None
    group_rate: ClosingRate | None
    group_value: int | None
    step: Step | None = None

    @property
    def place(self) -> Place:
        """What it is a balance of."""
        return self.entity, self.partner, self.line, self.currency


@dataclass
class Closed:
    """All balances of a day in the group's currency: kept when its month was closed (`kept_at`), or counted now."""

    day: date
    currency: str
    rows: list[Balance]
    kept_at: datetime | None = None
    gaps: list[Gap] = field(default_factory=list)

    def of(self, entity: int | None) -> list[Balance]:
        """The balances of one entity."""
        return [row for row in self.rows if row.entity == entity]


def group_currency() -> str:
    """The group's own currency."""
    return Company.objects.values_list("currency", flat=True).first() or "EUR"


def sums_of(rows: Iterable[Fact]) -> dict[Place, int]:
    """The rows of facts added up to balances."""
    found: dict[Place, int] = {}
    for row in rows:
        place = (row.entity, row.partner, row.line, row.currency)
        found[place] = found.get(place, 0) + row.amount
    return {place: amount for place, amount in found.items() if amount}


def ordered(place: Place) -> tuple[object, ...]:
    """Entities by key, those of none last; lines from the top down."""
    entity, partner, line, currency = place
    return entity is None, entity or 0, LINES.index(line), partner or 0, currency


def counted(day: date, currency: str, lines: tuple[str, ...] = LINES) -> list[Balance]:
    """The balances of a day from the facts as they are known now, at the closing rates of that day."""
    rates, kept_in = ClosingRates(day), functional_currencies(day)
    sums = sums_of(facts(day, lines))
    return [
        converted(place, sums[place], kept_in.get(place[0] or 0) or currency, currency, rates)
        for place in sorted(sums, key=ordered)
    ]


def converted(place: Place, amount: int, functional: str, currency: str, rates: ClosingRates) -> Balance:
    """A balance at the closing rates into its functional currency and the group's."""
    own, whole = rates.rate(place[3], functional), rates.rate(place[3], currency)
    return Balance(
        *place, amount, functional, own, at_rate(amount, own.value, functional) if own else None,
        whole, at_rate(amount, whole.value, currency) if whole else None,
    )  # fmt: skip


def kept(day: date) -> Closing | None:
    """What was kept when the month that ends on this day was closed; None where it is open or nothing was kept yet."""
    month = Period.containing(day, "month")
    return Closing.objects.filter(month=month.start).first() if day == month.end and is_closed(day) else None


def closed(day: date, currency: str = "") -> Closed:
    """All balances of a day, without asking for a right: for counting by the system and for what a person may see of them."""
    closing = kept(day)
    if closing is None:
        code = currency or group_currency()
        return Closed(day, code, counted(day, code), None, gaps(day))
    rows = [of_row(row, day) for row in closing.balances.all()]
    made = Closed(day, closing.currency, sorted(rows, key=lambda row: ordered(row.place)), closing.at, gaps(day))
    return in_currency(made, currency) if currency and currency != closing.currency else made


def changed(made: Closed) -> list[Place]:
    """Kept balances that the facts as they are known now do not say any more."""
    if made.kept_at is None:
        return []
    now, then = sums_of(facts(made.day)), {row.place: row.amount for row in made.rows}
    return sorted((place for place in {*now, *then} if now.get(place, 0) != then.get(place, 0)), key=ordered)


def in_currency(made: Closed, currency: str) -> Closed:
    """Kept balances in another currency than the group's then, at the closing rates of the day as they are known now."""
    rates, rows = ClosingRates(made.day), []
    for row in made.rows:
        rate = rates.rate(row.currency, currency)
        rows.append(
            replace(row, group_rate=rate, group_value=at_rate(row.amount, rate.value, currency) if rate else None)
        )
    return replace(made, currency=currency, rows=rows)


def of_row(row: ClosingBalance, day: date) -> Balance:
    """A kept balance as the rest reckons with it."""
    return Balance(
        row.entity_id, row.partner_id, row.line, row.currency, row.amount, row.functional,
        rate_of(row.rate, row.rule, row.published, day), row.value,
        rate_of(row.group_rate, row.group_rule, row.group_published, day), row.group_value,
    )  # fmt: skip


def rate_of(text: str, rule: str, published: date | None, day: date) -> ClosingRate | None:
    """A kept rate; none where there was none."""
    return ClosingRate(Decimal(text), rule, published, max((day - published).days, 0)) if text and published else None


# From one closing to the next


def day_before(day: date) -> date:
    """The last day of the month before."""
    return day.replace(day=1) - timedelta(days=1)


def stepped(now: Closed, before: Closed) -> Closed:
    """The balances with what came, went and was changed by rates since the closing before, and those that ended since."""
    old, new = ({row.place: row for row in made.rows} for made in (before, now))
    first, last, kept_in = ClosingRates(before.day), ClosingRates(now.day), functional_currencies(now.day)
    rows = []
    for place in sorted({*old, *new}, key=ordered):
        functional = kept_in.get(place[0] or 0) or now.currency
        row = new.get(place) or converted(place, 0, functional, now.currency, last)
        rows.append(replace(row, step=step_between(old.get(place), row, first, last)))
    return replace(now, rows=rows)


def step_between(before: Balance | None, now: Balance, first: ClosingRates, last: ClosingRates) -> Step | None:
    """The step of one balance in the functional currency it has now; None where a rate is missing."""
    opening = before.amount if before else 0
    if now.currency == now.functional:
        first_value, last_value = (at_rate(amount, Decimal(1), now.functional) for amount in (opening, now.amount))
        return Step(first_value, last_value - first_value, 0, 0, last_value)
    kept_rate = before.rate if before is not None and before.functional == now.functional else None
    start = kept_rate or first.rate(now.currency, now.functional)
    if now.rate is None or (start is None and opening):
        return None
    between = last.average(now.currency, now.functional)
    rates = (start.value if start else now.rate.value, now.rate.value if between is None else between, now.rate.value)
    return step_of(opening, now.amount, rates, now.functional)
