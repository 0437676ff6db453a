"""Dated lines and memberships: what holds on which day, what a change leaves, and what is refused."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tradewind.areas.structure.actions import (
    end_line,
    join_team,
    leave_team,
    save_function,
    save_job,
    save_person,
    save_team,
    set_dotted,
    set_manager,
)
from tradewind.areas.structure.queries.people import counted_teams, managers, members
from tradewind.base import clock
from tradewind.base.errors import NotAllowed, Refused
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.access.scope import can, visible
from tradewind.engines.actions.rights import install_roles
from tradewind.engines.agenda.actions import scopes_of_person
from tradewind.engines.inbox.day import colleagues_of
from tradewind.engines.library.models import Document, Space
from tradewind.engines.library.queries import audience, leads_of
from tradewind.nouns.org.models import Company, Entity, Function, Job, Membership, Person, ReportingLine
from tradewind.nouns.org.queries import company_today, holding, manager_of

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def people(*names: str) -> list[Person]:
    """People of these names."""
    return [save_person.system(name=name) for name in names]


def spans(person: Person) -> list[tuple[str, date | None, date | None]]:
    """A person's solid lines in order: manager, first and last day."""
    rows = ReportingLine.objects.filter(person=person, kind="solid").order_by("start", "pk")
    return [(str(row.manager), row.start, row.end) for row in rows]


def test_new_manager_ends_the_line_the_day_before() -> None:
    ana, bo, cy = people("Ana", "Bo", "Cy")
    today = company_today()
    set_manager.system(ana, manager=bo)
    set_manager.system(ana, manager=cy)
    assert sorted(spans(ana), key=lambda row: row[0]) == [("Bo", None, today - DAY), ("Cy", today, None)]
    assert manager_of(ana) == cy
    set_manager.system(ana, manager=cy)
    assert ReportingLine.objects.count() == 2


def test_planned_manager_does_not_hold_yet_and_stays_planned() -> None:
    ana, bo, cy, di = people("Ana", "Bo", "Cy", "Di")
    today = company_today()
    later = today + timedelta(days=30)
    set_manager.system(ana, manager=bo)
    set_manager.system(ana, manager=cy, since=later)
    assert (manager_of(ana), managers(later)) == (bo, {ana.pk: cy.pk})
    assert leads_of([ana]) == {ana.pk: bo}
    set_manager.system(ana, manager=di)
    assert managers(later - DAY) == {ana.pk: di.pk}
    assert managers(later) == {ana.pk: cy.pk}
    assert managers(today - DAY) == {ana.pk: bo.pk}


def test_no_manager_ends_the_line_and_leaves_no_row_that_never_held() -> None:
    ana, bo = people("Ana", "Bo")
    set_manager.system(ana, manager=bo, since=company_today())
    set_manager.system(ana, manager=None)
    assert manager_of(ana) is None
    assert not ReportingLine.objects.exists()


def test_change_from_a_past_day_replaces_what_came_since() -> None:
    ana, bo, cy = people("Ana", "Bo", "Cy")
    today = company_today()
    set_manager.system(ana, manager=bo, since=today - timedelta(days=90))
    set_manager.system(ana, manager=cy, since=today - timedelta(days=10))
    set_manager.system(ana, manager=bo, since=today - timedelta(days=20))
    assert managers(today) == managers(today - timedelta(days=15)) == {ana.pk: bo.pk}


def test_circle_of_a_planned_line_is_refused_and_changes_nothing() -> None:
    ana, bo, cy = people("Ana", "Bo", "Cy")
    later = company_today() + timedelta(days=30)
    set_manager.system(bo, manager=cy)
    set_manager.system(bo, manager=ana, since=later)
    with pytest.raises(Refused) as caught:
        set_manager.system(ana, manager=bo)
    assert caught.value.code == "circle"
    assert spans(ana) == []


def test_dotted_line_is_added_and_ended_beside_the_solid_one() -> None:
    ana, bo, cy = people("Ana", "Bo", "Cy")
    set_manager.system(ana, manager=bo)
    set_dotted.system(ana, manager=cy, since=company_today() - timedelta(days=3))
    for again in (bo, cy, ana):
        with pytest.raises(Refused):
            set_dotted.system(ana, manager=again)
    assert ReportingLine.objects.filter(holding(), person=ana).count() == 2
    assert manager_of(ana) == bo
    end_line.system(ana, manager=cy)
    assert list(ReportingLine.objects.filter(holding(), person=ana).values_list("manager", flat=True)) == [bo.pk]
    with pytest.raises(Refused):
        end_line.system(ana, manager=cy)


