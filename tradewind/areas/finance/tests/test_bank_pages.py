"""Files of money over the pages and the API, and who may walk that way."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tradewind.areas.finance.actions.accounts import install_accounts
from tradewind.areas.finance.models import Account, LinePart
from tradewind.areas.finance.tests.spending import make_bill
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.actions.models import Event
from tradewind.engines.exchange.models import SheetBatch, SheetLayout
from tradewind.engines.exchange.sheets import queue
from tradewind.engines.jobs.queue import run_now
from tradewind.engines.metrics.tests.trade import make_channel
from tradewind.nouns.org.models import Person, User
from tradewind.nouns.trade.models import BankAccount, BankLine, Payout

pytestmark = pytest.mark.django_db
RIGHTS = (
    "finance.view_bank",
    "finance.import_bank_lines",
    "finance.save_bank_account",
    "finance.match_payout",
    "finance.match_line",
    "finance.post_gap",
    "market.view_channel",
)
KIND = "finance.bank_lines"
TEXT = b"Date,Amount,Currency,Description\n2026-03-01,5.00,EUR,<b>Tea</b>\n2026-03-02,much,EUR,Tea\n"


def someone(name: str, *codes: str) -> Client:
    """A signed-in person with some rights everywhere."""
    person = Person.objects.create(key=name, name=name, email=f"{name.lower()}@example.com")
    user = User.objects.create_user(f"{name.lower()}@example.com", "secret-secret", person=person)
    if codes:
        Grant.objects.create(person=person, role=Role.objects.create(code=name.lower(), codes=list(codes)))
    client = Client()
    client.force_login(user)
    return client


def upload(client: Client, content: bytes, **more: Any) -> Any:
    """Send a file to the upload page."""
    return client.post(
        reverse("exchange:sheet-new", args=[KIND]), {"file": SimpleUploadedFile("bank.csv", content), **more}
    )


@pytest.fixture
def account() -> BankAccount:
    return BankAccount.objects.create(code="main", name="Main", currency="EUR")


def test_a_statement_is_read_looked_at_and_taken(account: BankAccount) -> None:
    client = someone("Lin", *RIGHTS)
    assert "MT940" in client.get(reverse("exchange:sheet-choose")).content.decode()
    assert client.get(reverse("exchange:sheet-new", args=[KIND])).status_code == 200
    answer = upload(client, TEXT, account="main")
    batch = SheetBatch.objects.get()
    here = reverse("exchange:sheet-detail", args=[batch.pk])
    assert (answer.status_code, answer["Location"], BankLine.objects.count()) == (302, here, 0)
    page = client.get(here).content.decode()
    assert "much" in page
    assert reverse("exchange:sheet-take", args=[batch.pk]) in page
    assert client.post(reverse("exchange:sheet-take", args=[batch.pk])).status_code == 302
    assert BankLine.objects.count() == 1
    shown = client.get(reverse("finance:bank_line-list")).content.decode()
    assert "&lt;b&gt;Tea" in shown
    assert "<b>Tea" not in shown
    assert client.get(reverse("finance:bank_line-detail", args=[BankLine.objects.get().pk])).status_code == 200
    assert "3" in client.get(reverse("exchange:sheet-refusals", args=[batch.pk])).getvalue().decode()
    client.get(reverse("exchange:sheet-file", args=[batch.pk]))
    assert Event.objects.filter(name="exchange.download_file").count() == 1


def test_unknown_columns_are_said_on_their_page_and_kept(account: BankAccount) -> None:
    client = someone("Lin", *RIGHTS)
    answer = upload(client, b"wann,wie viel\n03/04/2026,5.00\n", account="main")
    batch = SheetBatch.objects.get()
    here = reverse("exchange:sheet-columns", args=[batch.pk])
    assert answer["Location"] == here
    assert "wie viel" in client.get(here).content.decode()
    bad = client.post(here, {"column-day": "wann", "date": "dmy", "number": "auto"})
    assert (bad.status_code, SheetBatch.objects.get().state) == (422, "new")
    good = {
        "column-day": "wann",
        "column-amount": "wie viel",
        "date": "dmy",
        "number": "auto",
        "keep_as": "Unsere Bank",
    }
    assert client.post(here, good).status_code == 302
    assert (SheetBatch.objects.get().state, SheetLayout.objects.get().name) == ("ready", "Unsere Bank")
    assert "Unsere Bank" in client.get(reverse("exchange:sheet-new", args=[KIND])).content.decode()


def test_who_lacks_the_right_gets_none_of_it(account: BankAccount) -> None:
    upload(someone("Lin", *RIGHTS), TEXT, account="main")
    batch = SheetBatch.objects.get()
    stranger = someone("Max", "exchange.view_imports", "finance.set_costs", "exchange.download_file")
    for name in ("sheet-detail", "sheet-columns", "sheet-file", "sheet-refusals", "sheet-take"):
        assert stranger.get(reverse(f"exchange:{name}", args=[batch.pk])).status_code in (403, 404), name
    assert "bank.csv" not in stranger.get(reverse("exchange:sheet-list")).content.decode()
    assert upload(stranger, TEXT, account="main").status_code == 403
    for name in ("bank_account-list", "bank_line-list", "payout-list", "payout-bridge"):
        assert stranger.get(reverse(f"finance:{name}")).status_code == 403, name
    assert SheetBatch.objects.count() == 1


def test_a_number_never_comes_back_to_the_screen() -> None:
    client = someone("Lin", *RIGHTS)
    sent = {
        "code": "de",
        "name": "Bank",
        "kind": "bank",
        "number": "DE89370400440532013000",
        "currency": "EUR",
        "active": "on",
    }
    assert client.post(reverse("finance:bank_account-new"), sent).status_code == 302
    account = BankAccount.objects.get()
    for name in ("bank_account-detail", "bank_account-edit"):
        page = client.get(reverse(f"finance:{name}", args=[account.pk])).content.decode()
        assert "0532013000" not in page
    assert "…3000" in client.get(reverse("finance:bank_account-list")).content.decode()
    edited = {**sent, "number": "", "name": "Bank 2", "expected_version": account.version}
    client.post(reverse("finance:bank_account-edit", args=[account.pk]), edited)
    account.refresh_from_db()
    assert (account.name, account.number) == ("Bank 2", "DE89370400440532013000")


def test_a_payout_is_shown_with_both_sides_and_joined_by_hand(account: BankAccount) -> None:
    client = someone("Lin", *RIGHTS)
    day = date(2026, 3, 10)
    payout = Payout.objects.create(channel=make_channel(), external_id="S-1", day=day, amount=900_000, currency="EUR")
    lines = [
        BankLine.objects.create(account=account, key=str(n), day=day, amount=900_000, currency="EUR") for n in (1, 2)
    ]
    here = reverse("finance:payout-detail", args=[payout.pk])
    assert "a line may be it" in client.get(here).content.decode()
    match = reverse("finance:payout-match", args=[payout.pk])
    assert client.get(match).status_code == 200
    assert client.post(match, {"lines": [lines[1].pk]}).status_code == 302
    page = client.get(here).content.decode()
    assert "arrived in full" in page
    assert BankLine.objects.get(parts__payout=payout) == lines[1]
    assert "arrived in full" in client.get(reverse("finance:payout-list")).content.decode()
    assert client.get(reverse("finance:payout-bridge")).status_code == 200


def test_the_api_takes_a_table_and_tells_its_refused_rows(account: BankAccount) -> None:
    client = someone("Lin", *RIGHTS)
    assert [one["code"] for one in client.get("/api/v1/exchange/tables/kinds").json()] == [KIND]
    sent = {
        "sheet": KIND,
        "options": json.dumps({"account": "main"}),
        "commit": "true",
        "file": SimpleUploadedFile("b.csv", TEXT),
    }
    told = client.post("/api/v1/exchange/tables", sent).json()
    assert (told["state"], told["new"], told["totals"], told["rejected"][0]["line"]) == ("done", 1, {"EUR": "5.00"}, 3)
    assert client.get(f"/api/v1/exchange/tables/{told['batch']}").json()["new"] == 1
    for wrong in ("[]", "{", '{"account": "no"}'):
        answer = client.post(
            "/api/v1/exchange/tables", {**sent, "options": wrong, "file": SimpleUploadedFile("b.csv", TEXT)}
        )
        assert answer.status_code == 422, wrong
    stranger = someone("Max", "finance.set_costs")
    assert stranger.get(f"/api/v1/exchange/tables/{told['batch']}").status_code == 404
    sent["file"] = SimpleUploadedFile("b.csv", TEXT)
    assert (stranger.post("/api/v1/exchange/tables", sent).status_code, BankLine.objects.count()) == (403, 1)


def test_a_large_file_goes_through_the_worker(account: BankAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "SMALL", 1)
    client = someone("Lin", *RIGHTS)
    upload(client, TEXT, account="main")
    batch = SheetBatch.objects.get()
    assert batch.state == "new"
    run_now("exchange.read_sheet", batch_id=batch.pk)
    client.post(reverse("exchange:sheet-take", args=[batch.pk]))
    assert BankLine.objects.count() == 0
    for _again in range(2):
        assert run_now("exchange.take_sheet", batch_id=batch.pk) is not None
    assert BankLine.objects.count() == 1


def test_a_line_is_joined_with_two_payouts_and_what_differs_is_posted(account: BankAccount) -> None:
    client, channel, day = someone("Lin", *RIGHTS, "finance.view_profit"), make_channel(), date(2026, 3, 10)
    install_accounts.system()
    rows = [
        Payout.objects.create(channel=channel, external_id=key, day=day, amount=units, currency="EUR")
        for key, units in (("S-1", 900_000), ("S-2", 800_000))
    ]
    line = BankLine.objects.create(account=account, key="1", day=day, amount=1_690_000, currency="EUR", text="AMZ")
    match = reverse("finance:bank_line-match", args=[line.pk])
    assert "S-2" in client.get(match).content.decode()
    assert client.post(match, {"payouts": [row.pk for row in rows]}).status_code == 302
    assert "S-1, S-2" in client.get(reverse("finance:bank_line-list")).content.decode()
    here = reverse("finance:payout-detail", args=[rows[0].pk])
    assert "bank kept a charge" in client.get(here).content.decode()
    post = reverse("finance:payout-post", args=[rows[0].pk])
    assert "-€1.00" in client.get(post).content.decode().replace("−", "-")
    fees = Account.objects.get(code="payment-fees")
    assert client.post(post, {"gap": "unexplained", "account": fees.pk}).status_code == 302
    assert client.post(post, {"gap": "charge", "account": fees.pk}).status_code == 302
    shown = client.get(here).content.decode()
    assert "difference posted" in shown
    assert post not in shown
    assert client.post(match, {"payouts": []}).status_code == 302
    assert not LinePart.objects.exists()


def test_a_line_tells_a_bill_of_pay_by_its_kind_alone(account: BankAccount) -> None:
    install_accounts.system()
    bill = make_bill(account=Account.objects.get(code="salaries"), supplier="Secret Wages")
    line = BankLine.objects.create(account=account, key="1", day=bill.day, amount=-bill.amount, currency="EUR")
    LinePart.objects.create(line=line, bill=bill, amount=-bill.amount)
    here = reverse("finance:bank_line-detail", args=[line.pk])
    for client, seen in (
        (someone("Lin", *RIGHTS), False),
        (someone("Bo", *RIGHTS, "finance.view_bills", "finance.view_pay"), True),
    ):
        text = client.get(here).content.decode()
        assert ("Secret Wages" in text) is seen
        assert "Bill" in text
