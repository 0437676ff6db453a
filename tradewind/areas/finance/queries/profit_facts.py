"""Counts the profit and loss of a month below the ORM: one grouped statement of all its sources, the same on both stores.

Revenue is that of the readings behind Pulse, so both always agree; the rest is counted from costs, fees, advertising and postings.
Incomes are positive, costs negative. Units that came back take their cost with them where a return says they can be sold again.
"""

# ruff: noqa: S608  every name put into a statement is one of ours; values are parameters
from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import connection

from tradewind.areas.finance.models import Account, CostedSale, CostedSpan
from tradewind.nouns.trade.models import Fee, UnitCost

FEE = "fee"
UNMAPPED, PAYMENT_FEES, ADS_OUTSIDE, ADS_MARKETPLACE = "fees-unmapped", "payment-fees", "ads-outside", "ads-marketplace"
PARTS = {part: f"cost-{part}" for part, _label in UnitCost.PARTS}
LOSSES = {CostedSale.LOSS: "stock-losses"}
KEYS = ("account_id", "entity_id", "market_id", "team_id", "channel_id", "product_id", "partner_id", "currency")
NONE = "CAST(NULL AS BIGINT)"  # a bare NULL would be a text to PostgreSQL
PLACES = f"entity_id, market_id, {NONE} AS team_id, channel_id"

EARNED_GOODS = "o.state = 'paid' AND o.kind = 'sale' AND l.kind IN ('product', 'unspecified')"
# A cost for the order's market is taken before the general one.
COST_IN_FORCE = """
    c.valid_from <= o.day AND (c.valid_to IS NULL OR c.valid_to >= o.day) AND (c.market_id = o.market_id OR (c.market_id IS NULL
    AND NOT EXISTS (SELECT 1 FROM trade_unitcost m WHERE m.product_id = c.product_id AND m.part = c.part AND m.market_id = o.market_id
    AND m.valid_from <= o.day AND (m.valid_to IS NULL OR m.valid_to >= o.day))))
"""

GOODS = "kind IN ('product', 'unspecified')"
WITHOUT_GOODS = f"NOT EXISTS (SELECT 1 FROM trade_orderline l WHERE l.order_id = f.order_id AND l.{GOODS})"
FINEST = 1_000_000
"""A fee is shared in parts of no more than this, so that no product of fee and worth is beyond a whole number of the store."""


def accounts() -> dict[str, int]:
    """The keys of the accounts that counting needs, by code."""
    wanted = (
        "gross-sales",
        "discounts",
        "refunds",
        "shipping-income",
        UNMAPPED,
        PAYMENT_FEES,
        ADS_OUTSIDE,
        ADS_MARKETPLACE,
    )
    return dict(Account.objects.filter(code__in=[*wanted, *PARTS.values(), *LOSSES.values()]).values_list("code", "pk"))


def revenue(ids: dict[str, int]) -> list[str]:
    """Goods by product as the product readings tell them, and what sales readings tell beyond: postage, refunds without a line."""
    places = f"{PLACES}, product_id, {NONE} AS partner_id, currency"
    whole = f"{PLACES}, {NONE} AS product_id, {NONE} AS partner_id, currency"
    products = "metrics_productreading WHERE day = %s"
    sales = "metrics_salereading WHERE grain = 'm' AND day = %s"
    measures = (("gross-sales", "gross"), ("discounts", "sales_net - gross"), ("refunds", "credits_net - refunds_net"))
    parts = [f"SELECT {ids[code]} AS account_id, {places}, {amount} AS amount, {'units' if code == 'gross-sales' else 0} AS units FROM {products}"
             for code, amount in measures]  # fmt: skip
    for (
        code,
        amount,
    ) in measures:  # what is not in product readings: their sum is taken off, the readings of sales are put on
        parts.append(f"SELECT {ids[code]}, {whole}, {amount}, 0 FROM {sales}")
        parts.append(f"SELECT {ids[code]}, {whole}, -({amount}), 0 FROM {products}")
    parts.append(f"SELECT {ids['shipping-income']}, {whole}, shipping, 0 FROM {sales}")
    return parts


def statement(ids: dict[str, int], first: date, last: date) -> tuple[str, list[Any]]:
    """The rows of a month (`KEYS`, amount, units), not grouped, and their parameters."""
    sold = revenue(ids)
    rest = [*goods(ids), *from_receipts(ids), *fees(ids), advertising(ids)]
    values = [told(first)] * len(sold)
    for part in rest:
        values += [told(first), told(last)] * part.count("BETWEEN %s AND %s")
    return " UNION ALL ".join([*sold, *rest]), values


