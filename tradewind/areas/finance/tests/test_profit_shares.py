"""Fees of an order are borne by its goods, to the unit; goods that came back fit to be sold again are no cost any more."""

from __future__ import annotations

import itertools
from collections import defaultdict
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from tradewind.areas.finance.actions import profit
from tradewind.areas.finance.actions.accounts import install_accounts
from tradewind.areas.finance.models import Account
from tradewind.areas.finance.queries.profit import Wish, read
from tradewind.areas.finance.queries.profit_rows import behind
from tradewind.areas.finance.tests.test_profit import keeper
from tradewind.engines.metrics.tests.trade import make_channel, make_order
from tradewind.nouns.trade.models import Fee, Order, OrderLine, Payment, Product, Return, UnitCost

pytestmark = pytest.mark.django_db
DAY, LATER = date(2026, 3, 5), date(2026, 4, 2)
WHOLE = Wish(date(2026, 3, 1), date(2026, 4, 30))
ALL = ("finance.view_profit", "finance.view_costs", "finance.view_pay")
LINES = st.lists(
    st.tuples(st.integers(-(10**11), 10**11), st.sampled_from(["A", "B", "C", ""])), min_size=1, max_size=6
)
AMOUNTS = st.integers(-(10**12), 10**12)


def counted() -> None:
    install_accounts.system()
    profit.mark_all()
    profit.count()


def by_product(line: str = "fees") -> dict[int | None, int]:
    found: dict[int | None, int] = defaultdict(int)
    for cell in read(Wish(WHOLE.start, WHOLE.end, ("product",))):
        if cell.line == line:
            found[cell.key[0]] += cell.amount
    return {product: amount for product, amount in found.items() if amount}


def reference(amount: int, worths: list[int]) -> list[int]:
    """Shares counted with whole numbers of any size."""
    weights = [abs(worth) for worth in worths] if any(worths) else [1] * len(worths)
    step = sum(weights) // 1_000_000 + 1
    ends, run = [0], 0
    for weight in weights:
        run += weight
        ends.append((1 if amount >= 0 else -1) * (abs(amount) * (run // step) // (sum(weights) // step)))
    return [after - before for before, after in itertools.pairwise(ends)]


@settings(deadline=None, max_examples=25)
@given(LINES, AMOUNTS, AMOUNTS, st.sampled_from([Order.PAID, Order.CANCELLED]))
def test_shares_of_a_fee_are_the_fee_and_lean_on_what_lines_are_worth(
    lines: list[tuple[int, str]], fee: int, paid: int, state: str
) -> None:
    with transaction.atomic():
        shop = make_channel("eu")
        known = {key: Product.objects.get_or_create(key=key, sku=key)[0] for key in "ABC"}
        order = make_order(
            shop, DAY, [net for net, _key in lines], products=[known.get(key) for _net, key in lines], state=state
        )
        here: dict[str, Any] = {
            "channel": shop,
            "entity": shop.entity,
            "market": shop.market,
            "order": order,
            "day": LATER,
        }
        Fee.objects.create(key="f", kind="x", amount=fee, currency="EUR", **here)
        Payment.objects.create(key="p", paid_at=order.placed_at, amount=1, currency="EUR", fee=paid, **here)
        counted()
        wanted: dict[int | None, int] = defaultdict(int)
        for amount in (fee, paid):
            parts = reference(amount, [net for net, _key in lines])
            assert sum(parts) == amount
            for part, (_net, key) in zip(parts, lines, strict=True):
                wanted[known[key].pk if key else None] -= part
        assert by_product() == {product: amount for product, amount in wanted.items() if amount}
        assert sum(cell.amount for cell in read(WHOLE) if cell.line == "fees") == -fee - paid
        for product in {*wanted, None}:
            rows = behind(keeper(*ALL), Wish(WHOLE.start, WHOLE.end, filters={"product": (product,)}), line="fees")
            assert rows.late == {}
        transaction.set_rollback(True)


def test_fee_that_names_its_product_or_no_order_is_not_shared() -> None:
    shop = make_channel("eu")
    mug, cup = (Product.objects.create(key=key, sku=key) for key in ("MUG", "CUP"))
    order = make_order(shop, DAY, (600_000, 300_000), products=[mug, cup])
    here: dict[str, Any] = {
        "channel": shop,
        "entity": shop.entity,
        "market": shop.market,
        "day": DAY,
        "currency": "EUR",
        "kind": "x",
    }
    Fee.objects.create(key="named", order=order, sku="CUP", amount=1_000, **here)
    Fee.objects.create(key="loose", amount=500, **here)
    Fee.objects.create(key="shared", order=order, amount=900, **here)
    counted()
    assert by_product() == {mug.pk: -600, cup.pk: -1_300, None: -500}


def test_fee_of_an_order_without_goods_stays_whole() -> None:
    shop = make_channel("eu")
    order = make_order(shop, DAY, (600_000,))
    OrderLine.objects.filter(order=order).update(kind=OrderLine.SHIPPING)
    Fee.objects.create(
        channel=shop,
        entity=shop.entity,
        market=shop.market,
        key="f",
        kind="x",
        order=order,
        day=DAY,
        amount=900,
        currency="EUR",
    )
    counted()
    assert by_product() == {None: -900}


@pytest.mark.parametrize(
    ("restocked", "state", "cost"), [(1, Order.PAID, 4_000), (0, Order.PAID, 0), (None, Order.PAID, 0), (1, Order.CANCELLED, 0)]
)  # fmt: skip
def test_goods_that_came_back_take_back_what_they_cost_when_they_were_sold(
    restocked: int | None, state: str, cost: int
) -> None:
    shop = make_channel("eu")
    mug = Product.objects.create(key="MUG", sku="MUG")
    UnitCost.objects.create(
        product=mug, valid_from=date(2026, 1, 1), valid_to=date(2026, 3, 31), amount=4_000, currency="CNY"
    )
    UnitCost.objects.create(product=mug, valid_from=date(2026, 4, 1), amount=9_000, currency="CNY")
    order = make_order(shop, DAY, (600_000,), products=[mug], state=state)
    Return.objects.create(
        channel=shop, key="b", order=order, sku="MUG", product=mug, day=LATER, units=1, restocked=restocked
    )
    counted()
    cells = {(cell.month, cell.currency): cell.amount for cell in read(WHOLE) if cell.line == "cogs"}
    sold = {(date(2026, 3, 1), "CNY"): -4_000} if state == Order.PAID else {}
    assert cells == {**sold, **({(date(2026, 4, 1), "CNY"): cost} if cost else {})}
    ann = keeper(*ALL)
    for account in Account.objects.filter(line="cogs"):
        assert behind(ann, WHOLE, account=account.code).late == {}
