"""People and team pages: what is shown, to whom, and what a refusal leaves."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from tradewind.areas.structure.actions import save_person, save_team, set_manager
from tradewind.base import clock
from tradewind.engines.access.models import Role
from tradewind.engines.actions.models import Event
from tradewind.engines.actions.rights import grant_role, install_roles
from tradewind.engines.practices.collect import evaluate
from tradewind.engines.practices.factories import Counted, evidence
from tradewind.nouns.goals.models import Objective
from tradewind.nouns.org.models import Market, Person, ReportingLine, User

pytestmark = pytest.mark.django_db


def signed_in(role: str, market: Market | None = None) -> tuple[Client, Person]:
    """A browser signed in as a new person with a role."""
    install_roles.system()
    person = save_person.system(name=f"{role} person", email=f"{role}@example.com", zone="Europe/Berlin", market=market)
    grant_role.system(person=person, role=Role.objects.get(code=role), market=market)
    client = Client()
    client.force_login(User.objects.create_user(str(person.email), None, person=person))
    return client, person


@pytest.mark.django_db(transaction=True)
def test_people_list_finds_chinese_and_english() -> None:
    client, _me = signed_in("people")
    save_person.system(name="王小明", email="wang@example.com", zone="Asia/Shanghai")
    save_person.system(name="Ana López", email="ana@example.com", zone="Europe/Madrid")
    page = client.get(reverse("structure:person-list"), {"q": "小明"})
    assert page.status_code == 200
    assert "王小明" in page.content.decode()
    assert "Ana López" not in page.content.decode()
    assert "Ana López" in client.get(reverse("structure:person-list"), {"q": "lopez"}).content.decode()


def test_country_manager_sees_own_market_alone() -> None:
    germany = Market.objects.create(code="de", name={"en": "Germany"}, currency="EUR")
    japan = Market.objects.create(code="jp", name={"en": "Japan"}, currency="JPY")
    client, _me = signed_in("country_manager", germany)
    inside = save_person.system(name="Inside", market=germany)
    outside = save_person.system(name="Outside", market=japan)
    text = client.get(reverse("structure:person-list")).content.decode()
    assert "Inside" in text
    assert "Outside" not in text
    assert client.get(reverse("structure:person-detail", args=[inside.pk])).status_code == 200
    assert client.get(reverse("structure:person-detail", args=[outside.pk])).status_code == 404
    assert client.get(reverse("structure:person-edit", args=[inside.pk])).status_code == 403


def test_edit_saves_through_the_action_and_shows_conflicts() -> None:
    client, me = signed_in("people")
    person = save_person.system(name="Old", zone="UTC")
    url = reverse("structure:person-edit", args=[person.pk])
    form = {"name": "New", "zone": "UTC", "language": "en", "version": "1"}
    assert client.post(url, form).status_code == 302
    person.refresh_from_db()
    assert (person.name, person.version) == ("New", 2)
    event = Event.objects.filter(name="structure.save_person", subject_id=person.pk).latest("id")
    assert event.actor == me
    assert event.changes == {"name": [None, None]}
    answer = client.post(url, {**form, "name": "Third"})
    assert answer.status_code == 409
    person.refresh_from_db()
    assert person.name == "New"


def test_circle_of_managers_is_refused_and_changes_nothing() -> None:
    client, _me = signed_in("people")
    first, second = (save_person.system(name=name) for name in ("First", "Second"))
    set_manager.system(second, manager=first)
    answer = client.post(reverse("structure:person-manager", args=[first.pk]), {"manager": second.pk, "kind": "solid"})
    assert answer.status_code == 422
    assert list(ReportingLine.objects.values_list("person__name", "manager__name")) == [("Second", "First")]


def test_private_data_is_shown_to_few_and_each_look_is_noted() -> None:
    person = save_person.system(name="Wang", national_id="ID-4711")
    client, me = signed_in("people")
    assert "ID-4711" in client.get(reverse("structure:person-detail", args=[person.pk])).content.decode()
    assert Event.objects.filter(name="structure.view_private", actor=me, subject_id=person.pk).exists()
    other, _them = signed_in("member")
    assert "ID-4711" not in other.get(reverse("structure:person-detail", args=[person.pk])).content.decode()
    assert other.get(reverse("structure:person-private", args=[person.pk])).status_code == 403


def test_person_without_grants_is_shown_nothing() -> None:
    person = save_person.system(name="Nobody", email="no@example.com")
    save_team.system(code="sales", name={"en": "Sales team"})
    client = Client()
    client.force_login(User.objects.create_user("no@example.com", None, person=person))
    assert client.get(reverse("structure:person-list")).status_code == 403
    assert client.get(reverse("structure:team-list")).status_code == 403


def test_lists_cost_the_same_queries_with_three_rows_and_thirty() -> None:
    client, _me = signed_in("people")
    url = reverse("structure:person-list")
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for rows in (3, 27):
        boss = save_person.system(name=f"Boss {rows}")
        for n in range(rows):
            set_manager.system(save_person.system(name=f"P{rows}-{n}"), manager=boss)
        client.get(url)
        with CaptureQueriesContext(connection) as seen:
            client.get(url)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_first_steps_are_done_by_facts() -> None:
    client, _me = signed_in("administrator")
    url = reverse("structure:first-steps")
    before = [step.done for step in client.get(url).context["steps"]]
    assert before == [False, False, False, False, False]
    save_person.system(name="Second")
    market = Market.objects.create(code="de", name={"en": "Germany"}, currency="EUR")
    market.countries.create(country="DE")
    goal = Objective.objects.create(
        title="Grow",
        level="company",
        horizon="period",
        period="2026-Q4",
        start=date(2026, 10, 1),
        end=date(2026, 12, 31),
    )
    assert [step.done for step in client.get(url).context["steps"]] == [False, True, True, False, False]
    Objective.objects.filter(pk=goal.pk).update(state="published")
    assert [step.done for step in client.get(url).context["steps"]] == [False, True, True, False, True]
    member, _them = signed_in("member")
    assert [step.url for step in member.get(url).context["steps"]][:2] == [
        reverse("compliance:company-list"),
        reverse("market:market-list"),
    ]
    assert reverse("structure:person-import") not in member.get(url).content.decode()


def test_first_hour_tells_which_practice_each_step_lights_and_its_mark() -> None:
    client, _me = signed_in("administrator")
    url = reverse("structure:first-hour")
    lit = {step.practice.id: step.practice.mark for step in client.get(url).context["steps"]}
    assert set(lit) == {
        "compliance.recovery", "structure.groups", "structure.charters", "supply.software", "structure.targets",
    }  # fmt: skip
    assert lit["structure.targets"] in ("none", "planned")
    counted = Counted("structure.targets", evidence(last=clock.now()))
    try:
        evaluate("structure.targets")
        lit = {step.practice.id: step.practice.mark for step in client.get(url).context["steps"]}
    finally:
        counted.undo()
    assert lit["structure.targets"] == "good"
