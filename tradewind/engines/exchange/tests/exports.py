"""Small export files for the tests: rows as dictionaries, written the way a platform writes them."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tradewind.engines.exchange.formats import open_source
from tradewind.engines.exchange.formats.source import Source
from tradewind.engines.exchange.mapping import MappingSpec
from tradewind.engines.exchange.records import LineFacts, OrderFacts, Refusal, SourceLine

SHOPIFY = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,Shipping,"
    "Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,Lineitem price,"
    "Lineitem sku,Lineitem discount,Billing Name,Shipping Name,Shipping City,Shipping Zip,Shipping Province,"
    "Shipping Country,Notes,Cancelled at,Payment Method,Refunded Amount,Id,Tags,Source,Phone"
).split(",")
ETSY = (
    "Sale Date,Order ID,Number of Items,Payment Method,Date Shipped,Ship City,Ship State,Ship Zipcode,Ship Country,"
    "Currency,Order Value,Coupon Code,Discount Amount,Shipping,Sales Tax,Order Total,Status,Card Processing Fees,"
    "Order Net,Adjusted Order Total,Order Type"
).split(",")
AMAZON = (
    "amazon-order-id,merchant-order-id,purchase-date,last-updated-date,order-status,fulfillment-channel,sales-channel,"
    "product-name,sku,asin,item-status,quantity,currency,item-price,item-tax,shipping-price,shipping-tax,"
    "gift-wrap-price,gift-wrap-tax,item-promotion-discount,ship-promotion-discount,ship-city,ship-state,"
    "ship-postal-code,ship-country,promotion-ids"
).split(",")
SETTLEMENT = (
    "settlement-id,settlement-start-date,settlement-end-date,deposit-date,total-amount,currency,transaction-type,order-id,"
    "merchant-order-id,adjustment-id,shipment-id,marketplace-name,amount-type,amount-description,amount,fulfillment-id,"
    "posted-date,posted-date-time,order-item-code,sku,quantity-purchased,promotion-id"
).split(",")
STRIPE = (
    "id,Created date (UTC),Amount,Amount Refunded,Currency,Captured,Converted Amount,Converted Currency,Description,Fee,"
    "Payment Source Type,Refunded date (UTC),Status,Taxes On Fee,Card Issue Country,Customer ID,Customer Email,"
    "Invoice Number,order_id (metadata)"
).split(",")


def text_of(columns: Sequence[str], rows: Sequence[Mapping[str, Any]], delimiter: str = ",") -> str:
    """A table as text; columns a row does not name are blank."""
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def source_of(
    folder: Path,
    format_name: str,
    text: str,
    mapping: MappingSpec | None = None,
    *,
    zone: str = "UTC",
    currency: str = "",
    **options: Any,
) -> Source:
    """The text saved and opened."""
    path = folder / "export.csv"
    path.write_text(text, encoding="utf-8", newline="")
    return open_source(path, format_name, mapping, channel_zone=zone, channel_currency=currency, options=options)


def taken(source: Source) -> list[SourceLine]:
    """All lines; fails on a refusal."""
    lines = []
    for line in source.lines():
        assert isinstance(line, SourceLine), line
        lines.append(line)
    return lines


def refused(source: Source) -> list[tuple[int, str, str, str]]:
    """Line, column, code and order key of every refusal."""
    found = [one for one in source.lines() if isinstance(one, Refusal)]
    assert all(one.reason for one in found)
    return [(one.line, one.column, one.code, one.key) for one in found]


def orders_of(lines: Sequence[SourceLine]) -> dict[str, tuple[OrderFacts, list[LineFacts]]]:
    """Orders with their lines, by key."""
    found: dict[str, tuple[OrderFacts, list[LineFacts]]] = {}
    for line in lines:
        if line.order is not None and line.key not in found:
            found[line.key] = (line.order, [])
        found[line.key][1].extend(line.items)
    return found
