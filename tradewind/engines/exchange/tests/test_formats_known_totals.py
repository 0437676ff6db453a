"""The real data sets come out of the neutral stream to the last digit."""

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from tradewind.base.money import from_units
from tradewind.engines.exchange.formats import Source, open_source
from tradewind.engines.exchange.mapping import shipped
from tradewind.engines.exchange.readers.table import open_table
from tradewind.engines.exchange.records import Refusal, SourceLine
from tradewind.engines.exchange.tests.exports import refused, taken

pytestmark = pytest.mark.data

MONTHS = {
    "2010-12": "748957.020", "2011-01": "560000.260", "2011-02": "498062.650", "2011-03": "683267.080",
    "2011-04": "493207.121", "2011-05": "723333.510", "2011-06": "691123.120", "2011-07": "681300.111",
    "2011-08": "682680.510", "2011-09": "1019687.622", "2011-10": "1070704.670", "2011-11": "1461756.250",
    "2011-12": "433668.010",
}  # fmt: skip
COUNTRIES = {
    "United Kingdom": "8187806.364", "Netherlands": "284661.54", "EIRE": "263276.82", "Germany": "221698.21",
    "Channel Islands": "20086.29", "Unspecified": "4749.79", "European Community": "1291.75", "USA": "1730.92",
    "RSA": "1002.31", "Saudi Arabia": "131.17",
}  # fmt: skip
NOT_A_SALE = {"shipping", "fee", "discount", "adjustment", "gift", "other"}


def mapped(path: Path, name: str, zone: str = "UTC") -> Source:
    return open_source(path, "mapping", shipped(name), channel_zone=zone)


def test_online_retail(data: Path) -> None:
    source = mapped(
        data / "orders-online-retail/online_retail_2010-12_2011-12.csv.gz", "online-retail", "Europe/London"
    )
    months: Counter[str] = Counter()
    countries: Counter[str] = Counter()
    sums: Counter[str] = Counter()
    facts: dict[str, tuple[str, str, str]] = {}
    for line in source.lines():
        assert isinstance(line, SourceLine)
        if line.order is not None:
            assert line.order.ship_to is not None
            assert line.order.day is not None
            month = line.order.day.isoformat()[:7]
            facts.setdefault(line.key, (month, line.order.ship_to.country_raw, line.order.kind))
        month, country, kind = facts[line.key]
        (item,) = line.items
        months[month] += item.amount
        countries[country] += item.amount
        sums["lines"] += 1
        sums["units"] += item.quantity
        sums[f"{kind} lines"] += 1
        sums[f"{kind} amount"] += item.amount
        if item.kind in NOT_A_SALE:
            sums["apart"] += 1
            sums["apart amount"] += item.amount
    assert (sums["lines"], sums["units"], len(facts)) == (541_909, 5_176_450, 25_900)
    assert from_units(sum(months.values())) == Decimal("9747747.934")
    assert {month: from_units(units) for month, units in months.items()} == {m: Decimal(v) for m, v in MONTHS.items()}
    assert {name: from_units(countries[name]) for name in COUNTRIES} == {n: Decimal(v) for n, v in COUNTRIES.items()}
    assert len(countries) == 38
    assert (sums["credit lines"], from_units(sums["credit amount"])) == (9_288, Decimal("-896812.49"))
    assert (sums["apart"], from_units(sums["apart amount"])) == (2_995, Decimal("-44562.496"))
    assert {item.value for item in source.review()} == {
        "EIRE", "RSA", "Channel Islands", "European Community", "Unspecified",
    }  # fmt: skip


def test_shopify_test_store(data: Path) -> None:
    lines = taken(open_source(data / "platform-exports/shopify/orders_export_teststore.csv", "shopify"))
    orders = [line.order for line in lines if line.order is not None]
    items = [item for line in lines for item in line.items]
    assert (len(lines), len(orders)) == (121, 51)
    assert {(order.currency, order.state) for order in orders} == {("INR", "paid")}
    assert from_units(sum(order.stated.total or 0 for order in orders)) == Decimal("590683.29")
    assert from_units(sum(order.stated.subtotal or 0 for order in orders)) == Decimal("585942.00")
    assert from_units(sum(order.stated.tax or 0 for order in orders)) == Decimal("4741.29")
    assert from_units(sum(item.amount for item in items)) == Decimal("585942.00")
    assert sum(item.quantity for item in items) == 258


def test_shopify_transporter_sample_refuses_its_shifted_row(data: Path) -> None:
    source = open_source(data / "platform-exports/shopify/transporter_orders.csv", "shopify")
    assert refused(source) == [(3, "Lineitem quantity", "not_number", "#MA-1097")]


def test_etsy_shop(data: Path) -> None:
    lines = taken(open_source(data / "platform-exports/etsy/EtsySoldOrders2019.csv", "etsy"))
    stated = [line.order.stated for line in lines if line.order is not None]
    sums = {
        name: str(from_units(sum(getattr(one, name) or 0 for one in stated)).quantize(Decimal("0.01")))
        for name in ("subtotal", "discount", "shipping", "tax", "total", "fee", "net")
    }
    assert len(stated) == 955
    assert sum(one.units or 0 for one in stated) == 1_022
    assert sums == {
        "subtotal": "28199.77", "discount": "804.95", "shipping": "157.00", "tax": "547.44", "total": "28662.79",
        "fee": "1098.76", "net": "26453.06",
    }  # fmt: skip
    assert sum(1 for line in lines if line.order and line.order.discount_code) == 95


