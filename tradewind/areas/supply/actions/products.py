"""What one can do with products: add one before its first sale, change what it is called and which category it belongs to."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from tradewind.areas.supply.actions.locations import refuse
from tradewind.base import clock
from tradewind.engines.access import search
from tradewind.engines.access.scope import company_wide
from tradewind.engines.actions.action import Bulk, action
from tradewind.engines.exchange.sheets.kinds import Load, Outcome
from tradewind.nouns.org.models import Person
from tradewind.nouns.trade.models import Product

PART = 500
NAMES = ("title", "category")


@action(scope=company_wide)
def save_product(
    by: Person | None, product: Product | None = None, *, sku: str, title: str, category: str = "", active: bool = True
) -> Bulk[Product]:
    """Add a product, or change its title and category; its SKU stays, since orders know it by that."""
    row, sku = product or Product(), sku.strip()
    faults: dict[str, Any] = {}
    if not sku:
        faults["sku"] = _("A product has a SKU.")
    elif product is not None and sku != (product.sku or product.key):
        faults["sku"] = _("The SKU of a product stays: orders know it by that.")
    elif product is None and (Product.objects.filter(key=sku).exists() or Product.objects.filter(sku=sku).exists()):
        faults["sku"] = _("This SKU is taken.")
    refuse(faults)
    before = {name: getattr(row, name) for name in (*NAMES, "active")}
    if product is None:
        row.key, row.sku = sku[:160], sku[:120]
    row.title, row.category, row.active = title.strip()[:300], category.strip()[:120], active
    row.save()
    search.index([row])
    after = {name: getattr(row, name) for name in before}
    told = (
        {} if product is None else {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    )
    moved = before["category"] != row.category
    return Bulk(row, {"stock_products": [row.pk]} if moved else {}, subject=row, told=told)


@action(scope=company_wide)
def import_products(by: Person | None, *, load: Load) -> Bulk[Outcome]:
    """Bring products in from a table, or change their titles and categories; blank cells leave what is there."""
    wanted = {}
    for row in load.rows:
        sku = str(row.values["sku"])
        if sku in wanted:
            load.refuse(row.line, "sku", _("“%(key)s” is already in an earlier row.") % {"key": sku})
            continue
        wanted[sku] = row.values
    held: dict[str, Product] = {}
    keys = sorted(wanted)
    for start in range(0, len(keys), PART):
        held.update({one.key: one for one in Product.objects.filter(key__in=keys[start : start + PART])})
    fresh = [
        Product(key=sku, sku=sku[:120], title=str(values["title"] or ""), category=str(values["category"] or ""), batch=load.batch)
        for sku, values in wanted.items() if sku not in held
    ]  # fmt: skip
    changes = [(row, told) for sku, row in held.items() if (told := taken(row, wanted[sku]))]
    Product.objects.bulk_create(fresh, batch_size=PART)
    Product.objects.bulk_update([row for row, _told in changes], [*NAMES, "version", "updated_at"], batch_size=PART)
    search.index([*fresh, *(row for row, _told in changes)])
    counts: dict[str, Any] = {"new": len(fresh), "changed": len(changes), "source": load.source}
    if moved := [row.pk for row, told in changes if "category" in told]:
        counts["stock_products"] = moved
    done = Outcome(len(fresh), len(changes), len(wanted) - len(fresh) - len(changes))
    return Bulk(done, counts, [("supply.product", row.pk, told) for row, told in changes])


def taken(row: Product, values: dict[str, Any]) -> dict[str, Any]:
    """Give a product what a row says; what changed, by field."""
    told = {}
    for name in NAMES:
        given = str(values[name] or "")
        if given and given != getattr(row, name):
            told[name] = [getattr(row, name), given]
            setattr(row, name, given)
    if told:
        row.version, row.updated_at = row.version + 1, clock.now()
    return told
