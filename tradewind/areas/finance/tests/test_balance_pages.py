"""The pages of balances, their files and the API: the same numbers, within one's rights."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from tradewind.areas.finance.actions import balances as actions
from tradewind.areas.finance.models import FunctionalCurrency, Remittance
from tradewind.areas.finance.queries.balances_shown import shown
from tradewind.areas.finance.queries.profit_asked import read_ask
from tradewind.areas.finance.rules.balances import BILLS, CASH, GROUP, LINES
from tradewind.areas.finance.tests.balances import FEB, JAN, bank, close, company, pay
from tradewind.areas.finance.tests.spending import make_entity, make_member
from tradewind.areas.finance.tests.test_profit_pages import signed_in
from tradewind.base.money import from_units, to_units
from tradewind.base.period import Period
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.access.scope import Scope
from tradewind.nouns.org.models import Company, Person

pytestmark = pytest.mark.django_db
PAGE = "finance:balances"


@pytest.fixture(autouse=True)
def _march() -> Iterator[None]:
    with time_machine.travel(datetime(2025, 3, 10, 9, tzinfo=UTC), tick=False):
        Company.objects.create(name={"en": "Group"}, currency="EUR", zone="UTC")
        yield


def teller() -> Person:
    """Somebody who may see the bank and nothing else of finance."""
    person = make_member()
    Grant.objects.create(person=person, role=Role.objects.create(code="teller", codes=["finance.view_bank"]))
    return person


def exported(client: Client, kind: str, **asked: str) -> bytes:
    """A file as it is handed out."""
    response: Any = client.get(reverse("finance:balances-export", args=[kind]), {"month": "2025-02", **asked})
    return b"".join(response.streaming_content)


def test_the_page_of_the_group_shows_every_entity_and_leads_to_rows() -> None:
    sz, de = company()
    client = signed_in(make_member("finance"))
    text = client.get(reverse(PAGE), {"month": "2025-02"}).content.decode()
    assert "Within the group" in text
    for entity in (sz, de):
        assert f"entity={entity.pk}" in text
    rows = client.get(
        reverse("finance:balance-rows"), {"month": "2025-02", "entity": str(sz.pk), "line": CASH, "code": "USD"}
    )
    assert "$1,500.00" in rows.content.decode()


def test_the_page_of_one_entity_names_rates_and_exchange_differences() -> None:
    sz, _de = company()
    text = (
        signed_in(make_member("finance"))
        .get(reverse(PAGE), {"month": "2025-02", "entity": str(sz.pk)})
        .content.decode()
    )
    assert "In CNY, the functional currency" in text
    assert "1 USD = 7." in text
    assert "Rates, on the opening" in text


def test_before_any_fact_the_page_says_what_to_bring() -> None:
    assert (
        "Nothing is owned or owed on this day" in signed_in(make_member("finance")).get(reverse(PAGE)).content.decode()
    )


def test_bad_input_falls_back_to_today_and_the_group_s_currency() -> None:
    company()
    client = signed_in(make_member("finance"))
    for asked in (
        {"month": "2099-01"},
        {"month": "x", "currency": "?", "entity": "abc"},
        {"entity": "9" * 30},
        {"month": "0001-01"},
    ):
        assert client.get(reverse(PAGE), asked).status_code == 200
    assert client.get(reverse("finance:balance-rows"), {"entity": "1"}).status_code == 404
    assert client.get(reverse("finance:balance-rows"), {"line": CASH}).status_code == 404
    assert client.get(reverse("finance:balances-export", args=["pdf"])).status_code == 404


def test_a_closed_month_says_so() -> None:
    company()
    close(date(2025, 1, 1))
    client = signed_in(make_member("finance"))
    assert "as they were when the month was closed" in client.get(reverse(PAGE), {"month": "2025-01"}).content.decode()
    assert (
        "as they were when the month was closed" not in client.get(reverse(PAGE), {"month": "2025-02"}).content.decode()
    )


def test_files_hold_the_balances_one_sees() -> None:
    sz, _de = company()
    ann = make_member("finance")
    client = signed_in(ann)
    csv, rows = exported(client, "csv").decode(), shown(ann, FEB).rows
    assert len(csv.strip().splitlines()) == len(rows) + 1
    content = BytesIO(exported(client, "xlsx", entity=str(sz.pk)))
    lines = CalamineWorkbook.from_filelike(content).get_sheet_by_index(0).to_python()[1:]
    told = [Decimal(str(line[5])) for line in lines]
    assert told == [from_units(row.amount) for row in rows if row.entity == sz.pk]


def test_the_api_says_what_the_page_says() -> None:
    sz, de = company()
    ann = make_member("finance")
    client = signed_in(ann)
    found = client.get("/api/v1/finance/balances", {"month": "2025-02"}).json()
    made = shown(ann, FEB)
    assert (found["day"], found["currency"], found["left_out"]) == ("2025-02-28", "EUR", [])
    assert {Decimal(row["amount"]) for row in found["balances"]} == {from_units(row.amount) for row in made.rows}
    assert Decimal(found["group"]["total"]) == from_units(made.everything() or 0)
    assert {row["entity"]: row["functional"] for row in found["entities"]} == {sz.pk: "CNY", de.pk: "EUR"}
    assert [pair["difference"] for pair in found["pairs"]] == ["0.0000"]
    one = client.get("/api/v1/finance/balances", {"month": "2025-02", "entity": str(de.pk), "currency": "usd"}).json()
    assert one["group"] is None
    assert {row["entity"] for row in one["balances"]} == {de.pk}
    assert one["currency"] == "USD"


def test_who_may_not_see_a_line_finds_it_in_no_page_file_or_answer() -> None:
    _sz, de = company()
    client = signed_in(teller())
    page = client.get(reverse(PAGE), {"month": "2025-02"}).content.decode()
    assert "You may not see all" in page
    assert "77.77" not in page
    csv = exported(client, "csv").decode()
    assert "GBP" not in csv
    found = client.get("/api/v1/finance/balances", {"month": "2025-02"}).json()
    assert {row["line"] for row in found["balances"]} == {CASH}
    assert found["group"]["lines"][BILLS] is None
    assert (found["group"]["total"], found["group"]["within"]) == (None, None)
    assert {row["total"] for row in found["entities"]} == {None}
    asked = {"month": "2025-02", "entity": str(de.pk), "line": GROUP}
    assert client.get(reverse("finance:balance-rows"), asked).status_code == 403


def test_without_a_right_nothing_is_open() -> None:
    company()
    client = signed_in(make_member())
    assert client.get(reverse(PAGE)).status_code == 403
    assert client.get("/api/v1/finance/balances").status_code == 403
    assert Client().get(reverse(PAGE)).status_code == 302


def test_payments_are_written_changed_and_removed_on_their_pages() -> None:
    sz, de = company()
    client = signed_in(make_member("finance"))
    asked = {
        "kind": "group",
        "entity": de.pk,
        "partner": sz.pk,
        "day": "2025-02-10",
        "amount": "400",
        "currency": "EUR",
    }
    assert client.post(reverse("finance:remittance-new"), asked).status_code == 302
    row = Remittance.objects.get()
    assert (row.amount, row.until) == (to_units(400), None)
    changed = {**asked, "amount": "410", "version": row.version}
    assert client.post(reverse("finance:remittance-edit", args=[row.pk]), changed).status_code == 302
    assert "410" in client.get(reverse("finance:remittance-detail", args=[row.pk])).content.decode()
    assert client.post(reverse("finance:remittance-new"), {**asked, "kind": "tax"}).status_code == 422
    assert Remittance.objects.count() == 1
    client.post(reverse("finance:remittance-remove", args=[row.pk]))
    assert not Remittance.objects.exists()


def test_payments_within_the_group_are_seen_with_its_line_only() -> None:
    sz, de = company()
    pay(de, kind=Remittance.GROUP, partner=sz, day=date(2025, 2, 10), amount=Decimal(400))
    assert "400" not in signed_in(teller()).get(reverse("finance:remittance-list")).content.decode()
    assert "400" in signed_in(make_member("finance")).get(reverse("finance:remittance-list")).content.decode()


def test_a_currency_is_changed_on_its_page_and_a_closed_month_says_why_not() -> None:
    sz, _de = company()
    close(date(2025, 1, 1))
    client = signed_in(make_member("finance"))
    asked = {"entity": sz.pk, "currency": "USD", "since": "2025-01"}
    refused = client.post(reverse("finance:functional_currency-set"), asked)
    assert refused.status_code == 422
    assert "2025-02" in refused.content.decode()
    assert not FunctionalCurrency.objects.exists()
    assert client.post(reverse("finance:functional_currency-set"), {**asked, "since": "2025-02"}).status_code == 302
    assert "USD" in client.get(reverse("finance:functional_currency-list")).content.decode()


def test_the_profit_and_loss_of_an_entity_is_read_in_the_currency_it_keeps_then() -> None:
    sz = make_entity("sz", "CNY", "CN")
    actions.set_functional_currency.system(entity=sz, since=date(2025, 2, 1), currency="HKD")
    span = Period.parse("2025-02")
    told = [
        read_ask({"entity": str(sz.pk), "period": period}, Scope(), span).currency for period in ("2025-01", "2025-02")
    ]
    assert told == ["CNY", "HKD"]
    group = read_ask({"period": "2025-02"}, Scope(), span)
    assert (group.currency, group.own, "currency" in group.query(entity=str(sz.pk))) == ("EUR", True, False)
    chosen = read_ask({"period": "2025-02", "entity": str(sz.pk), "currency": "usd"}, Scope(), span)
    assert (chosen.currency, chosen.usual, chosen.own, "currency=USD" in chosen.query()) == ("USD", "HKD", False, True)


def test_hidden_names_are_lines() -> None:
    bank(make_entity(), "EUR", (date(2025, 1, 5), 5, None))
    assert set(shown(teller(), JAN).seen.hidden) < set(LINES)
