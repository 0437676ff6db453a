"""Reorganisations: moves that cannot be are refused, applying is whole or not at all, planned days stay planned."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from tradewind.areas.structure.actions import join_team, save_person, save_team, set_manager
from tradewind.areas.structure.actions.plans import (
    apply_reorganisation,
    drop_reorganisation,
    plan_move,
    remove_move,
    save_reorganisation,
)
from tradewind.areas.structure.models import Move, Reorganisation
from tradewind.areas.structure.queries.people import managers
from tradewind.areas.structure.queries.plans import compared, moves_of, plans, state_on
from tradewind.areas.structure.tests.test_views import signed_in
from tradewind.base import clock
from tradewind.base.errors import NotAllowed, Refused
from tradewind.engines.actions.models import Change, Event
from tradewind.engines.jobs.queue import run_now
from tradewind.nouns.org.models import Market, Membership, Person, ReportingLine, Team
from tradewind.nouns.org.queries import company_today, holding

pytestmark = pytest.mark.django_db

MONTH = timedelta(days=30)


class House:
    """Ana leads sales with Cy and Di; Bo leads care; Boss is above both."""

    def __init__(self) -> None:
        names = ("Boss", "Ana", "Bo", "Cy", "Di")
        self.boss, self.ana, self.bo, self.cy, self.di = (save_person.system(name=name) for name in names)
        for one, above in ((self.ana, self.boss), (self.bo, self.boss), (self.cy, self.ana), (self.di, self.ana)):
            set_manager.system(one, manager=above)
        self.sales = save_team.system(code="sales", name={"en": "Sales"}, lead=self.ana)
        self.care = save_team.system(code="care", name={"en": "Care"}, lead=self.bo)
        for one in (self.ana, self.cy, self.di):
            join_team.system(self.sales, person=one)


@pytest.fixture
def house() -> House:
    """The house."""
    return House()


def planned(day: date | None = None) -> Reorganisation:
    """An empty plan."""
    return save_reorganisation.system(title="Split", day=day or company_today() + MONTH)


def everything() -> list[Any]:
    """All rows a plan may touch."""
    return [
        sorted(ReportingLine.objects.values_list("person", "manager", "kind")),
        sorted(Membership.objects.values_list("person", "team", "allocation")),
        sorted(Team.objects.values_list("code", "lead")),
    ]


def test_plan_holds_nothing_until_it_is_applied(house: House) -> None:
    plan = planned()
    before = everything()
    plan_move.system(plan, kind="line", person=house.di, manager=house.bo)
    plan_move.system(plan, kind="leave", person=house.di, team=house.sales)
    plan_move.system(plan, kind="join", person=house.di, team=house.care, allocation=60)
    plan_move.system(plan, kind="lead", person=house.di, team=house.care)
    assert everything() == before
    found = compared(plan, moves_of(plan))
    assert (found.before.managers, found.after.managers) == (2, 3)
    assert (found.before.widest, found.after.widest) == (2, 2)
    assert [(str(team), had, has) for team, had, has in found.teams] == [("Care", 0, 1), ("Sales", 3, 2)]


def test_applied_plan_of_a_later_day_holds_from_that_day(house: House) -> None:
    plan = planned()
    for kind, more in (("line", {"manager": house.bo}), ("leave", {"team": house.sales}), ("join", {"team": house.care}),
                       ("lead", {"team": house.care})):  # fmt: skip
        plan_move.system(plan, kind=kind, person=house.di, **more)
    apply_reorganisation.system(plan)
    plan.refresh_from_db()
    assert plan.state == Reorganisation.APPLIED
    assert (managers()[house.di.pk], managers(plan.day)[house.di.pk]) == (house.ana.pk, house.bo.pk)
    now = Membership.objects.filter(holding(), person=house.di).values_list("team__code", flat=True)
    then = Membership.objects.filter(holding(plan.day), person=house.di).values_list("team__code", flat=True)
    assert (list(now), list(then)) == (["sales"], ["care"])
    house.care.refresh_from_db()
    assert house.care.lead == house.bo
    assert state_on(plan.day).leads[house.care.pk] == house.di.pk
    event = Event.objects.get(name="structure.apply_reorganisation")
    assert event.counts["moves"] == 4
    assert Change.objects.filter(event=event).count() == 4


def test_leads_take_over_on_their_day_and_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = planned()
    plan_move.system(plan, kind="lead", person=house.di, team=house.care)
    apply_reorganisation.system(plan)
    assert run_now("structure.settle_leads") == {"leads": 0}
    later = clock.now() + MONTH + timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert run_now("structure.settle_leads") == {"leads": 1}
    assert Team.objects.get(code="care").lead == house.di
    Team.objects.filter(code="care").update(lead=house.bo)
    assert run_now("structure.settle_leads") == {"leads": 0}
    assert Team.objects.get(code="care").lead == house.bo


def test_applied_today_takes_hold_at_once(house: House) -> None:
    plan = planned(company_today())
    plan_move.system(plan, kind="line", person=house.di, manager=None)
    plan_move.system(plan, kind="lead", person=house.cy, team=house.sales)
    apply_reorganisation.system(plan)
    assert house.di.pk not in managers()
    assert Team.objects.get(code="sales").lead == house.cy


@pytest.mark.parametrize(
    ("kind", "who", "more", "code"),
    [
        ("line", "boss", {"manager": "cy"}, "circle"),
        ("line", "cy", {"manager": "cy"}, "self"),
        ("line", "cy", {"manager": "ana"}, "same"),
        ("leave", "bo", {"team": "sales"}, "not_member"),
        ("join", "cy", {"team": "sales"}, "same"),
        ("lead", "bo", {"team": "care"}, "same"),
        ("join", "cy", {}, "refused"),
        ("dance", "cy", {"team": "sales"}, "refused"),
    ],
)
def test_move_that_cannot_be_is_refused(house: House, kind: str, who: str, more: dict[str, str], code: str) -> None:
    plan = planned()
    with pytest.raises(Refused) as caught:
        plan_move.system(
            plan, kind=kind, person=getattr(house, who), **{name: getattr(house, one) for name, one in more.items()}
        )
    assert caught.value.code == code
    assert not Move.objects.exists()


def test_somebody_who_leaves_before_the_day_cannot_be_moved(house: House) -> None:
    plan = planned()
    Person.objects.filter(pk=house.bo.pk).update(ended_on=plan.day - timedelta(days=1))
    for person, manager in ((house.bo, house.ana), (house.cy, house.bo)):
        with pytest.raises(Refused) as caught:
            plan_move.system(plan, kind="line", person=person, manager=manager)
        assert caught.value.code == "gone"


def test_plan_that_meanwhile_cannot_be_is_refused_whole_naming_the_move(house: House) -> None:
    plan = planned(company_today())
    plan_move.system(plan, kind="leave", person=house.di, team=house.sales)
    plan_move.system(plan, kind="line", person=house.ana, manager=house.bo)
    set_manager.system(house.bo, manager=house.cy)
    before = everything()
    with pytest.raises(Refused) as caught:
        apply_reorganisation.system(plan)
    assert "Ana reports to Bo" in str(caught.value.message)
    assert everything() == before
    plan.refresh_from_db()
    assert plan.state == Reorganisation.DRAFT


def test_people_swap_places_in_one_plan(house: House) -> None:
    plan = planned(company_today())
    plan_move.system(plan, kind="line", person=house.di, manager=house.boss)
    plan_move.system(plan, kind="line", person=house.ana, manager=house.di)
    apply_reorganisation.system(plan)
    assert managers()[house.ana.pk] == house.di.pk
    assert managers()[house.di.pk] == house.boss.pk


def test_closed_plan_is_left_alone(house: House) -> None:
    plan = planned()
    plan_move.system(plan, kind="line", person=house.di, manager=house.bo)
    drop_reorganisation.system(plan)
    with pytest.raises(Refused):
        apply_reorganisation.system(plan)
    with pytest.raises(Refused):
        plan_move.system(plan, kind="line", person=house.cy, manager=house.bo)
    with pytest.raises(Refused):
        remove_move.system(plan, move=plan.moves.get().pk)
    assert plan.moves.count() == 1
    assert managers(plan.day)[house.di.pk] == house.ana.pk


def test_plans_are_for_who_may_see_everywhere_and_their_owner(house: House) -> None:
    market = Market.objects.create(code="jp", name={"en": "Japan"}, currency="JPY")
    client, theirs = signed_in("people", market)
    mine = save_reorganisation.system(title="Ours", day=company_today(), owner=theirs)
    other = planned()
    assert list(plans(theirs)) == [mine]
    assert client.get(reverse("structure:reorganisation-detail", args=[other.pk])).status_code == 404
    with pytest.raises(NotAllowed):
        plan_move(theirs, other, kind="line", person=house.di, manager=house.bo)
    plan_move(theirs, mine, kind="line", person=house.di, manager=house.bo)
    with pytest.raises(NotAllowed):
        apply_reorganisation(theirs, mine)
    assert managers()[house.di.pk] == house.ana.pk
    member, _me = signed_in("member")
    assert member.get(reverse("structure:reorganisation-list")).status_code == 403


def test_pages_plan_compare_and_apply(house: House) -> None:
    client, _me = signed_in("people")
    day = (company_today() + MONTH).isoformat()
    assert client.post(reverse("structure:reorganisation-new"), {"title": "", "day": "soon"}).status_code == 422
    client.post(reverse("structure:reorganisation-new"), {"title": "Split sales", "day": day, "reason": "Growth"})
    plan = Reorganisation.objects.get()
    move = reverse("structure:reorganisation-move", args=[plan.pk])
    refused = client.post(move, {"kind": "line", "person": house.boss.pk, "manager": house.cy.pk, "allocation": 100})
    assert refused.status_code == 422
    assert "circle" in refused.content.decode()
    form = {"kind": "line", "person": house.di.pk, "manager": house.bo.pk, "allocation": 100}
    assert client.post(move, form).status_code == 302
    page = client.get(reverse("structure:reorganisation-detail", args=[plan.pk])).content.decode()
    assert "Di reports to Bo" in page
    assert page.count("data-orgchart=") == 2
    unmove = reverse("structure:reorganisation-unmove", args=[plan.pk])
    only = plan.moves.get()
    assert client.post(unmove, {"move": only.pk}).status_code == 302
    assert not plan.moves.exists()
    client.post(move, form)
    assert client.post(reverse("structure:reorganisation-apply", args=[plan.pk]), {}).status_code == 302
    assert managers(plan.day)[house.di.pk] == house.bo.pk
    assert client.get(reverse("structure:reorganisation-detail", args=[plan.pk])).status_code == 200
    assert client.get(reverse("structure:reorganisation-list")).status_code == 200
