"""Mappings: what is accepted, how rows are read, what is suggested."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from tradewind.base.errors import NotFound, Refused
from tradewind.engines.exchange.mapping import MappingSpec, read_mapping, shipped, shipped_names, suggest
from tradewind.engines.exchange.records import LineFacts, Refusal
from tradewind.engines.exchange.tests.exports import orders_of, refused, source_of, taken

LINES: dict[str, Any] = {
    "version": 1,
    "name": "shop",
    "layout": "line",
    "columns": {
        "order_id": "No",
        "date": "Day",
        "sku": "Code",
        "quantity": "Qty",
        "unit_price": ["Price", "Unit price"],
        "country": "Country",
        "customer_id": "Buyer",
        "state": "State",
    },
    "constants": {"currency": "GBP"},
    "date": {"order": "dmy", "zone": "Europe/London"},
    "number": "1.234,56",
    "state": {"map": {"bezahlt": "paid", "Storno": "cancelled", "intern": "skip"}},
    "order_kind": {"rules": [{"column": "No", "prefix": "C", "is": "credit"}]},
    "line_kind": {"rules": [{"column": "Code", "equals": "post", "is": "shipping"}]},
    "countries": {"EIRE": "IE", "Nirgendwo": "unknown"},
}
HEADER = "No;Day;Code;Qty;Price;Country;Buyer;State\n"
ROWS = (
    HEADER
    + "1;05.11.2026 00:30;A1;2;1.000,50;EIRE;17850.0;bezahlt\n"
    + "1;05.11.2026 00:30;POST;1;3,00;EIRE;17850.0;bezahlt\n"
    + "1;05.11.2026 00:30;A1;2;1.000,50;EIRE;17850.0;bezahlt\n"
    + "C2;06.11.2026 10:00;A1;-1;1.000,50;Nirgendwo;;bezahlt\n"
    + "3;06.11.2026 10:00;A1;1;5,00;Mordor;;Storno\n"
    + "4;06.11.2026 10:00;A1;1;5,00;Germany;;intern\n"
)


def spec(**changes: Any) -> MappingSpec:
    return MappingSpec.parse({**LINES, **changes})


def test_rows_become_orders_with_lines(tmp_path: Path) -> None:
    source = source_of(tmp_path, "mapping", ROWS, spec(), zone="Asia/Tokyo")
    orders = orders_of(taken(source))
    first, items = orders["1"]
    assert (first.placed_at, first.day) == (datetime(2026, 11, 5, 0, 30, tzinfo=UTC), date(2026, 11, 5))
    assert first.ship_to is not None
    assert first.customer is not None
    assert (first.currency, first.ship_to.country, first.customer.external_id) == ("GBP", "IE", "17850")
    assert items == [
        LineFacts(0, "product", "A1", "", 2, 10_005_000, 20_010_000, "GBP"),
        LineFacts(1, "shipping", "POST", "", 1, 30_000, 30_000, "GBP"),
        LineFacts(2, "product", "A1", "", 2, 10_005_000, 20_010_000, "GBP"),
    ]
    credit, back = orders["C2"]
    assert (credit.kind, credit.state, back[0].amount) == ("credit", "paid", -10_005_000)
    assert orders["3"][0].state == "cancelled"
    assert "4" not in orders
    assert [(item.kind, item.value, item.count) for item in source.review()] == [
        ("country", "Mordor", 1),
        ("skipped", "intern", 1),
    ]


def test_alternative_column_name_is_found(tmp_path: Path) -> None:
    text = ROWS.replace("Price", "unit  PRICE")
    assert orders_of(taken(source_of(tmp_path, "mapping", text, spec())))["1"][1][0].unit_price == 10_005_000


def test_unknown_state_refuses_the_order(tmp_path: Path) -> None:
    source = source_of(tmp_path, "mapping", HEADER + "1;05.11.2026;A;1;1;;;vielleicht\n", spec())
    assert refused(source) == [(2, "State", "unknown_state", "1")]


def test_missing_column_refuses_the_file(tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        source_of(tmp_path, "mapping", "No;Day;Code;Qty;Country;State\n", spec())
    assert list(caught.value.fields) == ["Price / Unit price"]


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        ("1;05.11.2026;A;;1,00;;;", "Qty", "blank"),
        ("1;05.11.2026;A;1;;;;", "Price", "blank"),
        ("1;11/25/2026;A;1;1,00;;;", "Day", "not_date"),
        ("1;05.11.2026;A;1;1.50;;;", "Price", "not_number"),
        ("1;05.11.2026;3,65E+11;1;1,50;;;", "Code", "damaged_id"),
        (";05.11.2026;A;1;1,50;;;", "No", "blank"),
        ("1;;A;1;1,50;;;", "Day", "blank"),
    ],
)
def test_bad_cell_is_refused_with_column(tmp_path: Path, row: str, column: str, code: str) -> None:
    source = source_of(tmp_path, "mapping", HEADER + row + "\n", spec())
    assert refused(source) == [(2, column, code, row.partition(";")[0])]


def test_positive_cancellations_are_turned_by_rule(tmp_path: Path) -> None:
    text = HEADER + "C9;05.11.2026;A;3;2,00;;;bezahlt\n"
    (line,) = taken(source_of(tmp_path, "mapping", text, spec(negate=[{"column": "No", "prefix": "C"}])))
    assert (line.items[0].quantity, line.items[0].amount) == (-3, -60_000)


def test_rows_without_ids_key_on_content(tmp_path: Path) -> None:
    columns = {name: column for name, column in LINES["columns"].items() if name != "order_id"}
    source = source_of(tmp_path, "mapping", ROWS, spec(columns=columns))
    keys = [line.key for line in taken(source)]
    assert source.promises == "same-file only"
    assert len(set(keys)) == len(keys) == 5


ORDERS: dict[str, Any] = {
    "version": 1,
    "name": "orders",
    "layout": "order",
    "columns": {
        "order_id": "Id", "date": "Date", "total": "Total", "subtotal": "Goods", "units": "Items", "refunded": "Back",
        "fee": "Fee", "currency": "Cur",
    },
    "date": {"order": "auto"},
    "number": "auto",
    "currencies": {"Euro": "EUR"},
}  # fmt: skip


def test_order_rows_get_one_unspecified_line(tmp_path: Path) -> None:
    text = "Id,Date,Total,Goods,Items,Back,Fee,Cur\n1,1/31/2026,24.50,20.25,3,4.00,-1.10,Euro\n"
    (line,) = taken(source_of(tmp_path, "mapping", text, MappingSpec.parse(ORDERS)))
    assert line.order is not None
    assert (line.order.day, line.order.currency) == (date(2026, 1, 31), "EUR")
    assert [(item.kind, item.quantity, item.amount) for item in line.items] == [("unspecified", 3, 202_500)]
    assert [(back.amount, back.estimated) for back in line.refunds] == [(40_000, True)]
    assert [fee.amount for fee in line.fees] == [11_000]


def test_ambiguous_dates_must_be_declared(tmp_path: Path) -> None:
    text = "Id,Date,Total,Goods,Items,Back,Fee,Cur\n1,1/2/2026,1.00,1.00,1,,,EUR\n2,3/4/2026,1.00,1.00,1,,,EUR\n"
    with pytest.raises(Refused) as caught:
        source_of(tmp_path, "mapping", text, MappingSpec.parse(ORDERS))
    assert caught.value.code == "ambiguous_date"
    lines = taken(source_of(tmp_path, "mapping", text, MappingSpec.parse(ORDERS), date="dmy"))
    assert [line.order.day for line in lines if line.order] == [date(2026, 2, 1), date(2026, 4, 3)]


def test_number_format_is_proved_by_the_column(tmp_path: Path) -> None:
    text = 'Id,Date,Total,Goods,Items,Back,Fee,Cur\n1,2026-01-31,"1.234","7,50",1,,,EUR\n'
    (line,) = taken(source_of(tmp_path, "mapping", text, MappingSpec.parse(ORDERS)))
    assert line.order is not None
    assert (line.order.stated.total, line.order.stated.subtotal) == (12_340_000, 75_000)


def test_number_format_that_nothing_proves_refuses_the_cell(tmp_path: Path) -> None:
    text = 'Id,Date,Total,Goods,Items,Back,Fee,Cur\n1,2026-01-31,"1.234","5",1,,,EUR\n'
    source = source_of(tmp_path, "mapping", text, MappingSpec.parse(ORDERS))
    assert refused(source) == [(2, "Total", "ambiguous_number", "1")]


def test_join_adds_columns_of_a_second_file(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("id,when,city\n1,2026-01-05,Ghent\n", encoding="utf-8")
    joined = MappingSpec.parse(
        {
            "version": 1, "name": "joined", "layout": "line", "constants": {"currency": "EUR"}, "date": {"order": "ymd"},
            "columns": {"order_id": "order", "date": "head.when", "city": "head.city", "amount": "sum"},
            "joins": [{"name": "head", "file": "orders.csv", "on": "order", "key": "id", "columns": ["when", "city"]}],
        }
    )  # fmt: skip
    lines = list(source_of(tmp_path, "mapping", "order,sum\n1,5.00\n9,6.00\n", joined).lines())
    assert not isinstance(lines[0], Refusal)
    assert lines[0].order is not None
    assert lines[0].order.ship_to is not None
    assert (lines[0].order.ship_to.city, lines[0].items[0].amount) == ("Ghent", 50_000)
    assert isinstance(lines[1], Refusal)
    assert (lines[1].line, lines[1].code, lines[1].key) == (3, "not_joined", "9")


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"version": 2}, "version"),
        ({"name": ""}, "name"),
        ({"layout": "pile"}, "layout"),
        ({"colour": "red"}, "colour"),
        ({"columns": {**LINES["columns"], "weight": "W"}}, "columns.weight"),
        ({"columns": {**LINES["columns"], "sku": 5}}, "columns.sku"),
        ({"columns": {"order_id": "No", "unit_price": "P"}}, "columns.date"),
        ({"columns": {"order_id": "No", "date": "D"}}, "columns.unit_price"),
        ({"date": {"order": "mixed"}}, "date.order"),
        ({"date": {"zone": "Europe/Atlantis"}}, "date.zone"),
        ({"date": {"format": "x"}}, "date.format"),
        ({"number": "1;5"}, "number"),
        ({"constants": {"currency": "EUX"}}, "constants.currency"),
        ({"state": {"map": {"a": "gone"}}}, "state.map.a"),
        ({"countries": {"EIRE": "Ireland"}}, "countries.EIRE"),
        ({"line_kind": {"rules": [{"column": "A", "equals": "x", "is": "gift card"}]}}, "line_kind.rules.0.is"),
        ({"negate": [{"column": "A", "matches": "("}]}, "negate.0"),
        ({"skip": "all"}, "skip"),
        ({"joins": [{"name": "x"}]}, "joins.0"),
        ({"file": {"preamble": "three"}}, "file.preamble"),
    ],
)
def test_unclear_mapping_is_refused_at_its_place(changes: dict[str, Any], place: str) -> None:
    with pytest.raises(Refused) as caught:
        spec(**changes)
    assert place in caught.value.fields


def test_mapping_keeps_its_json_form() -> None:
    parsed = spec()
    assert MappingSpec.parse(json.loads(json.dumps(parsed.to_json()))) == parsed


def test_every_ready_mapping_is_sound() -> None:
    assert "online-retail" in shipped_names()
    for name in shipped_names():
        assert shipped(name).name == name
        assert set(shipped(name).title) == {"en", "zh-hans"}
    with pytest.raises(NotFound):
        shipped("nothing")


def test_mapping_file_that_is_no_json(tmp_path: Path) -> None:
    path = tmp_path / "map.json"
    path.write_text("{", encoding="utf-8")
    with pytest.raises(Refused):
        read_mapping(path)
    path.write_text("[]", encoding="utf-8")
    with pytest.raises(Refused):
        read_mapping(path)


def test_suggestion_for_order_lines() -> None:
    header = ["Bestellnummer", "Datum", "SKU", "Menge", "Preis", "Währung", "Status"]
    rows = [
        ["1", "31.01.2026", "A", "2", "12,50", "EUR", "Paid"],
        ["1", "31.01.2026", "B", "1", "1.200,00", "EUR", "odd"],
    ]
    found = suggest(header, rows)
    assert found.stated["layout"] == "line"
    assert found.stated["columns"] == {
        "order_id": "Bestellnummer", "date": "Datum", "quantity": "Menge", "sku": "SKU", "state": "Status",
        "currency": "Währung", "unit_price": "Preis",
    }  # fmt: skip
    assert (found.stated["date"], found.stated["number"]) == ({"order": "dmy"}, "1.234,56")
    assert found.open == ["state.map.odd"]
    assert found.spec().layout == "line"


def test_suggestion_leaves_open_what_the_sample_does_not_prove() -> None:
    found = suggest(["订单号", "下单时间", "订单金额"], [["1", "01/02/2026", "1,234"], ["2", "03/04/2026", "2,500"]])
    assert found.stated["layout"] == "order"
    assert found.open == ["date.order", "number", "constants.currency"]


def test_suggestion_without_a_date_cannot_be_used() -> None:
    found = suggest(["Order ID", "Price", "SKU", "Qty"], [["1", "2.00", "A", "1"]])
    assert "date" in found.open
    with pytest.raises(Refused):
        found.spec()


def test_refused_row_names_its_order_however_the_id_is_written(tmp_path: Path) -> None:
    text = HEADER + "7.0;05.11.2026;A;x;1,00;;;\n7.0;05.11.2026;A\n"
    source = source_of(tmp_path, "mapping", text, spec())
    assert [(code, key) for _line, _column, code, key in refused(source)] == [("not_number", "7"), ("short_row", "7")]


def test_refused_row_names_an_id_of_several_columns(tmp_path: Path) -> None:
    columns = {**LINES["columns"], "order_id": {"join": ["No", "Day"]}}
    source = source_of(tmp_path, "mapping", HEADER + "7;05.11.2026;A;x;1,00;;;\n", spec(columns=columns))
    assert refused(source) == [(2, "Qty", "not_number", "7-05.11.2026")]
