"""Claims: three currencies, the way to approval, the ledger, and who sees what."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tradewind.areas.finance.actions import claims
from tradewind.areas.finance.models import Claim, ExpenseLimit, PayState, Posting
from tradewind.areas.finance.queries import spending as queries
from tradewind.areas.finance.reactions.spending import refuse_spending
from tradewind.areas.finance.rules.spending import times
from tradewind.areas.finance.tests.spending import DAY, account, make_claim, make_entity, make_member
from tradewind.base import clock
from tradewind.base.errors import NotAllowed, Refused
from tradewind.base.money import from_units
from tradewind.engines.access.scope import can
from tradewind.engines.actions.models import Event
from tradewind.engines.actions.outbox import sweep
from tradewind.engines.inbox.actions import appoint_deputy, approve_request, reject_request, withdraw_request
from tradewind.engines.inbox.models import Approval, Todo
from tradewind.engines.metrics import actions as months
from tradewind.engines.metrics import rates
from tradewind.nouns.org.models import Membership, Person, Team

pytestmark = pytest.mark.django_db


def set_limit(amount: int = 500, currency: str = "EUR", **given: Any) -> ExpenseLimit:
    return claims.save_limit.system(None, amount=Decimal(amount), currency=currency, **given)


def team() -> tuple[Person, Person, Person]:
    """Somebody of finance, a lead, and who reports to the lead."""
    finance = make_member("finance")
    lead = make_member("team_lead")
    return finance, lead, make_member(manager=lead)


def pending(claim: Claim) -> Approval:
    return Approval.objects.get(subject_type="finance.claim", subject_id=claim.pk, state=Approval.PENDING)


def test_save_keeps_three_currencies_by_the_rate_of_the_receipts_day() -> None:
    person = make_member(entity=make_entity("us", "USD", "US"))
    claim = make_claim(person)
    factor = rates.rule("day").factor(DAY, "EUR", "CNY")
    assert factor is not None
    assert (claim.amount, claim.currency) == (1_199_000, "EUR")
    assert claim.pay_currency == "CNY"
    assert claim.pay_amount == times(1_199_000, factor.value, "CNY")
    assert claim.rate.split()[:2] == ["day", factor.published.isoformat()]
    assert claim.book_currency == "USD"
    assert claim.book_amount is not None
    rule, _day, exact = claim.book_rate.split()
    assert rule == "day"
    assert claim.book_amount == times(claim.amount, Decimal(exact), "USD")


def test_small_claim_is_approved_by_the_lead_alone_and_posted_on_its_day() -> None:
    _finance, lead, person = team()
    set_limit()
    claim = make_claim(person)
    claims.submit_claim(person, claim)
    approve_request(lead, pending(claim))
    claim.refresh_from_db()
    assert (claim.state, claim.decided_by) == (PayState.APPROVED, lead)
    posting = Posting.objects.get(kind=Posting.CLAIM)
    assert (posting.day, posting.fact_day, posting.amount, posting.currency) == (DAY, DAY, -1_199_000, "EUR")
    assert posting.account.code == "travel"


def test_claim_above_the_limit_goes_on_to_finance() -> None:
    finance, lead, person = team()
    set_limit(100, "USD")  # 119.90 EUR is more
    claim = make_claim(person)
    claims.submit_claim(person, claim)
    claims.approve_claim(lead, claim)
    claim.refresh_from_db()
    assert claim.state == PayState.SUBMITTED
    assert not Posting.objects.exists()
    with pytest.raises(NotAllowed):
        claims.approve_claim(lead, claim)
    claims.approve_claim(finance, claim)
    claim.refresh_from_db()
    assert claim.state == PayState.APPROVED


def test_claim_without_any_limit_is_looked_at_twice() -> None:
    _finance, _lead, person = team()
    claim = make_claim(person)
    assert queries.over_limit(claim)
    claims.submit_claim(person, claim)
    assert pending(claim).steps.count() == 2


def test_limit_of_the_country_and_account_decides() -> None:
    person = make_member()
    set_limit(10)
    set_limit(200, country="DE", account=account("travel"))
    assert not queries.over_limit(make_claim(person))
    assert queries.over_limit(make_claim(person, country="US"))
    assert queries.over_limit(make_claim(person, account=account("software")))


def test_second_limit_for_the_same_place_is_refused() -> None:
    set_limit(country="DE")
    with pytest.raises(Refused) as refusal:
        set_limit(700, country="DE")
    assert "country" in refusal.value.fields
    assert ExpenseLimit.objects.count() == 1


def test_submit_without_receipt_is_refused() -> None:
    _finance, _lead, person = team()
    claim = make_claim(person, receipt=False)
    with pytest.raises(Refused) as refusal:
        claims.submit_claim(person, claim)
    assert refusal.value.code == "no_receipt"
    claim.refresh_from_db()
    assert claim.state == PayState.DRAFT
    assert not Approval.objects.exists()


def test_nobody_approves_their_own_claim() -> None:
    finance = make_member("finance")
    set_limit()
    claim = make_claim(finance)
    with pytest.raises(Refused) as refusal:
        claims.submit_claim(finance, claim)
    assert refusal.value.code == "no_approver"
    other = make_member("finance")
    claims.submit_claim(finance, claim)
    with pytest.raises(NotAllowed):
        claims.approve_claim(finance, claim)
    claims.approve_claim(other, claim)
    with pytest.raises(NotAllowed):
        claims.pay_claim(finance, claim)


def test_accept_without_approval_is_refused() -> None:
    _finance, lead, person = team()
    set_limit()
    claim = make_claim(person)
    claims.submit_claim(person, claim)
    for somebody in (lead, person):
        with pytest.raises(NotAllowed):
            claims.accept_claim(somebody, claim)
    assert not Posting.objects.exists()


def test_refusal_needs_a_reason_and_lets_the_person_mend_it() -> None:
    _finance, lead, person = team()
    set_limit()
    claim = make_claim(person)
    claims.submit_claim(person, claim)
    with pytest.raises(Refused):
        claims.refuse_claim(lead, claim, reason=" ")
    claims.refuse_claim(lead, claim, reason="The receipt is of another day")
    claim.refresh_from_db()
    assert (claim.state, claim.answer) == (PayState.REFUSED, "The receipt is of another day")
    claims.save_claim(
        person,
        claim,
        day=date(2025, 3, 4),
        country="DE",
        account=account("travel"),
        what="Train",
        amount=Decimal(99),
        currency="EUR",
    )
    claims.submit_claim(person, claim)
    claims.approve_claim(lead, claim)
    assert Posting.objects.get().amount == -990_000


@pytest.mark.django_db(transaction=True)
def test_decision_in_the_inbox_is_followed() -> None:
    _finance, lead, person = team()
    set_limit()
    claim, other = make_claim(person), make_claim(person)
    claims.submit_claim(person, claim)
    claims.submit_claim(person, other)
    reject_request(lead, pending(claim), note="Not ours")
    withdraw_request(person, pending(other))
    sweep()
    claim.refresh_from_db()
    other.refresh_from_db()
    assert (claim.state, claim.answer, claim.decided_by) == (PayState.REFUSED, "Not ours", lead)
    assert other.state == PayState.DRAFT


def test_taken_back_claim_is_reversed_and_can_be_approved_anew() -> None:
    finance, lead, person = team()
    set_limit()
    claim = make_claim(person)
    for _time in range(2):
        claims.submit_claim(person, claim)
        claims.approve_claim(lead, claim)
        claims.take_back_claim(finance, claim, reason="Wrong account")
        assert sum(Posting.objects.values_list("amount", flat=True)) == 0
    assert Posting.objects.count() == 4


def test_claim_of_a_closed_month_is_posted_on_the_first_open_day() -> None:
    _finance, lead, person = team()
    set_limit()
    months.close_month.system(month=DAY.replace(day=1))
    claim = make_claim(person)
    claims.submit_claim(person, claim)
    claims.approve_claim(lead, claim)
    posting = Posting.objects.get()
    assert (posting.day, posting.fact_day) == (date(2025, 4, 1), DAY)


def test_paid_claim_is_told_to_its_person() -> None:
    finance, lead, person = team()
    set_limit()
    claim = make_claim(person)
    claims.submit_claim(person, claim)
    claims.approve_claim(lead, claim)
    with pytest.raises(NotAllowed):
        claims.pay_claim(lead, claim)
    claims.pay_claim(finance, claim, day=date(2025, 3, 20))
    assert (claim.state, claim.paid_on) == (PayState.PAID, date(2025, 3, 20))
    with pytest.raises(Refused):
        claims.pay_claim(finance, claim)


def test_claims_are_seen_by_their_person_the_asked_and_those_with_the_right() -> None:
    finance, lead, person = team()
    stranger = make_member()
    set_limit()
    claim = make_claim(person)
    assert [list(queries.claims(who)) for who in (person, finance)] == [[claim], [claim]]
    claims.submit_claim(person, claim)
    assert list(queries.claims(lead)) == [claim]
    assert not queries.claims(stranger).exists()
    assert not can(stranger, "finance.view_claims", claim)
    with pytest.raises(NotAllowed):
        claims.save_claim(
            stranger,
            claim,
            day=DAY,
            country="DE",
            account=account("travel"),
            what="x",
            amount=Decimal(1),
            currency="EUR",
        )


def test_deputy_of_the_asked_reads_and_approves_the_claim() -> None:
    _finance, lead, person = team()
    deputy = make_member()
    set_limit()
    claim = make_claim(person)
    claims.submit_claim(person, claim)
    assert not queries.claims(deputy).exists()
    today = clock.today("UTC")
    appoint_deputy(lead, deputy=deputy, start=today, end=today)
    assert list(queries.claims(deputy)) == [claim]
    claims.approve_claim(deputy, claim)
    assert claim.state == PayState.APPROVED


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount": Decimal(0)}, "amount"),
        ({"currency": "XXQ"}, "currency"),
        ({"day": date(2999, 1, 1)}, "day"),
        ({"what": "  "}, "what"),
    ],
)
def test_impossible_claim_is_refused_by_field(change: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refusal:
        make_claim(make_member(), **change)
    assert field in refusal.value.fields
    assert not Claim.objects.exists()


def test_pay_and_goods_cannot_be_claimed() -> None:
    person = make_member()
    for code in ("salaries", "cost-purchase"):
        with pytest.raises(Refused) as refusal:
            make_claim(person, account=account(code))
        assert "account" in refusal.value.fields


def test_approver_is_asked_once_with_the_facts() -> None:
    _finance, lead, person = team()
    set_limit()
    claim = make_claim(person)
    claims.submit_claim(person, claim)
    todo = Todo.objects.get(person=lead)
    assert todo.subject_id == claim.pk
    assert from_units(claim.amount) == Decimal("119.9")
    with pytest.raises(Refused):
        claims.submit_claim(person, claim)
    assert Todo.objects.count() == 1


def test_claim_that_is_submitted_anew_is_not_refused_for_its_first_request() -> None:
    _finance, lead, person = team()
    set_limit()
    claim = make_claim(person)
    claims.submit_claim(person, claim)
    claims.refuse_claim(lead, claim, reason="No")
    told = Event.objects.get(name="inbox.reject_request")
    claims.submit_claim(person, claim)
    refuse_spending(told)  # told late, or a second time
    assert Claim.objects.get().state == PayState.SUBMITTED
    assert pending(claim).state == Approval.PENDING


def test_limits_of_expenses_are_changed_by_whoever_may_everywhere() -> None:
    limit = set_limit(500)
    near = make_member("finance", at={"entity": make_entity("near")})
    with pytest.raises(NotAllowed):
        claims.save_limit(near, limit, amount=Decimal(9_000), currency="EUR")
    with pytest.raises(NotAllowed):
        claims.remove_limit(near, limit)
    assert from_units(ExpenseLimit.objects.get().amount) == 500


def test_lead_of_a_team_one_is_not_in_does_not_approve_ones_claim() -> None:
    finance, friend, person = make_member("finance"), make_member(), make_member()
    set_limit()
    ads = Team.objects.create(code="ads", name={"en": "Ads"}, lead=friend)
    claim = make_claim(person, team=ads)
    claims.submit_claim(person, claim)
    assert [step.approver for step in pending(claim).steps.all()] == [finance]
    Membership.objects.create(team=ads, person=person)
    claim = make_claim(person, team=ads)
    claims.submit_claim(person, claim)
    assert [step.approver for step in pending(claim).steps.all()] == [friend]
