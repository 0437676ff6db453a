"""Positions: their course, who may know what they cost, sums, and files."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tradewind.areas.structure.actions.people import save_person, save_team
from tradewind.areas.structure.actions.positions import (
    drop_position,
    fill_position,
    open_position,
    save_position,
    set_position_cost,
)  # fmt: skip
from tradewind.areas.structure.exchange.positions import import_positions
from tradewind.areas.structure.queries.positions import cost
from tradewind.areas.structure.tests.test_views import signed_in
from tradewind.base.errors import Conflict, NotAllowed, Refused
from tradewind.base.money import Money
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.actions.models import Event
from tradewind.engines.actions.run import run
from tradewind.nouns.org.models import Company, Market, Person, Position
from tradewind.nouns.trade.models import Rate, RateSet

pytestmark = pytest.mark.django_db


def position(code: str = "p1", **more: Any) -> Position:
    return save_position.system(code=code, title={"en": f"Post {code}"}, **more)


def costed(code: str = "p1", amount: str = "60000", currency: str = "EUR", **more: Any) -> Position:
    return set_position_cost.system(position(code, **more), yearly_cost=Decimal(amount), currency=currency)


def reader(*codes: str, name: str = "reader", market: Market | None = None) -> tuple[Client, Person]:
    """Somebody with just these codes."""
    client, person = signed_in("member")
    Grant.objects.filter(person=person).delete()
    role = Role.objects.create(code=name, name={"en": name}, codes=list(codes))
    Grant.objects.create(person=person, role=role, market=market)
    return client, person


def test_course_of_a_position_from_plan_to_holder_and_back() -> None:
    holder = save_person.system(name="Holder")
    made = position()
    assert made.state == "planned"
    open_position.system(made)
    fill_position.system(made, person=holder)
    assert (made.state, made.person) == ("filled", holder)
    with pytest.raises(Refused):
        drop_position.system(made)
    with pytest.raises(Refused):
        fill_position.system(made, person=save_person.system(name="Second"))
    open_position.system(made)
    assert made.person is None
    drop_position.system(made)
    with pytest.raises(Refused):
        fill_position.system(made, person=holder)
    made.refresh_from_db()
    assert (made.state, made.person) == ("dropped", None)


def test_faults_name_their_fields_and_save_nothing() -> None:
    position()
    for given, field in (({"code": "p1", "title": {"en": "A"}}, "code"), ({"code": "b", "title": {"en": " "}}, "title"),
                         ({"code": "b", "title": {"en": "A"}, "allocation": 0}, "allocation"),
                         ({"code": "b", "title": {"en": "A"}, "country": "ZZ"}, "country")):  # fmt: skip
        with pytest.raises(Refused) as caught:
            save_position.system(**given)
        assert field in caught.value.fields
    with pytest.raises(Refused):
        set_position_cost.system(Position.objects.get(), yearly_cost=Decimal(5))
    assert list(Position.objects.values_list("code", "yearly_cost")) == [("p1", None)]


def test_cost_is_hidden_from_page_file_api_history_and_conflict_without_its_own_right() -> None:
    made = costed(amount="61234")
    client, me = reader("structure.view_position", "structure.save_position", "actions.view_event")
    listed, shown = reverse("structure:position-list"), reverse("structure:position-detail", args=[made.pk])
    pages = [
        client.get(listed).content.decode(),
        client.get(listed, {"cols": "code,yearly_cost"}).content.decode(),
        client.get(shown).content.decode(),
        client.get(reverse("structure:position-edit", args=[made.pk])).content.decode(),
        b"".join(client.get(reverse("structure:position-export", args=["csv"]) + "?cols=code,yearly_cost")).decode(),
        client.get("/api/v1/structure/positions").content.decode(),
        client.get(f"/api/v1/structure/positions/{made.pk}").content.decode(),
        client.get(
            reverse("discuss:activity", kwargs={"subject": "structure.position", "pk": made.pk})
        ).content.decode(),
    ]
    for text in pages:
        assert "61234" not in text.replace(",", "")
    assert not any("61234" in str(event.changes) for event in Event.objects.all())
    with pytest.raises(Conflict) as caught:
        run(
            "structure.save_position",
            by=me,
            subject=made.pk,
            data={"code": "p1", "title": {"en": "X"}, "expected_version": 99},
        )
    assert "yearly_cost" not in caught.value.current
    with pytest.raises(NotAllowed):
        set_position_cost(me, made, yearly_cost=Decimal(1), currency="EUR")
    assert client.get("/api/v1/structure/positions", {"sort": "yearly_cost"}).status_code == 422


def test_cost_is_shown_where_the_right_holds_and_nowhere_else() -> None:
    germany, japan = (Market.objects.create(code=code, name={"en": code}, currency="EUR") for code in ("de", "jp"))
    costed("here", "11111", market=germany)
    costed("there", "22222", market=japan)
    client, me = reader("structure.view_position")
    role = Role.objects.create(code="cost", name={"en": "cost"}, codes=["structure.view_position_cost"])
    Grant.objects.create(person=me, role=role, market=germany)
    text = client.get(reverse("structure:position-list")).content.decode().replace(",", "")
    assert "11111" in text
    assert "22222" not in text
    rows = {row["code"]: row["yearly_cost"] for row in client.get("/api/v1/structure/positions").json()["rows"]}
    assert rows == {"here": {"amount": "11111.0000", "currency": "EUR"}, "there": None}


def test_form_with_the_right_saves_both_or_neither() -> None:
    client, _me = signed_in("people")
    form = {"code": "buyer", "title_en": "Buyer", "allocation": "80", "yearly_cost": "52000.50", "currency": "EUR"}
    assert client.post(reverse("structure:position-new"), {**form, "currency": ""}).status_code == 422
    assert not Position.objects.exists()
    assert client.post(reverse("structure:position-new"), form).status_code == 302
    made = Position.objects.get()
    assert (made.yearly_cost, made.currency, made.allocation) == (520_005_000, "EUR", 80)
    edit = client.get(reverse("structure:position-edit", args=[made.pk]))
    assert edit.context["form"]["yearly_cost"].value() == Decimal("52000.5")


def test_form_without_the_right_leaves_the_cost_as_it_is() -> None:
    made = costed()
    client, _me = reader("structure.view_position", "structure.save_position")
    form = {"code": "p1", "title_en": "New", "allocation": "100", "yearly_cost": "1", "currency": "USD", "version": "2"}
    assert client.post(reverse("structure:position-edit", args=[made.pk]), form).status_code == 302
    made.refresh_from_db()
    assert (str(made.title), made.yearly_cost, made.currency) == ("New", 600_000_000, "EUR")


def test_sums_stand_by_currency_and_together_by_a_named_rate() -> None:
    Company.objects.create(name={"en": "House"}, currency="USD", zone="UTC")
    plan = RateSet.objects.create(code="plan", name="Plan", base="USD")
    Rate.objects.create(rate_set=plan, day=date(2026, 1, 1), currency="EUR", value=80_000_000)
    costed("a", "100000", "EUR", allocation=50)
    costed("b", "20000", "EUR")
    costed("c", "30000", "USD")
    costed("d", "7000000", "JPY")
    position("e")
    drop_position.system(costed("f", "999999", "EUR"))
    _client, me = signed_in("people")
    found = cost(me, Position.objects.all(), date(2026, 6, 1), "plan")
    assert found.sums == [Money(Decimal(70000), "EUR"), Money(Decimal(7000000), "JPY"), Money(Decimal(30000), "USD")]
    assert found.total == Money(Decimal("117500.00"), "USD")
    assert (found.missing, found.without) == (["JPY"], 1)
    _client, nobody = signed_in("country_manager")
    assert cost(nobody, Position.objects.all(), date(2026, 6, 1)).sums == []


def test_list_shows_sums_to_few_and_costs_the_same_queries_with_many() -> None:
    client, _me = signed_in("people")
    url, counts = reverse("structure:position-list"), []
    for number in range(2):
        for n in range(3 + 20 * number):
            costed(f"p{number}-{n}")
        client.get(url)
        with CaptureQueriesContext(connection) as seen:
            page = client.get(url)
        counts.append(len(seen))
        assert "cost" in page.context
    assert counts[0] == counts[1]
    other, _them = signed_in("team_lead")
    assert "cost" not in other.get(url).context


def test_positions_come_in_by_code_and_bad_rows_are_refused_by_line(tmp_path: Path) -> None:
    save_team.system(code="ads", name={"en": "Ads"})
    save_person.system(name="Boss", email="boss@example.com")
    file = tmp_path / "positions.csv"
    file.write_text(
        "code,title,state,team,country,wanted from,cost a year,currency,held by\n"
        'a1,Buyer,open,ads,Germany,2026-05-01,"52,000",EUR,\n'
        "a2,Head,filled,,CN,,,,boss@example.com\n"
        "a3,,open,,,,,,\n"
        "a4,Lost,open,nope,,,,,\n"
        "a5,Odd,open,,,01/02/2026,,,\n"
        "a6,Free,open,,,,100,,\n"
        "a7,Empty,filled,,,,,,\n"
        "a1,Again,,,,,,,\n",
        "utf-8",
    )
    tried = import_positions.system(path=file, dry_run=True)
    assert not Position.objects.exists()
    told = import_positions.system(path=file)
    assert tried["rejected"] == told["rejected"]
    assert [(row["line"], row["column"]) for row in told["rejected"]] == [
        (4, "title"), (5, "team"), (6, "wanted from"), (7, "currency"), (8, "held by"), (9, "code"),
    ]  # fmt: skip
    made = Position.objects.get(code="a1")
    assert (made.yearly_cost, made.country, made.starts_on, made.state) == (520_000_000, "DE", date(2026, 5, 1), "open")
    assert str(Position.objects.get(code="a2").person) == "Boss"
    again = import_positions.system(path=file)
    assert (again["new"], again["changed"], again["same"]) == (0, 0, 2)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_exported_positions_come_in_again_and_change_nothing(tmp_path: Path, language: str) -> None:
    client, me = signed_in("people")
    me.language = language
    me.save()
    team = save_team.system(code="ads", name={"en": "Ads", "zh-hans": "广告"})
    made = costed("x", "1234.5", "USD", team=team, country="DE", starts_on=date(2026, 2, 3))
    fill_position.system(made, person=save_person.system(name="Holder", key="K1"))
    file = tmp_path / "out.csv"
    file.write_bytes(
        b"".join(client.get(reverse("structure:position-export", args=["csv"]), headers={"Accept-Language": language}))
    )
    told = import_positions(me, path=file)
    assert (told["same"], told["changed"], told["rejected"]) == (1, 0, [])
    made.refresh_from_db()
    assert dict(made.title) == {"en": "Post x"}
    Position.objects.update(yearly_cost=None, currency="", team=None, state="open", person=None, starts_on=None)
    assert import_positions(me, path=file)["changed"] == 1
    made.refresh_from_db()
    assert (made.yearly_cost, made.team, made.state, made.starts_on) == (12_345_000, team, "filled", date(2026, 2, 3))


def test_import_of_costs_needs_the_right_to_know_them(tmp_path: Path) -> None:
    _client, me = reader("structure.import_positions", "structure.view_position")
    file = tmp_path / "p.csv"
    file.write_text("code,title,cost a year,currency\nz,Post,100,EUR\n", "utf-8")
    with pytest.raises(NotAllowed):
        import_positions(me, path=file)
    assert not Position.objects.exists()


def test_team_page_shows_charter_and_positions() -> None:
    team = save_team.system(code="ads", name={"en": "Ads"})
    position(team=team)
    client, _me = signed_in("general_manager")
    text = client.get(reverse("structure:team-detail", args=[team.pk])).content.decode()
    assert "Post p1" in text
    assert reverse("structure:charter-new") + f"?team={team.pk}" in text
    member, _them = signed_in("member")
    text = member.get(reverse("structure:team-detail", args=[team.pk])).content.decode()
    assert "Post p1" not in text
    assert reverse("structure:charter-new") not in text
