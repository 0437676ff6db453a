"""Counts the facts of trade into readings, below the ORM: one grouped statement a grain, the same on both stores.

What each measure means stands beside the statement that counts it. Only `paid` documents are money earned; open,
cancelled and test orders appear in `stated` and `documents` alone.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection

MEASURES = (
    "stated", "gross", "sales_net", "credits_net", "refunds_net", "refunds_paid", "shipping", "tax", "fees",
    "documents", "orders", "units", "refunded_orders", "new_customers",
)  # fmt: skip
MONEY = frozenset(MEASURES[:9])
DIMENSIONS = ("day", "entity_id", "market_id", "channel_id", "country", "currency")

SALE = "o.state = 'paid' AND o.kind = 'sale'"
CREDIT = "o.state = 'paid' AND o.kind = 'credit'"
EARNED = "o.state = 'paid' AND o.kind IN ('sale', 'credit')"

ORDERS = ("trade_order o", "o.day", "o", {
    "stated": "o.lines_total",
    "documents": "1",
    "gross": f"CASE WHEN {SALE} THEN o.gross ELSE 0 END",
    "sales_net": f"CASE WHEN {SALE} THEN o.net ELSE 0 END",
    "credits_net": f"CASE WHEN {CREDIT} THEN o.net ELSE 0 END",
    "shipping": f"CASE WHEN {EARNED} THEN COALESCE(o.stated_shipping, 0) ELSE 0 END",
    "tax": f"CASE WHEN {EARNED} THEN COALESCE(o.stated_tax, 0) ELSE 0 END",
    "orders": f"CASE WHEN {SALE} THEN 1 ELSE 0 END",
    "units": f"CASE WHEN {SALE} THEN o.units ELSE 0 END",
    "refunded_orders": f"CASE WHEN {SALE} AND o.refunded > 0 THEN 1 ELSE 0 END",
    "new_customers": f"CASE WHEN {SALE} AND o.first THEN 1 ELSE 0 END",
}, "1 = 1")  # fmt: skip
# Postage and tax that a platform tells line by line instead of stating them for the whole document.
POSTAGE = "l.kind = 'shipping' AND o.stated_shipping IS NULL"
LINE_TAX = "l.tax <> 0 AND o.stated_tax IS NULL"
LINES = (
    "trade_orderline l JOIN trade_order o ON o.id = l.order_id", "o.day", "o",
    {"shipping": f"CASE WHEN {POSTAGE} THEN l.net ELSE 0 END", "tax": f"CASE WHEN {LINE_TAX} THEN l.tax ELSE 0 END"},
    f"(({POSTAGE}) OR ({LINE_TAX})) AND {EARNED}",
)  # fmt: skip
REFUNDS = (
    "trade_refund r JOIN trade_order o ON o.id = r.order_id", "r.day", "o",
    {"refunds_net": "r.net", "refunds_paid": "r.amount"}, EARNED,
)  # fmt: skip
FEES = (
    "trade_fee f LEFT JOIN trade_order o ON o.id = f.order_id", "f.day", "f", {"fees": "f.amount"}, "1 = 1",
)  # fmt: skip
PAYMENT_FEES = (
    "trade_payment p", "p.day", "p", {"fees": "p.fee + p.fee_tax"}, "p.fee + p.fee_tax <> 0",
)  # fmt: skip
PLACES = {
    "o": ("o.entity_id", "o.market_id", "o.channel_id", "o.country", "o.currency"),
    "t": ("t.entity_id", "t.market_id", "t.channel_id", "t.country", "t.currency"),
    "f": ("f.entity_id", "f.market_id", "f.channel_id", "COALESCE(o.country, '')", "f.currency"),
    "p": (
        "p.entity_id", "p.market_id", "p.channel_id", "p.country",
        "CASE WHEN p.settled_currency <> '' THEN p.settled_currency ELSE p.currency END",
    ),
}  # fmt: skip
# What came after its own month was closed counts on the first day that was open then.
LATE = (
    "metrics_latesale t", "t.day", "t", {name: f"t.{name}" for name in MEASURES}, "t.withdrawn_at IS NULL",
)  # fmt: skip
SOURCES = (ORDERS, LINES, REFUNDS, FEES, PAYMENT_FEES, LATE)


def part(source: tuple[str, str, str, dict[str, str], str]) -> str:
    """The rows one table of facts adds, day bounds as two parameters."""
    tables, day, place, measures, condition = source
    names = (f"{day} AS day", *(f"{path} AS {name}" for path, name in zip(PLACES[place], DIMENSIONS[1:], strict=True)))
    if place == "o" and "r.day" in day:
        names = tuple(name.replace("o.currency", "r.currency") for name in names)
    values = (f"{measures.get(name, '0')} AS {name}" for name in MEASURES)
    return f"SELECT {', '.join((*names, *values))} FROM {tables} WHERE {day} BETWEEN %s AND %s AND {condition}"  # noqa: S608


def live_statement() -> str:
    """The whole count of a span of days straight from the facts: the truth that readings are checked against."""
    sums = ", ".join(f"CAST(SUM({name}) AS BIGINT) AS {name}" for name in MEASURES)
    parts = " UNION ALL ".join(part(source) for source in SOURCES)
    places = ", ".join(DIMENSIONS)
    return f"SELECT {places}, {sums} FROM ({parts}) facts GROUP BY {places}"  # noqa: S608


def told(day: date) -> Any:
    """A day as this store takes it."""
    return connection.ops.adapt_datefield_value(day)


def bounds(start: date, end: date) -> list[Any]:
    """The parameters of `live_statement`."""
    return [told(start), told(end)] * len(SOURCES)


def live(start: date, end: date) -> list[tuple[object, ...]]:
    """Readings of a span of days counted anew, dimensions then measures, not stored."""
    with connection.cursor() as cursor:
        cursor.execute(live_statement(), bounds(start, end))
        return [tuple(row) for row in cursor.fetchall()]


def write_days(start: date, end: date) -> None:
    """Replace the day and slim readings of a span of days by a new count; the caller holds the transaction."""
    columns = ", ".join((*DIMENSIONS, *MEASURES))
    sums = ", ".join(f"CAST(SUM({name}) AS BIGINT)" for name in MEASURES)
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM metrics_salereading WHERE grain IN ('d', 's') AND day BETWEEN %s AND %s",
            [told(start), told(end)],
        )
        cursor.execute(
            f"INSERT INTO metrics_salereading (grain, {columns}) SELECT 'd', {columns} FROM ({live_statement()}) counted",  # noqa: S608
            bounds(start, end),
        )
        cursor.execute(
            f"INSERT INTO metrics_salereading (grain, {columns}) "  # noqa: S608
            f"SELECT 's', day, entity_id, market_id, NULL, '', currency, {sums} FROM metrics_salereading "
            "WHERE grain = 'd' AND day BETWEEN %s AND %s GROUP BY day, entity_id, market_id, currency",
            [told(start), told(end)],
        )


def write_month(first: date, last: date) -> None:
    """Replace the month readings of one month by the sum of its days; the caller holds the transaction."""
    columns = ", ".join((*DIMENSIONS[1:], *MEASURES))
    places = ", ".join(DIMENSIONS[1:])
    sums = ", ".join(f"CAST(SUM({name}) AS BIGINT)" for name in MEASURES)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM metrics_salereading WHERE grain = 'm' AND day = %s", [told(first)])
        cursor.execute(
            f"INSERT INTO metrics_salereading (grain, day, {columns}) "  # noqa: S608
            f"SELECT 'm', %s, {places}, {sums} FROM metrics_salereading "
            f"WHERE grain = 'd' AND day BETWEEN %s AND %s GROUP BY {places}",
            [told(first), told(first), told(last)],
        )


def missed(day: date) -> list[tuple[Any, ...]]:
    """What a closed day's readings and the differences posted for it lack of the facts as they are now; dimensions, then measures.

    Rows without any difference are left out, so a day that is as it was closed gives nothing.
    """
    columns, places = ", ".join((*DIMENSIONS[1:], *MEASURES)), ", ".join(DIMENSIONS[1:])
    sums = ", ".join(f"CAST(SUM({name}) AS BIGINT)" for name in MEASURES)
    minus = ", ".join((*DIMENSIONS[1:], *(f"-{name}" for name in MEASURES)))
    kept = f"SELECT {minus} FROM metrics_salereading WHERE grain = 'd' AND day = %s"  # noqa: S608
    posted = f"SELECT {minus} FROM metrics_latesale WHERE cause_day = %s AND withdrawn_at IS NULL"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {places}, {sums} FROM (SELECT {columns} FROM ({live_statement()}) now "  # noqa: S608
            f"UNION ALL {kept} UNION ALL {posted}) facts GROUP BY {places}",
            [*bounds(day, day), told(day), told(day)],
        )
        return [tuple(row) for row in cursor.fetchall() if any(row[len(DIMENSIONS) - 1 :])]


PRODUCT_MEASURES = ("stated", "gross", "sales_net", "credits_net", "refunds_net", "units")
PRODUCT_PLACES = ("product_id", "entity_id", "market_id", "channel_id", "currency")
GOODS = "l.kind IN ('product', 'unspecified')"
PRODUCT_LINES = f"""
    SELECT l.product_id, o.entity_id, o.market_id, o.channel_id, o.currency, l.amount AS stated,
        CASE WHEN {SALE} AND {GOODS} THEN l.gross ELSE 0 END AS gross,
        CASE WHEN {SALE} AND {GOODS} THEN l.net ELSE 0 END AS sales_net,
        CASE WHEN {CREDIT} AND {GOODS} THEN l.net ELSE 0 END AS credits_net, 0 AS refunds_net,
        CASE WHEN {SALE} AND {GOODS} THEN l.quantity ELSE 0 END AS units
    FROM trade_order o JOIN trade_orderline l ON l.order_id = o.id WHERE o.day BETWEEN %s AND %s
