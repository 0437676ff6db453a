"""Trips: several receipts of a person, each in its own currency and day, submitted, approved, refused and paid in one step."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tradewind.areas.finance.actions import claims, trips
from tradewind.areas.finance.models import Claim, PayState, Posting, Trip
from tradewind.areas.finance.queries import spending
from tradewind.areas.finance.queries import trips as queries
from tradewind.areas.finance.tests.spending import account, make_claim, make_entity, make_member
from tradewind.areas.finance.tests.test_spending_pages import browser, claim_data, picture
from tradewind.base.errors import NotAllowed, Refused
from tradewind.base.money import Money
from tradewind.engines.inbox.actions import reject_request, withdraw_request
from tradewind.engines.inbox.models import Approval, Notice
from tradewind.nouns.org.models import Person

pytestmark = pytest.mark.django_db


def journey(person: Person, **given: Any) -> Trip:
    """Two receipts of two days, currencies and kinds of cost."""
    trip = trips.save_trip(person, None, what="Fair in Las Vegas", entity=make_entity())
    make_claim(person, trip=trip, what="Train", **given)
    make_claim(person, trip=trip, what="Samples", day=date(2025, 3, 5), country="US", account=account("samples"),
               amount=Decimal("80.00"), currency="USD", tax_back=False)  # fmt: skip
    return trip


def states(trip: Trip) -> set[str]:
    """The states of a trip and its receipts."""
    trip.refresh_from_db()
    return {trip.state, *trip.claims.values_list("state", flat=True)}


def test_all_receipts_are_submitted_approved_counted_and_paid_together() -> None:
    finance, lead = make_member("finance"), make_member("team_lead")
    person = make_member(manager=lead)
    trip = journey(person)
    trips.submit_trip(person, trip)
    assert (states(trip), Approval.objects.count()) == ({PayState.SUBMITTED}, 1)
    assert set(spending.claims(lead)) == set(trip.claims.all())
    with pytest.raises(NotAllowed):
        trips.accept_trip(lead, trip)
    trips.approve_trip(lead, trip)
    assert states(trip) == {PayState.SUBMITTED}  # without a limit finance looks too
    trips.approve_trip(finance, trip)
    assert states(trip) == {PayState.APPROVED}
    assert set(Posting.objects.values_list("amount", "currency", "day")) == {
        (-1_199_000, "EUR", date(2025, 3, 3)), (-800_000, "USD", date(2025, 3, 5)),
    }  # fmt: skip
    Notice.objects.all().delete()
    trips.pay_trip(finance, trip, day=date(2025, 3, 20))
    assert states(trip) == {PayState.PAID}
    assert set(Claim.objects.values_list("paid_on", flat=True)) == {date(2025, 3, 20)}
    assert Notice.objects.filter(person=person, kind="finance.claim_paid").count() == 1


def test_what_is_to_be_paid_is_told_by_currency() -> None:
    trip = journey(make_member())
    sums = [claim.pay_amount for claim in trip.claims.all()]
    assert queries.totals(trip.claims.all()) == [Money.of_units(sum(units or 0 for units in sums), "CNY")]


def test_a_receipt_of_a_trip_is_not_submitted_by_itself() -> None:
    make_member("finance")
    person = make_member()
    trip = journey(person)
    for claim in trip.claims.all():
        with pytest.raises(Refused):
            claims.submit_claim(person, claim)
    assert states(trip) == {PayState.DRAFT}


def test_one_receipt_without_its_picture_holds_the_whole_trip() -> None:
    make_member("finance")
    person = make_member()
    trip = journey(person, receipt=False)
    with pytest.raises(Refused) as refusal:
        trips.submit_trip(person, trip)
    assert "Train" in str(refusal.value.message)
    assert (states(trip), Approval.objects.count()) == ({PayState.DRAFT}, 0)
    empty = trips.save_trip(person, None, what="Nothing yet")
    with pytest.raises(Refused):
        trips.submit_trip(person, empty)


@pytest.mark.django_db(transaction=True)
def test_a_refusal_on_the_page_or_in_the_inbox_gives_all_receipts_back() -> None:
    finance, person = make_member("finance"), make_member()
    trip = journey(person)
    trips.submit_trip(person, trip)
    trips.refuse_trip(finance, trip, reason="The wrong company")
    assert states(trip) == {PayState.REFUSED}
    trips.submit_trip(person, Trip.objects.get())
    reject_request(finance, Approval.objects.get(state=Approval.PENDING), note="Still the wrong one")
    assert states(trip) == {PayState.REFUSED}
    assert set(Claim.objects.values_list("answer", flat=True)) == {"Still the wrong one"}
    assert not Posting.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_withdrawn_trip_is_a_draft_again() -> None:
    make_member("finance")
    person = make_member()
    trip = journey(person)
    trips.submit_trip(person, trip)
    withdraw_request(person, Approval.objects.get())
    assert states(trip) == {PayState.DRAFT}


def test_others_neither_write_nor_pay_nor_see_a_trip() -> None:
    person, other, finance = make_member(), make_member(), make_member("finance")
    trip = journey(person)
    with pytest.raises(NotAllowed):
        trips.save_trip(other, trip, what="Mine")
    with pytest.raises(NotAllowed):
        trips.submit_trip(other, trip)
    with pytest.raises(NotAllowed):
        trips.remove_trip(other, trip)
    with pytest.raises(Refused):
        make_claim(other, trip=trip)
    assert not queries.trips(other).exists()
    trips.submit_trip(person, trip)
    trips.approve_trip(finance, trip)
    with pytest.raises(NotAllowed):
        trips.pay_trip(other, trip)
    assert (states(trip), trip.claims.count()) == ({PayState.APPROVED}, 2)


def test_a_trip_thrown_away_leaves_its_receipts() -> None:
    person = make_member()
    trips.remove_trip(person, journey(person))
    assert (Trip.objects.count(), Claim.objects.filter(trip=None).count()) == (0, 2)


def test_a_phone_adds_receipts_one_after_the_other() -> None:
    finance, person = make_member("finance"), make_member()
    phone = browser(person)
    assert phone.post("/finance/trips/new/", {"what": "Fair"}).status_code == 302
    trip = Trip.objects.get()
    page = phone.get(f"/finance/trips/{trip.pk}/").content.decode()
    assert f"/finance/claims/new/?trip={trip.pk}" in page
    assert "/submit/" not in page
    form = phone.get(f"/finance/claims/new/?trip={trip.pk}").content.decode()
    assert f'<option value="{trip.pk}" selected>' in form
    for what in ("Taxi", "Hotel"):
        answer = phone.post("/finance/claims/new/", claim_data(what=what, trip=trip.pk, receipt=picture()))
        assert (answer.status_code, answer["Location"]) == (302, f"/finance/trips/{trip.pk}/")
    assert phone.post(f"/finance/trips/{trip.pk}/submit/").status_code == 302
    desk = browser(finance)
    seen = desk.get(f"/finance/trips/{trip.pk}/").content.decode()
    assert "Hotel" in seen
    assert f"/finance/trips/{trip.pk}/approve/" in seen
    assert desk.post(f"/finance/trips/{trip.pk}/approve/").status_code == 302
    assert desk.post(f"/finance/trips/{trip.pk}/pay/", {"day": "2025-04-01"}).status_code == 302
    assert states(trip) == {PayState.PAID}
    assert browser(make_member()).get(f"/finance/trips/{trip.pk}/").status_code == 404
