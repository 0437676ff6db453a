"""Synthetic orders for benches, in Shopify's layout: the same arguments give the same bytes on every machine.

Shape: about 2.5 lines an order over 730 days, five currencies, fourteen countries, 20,000 customers and 5,000 products with
Zipf-like demand, 4 % refunded, 2 % cancelled.
"""

from __future__ import annotations

import csv
from bisect import bisect
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from random import Random

START = datetime(2024, 1, 1, tzinfo=UTC)
COUNTRIES = {
    "US": ("USD", 30), "CA": ("USD", 5), "AU": ("USD", 3), "DE": ("EUR", 14), "FR": ("EUR", 9), "IT": ("EUR", 6), "ES": ("EUR", 5),
    "NL": ("EUR", 4), "AT": ("EUR", 2), "IE": ("EUR", 1), "GB": ("GBP", 10), "JP": ("JPY", 6), "CH": ("CHF", 3), "SE": ("SEK", 2),
}  # fmt: skip
HEADER = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Accepts Marketing,Currency,Subtotal,Shipping,Taxes,Total,Discount Amount,"
    "Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Lineitem requires shipping,Lineitem taxable,"
    "Lineitem fulfillment status,Billing Name,Shipping City,Shipping Country,Cancelled at,Refunded Amount,Id,Lineitem discount"
).split(",")


def demand(count: int) -> list[float]:
    """Cumulated weights of a Zipf-like demand."""
    return list(accumulate(1 / (n + 3) for n in range(count)))


def rows(
    orders: int, *, first: int = 0, customers: int = 20_000, products: int = 5_000, seed: int = 2026
) -> Iterator[list[str]]:
    """The rows of orders `first` to `first + orders`, oldest first within the span they share."""
    rng = Random(seed + first)
    people, goods = demand(customers), demand(products)
    codes, weights = list(COUNTRIES), list(accumulate(weight for _currency, weight in COUNTRIES.values()))
    moments = sorted(rng.randrange(730 * 86_400) for _order in range(orders))
    for n, second in enumerate(moments):
        number = first + n + 1
        buyer = bisect(people, rng.random() * people[-1])
        country = codes[bisect(weights, (buyer * 7919 % 1000) / 1000 * weights[-1])]
        lines = [
            (rng.choice((1, 1, 1, 2, 3)), bisect(goods, rng.random() * goods[-1]))
            for _line in range(rng.choice((1, 2, 2, 2, 3, 3, 4)))
        ]
        yield from order_rows(number, START + timedelta(seconds=second), buyer, country, lines, rng.random())


def order_rows(
    number: int, at: datetime, buyer: int, country: str, lines: list[tuple[int, int]], fate: float
) -> Iterator[list[str]]:
    """One order's rows: its own facts on the first."""
    yen = COUNTRIES[country][0] == "JPY"

    def money(minor: int) -> str:
        return str(minor) if yen else f"{minor // 100}.{minor % 100:02}"

    prices = [499 + product * 37 % 9000 for _quantity, product in lines]
    total = sum(quantity * price for (quantity, _product), price in zip(lines, prices, strict=True))
    stamp = at.strftime("%Y-%m-%d %H:%M:%S +0000")
    cancelled, refunded = fate < 0.02, total if 0.02 <= fate < 0.06 else 0
    status = "voided" if cancelled else "refunded" if refunded else "paid"
    for n, ((quantity, product), price) in enumerate(zip(lines, prices, strict=True)):
        own = [
            status,
            "" if cancelled else stamp,
            "fulfilled",
            "yes",
            COUNTRIES[country][0],
            money(total),
            "0.00",
            "0.00",
            money(total),
            "0.00",
        ]
        yield [
            f"#{number}", f"buyer{buyer}@example.net", *(own if n == 0 else [""] * 10), stamp, str(quantity), f"Product {product} 商品{product}",
            money(price), f"SKU-{product:05}", "true", "true", "fulfilled",
            *([f"Buyer {buyer}", "City", country, stamp if cancelled else "", money(refunded), str(7_000_000_000 + number)] if n == 0 else [""] * 6),
            "0.00",
        ]  # fmt: skip


def write(path: Path, orders: int, *, first: int = 0) -> int:
    """Write a Shopify export; how many lines it has."""
    count = 0
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(HEADER)
        for row in rows(orders, first=first):
            writer.writerow(row)
            count += 1
    return count