def goods(ids: dict[str, int]) -> list[str]:
    """What sold units cost on their order's day, and the same back on the day they came back fit to be sold again."""
    case = " ".join(f"WHEN '{part}' THEN {ids[code]}" for part, code in PARTS.items())
    place = f"SELECT CASE c.part {case} END, o.entity_id, o.market_id, {NONE}, o.channel_id, c.product_id, {NONE}, c.currency"
    return [
        (
            f"{place}, -l.quantity * c.amount, 0 FROM trade_order o JOIN trade_orderline l ON l.order_id = o.id "
            f"JOIN trade_unitcost c ON c.product_id = l.product_id AND {COST_IN_FORCE} WHERE o.day BETWEEN %s AND %s AND {EARNED_GOODS}"
            f"{not_from_receipts('l.product_id', 'o.day')}"
        ),
        (
            f"{place}, b.restocked * c.amount, 0 FROM trade_return b JOIN trade_order o ON o.id = b.order_id "
            f"JOIN trade_unitcost c ON c.product_id = b.product_id AND {COST_IN_FORCE} "
            "WHERE b.day BETWEEN %s AND %s AND b.restocked > 0 AND o.state = 'paid' AND o.kind = 'sale'"
            f"{not_from_receipts('b.product_id', 'b.day')}"
        ),
    ]


def not_from_receipts(product: str, day: str) -> str:
    """That receipts do not say what a product costs in an order's corner on a day; nothing where no product is costed by them."""
    if not CostedSpan.objects.exists():
        return ""
    return (
        f" AND NOT EXISTS (SELECT 1 FROM finance_costedspan s WHERE s.product_id = {product} AND s.channel_id = o.channel_id "
        "AND COALESCE(s.entity_id, 0) = COALESCE(o.entity_id, 0) AND COALESCE(s.market_id, 0) = COALESCE(o.market_id, 0) "
        f"AND s.start <= {day} AND (s.until IS NULL OR s.until >= {day}))"
    )


def from_receipts(ids: dict[str, int]) -> list[str]:
    """What units cost by their receipts, on the day that this was known, and what was lost from stock."""
    if not CostedSale.objects.exists():
        return []
    case = " ".join(f"WHEN '{part}' THEN {ids[code]}" for part, code in {**PARTS, **LOSSES}.items())
    amounts = f"SELECT CASE part {case} END, entity_id, market_id, {NONE}, channel_id, product_id, {NONE}, currency, -amount, 0"
    return [f"{amounts} FROM finance_costedsale WHERE day BETWEEN %s AND %s"]


def fees(ids: dict[str, int]) -> list[str]:
    """Fees of marketplaces at the product they name, and payment fees; those of an order are shared over its goods."""
    kind = (
        f"SELECT COALESCE(e.account_id, k.account_id, {ids[UNMAPPED]}), f.entity_id, f.market_id, {NONE}, f.channel_id, "
        f"%s, {NONE}, f.currency, %s, 0 FROM %s "
        f"LEFT JOIN finance_accountcode k ON k.system = '{FEE}' AND k.outside = f.kind AND k.entity_id IS NULL "
        f"LEFT JOIN finance_accountcode e ON e.system = '{FEE}' AND e.outside = f.kind AND e.entity_id = f.entity_id "
        "LEFT JOIN trade_product p ON f.sku <> '' AND p.key = f.sku WHERE f.day BETWEEN %%s AND %%s AND %s"
    )
    paid = (
        f"SELECT {ids[PAYMENT_FEES]}, f.entity_id, f.market_id, {NONE}, f.channel_id, %s, {NONE}, "
        "CASE WHEN f.settled_currency <> '' THEN f.settled_currency ELSE f.currency END, %s, 0 FROM %s "
        "WHERE f.day BETWEEN %%s AND %%s AND f.fee + f.fee_tax <> 0"
    )
    shared = "({shares}) s JOIN {table} f ON f.order_id = s.order_id"
    charged = "(f.fee + f.fee_tax)"
    return [
        kind % ("p.id", "-f.amount", "trade_fee f", f"(p.id IS NOT NULL OR {WITHOUT_GOODS})"),
        kind
        % (
            "s.product_id",
            share_of("f.amount"),
            shared.format(shares=shares("trade_fee"), table="trade_fee"),
            "p.id IS NULL",
        ),
        f"{paid} AND {WITHOUT_GOODS}" % (NONE, f"-{charged}", "trade_payment f"),
        paid
        % ("s.product_id", share_of(charged), shared.format(shares=shares("trade_payment"), table="trade_payment")),
    ]


def advertising(ids: dict[str, int]) -> str:
    """What advertising platforms charged: on a marketplace where they name the channel, else outside."""
    return (
        f"SELECT CASE WHEN channel_id IS NULL THEN {ids[ADS_OUTSIDE]} ELSE {ids[ADS_MARKETPLACE]} END, entity_id, market_id, {NONE}, "
        f"channel_id, product_id, {NONE}, currency, -amount, 0 FROM trade_adspend WHERE day BETWEEN %s AND %s"
    )


