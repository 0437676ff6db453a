"""Etsy, Amazon orders and settlements, Stripe."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tradewind.base.errors import Refused
from tradewind.engines.exchange.tests.exports import (
    AMAZON,
    ETSY,
    SETTLEMENT,
    STRIPE,
    refused,
    source_of,
    taken,
    text_of,
)

ETSY_ROW: dict[str, Any] = {
    "Sale Date": "12/31/2019", "Order ID": "1566", "Number of Items": "3", "Ship Country": "United States", "Currency": "USD",
    "Order Value": "45", "Discount Amount": "5", "Shipping": "4", "Sales Tax": "1.13", "Order Total": "46.50",
    "Card Processing Fees": "1.60", "Order Net": "43.40",
}  # fmt: skip


def test_etsy_row_becomes_one_unspecified_line(tmp_path: Path) -> None:
    (line,) = taken(source_of(tmp_path, "etsy", text_of(ETSY, [ETSY_ROW])))
    assert line.order is not None
    assert line.order.day == date(2019, 12, 31)
    assert (line.order.stated.subtotal, line.order.stated.total, line.order.stated.units) == (450_000, 465_000, 3)
    (item,) = line.items
    assert (item.kind, item.quantity, item.amount, item.unit_price, item.discount) == (
        "unspecified",
        3,
        450_000,
        None,
        50_000,
    )
    assert [(fee.kind, fee.amount) for fee in line.fees] == [("processing", 16_000)]
    assert line.refunds == ()


def test_etsy_adjusted_total_is_a_refund_without_date(tmp_path: Path) -> None:
    row = {**ETSY_ROW, "Adjusted Order Total": "40.00"}
    (line,) = taken(source_of(tmp_path, "etsy", text_of(ETSY, [row])))
    assert [(back.amount, back.estimated) for back in line.refunds] == [(65_000, True)]


def test_etsy_day_first_dates_only_when_declared(tmp_path: Path) -> None:
    text = text_of(ETSY, [{**ETSY_ROW, "Sale Date": "31/12/2019"}])
    assert refused(source_of(tmp_path, "etsy", text)) == [(2, "Sale Date", "not_date", "1566")]
    (line,) = taken(source_of(tmp_path, "etsy", text, date="dmy"))
    assert line.order is not None
    assert line.order.day == date(2019, 12, 31)


AMAZON_ROW: dict[str, Any] = {
    "amazon-order-id": "302-1", "purchase-date": "2026-11-10T23:30:00+00:00", "order-status": "Shipped",
    "sales-channel": "Amazon.de", "product-name": "Kabel", "sku": "KB-1", "quantity": "3", "currency": "EUR",
    "item-price": "30.00", "item-tax": "4.79", "shipping-price": "3.99", "shipping-tax": "0.64",
    "item-promotion-discount": "-3.00", "ship-city": "Köln", "ship-country": "DE",
}  # fmt: skip


def amazon(folder: Path, *rows: dict[str, Any], **more: Any) -> Any:
    return source_of(folder, "amazon-orders", text_of(AMAZON, rows, "\t"), zone="Europe/Berlin", **more)


def test_amazon_item_price_is_the_rows_total(tmp_path: Path) -> None:
    lines = taken(
        amazon(tmp_path, AMAZON_ROW, {**AMAZON_ROW, "sku": "KB-2", "item-price": "10.00", "shipping-price": ""})
    )
    order = lines[0].order
    assert order is not None
    assert (order.day, order.state, order.tax_included, order.customer) == (date(2026, 11, 11), "paid", True, None)
    items = [item for line in lines for item in line.items]
    assert [(item.position, item.kind, item.amount, item.unit_price, item.tax, item.discount) for item in items] == [
        (0, "product", 300_000, 100_000, 47_900, 30_000),
        (1, "shipping", 39_900, 39_900, 6_400, 0),
        (2, "product", 100_000, None, 47_900, 30_000),
    ]
    assert lines[1].order is None


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("Pending", "open"),
        ("Unshipped", "paid"),
        ("Shipped - Delivered to Buyer", "paid"),
        ("Cancelled", "cancelled"),
        ("Canceled", "cancelled"),
    ],
)
def test_amazon_states(tmp_path: Path, status: str, state: str) -> None:
    (line,) = taken(amazon(tmp_path, {**AMAZON_ROW, "order-status": status}))
    assert line.order is not None
    assert line.order.state == state


def test_amazon_pending_row_has_no_currency_or_price(tmp_path: Path) -> None:
    row = {**AMAZON_ROW, "order-status": "Pending", "currency": "", "item-price": "", "shipping-price": ""}
    (line,) = taken(amazon(tmp_path, row, currency="EUR"))
    assert (line.items[0].amount, line.items[0].currency) == (0, "EUR")
    assert refused(amazon(tmp_path, row)) == [(2, "currency", "no_currency", "302-1")]


def test_amazon_unknown_status_refuses_the_order(tmp_path: Path) -> None:
    row = {**AMAZON_ROW, "order-status": "Teleported"}
    assert refused(amazon(tmp_path, row)) == [(2, "order-status", "unknown_state", "302-1")]


def test_amazon_orders_of_other_shops_are_counted_not_taken(tmp_path: Path) -> None:
    source = amazon(tmp_path, AMAZON_ROW, {**AMAZON_ROW, "amazon-order-id": "S02", "sales-channel": "Non-Amazon"})
    assert [line.key for line in taken(source)] == ["302-1"]
    assert [(item.kind, item.value, item.count) for item in source.review()] == [("skipped", "Non-Amazon", 1)]


def test_amazon_american_prices_are_without_tax(tmp_path: Path) -> None:
    (line,) = taken(amazon(tmp_path, {**AMAZON_ROW, "sales-channel": "Amazon.com", "currency": "USD"}))
    assert line.order is not None
    assert line.order.tax_included is False


HEAD = {
    "settlement-id": "777", "settlement-start-date": "01.11.2026 00:00:00 UTC", "settlement-end-date": "15.11.2026 00:00:00 UTC",
    "deposit-date": "17.11.2026 00:00:00 UTC", "total-amount": "1.021,50", "currency": "EUR",
}  # fmt: skip


def part(kind: str, amount_type: str, description: str, amount: str, order: str = "302-1") -> dict[str, Any]:
    return {
        "settlement-id": "777", "transaction-type": kind, "order-id": order, "amount-type": amount_type,
        "amount-description": description, "amount": amount, "posted-date": "05.11.2026",
        "posted-date-time": "05.11.2026 23:30:00 UTC", "sku": "KB-1",
    }  # fmt: skip


PARTS = [
    part("Order", "ItemPrice", "Principal", "1.200,00"),
    part("Order", "ItemFees", "Commission", "-100,00"),
    part("Order", "ItemFees", "Commission", "-100,00"),
    part("Refund", "ItemPrice", "Principal", "-30,00"),
    part("Refund", "ItemFees", "RefundCommission", "51,50"),
    part("other-transaction", "other-transaction", "Storage Fee", "-0,00", ""),
]


def settlement(folder: Path, rows: list[dict[str, Any]], **more: Any) -> Any:
    return source_of(folder, "amazon-settlement", text_of(SETTLEMENT, rows, "\t"), zone="Europe/Berlin", **more)


def test_settlement_parts_are_payments_refunds_and_fees(tmp_path: Path) -> None:
    lines = taken(settlement(tmp_path, [HEAD, *PARTS]))
    payout = lines[0].payout
    assert payout is not None
    assert (payout.amount, payout.start, payout.deposit_day) == (10_215_000, date(2026, 11, 1), date(2026, 11, 17))
    payments = [payment for line in lines for payment in line.payments]
    refunds = [back for line in lines for back in line.refunds]
    fees = [fee for line in lines for fee in line.fees]
    assert [(payment.order_ref, payment.amount) for payment in payments] == [("302-1", 12_000_000)]
    assert [(back.amount, back.day, back.estimated) for back in refunds] == [(300_000, date(2026, 11, 6), False)]
    assert [(fee.kind, fee.amount) for fee in fees] == [
        ("ItemFees/Commission", 1_000_000),
        ("ItemFees/Commission", 1_000_000),
        ("ItemFees/RefundCommission", -515_000),
        ("other-transaction/Storage Fee", 0),
    ]
    assert len({fee.external_id for fee in fees}) == 4
    assert (
        sum(p.amount for p in payments) - sum(b.amount for b in refunds) - sum(f.amount for f in fees) == payout.amount
    )


def test_settlement_that_does_not_add_up_is_refused_whole(tmp_path: Path) -> None:
    source = settlement(tmp_path, [HEAD, *PARTS[:-2]])
    assert refused(source) == [(2, "total-amount", "settlement_total", "777")]


def test_settlement_without_its_first_row(tmp_path: Path) -> None:
    assert refused(settlement(tmp_path, PARTS[:1])) == [(2, "total-amount", "no_summary", "777")]


def test_settlement_in_american_form(tmp_path: Path) -> None:
    head = {
        **HEAD,
        "settlement-start-date": "2026-11-01 00:00:00 UTC",
        "settlement-end-date": "",
        "total-amount": "1,200.00",
    }
    head["deposit-date"] = "2026-11-17 00:00:00 UTC"
    row = {**PARTS[0], "amount": "1200.00", "posted-date": "2026-11-05", "posted-date-time": "2026-11-05 08:00:00 UTC"}
    lines = taken(settlement(tmp_path, [head, row]))
    assert lines[1].payments[0].day == date(2026, 11, 5)


STRIPE_ROW: dict[str, Any] = {
    "id": "ch_1", "Created date (UTC)": "2024-06-07 02:38:54", "Amount": "15.00", "Amount Refunded": "0.00", "Currency": "usd",
    "Captured": "true", "Converted Amount": "534.80", "Converted Currency": "thb", "Fee": "35.40", "Status": "Paid",
    "Taxes On Fee": "2.48", "Card Issue Country": "PE", "Customer ID": "cus_1", "Invoice Number": "INV-1",
}  # fmt: skip


def test_stripe_keeps_charged_and_settled_apart(tmp_path: Path) -> None:
    (line,) = taken(source_of(tmp_path, "stripe", text_of(STRIPE, [STRIPE_ROW])))
    (payment,) = line.payments
    assert (payment.amount, payment.currency, payment.settled_amount, payment.settled_currency) == (
        150_000, "USD", 5_348_000, "THB",
    )  # fmt: skip
    assert (payment.fee, payment.fee_tax, payment.order_ref, payment.country) == (354_000, 24_800, "INV-1", "PE")
    assert line.order is None
    assert line.refunds == ()


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"Status": "Failed"}, "failed"),
        ({"Status": "requires_payment_method"}, "open"),
        ({"Captured": "FALSE"}, "open"),
        ({"Status": "Refunded"}, "paid"),
    ],
)
def test_stripe_states(tmp_path: Path, changes: dict[str, str], state: str) -> None:
    (line,) = taken(source_of(tmp_path, "stripe", text_of(STRIPE, [{**STRIPE_ROW, **changes}])))
    assert line.payments[0].state == state


def test_stripe_metadata_names_the_order_first(tmp_path: Path) -> None:
    (line,) = taken(source_of(tmp_path, "stripe", text_of(STRIPE, [{**STRIPE_ROW, "order_id (metadata)": "#1001"}])))
    assert line.payments[0].order_ref == "#1001"


def test_stripe_refund_with_its_date(tmp_path: Path) -> None:
    row = {
        **STRIPE_ROW,
        "Amount Refunded": "5.00",
        "Refunded date (UTC)": "2024-07-01 00:00:00",
        "Status": "Partial Refund",
    }
    (line,) = taken(source_of(tmp_path, "stripe", text_of(STRIPE, [row])))
    assert [(back.amount, back.day, back.estimated) for back in line.refunds] == [(50_000, date(2024, 7, 1), False)]


def test_stripe_without_ids_keys_on_content_and_occurrence(tmp_path: Path) -> None:
    columns = [name for name in STRIPE if name != "id"]
    row = {name: STRIPE_ROW.get(name, "") for name in columns}
    source = source_of(tmp_path, "stripe", text_of(columns, [row, row, {**row, "Amount": "16.00"}], ";"))
    keys = [line.key for line in taken(source)]
    assert source.promises == "same-file only"
    assert len(set(keys)) == 3
    assert keys == [line.key for line in taken(source)]
    assert keys[0].removesuffix("-1") == keys[1].removesuffix("-2")


def test_unknown_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        source_of(tmp_path, "amazon", "a,b\n1,2\n")
    assert caught.value.code == "unknown_format"
