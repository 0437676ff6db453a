"""Ad spend, cost prices, fees, payouts and ledgers from tables: exact, once and again, refused by line, never into a closed month."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tradewind.areas.finance.actions.accounts import map_code, save_account
from tradewind.areas.finance.exchange import facts
from tradewind.areas.finance.models import Posting
from tradewind.base.errors import Refused
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.access.scope import visible
from tradewind.engines.actions.models import Event
from tradewind.engines.exchange.models import SheetBatch
from tradewind.engines.exchange.sheets import flow
from tradewind.engines.exchange.sheets.kinds import Sheet
from tradewind.engines.metrics.models import Close
from tradewind.engines.metrics.tests.trade import make_channel, make_order
from tradewind.nouns.org.models import Person
from tradewind.nouns.trade.models import AdSpend, Fee, Payout, Product, UnitCost

pytestmark = pytest.mark.django_db
ADS = "Date,Campaign Name,Ad Group Name,Advertised SKU,Currency,Country,Impressions,Clicks,Spend\n"


def tried(sheet: Sheet, text: str, **options: str) -> SheetBatch:
    batch = flow.open_sheet(None, sheet, name="table.csv", content=[text.encode()], options=options)
    return flow.try_out(batch, None)


def taken(sheet: Sheet, text: str, **options: str) -> dict[str, Any]:
    batch = tried(sheet, text, **options)
    assert batch.state == SheetBatch.READY, batch.error
    return flow.answer(flow.take_sheet.system(batch))


def event(name: str) -> Event:
    return Event.objects.filter(name=name).order_by("-pk")[0]


# --- ad spend --------------------------------------------------------------------------------------------------------


def test_ad_spend_of_amazon_adds_up_a_campaign_and_day_and_is_told_anew_by_the_next_file() -> None:
    channel = make_channel()
    Product.objects.create(key="MUG", sku="MUG")
    text = ADS + "2026-03-01,Mugs,A,MUG,EUR,Germany,100,3,4.50\n2026-03-01,Mugs,A,MUG,EUR,Germany,50,1,0.75\n2026-03-02,Mugs,A,MUG,EUR,Germany,1,0,0\n"  # fmt: skip
    told = taken(facts.AD_SPEND, text, channel="shop")
    assert (told["new"], told["totals"], told["layout"]) == (2, {"EUR": "5.25"}, "Amazon Sponsored Products")
    row = AdSpend.objects.get(day=date(2026, 3, 1))
    assert (row.amount, row.clicks, row.impressions, row.platform, row.country, row.product_id) == (
        52_500, 4, 150, "amazon", "DE", Product.objects.get().pk,
    )  # fmt: skip
    assert (row.channel, row.entity, row.market, row.source, row.source_line) == (
        channel, channel.entity, channel.market, "table.csv", 2,
    )  # fmt: skip
    assert taken(facts.AD_SPEND, text, channel="shop")["same"] == 2
    assert taken(facts.AD_SPEND, text.replace("0.75", "0.80"), channel="shop")["changed"] == 1
    assert event("finance.import_ad_spend").counts["profit_days"] == [["2026-03-01", "2026-03-01"]]
    assert sum(AdSpend.objects.values_list("amount", flat=True)) == 53_000


def test_ad_rows_that_cannot_be_are_refused_by_line() -> None:
    make_channel()
    text = ADS + (
        "2026-03-01,Mugs,A,,EUR,Germany,1,1,-4.50\n2026-03-01,Mugs,A,,EUR,Atlantis,1,1,4.50\n2026-03-01,Mugs,A,,EUR,Germany,0,0,0\n"
        "soon,Mugs,A,,EUR,Germany,1,1,4.50\n2026-03-01,Mugs,A,,XXY,Germany,1,1,4.50\n"
    )
    batch = tried(facts.AD_SPEND, text, channel="shop")
    assert [(one["line"], one["column"]) for one in batch.refused] == [
        (2, "Spend"), (3, "Country"), (5, "Date"), (6, "Currency"),
    ]  # fmt: skip
    assert ([one["line"] for one in batch.left], AdSpend.objects.count()) == ([4], 0)


# --- cost prices -----------------------------------------------------------------------------------------------------


def test_costs_come_in_a_column_a_part_or_a_row_a_part_and_follow_one_another() -> None:
    mug = Product.objects.create(key="MUG", sku="MUG")
    wide = "SKU,Valid from,Currency,Purchase price,Freight\nMUG,2026-01-01,CNY,4.00,1.20\nMUG,2026-05-01,CNY,4.10,\n"
    assert taken(facts.UNIT_COSTS, wide)["new"] == 3
    long = "SKU,生效日期,币种,成本项,成本\nMUG,2026-05-01,CNY,关税,0.30\nNO,2026-05-01,CNY,采购价,1\n"
    told = taken(facts.UNIT_COSTS, long)
    assert (told["new"], told["rejected"][0]["line"]) == (1, 3)
    rows = UnitCost.objects.filter(product=mug, part="purchase").order_by("valid_from")
    assert [(row.amount, row.valid_to) for row in rows] == [(40_000, date(2026, 4, 30)), (41_000, None)]
    assert {row.source for row in UnitCost.objects.all()} == {"table.csv"}
    assert taken(facts.UNIT_COSTS, wide)["same"] == 3


def test_who_sees_no_costs_sees_neither_file_nor_refused_rows() -> None:
    Product.objects.create(key="MUG", sku="MUG")
    tried(facts.UNIT_COSTS, "SKU,Valid from,Currency,Purchase price\nMUG,2026-01-01,CNY,-4.00\n")
    role = Role.objects.create(code="r", name={"en": "R"}, codes=["exchange.view_imports", "finance.view_profit"])
    ann, bea = (Person.objects.create(key=key, name=key) for key in ("P-1", "P-2"))
    Grant.objects.create(person=ann, role=role)
    costs = Role.objects.create(code="c", name={"en": "C"}, codes=["finance.view_costs"])
    Grant.objects.create(person=bea, role=costs)
    assert not visible(ann, "exchange.view_imports", SheetBatch.objects.all()).exists()
    assert visible(bea, "exchange.view_imports", SheetBatch.objects.all()).exists()


# --- fees and payouts --------------------------------------------------------------------------------------------------


def test_fees_tie_to_their_orders_and_turn_their_sign_when_asked() -> None:
    channel = make_channel()
    order = make_order(channel, date(2026, 3, 1))
    text = f"Date,Fee type,Amount,Order number\n2026-03-02,Commission,-1.50,{order.number}\n2026-03-02,Storage,-2.00,\n2026-03-02,Storage,-2.00,\n"  # fmt: skip
    told = taken(facts.FEES, text, channel="shop", signs="negative")
    assert (told["new"], told["totals"]) == (3, {"EUR": "5.50"})
    assert Fee.objects.get(kind="Commission").order == order
    assert event("finance.import_fees").counts["days"] == [["2026-03-02", "2026-03-02"]]
    assert (taken(facts.FEES, text, channel="shop", signs="negative")["same"], Fee.objects.count()) == (3, 3)


def test_a_fee_known_by_its_id_takes_what_the_next_file_says() -> None:
    make_channel()
    head = "Date,Fee type,Amount,Transaction ID\n"
    first, second = "2026-03-02,Commission,1.50,T1\n", "2026-03-02,Refund fee,0.30,T1\n"
    taken(facts.FEES, head + first + second, channel="shop")
    assert taken(facts.FEES, head + second + first, channel="shop")["new"] == 0
    assert dict(Fee.objects.values_list("kind", "amount")) == {"Commission": 15_000, "Refund fee": 3_000}
    assert taken(facts.FEES, head + second + first.replace("03-02", "04-01"), channel="shop")["changed"] == 1
    assert Fee.objects.get(kind="Commission").day == date(2026, 4, 1)
    assert event("finance.import_fees").counts["days"] == [["2026-03-02", "2026-03-02"], ["2026-04-01", "2026-04-01"]]


def test_payouts_come_as_a_table_and_are_corrected_by_the_next() -> None:
    make_channel()
    text = "Payout ID,Payout date,Net,Currency\nP1,2026-03-09,100.00,EUR\nP2,2026-03-16,50.00,EUR\nP2,2026-03-16,50.00,EUR\n"
    told = taken(facts.PAYOUTS, text, channel="shop")
    assert (told["new"], [one["line"] for one in told["rejected"]]) == (2, [4])
    assert taken(facts.PAYOUTS, text.replace("100.00", "101.00"), channel="shop")["changed"] == 1
    assert sorted(Payout.objects.values_list("amount", flat=True)) == [500_000, 1_010_000]
    Payout.objects.filter(external_id="P1").update(start=date(2026, 3, 1), end=date(2026, 3, 7))
    assert taken(facts.PAYOUTS, text.replace("100.00", "102.00"), channel="shop")["changed"] == 1
    kept = Payout.objects.get(external_id="P1")
    assert (kept.amount, kept.start, kept.end) == (1_020_000, date(2026, 3, 1), date(2026, 3, 7))


# --- ledgers -----------------------------------------------------------------------------------------------------------

LEDGER = (
    "Date,Account,Debit,Credit,Currency,Description,Document\n"
    "2026-03-05,6310,\"1,200.00\",,EUR,Rent,R-1\n2026-03-06,4400,,250.50,EUR,Service,S-1\n2026-03-07,9999,10.00,,EUR,Lost,L-1\n"
    "2026-03-08,1200,5.00,,EUR,Bank,B-1\n"
)  # fmt: skip


def ledger_accounts() -> None:
    rent = save_account.system(code="rent", name={"en": "Rent"}, line="overhead")
    income = save_account.system(code="service", name={"en": "Service"}, line="other_income")
    map_code.system(system="datev", outside="6310", account=rent)
    map_code.system(system="datev", outside="4400", account=income)


def test_a_ledger_posts_incomes_above_and_costs_below_zero_and_refuses_unknown_codes_by_line() -> None:
    ledger_accounts()
    told = taken(facts.LEDGER, LEDGER, system="datev", skip="1")
    assert (told["new"], told["totals"], told["left"]) == (2, {"EUR": "-949.50"}, 1)
    assert [(one["line"], one["column"]) for one in told["rejected"]] == [(4, "Account")]
    assert "9999 (1)" in told["notes"][0]
    assert list(Posting.objects.order_by("day").values_list("account__code", "amount", "source", "source_line")) == [
        ("rent", -12_000_000, "table.csv", 2), ("service", 2_505_000, "table.csv", 3),
    ]  # fmt: skip
    assert event("finance.import_ledger").counts["profit_days"] == ["2026-03-05", "2026-03-06"]


def test_rows_kept_aside_come_in_once_their_code_is_known() -> None:
    ledger_accounts()
    told = taken(facts.LEDGER, LEDGER, system="datev", skip="1", aside="yes")
    assert (told["new"], told["left"], told["rejected"]) == (2, 2, [])
    map_code.system(system="datev", outside="9999", account=Posting.objects.all()[0].account)
    again = taken(facts.LEDGER, LEDGER, system="datev", skip="1", aside="yes")
    assert (again["new"], again["same"], Posting.objects.count()) == (1, 2, 3)


def test_one_amount_column_is_a_cost_above_zero_unless_said_otherwise() -> None:
    ledger_accounts()
    text = "Date,Account,Amount,Currency\n2026-03-05,6310,10.00,EUR\n"
    assert tried(facts.LEDGER, text, system="datev").totals == {"EUR": "-10.00"}
    assert tried(facts.LEDGER, text, system="datev", signs="income").totals == {"EUR": "10.00"}


def test_our_own_codes_need_no_mapping() -> None:
    ledger_accounts()
    assert (
        taken(facts.LEDGER, "Date,Account,Amount,Currency\n2026-03-05,rent,10.00,EUR\n", system="tradewind")["new"] == 1
    )


def test_a_closed_month_is_never_written_into() -> None:
    ledger_accounts()
    Close.objects.create(month=date(2026, 3, 1))
    taken(facts.LEDGER, LEDGER, system="datev", skip="1", aside="yes")
    assert set(Posting.objects.values_list("day", flat=True)) == {date(2026, 4, 1)}
    assert set(Posting.objects.values_list("fact_day", flat=True)) == {date(2026, 3, 5), date(2026, 3, 6)}


def test_rows_that_name_what_is_not_there_are_refused_by_line_and_column() -> None:
    ledger_accounts()
    text = "Date,Account,Amount,Currency,Company code,SKU\n2026-03-05,6310,1,EUR,NO,\n2026-03-05,6310,1,EUR,,NO\n2026-03-05,6310,1,,,\n"
    batch = tried(facts.LEDGER, text, system="datev")
    assert [(one["line"], one["column"]) for one in batch.refused] == [(2, "Company code"), (3, "SKU"), (4, "Currency")]


def test_a_ledger_asks_for_its_name() -> None:
    with pytest.raises(Refused):
        tried(facts.LEDGER, LEDGER)
    assert not SheetBatch.objects.exists()
