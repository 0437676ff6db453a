"""Order-level discount and tax fall on lines exactly, and nothing stated is lost on the way."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tradewind.engines.exchange.intake.totals import exact_text, joined
from tradewind.engines.exchange.intake.values import Stated, goods_share, price, proportion, share

units = st.integers(min_value=0, max_value=10**12)


@given(st.integers(min_value=-(10**12), max_value=10**12), st.lists(units, min_size=1, max_size=20))
def test_share_adds_up_to_the_total(total: int, weights: list[int]) -> None:
    shares = share(total, weights)
    assert sum(shares) == (total if sum(weights) else 0)
    whole = sum(weights)
    for part, weight in zip(shares, weights, strict=True):
        assert whole == 0 or abs(part * whole - total * weight) <= whole


@given(
    st.lists(st.tuples(units, st.booleans()), min_size=1, max_size=8),
    st.integers(min_value=0, max_value=10**9),
    st.integers(min_value=0, max_value=10**9),
    st.booleans(),
)
def test_price_keeps_discount_and_tax_whole(
    lines: list[tuple[int, bool]], discount: int, tax: int, included: bool
) -> None:
    kinds = ["product" if goods else "fee" for _amount, goods in lines]
    amounts = [amount for amount, _goods in lines]
    stated = Stated(discount=discount, tax=tax, included=included)
    priced, found = price(kinds, amounts, [0] * len(lines), [None] * len(lines), stated)
    goods = sum(amount for amount, is_goods in lines if is_goods)
    assert sum(line.discount for line in priced) == min(discount, goods)
    assert found is included
    reduced = sum(amounts) - sum(line.discount for line in priced)
    assert sum(line.tax for line in priced) == (tax if reduced else 0)
    assert sum(line.net for line in priced) == reduced - (sum(line.tax for line in priced) if included else 0)
    for line, amount in zip(priced, amounts, strict=True):
        assert included or (line.gross, line.net) == (amount, amount - line.discount)


def test_price_reads_from_the_totals_whether_tax_is_included() -> None:
    added, on_top = price(["product"], [1_000_000], [0], [None], Stated(tax=190_000, total=1_190_000))
    within, inside = price(["product"], [1_190_000], [0], [None], Stated(tax=190_000, total=1_190_000))
    assert (on_top, added[0].net) == (False, 1_000_000)
    assert (inside, within[0].net, within[0].gross) == (True, 1_000_000, 1_000_000)


def test_price_leaves_a_share_of_included_tax_to_shipping() -> None:
    priced, _included = price(
        ["product"], [900_000], [0], [None], Stated(shipping=100_000, tax=100_000, total=1_000_000)
    )
    assert priced[0].tax == 90_000
    assert priced[0].net == 810_000


def test_price_does_not_take_a_discount_twice_that_lines_carry() -> None:
    carried, _ = price(["product"], [1_000_000], [100_000], [None], Stated(subtotal=900_000, discount=100_000))
    on_top, _ = price(["product"], [1_000_000], [100_000], [None], Stated(subtotal=850_000, discount=50_000))
    shipping, _ = price(
        ["product"], [1_000_000], [0], [None], Stated(subtotal=1_000_000, discount=50_000, total=1_000_000)
    )
    assert [p[0].discount for p in (carried, on_top, shipping)] == [100_000, 150_000, 0]


@given(
    st.lists(st.integers(min_value=1, max_value=10**8), min_size=1, max_size=6),
    units,
    st.integers(min_value=1, max_value=10**9),
)
def test_goods_share_of_parts_never_passes_the_goods(parts: list[int], goods: int, value: int) -> None:
    money = taken = 0
    for part in parts:
        money += part
        now = goods_share(money, goods, value)
        assert taken <= now <= goods
        taken = now
    assert money < value or taken == goods


def test_proportion_rounds_half_to_even() -> None:
    assert [proportion(1, 1, 2), proportion(3, 1, 2), proportion(-1, 1, 2), proportion(5, 0, 3)] == [0, 2, 0, 0]


def test_exact_text_keeps_every_place_and_the_currencys_own() -> None:
    assert exact_text(97_477_479_340, "GBP") == "9747747.934"
    assert exact_text(5_906_832_900, "INR") == "590683.29"
    assert exact_text(269_191_340_000, "JPY") == "26919134"
    assert exact_text(-300_000, "USD") == "-30.00"


@given(st.lists(st.dates().map(lambda day: day.isoformat()), max_size=30))
def test_joined_holds_every_day_once(days: list[str]) -> None:
    ranges = joined(joined([], days[:10]), days[10:])
    assert all(any(start <= day <= end for start, end in ranges) for day in days)
    assert all(before[1] < after[0] for before, after in pairwise(ranges))
