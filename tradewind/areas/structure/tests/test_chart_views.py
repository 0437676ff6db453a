"""The org chart: who stands where on which day, for whom, how it is narrowed, and that thousands cost the same queries."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tradewind.areas.structure.actions import join_team, save_person, save_team, set_dotted, set_manager
from tradewind.areas.structure.actions.plans import apply_reorganisation, plan_move, save_reorganisation
from tradewind.areas.structure.tests.test_views import signed_in
from tradewind.nouns.org.models import Function, Market, Membership, Person, ReportingLine, Team, User
from tradewind.nouns.org.queries import company_today
from tradewind.nouns.skills.models import PersonLanguage, PersonSkill, Skill

pytestmark = pytest.mark.django_db

MONTH = timedelta(days=30)


def chart(client: Client, **asked: Any) -> Any:
    """The page's answer."""
    return client.get(reverse("structure:chart"), asked)


def drawn(client: Client, **asked: Any) -> dict[str, tuple[str | None, str]]:
    """The picture as it is sent: name to (name above, mark)."""
    text = chart(client, **asked).content.decode()
    found = re.search(r'<script id="orgchart-data" type="application/json">(.*?)</script>', text, re.DOTALL)
    rows = json.loads(found.group(1))["rows"] if found else []
    return {row[3]: (rows[row[0]][3] if row[0] >= 0 else None, row[9]) for row in rows}


@pytest.fixture
def family() -> dict[str, Person]:
    """A boss with two managers, one of whom has two people."""
    names = ("Boss", "Ana", "Bo", "Cy", "Di")
    people = {name: save_person.system(name=name, country="DE", zone="Europe/Berlin") for name in names}
    for name, above in (("Ana", "Boss"), ("Bo", "Boss"), ("Cy", "Ana"), ("Di", "Ana")):
        set_manager.system(people[name], manager=people[above])
    return people


def test_chart_by_line_shows_everybody_once_under_their_manager(family: dict[str, Person]) -> None:
    client, _me = signed_in("people")
    set_dotted.system(family["Cy"], manager=family["Bo"])
    page = chart(client)
    shown = {name: above for name, (above, _mark) in drawn(client).items()}
    assert shown == {"Boss": None, "Ana": "Boss", "Bo": "Boss", "Cy": "Ana", "Di": "Ana", "people person": None}
    assert len(page.context["data"]["dotted"]) == 1
    text = page.content.decode()
    assert text.count("<ul") == text.count("</ul>")
    assert text.index(">Ana<") < text.index(">Cy<")


def test_chart_by_team_shows_leads_first_and_who_is_in_none(family: dict[str, Person]) -> None:
    client, _me = signed_in("people")
    top = save_team.system(code="top", name={"en": "Top"}, lead=family["Boss"])
    sales = save_team.system(code="sales", name={"en": "Sales"}, parent=top, lead=family["Cy"])
    join_team.system(sales, person=family["Bo"], allocation=40)
    join_team.system(sales, person=family["Cy"])
    shown = {name: above for name, (above, _mark) in drawn(client, by="team").items()}
    assert (shown["Sales"], shown["Boss"], shown["Bo"], shown["Ana"]) == ("Top", "Top", "Sales", "In no team")
    rows = chart(client, by="team").context["data"]["rows"]
    assert [row[3] for row in rows if row[3] in ("Cy", "Bo")] == ["Cy", "Bo"]
    assert [row[10] for row in rows if row[3] == "Bo"] == [40]


def test_chart_on_a_day_shows_past_and_planned_lines(family: dict[str, Person]) -> None:
    client, _me = signed_in("people")
    today = company_today()
    set_manager.system(family["Cy"], manager=family["Bo"], since=today + MONTH)
    set_manager.system(family["Di"], manager=family["Boss"])
    assert drawn(client)["Cy"][0] == "Ana"
    assert drawn(client, on=(today + MONTH).isoformat())["Cy"][0] == "Bo"
    assert drawn(client, on=(today - MONTH).isoformat())["Di"][0] == "Ana"
    assert drawn(client)["Di"][0] == "Boss"


def test_chart_leaves_out_who_was_not_there_on_the_day(family: dict[str, Person]) -> None:
    client, _me = signed_in("people")
    today = company_today()
    Person.objects.filter(name="Bo").update(started_on=today + MONTH)
    Person.objects.filter(name="Ana").update(ended_on=today - MONTH, active=False)
    now = drawn(client)
    assert "Bo" not in now
    assert "Ana" not in now
    assert now["Cy"][0] is None
    assert "Bo" in drawn(client, on=(today + MONTH).isoformat())
    assert "Ana" in drawn(client, on=(today - MONTH * 2).isoformat())