def shares(table: str) -> str:
    """The goods of the orders that a month's fees are of: what part of the order's worth lies before and up to each line.

    Worth is the net value; where all lines are worth nothing, each weighs the same. A fee's share of a line is what falls on the line up to
    it less what falls on the line before, each cut to a whole unit, so that the shares add up to the fee.
    """
    orders = f"SELECT order_id FROM {table} WHERE day BETWEEN %s AND %s AND order_id IS NOT NULL"
    weights = (
        "SELECT order_id, product_id, position, CASE WHEN SUM(ABS(net)) OVER (PARTITION BY order_id) = 0 THEN 1 ELSE ABS(net) END AS weight "
        f"FROM trade_orderline WHERE {GOODS} AND order_id IN ({orders})"
    )
    sums = (
        "SELECT order_id, product_id, weight, CAST(SUM(weight) OVER (PARTITION BY order_id ORDER BY position) AS BIGINT) AS upto, "
        f"CAST(SUM(weight) OVER (PARTITION BY order_id) AS BIGINT) AS whole FROM ({weights}) weights"
    )
    step = f"(whole / {FINEST} + 1)"
    return f"SELECT order_id, product_id, (upto - weight) / {step} AS before, upto / {step} AS upto, whole / {step} AS whole FROM ({sums}) sums"


def share_of(amount: str) -> str:
    """A line's share of a cost as `shares` tells it."""
    return f"-({amount} * s.upto / s.whole - {amount} * s.before / s.whole)"


POSTED = (
    "SELECT account_id, entity_id, market_id, team_id, channel_id, product_id, partner_id, currency, amount, 0 AS units "
    "FROM finance_posting WHERE day BETWEEN %s AND %s"
)


# What was posted late for a month that was not opened again since.
STANDING_LATE = (
    "kind = 'late' AND NOT EXISTS (SELECT 1 FROM finance_posting back WHERE back.cause_id = finance_posting.id)"
)


def write_month(ids: dict[str, int], first: date, last: date) -> None:
    """Replace an open month's readings by a new count; the caller holds the transaction."""
    facts, values = statement(ids, first, last)
    keys = ", ".join(KEYS)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM finance_profitreading WHERE day = %s", [told(first)])
        cursor.execute(
            f"INSERT INTO finance_profitreading (day, slim, {keys}, amount, units) SELECT %s, {no()}, {keys}, "
            f"CAST(SUM(amount) AS BIGINT), CAST(SUM(units) AS BIGINT) FROM ({facts} UNION ALL {POSTED}) facts GROUP BY {keys} "
            "HAVING SUM(amount) <> 0 OR SUM(units) <> 0",
            [told(first), *values, told(first), told(last)],
        )
    write_slim(first)


def write_slim(first: date) -> None:
    """Keep the sums of a month without products beside its readings."""
    keys = ", ".join(key for key in KEYS if key != "product_id")
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM finance_profitreading WHERE day = %s AND slim = {yes()}", [told(first)])
        cursor.execute(
            f"INSERT INTO finance_profitreading (day, slim, product_id, {keys}, amount, units) SELECT %s, {yes()}, NULL, {keys}, "
            f"CAST(SUM(amount) AS BIGINT), CAST(SUM(units) AS BIGINT) FROM finance_profitreading WHERE day = %s AND slim = {no()} "
            f"GROUP BY {keys}",
            [told(first), told(first)],
        )


def missed(ids: dict[str, int], first: date, last: date) -> list[tuple[Any, ...]]:
    """What a closed month's readings and the late postings for it lack of its facts as they are now: `KEYS`, amount."""
    facts, values = statement(ids, first, last)
    keys = ", ".join(KEYS)
    kept = f"SELECT {keys}, -amount, 0 FROM finance_profitreading WHERE day = %s AND slim = {no()}"
    late = f"SELECT {keys}, -amount, 0 FROM finance_posting WHERE {STANDING_LATE} AND fact_day = %s"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {keys}, CAST(SUM(amount) AS BIGINT) FROM ({facts} UNION ALL {POSTED} UNION ALL {kept} UNION ALL {late}) facts "
            f"GROUP BY {keys} HAVING SUM(amount) <> 0",
            [*values, told(first), told(last), told(first), told(first)],
        )
        return [tuple(row) for row in cursor.fetchall()]


def days_of_fees(kinds: Iterable[str]) -> list[str]:
    """The months (first days) in which fees of these kinds were charged."""
    days = Fee.objects.filter(kind__in=list(kinds)).values_list("day", flat=True).distinct()
    return sorted({day.replace(day=1).isoformat() for day in days})


def told(day: date) -> Any:
    """A day as this store takes it."""
    return connection.ops.adapt_datefield_value(day)


def yes() -> str:
    """True as this store writes it."""
    return "TRUE" if connection.vendor == "postgresql" else "1"


def no() -> str:
    """False as this store writes it."""
    return "FALSE" if connection.vendor == "postgresql" else "0"
