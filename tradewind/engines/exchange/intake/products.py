"""Products by key: the SKU, or the title of lines that came without one."""

from __future__ import annotations

from collections.abc import Iterable

from tradewind.engines.exchange import bulk
from tradewind.engines.exchange.intake.document import Desk
from tradewind.engines.exchange.intake.staged import Item
from tradewind.nouns.trade.models import Product

COLUMNS = (
    "id", "key", "sku", "title", "category", "brand_id", "family_id", "active", "batch", "version", "created_at", "updated_at",
)  # fmt: skip
WITH_PRODUCT = ("product", "gift")
MOST_KEPT = 200_000


def key_of(item: Item) -> str:
    """The product key of a line; empty when it sells no named thing."""
    if item.kind in WITH_PRODUCT:
        if item.sku:
            return item.sku[:120]
        if item.title:
            return "title:" + item.title[:150]
    return ""


def find_or_make(items: Iterable[Item], desk: Desk) -> int:
    """See that `desk.products` knows the product of every line; how many products are new."""
    if len(desk.products) > MOST_KEPT:
        desk.products.clear()
    unknown: dict[str, Item] = {}
    for item in items:
        key = key_of(item)
        if key and key not in desk.products and (key not in unknown or not unknown[key].title):
            unknown[key] = item
    if not unknown:
        return 0
    keys = list(unknown)
    desk.products.update(bulk.lookup(Product, ("key", "id"), "key", keys))
    new = [key for key in keys if key not in desk.products]
    ids = list(bulk.next_ids(Product, len(new)))
    bulk.insert(
        Product,
        COLUMNS,
        [
            (
                pk,
                key,
                unknown[key].sku[:120],
                unknown[key].title[:300],
                "",
                None,
                None,
                True,
                desk.batch,
                1,
                desk.now,
                desk.now,
            )
            for pk, key in zip(ids, new, strict=True)
        ],
    )
    desk.products.update(zip(new, ids, strict=True))
    return len(new)
