"""Writes the demo company's orders as the platforms would export them."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import UTC, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from config.demo.sales import Sale

SHOPIFY = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,Shipping,Taxes,Total,"
    "Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem compare at price,"
    "Lineitem sku,Lineitem requires shipping,Lineitem taxable,Lineitem fulfillment status,Billing Name,Shipping Name,Shipping City,"
    "Shipping Zip,Shipping Country,Cancelled at,Payment Method,Payment Reference,Refunded Amount,Vendor,Id,Tags,Risk Level,Source,"
    "Lineitem discount"
).split(",")
AMAZON = (
    "amazon-order-id,merchant-order-id,purchase-date,last-updated-date,order-status,fulfillment-channel,sales-channel,ship-service-level,"
    "product-name,sku,asin,item-status,quantity,currency,item-price,item-tax,shipping-price,shipping-tax,item-promotion-discount,"
    "ship-promotion-discount,ship-city,ship-state,ship-postal-code,ship-country,promotion-ids"
).split(",")
ETSY = (
    "Sale Date,Order ID,Number of Items,Payment Method,Date Shipped,Ship City,Ship State,Ship Zipcode,Ship Country,Currency,Order Value,"
    "Coupon Code,Coupon Details,Discount Amount,Shipping Discount,Shipping,Sales Tax,Order Total,Status,Card Processing Fees,Order Net,"
    "Adjusted Order Total,Adjusted Card Processing Fees,Adjusted Net Order Amount,Order Type,Payment Type"
).split(",")
SETTLEMENT = (
    "settlement-id,settlement-start-date,settlement-end-date,deposit-date,total-amount,currency,transaction-type,order-id,"
    "merchant-order-id,adjustment-id,shipment-id,marketplace-name,amount-type,amount-description,amount,fulfillment-id,posted-date,"
    "posted-date-time,order-item-code,merchant-order-item-id,merchant-adjustment-item-id,sku,quantity-purchased,promotion-id"
).split(",")
SITES = {
    "DE": "Amazon.de",
    "FR": "Amazon.fr",
    "ES": "Amazon.es",
    "IT": "Amazon.it",
    "NL": "Amazon.nl",
    "US": "Amazon.com",
    "JP": "Amazon.co.jp",
}
COUNTRY_NAMES = {
    "US": "United States",
    "GB": "United Kingdom",
    "CA": "Canada",
    "DE": "Germany",
    "AU": "Australia",
    "FR": "France",
}


def amount(minor: int, currency: str) -> str:
    """Minor units as the platforms write them."""
    return str(minor) if currency == "JPY" else f"{minor // 100}.{minor % 100:02}"


def write(path: Path, header: list[str], rows: Iterable[dict[str, Any]], delimiter: str = ",") -> Path:
    """A file of rows; columns a row lacks stay blank."""
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, delimiter=delimiter)
        writer.writerow(header)
        writer.writerows([row.get(name, "") for name in header] for row in rows)
    return path


def shopify(path: Path, shop: str, sales: list[Sale]) -> Path:
    """Shopify's orders export: one row an item, the order's own facts on the first."""
    return write(path, SHOPIFY, (row for sale in sales for row in shopify_rows(shop, sale)))


def shopify_rows(shop: str, sale: Sale) -> Iterable[dict[str, Any]]:
    """The rows of one order. European prices hold the tax, others get it on top."""
    money = partial(amount, currency=sale.currency)
    subtotal = sale.goods - sale.discount
    on_top = sale.country in ("US", "CA", "AU", "NZ")
    tax = subtotal * sale.tax_percent // 100 if on_top else subtotal * sale.tax_percent // (100 + sale.tax_percent)
    total = subtotal + sale.shipping + (tax if on_top else 0)
    stamp = sale.at.strftime("%Y-%m-%d %H:%M:%S %z")
    cancelled, pending = sale.state == "cancelled", sale.state == "pending"
    refunded = min(total, sale.refunded * (100 + sale.tax_percent) // 100 if on_top else sale.refunded)
    status = "voided" if cancelled else "pending" if pending else "paid"
    status = ("refunded" if refunded == total else "partially_refunded") if refunded else status
    first = {
        "Name": f"#{1000 + sale.number}", "Email": f"buyer{sale.buyer.number}.{shop}@example.net", "Financial Status": status,
        "Paid at": "" if pending or cancelled else stamp, "Fulfillment Status": "" if pending or cancelled else "fulfilled",
        "Fulfilled at": "" if pending or cancelled else (sale.at + timedelta(days=1)).strftime("%Y-%m-%d %H:%M:%S %z"),
        "Accepts Marketing": "yes" if sale.buyer.number % 3 else "no", "Currency": sale.currency, "Subtotal": money(subtotal),
        "Shipping": money(sale.shipping), "Taxes": money(tax), "Total": money(total), "Discount Code": "SAVE10" if sale.discount else "",
        "Discount Amount": money(sale.discount), "Shipping Method": "Standard", "Billing Name": sale.buyer.name,
        "Shipping Name": sale.buyer.name, "Shipping City": sale.city, "Shipping Country": sale.country,
        "Cancelled at": stamp if cancelled else "", "Payment Method": "Shopify Payments",
        "Refunded Amount": money(refunded), "Vendor": "Tradewind Home", "Id": str(6_800_000_000_000 + sale.number), "Risk Level": "Low", "Source": "web",
    }  # fmt: skip
    for n, item in enumerate(sale.items):
        line = {
            "Name": first["Name"], "Email": first["Email"], "Created at": stamp, "Lineitem quantity": item.quantity,
            "Lineitem name": item.good.title, "Lineitem price": money(item.price), "Lineitem sku": item.good.sku,
            "Lineitem requires shipping": "true", "Lineitem taxable": "true", "Lineitem fulfillment status": "fulfilled",
            "Lineitem discount": "0.00",
        }  # fmt: skip
        yield {**first, **line} if n == 0 else line


def order_id(sale: Sale) -> str:
    """An order number of Amazon's form."""
    text = f"{305_0000000 * 7919 + sale.number * 104_729:017}"[-17:]
    return f"{text[:3]}-{text[3:10]}-{text[10:]}"


