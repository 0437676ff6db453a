"""Ready mappings on exports written the way the platforms write them."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from tradewind.engines.exchange.formats import Source, open_source
from tradewind.engines.exchange.mapping import shipped
from tradewind.engines.exchange.tests.exports import orders_of, source_of, taken

TIKTOK = (
    "Order ID,Order Status,SKU ID,Seller SKU,Product Name,Variation,Quantity,SKU Unit Original Price,SKU Seller Discount,"
    "Shipping Fee After Discount,Taxes,Order Amount,Order Refund Amount,Created Time,Paid Time,Shipped Time,Cancelled Time,"
    "Buyer Username,Country\n"
    "Platform unique order ID.,Current order status.,,,,,,,,,,,,,,,,,\n"
    '"5760001\t",Completed,"17294\t",KB-1,Cabo,Preto,2,"BRL 35,91","BRL 1,00","BRL 5,00","BRL 0,00","BRL 75,82",'
    '"BRL 10,00",31/01/2026 23:10:00\t,31/01/2026 23:11:00\t,,,ana,Brazil\n'
    '"5760002\t",Canceled,"17294\t",KB-1,Cabo,Preto,1,"BRL 35,91",,,,"BRL 35,91",,01/02/2026 08:00:00\t,,,,bia,Brazil\n'
)


def test_tiktok_orders(tmp_path: Path) -> None:
    mapping = shipped("tiktok-orders")
    source = source_of(tmp_path, "mapping", TIKTOK, mapping, zone="America/Sao_Paulo", currency="BRL")
    lines = taken(source)
    orders = orders_of(lines)
    order, items = orders["5760001"]
    assert (order.placed_at, order.day) == (datetime(2026, 2, 1, 2, 10, tzinfo=UTC), date(2026, 1, 31))
    assert (order.state, order.currency, order.stated.total, order.stated.shipping) == ("paid", "BRL", 758_200, 50_000)
    assert order.ship_to is not None
    assert order.ship_to.country == "BR"
    assert [(item.sku, item.variant, item.quantity, item.amount, item.discount) for item in items] == [
        ("KB-1", "Preto", 2, 718_200, 10_000)
    ]
    assert [back.amount for line in lines for back in line.refunds] == [100_000]
    assert orders["5760002"][0].state == "cancelled"
    assert [(item.kind, item.count) for item in source.review()] == [("skipped", 1)]


EBAY_COLUMNS = (
    "Sales Record Number,Order Number,Buyer Username,Buyer Name,Ship To City,Ship To Country,Item Number,Item Title,"
    "Custom Label,Quantity,Sold For,Shipping And Handling,Seller Collected Tax,Total Price,Sale Date,Paid On Date,"
    "Shipped On Date,Transaction ID"
).split(",")


def ebay(*rows: dict[str, str]) -> str:
    quoted = [",".join(f'"{row.get(column, "")}"' for column in EBAY_COLUMNS) for row in rows]
    head = ",".join(f'"{column}"' for column in EBAY_COLUMNS)
    return "\n" + head + "\n\n" + "\n".join(quoted) + '\n\n"2","record(s) downloaded"\n"Seller ID : someone"\n'


def test_ebay_orders(tmp_path: Path) -> None:
    whole = {
        "Sales Record Number": "88", "Order Number": "10-1", "Buyer Username": "ann", "Ship To Country": "United States",
        "Quantity": "3", "Shipping And Handling": "$4.00", "Total Price": "$1,034.00", "Sale Date": "Jan-05-26",
        "Paid On Date": "Jan-06-26",
    }  # fmt: skip
    first = {"Order Number": "10-1", "Item Number": "1", "Custom Label": "A", "Quantity": "2", "Sold For": "$500.00"}
    second = {"Order Number": "10-1", "Item Number": "2", "Quantity": "1", "Sold For": "$30.00"}
    unpaid = {
        "Order Number": "10-2",
        "Item Number": "2",
        "Quantity": "1",
        "Sold For": "$30.00",
        "Sale Date": "Jan-07-26",
    }
    source = source_of(tmp_path, "mapping", ebay(whole, first, second, unpaid), shipped("ebay-orders"), currency="USD")
    orders = orders_of(taken(source))
    order, items = orders["10-1"]
    assert (order.number, order.day, order.state, order.stated.total) == ("88", date(2026, 1, 5), "paid", 10_340_000)
    assert [(item.sku, item.quantity, item.amount) for item in items] == [("A", 2, 10_000_000), ("", 1, 300_000)]
    assert orders["10-2"][0].state == "open"
    assert [(item.kind, item.count) for item in source.review()] == [("section", 2)]


def test_etsy_items(tmp_path: Path) -> None:
    text = (
        "Sale Date,Item Name,Buyer,Quantity,Price,Discount Amount,Order Shipping,Order Sales Tax,Item Total,Currency,"
        "Transaction ID,Order ID,SKU,Ship Country\n"
        "01/31/26,Mug,Ann,2,10.00,1.00,4.00,0.50,20.00,USD,901,77,M-1,Canada\n"
        "01/31/26,Bowl,Ann,1,15.00,1.00,4.00,0.50,15.00,USD,902,77,,Canada\n"
    )
    lines = taken(source_of(tmp_path, "mapping", text, shipped("etsy-items")))
    order, items = orders_of(lines)["77"]
    assert (order.day, order.stated.shipping, order.stated.discount) == (date(2026, 1, 31), 40_000, 10_000)
    assert [(item.external_id, item.sku, item.amount) for item in items] == [
        ("901", "M-1", 200_000),
        ("902", "", 150_000),
    ]


def test_airwallex_times_keep_their_offset(tmp_path: Path) -> None:
    text = (
        "Time,Type,Financial Transaction Type,Transaction Id,Description,Wallet Currency,Amount,Fee,Reference\n"
        '2024-06-24T22:41:36+1000,DEPOSIT,DEPOSIT,t-1,Amazon,EUR,"4,420.00",0.00,302-1\n'
    )
    (line,) = taken(source_of(tmp_path, "mapping", text, shipped("airwallex"), zone="Asia/Shanghai"))
    (payment,) = line.payments
    assert (payment.at, payment.amount, payment.order_ref) == (
        datetime(2024, 6, 24, 12, 41, 36, tzinfo=UTC), 44_200_000, "302-1",
    )  # fmt: skip


def test_german_paypal(tmp_path: Path) -> None:
    text = (
        '"Datum","Uhrzeit","Zeitzone","Name","Typ","Status","Währung","Brutto","Gebühr","Netto","Transaktionscode",'
        '"Zugehöriger Transaktionscode","Absender E-Mail-Adresse"\n'
        '"31.01.2026","23:30:00","CET","Ann","Zahlung","Abgeschlossen","EUR","1.234,56","-36,00","1.198,56","T1","","a@b.de"\n'
    )
    (line,) = taken(source_of(tmp_path, "mapping", text, shipped("paypal-de"), zone="Europe/Berlin"))
    (payment,) = line.payments
    assert (payment.at, payment.day) == (datetime(2026, 1, 31, 22, 30, tzinfo=UTC), date(2026, 1, 31))
    assert (payment.amount, payment.fee) == (12_345_600, 360_000)


def workbook_source(folder: Path, rows: list[list[Any]], **more: Any) -> Source:
    path = folder / "orders.xlsx"
    book = xlsxwriter.Workbook(str(path), {"default_date_format": "dd/mm/yyyy hh:mm"})
    sheet = book.add_worksheet("orders")
    for place, row in enumerate(rows):
        sheet.write_row(place, 0, row)
    book.close()
    return open_source(path, "mapping", shipped("shopee-orders"), **more)


def test_shopee_workbook(tmp_path: Path) -> None:
    header = [
        "Order ID",
        "Order Status",
        "Product Name",
        "SKU Reference No.",
        "Deal Price",
        "Quantity",
        "Product Subtotal",
    ]
    rows: list[list[Any]] = [
        [*header, "Total Amount", "Create Time", "Buyer Username"],
        ["240101ABC", "Completed", "数据线", 10023, 1999.5, 2, "3,999.00", 3999, datetime(2026, 1, 31, 23, 59), "小李"],
    ]
    source = workbook_source(tmp_path, rows, channel_zone="Asia/Taipei", channel_currency="TWD")
    order, items = orders_of(taken(source))["240101ABC"]
    assert (order.day, order.currency, order.stated.total) == (date(2026, 1, 31), "TWD", 39_990_000)
    assert [(item.sku, item.unit_price, item.amount) for item in items] == [("10023", 19_995_000, 39_990_000)]
