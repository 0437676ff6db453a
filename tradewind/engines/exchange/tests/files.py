"""Small files in the layout of Shopify's orders export, and batches made of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field

from tradewind.engines.exchange import flow
from tradewind.engines.exchange.arrival import Wish, open_batch
from tradewind.engines.exchange.models import Batch
from tradewind.nouns.trade.models import Channel

COLUMNS = (
    "Name", "Email", "Financial Status", "Currency", "Subtotal", "Shipping", "Taxes", "Total", "Discount Amount",
    "Created at", "Lineitem quantity", "Lineitem name", "Lineitem price", "Lineitem sku", "Lineitem discount",
    "Shipping Name", "Shipping Country", "Cancelled at", "Refunded Amount", "Id",
)  # fmt: skip


@dataclass
class Sale:
    """One order of a file."""

    number: str
    lines: Sequence[tuple[str, int, str]] = (("SKU-1", 1, "10.00"),)
    email: str = "ann@example.com"
    status: str = "paid"
    created: str = "2026-03-01 10:00:00 +0000"
    currency: str = "EUR"
    facts: dict[str, str] = field(default_factory=dict)


def shopify(sales: Sequence[Sale]) -> bytes:
    """The file of some orders."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for sale in sales:
        for place, (sku, quantity, price) in enumerate(sale.lines):
            row = {"Name": sale.number, "Email": sale.email, "Created at": sale.created, "Lineitem quantity": quantity,
                   "Lineitem name": f"Thing {sku}", "Lineitem price": price, "Lineitem sku": sku}  # fmt: skip
            if place == 0:
                row |= {
                    "Financial Status": sale.status,
                    "Currency": sale.currency,
                    "Shipping Country": "DE",
                    **sale.facts,
                }
            writer.writerow(row)
    return out.getvalue().encode()


def make_channel(code: str = "shop", **facts: object) -> Channel:
    """A channel to import into."""
    return Channel.objects.create(
        code=code, name=code, platform="shopify", **{"zone": "UTC", "currency": "EUR", **facts}
    )


def opened(channel: Channel, content: bytes, format_name: str = "shopify", **wish: object) -> Batch:
    """A batch for a file's content, not yet read."""
    wanted = Wish(format_name, **wish)  # type: ignore[arg-type]
    return open_batch(None, channel=channel, wish=wanted, name="orders.csv", content=[content])


def brought(channel: Channel, content: bytes, format_name: str = "shopify", **wish: object) -> Batch:
    """A merged batch of a file's content."""
    batch = opened(channel, content, format_name, **wish)
    flow.merge(batch)
    batch.refresh_from_db()
    return batch