def amazon(path: Path, sales: list[Sale]) -> Path:
    """Amazon's “All orders” flat file."""
    return write(path, AMAZON, (row for sale in sales for row in amazon_rows(sale)), "\t")


def amazon_rows(sale: Sale) -> Iterable[dict[str, Any]]:
    """The rows of one order; prices outside the United States hold the tax."""
    money = partial(amount, currency=sale.currency)
    site = SITES[sale.country]
    left = sale.discount
    for n, item in enumerate(sale.items):
        price = item.quantity * item.price
        off = left if n == len(sale.items) - 1 else sale.discount * price // max(1, sale.goods)
        left -= off
        worth = price - off
        tax = (
            worth * sale.tax_percent // 100
            if sale.country == "US"
            else worth * sale.tax_percent // (100 + sale.tax_percent)
        )
        status = {"cancelled": "Cancelled", "pending": "Pending"}.get(sale.state, "Shipped")
        yield {
            "amazon-order-id": order_id(sale), "purchase-date": sale.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00"),
            "last-updated-date": sale.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00"), "order-status": status,
            "fulfillment-channel": "Amazon", "sales-channel": site, "ship-service-level": "Standard", "product-name": item.good.title,
            "sku": item.good.sku, "asin": f"B0{abs(hash_of(item.good.sku)) % 10**8:08}", "item-status": status, "quantity": item.quantity,
            "currency": sale.currency, "item-price": money(price), "item-tax": money(tax), "item-promotion-discount": money(off) if off else "",
            "shipping-price": money(sale.shipping) if n == 0 and sale.shipping else "", "ship-city": sale.city,
            "ship-country": sale.country, "promotion-ids": "SAVE10" if off else "",
        }  # fmt: skip


def hash_of(text: str) -> int:
    """A small number of a text, the same on every run."""
    found = 7
    for sign in text:
        found = (found * 131 + ord(sign)) % 2_147_483_647
    return found


def etsy(path: Path, sales: list[Sale]) -> Path:
    """Etsy's sold orders: one row an order, newest first."""
    return write(path, ETSY, (etsy_row(sale) for sale in reversed(sales)))


