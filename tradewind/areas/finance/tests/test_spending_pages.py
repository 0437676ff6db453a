"""Pages of claims, bills, cash and outside ledgers: filled by hand, guarded, told beside the field."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tradewind.areas.finance.actions import cash, claims
from tradewind.areas.finance.models import Bill, CashLine, Claim, ExpenseLimit, Ledger, PayoutCalendar, PayState
from tradewind.areas.finance.tests.spending import account, make_bill, make_claim, make_entity, make_member
from tradewind.engines.metrics.tests.trade import make_channel
from tradewind.nouns.files.models import Attachment
from tradewind.nouns.org.models import Person, User

pytestmark = pytest.mark.django_db


def browser(person: Person) -> Client:
    client = Client()
    client.force_login(User.objects.create_user(str(person.email), "a long password", person=person))
    return client


def claim_data(**given: Any) -> dict[str, Any]:
    return {
        "amount": "45.50", "currency": "GBP", "day": "2025-03-03", "what": "Taxi to the warehouse", "account": account("travel").pk,
        "country": "GB", "pay_currency": "CNY", **given,
    }  # fmt: skip


def picture(name: str = "receipt.jpg", kind: str = "image/jpeg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"\xff\xd8\xff\xe0 a picture", kind)


def test_claim_is_written_with_its_photo_and_submitted() -> None:
    lead = make_member("team_lead")
    person = make_member(manager=lead)
    make_member("finance")
    client = browser(person)
    assert client.get("/finance/claims/new/").status_code == 200
    answer = client.post("/finance/claims/new/", claim_data(receipt=picture()))
    claim = Claim.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == f"/finance/claims/{claim.pk}/"
    assert Attachment.objects.get().subject_id == claim.pk
    page = client.get(f"/finance/claims/{claim.pk}/").content.decode()
    assert "ECB rate of Mon 3 Mar 2025" in page
    assert f"/finance/claims/{claim.pk}/submit/" in page
    assert f"/finance/claims/{claim.pk}/approve/" not in page
    assert client.post(f"/finance/claims/{claim.pk}/submit/", {"version": claim.version}).status_code == 302
    leads = browser(lead).get(f"/finance/claims/{claim.pk}/").content.decode()
    assert f"/finance/claims/{claim.pk}/approve/" in leads
    assert f"/finance/claims/{claim.pk}/edit/" not in leads


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"amount": "-3"}, "amount"),
        ({"amount": "many"}, "amount"),
        ({"day": "2999-01-01"}, "day"),
        ({"what": ""}, "what"),
    ],
)
def test_bad_claim_is_told_beside_the_field_and_nothing_is_kept(given: dict[str, Any], field: str) -> None:
    answer = browser(make_member()).post("/finance/claims/new/", claim_data(**given, receipt=picture()))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Claim.objects.exists()
    assert not Attachment.objects.exists()


def test_receipt_that_is_no_picture_is_refused() -> None:
    answer = browser(make_member()).post(
        "/finance/claims/new/", claim_data(receipt=picture("a.exe", "application/x-msdownload"))
    )
    assert answer.status_code == 422
    assert "receipt" in answer.context["form"].errors
    assert not Claim.objects.exists()


def test_another_persons_claim_is_not_found_and_not_listed() -> None:
    claim = make_claim(make_member())
    client = browser(make_member())
    for path in ("", "edit/", "submit/", "approve/", "refuse/"):
        assert client.get(f"/finance/claims/{claim.pk}/{path}").status_code == 404, path
    assert "Train to the fair" not in client.get("/finance/claims/").content.decode()
    assert client.get(f"/finance/claims/{claim.pk}/pay/").status_code in (403, 404)
    assert client.post(f"/finance/claims/{claim.pk}/edit/", claim_data()).status_code == 404
    claim.refresh_from_db()
    assert claim.amount == 1_199_000


def test_claims_are_approved_and_paid_from_the_list() -> None:
    finance, person = make_member("finance"), make_member()
    claims.save_limit.system(None, amount=Decimal(500), currency="EUR")
    rows = [make_claim(person), make_claim(person)]
    for row in rows:
        claims.submit_claim(person, row)
    client = browser(finance)
    ids = [row.pk for row in rows]
    client.post("/finance/claims/bulk/", {"action": "finance.view_claims", "pk": ids, "rows": ids})
    client.post("/finance/claims/bulk/", {"action": "finance.pay_claim", "pk": ids, "rows": ids})
    assert set(Claim.objects.values_list("state", flat=True)) == {PayState.PAID}


def test_bill_is_entered_and_its_twin_is_told_beside_the_number() -> None:
    client = browser(make_member("finance"))
    data = {
        "supplier": "Hafen", "number": "R 1", "day": "2025-03-03", "due": "2025-04-01", "amount": "10", "currency": "EUR",
        "account": account("warehouse").pk,
    }  # fmt: skip
    assert client.post("/finance/bills/new/", data).status_code == 302
    answer = client.post("/finance/bills/new/", {**data, "number": "r-1"})
    assert answer.status_code == 422
    assert "number" in answer.context["form"].errors
    bill = Bill.objects.get()
    assert client.get(f"/finance/bills/{bill.pk}/").status_code == 200
    assert browser(make_member()).get("/finance/bills/").status_code == 403


def test_bill_of_goods_is_nowhere_for_whoever_may_not_see_costs() -> None:
    bill = make_bill(account=account("cost-purchase"), supplier="Secret Works")
    person = make_member("people")
    assert browser(person).get(f"/finance/bills/{bill.pk}/").status_code == 404
    finance = browser(make_member("finance"))
    assert "Secret Works" in finance.get("/finance/bills/").content.decode()
    assert "Secret Works" in b"".join(finance.get("/finance/bills/export/csv/").streaming_content).decode()  # type: ignore[attr-defined]


def test_limits_are_set_and_changed() -> None:
    client = browser(make_member("finance"))
    assert (
        client.post("/finance/expense-limits/new/", {"country": "", "amount": "200", "currency": "USD"}).status_code
        == 302
    )
    limit = ExpenseLimit.objects.get()
    answer = client.post(
        f"/finance/expense-limits/{limit.pk}/edit/",
        {
            "country": "DE",
            "amount": "300",
            "currency": "EUR",
            "account": account("travel").pk,
            "version": limit.version,
        },
    )
    assert answer.status_code == 302
    limit.refresh_from_db()
    assert (limit.country, limit.amount, limit.currency) == ("DE", 3_000_000, "EUR")
    assert browser(make_member()).get("/finance/expense-limits/").status_code == 200
    assert browser(make_member()).get("/finance/expense-limits/new/").status_code == 403


def test_cash_page_is_empty_then_filled_and_looked_into() -> None:
    client = browser(make_member("finance"))
    assert "Nothing is known of the cash ahead yet" in client.get("/finance/cash/").content.decode()
    answer = client.post(
        "/finance/cash-lines/new/",
        {
            "name_en": "Rent",
            "kind": "rent",
            "amount": "-1200",
            "currency": "EUR",
            "first_day": "2025-01-31",
            "rhythm": "monthly",
        },
    )
    assert answer.status_code == 302
    cash.save_cash_line.system(
        None, name={"en": "Box"}, kind="balance", amount=Decimal(500), currency="EUR", first_day=date(2025, 1, 1)
    )
    page = client.get("/finance/cash/?currency=EUR&week=5&ahead=1")
    text = page.content.decode()
    assert page.status_code == 200
    assert "Below zero" in text
    assert len(page.context["rows"]) == 13
    assert client.get("/finance/cash/?currency=EUR&show=EUR&week=nonsense").status_code == 200
    assert client.get("/finance/cash/?currency=<b>&show=XXX&week=99").status_code == 200
    assert browser(make_member()).get("/finance/cash/").status_code == 403
    assert CashLine.objects.count() == 2


def test_payout_calendar_is_written_in_per_cent() -> None:
    shop = make_channel()
    client = browser(make_member("finance"))
    data = {
        "channel": shop.pk, "first_day": "2025-03-03", "every_days": "14", "delay_days": "3", "pays": "82.5", "reserve": "10",
        "reserve_days": "30",
    }  # fmt: skip
    assert client.post("/finance/payout-calendars/new/", data).status_code == 302
    row = PayoutCalendar.objects.get()
    assert (row.pays, row.reserve) == (825_000, 100_000)
    form = client.get(f"/finance/payout-calendars/{row.pk}/edit/").content.decode()
    assert 'value="82.5"' in form
    assert client.get(f"/finance/payout-calendars/{row.pk}/").status_code == 200
    assert client.post("/finance/payout-calendars/new/", {**data, "reserve": "120"}).status_code == 422
    assert PayoutCalendar.objects.count() == 1


def test_outside_ledger_is_named_and_tells_what_it_lacks() -> None:
    client = browser(make_member("finance"))
    data = {
        "name": "Books",
        "code": "books",
        "layout": "kingdee",
        "currency": "CNY",
        "rate": "month",
        "active": "on",
        "contra_pay": "2211",
    }
    assert client.post("/finance/ledgers/new/", data).status_code == 302
    row = Ledger.objects.get()
    assert row.contra == {"pay": "2211"}
    assert client.get(f"/finance/ledgers/{row.pk}/").status_code == 200
    answer = client.post(f"/finance/ledgers/{row.pk}/export-month/", {"month": "2025-13", "version": row.version})
    assert answer.status_code == 422
    answer = client.post(f"/finance/ledgers/{row.pk}/export-month/", {"month": "2025-01", "version": row.version})
    assert "knows everything already" in answer.content.decode()
    assert client.get("/finance/journals/").status_code == 200
    assert browser(make_member("buyer")).get("/finance/ledgers/").status_code == 403


def test_rest_tells_ones_own_claims_alone() -> None:
    person = make_member(entity=make_entity())
    others, mine = make_claim(make_member()), make_claim(person)
    client = browser(person)
    rows = client.get("/api/v1/finance/claims").json()["rows"]
    assert [(row["id"], row["amount"], row["receipt"]) for row in rows] == [(mine.pk, "119.90", True)]
    assert client.get(f"/api/v1/finance/claims/{mine.pk}").json()["pay_currency"] == "CNY"
    assert client.get(f"/api/v1/finance/claims/{others.pk}").status_code == 404
    assert client.get("/api/v1/finance/cash").status_code == 403


def test_rest_tells_the_cash_ahead_exactly() -> None:
    cash.save_cash_line.system(
        None, name={"en": "Box"}, kind="balance", amount=Decimal("500.25"), currency="EUR", first_day=date(2025, 1, 1)
    )
    told = browser(make_member("finance")).get("/api/v1/finance/cash?currency=EUR").json()
    assert told["low"]["amount"] == "500.25"
    assert len(told["weeks"]) == 13
    assert told["currencies"][0]["currency"] == "EUR"


def test_bill_asks_whether_it_is_another_only_when_one_resembles_it() -> None:
    client = browser(make_member("finance"))
    known = make_bill()
    data = {
        "supplier": known.supplier, "number": "Z-9", "day": "2025-03-04", "due": "2025-04-04", "amount": "2400.00", "currency": "EUR",
        "account": known.account_id, "tax_by": "none", "tax_back": "on",
    }  # fmt: skip
    assert 'type="checkbox" name="distinct"' not in client.get("/finance/bills/new/").content.decode()
    answer = client.post("/finance/bills/new/", {**data, "distinct": "False"})
    assert (answer.status_code, Bill.objects.count()) == (422, 1)
    assert 'type="checkbox" name="distinct"' in answer.content.decode()
    assert known.number in answer.content.decode()
    assert client.post("/finance/bills/new/", {**data, "distinct": "on"}).status_code == 302
    assert Bill.objects.get(number="Z-9").distinct
