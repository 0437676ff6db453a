"""What a product's costing is counted from: its method by day, its stock by owner, the sales that leave it. It checks no rights."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import QuerySet

from tradewind.areas.finance.models import CostedSale, CostingRule
from tradewind.areas.finance.rules.costing import BACK, CAME, MOVED, STANDARD, WENT, Costs, Step, part_of
from tradewind.engines.access.scope import visible
from tradewind.engines.metrics import rates
from tradewind.nouns.org.models import Company, Entity, Person
from tradewind.nouns.trade.models import Product, StockMove, UnitCost
from tradewind.nouns.trade.queries import RESTOCK, SALE, Flow, Routes

PARTS = tuple(part for part, _name in UnitCost.PARTS)
LOSS = CostedSale.LOSS
Owner = int | None


@dataclass(frozen=True)
class Purpose:
    """Why units left: sold in a corner of the company, or lost; `counts` when a method other than standard was in force that day."""

    entity: int | None
    market: int | None
    channel: int | None
    lost: bool
    counts: bool


@dataclass(frozen=True)
class Versions:
    """The rules of a category and of all, latest first."""

    own: tuple[tuple[date, str], ...]
    general: tuple[tuple[date, str], ...]

    def on(self, day: date) -> str:
        """The method in force on a day."""
        for versions in (self.own, self.general):
            for start, method in versions:
                if start <= day:
                    return method
        return STANDARD

    @property
    def starts(self) -> set[date]:
        """The days on which the method may change."""
        return {start for start, _method in (*self.own, *self.general)}


@dataclass
class Ground:
    """What is the same for all products: rules by category, routes, currencies, rates."""

    rules: dict[str, tuple[tuple[date, str], ...]]
    routes: Routes
    currencies: dict[Owner, str]
    rate: rates.Rule
    _factors: dict[tuple[str, str, date], Decimal | None] = field(default_factory=dict)

    def versions(self, category: str) -> Versions:
        """The rules for a category."""
        return Versions(self.rules.get(category, ()) if category else (), self.rules.get("", ()))

    def known(self, source: str, target: str, day: date) -> Decimal | None:
        """The rate of a day; None when there never was one."""
        key = (source, target, day)
        if key not in self._factors:
            found = self.rate.factor(day, source, target) if source != target else None
            self._factors[key] = Decimal(1) if source == target else found.value if found else None
        return self._factors[key]

    def factor(self, source: str, target: str, day: date) -> Decimal:
        """The same; LookupError when there never was one."""
        found = self.known(source, target, day)
        if found is None:
            raise LookupError(f"no rate from {source} to {target} on {day}")
        return found

    def between(self, owner: Hashable, target: Hashable, day: date) -> Decimal:
        """The rate between the currencies of two owners."""
        return self.factor(self.currencies[owner], self.currencies[target], day)  # type: ignore[index]


def converted(units: int, rate: Decimal) -> int:
    """An amount at a rate, rounded half up."""
    return int((Decimal(units) * rate).to_integral_value(ROUND_HALF_UP))


def ground() -> Ground:
    """What is the same for all products, as it is now."""
    rules: dict[str, list[tuple[date, str]]] = defaultdict(list)
    for row in CostingRule.objects.order_by("-number"):
        rules[row.category].append((row.start, row.method))
    company = Company.objects.values_list("currency", flat=True).first() or "EUR"
    currencies: dict[Owner, str] = {None: company}
    currencies.update({pk: currency or company for pk, currency in Entity.objects.values_list("pk", "currency")})
    return Ground({key: tuple(rows) for key, rows in rules.items()}, Routes.now(), currencies, rates.rule("day"))


class Stock:
    """A product's stock as its owners hold it: which sale leaves which owner, and the steps that costing takes."""

    def __init__(self, product: Product, flows: Iterable[Flow], standing: Ground, costs: Iterable[UnitCost]) -> None:
        self.product, self.flows, self.ground, self.costs = product, list(flows), standing, list(costs)
        self.versions = standing.versions(product.category)
        self.places: dict[int, Owner] = {}
        self.openings: dict[int, date] = {}
        self.first: dict[Owner, date] = {}
        ins = [flow for flow in self.flows if flow.move is not None and flow.kind in SOURCES and flow.units > 0]
        for flow in self.flows:
            if flow.move is None or flow.location is None:
                continue
            self.places[flow.location] = flow.entity
            if flow.kind == StockMove.OPENING:
                self.openings[flow.location] = flow.day
        for flow in ins:
            self.first[flow.entity] = min(self.first.get(flow.entity, flow.day), flow.day)

    def owner(self, location: int | None, entity: Owner, day: date) -> tuple[bool, Owner]:
        """Whether a sale leaves stock that is kept, and whose: that of the location that serves it, else that of its own company."""
        if location is not None and location in self.places:
            owner, opening = self.places[location], self.openings.get(location)
            return owner in self.first and (opening is None or day >= opening), owner
        return entity in self.first and day >= self.first[entity], entity

    def counts(self, day: date) -> bool:
        """Whether receipts decide what goods cost on a day."""
        return self.versions.on(day) != STANDARD

    def steps(self) -> list[Step]:
        """Everything that moved the product from or to an owner."""
        arrivals: dict[int | None, Flow] = {
            flow.move.pair_id: flow for flow in self.flows if flow.move is not None and flow.move.pair_id
        }
        found = []
        for flow in self.flows:
            step = self.sold(flow) if flow.move is None else self.moved(flow, arrivals)
            if step is not None:
                found.append(step)
        return found

    def sold(self, flow: Flow) -> Step | None:
        """A sale, or goods that came back; None where it leaves no stock that is kept."""
        kept, owner = self.owner(flow.location, flow.entity, flow.day)
        if not kept:
            return None
        purpose = Purpose(flow.entity, flow.market, flow.channel, False, self.counts(flow.day))
        return Step(flow.day, WENT if flow.units < 0 else BACK, owner, abs(flow.units), tag=purpose)

    def moved(self, flow: Flow, arrivals: dict[int | None, Flow]) -> Step | None:
        """A movement of the ledger; None for one within a company, or that moved nothing."""
        move = flow.move
        assert move is not None  # noqa: S101
        if not flow.units or flow.kind == StockMove.TRANSFER:
            other = arrivals.get(move.pk)
            if other is None or other.entity == flow.entity:
                return None
            return Step(flow.day, MOVED, flow.entity, -flow.units, target=other.entity)
        if flow.kind in (StockMove.OPENING, StockMove.RECEIPT):
            return Step(flow.day, CAME, flow.entity, flow.units, self.receipt(move))
        lost = flow.kind != StockMove.RETURN
        market = move.channel.market_id if move.channel is not None and not lost else move.location.market_id
        entity = move.channel.entity_id if move.channel is not None and not lost else flow.entity
        purpose = Purpose(entity, market, None if lost else move.channel_id, lost, self.counts(flow.day))
        return Step(flow.day, BACK if flow.units > 0 else WENT, flow.entity, abs(flow.units), tag=purpose)

    def receipt(self, move: StockMove) -> Costs:
        """What a receipt cost by part, in its owner's currency; without a cost of its own what its unit costs say on that day."""
        if move.value is None or move.cost is None:
            return self.standard(move.location.market_id, move.location.entity_id, move.day, move.units)
        own, worth = self.ground.currencies[move.location.entity_id], move.value
        if move.value_currency not in ("", own):  # its owner keeps another currency since
            worth = converted(worth, self.ground.factor(move.value_currency, own, move.day))
        if not move.cost:
            return (worth, *(0,) * (len(PARTS) - 1))
        told, done, found = 0, 0, []
        for part in PARTS:
            told += int(move.parts.get(part, 0))
            upto = part_of(worth, move.cost, told) if told else 0
            found.append(upto - done)
            done = upto
        return tuple(found)

    def standard(self, market: int | None, owner: Owner, day: date, units: int) -> Costs:
        """What so many units cost by the unit costs in force on a day, by part; a market's own before the general one."""
        found = {}
        for row in sorted(self.costs, key=lambda one: one.market_id is not None):
            if (
                row.market_id in (None, market)
                and row.valid_from <= day
                and (row.valid_to is None or row.valid_to >= day)
            ):
                rate = self.ground.known(row.currency, self.ground.currencies[owner], day)
                found[row.part] = converted(row.amount * units, rate) if rate is not None else 0
        return tuple(found.get(part, 0) for part in PARTS)

    def spans(self, until: date) -> list[tuple[int, Owner, int | None, date, date | None]]:
        """Where sales cost what receipts cost: channel, entity, market, from a day to a day (none: still)."""
        corners = {(flow.channel, flow.entity, flow.market) for flow in self.flows if flow.kind in (SALE, RESTOCK)}
        found: list[tuple[int, Owner, int | None, date, date | None]] = []
        for channel, entity, market in sorted(corners, key=str):
            if channel is None:
                continue
            begun: date | None = None
            for day in self.turns(channel, market):
                inside = (
                    day <= until
                    and self.counts(day)
                    and self.owner(self.ground.routes.location(channel, market, day), entity, day)[0]
                )
                if inside and begun is None:
                    begun = day
                elif not inside and begun is not None:
                    found.append((channel, entity, market, begun, day - timedelta(days=1)))
                    begun = None
            if begun is not None:
                found.append((channel, entity, market, begun, None))
        return found

    def turns(self, channel: int, market: int | None) -> list[date]:
        """The days on which it may change whether receipts decide."""
        days = {*self.versions.starts, *self.first.values(), *self.openings.values()}
        for key in ((channel, market), (channel, None), (None, market)):
            days |= {start for start, _location in self.ground.routes.rules.get(key, ())}
        return sorted(days)


SOURCES = (StockMove.OPENING, StockMove.RECEIPT, StockMove.TRANSFER)


def costing_rules(person: Person | None) -> QuerySet[CostingRule]:
    """All versions of the costing rules."""
    return visible(person, "finance.view_costs", CostingRule.objects.all()).select_related("by")


def costed_sales(person: Person | None) -> QuerySet[CostedSale]:
    """What sold and lost units cost, where one may see costs."""
    return visible(person, "finance.view_costs", CostedSale.objects.all()).select_related(
        "product", "channel", "market", "entity"
    )


def categories() -> list[str]:
    """The categories of products there are."""
    return sorted(Product.objects.exclude(category="").order_by().values_list("category", flat=True).distinct())
