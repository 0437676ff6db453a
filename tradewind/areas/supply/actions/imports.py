"""Stock movements from tables. The same rows a second time change nothing; what was told otherwise before is refused by line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any

from django.utils.translation import gettext as _

from tradewind.areas.supply.actions.levels import recount
from tradewind.areas.supply.actions.moves import PARTS, day_faults, faults_of, told_of, transfer, transfer_faults, value
from tradewind.areas.supply.queries.stock import Begun, held, product_of
from tradewind.base.errors import Refused
from tradewind.engines.access.scope import Scope
from tradewind.engines.actions.action import Bulk, action
from tradewind.engines.exchange.sheets.kinds import Load, Outcome, Row
from tradewind.nouns.org.models import Person
from tradewind.nouns.trade.models import Channel, Location, Product, StockMove

PART = 500


@dataclass
class Known:
    """Locations, channels and products by their codes, and what the file brought so far."""

    locations: dict[str, Location]
    channels: dict[str, Channel]
    products: dict[str, Product | None] = field(default_factory=dict)
    seen: Counter[str] = field(default_factory=Counter)
    begun: Begun = field(default_factory=lambda: Begun({}, {}))
    counted: set[int] = field(default_factory=set)
    lying: dict[date, dict[tuple[int, int], int]] = field(default_factory=dict)

    def product(self, sku: str) -> Product | None:
        """The product of a SKU; asked once."""
        if sku not in self.products:
            self.products[sku] = product_of(sku)
        return self.products[sku]

    def prepare(self, load: Load) -> None:
        """Read at once what all rows ask for."""
        found = {
            sku: product.pk
            for sku in {str(row.values["sku"]) for row in load.rows}
            if (product := self.product(sku)) is not None
        }
        self.begun = Begun.of(found.values())
        counts = [row for row in load.rows if row.values["kind"] == StockMove.COUNT]
        self.counted = {found[sku] for row in counts if (sku := str(row.values["sku"])) in found}

    def units(self, place: tuple[int, int], day: date) -> int:
        """Units at the end of a day, with what the file told before; products that are counted are read a day at once."""
        if day not in self.lying:
            self.lying[day] = held(self.counted, day)
        return self.lying[day].get(place, 0)

    def note(self, moves: Iterable[StockMove]) -> None:
        """Movements were added; days that were read already take them."""
        for move in moves:
            self.begun.note(move)
            for day, units in self.lying.items():
                if move.day <= day:
                    place = (move.product_id, move.location_id)
                    units[place] = units.get(place, 0) + move.units

    def key(self, given: str, *words: object) -> str:
        """The key of a row: its own id, else what it says, numbered where a file says the same twice."""
        said = given or "\x1f".join(" ".join(str(word if word is not None else "").split()) for word in words)
        key = f"file:{sha256(said.encode()).hexdigest()[:32]}"
        self.seen[key] += 1
        return key if self.seen[key] == 1 else f"{key}#{self.seen[key]}"


def known_now() -> Known:
    """What there is."""
    rows = Location.objects.select_related("entity")
    return Known({row.code: row for row in rows}, {row.code: row for row in Channel.objects.all()})


def at_locations(load: Load) -> Scope:
    """A file of one location lies there; of several in what they have in common."""
    codes = {str(row.values[name]) for row in load.rows for name in ("location", "target") if row.values.get(name)}
    codes |= {load.options["location"]} if load.options.get("location") else set()
    places = [(row.entity_id, row.market_id) for row in Location.objects.filter(code__in=codes)]
    entities, markets = {entity for entity, _market in places}, {market for _entity, market in places}
    return Scope(entities.pop() if len(entities) == 1 else None, markets.pop() if len(markets) == 1 else None)


@action(scope=lambda *_args, load, **_kwargs: at_locations(load))
def import_stock_moves(by: Person | None, *, load: Load) -> Bulk[Outcome]:
    """Bring openings, receipts, returns, transfers, counts and write-offs in from a table."""
    known = known_now()
    list(Location.objects.select_for_update(no_key=True).order_by("pk"))
    known.prepare(load)
    fresh, same = list[StockMove](), 0
    stored = stored_of(keys_of(load))
    for row in in_order(load.rows):
        moves = moves_of(load, row, known, stored)
        if moves is None:
            continue
        if not moves:
            same += 1
            continue
        for move in moves:
            move.source, move.source_line, move.batch, move.by = load.source, row.line, load.batch, by
            move.save()
        known.note(moves)
        fresh += moves
    recount({move.product_id for move in fresh})
    return Bulk(Outcome(len(fresh), 0, same), {**told_of(fresh), "source": load.source})


def in_order(rows: Iterable[Row]) -> list[Row]:
    """The rows of a file as they are taken: counts last and by day, so that each is told the difference to all before it."""
    return sorted(rows, key=lambda one: (one.values["day"],) if one.values["kind"] == StockMove.COUNT else ())


def stored_of(keys: list[str]) -> dict[str, StockMove]:
    """The moves that some keys name."""
    found: dict[str, StockMove] = {}
    for start in range(0, len(keys), PART):
        found.update({row.key: row for row in StockMove.objects.filter(key__in=keys[start : start + PART])})
    return found


def keys_of(load: Load) -> list[str]:
    """The keys that the rows of a file would have."""
    known = Known({}, {})
    found = []
    for row in in_order(load.rows):
        key = key_of(load, row, known)
        found += [key, f"{key}:out", f"{key}:in"]
    return found


def key_of(load: Load, row: Row, known: Known) -> str:
    """The key of one row."""
    values = row.values
    place = values["location"] or load.options.get("location", "")
    given = f"{place}\x1f{values['id']}" if values["id"] else ""
    return known.key(given, place, values["day"], values["sku"], values["kind"], values["units"], values["counted"], values["target"],
                     values["document"], values["cost"], *(values[part] for part in PARTS))  # fmt: skip


def moves_of(load: Load, row: Row, known: Known, stored: dict[str, StockMove]) -> list[StockMove] | None:
    """The moves of a row: none where it is stored already; None where it was refused."""
    values, key = row.values, key_of(load, row, known)
    code = str(values["location"] or load.options.get("location", ""))
    product, location = known.product(str(values["sku"])), known.locations.get(code)
    target = known.locations.get(str(values["target"] or ""))
    channel = known.channels.get(str(values["channel"] or ""))
    for name, given, one in (("sku", values["sku"], product), ("location", code, location), ("target", values["target"], target),
                             ("channel", values["channel"], channel)):  # fmt: skip
        if one is None and (given or name in ("sku", "location")):
            load.refuse(row.line, name, _("There is no “%(code)s” here.") % {"code": given or ""})
            return None
    assert product is not None and location is not None  # noqa: S101  refused above
    there = stored.get(key) or stored.get(f"{key}:out")
    if there is not None:
        return told_before(load, row, there, product, location)
    try:
        return made(load, row, key, product, location, target, channel, known)
    except Refused as fault:
        column, words = next(iter((fault.fields or {"units": fault.message}).items()))
        load.refuse(row.line, "units" if column == "counted" and column not in load.titles else column, str(words))
        return None


def told_before(load: Load, row: Row, there: StockMove, product: Product, location: Location) -> list[StockMove] | None:
    """Nothing to do for a row that is stored as it says; refused where it said something else."""
    values = row.values
    units = there.counted if there.kind == StockMove.COUNT else abs(there.units)
    told = values["counted"] if there.kind == StockMove.COUNT else abs(values["units"] or 0)
    stored = (there.product_id, there.location_id, there.day, there.kind, units, there.cost)
    costs = costs_of(row)
    if stored == (product.pk, location.pk, values["day"], values["kind"], told, sum(costs.values()) if costs else None):
        return []
    load.refuse(row.line, "id", _("This movement was told otherwise before: take it back first."))
    return None


def costs_of(row: Row) -> dict[str, int]:
    """What the units of a row cost, by part; one amount without parts is the purchase price."""
    values = row.values
    parts = {part: int(values[part]) for part in PARTS if values[part] is not None}
    if values["cost"] is not None:
        parts["purchase"] = parts.get("purchase", 0) + int(values["cost"])
    if values["unit_cost"] is not None:
        parts["purchase"] = parts.get("purchase", 0) + int(values["unit_cost"]) * abs(int(values["units"] or 0))
    return parts


def made(
    load: Load, row: Row, key: str, product: Product, location: Location, target: Location | None, channel: Channel | None,
    known: Known,
) -> list[StockMove]:  # fmt: skip
    """The moves of a row, not stored yet; Refused by column."""
    values, kind, units = row.values, str(row.values["kind"]), abs(int(row.values["units"] or 0))
    words: dict[str, Any] = {
        name: str(values[name] or "")[:most] for name, most in (("document", 120), ("supplier", 200), ("text", 300))
    }
    if kind == StockMove.TRANSFER:
        if target is None:
            raise Refused("", fields={"target": _("Say where the goods went.")})
        left, arrived = transfer(product, location, target, values["day"], units, key)
        check(transfer_faults(left, arrived, known.begun))
        for move in (left, arrived):
            move.document, move.text = words["document"], words["text"]
        return [left, arrived]
    move = StockMove(
        key=key, day=values["day"], product=product, location=location, kind=kind, units=units, channel=channel, **words
    )
    if kind == StockMove.COUNT:
        check(
            {
                **day_faults(move, known.begun),
                **({"counted": _("Say how many units were found.")} if values["counted"] is None else {}),
            }
        )
        move.counted = int(values["counted"])
        check({"counted": _("A count is zero or more.")} if move.counted < 0 else {})
        move.units = move.counted - known.units((product.pk, location.pk), move.day)
        return [move]
    parts, currency = costs_of(row), str(values["currency"] or load.options.get("currency", "") or "")
    check(faults_of(move, parts, currency, known.begun))
    move.units = -units if kind == StockMove.WRITE_OFF else units
    value(move, parts, currency)
    return [move]


def check(faults: dict[str, Any]) -> None:
    """Refused by column where something is wrong."""
    if faults:
        raise Refused("", fields=faults)