"""  # noqa: S608
PRODUCT_REFUNDS = f"""
    SELECT l.product_id, o.entity_id, o.market_id, o.channel_id, r.currency, 0, 0, 0, 0, b.net, 0
    FROM trade_refund r JOIN trade_refundline b ON b.refund_id = r.id JOIN trade_orderline l ON l.id = b.line_id
    JOIN trade_order o ON o.id = r.order_id WHERE r.day BETWEEN %s AND %s AND {EARNED}
"""  # noqa: S608


PRODUCT_LATE = f"""
    SELECT {", ".join((*PRODUCT_PLACES, *PRODUCT_MEASURES))} FROM metrics_lateproduct WHERE day = %s AND withdrawn_at IS NULL
"""  # noqa: S608
PRODUCTS = f"{PRODUCT_LINES} UNION ALL {PRODUCT_REFUNDS} UNION ALL {PRODUCT_LATE}"


def product_bounds(first: date, last: date) -> list[Any]:
    """The parameters of `PRODUCTS`."""
    return [told(first), told(last), told(first), told(last), told(first)]


def missed_products(first: date, last: date) -> list[tuple[Any, ...]]:
    """What a closed month's product readings and the differences posted for it lack of the facts as they are now."""
    columns, places = ", ".join((*PRODUCT_PLACES, *PRODUCT_MEASURES)), ", ".join(PRODUCT_PLACES)
    sums = ", ".join(f"CAST(SUM({name}) AS BIGINT)" for name in PRODUCT_MEASURES)
    minus = ", ".join((*PRODUCT_PLACES, *(f"-{name}" for name in PRODUCT_MEASURES)))
    kept = f"SELECT {minus} FROM metrics_productreading WHERE day = %s"  # noqa: S608
    posted = f"SELECT {minus} FROM metrics_lateproduct WHERE cause_day = %s AND withdrawn_at IS NULL"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {places}, {sums} FROM (SELECT {columns} FROM ({PRODUCTS}) now "  # noqa: S608
            f"UNION ALL {kept} UNION ALL {posted}) facts GROUP BY {places}",
            [*product_bounds(first, last), told(first), told(first)],
        )
        return [tuple(row) for row in cursor.fetchall() if any(row[len(PRODUCT_PLACES) :])]


def write_products(first: date, last: date) -> None:
    """Replace the product readings of one month by a new count; the caller holds the transaction."""
    columns = ", ".join((*PRODUCT_PLACES, *PRODUCT_MEASURES))
    places = ", ".join(PRODUCT_PLACES)
    sums = ", ".join(f"CAST(SUM({name}) AS BIGINT)" for name in PRODUCT_MEASURES)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM metrics_productreading WHERE day = %s", [told(first)])
        cursor.execute(
            f"INSERT INTO metrics_productreading (day, {columns}) "  # noqa: S608
            f"SELECT %s, {places}, {sums} FROM ({PRODUCTS}) facts GROUP BY {places}",
            [told(first), *product_bounds(first, last)],
        )