def test_chart_tells_a_bad_day_beside_the_field_and_shows_today(family: dict[str, Person]) -> None:
    client, _me = signed_in("people")
    page = chart(client, on="31.12.2026")
    assert page.status_code == 200
    assert "is not a date" in page.content.decode()
    assert drawn(client, on="31.12.2026") == drawn(client)


@pytest.mark.django_db(transaction=True)
def test_filters_keep_who_fits_and_the_way_to_them(family: dict[str, Person]) -> None:
    client, _me = signed_in("people")
    market = Market.objects.create(code="jp", name={"en": "Japan"}, currency="JPY")
    service = Function.objects.create(code="service", name={"en": "Service"})
    team = Team.objects.create(code="care", name={"en": "Care"}, function=service)
    skill = Skill.objects.create(code="sql", name={"en": "SQL"})
    Person.objects.filter(name="Cy").update(country="JP", market=market)
    Membership.objects.create(team=team, person=family["Cy"])
    PersonSkill.objects.create(person=family["Cy"], skill=skill)
    PersonLanguage.objects.create(person=family["Cy"], language="ja")
    for asked in ({"country": "JP"}, {"market": market.pk}, {"function": service.pk}, {"skill": skill.pk},
                  {"language": "ja"}, {"q": "cy"}):  # fmt: skip
        shown = drawn(client, **asked)
        assert shown == {"Boss": (None, "dim"), "Ana": ("Boss", "dim"), "Cy": ("Ana", "")}, asked
    assert "Nobody like this here" in chart(client, country="FR").content.decode()


def test_chart_begins_at_a_person_and_leads_back(family: dict[str, Person]) -> None:
    client, _me = signed_in("people")
    page = chart(client, root=f"p{family['Ana'].pk}")
    assert [node.name for node in page.context["shown"].nodes] == ["Ana", "Cy", "Di"]
    assert [node.name for node in page.context["shown"].chain] == ["Boss"]


def test_country_manager_sees_own_people_alone(family: dict[str, Person]) -> None:
    market = Market.objects.create(code="jp", name={"en": "Japan"}, currency="JPY")
    Person.objects.filter(name__in=["Cy", "Di"]).update(market=market)
    client, _me = signed_in("country_manager", market)
    assert {name: above for name, (above, _mark) in drawn(client).items()} == {
        "Cy": None, "Di": None, "country_manager person": None,
    }  # fmt: skip
    assert "Ana" not in chart(client).content.decode()


def test_chart_with_a_plan_shows_its_moves_to_who_may_see_plans(family: dict[str, Person]) -> None:
    client, me = signed_in("people")
    plan = save_reorganisation(me, title="Split", day=company_today() + MONTH)
    plan_move(me, plan, kind="line", person=family["Di"], manager=family["Bo"])
    assert drawn(client, plan=plan.pk)["Di"] == ("Bo", "moved")
    assert drawn(client)["Di"] == ("Ana", "")
    other, _them = signed_in("member")
    assert chart(other, plan=plan.pk).status_code == 404
    assert chart(client, plan="x").status_code == 404
    apply_reorganisation(me, plan)
    assert chart(client, plan=plan.pk).status_code == 404
    assert drawn(client, on=(company_today() + MONTH).isoformat())["Di"][0] == "Bo"


def test_chart_is_closed_without_the_right(family: dict[str, Person]) -> None:
    assert chart(Client()).status_code == 302
    client = Client()
    client.force_login(User.objects.create_user("no@example.com", None, person=family["Di"]))
    assert chart(client).status_code == 403


@pytest.mark.parametrize("by", ["line", "team"])
def test_chart_costs_the_same_queries_with_few_and_many(by: str) -> None:
    client, _me = signed_in("people")
    counts = []
    for rows in (3, 60):
        crowd(rows)
        chart(client, by=by)
        with CaptureQueriesContext(connection) as seen:
            assert chart(client, by=by).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]


def crowd(count: int) -> None:
    """So many more people in a team of their own, each under an earlier one."""
    made = Person.objects.bulk_create(
        [Person(name=f"P{count}-{n:04}", country="DE", zone="Europe/Berlin") for n in range(count)]
    )
    team = Team.objects.create(code=f"team-{count}", name={"en": f"Team {count}"}, lead=made[0])
    ReportingLine.objects.bulk_create(
        ReportingLine(person=one, manager=made[(place - 1) // 4]) for place, one in enumerate(made) if place
    )
    Membership.objects.bulk_create(Membership(team=team, person=one) for one in made)


def test_long_list_stays_short_and_leads_deeper() -> None:
    client, _me = signed_in("people")
    crowd(400)
    page = chart(client, view="list")
    assert page.context["data"] is None
    assert len(page.context["entries"]) <= 120
    deeper = [one for one in page.context["entries"] if one.hidden]
    assert deeper
    below = chart(client, view="list", root=deeper[0].node.key)
    assert len(below.context["entries"]) == deeper[0].hidden + 1
