"""Shopify orders export."""

from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradewind.base.errors import Refused
from tradewind.base.money import from_units
from tradewind.engines.exchange.records import CustomerFacts, LineFacts, OrderFacts, PlaceFacts, StatedFacts
from tradewind.engines.exchange.tests.exports import SHOPIFY, orders_of, refused, source_of, taken, text_of

FIRST: dict[str, Any] = {
    "Name": "#1001", "Email": "ann@example.com", "Financial Status": "paid", "Currency": "EUR", "Subtotal": "30.00",
    "Shipping": "5.00", "Taxes": "6.65", "Total": "41.65", "Discount Amount": "0.00",
    "Created at": "2026-11-10 23:30:00 -0500", "Lineitem quantity": "2", "Lineitem name": "Mug", "Lineitem price": "10.00",
    "Lineitem sku": "MUG", "Lineitem discount": "0.00", "Billing Name": "Ann Lee", "Shipping Name": "Ann Lee",
    "Shipping City": "Berlin", "Shipping Zip": "'10115", "Shipping Country": "DE", "Refunded Amount": "0.00", "Id": "501",
}  # fmt: skip
SECOND = {
    "Name": "#1001", "Email": "ann@example.com", "Created at": "2026-11-10 23:30:00 -0500", "Lineitem quantity": "1",
    "Lineitem name": "Card", "Lineitem price": "10.00", "Lineitem sku": "",
}  # fmt: skip


def one(folder: Path, **changes: Any) -> OrderFacts:
    lines = taken(source_of(folder, "shopify", text_of(SHOPIFY, [{**FIRST, **changes}]), zone="Asia/Shanghai"))
    assert lines[0].order is not None
    return lines[0].order


def test_order_facts_come_with_the_first_row(tmp_path: Path) -> None:
    lines = taken(source_of(tmp_path, "shopify", text_of(SHOPIFY, [FIRST, SECOND]), zone="Asia/Shanghai"))
    order, items = orders_of(lines)["#1001"]
    assert [line.line for line in lines] == [2, 3]
    assert lines[1].order is None
    assert (order.external_id, order.number, order.state, order.currency) == ("501", "#1001", "paid", "EUR")
    assert order.placed_at == datetime(2026, 11, 11, 4, 30, tzinfo=UTC)
    assert order.day == date(2026, 11, 11)
    assert (order.stated.subtotal, order.stated.total, order.tax_included) == (300_000, 416_500, False)
    assert order.ship_to == PlaceFacts("Ann Lee", "Berlin", "", "10115", "DE", "DE")
    assert [(item.position, item.sku, item.quantity, item.amount, item.currency) for item in items] == [
        (0, "MUG", 2, 200_000, "EUR"),
        (1, "", 1, 100_000, "EUR"),
    ]
    assert lines[0].refunds == ()


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"Financial Status": "pending"}, "open"),
        ({"Financial Status": "authorized"}, "open"),
        ({"Financial Status": "partially_paid"}, "open"),
        ({"Financial Status": "refunded"}, "paid"),
        ({"Financial Status": "partially_refunded"}, "paid"),
        ({"Financial Status": "voided"}, "cancelled"),
        ({"Financial Status": "refunded", "Cancelled at": "2026-11-12 10:00:00 +0000"}, "cancelled"),
        ({"Payment Method": "(for testing) Bogus Gateway"}, "test"),
    ],
)
def test_order_state(tmp_path: Path, changes: dict[str, str], state: str) -> None:
    order = one(tmp_path, **changes)
    assert order.state == state
    assert order.stated_state == changes.get("Financial Status", "paid")


def test_refund_without_a_date_is_estimated(tmp_path: Path) -> None:
    row = {**FIRST, "Financial Status": "partially_refunded", "Refunded Amount": "12.50"}
    (line,) = taken(source_of(tmp_path, "shopify", text_of(SHOPIFY, [row])))
    (back,) = line.refunds
    assert (back.amount, back.currency, back.day, back.estimated) == (125_000, "EUR", None, True)


@pytest.mark.parametrize(
    ("subtotal", "shipping", "taxes", "total", "included"),
    [
        ("100.00", "0.00", "15.97", "100.00", True),
        ("100.00", "5.00", "19.00", "124.00", False),
        ("100.00", "0.00", "0.00", "100.00", None),
        ("100.00", "0.00", "7.00", "103.00", None),
    ],
)
def test_tax_included_follows_from_the_stated_totals(
    tmp_path: Path, subtotal: str, shipping: str, taxes: str, total: str, included: bool | None
) -> None:
    stated = {"Subtotal": subtotal, "Shipping": shipping, "Taxes": taxes, "Total": total}
    assert one(tmp_path, **stated).tax_included is included


