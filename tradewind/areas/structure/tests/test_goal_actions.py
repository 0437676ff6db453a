"""Goals: who may do what where, what is refused, and that a refusal changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from tradewind.areas.structure.access import GOAL_READ
from tradewind.areas.structure.actions import deactivate_person, reactivate_person, set_manager
from tradewind.areas.structure.actions.goals import (
    drop_objective,
    publish_objective,
    reopen_objective,
    save_objective,
)
from tradewind.areas.structure.actions.goals_grades import grade_objective, hand_over
from tradewind.areas.structure.actions.goals_links import answer_need, ask_team, link_objective, unlink_objective
from tradewind.areas.structure.actions.goals_results import check_in, remove_result, save_result
from tradewind.areas.structure.factories import make_goal, make_market, make_person, make_result, make_team
from tradewind.base.errors import Conflict, NotAllowed, NotFound, Refused
from tradewind.engines.access.scope import can, visible
from tradewind.engines.actions.models import Event
from tradewind.engines.actions.run import run
from tradewind.engines.inbox.models import Notice, Todo
from tradewind.nouns.goals.models import CheckIn, GoalState, KeyResult, Level, Objective, ObjectiveLink
from tradewind.nouns.org.models import Person

pytestmark = pytest.mark.django_db
Q1: dict[str, Any] = {"period": "2026-Q1"}


@pytest.fixture
def mid_may() -> Iterator[date]:
    with time_machine.travel(datetime(2026, 5, 20, 9, tzinfo=UTC), tick=False):
        yield date(2026, 5, 20)


def reads(person: Person, goal: Objective) -> bool:
    found = visible(person, GOAL_READ, Objective.objects.all()).filter(pk=goal.pk).exists()
    assert can(person, GOAL_READ, goal) == found
    return found


def test_lead_without_any_grant_owns_the_goals_of_the_team() -> None:
    lead = make_person()
    team, other = make_team(lead=lead), make_team("other")
    below = make_team("below", parent=team)
    goal = save_objective(lead, None, title={"en": "Faster answers"}, team=team, **Q1)
    assert (goal.start, goal.end, goal.state) == (date(2026, 1, 1), date(2026, 3, 31), GoalState.DRAFT)
    save_objective(lead, None, title={"en": "Under it"}, team=below, **Q1)
    result = save_result(lead, None, objective=goal, title={"en": "Hours"}, start=Decimal(30), target=Decimal(8))
    publish_objective(lead, goal)
    check_in(lead, result, value=Decimal(20), confidence=60)
    with pytest.raises(NotAllowed):
        save_objective(lead, None, title={"en": "Not mine"}, team=other, **Q1)
    with pytest.raises(NotAllowed):
        save_objective(lead, goal, title={"en": "Moved away"}, team=other, **Q1)
    with pytest.raises(NotAllowed):
        save_objective(lead, None, title={"en": "All"}, level=Level.COMPANY, **Q1)
    goal.refresh_from_db()
    assert (str(goal.title), goal.team_id) == ("Faster answers", team.pk)
    assert Objective.objects.count() == 2


def test_country_manager_writes_goals_of_the_market_alone() -> None:
    dach, fr = make_market(), make_market("fr")
    manager = make_person(role="country_manager", at={"market": dach})
    goal = save_objective(manager, None, title={"en": "Germany"}, level=Level.MARKET, market=dach, **Q1)
    team = make_team(market=dach)
    assert save_objective(manager, None, title={"en": "Team"}, team=team, **Q1).market == dach
    for wrong in ({"level": Level.MARKET, "market": fr}, {"level": Level.COMPANY}):
        with pytest.raises(NotAllowed):
            save_objective(manager, None, title={"en": "No"}, **wrong, **Q1)
    french = make_goal("France", level=Level.MARKET, market=fr)
    assert reads(manager, goal)
    assert not reads(manager, french)
    with pytest.raises(NotAllowed):
        drop_objective(manager, french)


def test_member_owns_personal_goals_and_those_of_nobody_else() -> None:
    boss = make_person()
    member, other = make_person(role="member", at={"team": make_team()}), make_person()
    set_manager.system(other, manager=boss)
    own = save_objective(member, None, title={"en": "Learn"}, level=Level.PERSON, owner=member, **Q1)
    with pytest.raises(NotAllowed):
        save_objective(member, None, title={"en": "Do it"}, level=Level.PERSON, owner=other, **Q1)
    theirs = save_objective(boss, None, title={"en": "Do it"}, level=Level.PERSON, owner=other, **Q1)
    assert reads(boss, theirs)
    assert not reads(boss, own)
    assert not reads(member, theirs)


def test_draft_is_read_by_owner_leads_above_and_who_writes_there() -> None:
    chief, lead, owner, colleague = (make_person() for _ in range(4))
    top = make_team("top", lead=chief)
    team = make_team(lead=lead, parent=top)
    manager = make_person(role="general_manager")
    member = make_person(role="member", at={"team": team})
    goal = make_goal(published=False, level=Level.TEAM, team=team, owner=owner)
    assert [reads(one, goal) for one in (chief, lead, owner, manager)] == [True] * 4
    assert [reads(one, goal) for one in (member, colleague)] == [False] * 2
    publish_objective(lead, goal)
    assert reads(member, goal)
    assert not reads(colleague, goal)


def test_published_company_goal_is_read_by_all_who_see_goals_anywhere() -> None:
    member = make_person(role="member", at={"team": make_team()})
    draft, goal = make_goal("Later", published=False), make_goal()
    assert reads(member, goal)
    assert not reads(member, draft)
    assert not reads(make_person(), goal)


def test_save_objective_names_every_wrong_field_and_changes_nothing() -> None:
    goal = make_goal()
    gone = make_person(active=False)
    with pytest.raises(Refused) as fault:
        save_objective.system(goal, title={"en": " "}, level="country", period="soon", weight=101, owner=gone)
    assert set(fault.value.fields) == {"title", "level", "period", "weight", "owner"}
    for level, field in ((Level.TEAM, "team"), (Level.MARKET, "market"), (Level.PERSON, "owner")):
        with pytest.raises(Refused) as fault:
            save_objective.system(title={"en": "A"}, level=level, **Q1)
        assert set(fault.value.fields) == {field}
    goal.refresh_from_db()
    assert (str(goal.title), goal.period, goal.version) == ("Grow", "2026-Q1", 2)
    assert Objective.objects.count() == 1


def test_two_editors_of_one_goal_notice_each_other() -> None:
    goal = make_goal()
    seen_version = goal.version
    save_objective.system(goal, title={"en": "First"}, level=Level.COMPANY, expected_version=seen_version, **Q1)
    with pytest.raises(Conflict):
        save_objective.system(goal, title={"en": "Second"}, level=Level.COMPANY, expected_version=seen_version, **Q1)
    goal.refresh_from_db()
    assert str(goal.title) == "First"


def test_links_lead_to_several_parents_and_never_round() -> None:
    top, side, middle, low = (make_goal(name) for name in ("top", "side", "middle", "low"))
    link_objective.system(middle, parent=top)
    link_objective.system(middle, parent=side)
    link_objective.system(low, parent=middle)
    link_objective.system(low, parent=middle)
    for parent in (low, middle, top):
        with pytest.raises(Refused, match="round"):
            link_objective.system(top, parent=parent)
    assert ObjectiveLink.objects.count() == 3
    save_objective.system(middle, title={"en": "middle"}, level=Level.COMPANY, parents=[side], **Q1)
    assert list(middle.links.values_list("parent", flat=True)) == [side.pk]
    link_objective.system(top, parent=low)
    unlink_objective.system(low, parent=middle)
    assert ObjectiveLink.objects.count() == 2


def test_goal_serves_only_what_its_writer_may_see() -> None:
    lead = make_person()
    goal = make_goal(by=lead, level=Level.TEAM, team=make_team(lead=lead))
    hidden = make_goal(published=False)
    with pytest.raises(NotFound):
        link_objective(lead, goal, parent=hidden)
    assert not ObjectiveLink.objects.exists()


def test_team_is_asked_for_work_and_accepts_or_refuses() -> None:
    asker, lead = make_person(), make_person()
    team, helpers = make_team(lead=asker), make_team("helpers", lead=lead)
    goal = make_goal(by=asker, level=Level.TEAM, team=team, owner=asker)
    link = ask_team(asker, goal, team=helpers, wish="A page in German")
    todo = Todo.objects.get(person=lead, kind="structure.goal_need")
    assert reads(lead, goal)
    with pytest.raises(NotAllowed):
        answer_need(asker, link, accept=True)
    with pytest.raises(Refused) as fault:
        answer_need(lead, link, accept=False)
    assert "answer" in fault.value.fields
    answer_need(lead, link, accept=False, answer="No time before May")
    todo.refresh_from_db()
    assert todo.state == Todo.DECLINED
    assert Notice.objects.filter(person=asker, kind="structure.goal_answered_no").count() == 1
    ask_team(asker, goal, team=helpers, wish="In May then")
    answer_need(lead, link, accept=True)
    link.refresh_from_db()
    assert (link.state, link.answered_by, link.wish) == ("accepted", lead, "In May then")
    with pytest.raises(Refused, match="accepted already"):
        ask_team(asker, goal, team=helpers, wish="More")
    with pytest.raises(Refused, match="own"):
        ask_team(asker, goal, team=team, wish="Ourselves")
    with pytest.raises(Refused, match="no lead"):
        ask_team(asker, goal, team=make_team("nobody"), wish="Anything")
    assert ObjectiveLink.objects.count() == 1


def test_key_result_names_every_wrong_field_and_changes_nothing() -> None:
    goal = make_goal()
    wrong: list[tuple[dict[str, Any], set[str]]] = [
        ({"title": {}}, {"title", "target"}),
        ({"kind": "money", "target": Decimal(5)}, {"currency"}),
        ({"kind": "money", "target": Decimal(5), "currency": "XXQ"}, {"currency"}),
        ({"kind": "range"}, {"low"}),
        ({"kind": "range", "low": Decimal(3), "high": Decimal(3)}, {"high"}),
        ({"target": Decimal(1), "weight": 101}, {"weight"}),
        ({"target": Decimal(1), "weight": -1}, {"weight"}),
        ({"target": Decimal(1), "metric": "finance.dreams"}, {"metric"}),
        ({"target": Decimal(1), "metric": "finance.net_revenue", "cuts": {"moon": [1]}}, {"cuts", "currency"}),
        ({"target": Decimal(1), "metric": "customers.orders", "cuts": {"channel": [99]}}, {"cuts"}),
    ]
    for given, fields in wrong:
        with pytest.raises(Refused) as fault:
            save_result.system(objective=goal, **{"title": {"en": "R"}, **given})
        assert set(fault.value.fields) == fields
    assert not KeyResult.objects.exists()


def test_yes_no_result_goes_from_no_to_yes() -> None:
    result = make_result(make_goal(), kind="yesno", target=None)
    assert (result.start, result.target) == (0, 10_000)
    with pytest.raises(Refused):
        check_in.system(result, value=Decimal("0.5"))
    check_in.system(result, value=Decimal(1))
    result.refresh_from_db()
    assert result.value == 10_000


def test_check_in_is_for_owners_and_for_published_goals() -> None:
    owner, other = make_person(zone="Asia/Shanghai"), make_person(role="member", at={})
    goal = make_goal(published=False)
    result = make_result(goal, owner=owner)
    with pytest.raises(Refused, match="published"):
        check_in(owner, result, value=Decimal(3))
    publish_objective.system(goal)
    with pytest.raises(NotAllowed):
        check_in(other, result, value=Decimal(3))
    for wrong in ({"value": None}, {"value": Decimal(1), "confidence": 101}):
        with pytest.raises(Refused):
            check_in(owner, result, **wrong)
    assert not CheckIn.objects.exists()
    check_in(owner, result, value=Decimal("12.5"), confidence=70, comment=" Two shops signed. ")
    row = CheckIn.objects.get()
    result.refresh_from_db()
    goal.refresh_from_db()
    assert (row.value, row.confidence, row.comment, row.by) == (125_000, 70, "Two shops signed.", owner)
    assert (result.value, result.confidence) == (125_000, 70)
    assert goal.checked_at is not None


def test_check_in_of_an_earlier_day_fills_the_way_and_leaves_the_present(mid_may: date) -> None:
    goal = make_goal(period="2026-01-01..2026-12-31")
    result = make_result(goal)
    today = mid_may
    check_in.system(result, value=Decimal(50), confidence=80)
    check_in.system(result, value=Decimal(20), confidence=30, day=today - timedelta(days=14))
    result.refresh_from_db()
    assert (result.value, result.confidence) == (500_000, 80)
    assert list(result.check_ins.values_list("day", "value")) == [
        (today, 500_000), (today - timedelta(days=14), 200_000),
    ]  # fmt: skip
    for day in (today + timedelta(days=1), date(2025, 12, 31)):
        with pytest.raises(Refused) as fault:
            check_in.system(result, value=Decimal(1), day=day)
        assert set(fault.value.fields) == {"day"}
    assert result.check_ins.count() == 2


def test_result_with_check_ins_stays_while_its_goal_is_published() -> None:
    goal = make_goal()
    result, other = make_result(goal), make_result(goal, "Other")
    check_in.system(result, value=Decimal(1))
    with pytest.raises(Refused, match="weight"):
        remove_result.system(result)
    remove_result.system(other)
    assert list(goal.results.all()) == [result]


def test_grade_ends_a_goal_and_carries_over_what_is_left() -> None:
    parent, goal = make_goal("Parent"), make_goal()
    link_objective.system(goal, parent=parent)
    reached, half = make_result(goal, "reached"), make_result(goal, "half", weight=3)
    check_in.system(reached, value=Decimal(100))
    check_in.system(half, value=Decimal(50))
    for wrong in (Decimal("1.01"), Decimal("-0.1")):
        with pytest.raises(Refused):
            grade_objective.system(goal, grade=wrong)
    with pytest.raises(Refused):
        grade_objective.system(goal, grade=Decimal("0.7"), carry_to="2026-Q1")
    goal.refresh_from_db()
    assert (goal.state, goal.grade) == (GoalState.PUBLISHED, None)
    grade_objective.system(goal, grade=Decimal("0.7"), retrospective="Too late", carry_to="2026-Q2")
    goal.refresh_from_db()
    assert (goal.state, goal.grade, goal.retrospective) == (GoalState.GRADED, 7_000, "Too late")
    following = goal.carried_to.get()
    assert (following.period, following.start, following.state) == ("2026-Q2", date(2026, 4, 1), GoalState.DRAFT)
    assert [one.parent for one in following.links.all()] == [parent]
    assert [(str(r.title), r.start, r.target, r.weight, r.value) for r in following.results.all()] == [
        ("half", 500_000, 1_000_000, 3, None)
    ]
    with pytest.raises(Refused, match="closed"):
        save_objective.system(goal, title={"en": "New"}, level=Level.COMPANY, **Q1)
    reopen_objective.system(goal)
    goal.refresh_from_db()
    assert (goal.state, goal.grade) == (GoalState.PUBLISHED, None)


def test_dropped_goal_asks_nobody_any_more() -> None:
    lead = make_person()
    goal = make_goal()
    ask_team.system(goal, team=make_team(lead=lead), wish="Help")
    drop_objective.system(goal)
    assert Todo.objects.get().state == Todo.WITHDRAWN
    with pytest.raises(Refused, match="dropped"):
        link_objective.system(make_goal("Other"), parent=goal)


def test_goals_of_who_leaves_are_handed_over(django_capture_on_commit_callbacks: Any) -> None:
    boss, leaver, heir = make_person(), make_person(), make_person(team=make_team())
    set_manager.system(leaver, manager=boss)
    goal = make_goal(owner=leaver, level=Level.PERSON)
    result, closed = make_result(make_goal("Company"), owner=leaver), make_goal("Over", owner=leaver)
    drop_objective.system(closed)
    with django_capture_on_commit_callbacks(execute=True):
        deactivate_person.system(leaver)
    todo = Todo.objects.get(kind="structure.goal_hand_over")
    assert (todo.person, todo.data["goals"], todo.data["results"]) == (boss, 1, 1)
    with pytest.raises(Refused):
        hand_over(boss, leaver, to=leaver)
    with pytest.raises(NotAllowed):
        hand_over(heir, leaver, to=heir)
    assert hand_over(boss, leaver, to=heir) == 2
    for row in (goal, result, closed, todo):
        row.refresh_from_db()
    assert (goal.owner, result.owner, closed.owner, todo.state) == (heir, heir, leaver, Todo.DONE)
    assert goal.team == heir.memberships.get().team
    assert Notice.objects.filter(person=heir, kind="structure.goal_yours_many").exists()
    with pytest.raises(Refused):
        hand_over(boss, leaver, to=heir)


def test_goals_run_by_name_with_plain_data() -> None:
    manager = make_person(role="general_manager")
    data = {"title": {"en": "Grow", "zh-hans": "增长"}, "level": "company", "period": "2026-Q1"}
    goal = run("structure.save_objective", by=manager, data=data)
    result = run("structure.save_result", by=manager,
                 data={"objective": goal.pk, "title": {"en": "Orders"}, "target": "120.5", "cuts": {}})  # fmt: skip
    run("structure.publish_objective", by=manager, subject=goal.pk)
    run("structure.check_in", by=manager, subject=result.pk, data={"value": 30, "confidence": 55})
    child = run("structure.save_objective", by=manager, data={**data, "parents": [goal.pk]})
    stranger = make_person(role="member", at={"team": make_team()})
    with pytest.raises(NotAllowed):
        run("structure.check_in", by=stranger, subject=result.pk, data={"value": 31})
    with pytest.raises(NotFound):
        run("structure.publish_objective", by=stranger, subject=child.pk)
    result.refresh_from_db()
    assert (result.target, result.value) == (1_205_000, 300_000)
    assert list(child.links.values_list("parent", flat=True)) == [goal.pk]
    names = list(Event.objects.filter(actor=manager).order_by("id").values_list("name", flat=True))
    assert names[:2] == ["structure.save_objective", "structure.save_result"]


def test_who_is_asked_to_hand_over_is_the_next_one_who_is_there(django_capture_on_commit_callbacks: Any) -> None:
    lead, chief = make_person(), make_person(role="general_manager")
    team = make_team(lead=lead)
    first, second, third = make_person(team=team), make_person(), make_person()
    for leaver in (first, second):
        make_goal(owner=leaver)
    with django_capture_on_commit_callbacks(execute=True):
        for leaver in (first, second, third):
            deactivate_person.system(leaver)
    asked = dict(Todo.objects.filter(kind="structure.goal_hand_over").values_list("key", "person"))
    assert asked == {str(first.pk): lead.pk, str(second.pk): chief.pk}
    with django_capture_on_commit_callbacks(execute=True):
        reactivate_person.system(first)
    assert Todo.objects.get(key=str(first.pk)).state == Todo.WITHDRAWN
