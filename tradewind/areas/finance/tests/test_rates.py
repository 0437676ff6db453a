"""The company's own rates: by hand and by file, refused whole when wrong, and a to-do when the bank's grow old."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from tradewind.areas.finance import actions
from tradewind.areas.finance.models import Budget
from tradewind.areas.finance.rules.rates import Quote, read_rates, to_value
from tradewind.base import clock, ecb
from tradewind.base.errors import NotAllowed, Refused
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.actions.models import Change, Event
from tradewind.engines.inbox.models import Todo
from tradewind.engines.jobs.queue import run_now
from tradewind.engines.metrics import rates
from tradewind.nouns.org.models import Company, Market, Person, User
from tradewind.nouns.trade.models import Channel, Order, Rate, RateSet

KEEPER = ["finance.view_rates", "finance.create_rate_set", "finance.update_rate_set", "finance.set_rate", "finance.load_rates",
          "finance.remove_rate", "finance.load_ecb_rates"]  # fmt: skip


def keeper(codes: list[str] = KEEPER) -> Person:
    person = Person.objects.create(name="Fay", email=f"f{Person.objects.count()}@example.com")
    Grant.objects.create(person=person, role=Role.objects.create(code=f"k{person.pk}", codes=codes))
    return person


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7.4326", 743_260_000),
        ("0.00000001", 1),
        ("0.000000001", None),
        ("-1", None),
        ("0", None),
        ("x", None),
        ("NaN", None),
    ],
)
def test_a_rate_is_exact_or_refused(text: str, value: int | None) -> None:
    assert to_value(text) == value


def test_a_long_file_is_read_and_its_faults_named() -> None:
    found = read_rates(
        "\ufeffcurrency;day;rate\nUSD;2026-01-01;1.1\nusd;2026-13-01;1\nJPY;2026-01-02;none\nEURO;2026-01-02;1\n"
    )
    assert found.quotes == [Quote("USD", date(2026, 1, 1), 110_000_000)]
    assert [(line, code) for line, _column, code, _value in found.faults] == [(3, "day"), (4, "rate"), (5, "currency")]


def test_the_banks_wide_file_is_read() -> None:
    found = read_rates("Date,USD,JPY,\n2026-11-02,1.1,N/A,\n2026-11-03,1.2,170,\n")
    assert [(q.currency, q.day.day, q.value) for q in found.quotes] == [
        ("USD", 2, 110_000_000), ("USD", 3, 120_000_000), ("JPY", 3, 17_000_000_000),
    ]  # fmt: skip
    assert read_rates("a,b\n1,2\n").faults[0][2] == "header"


@given(st.lists(st.tuples(st.sampled_from(["USD", "JPY", "CNY"]), st.dates(), st.integers(1, 10**15)), max_size=10))
def test_written_rates_read_back(rows: list[tuple[str, date, int]]) -> None:
    text = "currency,day,rate\n" + "".join(f"{c},{d.isoformat()},{Decimal(v).scaleb(-8):f}\n" for c, d, v in rows)
    assert read_rates(text).quotes == [Quote(c, d, v) for c, d, v in rows]


@pytest.mark.django_db
def test_rates_by_hand_and_by_file_are_stored_once() -> None:
    by = keeper()
    plan = actions.create_rate_set(by, code="plan", name="Plan")
    first = actions.set_rate(by, plan, currency="usd", day=date(2026, 1, 1), rate="1.25")
    assert (first.new, first.changed) == (1, 0)
    quotes = [Quote("USD", date(2026, 1, 1), 130_000_000), Quote("JPY", date(2026, 1, 1), 15_000_000_000)]
    again = actions.load_rates(by, plan, quotes=quotes)
    assert (again.new, again.changed, again.same) == (1, 1, 0)
    assert actions.load_rates(by, plan, quotes=quotes).same == 2
    changed = Change.objects.get()
    assert changed.changes == {"USD 2026-01-01": ["1.25", "1.3"]}
    factor = rates.rule("plan").factor(date(2020, 1, 1), "EUR", "USD")
    assert factor is not None
    assert factor.value == Decimal("1.3")


@pytest.mark.django_db
def test_kept_rules_follow_a_changed_rate() -> None:
    by = keeper()
    plan = actions.create_rate_set(by, code="plan", name="Plan")
    actions.set_rate(by, plan, currency="USD", day=date(2026, 1, 1), rate="2")
    assert rates.rule("plan").quote(date(2026, 1, 1), "USD") == (Decimal(2), date(2026, 1, 1))
    actions.set_rate(by, plan, currency="USD", day=date(2026, 1, 1), rate="4")
    assert rates.rule("plan").quote(date(2026, 1, 1), "USD") == (Decimal(4), date(2026, 1, 1))
    actions.remove_rate(by, plan, currency="USD", day=date(2026, 1, 1))
    assert rates.rule("plan").quote(date(2026, 1, 1), "USD") is None


@pytest.mark.django_db
@pytest.mark.parametrize("values", [{"rate": "0"}, {"rate": "1e-9"}, {"currency": "QQQ"}, {"currency": "EUR"}])
def test_a_wrong_rate_is_refused_and_changes_nothing(values: dict[str, str]) -> None:
    by = keeper()
    plan = actions.create_rate_set(by, code="plan", name="Plan")
    with pytest.raises(Refused):
        actions.set_rate(
            by, plan, currency=values.get("currency", "USD"), day=date(2026, 1, 1), rate=values.get("rate", "1")
        )
    assert not Rate.objects.exists()
    assert not Event.objects.filter(name="finance.set_rate").exists()


@pytest.mark.django_db
def test_rates_need_the_right_for_the_whole_company() -> None:
    plan = RateSet.objects.create(code="plan", name="Plan")
    with pytest.raises(NotAllowed):
        actions.set_rate(keeper(["finance.view_rates"]), plan, currency="USD", day=date(2026, 1, 1), rate="1")
    local = Person.objects.create(name="Local")
    market = Market.objects.create(code="de")
    Grant.objects.create(person=local, role=Role.objects.create(code="l", codes=KEEPER), market=market)
    with pytest.raises(NotAllowed):
        actions.set_rate(local, plan, currency="USD", day=date(2026, 1, 1), rate="1")
    assert not Rate.objects.exists()


@pytest.mark.django_db
@pytest.mark.django_db
def test_rates_of_an_approved_budget_stay_as_they_are() -> None:
    plan = actions.create_rate_set.system(code="plan-2027", name="Plan 2027")
    actions.set_rate.system(plan, currency="USD", day=date(2027, 1, 1), rate="1.1")
    budget = Budget.objects.create(
        code="b27", name="Budget 2027", start=date(2027, 1, 1), end=date(2027, 12, 1), currency="EUR", rate="plan-2027"
    )
    actions.set_rate.system(plan, currency="USD", day=date(2027, 1, 1), rate="1.12")
    for state in (Budget.APPROVED, Budget.LOCKED):
        Budget.objects.filter(pk=budget.pk).update(state=state)
        with pytest.raises(Refused) as refusal:
            actions.set_rate.system(plan, currency="USD", day=date(2027, 1, 1), rate="1.2")
        assert "Budget 2027" in str(refusal.value)
        with pytest.raises(Refused):
            actions.load_rates.system(plan, quotes=[Quote("GBP", date(2027, 1, 1), 85_000_000)])
        with pytest.raises(Refused):
            actions.remove_rate.system(plan, currency="USD", day=date(2027, 1, 1))
        with pytest.raises(Refused):
            actions.update_rate_set.system(plan, name="Plan", kind=RateSet.DAILY)
    actions.update_rate_set.system(plan, name="Plan, approved", kind=RateSet.FIXED)
    actions.set_rate.system(plan, currency="USD", day=date(2027, 1, 1), rate="1.12")  # the same once more
    assert list(Rate.objects.filter(rate_set=plan).values_list("currency", "value")) == [("USD", 112_000_000)]


@pytest.mark.django_db
def test_newer_bank_rates_continue_the_history() -> None:
    last = ecb.last_published()
    quotes = [Quote("USD", last, 900_000_000), Quote("USD", last + timedelta(days=3), 150_000_000)]
    done = actions.load_ecb_rates(keeper(), quotes=quotes)
    assert done.new == 1
    rule = rates.rule("day")
    assert rule.quote(last, "USD") == (ecb.rates(last)["USD"], last)
    assert rule.quote(last + timedelta(days=4), "USD") == (Decimal("1.5"), last + timedelta(days=3))
    assert rates.last_published() == last + timedelta(days=3)


@pytest.mark.django_db
def test_old_rates_are_a_to_do_and_settled_when_fresh() -> None:
    Company.objects.create(name={"en": "S"}, currency="EUR", zone="UTC")
    person, today = keeper(), clock.today("UTC")
    keeper(["finance.view_rates"])
    shop = Channel.objects.create(code="s", name="s", currency="USD")
    Order.objects.create(channel=shop, external_id="1", number="1", day=today, placed_at=clock.now(), currency="USD")
    quotes = [Quote("USD", today - timedelta(days=30), 110_000_000)]
    actions.load_ecb_rates.system(quotes=quotes)
    run_now("finance.check_rates")
    run_now("finance.check_rates")
    todo = Todo.objects.get()
    assert (todo.person, todo.state) == (person, Todo.OPEN)
    actions.load_ecb_rates.system(quotes=[Quote("USD", today, 110_000_000)])
    run_now("finance.check_rates")
    todo.refresh_from_db()
    assert todo.state == Todo.DONE


@pytest.fixture
def signed_in(client: Client) -> Client:
    person = keeper()
    client.force_login(User.objects.create(email="fay@example.com", person=person))
    return client


@pytest.mark.django_db
def test_pages_of_rates(signed_in: Client) -> None:
    plan = RateSet.objects.create(code="plan", name="Plan 2026")
    for path in ("/finance/rates/ecb/", "/finance/rates/ecb/?currency=CNY", "/finance/rates/", "/finance/rate-sets/",
                 f"/finance/rate-sets/{plan.pk}/", f"/finance/rate-sets/{plan.pk}/edit/", "/finance/rate-sets/new/",
                 f"/finance/rate-sets/{plan.pk}/set/", f"/finance/rate-sets/{plan.pk}/load/",
                 f"/finance/rate-sets/{plan.pk}/remove/", "/finance/rates/ecb/load/"):  # fmt: skip
        assert signed_in.get(path).status_code == 200, path


@pytest.mark.django_db
def test_a_file_of_rates_is_loaded_by_page(signed_in: Client) -> None:
    plan = RateSet.objects.create(code="plan", name="Plan 2026")
    path = f"/finance/rate-sets/{plan.pk}/load/"
    bad = SimpleUploadedFile("r.csv", b"currency,day,rate\nUSD,2026-01-01,1.5\nUSD,xx,1\n")
    answer: Any = signed_in.post(path, {"file": bad})
    assert b"Line 3" in answer.content
    assert not Rate.objects.exists()
    good = SimpleUploadedFile("r.csv", b"currency,day,rate\nUSD,2026-01-01,1.5\n")
    assert signed_in.post(path, {"file": good}).status_code == 302
    assert Rate.objects.get().source == "r.csv"


@pytest.mark.django_db
def test_rates_over_rest(signed_in: Client, client: Client) -> None:
    plan = RateSet.objects.create(code="plan", name="Plan 2026")
    Rate.objects.create(rate_set=plan, currency="USD", day=date(2026, 1, 1), value=125_000_000)
    (one,) = signed_in.get("/api/v1/finance/rate-sets").json()["rows"]
    assert (one["code"], one["rates"], one["newest"]) == ("plan", 1, "2026-01-01")
    (rate,) = signed_in.get("/api/v1/finance/rates", {"rate_set": "plan", "currency": "usd"}).json()["rows"]
    assert (rate["currency"], rate["rate"]) == ("USD", "1.25")
    asked = {"source": "usd", "target": "eur", "day": "2026-05-01", "rule": "plan"}
    assert signed_in.get("/api/v1/finance/factors", asked).json()["factor"] == "0.8"
    assert signed_in.get("/api/v1/finance/factors", {**asked, "source": "VND"}).json()["factor"] is None
    assert signed_in.get("/api/v1/finance/factors", {**asked, "rule": "x"}).status_code == 404


@pytest.mark.django_db
def test_rates_over_rest_need_the_right(client: Client) -> None:
    person = keeper(["market.view_market"])
    RateSet.objects.create(code="plan", name="Plan 2026")
    client.force_login(User.objects.create(email="no@example.com", person=person))
    assert client.get("/api/v1/finance/rate-sets").json()["rows"] == []
    answer = client.get("/api/v1/finance/factors", {"source": "USD", "target": "EUR", "day": "2026-01-01"})
    assert answer.status_code == 403