@pytest.mark.parametrize(
    ("changes", "column", "code"),
    [
        ({"Lineitem quantity": "two"}, "Lineitem quantity", "not_number"),
        ({"Lineitem quantity": ""}, "Lineitem quantity", "blank"),
        ({"Lineitem price": "10,00"}, "Lineitem price", "not_number"),
        ({"Lineitem sku": "3.65E+11"}, "Lineitem sku", "damaged_id"),
        ({"Id": "5.1E+12"}, "Id", "damaged_id"),
        ({"Created at": "10/11/2026"}, "Created at", "not_date"),
        ({"Created at": ""}, "Created at", "blank"),
        ({"Currency": "EUX"}, "Currency", "unknown_currency"),
        ({"Financial Status": "dreaming"}, "Financial Status", "unknown_state"),
        ({"Name": ""}, "Name", "blank"),
    ],
)
def test_bad_cell_refuses_its_order(tmp_path: Path, changes: dict[str, str], column: str, code: str) -> None:
    key = changes.get("Name", "#1001")
    source = source_of(tmp_path, "shopify", text_of(SHOPIFY, [{**FIRST, **changes}]))
    assert refused(source) == [(2, column, code, key)]


def test_ragged_row_names_its_order(tmp_path: Path) -> None:
    text = text_of(SHOPIFY, [FIRST]) + "#1002,x@example.com,paid\n"
    assert refused(source_of(tmp_path, "shopify", text)) == [(3, "Paid at", "short_row", "#1002")]


def test_missing_column_refuses_the_file(tmp_path: Path) -> None:
    text = text_of([name for name in SHOPIFY if name != "Lineitem price"], [])
    with pytest.raises(Refused) as caught:
        source_of(tmp_path, "shopify", text)
    assert list(caught.value.fields) == ["Lineitem price"]


def test_optional_columns_may_be_missing(tmp_path: Path) -> None:
    columns = ["Name", "Created at", "Lineitem quantity", "Lineitem name", "Lineitem price", "Financial Status"]
    lines = taken(source_of(tmp_path, "shopify", text_of(columns, [{k: FIRST[k] for k in columns}]), currency="SEK"))
    assert lines[0].order is not None
    assert (lines[0].order.external_id, lines[0].order.currency, lines[0].order.stated) == (
        "#1001",
        "SEK",
        StatedFacts(),
    )


def test_rows_of_an_order_elsewhere_in_the_file_keep_its_key(tmp_path: Path) -> None:
    other = {**FIRST, "Name": "#1002", "Id": "502"}
    lines = taken(source_of(tmp_path, "shopify", text_of(SHOPIFY, [FIRST, other, SECOND])))
    assert [(line.key, line.order is None) for line in lines] == [("#1001", False), ("#1002", False), ("#1001", True)]
    assert lines[2].items[0].currency == ""


def test_lines_can_be_streamed_twice(tmp_path: Path) -> None:
    source = source_of(tmp_path, "shopify", text_of(SHOPIFY, [{**FIRST, "Shipping Country": "Atlantis"}, SECOND]))
    assert list(source.lines()) == list(source.lines())
    assert [(item.kind, item.value, item.count) for item in source.review()] == [("country", "Atlantis", 1)]


def test_transactions_layout(tmp_path: Path) -> None:
    columns = (
        "Name,Email,Financial Status,Currency,Processed At,Lineitem name,Lineitem quantity,Lineitem price,Lineitem sku,"
        "Tax 1 Price,Tax 2 Price,Transaction amount,Transaction kind,Transaction status,Shipping line price,"
        "Shipping line title"
    ).split(",")
    base = {"Name": "#7", "Lineitem name": "Trowel", "Lineitem quantity": "2", "Lineitem price": "10"}
    rows = [
        {**base, "Financial Status": "paid", "Currency": "USD", "Processed At": "2018-01-04 15:51:23 -0800",
         "Tax 1 Price": "2.60", "Tax 2 Price": "0.40", "Transaction amount": "1000", "Transaction kind": "sale",
         "Transaction status": "success"},
        {**base, "Transaction amount": "500", "Transaction kind": "refund", "Transaction status": "success"},
        {"Name": "#7", "Shipping line price": "4", "Shipping line title": "UPS", "Transaction amount": "9",
         "Transaction kind": "refund", "Transaction status": "failure"},
    ]  # fmt: skip
    lines = taken(source_of(tmp_path, "shopify", text_of(columns, rows)))
    order, items = orders_of(lines)["#7"]
    assert order.stated.tax == 30_000
    assert [(item.kind, item.amount) for item in items] == [
        ("product", 200_000),
        ("product", 200_000),
        ("shipping", 40_000),
    ]
    assert [payment.amount for line in lines for payment in line.payments] == [10_000_000]
    assert [back.amount for line in lines for back in line.refunds] == [5_000_000]


