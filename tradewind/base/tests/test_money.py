from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewind.base.errors import Refused
from tradewind.base.money import CURRENCIES, CurrencyMismatch, Money, from_units, round_slices, to_units

UNITS = st.integers(-(10**17), 10**17)
CODES = st.sampled_from(["EUR", "JPY", "KWD", "CNY", "USD"])


@given(UNITS)
def test_units_round_trip(units: int) -> None:
    assert to_units(from_units(units)) == units
    assert Money.of_units(units, "EUR").units == units


@pytest.mark.parametrize(
    ("amount", "units"), [("1", 10_000), ("-0.0001", -1), (Decimal("12.5000000"), 125_000), (7, 70_000), ("1e3", 10**7)]
)
def test_to_units_exact(amount: Decimal | int | str, units: int) -> None:
    assert to_units(amount) == units


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        ("0.00001", "amount_too_fine"),
        ("abc", "not_an_amount"),
        ("NaN", "not_an_amount"),
        (Decimal("Infinity"), "not_an_amount"),
        ("1e999999999", "amount_too_large"),
        (2**63, "amount_too_large"),
    ],
)
def test_to_units_refused(amount: Decimal | int | str, code: str) -> None:
    with pytest.raises(Refused) as caught:
        to_units(amount)
    assert caught.value.code == code


def test_floats_never_pass() -> None:
    with pytest.raises(TypeError):
        to_units(1.5)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Money(1.5, "EUR")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Money(Decimal(1), "EUR") * 1.5  # type: ignore[operator]


@given(st.lists(UNITS, max_size=30), CODES)
def test_total_equals_sum_of_units(units: list[int], code: str) -> None:
    total = Money.total([Money.of_units(one, code) for one in units], code)
    assert total == Money(from_units(sum(units)), code)
    back = total
    for one in units:
        back = back - Money.of_units(one, code)
    assert not back


def test_mixed_currencies_refused() -> None:
    euro, yen = Money(Decimal(1), "EUR"), Money(Decimal(1), "JPY")
    for wrong in (lambda: euro + yen, lambda: euro - yen, lambda: euro < yen, lambda: max(euro, yen)):
        with pytest.raises(CurrencyMismatch) as caught:
            wrong()
        assert isinstance(caught.value, Refused)
    assert euro != yen


def test_unknown_currency_refused() -> None:
    with pytest.raises(Refused, match="ZZZ"):
        Money(Decimal(1), "ZZZ")


@pytest.mark.parametrize(
    ("amount", "code", "rounded"),
    [("2.5", "JPY", "2"), ("3.5", "JPY", "4"), ("1.005", "EUR", "1.00"), ("1.015", "EUR", "1.02"),
     ("1.0005", "KWD", "1.000"), ("-2.5", "KRW", "-2")],
)  # fmt: skip
def test_rounded_half_even_to_currency_digits(amount: str, code: str, rounded: str) -> None:
    assert str(Money(Decimal(amount), code).rounded().amount) == rounded


def test_stored_after_a_rate_fits_the_column() -> None:
    price = Money(Decimal("19.99"), "EUR") * Decimal("1.1172345")
    with pytest.raises(Refused):
        _ = price.units
    assert price.stored().units == 223_335


@given(UNITS, CODES, st.lists(st.decimals(0, 10**6, places=4), min_size=1, max_size=20))
def test_allocate_adds_up_exactly(units: int, code: str, weights: list[Decimal]) -> None:
    amount = Money.of_units(units, code)
    parts = amount.allocate(weights)
    assert len(parts) == len(weights)
    assert Money.total(parts, code) == amount
    if any(weights):
        step = Decimal(1).scaleb(-4)
        for part, weight in zip(parts, weights, strict=True):
            fair = amount.amount * weight / sum(weights)
            assert abs(part.amount - fair) <= step + abs(fair) * Decimal("1e-20")


def test_allocate_gives_payable_steps() -> None:
    assert [str(m.amount) for m in Money(Decimal(100), "JPY").allocate([1, 1, 1])] == ["34", "33", "33"]
    assert [str(m.amount) for m in Money(Decimal("0.05"), "EUR").allocate([3, 7])] == ["0.02", "0.03"]
    assert [str(m.amount) for m in Money(Decimal("-1.00"), "EUR").allocate([0, 0])] == ["-0.50", "-0.50"]


@pytest.mark.parametrize("weights", [[], [1, -1]])
def test_allocate_bad_weights_refused(weights: list[int]) -> None:
    with pytest.raises(Refused):
        Money(Decimal(1), "EUR").allocate(weights)


@given(st.lists(st.decimals(-(10**9), 10**9, places=6), max_size=40), st.integers(0, 4))
def test_round_slices_add_up_to_rounded_total(values: list[Decimal], places: int) -> None:
    step = Decimal(1).scaleb(-places)
    slices = round_slices(values, places)
    assert sum(slices, Decimal(0)) == sum(values, Decimal(0)).quantize(step)
    for before, after in zip(values, slices, strict=True):
        assert abs(after - before) < step or after == before
        assert after == after.quantize(step)


def test_round_slices_of_thirds() -> None:
    third = Decimal(100) / 3
    assert round_slices([third, third, third], 1) == [Decimal("33.4"), Decimal("33.3"), Decimal("33.3")]


def test_currencies_know_digits_and_names() -> None:
    assert {code: CURRENCIES[code].digits for code in ("JPY", "KWD", "CNY", "HUF", "TWD")} == {
        "JPY": 0, "KWD": 3, "CNY": 2, "HUF": 2, "TWD": 2,
    }  # fmt: skip
    assert CURRENCIES["CNY"].name.text("zh-hans") == "人民币"
    assert CURRENCIES["HRK"].ended
    assert str(Money(Decimal("1234.5"), "CNY")) == "CNY 1,234.50"
