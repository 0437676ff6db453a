"""Differences of payouts: reckoned from what is known, posted once, taken back like any posting."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tradewind.areas.finance.actions.gaps import post_gap
from tradewind.areas.finance.actions.ledger import reverse_posting
from tradewind.areas.finance.actions.matching import match_line, match_payout
from tradewind.areas.finance.models import Gap, GapPosting, LinePart, Posting
from tradewind.areas.finance.queries.gaps import gaps_of, with_posted
from tradewind.areas.finance.tests.spending import account, make_member
from tradewind.areas.finance.tests.test_payouts import DAY, bank_line, charge, payout
from tradewind.base.errors import NotAllowed, Refused
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.actions.models import Event
from tradewind.engines.actions.queries import changes_of
from tradewind.engines.exchange import flow
from tradewind.engines.exchange.tests.test_settlements import amazon, settlement
from tradewind.engines.metrics import rates
from tradewind.engines.metrics.actions.closes import close_month
from tradewind.engines.metrics.tests.trade import make_channel
from tradewind.nouns.org.models import Person
from tradewind.nouns.trade.models import Payment, Payout

pytestmark = pytest.mark.django_db


def charged() -> Payout:
    """A payout of 90.00 of which 89.00 arrived; its rows tell all of it."""
    channel = make_channel()
    one = payout(channel)
    charge(channel, "S1-a", 900_000)
    match_payout.system(one, lines=[bank_line(890_000)])
    return Payout.objects.get(pk=one.pk)


def test_a_charge_of_the_bank_is_posted_once_as_a_cost_and_its_payout_says_so() -> None:
    one, finance = charged(), make_member("finance")
    assert [(row.gap, row.left) for row in gaps_of(one)] == [(Gap.CHARGE, -10_000)]
    post_gap(finance, one, gap=Gap.CHARGE, account=account("payment-fees"))
    posting = Posting.objects.get()
    assert (posting.amount, posting.currency, posting.account.code, posting.day, posting.channel, posting.document) == (
        -10_000, "EUR", "payment-fees", DAY, one.channel, "S1",
    )  # fmt: skip
    assert [(row.amount, row.posted, row.left) for row in gaps_of(one)] == [(-10_000, -10_000, 0)]
    assert with_posted(Payout.objects.all()).get().posted_charge == -10_000  # type: ignore[attr-defined]
    with pytest.raises(Refused):
        post_gap(finance, one, gap=Gap.CHARGE, account=account("payment-fees"))
    assert Posting.objects.count() == 1


def test_what_arrives_later_is_posted_back() -> None:
    one = charged()
    post_gap.system(one, gap=Gap.CHARGE, account=account("payment-fees"))
    match_payout.system(one, lines=[*(part.line for part in one.line_parts.all()), bank_line(10_000, "late")])
    one = Payout.objects.get()
    assert [(row.amount, row.left) for row in gaps_of(one)] == [(0, 10_000)]
    post_gap.system(one, gap=Gap.CHARGE, account=account("payment-fees"))
    assert sum(Posting.objects.values_list("amount", flat=True)) == 0


def test_a_posting_that_was_taken_back_can_be_posted_anew() -> None:
    one = charged()
    post_gap.system(one, gap=Gap.CHARGE, account=account("payment-fees"))
    reverse_posting.system(Posting.objects.get(), reason="The wrong account")
    post_gap.system(one, gap=Gap.CHARGE, account=account("exchange"))
    assert sorted(Posting.objects.values_list("account__code", "amount")) == [
        ("exchange", -10_000), ("payment-fees", -10_000), ("payment-fees", 10_000),
    ]  # fmt: skip
    assert [row.left for row in gaps_of(one)] == [0]


def test_a_conversion_is_reckoned_against_the_rate_of_its_day() -> None:
    channel = make_channel()
    one = payout(channel)
    charge(channel, "S1-a", 900_000)
    match_line.system(bank_line(1_020_000, currency="USD"), payouts=[one])
    factor = rates.rule("day").factor(DAY, "EUR", "USD")
    assert factor is not None
    wanted = int((90 * factor.value).quantize(Decimal("0.01")) * 10_000)
    assert [(row.gap, row.amount, row.currency) for row in gaps_of(one)] == [
        (Gap.CONVERSION, 1_020_000 - wanted, "USD")
    ]
    post_gap.system(one, gap=Gap.CONVERSION, account=account("exchange"))
    assert Posting.objects.values_list("amount", "currency").get() == (1_020_000 - wanted, "USD")


def test_without_a_rate_a_conversion_is_no_difference() -> None:
    channel = make_channel()
    one = payout(channel)
    charge(channel, "S1-a", 900_000)
    match_line.system(bank_line(1_100_000, currency="XAF"), payouts=[one])
    assert gaps_of(one) == []


def test_what_no_row_tells_is_income_or_cost_by_its_sign() -> None:
    channel = make_channel()
    one = payout(channel)
    charge(channel, "S1-a", 950_000)
    assert [(row.gap, row.left) for row in gaps_of(one)] == [(Gap.UNEXPLAINED, -50_000)]
    post_gap.system(one, gap=Gap.UNEXPLAINED, account=account("fees-other"), text="Penalty, by their letter")
    assert Posting.objects.get().text == "Penalty, by their letter"


def test_a_closed_month_is_kept() -> None:
    one = charged()
    close_month.system(month=date(2026, 3, 1))
    post_gap.system(one, gap=Gap.CHARGE, account=account("payment-fees"))
    posting = Posting.objects.get()
    assert (posting.fact_day, posting.day) == (DAY, date(2026, 4, 1))


@pytest.mark.parametrize("code", ["salaries", "cost-purchase", "gross-sales"])
def test_other_accounts_and_other_people_are_refused_and_nothing_changes(code: str) -> None:
    one = charged()
    with pytest.raises(Refused):
        post_gap.system(one, gap=Gap.CHARGE, account=account(code))
    with pytest.raises(NotAllowed):
        post_gap(make_member("marketer"), one, gap=Gap.CHARGE, account=account("payment-fees"))
    assert not Posting.objects.exists()
    assert not GapPosting.objects.exists()
    assert Decimal(0) == sum(row.posted for row in gaps_of(one))


def test_the_audit_trail_tells_an_amount_only_where_the_payout_may_be_read() -> None:
    post_gap.system(charged(), gap=Gap.CHARGE, account=account("payment-fees"))
    event = Event.objects.get(name="finance.post_gap")
    assert set(event.counts) == {"profit_days"} and "1.00" in str(event.changes)
    reader = Person.objects.create(key="A-1", name="Auditor")
    Grant.objects.create(person=reader, role=Role.objects.create(code="trail", codes=["actions.view_event"]))
    assert [(one.before, one.after) for one in changes_of(event, reader)] == [("", "")]


@pytest.mark.parametrize("posted", [False, True])
def test_an_import_taken_back_frees_the_bank_s_lines_and_leaves_what_was_posted(posted: bool) -> None:
    batch = settlement(amazon())
    one = Payout.objects.get()
    match_payout.system(one, lines=[bank_line(one.amount - 10_000)])
    if posted:
        post_gap.system(one, gap=Gap.CHARGE, account=account("payment-fees"))
    flow.take_back(batch)
    counts = Payout.objects.count(), LinePart.objects.count(), GapPosting.objects.count(), Payment.objects.count()
    assert counts == ((1, 1, 1, 0) if posted else (0, 0, 0, 0))