AMOUNTS = st.integers(0, 10**9)
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Z"]), min_size=1, max_size=8).map(
    lambda text: f"x{text}"
)
MOMENTS = st.datetimes(datetime(2010, 1, 1), datetime(2030, 1, 1)).map(lambda at: at.replace(microsecond=0, tzinfo=UTC))
LINES = st.lists(st.tuples(TEXTS, TEXTS, st.integers(-50, 500), AMOUNTS, AMOUNTS), min_size=1, max_size=4)
ORDERS = st.lists(
    st.tuples(LINES, MOMENTS, st.sampled_from(["EUR", "JPY", "KWD"]), st.tuples(*[AMOUNTS] * 5), TEXTS, TEXTS),
    min_size=1,
    max_size=4,
)


def neutral(drawn: Any) -> list[tuple[OrderFacts, list[LineFacts]]]:
    """Neutral orders from drawn values."""
    orders = []
    for number, (lines, at, currency, (subtotal, discount, shipping, tax, refunded), name, city) in enumerate(drawn):
        included = True if tax else None
        stated = StatedFacts(subtotal, discount, shipping, tax, subtotal + shipping, refunded)
        order = OrderFacts(
            str(9000 + number), f"#{number}", at, at.date(), "paid", currency, stated_state="paid",
            customer=CustomerFacts("", name, f"{number}@example.com"), ship_to=PlaceFacts("", city, "", "", "FR", "FR"),
            stated=stated, tax_included=included,
        )  # fmt: skip
        items = [
            LineFacts(place, "product", sku, title, quantity, price, quantity * price, currency, less)
            for place, (sku, title, quantity, price, less) in enumerate(lines)
        ]
        orders.append((order, items))
    return orders


def written(orders: list[tuple[OrderFacts, list[LineFacts]]]) -> list[dict[str, Any]]:
    """Neutral orders in Shopify's layout."""
    rows = []
    for order, items in orders:
        for item in items:
            row: dict[str, Any] = {
                "Name": order.number, "Lineitem quantity": item.quantity, "Lineitem name": item.title,
                "Lineitem price": from_units(item.unit_price or 0), "Lineitem sku": item.sku,
                "Lineitem discount": from_units(item.discount), "Created at": f"{order.placed_at:%Y-%m-%d %H:%M:%S} +0000",
            }  # fmt: skip
            if item.position == 0:
                assert order.customer is not None
                assert order.ship_to is not None
                stated = order.stated
                row |= {
                    "Financial Status": "paid", "Currency": order.currency, "Id": order.external_id,
                    "Email": order.customer.email, "Billing Name": order.customer.name,
                    "Shipping City": order.ship_to.city, "Shipping Country": order.ship_to.country_raw,
                    "Subtotal": from_units(stated.subtotal or 0), "Discount Amount": from_units(stated.discount or 0),
                    "Shipping": from_units(stated.shipping or 0), "Taxes": from_units(stated.tax or 0),
                    "Total": from_units(stated.total or 0), "Refunded Amount": from_units(stated.refunded or 0),
                }  # fmt: skip
            rows.append(row)
    return rows


@settings(deadline=None, max_examples=60)
@given(drawn=ORDERS)
def test_any_orders_written_in_this_layout_read_back_equal(drawn: Any) -> None:
    orders = neutral(drawn)
    with TemporaryDirectory() as folder:
        lines = taken(source_of(Path(folder), "shopify", text_of(SHOPIFY, written(orders))))
    assert list(orders_of(lines).values()) == orders
    assert sum(back.amount for line in lines for back in line.refunds) == sum(
        o.stated.refunded or 0 for o, _i in orders
    )
