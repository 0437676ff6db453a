"""Goods costed by their receipts: a small company by hand, the statement and the rows behind it, closed months, who may see it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
import time_machine

from tradewind.areas.finance.actions import costing, profit
from tradewind.areas.finance.actions.accounts import install_accounts
from tradewind.areas.finance.actions.costing import set_costing
from tradewind.areas.finance.actions.unit_costs import Cost, set_costs
from tradewind.areas.finance.models import CostedSale, CostedSpan, CostingRule, StaleCosting, StaleMonth, StockValue
from tradewind.areas.finance.queries.balance_facts import gaps, stock
from tradewind.areas.finance.queries.costing import costed_sales, costing_rules, ground
from tradewind.areas.finance.queries.profit import Wish, read
from tradewind.areas.finance.queries.profit_rows import behind
from tradewind.areas.finance.rules.balances import STOCK
from tradewind.base.errors import NotAllowed, Refused
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.actions import outbox
from tradewind.engines.actions.action import write_event
from tradewind.engines.actions.models import Event
from tradewind.engines.actions.registry import ACTIONS
from tradewind.engines.jobs.models import Job
from tradewind.engines.jobs.queue import run_now
from tradewind.engines.metrics import actions as months
from tradewind.engines.metrics import refresh
from tradewind.engines.metrics.tests.trade import make_channel, make_order
from tradewind.nouns.org.models import Company, Entity, Person
from tradewind.nouns.trade.models import Channel, Location, Order, Product, Return, Serving, StockLevel, StockMove

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2026, 1, 1), date(2026, 5, 31)


@pytest.fixture(autouse=True)
def _june() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 6, 20, 9, tzinfo=UTC), tick=False):
        yield


def day(month: int, number: int) -> date:
    return date(2026, month, number)


@pytest.fixture
def shop() -> Channel:
    Company.objects.create(name={"en": "Sample"}, currency="EUR", zone="UTC")
    install_accounts.system()
    return make_channel("de")


@pytest.fixture
def mug() -> Product:
    return Product.objects.create(key="MUG", sku="MUG", title="Mug", category="Kitchen")


def warehouse(shop: Channel, code: str = "wh", entity: Entity | None = None) -> Location:
    Entity.objects.filter(channels=shop, currency="").update(currency="EUR")
    shop.refresh_from_db()
    return Location.objects.create(code=code, name=code, entity=entity or shop.entity, market=shop.market)


def move(
    product: Product, place: Location, on: date, units: int, cost: int | None = None, kind: str = "receipt", **more: Any
) -> StockMove:
    """A move as supply writes it; costs in units of euro."""
    parts = more.pop("parts", {"purchase": cost} if cost is not None else {})
    money = (
        {"cost": cost, "value": cost, "currency": "EUR", "value_currency": "EUR", "parts": parts}
        if cost is not None
        else {}
    )
    return StockMove.objects.create(
        key=f"m{StockMove.objects.count()}",
        day=on,
        product=product,
        location=place,
        kind=kind,
        units=units,
        **money,
        **more,
    )


def counted(*products: Product) -> None:
    costing.count([product.pk for product in products])
    refresh.ensure()
    profit.mark_all()
    profit.count()


def by_month() -> dict[int, int]:
    """Cost of goods by month."""
    found: dict[int, int] = defaultdict(int)
    for cell in read(Wish(FIRST, date(2026, 6, 30))):
        if cell.line == "cogs":
            found[cell.month.month] += cell.amount
    return {month: amount for month, amount in found.items() if amount}


def test_moving_average_is_that_of_a_company_reckoned_by_hand(shop: Channel, mug: Product) -> None:
    place = warehouse(shop)
    Serving.objects.create(location=place, channel=shop, start=FIRST)
    set_costs.system(costs=[Cost(mug.pk, "purchase", FIRST, 70_000, "EUR")])
    move(mug, place, day(1, 1), 10, 400_000, kind="opening")
    make_order(shop, day(1, 15), (1,) * 4, products=[mug] * 4)  # before the rule: 4 × 7.00
    set_costing.system(start=day(2, 1), method="moving_average")
    make_order(shop, day(2, 3), (1,) * 2, products=[mug] * 2)  # 2 × 4.00; left: 4 worth 16.00
    move(mug, place, day(2, 10), 4, 480_000, parts={"purchase": 360_000, "freight": 120_000})  # left: 8 worth 64.00
    make_order(shop, day(2, 11), (1,) * 3, products=[mug] * 3)  # 3 × 8.00; left: 5 worth 40.00
    make_order(shop, day(3, 1), (1,) * 7, products=[mug] * 7)  # 5 × 8.00, two wait
    move(mug, place, day(4, 2), 10, 1_000_000)  # the two at 10.00; left: 8 worth 80.00
    order = make_order(shop, day(4, 3), (1,), products=[mug])  # 10.00; left: 7 worth 70.00
    Return.objects.create(
        channel=shop, key="r", order=order, product=mug, sku="MUG", day=day(5, 4), units=1, restocked=1
    )  # back at 10.00
    move(mug, place, day(5, 6), -3, kind="write_off")  # 30.00 lost; left: 5 worth 50.00
    counted(mug)
    assert by_month() == {1: -280_000, 2: -80_000 - 240_000, 3: -400_000, 4: -200_000 - 100_000, 5: 100_000 - 300_000}
    left = StockValue.objects.get(month=day(5, 1))
    assert (left.units, left.amount, left.currency, left.method) == (5, 500_000, "EUR", "moving_average")
    parts = dict(CostedSale.objects.filter(day=day(2, 11)).values_list("part", "amount"))
    assert parts == {
        "purchase": 195_000,
        "freight": 45_000,
    }  # of 64.00, 52.00 were paid for goods and 12.00 for freight
    assert CostedSale.objects.get(part="loss").amount == 300_000


def test_rows_behind_add_up_to_the_statement(shop: Channel, mug: Product) -> None:
    place, other = warehouse(shop), make_channel("us", currency="USD")
    Serving.objects.create(location=place, channel=shop, start=day(2, 1))
    set_costs.system(costs=[Cost(mug.pk, "purchase", FIRST, 70_000, "EUR"), Cost(mug.pk, "duty", FIRST, 5_000, "USD")])
    set_costing.system(category="Kitchen", start=day(3, 1), method="fifo")
    move(mug, place, day(2, 1), 10, 400_001)
    for month in (1, 2, 3, 4):
        order = make_order(shop, day(month, 5), (1,) * 2, products=[mug] * 2)
        make_order(other, day(month, 6), (1,), products=[mug])  # its company keeps no stock: unit costs hold
        Return.objects.create(
            channel=shop, key=f"r{month}", order=order, product=mug, sku="MUG", day=day(month, 20), units=1, restocked=1
        )
    move(mug, place, day(4, 30), -1, kind="write_off")
    counted(mug)
    wish = Wish(FIRST, LAST, ())
    root = Person.objects.create(key="root", name="Root")
    Grant.objects.create(person=root, role=Role.objects.create(code="all", name={"en": "All"}, codes=["*"]))
    for filters in ({}, {"product": (mug.pk,)}, {"channel": (shop.pk,)}, {"channel": (other.pk,)}):
        found = behind(root, Wish(wish.start, wish.end, (), filters=filters), line="cogs")
        assert found.sums == found.stated and found.sums
    assert CostedSpan.objects.get().start == day(3, 1)


def test_rule_ends_where_the_next_begins_and_unit_costs_hold_again(shop: Channel, mug: Product) -> None:
    place = warehouse(shop)
    Serving.objects.create(location=place, channel=shop, start=FIRST)
    set_costs.system(costs=[Cost(mug.pk, "purchase", FIRST, 70_000, "EUR")])
    move(mug, place, day(1, 1), 2, 20_000)
    move(mug, place, day(1, 2), 9, 270_000)
    set_costing.system(start=day(2, 1), method="fifo")
    set_costing.system(start=day(3, 1), method="moving_average")
    set_costing.system(start=day(4, 1), method="standard")
    for month in (1, 2, 3, 4):
        make_order(shop, day(month, 5), (1,), products=[mug])
    counted(mug)
    # in January one left at an average; the layer that is left at the change is one: 270,000 + 20,000 less a share
    left = 290_000 - 26_364
    february = (2 * left + 10) // 20
    march = (2 * (left - february) + 9) // 18
    assert by_month() == {1: -70_000, 2: -february, 3: -march, 4: -70_000}
    assert list(CostedSpan.objects.values_list("start", "until")) == [(day(2, 1), day(3, 31))]


def test_product_without_stock_keeps_its_unit_costs(shop: Channel, mug: Product) -> None:
    warehouse(shop)
    set_costs.system(costs=[Cost(mug.pk, "purchase", FIRST, 70_000, "EUR")])
    set_costing.system(start=day(1, 1), method="fifo")
    make_order(shop, day(1, 5), (1,), products=[mug])
    counted(mug)
    assert (by_month(), CostedSale.objects.count(), CostedSpan.objects.count()) == ({1: -70_000}, 0, 0)


def test_receipt_without_a_cost_takes_the_unit_costs_of_its_day(shop: Channel, mug: Product) -> None:
    place = warehouse(shop)
    Serving.objects.create(location=place, channel=shop, start=FIRST)
    set_costs.system(
        costs=[Cost(mug.pk, "purchase", FIRST, 70_000, "EUR"), Cost(mug.pk, "purchase", day(3, 1), 90_000, "EUR")]
    )
    set_costing.system(start=day(1, 1), method="fifo")
    move(mug, place, day(1, 2), 3)
    make_order(shop, day(4, 5), (1,), products=[mug])
    counted(mug)
    assert by_month() == {4: -70_000}


def test_goods_of_another_company_carry_their_cost_in_its_currency(shop: Channel, mug: Product) -> None:
    home = Entity.objects.create(code="cn", name={"en": "CN"}, currency="CNY")
    place = warehouse(shop)
    factory = warehouse(shop, "cn", home)
    Serving.objects.create(location=place, channel=shop, start=FIRST)
    set_costing.system(start=day(1, 1), method="fifo")
    StockMove.objects.create(
        key="r", day=day(1, 5), product=mug, location=factory, kind="receipt", units=10, cost=8_000_000, currency="CNY", value=8_000_000,
        value_currency="CNY", parts={"purchase": 8_000_000},
    )  # fmt: skip
    left = move(mug, factory, day(1, 9), -4, kind="transfer")
    move(mug, place, day(1, 9), 4, kind="transfer", pair=left)
    make_order(shop, day(1, 20), (1,), products=[mug])
    counted(mug)
    row = CostedSale.objects.get()
    rate = ground().factor("CNY", "EUR", day(1, 9))
    arrived = int((Decimal(3_200_000) * rate).to_integral_value())
    assert (row.currency, row.entity, row.amount) == ("EUR", shop.entity, (2 * arrived + 4) // 8)
    values = {row.entity_id: (row.units, row.amount) for row in StockValue.objects.filter(month=day(6, 1))}
    assert values == {home.pk: (6, 4_800_000), shop.entity_id: (3, arrived - row.amount)}


def test_closed_month_gets_the_difference_on_the_first_open_day(shop: Channel, mug: Product) -> None:
    place = warehouse(shop)
    Serving.objects.create(location=place, channel=shop, start=FIRST)
    set_costing.system(start=day(1, 1), method="moving_average")
    move(mug, place, day(1, 2), 10, 100_000)
    make_order(shop, day(1, 5), (1,) * 5, products=[mug] * 5)
    counted(mug)
    assert by_month() == {1: -50_000}
    months.close_month.system(month=day(1, 1))
    move(mug, place, day(1, 3), 10, 300_000)
    costing.count([mug.pk])
    profit.count()
    assert by_month() == {1: -50_000, 2: -50_000}


def test_stock_that_was_sold_out_is_in_no_balance_of_later_months(shop: Channel, mug: Product) -> None:
    place = warehouse(shop)
    Serving.objects.create(location=place, channel=shop, start=FIRST)
    set_costing.system(start=day(1, 1), method="fifo")
    move(mug, place, day(1, 2), 2, 20_000)
    make_order(shop, day(2, 5), (1,) * 2, products=[mug] * 2)
    counted(mug)
    assert [sum(fact.amount for fact in stock(on)) for on in (day(1, 31), day(2, 28), day(5, 31))] == [20_000, 0, 0]


def test_goods_that_come_back_of_an_order_that_was_never_a_sale_add_nothing(shop: Channel, mug: Product) -> None:
    place = warehouse(shop)
    Serving.objects.create(location=place, channel=shop, start=FIRST)
    set_costing.system(start=day(1, 1), method="fifo")
    move(mug, place, day(1, 2), 2, 20_000)
    order = make_order(shop, day(1, 5), (1,), products=[mug], state="open")
    Return.objects.create(channel=shop, key="r", order=order, product=mug, day=day(1, 20), units=1, restocked=1)
    counted(mug)
    assert (CostedSale.objects.count(), StockValue.objects.get(month=day(1, 1)).units) == (0, 2)


def test_receipts_of_a_company_that_keeps_another_currency_since_are_worth_the_same(
    shop: Channel, mug: Product
) -> None:
    place = warehouse(shop)
    move(mug, place, day(1, 5), 10, 1_000_000)
    assert place.entity is not None
    Entity.objects.filter(pk=place.entity.pk).update(currency="USD")
    set_costing.system(start=day(1, 1), method="fifo")
    counted(mug)
    wanted = int((1_000_000 * ground().factor("EUR", "USD", day(1, 5))).to_integral_value(ROUND_HALF_UP))
    left = StockValue.objects.get(month=day(6, 1))
    assert (left.currency, left.amount) == ("USD", wanted) and wanted != 1_000_000


def test_a_unit_cost_without_a_rate_stops_no_count_and_its_stock_is_named(shop: Channel, mug: Product) -> None:
    place = warehouse(shop)
    set_costs.system(costs=[Cost(mug.pk, "purchase", FIRST, 70_000, "XAF")])
    set_costing.system(start=day(1, 1), method="fifo")
    move(mug, place, day(1, 2), 3)
    counted(mug)
    assert StockValue.objects.filter(units=3, amount=0).exists()
    assert [gap.entity for gap in gaps(day(5, 31), (STOCK,)) if gap.entity] == [shop.entity_id]


def test_a_sale_that_is_told_after_a_count_is_no_loss_and_sold_but_once(shop: Channel, mug: Product) -> None:
    place = warehouse(shop)
    Serving.objects.create(location=place, channel=shop, start=FIRST)
    set_costing.system(start=day(1, 1), method="fifo")
    move(mug, place, day(1, 2), 10, 100_000)
    supply("count_stock")(product=mug, location=place, day=day(1, 31), counted=8)
    counted(mug)
    assert by_month() == {1: -20_000}  # two are lost, as far as one knows
    make_order(shop, day(1, 20), (1,) * 2, products=[mug] * 2)
    counted(mug)
    supply("count_stock")(product=mug, location=place, day=day(2, 28), counted=8)
    assert list(CostedSale.objects.values_list("part", "units", "amount")) == [("purchase", 2, 20_000)]
    left = StockValue.objects.get(month=day(1, 1))
    assert (by_month(), left.units, left.amount) == ({1: -20_000}, 8, 80_000)
    assert StockLevel.objects.get(latest=True).units == 8


def test_rules_are_versions_and_faulty_ones_are_refused(shop: Channel, mug: Product) -> None:
    set_costing.system(category="Kitchen", start=day(3, 9), method="fifo")
    assert CostingRule.objects.get().start == day(3, 1)
    for wrong in (
        {"category": "Kitchen", "start": day(2, 1), "method": "standard"}, {"category": "Kitchen", "start": day(4, 1), "method": "fifo"},
        {"category": "Toys", "start": day(4, 1), "method": "fifo"}, {"start": day(4, 1), "method": "lifo"},
    ):  # fmt: skip
        with pytest.raises(Refused):
            set_costing.system(**wrong)
    assert CostingRule.objects.count() == 1


def test_costs_of_stock_are_for_those_who_may_see_costs(shop: Channel, mug: Product) -> None:
    place = warehouse(shop)
    Serving.objects.create(location=place, channel=shop, start=FIRST)
    set_costing.system(start=day(1, 1), method="fifo")
    move(mug, place, day(1, 2), 10, 100_000)
    make_order(shop, day(1, 5), (1,), products=[mug])
    counted(mug)
    ann, bea = Person.objects.create(key="a", name="Ann"), Person.objects.create(key="b", name="Bea")
    Grant.objects.create(
        person=ann, role=Role.objects.create(code="p", name={"en": "P"}, codes=["finance.view_profit"])
    )
    Grant.objects.create(
        person=bea,
        role=Role.objects.create(code="c", name={"en": "C"}, codes=["finance.view_costs"]),
        market=shop.market,
    )
    assert not costed_sales(ann).exists() and not costing_rules(ann).exists()
    assert costed_sales(bea).count() == 1
    with pytest.raises(NotAllowed):
        set_costing(bea, start=day(2, 1), method="standard")
    assert CostingRule.objects.count() == 1


def test_marks_are_counted_once(shop: Channel, mug: Product) -> None:
    place = warehouse(shop)
    Serving.objects.create(location=place, channel=shop, start=FIRST)
    set_costing.system(start=day(1, 1), method="fifo")
    move(mug, place, day(1, 2), 10, 100_000)
    make_order(shop, day(1, 5), (1,), products=[mug], state=Order.PAID)
    costing.mark([mug.pk])
    costing.mark()
    assert (costing.count_marked(), StaleCosting.objects.count(), CostedSale.objects.count()) == (1, 0, 1)
    assert costing.count_marked() == 0


def supply(name: str) -> Any:
    """An action of supply, by its name."""
    found: Any = ACTIONS[f"supply.{name}"].call
    return found.system


def test_moves_sales_and_rules_are_costed_by_themselves(shop: Channel, mug: Product) -> None:
    def delivered() -> set[str]:
        for event in Event.objects.filter(delivered_at=None):
            outbox.deliver(event.pk)
        return set(Job.objects.filter(state=Job.QUEUED).values_list("name", flat=True))

    place = warehouse(shop)
    set_costing.system(start=day(1, 1), method="fifo")
    assert "finance.count_costing" not in delivered()  # nothing is kept in stock yet
    supply("serve_from")(place, channel=shop, start=FIRST)
    supply("record_move")(
        product=mug, location=place, kind="receipt", day=day(1, 2), units=10, purchase=Decimal(10), currency="EUR"
    )
    assert "finance.count_costing" in delivered()
    assert StaleCosting.objects.filter(product=mug).exists()
    make_order(shop, day(1, 5), (1,), products=[mug])
    run_now("finance.count_costing", marked=True)
    assert (CostedSale.objects.get().amount, StaleCosting.objects.count()) == (10_000, 0)
    assert StaleMonth.objects.filter(month=day(1, 1)).exists()
    make_order(shop, day(1, 6), (1,), products=[mug])
    write_event("customers.import_orders", None, None, {}, {"days": [["2026-01-06", "2026-01-06"]]})
    assert {"finance.count_costing", "supply.count_stock"} <= delivered()
    run_now("finance.count_costing", marked=True)
    assert CostedSale.objects.count() == 2
    Job.objects.all().delete()
    write_event("finance.import_returns", None, None, {}, {"stock_days": [["2026-01-06", "2026-01-06"]]})
    assert {"finance.count_costing", "supply.count_stock"} <= delivered()
    run_now("supply.count_stock", first="2026-01-06", last="2026-01-06")
    assert StockLevel.objects.get(latest=True).units == 8