def test_stripe_by_currency(data: Path) -> None:
    source = open_source(data / "platform-exports/stripe/payments_multicurrency.csv", "stripe")
    sums: dict[str, list[int]] = {}
    lines = taken(source)
    for line in lines:
        (payment,) = line.payments
        assert (payment.settled_currency, payment.state) == ("THB", "paid")
        found = sums.setdefault(payment.currency, [0, 0, 0, 0, 0])
        for place, units in enumerate(
            (10_000, payment.amount, payment.settled_amount or 0, payment.fee, payment.fee_tax)
        ):
            found[place] += units
    assert {currency: [from_units(units) for units in found] for currency, found in sums.items()} == {
        "EUR": [Decimal(text) for text in "319 3107.50 118471.59 8817.45 616.99".split()],
        "USD": [Decimal(text) for text in "197 3553.00 125662.32 7938.86 555.76".split()],
        "MXN": [Decimal(text) for text in "106 19115.00 40198.39 2969.39 207.90".split()],
    }
    assert len({line.key for line in lines}) == 622
    assert len(lines) - len({line.payments[0].order_ref for line in lines}) == 15
    assert source.promises == "same-file only"


def test_olist_dates_agree_in_both_localized_files(data: Path) -> None:
    folder = data / "orders-olist/localized-dates"
    moments = []
    for name, count in (("orders_us_dates.csv.gz", 4_998), ("orders_dmy_bom_blank_tail.csv.gz", 2_736)):
        lines = taken(mapped(folder / name, "olist-orders"))
        moments.append({line.key: line.order.placed_at for line in lines if line.order is not None})
        assert len(moments[-1]) == count
    shared = moments[0].keys() & moments[1].keys()
    assert len(shared) == 1_999
    assert all(moments[0][key] == moments[1][key] for key in shared)
    exact = taken(mapped(data / "orders-olist/sample1000/olist_orders_dataset.csv", "olist-orders"))
    for line in exact:
        assert line.order is not None
        assert line.order.placed_at is not None
        assert line.order.placed_at.replace(second=0) == moments[0][line.key]


def test_olist_items_joined_with_their_orders(data: Path) -> None:
    lines = taken(
        mapped(data / "orders-olist/sample1000/olist_order_items_dataset.csv", "olist-items", "America/Sao_Paulo")
    )
    sums: Counter[str] = Counter()
    for line in lines:
        for item in line.items:
            sums[item.kind] += item.amount
    assert (from_units(sums["product"]), from_units(sums["shipping"])) == (Decimal("136373.83"), Decimal("22666.60"))
    orders = [line.order for line in lines if line.order is not None]
    assert len({line.key for line in lines}) == 1_000
    assert len({order.ship_to.region for order in orders if order.ship_to}) == 27
    assert Counter(order.state for order in orders) == {"paid": 998, "cancelled": 2}


def test_olist_payments(data: Path) -> None:
    lines = taken(mapped(data / "orders-olist/sample1000/olist_order_payments_dataset.csv", "olist-payments"))
    assert from_units(sum(line.payments[0].amount for line in lines)) == Decimal("159040.39")
    assert Counter(line.payments[0].method for line in lines) == {
        "credit_card": 781, "boleto": 196, "voucher": 49, "debit_card": 15,
    }  # fmt: skip


def test_wallets_and_banks(data: Path) -> None:
    folder = data / "platform-exports/wallets-and-banks-cn-hk"
    alipay = mapped(folder / "example-alipay-records.csv", "alipay")
    states = Counter(line.payments[0].state for line in taken(alipay))
    assert (alipay.encoding, alipay.table.header_line, states) == ("gb18030", 25, {"paid": 6, "failed": 2, "open": 1})
    text, book = (taken(mapped(folder / f"example-wechat-records.{kind}", "wechat-pay")) for kind in ("csv", "xlsx"))
    assert len(text) == 16
    assert [line.payments for line in text] == [line.payments for line in book]
    assert text[0].payments[0].amount == -281_600
    account = taken(mapped(folder / "example-hsbchk-debit-records.csv", "hsbc-hk-account"))
    assert {line.payments[0].currency for line in account} == {"HKD", "CNY"}
    assert len(taken(mapped(folder / "example-hsbchk-credit-records.csv", "hsbc-hk-card"))) == 11


def test_paypal_pending_rows_moved_no_money(data: Path) -> None:
    lines = taken(mapped(data / "platform-exports/paypal/paypal_activity_custom_fields.csv", "paypal"))
    sums: Counter[str] = Counter()
    for line in lines:
        sums[line.payments[0].state] += line.payments[0].amount
    assert len(lines) == 7
    assert (from_units(sums["paid"]), from_units(sums["open"])) == (Decimal("-5.99"), Decimal("15.99"))


def test_ragged_sample_is_refused_at_its_line(data: Path) -> None:
    rows = list(open_table(data / "platform-exports/ragged/wave_customers_export.csv").rows())
    assert [(row.line, row.data["found"]) for _line, row in rows if isinstance(row, Refusal)] == [(4, "8")]
