"""Goods that came back, from tables: attached to their orders, once and for all; the same rows a second time change nothing."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _

from tradewind.areas.finance.actions.fact_imports import (
    PART,
    Numbered,
    at_channel,
    content_key,
    differs,
    orders_of,
    spans,
)
from tradewind.areas.finance.queries.fact_places import places_of
from tradewind.engines.actions.action import Bulk, action
from tradewind.engines.exchange.sheets.kinds import Load, Outcome, Row
from tradewind.nouns.org.models import Person
from tradewind.nouns.trade.models import OrderLine, Return

FACTS = (
    "order_id",
    "order_ref",
    "entity_id",
    "market_id",
    "product_id",
    "sku",
    "day",
    "units",
    "restocked",
    "disposition",
    "reason",
)
Sold = dict[tuple[int, str], tuple[int | None, int]]


@action(scope=lambda *_args, load, **_kwargs: at_channel(load))
def import_returns(by: Person | None, *, load: Load) -> Bulk[Outcome]:
    """Bring in which goods came back and whether they can be sold again; an order that is not known yet is waited for."""
    known = places_of()
    channel = known.channels[load.options["channel"]]
    orders = orders_of(channel.pk, {str(row.values["order"]) for row in load.rows})
    goods, numbered, wanted = (
        sold_in({pk for pk, _market in orders.values()}),
        Numbered(),
        dict[str, tuple[Row, Return]](),
    )
    for row in load.rows:
        values = row.values
        ref, sku = str(values["order"])[:120], str(values["sku"])[:120]
        order = orders.get(ref)
        product = goods[order[0], sku][0] if order and (order[0], sku) in goods else known.product(sku)
        given = str(values["id"] or "")
        key = numbered(
            f"table:{given[:100]}" if given else content_key("table", values["day"], ref, sku, values["units"])
        )
        wanted[key] = row, Return(
            channel_id=channel.pk, key=key, order_id=order[0] if order else None, order_ref=ref, entity_id=channel.entity_id,
            market_id=order[1] if order and order[1] else channel.market_id, product_id=product, sku=sku, day=values["day"],
            units=values["units"], restocked=values["restocked"], disposition=str(values["disposition"] or "")[:60],
            reason=str(values["reason"] or "")[:120], source_line=row.line, batch=load.batch,
        )  # fmt: skip
    refuse_unsold(load, wanted, goods)
    return written(load, channel.pk, {key: line for key, (_row, line) in wanted.items()})


def sold_in(orders: set[int]) -> Sold:
    """What each order sold by SKU: the product and how many."""
    found: Sold = {}
    listed = sorted(orders)
    for start in range(0, len(listed), PART):
        lines = OrderLine.objects.filter(order__in=listed[start : start + PART], kind__in=OrderLine.GOODS)
        for order, sku, product, many in (
            lines.order_by().values_list("order", "sku", "product").annotate(Sum("quantity"))
        ):
            found[order, sku] = product, found.get((order, sku), (product, 0))[1] + many
    return found


def refuse_unsold(load: Load, wanted: dict[str, tuple[Row, Return]], goods: Sold) -> None:
    """Take out what an order never sold, or more of it than it did, with what came back before."""
    back: Counter[tuple[int, str]] = Counter()
    orders = sorted({line.order_id for _row, line in wanted.values() if line.order_id is not None})
    for start in range(0, len(orders), PART):
        rows = Return.objects.filter(order__in=orders[start : start + PART]).values_list("order", "sku", "key", "units")
        for order, sku, key, units in rows:
            if key not in wanted:
                back[order, sku] += units
    for key, (row, line) in list(wanted.items()):
        if line.order_id is None:
            continue
        place = line.order_id, line.sku
        if place not in goods:
            load.refuse(row.line, "sku", _("The order sold no “%(sku)s”.") % {"sku": line.sku})
            del wanted[key]
        elif back[place] + line.units > goods[place][1]:
            load.refuse(row.line, "units", _("More came back than the order sold."))
            del wanted[key]
        else:
            back[place] += line.units


def written(load: Load, channel: int, wanted: dict[str, Return]) -> Bulk[Outcome]:
    """Store what is new or told otherwise than before; what that did."""
    held = {
        row.key: row for row in Return.objects.filter(channel=channel, key__startswith="table:") if row.key in wanted
    }
    fresh = [line for key, line in wanted.items() if key not in held]
    changed = [row for key, row in held.items() if differs(row, wanted[key], FACTS)]
    days = {line.day for line in fresh} | {row.day for row in changed}
    for row in changed:
        for name in FACTS:
            setattr(row, name, getattr(wanted[row.key], name))
        days.add(row.day)
    Return.objects.bulk_create(fresh, batch_size=PART)
    Return.objects.bulk_update(changed, [name.removesuffix("_id") for name in FACTS], batch_size=PART)
    told: dict[str, Any] = defaultdict(int)
    for line in wanted.values():
        told["units"] += line.units
        told["restocked"] += line.restocked or 0
    dated = {"profit_days": spans(days), "stock_days": spans(days)}
    counts = {"new": len(fresh), "changed": len(changed), "source": load.source, **dated, **told}
    return Bulk(Outcome(len(fresh), len(changed), len(wanted) - len(fresh) - len(changed)), counts)
