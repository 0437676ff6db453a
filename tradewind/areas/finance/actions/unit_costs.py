"""What one unit of a product costs, part by part and from a day on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from tradewind.base.errors import Refused
from tradewind.base.money import CURRENCIES, from_units
from tradewind.engines.access.scope import Scope
from tradewind.engines.actions.action import Bulk, action
from tradewind.engines.metrics import refresh
from tradewind.nouns.org.models import Person
from tradewind.nouns.trade.models import Return, UnitCost

PART = 500


@dataclass(frozen=True)
class Cost:
    """What a part of one unit costs from a day on, in units of 1/10,000; `market` none: everywhere without one of its own."""

    product: int
    part: str
    valid_from: date
    amount: int
    currency: str
    market: int | None = None
    source: str = ""
    source_line: int = 0
    batch: int | None = None

    @property
    def chain(self) -> tuple[int, int | None, str]:
        """The costs that follow one another."""
        return (self.product, self.market, self.part)

    @property
    def key(self) -> tuple[int, int | None, str, date]:
        """What there is once."""
        return (*self.chain, self.valid_from)


@dataclass(frozen=True)
class Written:
    """What storing costs did."""

    new: int
    changed: int
    same: int


def at_market(_by: object = None, *_args: Any, costs: Iterable[Cost] = (), **_kwargs: Any) -> Scope:
    """Costs of one market need the right there; general ones, or those of several markets, everywhere."""
    markets = {cost.market for cost in costs}
    return Scope(market=markets.pop()) if len(markets) == 1 else Scope()


@action(scope=at_market)
def set_costs(by: Person | None, *, costs: list[Cost]) -> Bulk[Written]:
    """Say what units of products cost from a day on."""
    refuse_faulty(costs)
    wanted = {cost.key: cost for cost in costs}
    products = {cost.product for cost in costs}
    held = {
        (row.product_id, row.market_id, row.part, row.valid_from): row
        for row in UnitCost.objects.filter(product__in=products)
    }
    fresh = [made(cost) for key, cost in wanted.items() if key not in held]
    changes = [
        (row, cost, {"amount": [told(row), f"{from_units(cost.amount)} {cost.currency}"]})
        for key, cost in wanted.items()
        if (row := held.get(key)) and (row.amount, row.currency) != (cost.amount, cost.currency)
    ]
    UnitCost.objects.bulk_create(fresh, batch_size=PART)
    for row, cost, _change in changes:
        row.amount, row.currency, row.source, row.source_line = (
            cost.amount,
            cost.currency,
            cost.source[:200],
            cost.source_line,
        )
        row.batch = cost.batch
    names = ["amount", "currency", "source", "source_line", "batch"]
    UnitCost.objects.bulk_update([row for row, _cost, _change in changes], names, batch_size=PART)
    touched = [*fresh, *(row for row, _cost, _change in changes)]
    link_up({(row.product_id, row.market_id, row.part) for row in touched})
    done = Written(len(fresh), len(changes), len(wanted) - len(fresh) - len(changes))
    counts = {"new": done.new, "changed": done.changed, "same": done.same, "profit_days": days_since(touched)}
    return Bulk(done, counts, [("finance.unit_cost", row.pk, change) for row, _cost, change in changes])


@action()
def remove_cost(by: Person | None, cost: UnitCost) -> Bulk[Written]:
    """Take a cost back that was wrong; the one before it holds on."""
    days, chain = days_since([cost]), (cost.product_id, cost.market_id, cost.part)
    gone = ("finance.unit_cost", cost.pk, {"amount": [told(cost), None]})
    UnitCost.objects.filter(pk=cost.pk).delete()
    link_up({chain})
    return Bulk(Written(0, 1, 0), {"removed": 1, "profit_days": days}, [gone])


def refuse_faulty(costs: Iterable[Cost]) -> None:
    """Refused when a cost is below zero, or of no known part or currency."""
    parts = dict(UnitCost.PARTS)
    for cost in costs:
        if cost.amount < 0:
            raise Refused(_("A cost is zero or more."), fields={"amount": _("A cost is zero or more.")})
        if cost.currency not in CURRENCIES:
            text = _("Unknown currency: %(code)s") % {"code": cost.currency}
            raise Refused(text, fields={"currency": text})
        if cost.part not in parts:
            raise Refused(_("Choose one of the parts."), fields={"part": _("Choose one of the parts.")})


def made(cost: Cost) -> UnitCost:
    """A cost as it is stored."""
    return UnitCost(
        product_id=cost.product, market_id=cost.market, part=cost.part, valid_from=cost.valid_from, amount=cost.amount,
        currency=cost.currency, source=cost.source[:200], source_line=cost.source_line, batch=cost.batch,
    )  # fmt: skip


def link_up(chains: set[tuple[int, int | None, str]]) -> None:
    """End every cost the day before the next of its chain begins; the last holds on."""
    rows: dict[tuple[int, int | None, str], list[UnitCost]] = {}
    for row in UnitCost.objects.filter(product__in={chain[0] for chain in chains}).order_by("valid_from"):
        rows.setdefault((row.product_id, row.market_id, row.part), []).append(row)
    changed = []
    for chain in chains:
        found = rows.get(chain, [])
        for place, row in enumerate(found):
            end = found[place + 1].valid_from - timedelta(days=1) if place + 1 < len(found) else None
            if row.valid_to != end:
                row.valid_to = end
                changed.append(row)
    UnitCost.objects.bulk_update(changed, ["valid_to"], batch_size=PART)


def days_since(rows: Iterable[UnitCost]) -> list[list[str]]:
    """The days whose cost of goods changes, as an event's counts tell them: from the first cost's day to the last fact's."""
    first = min((row.valid_from for row in rows), default=None)
    span = refresh.facts_span()
    back = refresh.edges(Return.objects.all())
    last = max((one.end for one in (span, back) if one), default=None)
    if first is None or span is None or last is None or first > last:
        return []
    return [[max(first, span.start).isoformat(), last.isoformat()]]


def told(row: UnitCost) -> str:
    """A cost in words of the history."""
    return f"{from_units(row.amount)} {row.currency}"
