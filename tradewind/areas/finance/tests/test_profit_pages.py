"""The statement's pages: every amount leads to rows that add up to it, and nobody sees what they may not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from tradewind.areas.finance.actions import ledger, profit
from tradewind.areas.finance.actions.accounts import map_code
from tradewind.areas.finance.models import Account, Posting
from tradewind.areas.finance.queries.ledger import fees_seen, unmapped
from tradewind.areas.finance.queries.profit import Wish, cells
from tradewind.areas.finance.queries.profit_rows import behind
from tradewind.areas.finance.queries.profit_shown import OTHERS, shown
from tradewind.areas.finance.rules.waterfall import steps_of
from tradewind.areas.finance.tests.test_profit import FIRST, LAST, MONTHS, by_line, keeper, make_money
from tradewind.base.errors import NotAllowed
from tradewind.engines.access.scope import Scope, visible
from tradewind.engines.actions.models import Event
from tradewind.engines.inbox.models import Todo
from tradewind.engines.jobs.queue import run_now
from tradewind.engines.metrics import actions as months
from tradewind.engines.metrics.refresh import spans_of
from tradewind.nouns.org.models import Entity, Market, Person, User
from tradewind.nouns.trade.models import Channel, Fee, Product, UnitCost

pytestmark = pytest.mark.django_db
ALL = ("finance.view_profit", "finance.view_costs", "finance.view_pay")


@pytest.fixture(autouse=True)
def _midsummer() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 6, 20, 9, tzinfo=UTC), tick=False):
        yield


def signed_in(person: Person) -> Client:
    user = User.objects.create(email=f"p{person.pk}@example.com", person=person)
    client = Client()
    client.force_login(user)
    return client


def test_every_amount_leads_to_rows_that_add_up_to_it() -> None:
    make_money()
    ann = keeper(*ALL)
    for account in Account.objects.all():
        found = behind(ann, Wish(**MONTHS), account=account.code)
        assert found.late == {}, account.code
    market, shop, mug = Market.objects.first(), Channel.objects.first(), Product.objects.first()
    assert market and shop and mug
    for filters in (
        {"market": (market.pk,)}, {"market": (None,)}, {"channel": (shop.pk,)}, {"product": (mug.pk,)}, {"product": (None,)},
        {"product": (mug.pk, None), "channel": (shop.pk,)},
    ):  # fmt: skip
        for line in {account.line for account in Account.objects.all()}:
            assert behind(ann, Wish(**MONTHS, filters=filters), line=line).late == {}, (filters, line)
    assert behind(ann, Wish(**MONTHS), line="gross").sums == {
        currency: amount for (line, currency), amount in by_line(Wish(**MONTHS)).items() if line == "gross"
    }


def test_rows_of_hidden_lines_are_refused() -> None:
    make_money()
    seller = keeper("finance.view_profit", "finance.view_costs")
    for line in ("pay", "overhead"):
        with pytest.raises(NotAllowed):
            behind(seller, Wish(**MONTHS), line=line)
    client = signed_in(seller)
    assert client.get(reverse("finance:profit-rows") + "?line=pay").status_code == 403
    assert client.get(reverse("finance:profit-rows") + "?line=gross").status_code == 200
    assert client.get(reverse("finance:profit-rows") + "?line=nonsense").status_code == 404


def test_statement_page_shows_no_costs_to_those_without_the_right() -> None:
    make_money()
    whole, seller = signed_in(keeper(*ALL)), signed_in(keeper("finance.view_profit"))
    page = words(whole.get(reverse("finance:profit") + "?detail=1&by=market"))
    assert "Operating result" in page and "Purchase price" in page and "Salaries" in page
    page = words(seller.get(reverse("finance:profit") + "?detail=1&by=market"))
    assert "Net revenue" in page
    for name in ("Contribution", "Purchase price", "Salaries", "Operating result", "Advertising"):
        assert name not in page
    file = b"".join(seller.get(reverse("finance:profit-export", args=["csv"])).streaming_content).decode()  # type: ignore[attr-defined]
    assert "Net revenue" in file and "Landed cost" not in file
    assert signed_in(keeper("finance.view_revenue")).get(reverse("finance:profit")).status_code == 403


@pytest.mark.parametrize("query", ["by=product", "by=channel&compare=year", "by=entity&share=1", "by=market&percent=1&whole=1",
                                   "period=0001", "period=x&by=y&currency=z&rate=q&market=zz&product=99999999999999999999999"])  # fmt: skip
def test_statement_page_answers_any_address(query: str) -> None:
    make_money()
    client = signed_in(keeper(*ALL))
    assert client.get(f"{reverse('finance:profit')}?{query}").status_code == 200
    assert client.get(f"{reverse('finance:profit-export', args=['xlsx'])}?{query}").status_code == 200


def test_statement_page_says_when_there_is_nothing() -> None:
    assert "Nothing to report yet" in words(signed_in(keeper(*ALL)).get(reverse("finance:profit")))


def words(answer: Any) -> str:
    """The text of a page without its markup."""
    return unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_small_columns_are_added_up_and_the_whole_stays() -> None:
    make_money()
    ann = keeper(*ALL)
    few = shown(ann, Wish(**MONTHS, by=("product",)), "EUR", most=3)
    whole = shown(ann, Wish(**MONTHS), "EUR")
    assert few.sheet.columns[-1] == OTHERS and len(few.sheet.columns) == 3
    for name in ("net_revenue", "cm1", "operating_result"):
        assert few.sheet.result(name).total == whole.sheet.result(name).total


def test_sales_within_the_group_are_left_out_of_the_groups_statement_alone() -> None:
    make_money()
    seller, buyer = (
        Entity.objects.create(code=code, name={"en": code}, country="CN", currency="CNY", zone="UTC") for code in "ab"
    )
    for entity, partner, code, amount in (
        (seller, buyer, "intercompany-sales", "100"),
        (buyer, seller, "intercompany-purchases", "-100"),
    ):
        account = Account.objects.get(code=code)
        ledger.add_posting.system(
            account=account,
            day=date(2026, 2, 3),
            amount=Decimal(amount),
            currency="CNY",
            text="goods",
            entity=entity,
            partner=partner,
        )
    profit.mark_all()
    profit.count()
    ann = keeper(*ALL)
    group, apart = (shown(ann, Wish(**MONTHS, by=("entity",), group=group), "CNY").sheet for group in (True, False))
    assert apart.result("cm1").cells[(seller.pk,)] == Decimal(100) and apart.result("cm1").cells[
        (buyer.pk,)
    ] == Decimal(-100)
    assert (seller.pk,) not in group.columns
    assert group.result("operating_result").total == apart.result("operating_result").total


def test_postings_of_pay_and_costs_are_read_with_their_own_rights() -> None:
    make_money()
    lines = {
        codes: {row.account.line for row in visible(keeper(*codes), "finance.view_profit", Posting.objects.all())}
        for codes in (("finance.view_revenue",), ("finance.view_profit",), ALL)
    }
    assert list(lines.values()) == [set(), {"overhead"}, {"overhead", "pay"}]
    pay = Posting.objects.filter(account__line="pay").first()
    assert pay is not None
    seller = signed_in(keeper("finance.view_profit"))
    assert seller.get(reverse("finance:posting-detail", args=[pay.pk])).status_code == 404
    assert pay.key not in words(seller.get(reverse("finance:posting-list")))


def test_posting_by_hand_and_back_through_the_pages() -> None:
    make_money()
    ann = keeper(*ALL, "finance.add_posting", "finance.reverse_posting", "finance.view_account")
    client, rent = signed_in(ann), Account.objects.get(code="rent")
    months.close_month.system(month=FIRST)
    fields = {"account": rent.pk, "day": "2025-11-05", "amount": "-1200.50", "currency": "EUR", "text": "Office rent"}
    wrong = client.post(reverse("finance:posting-new"), {**fields, "amount": "0"})
    assert (wrong.status_code, Posting.objects.filter(kind=Posting.HAND).count()) == (422, 0)
    assert client.post(reverse("finance:posting-new"), fields).status_code == 302
    row = Posting.objects.get(kind=Posting.HAND)
    assert (row.amount, row.day, row.fact_day, row.by) == (-12_005_000, date(2025, 12, 1), date(2025, 11, 5), ann)
    back = reverse("finance:posting-reverse", args=[row.pk])
    assert client.post(back, {"reason": "typed twice"}).status_code == 302
    assert client.post(back, {"reason": "again"}).status_code == 422
    assert sum(Posting.objects.filter(kind=Posting.HAND).values_list("amount", flat=True)) == 0


def test_unknown_kinds_of_fee_are_told_until_an_account_is_named() -> None:
    make_money()
    ann = keeper("finance.view_fees", "finance.map_code", "finance.view_account")
    found = unmapped(fees_seen(ann))
    assert found and sum(one.count for one in found) == fees_seen(ann).count()
    client = signed_in(ann)
    assert found[0].kind in words(client.get(reverse("finance:unmapped")))
    account = Account.objects.get(code="commission")
    client.post(reverse("finance:code-map"), {"system": "fee", "outside": found[0].kind, "account": account.pk})
    assert [one.kind for one in unmapped(fees_seen(ann))] == [one.kind for one in found[1:]]
    told = Event.objects.get(name="finance.map_code").counts["profit_days"]
    assert told == sorted(
        {day.replace(day=1).isoformat() for day in Fee.objects.filter(kind=found[0].kind).values_list("day", flat=True)}
    )
    profit.mark(spans_of(told))
    profit.count()
    assert cells(keeper(*ALL), Wish(**MONTHS, filters={"account": ("commission",)}))
    assert not fees_seen(keeper("finance.view_profit")).exists()


def test_unit_costs_are_in_no_page_of_those_without_the_right() -> None:
    make_money()
    client = signed_in(keeper("finance.view_profit", "finance.view_account"))
    assert client.get(reverse("finance:unit_cost-list")).status_code == 403
    row = UnitCost.objects.first()
    assert row and client.get(reverse("finance:unit_cost-detail", args=[row.pk])).status_code in (403, 404)


def test_waterfall_steps_join_up() -> None:
    rows = [
        (False, Decimal(100)),
        (False, Decimal(-30)),
        (True, Decimal(70)),
        (False, Decimal(-90)),
        (True, Decimal(-20)),
    ]
    steps = steps_of(rows)
    assert [(step.start, step.width) for step in steps][:2] == [(Decimal(20) / 120 * 100, Decimal(100) / 120 * 100),
                                                               (Decimal(90) / 120 * 100, Decimal(30) / 120 * 100)]  # fmt: skip
    assert steps[3].start == 0 and steps[4].start == 0 and steps[4].start + steps[4].width == steps[4].zero


def test_market_scope_of_the_reader_limits_rows_behind() -> None:
    make_money()
    market = Market.objects.get(code="m-eu")
    local = keeper(*ALL, market=market)
    mine = behind(local, Wish(**MONTHS), line="gross").sums
    assert mine == behind(keeper(*ALL), Wish(FIRST, LAST, asked=Scope(market=market.pk)), line="gross").sums != {}


def test_new_kinds_of_fee_are_a_to_do_until_each_has_its_account() -> None:
    make_money()
    ann = keeper("finance.map_code")
    keeper("finance.view_fees")
    assert run_now("finance.check_codes") == {"kinds": len(unmapped(Fee.objects.all())), "asked": 1}
    todo = Todo.objects.get(kind="finance.fees_unmapped")
    assert todo.person == ann
    account = Account.objects.get(code="fees-other")
    for one in unmapped(Fee.objects.all()):
        map_code.system(system="fee", outside=one.kind, account=account)
    assert run_now("finance.check_codes") == {"settled": 1}
