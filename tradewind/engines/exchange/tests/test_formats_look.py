"""What a file is recognised as."""

from pathlib import Path

import pytest

from tradewind.engines.exchange.formats.look import Fit, look
from tradewind.engines.exchange.tests.exports import AMAZON, ETSY, SETTLEMENT, SHOPIFY, STRIPE, text_of


@pytest.mark.parametrize(
    ("columns", "delimiter", "name"),
    [
        (SHOPIFY, ",", "shopify"),
        (ETSY, ",", "etsy"),
        (AMAZON, "\t", "amazon-orders"),
        (SETTLEMENT, "\t", "amazon-settlement"),
        (STRIPE, ";", "stripe"),
    ],
)
def test_look_knows_platform_exports(tmp_path: Path, columns: list[str], delimiter: str, name: str) -> None:
    path = tmp_path / "file.csv"
    path.write_text("made by a shop\n\n" + text_of(columns, [{columns[0]: "1"}], delimiter), encoding="utf-8")
    seen = look(path)
    assert seen.fits[0] == Fit(name)
    assert (seen.header, seen.header_line, seen.delimiter) == (columns, 3, delimiter)
    assert seen.rows == [["1", *[""] * (len(columns) - 1)]]


def test_look_knows_a_ready_mapping(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text(
        "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n1,2,3,4,2011-01-01,6,7,8\n",
        encoding="utf-8",
    )
    assert look(path).fits == [Fit("mapping", "online-retail")]


def test_look_at_a_table_nobody_knows(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text("Nr;Was\n1;Kabel\n", encoding="cp1252")
    seen = look(path)
    assert (seen.fits, seen.header, seen.rows, seen.sheets) == ([], ["Nr", "Was"], [["1", "Kabel"]], [])


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "fit"),
    [
        ("shopify/orders_export_teststore.csv", Fit("shopify")),
        ("shopify/transporter_orders.csv", Fit("shopify")),
        ("stripe/unified_payments_headers_and_sample.csv", Fit("stripe")),
        ("stripe/balance_change_from_activity.csv", Fit("mapping", "stripe-balance")),
        ("paypal/paypal_activity_custom_fields.csv", Fit("mapping", "paypal")),
        ("wallets-and-banks-cn-hk/example-alipay-records.csv", Fit("mapping", "alipay")),
        ("wallets-and-banks-cn-hk/example-wechat-records.xlsx", Fit("mapping", "wechat-pay")),
        ("wallets-and-banks-cn-hk/example-hsbchk-credit-records.csv", Fit("mapping", "hsbc-hk-card")),
        ("wallets-and-banks-cn-hk/example-hsbchk-debit-records.csv", Fit("mapping", "hsbc-hk-account")),
    ],
)
def test_look_at_real_exports(data: Path, name: str, fit: Fit) -> None:
    assert look(data / "platform-exports" / name).fits[0] == fit
