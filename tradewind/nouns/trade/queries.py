"""What came to and left the places where goods lie, in one row of time: moves of the ledger, sales, goods that came back to be sold again.

Sales leave the location that serves their channel and market on their day. At a location, stock of a product is kept from its opening
there on, which says what lay there that morning; without an opening from the day on from which the location serves the sale. A count
holds: what becomes known of before it changes the difference that it makes, never what was found.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from tradewind.nouns.trade.models import Order, OrderLine, Product, Return, Serving, StockMove

SALE, RESTOCK = "sale", "restock"
SOLD = Q(order__state=Order.PAID, order__kind=Order.SALE, kind__in=OrderLine.GOODS)


@dataclass(frozen=True)
class Flow:
    """Units of a product that came (above zero) or left on a day; `location` none: no place serves such sales."""

    product: int
    day: date
    kind: str
    units: int
    location: int | None
    entity: int | None = None
    channel: int | None = None
    market: int | None = None
    move: StockMove | None = None


@dataclass
class Routes:
    """Which location serves a sale: the rule of its channel in its market, else of its channel, else of its market; the latest holds."""

    rules: dict[tuple[int | None, int | None], list[tuple[date, int]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    @classmethod
    def now(cls) -> Routes:
        """The rules as they are."""
        found = cls()
        for channel, market, start, location in Serving.objects.order_by("start", "id").values_list(
            "channel_id", "market_id", "start", "location_id"
        ):
            found.rules[channel, market].append((start, location))
        return found

    def location(self, channel: int | None, market: int | None, day: date) -> int | None:
        """The location that serves a sale; None where nothing does on that day."""
        for key in ((channel, market), (channel, None), (None, market)):
            if key == (None, None):
                continue
            for start, location in reversed(self.rules.get(key, ())):
                if start <= day:
                    return location
        return None


def moves_of(products: Iterable[int]) -> QuerySet[StockMove]:
    """The moves that stand: what was taken back is left out together with what took it back."""
    rows = StockMove.objects.filter(product__in=list(products), reverses__isnull=True, reversal__isnull=True)
    return rows.select_related("location").order_by("day", "id")


def hold(products: Iterable[int]) -> None:
    """Let whoever counts these products at the same time wait until this transaction ends, so that no count keeps what it read before."""
    rows = Product.objects.select_for_update(no_key=True).filter(pk__in=list(products)).order_by("pk")
    list(rows.values_list("pk", flat=True))


def flows(products: Iterable[int]) -> dict[int, list[Flow]]:
    """Everything that moved products, by product and in the order of days; of one day what came goes first."""
    wanted = sorted(set(products))
    found: dict[int, list[Flow]] = {product: [] for product in wanted}
    openings: dict[tuple[int, int], date] = {}
    for move in moves_of(wanted):
        if move.kind == StockMove.OPENING:
            openings[move.product_id, move.location_id] = move.day
        found[move.product_id].append(
            Flow(move.product_id, move.day, move.kind, move.units, move.location_id, move.location.entity_id, move.channel_id,
                 move.location.market_id, move)
        )  # fmt: skip
    routes = Routes.now()
    for flow in [*sales(wanted, routes), *restocked(wanted, routes)]:
        opening = openings.get((flow.product, flow.location)) if flow.location else None
        if opening is None or flow.day >= opening:
            found[flow.product].append(flow)
    return {product: sorted(counted(rows), key=in_row) for product, rows in found.items()}


def in_row(flow: Flow) -> tuple[date, bool]:
    """What comes first: of one day what came."""
    return flow.day, flow.units < 0


def counted(rows: list[Flow]) -> Iterator[Flow]:
    """The flows with what was found at counts: each is the difference to all that is known by now until the end of its day.

    So a sale or receipt of before a count that becomes known later changes the difference, not what was found.
    """
    held: dict[int | None, int] = defaultdict(int)
    for flow in sorted(rows, key=lambda one: (one.day, one.kind == StockMove.COUNT)):
        found = flow
        if flow.move is not None and flow.move.counted is not None:
            found = replace(flow, units=flow.move.counted - held[flow.location])
        held[flow.location] += found.units
        yield found


def sales(products: list[int], routes: Routes) -> list[Flow]:
    """Units sold by day, channel and market, as they leave."""
    rows = OrderLine.objects.filter(SOLD, product__in=products).order_by()
    names = ("product", "order__day", "order__channel", "order__market", "order__entity")
    return [
        Flow(product, day, SALE, -units, routes.location(channel, market, day), entity, channel, market)
        for product, day, channel, market, entity, units in rows.values_list(*names).annotate(Sum("quantity"))
        if units
    ]


def restocked(products: list[int], routes: Routes) -> list[Flow]:
    """Units that came back and can be sold again, in the corner of their order where it is known; of a sale, as nothing else left."""
    left = Q(order=None) | Q(order__state=Order.PAID, order__kind=Order.SALE)
    rows = Return.objects.filter(left, product__in=products, restocked__gt=0).order_by()
    rows = rows.annotate(of_market=Coalesce("order__market", "market"), of_entity=Coalesce("order__entity", "entity"))
    names = ("product", "day", "channel", "of_market", "of_entity")
    return [
        Flow(product, day, RESTOCK, units, routes.location(channel, market, day), entity, channel, market)
        for product, day, channel, market, entity, units in rows.values_list(*names).annotate(Sum("restocked"))
    ]


def kept_products(start: date | None = None, end: date | None = None) -> list[int]:
    """The products with moves of stock; of these those with sales or goods that came back in a span of days, if one is given."""
    kept = StockMove.objects.order_by().values("product").distinct()
    if start is None or end is None:
        return sorted(kept.values_list("product", flat=True))
    sold = (
        OrderLine.objects.filter(product__in=kept, order__day__range=(start, end))
        .order_by()
        .values_list("product", flat=True)
    )
    back = Return.objects.filter(product__in=kept, day__range=(start, end)).order_by().values_list("product", flat=True)
    return sorted({*sold.distinct(), *back.distinct()})