def etsy_row(sale: Sale) -> dict[str, Any]:
    """One order."""
    money = partial(amount, currency=sale.currency)
    total = sale.goods - sale.discount + sale.shipping
    fees = total * 3 // 100 + 25
    day = f"{sale.at.month}/{sale.at.day}/{sale.at.year}"
    status = {"cancelled": "Canceled", "pending": "Open"}.get(sale.state, "Completed")
    row = {
        "Sale Date": day, "Order ID": 2_000_000_000 + sale.number, "Number of Items": sum(item.quantity for item in sale.items),
        "Payment Method": "Credit Card", "Date Shipped": day, "Ship City": sale.city, "Ship Country": COUNTRY_NAMES[sale.country],
        "Currency": sale.currency, "Order Value": money(sale.goods), "Coupon Code": "SAVE10" if sale.discount else "",
        "Discount Amount": money(sale.discount), "Shipping Discount": "0", "Shipping": money(sale.shipping), "Sales Tax": "0",
        "Order Total": money(total), "Status": status, "Card Processing Fees": money(fees), "Order Net": money(total - fees),
        "Order Type": "online", "Payment Type": "online_cc",
    }  # fmt: skip
    if sale.refunded:
        row["Adjusted Order Total"] = money(total - sale.refunded)
    return row


def settlement(path: Path, number: int, sales: list[Sale]) -> Path:
    """Amazon's settlement V2 of these orders: prices, commission, fulfilment fees, refunds; the parts add up to the payout."""
    parts = [part for sale in sales if sale.state == "paid" for part in settlement_parts(sale)]
    first, last = sales[0], sales[-1]
    stamp = "%Y-%m-%dT%H:%M:%S+00:00"
    head = {
        "settlement-id": number, "settlement-start-date": first.at.astimezone(UTC).strftime(stamp),
        "settlement-end-date": last.at.astimezone(UTC).strftime(stamp), "deposit-date": (last.at + timedelta(days=2)).astimezone(UTC).strftime(stamp),
        "total-amount": signed(sum(minor for _row, minor in parts), first.currency), "currency": first.currency,
    }  # fmt: skip
    rows = [{**row, "settlement-id": number, "amount": signed(minor, first.currency)} for row, minor in parts]
    return write(path, SETTLEMENT, [head, *rows], "\t")


def signed(minor: int, currency: str) -> str:
    """An amount with its sign."""
    return f"-{amount(-minor, currency)}" if minor < 0 else amount(minor, currency)


def settlement_parts(sale: Sale) -> Iterable[tuple[dict[str, Any], int]]:
    """The parts of one order with their minor units."""
    when = sale.at.astimezone(UTC) + timedelta(days=1)
    common = {
        "order-id": order_id(sale), "marketplace-name": SITES[sale.country], "posted-date": when.strftime("%Y-%m-%d"),
        "posted-date-time": when.strftime("%Y-%m-%dT%H:%M:%S+00:00"), "sku": sale.items[0].good.sku,
    }  # fmt: skip
    worth = sale.goods - sale.discount
    order = {**common, "transaction-type": "Order"}
    yield {**order, "amount-type": "ItemPrice", "amount-description": "Principal"}, worth
    yield {**order, "amount-type": "ItemFees", "amount-description": "Commission"}, -(worth * 15 // 100)
    units = sum(item.quantity for item in sale.items)
    yield (
        {**order, "amount-type": "ItemFees", "amount-description": "FBAPerUnitFulfillmentFee"},
        -units * (385 if sale.currency != "JPY" else 430),
    )
    if sale.refunded and sale.refund_day:
        refund = {**common, "transaction-type": "Refund", "adjustment-id": f"A{sale.number}", "posted-date": sale.refund_day.isoformat(),
                  "posted-date-time": f"{sale.refund_day.isoformat()}T12:00:00+00:00"}  # fmt: skip
        yield {**refund, "amount-type": "ItemPrice", "amount-description": "Principal"}, -sale.refunded
        yield {**refund, "amount-type": "ItemFees", "amount-description": "RefundCommission"}, sale.refunded * 12 // 100