def test_membership_of_another_day_counts_nowhere_today() -> None:
    install_roles.system()
    ana, bo, cy = people("Ana", "Bo", "Cy")
    today = company_today()
    team = save_team.system(code="sales", name={"en": "Sales"}, lead=cy)
    join_team.system(team, person=ana, since=today + timedelta(days=5))
    join_team.system(team, person=bo)
    leave_team.system(team, person=bo)
    Grant.objects.create(person=cy, role=Role.objects.get(code="team_lead"), team=team)
    admin = save_admin()
    assert list(members(admin, team)) == []
    assert vars(counted_teams(admin).get(pk=team.pk))["member_count"] == 0
    document = Document.objects.create(kind="structure.page", space=Space.objects.create(code="s", name={"en": "S"}))
    assert audience(document, team=team, members=[ana, bo, admin]) == []
    assert leads_of([ana, bo]) == {}
    assert [scope.team for scope in scopes_of_person(ana)] == [None]
    assert not visible(cy, "structure.view_person", Person.objects.all()).filter(pk__in=[ana.pk, bo.pk]).exists()
    assert not can(cy, "structure.view_person", ana)
    assert colleagues_of(ana, clock.now()) == []
    join_team.system(team, person=ana)
    assert can(cy, "structure.view_person", ana)
    assert [row.person for row in members(admin, team)] == [ana]
    assert [scope.team for scope in scopes_of_person(ana)] == [None, team.pk]
    row = Membership.objects.get(person=ana, start=today)
    assert row.end == today + timedelta(days=4)


def save_admin() -> Person:
    """Somebody who sees everything."""
    admin = save_person.system(name="Admin")
    Grant.objects.create(person=admin, role=Role.objects.get(code="administrator"))
    return admin


def test_share_of_time_changes_from_a_day_and_keeps_the_past() -> None:
    (ana,) = people("Ana")
    team = save_team.system(code="sales", name={"en": "Sales"})
    today = company_today()
    join_team.system(team, person=ana, allocation=100, since=today - timedelta(days=90))
    join_team.system(team, person=ana, allocation=40, since=today + timedelta(days=10))
    rows = Membership.objects.order_by("start").values_list("allocation", "start", "end")
    assert list(rows) == [
        (100, today - timedelta(days=90), today + timedelta(days=9)),
        (40, today + timedelta(days=10), None),
    ]
    with pytest.raises(Refused):
        leave_team.system(save_team.system(code="ops", name={"en": "Ops"}), person=ana)


def test_today_is_the_companys_today() -> None:
    Company.objects.create(name={"en": "X"}, zone="Pacific/Kiritimati")
    assert company_today() == clock.today("Pacific/Kiritimati")


def test_who_looks_after_people_of_one_entity_changes_no_team_of_another() -> None:
    install_roles.system()
    own, other = (Entity.objects.create(code=code, name={"en": code}, country="DE") for code in ("own", "other"))
    near, ana = people("Near", "Ana")
    Grant.objects.create(person=near, role=Role.objects.get(code="people"), entity=own)
    mine, theirs = (
        save_team.system(code=one.code, name={"en": one.code}, entity=one, lead=ana) for one in (own, other)
    )
    with pytest.raises(NotAllowed):
        save_team(near, theirs, code="taken", name={"en": "x"}, entity=own, parent=mine)
    with pytest.raises(NotAllowed):
        join_team(near, theirs, person=near)
    with pytest.raises(NotAllowed):
        leave_team(near, theirs, person=ana)
    theirs.refresh_from_db()
    assert (theirs.code, theirs.entity, Membership.objects.count()) == ("other", other, 0)
    join_team(near, mine, person=ana)
    assert Membership.objects.get().team == mine


def test_what_the_whole_company_goes_by_is_not_one_entitys_to_change() -> None:
    install_roles.system()
    own = Entity.objects.create(code="own", name={"en": "own"}, country="DE")
    near, far = people("Near", "Far")
    Grant.objects.create(person=near, role=Role.objects.get(code="people"), entity=own)
    Grant.objects.create(person=far, role=Role.objects.get(code="people"))
    function = save_function.system(code="ops", name={"en": "Operations"})
    with pytest.raises(NotAllowed):
        save_function(near, function, code="ops", name={"en": "Mine"})
    with pytest.raises(NotAllowed):
        save_job(near, code="lead", title={"en": "Lead"}, function=function)
    function.refresh_from_db()
    assert (function.name["en"], Job.objects.count()) == ("Operations", 0)
    save_function(far, function, code="ops", name={"en": "Running"})
    assert Function.objects.get().name["en"] == "Running"
