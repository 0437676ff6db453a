"""Ids, currencies, countries, conditions."""

import pytest

from tradewind.engines.exchange.readers.cells import Columns, Countries, Currencies, Ids, clean
from tradewind.engines.exchange.readers.conditions import Condition, FirstMatch
from tradewind.engines.exchange.records import Unreadable


@pytest.mark.parametrize(
    ("text", "plain"),
    [("576\t", "576"), ("'00420", "00420"), ('="00420"', "00420"), ("  A-1 ", "A-1")],
)
def test_clean_takes_off_what_spreadsheets_add(text: str, plain: str) -> None:
    assert clean(text) == plain


@pytest.mark.parametrize("text", ["3.65275E+11", "3,65E+11", "4E+12"])
def test_ids_refuse_spreadsheet_damage(text: str) -> None:
    with pytest.raises(Unreadable) as refused:
        Ids("Order ID")[text]
    assert (refused.value.code, refused.value.column) == ("damaged_id", "Order ID")


def test_ids_drop_point_zero_only_when_whole() -> None:
    assert Ids("CustomerID", whole=True)["17850.0"] == "17850"
    assert Ids("SKU")["100.0"] == "100.0"
    assert Ids("SKU")["1E10"] == "1E10"
    assert Ids("SKU")["--"] == ""


def test_currencies_fall_back_and_refuse() -> None:
    currencies = Currencies("Currency", "EUR", {"Euro": "EUR", "人民币": "CNY"})
    assert (currencies["usd"], currencies[""], currencies["人民币"]) == ("USD", "EUR", "CNY")
    with pytest.raises(Unreadable):
        currencies["XQQ"]
    with pytest.raises(Unreadable) as refused:
        Currencies("Currency")[""]
    assert refused.value.code == "no_currency"


def test_countries_count_what_nobody_decided() -> None:
    countries = Countries({"Channel Islands": "JE", "Unspecified": "unknown"})
    assert [countries.code(name) for name in ("Germany", "channel islands", "Unspecified", "", "EIRE", "EIRE")] == [
        "DE", "JE", "", "", "", "",
    ]  # fmt: skip
    assert dict(countries.open) == {"EIRE": 2}


def test_first_match_answers_in_order_and_falls_back() -> None:
    rules = [
        Condition.parse({"column": "Code", "matches": r"^\d{5}", "is": "product"}),
        Condition.parse({"column": "Code", "in": ["POST", "dot"], "is": "shipping"}),
        Condition.parse({"column": "Code", "not_matches": r"\d", "is": "other"}),
    ]
    judge = FirstMatch(rules, Columns(["Code", "x"]), "odd")
    assert [judge([code, "", ""]) for code in ("85123A", "DOT", "M", "A1")] == ["product", "shipping", "other", "odd"]


def test_first_match_over_two_columns() -> None:
    rules = [
        Condition.parse({"column": "Sum", "negative": True, "is": "credit"}),
        Condition.parse({"column": "Id", "blank": True, "is": "none"}),
    ]
    judge = FirstMatch(rules, Columns(["Id", "Sum"]))
    assert [judge(row) for row in (["1", "(5)", ""], ["", "5", ""], ["1", "5", ""])] == ["credit", "none", ""]


@pytest.mark.parametrize(
    "stated",
    [
        {"column": "A"},
        {"prefix": "C"},
        {"column": "A", "matches": "("},
        {"column": "A", "in": "POST"},
        {"column": "A", "prefix": "a", "suffix": "b"},
        {"column": "A", "prefix": "a", "then": "b"},
    ],
)
def test_condition_that_cannot_be_read(stated: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Condition.parse(stated)
