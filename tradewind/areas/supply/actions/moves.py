"""What one can do with stock: receive, write off, transfer, count, take back. The ledger is only ever added to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.utils.translation import gettext as _

from tradewind.areas.supply.actions.levels import recount
from tradewind.areas.supply.actions.locations import refuse
from tradewind.areas.supply.queries.stock import Begun, held
from tradewind.base import clock
from tradewind.base.errors import Refused
from tradewind.base.money import CURRENCIES, Money, from_units, to_units
from tradewind.engines.access.scope import Scope, require
from tradewind.engines.actions.action import Bulk, action
from tradewind.engines.metrics import rates
from tradewind.nouns.org.models import Company, Person
from tradewind.nouns.trade.models import Channel, Location, Product, StockMove, UnitCost

PARTS = tuple(part for part, _name in UnitCost.PARTS)
BY_HAND = (StockMove.OPENING, StockMove.RECEIPT, StockMove.RETURN, StockMove.WRITE_OFF)
COSTED = (StockMove.OPENING, StockMove.RECEIPT)


def at_location(*_args: Any, location: Location, **_kwargs: Any) -> Scope:
    """Goods lie where their location lies."""
    return Scope(location.entity_id, location.market_id)


def at_source(*_args: Any, source: Location, **_kwargs: Any) -> Scope:
    """A transfer is made by whoever may at the location that gives; the one that takes is asked for besides."""
    return Scope(source.entity_id, source.market_id)


@action(scope=at_location)
def record_move(
    by: Person | None, *, product: Product, location: Location, kind: str, day: date, units: int, purchase: Decimal | None = None,
    freight: Decimal | None = None, duty: Decimal | None = None, packaging: Decimal | None = None, inbound: Decimal | None = None,
    other: Decimal | None = None, currency: str = "", channel: Channel | None = None, document: str = "", supplier: str = "",
    text: str = "",
) -> Bulk[StockMove]:  # fmt: skip
    """Record that goods came, were returned or were written off; amounts are what all units of the move cost."""
    given = {
        "purchase": purchase,
        "freight": freight,
        "duty": duty,
        "packaging": packaging,
        "inbound": inbound,
        "other": other,
    }
    parts = {part: to_units(amount) for part, amount in given.items() if amount is not None}
    move = StockMove(
        key=f"hand:{uuid4().hex}", day=day, product=product, location=location, kind=kind, units=units, channel=channel,
        document=document[:120], supplier=supplier[:200], text=text[:300], by=by,
    )  # fmt: skip
    Location.objects.select_for_update(no_key=True).get(pk=location.pk)
    refuse(faults_of(move, parts, currency, Begun.of([product.pk])))
    move.units = -units if kind == StockMove.WRITE_OFF else units
    value(move, parts, currency)
    return written(move, [move])


@action(scope=at_source)
def transfer_stock(
    by: Person | None, *, product: Product, source: Location, target: Location, day: date, units: int, document: str = "", text: str = ""
) -> Bulk[StockMove]:  # fmt: skip
    """Move goods from one location to another: two moves at once, with their age and what they cost."""
    if by is not None:
        require(by, transfer_stock.code, target)
    left, arrived = transfer(product, source, target, day, units, f"hand:{uuid4().hex}")
    for move in (left, arrived):
        move.document, move.text, move.by = document[:120], text[:300], by
    list(Location.objects.select_for_update(no_key=True).filter(pk__in=(source.pk, target.pk)).order_by("pk"))
    refuse(transfer_faults(left, arrived, Begun.of([product.pk])))
    return written(left, [left, arrived])


@action(scope=at_location)
def count_stock(
    by: Person | None,
    *,
    product: Product,
    location: Location,
    day: date,
    counted: int,
    document: str = "",
    text: str = "",
) -> Bulk[StockMove]:
    """Tell how many units were found at a location at the end of a day; the difference to the ledger becomes a move."""
    Location.objects.select_for_update(no_key=True).get(pk=location.pk)
    move = StockMove(
        key=f"hand:{uuid4().hex}", day=day, product=product, location=location, kind=StockMove.COUNT, counted=counted,
        units=counted - held([product.pk], day).get((product.pk, location.pk), 0), document=document[:120], text=text[:300], by=by,
    )  # fmt: skip
    faults = {"counted": _("A count is zero or more.")} if counted < 0 else {}
    refuse({**faults, **day_faults(move, Begun.of([product.pk]))})
    return written(move, [move])


@action()
def reverse_move(by: Person | None, move: StockMove, *, reason: str) -> Bulk[StockMove]:
    """Take a movement back that was wrong: its opposite stands on the same day, and neither counts any more."""
    if move.reverses_id is not None or StockMove.objects.filter(reverses=move).exists():
        raise Refused(_("This movement was taken back already."))
    if not reason.strip():
        refuse({"reason": _("Say why.")})
    both = [row for row in (move, move.pair, StockMove.objects.filter(pair=move).first()) if row is not None]
    for other in both[1:]:
        if by is not None:
            require(by, reverse_move.code, other)
    opposites = [opposite(row, reason, by) for row in both]
    return written(move, opposites, move)


@action()
def add_cost(
    by: Person | None, move: StockMove, *, part: str, amount: Decimal, currency: str, document: str = "", text: str = ""
) -> Bulk[StockMove]:
    """Add a bill that came later to what a receipt cost: the receipt is taken back and stands anew with it, on its own day."""
    if move.reverses_id is not None or StockMove.objects.filter(reverses=move).exists():
        raise Refused(_("This movement was taken back already."))
    faults: dict[str, Any] = {}
    if move.kind not in COSTED:
        raise Refused(_("Only what comes in new carries a cost."))
    if part not in PARTS:
        faults["part"] = _("Choose one of the parts.")
    elif move.cost is None and part != UnitCost.PURCHASE and UnitCost.objects.filter(product=move.product_id).exists():
        # with a cost of its own its unit costs would count no more: what the goods cost comes first
        faults["part"] = _("No cost was told for this movement.")
    if amount <= 0:
        faults["amount"] = _("An amount above zero, please.")
    if currency not in CURRENCIES:
        faults["currency"] = _("Unknown currency: %(code)s") % {"code": currency}
    refuse(faults)
    told = move.currency or currency
    parts = dict(move.parts)
    parts[part] = int(parts.get(part, 0)) + converted(to_units(amount), currency, told, move.day)
    anew = StockMove(
        key=f"hand:{uuid4().hex}", day=move.day, product=move.product, location=move.location, kind=move.kind, units=move.units,
        document=(document or move.document)[:120], supplier=move.supplier, text=(text or move.text)[:300], by=by,
    )  # fmt: skip
    value(anew, parts, told)
    return written(anew, [opposite(move, text or _("A bill that came later"), by), anew])


def converted(units: int, currency: str, own: str, day: date) -> int:
    """An amount in another currency at the rate of a day; Refused without one."""
    factor = rates.rule("day").factor(day, currency, own)
    if factor is None:
        text = _("There is no rate from %(source)s to %(target)s on that day. Ask finance to load one.")
        words = text % {"source": currency, "target": own}
        raise Refused(words, fields={"currency": words})
    return Money(from_units(units) * short(factor.value), own).stored().units


def opposite(move: StockMove, reason: str, by: Person | None) -> StockMove:
    """What takes a move back."""
    return StockMove(
        key=f"reversal:{move.pk}", day=move.day, product=move.product, location=move.location, kind=move.kind, units=-move.units,
        cost=None if move.cost is None else -move.cost, currency=move.currency, value=None if move.value is None else -move.value,
        value_currency=move.value_currency, rate=move.rate, parts={part: -units for part, units in move.parts.items()},
        channel=move.channel, reverses=move, document=move.document, supplier=move.supplier, text=reason.strip()[:300], by=by,
    )  # fmt: skip


def transfer(
    product: Product, source: Location, target: Location, day: date, units: int, key: str
) -> tuple[StockMove, StockMove]:
    """The two moves of a transfer, not stored yet."""
    left = StockMove(
        key=f"{key}:out"[:160], day=day, product=product, location=source, kind=StockMove.TRANSFER, units=-units
    )
    arrived = StockMove(
        key=f"{key}:in"[:160],
        day=day,
        product=product,
        location=target,
        kind=StockMove.TRANSFER,
        units=units,
        pair=left,
    )
    return left, arrived


def transfer_faults(left: StockMove, arrived: StockMove, begun: Begun) -> dict[str, Any]:
    """What is wrong with a transfer, by field."""
    faults = {**day_faults(left, begun), **day_faults(arrived, begun)}
    if arrived.units <= 0:
        faults["units"] = _("Units are one or more.")
    if left.location == arrived.location:
        faults["target"] = _("Choose another location than the one the goods leave.")
    source, target = owner_currency(left.location), owner_currency(arrived.location)
    if rates.rule("day").factor(left.day, source, target) is None:
        faults["target"] = _("There is no rate from %(source)s to %(target)s on that day. Ask finance to load one.") % {
            "source": source, "target": target,
        }  # fmt: skip
    return faults


def written(result: StockMove, moves: list[StockMove], subject: StockMove | None = None) -> Bulk[StockMove]:
    """Store moves, count levels anew, and tell it."""
    for move in moves:
        move.save()
    recount({move.product_id for move in moves})
    return Bulk(result, told_of(moves), subject=subject or result)


def told_of(moves: Iterable[StockMove]) -> dict[str, Any]:
    """What an event tells of moves: how many, which products, from which day on."""
    rows = list(moves)
    days = [move.day for move in rows]
    return {"new": len(rows), "stock_products": sorted({move.product_id for move in rows}),
            "stock_since": min(days).isoformat() if days else ""}  # fmt: skip


def faults_of(move: StockMove, parts: Mapping[str, int], currency: str, begun: Begun) -> dict[str, Any]:
    """What is wrong with a movement by hand or file, by field; `units` as told, above zero."""
    faults, place = day_faults(move, begun), (move.product_id, move.location_id)
    if move.kind not in BY_HAND:
        faults["kind"] = _("Choose one of the kinds.")
    if move.units <= 0:
        faults["units"] = _("Units are one or more.")
    for part, amount in parts.items():
        if amount < 0:
            faults[part] = _("A cost is zero or more.")
        if move.kind not in COSTED:
            faults[part] = _("Only what comes in new carries a cost.")
    if parts and not currency:
        faults["currency"] = _("Choose the currency of these amounts.")
    elif currency and currency not in CURRENCIES:
        faults["currency"] = _("Unknown currency: %(code)s") % {"code": currency}
    if move.kind == StockMove.OPENING and place in begun.openings:
        faults["kind"] = _("Stock of this product was opened here already.")
    elif move.kind == StockMove.OPENING and begun.first.get(place, move.day) < move.day:
        faults["day"] = _("Goods moved here before this day: an opening goes before everything else.")
    return faults


def day_faults(move: StockMove, begun: Begun) -> dict[str, Any]:
    """What is wrong with the day of a movement."""
    if move.day > clock.today(move.location.zone):
        return {"day": _("This day is still to come.")}
    opening = begun.openings.get((move.product_id, move.location_id))
    if opening is not None and move.day < opening and move.kind != StockMove.OPENING:
        return {
            "day": _("Stock of this product begins here with its opening on %(day)s.") % {"day": opening.isoformat()}
        }
    return {}


def value(move: StockMove, parts: Mapping[str, int], currency: str) -> None:
    """Give a move what it cost, and the same in its owner's currency at the rate of its day; Refused without a rate."""
    if not parts:
        return
    own = owner_currency(move.location)
    factor = rates.rule("day").factor(move.day, currency, own)
    if factor is None:
        text = _("There is no rate from %(source)s to %(target)s on that day. Ask finance to load one.")
        raise Refused(
            text % {"source": currency, "target": own}, fields={"currency": text % {"source": currency, "target": own}}
        )
    rate = short(factor.value)
    move.parts, move.cost, move.currency = dict(parts), sum(parts.values()), currency
    move.value, move.value_currency = Money(from_units(move.cost) * rate, own).stored().units, own
    move.rate = f"day {factor.published.isoformat()} {rate:f}"[:60] if currency != own else ""


def short(factor: Decimal) -> Decimal:
    """A factor as it is stored: ten significant digits, so that cost × factor can be worked out by hand."""
    return factor.quantize(Decimal(1).scaleb(factor.adjusted() - 9)).normalize() if factor else factor


def owner_currency(location: Location) -> str:
    """The currency of whoever owns what lies there: the company's where no entity is named."""
    if location.entity is not None and location.entity.currency:
        return str(location.entity.currency)
    return Company.objects.values_list("currency", flat=True).first() or "EUR"
