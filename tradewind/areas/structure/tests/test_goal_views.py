"""The pages of goals: what is shown to whom, what a form leaves behind, and that many goals cost few queries."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tradewind.areas.structure.access import may_steer
from tradewind.areas.structure.actions.goals_grades import grade_objective
from tradewind.areas.structure.actions.goals_links import ask_team
from tradewind.areas.structure.actions.goals_results import check_in
from tradewind.areas.structure.factories import make_goal, make_market, make_person, make_result, make_team
from tradewind.areas.structure.queries import goals as queries
from tradewind.areas.structure.queries import standings
from tradewind.base import clock
from tradewind.base.period import Period
from tradewind.nouns.goals.models import CheckIn, GoalState, KeyResult, Objective, ObjectiveLink
from tradewind.nouns.org.models import Company, Person, User
from tradewind.nouns.trade.models import Rate, RateSet

pytestmark = pytest.mark.django_db
PAGES = (
    "goal-list",
    "goal-tree",
    "goal-board",
    "goal-mine",
    "goal-faults",
    "goal-gaps",
    "goal-calibration",
    "goal-result-list",
)
NOW = Period.containing(clock.today("UTC"), "quarter")


@pytest.fixture(autouse=True)
def fresh() -> None:
    """Nothing is remembered of another test's goals."""
    standings.forget()


def browser(person: Person) -> Client:
    """A browser signed in as a person."""
    client = Client()
    client.force_login(User.objects.create_user(str(person.email), None, person=person))
    return client


@pytest.fixture
def boss() -> Person:
    return make_person("Lin Mei", "general_manager")


def text(client: Client, name: str, *args: Any, **query: str) -> str:
    """What a page says; it must answer well."""
    answer = client.get(reverse(f"structure:{name}", args=args), query)
    assert answer.status_code == 200, (name, answer.status_code)
    return answer.content.decode()


def house() -> dict[str, Objective]:
    """A company goal, served by a market's and a team's, with values."""
    market, team = make_market(), make_team("ads", lead=make_person("Ana"))
    company = make_goal("Win Europe", period=NOW.code)
    germany = make_goal("Win Germany", level="market", market=market, period=NOW.code, parents=[company])
    ads = make_goal(
        "Cheaper clicks", level="team", team=team, period=NOW.code, parents=[germany, company], owner=team.lead
    )
    result = make_result(ads, "Cost of a click", start=Decimal(2), target=Decimal(1))
    check_in.system(result, value=Decimal("1.5"), confidence=60)
    return {"company": company, "germany": germany, "ads": ads}


def test_pages_answer_when_empty_and_when_filled(boss: Person) -> None:
    client = browser(boss)
    for name in PAGES:
        text(client, name)
    goals = house()
    for name in PAGES:
        text(client, name)
    for goal in goals.values():
        text(client, "goal-detail", goal.pk)
    text(client, "goal-result-detail", KeyResult.objects.get().pk)
    text(client, "goal-team", goals["ads"].team_id)
    text(client, "goal-market", goals["germany"].market_id)


def test_pages_are_closed_without_the_right() -> None:
    house()
    client = browser(make_person("Nobody"))
    for name in PAGES:
        assert client.get(reverse(f"structure:{name}")).status_code == 403, name
    goal = Objective.objects.first()
    assert goal is not None
    for name in ("goal-detail", "goal-edit", "goal-publish", "goal-grade"):
        assert client.get(reverse(f"structure:{name}", args=[goal.pk])).status_code in (403, 404), name


def test_draft_is_seen_by_owner_and_leads_only(boss: Person) -> None:
    lead = make_person("Lead", "member")
    team = make_team("ads", lead=lead)
    draft = make_goal("Secret plan", published=False, level="team", team=team, period=NOW.code)
    other = browser(make_person("Other", "member"))
    for name in ("goal-list", "goal-tree", "goal-board"):
        assert "Secret plan" not in text(other, name)
    assert other.get(reverse("structure:goal-detail", args=[draft.pk])).status_code == 404
    mine = browser(lead)
    assert "Secret plan" in text(mine, "goal-tree")
    assert "Publish" in text(mine, "goal-detail", draft.pk)


def test_tree_draws_each_goal_once_and_names_all_it_serves(boss: Person) -> None:
    goals = house()
    page = text(browser(boss), "goal-tree")
    assert page.count('data-goal="') == 3
    ads, germany, company = goals["ads"], goals["germany"], goals["company"]
    assert f'data-goal="{ads.pk}" data-serves="{germany.pk} {company.pk}"' in page
    assert "50 %" in page


def test_tree_opens_a_branch_further(boss: Person) -> None:
    goals = house()
    client = browser(boss)
    page = text(client, "goal-tree", depth="1")
    assert "Cheaper clicks" not in page and "1 goal further" in page
    url = reverse("structure:goal-tree")
    branch = client.get(url, {"root": str(goals["company"].pk)}, headers={"HX-Request": "true"}).content.decode()
    assert "Win Germany" in branch and "<html" not in branch
    assert client.get(url, {"root": "999999"}).status_code == 404


def test_tree_with_a_round_still_shows_every_goal(boss: Person) -> None:
    one, two = make_goal("One", period=NOW.code), make_goal("Two", period=NOW.code)
    ObjectiveLink.objects.create(objective=one, parent=two)
    ObjectiveLink.objects.create(objective=two, parent=one)
    page = text(browser(boss), "goal-tree")
    assert page.count('data-goal="') == 2
    assert "Serves itself by a round" in text(browser(make_person("Eye", "general_manager")), "goal-faults")


def test_score_of_a_goal_without_own_results_comes_from_below() -> None:
    goals = house()
    found = queries.nodes(Objective.objects.all(), NOW.start)
    company = found[goals["company"].pk].stand
    assert (company.share, company.below) == (Decimal("0.5"), True)


def test_standing_weighs_results_and_leaves_out_what_has_no_value() -> None:
    goal = make_goal(period=NOW.code)
    for weight, value in ((3, 100), (1, 0)):
        check_in.system(make_result(goal, weight=weight), value=Decimal(value))
    make_result(goal, "Never said", weight=50)
    stand = standings.standings(Objective.objects.all(), NOW.start)[goal.pk]
    assert (stand.share, stand.counted, stand.missing) == (Decimal("0.75"), 2, 1)


def test_standing_follows_the_trend_of_check_ins() -> None:
    goal = make_goal(period=NOW.code)
    result = make_result(goal)
    for week, value in enumerate((5, 10, 15)):
        CheckIn.objects.create(result=result, day=NOW.start + timedelta(7 * week), value=value * 10_000)
    check_in.system(result, value=Decimal(15))
    day = NOW.start + timedelta(14)
    early = standings.standings(Objective.objects.all(), day)[goal.pk]
    assert early.status in ("on_track", "at_risk")
    assert standings.standings(Objective.objects.all(), NOW.end)[goal.pk].status == "off_track"


def test_list_filters_by_how_goals_stand_and_exports_it(boss: Person) -> None:
    goals = house()
    check_in.system(make_result(goals["company"]), value=Decimal(100))
    client = browser(boss)
    done = text(client, "goal-list", status="done")
    assert "Win Europe" in done and "Cheaper clicks" not in done
    answer: Any = client.get(reverse("structure:goal-export", args=["csv"]))
    csv = b"".join(answer.streaming_content).decode()
    assert "Win Europe" in csv and "Reached or closed" in csv


def test_board_puts_goals_under_their_status(boss: Person) -> None:
    goals = house()
    check_in.system(make_result(goals["company"]), value=Decimal(100))
    make_goal("Unsaid", period=NOW.code)
    page = text(browser(boss), "goal-board")
    column = page.split('id="column-done"')[1]
    assert "Win Europe" in column and "Unsaid" not in column
    assert "Unsaid" in page.split('id="column-no_data"')[1].split("</section>")[0]


def test_form_sets_a_goal_and_tells_what_is_wrong_beside_the_field(boss: Person) -> None:
    client = browser(boss)
    url = reverse("structure:goal-new")
    given = {"title_en": "Grow", "level": "company", "horizon": "period", "period": "2026-Q9", "weight": "1"}
    bad = client.post(url, given)
    assert bad.status_code == 422 and "2026-Q9" in bad.content.decode()
    assert not Objective.objects.exists()
    parent = make_goal("Up")
    good = client.post(url, {**given, "period": "2026-Q4", "parents": [parent.pk]})
    goal = Objective.objects.exclude(pk=parent.pk).get()
    assert good.status_code == 302 and good["Location"] == reverse("structure:goal-detail", args=[goal.pk])
    assert (goal.start, goal.state) == (date(2026, 10, 1), GoalState.DRAFT)
    assert list(goal.links.values_list("parent", flat=True)) == [parent.pk]
    assert client.post(reverse("structure:goal-publish", args=[goal.pk])).status_code == 302
    goal.refresh_from_db()
    assert goal.state == GoalState.PUBLISHED


def test_edit_keeps_what_was_not_touched(boss: Person) -> None:
    parent = make_goal("Up")
    goal = make_goal("Down", parents=[parent], description="Because")
    client = browser(boss)
    url = reverse("structure:goal-edit", args=[goal.pk])
    page = text(client, "goal-edit", goal.pk)
    assert f'value="{parent.pk}" selected' in page
    sent = {"title_en": "Deeper", "level": "company", "horizon": "period", "period": goal.period, "weight": "1", "version": str(goal.version),
            "parents": [parent.pk], "description": "Because"}  # fmt: skip
    assert client.post(url, sent).status_code == 302
    goal.refresh_from_db()
    assert (str(goal.title), goal.description, goal.links.count()) == ("Deeper", "Because", 1)
    assert client.post(url, sent).status_code == 409


def test_member_may_not_steer_the_company(boss: Person) -> None:
    goal = make_goal("Up")
    client = browser(make_person("Member", "member"))
    assert "Edit goal" not in text(client, "goal-detail", goal.pk)
    assert client.get(reverse("structure:goal-edit", args=[goal.pk])).status_code == 403
    assert client.post(reverse("structure:goal-drop", args=[goal.pk])).status_code == 403
    goal.refresh_from_db()
    assert goal.state == GoalState.PUBLISHED


def test_result_form_and_check_in(boss: Person) -> None:
    goal = make_goal(period=NOW.code)
    client = browser(boss)
    url = reverse("structure:goal-result-new") + f"?objective={goal.pk}"
    assert client.post(url, {"title_en": "Orders", "kind": "number", "weight": "1"}).status_code == 422
    assert not KeyResult.objects.exists()
    sent = {"title_en": "Orders", "kind": "number", "start": "100", "target": "300", "weight": "2", "unit": "orders"}
    assert client.post(url, sent).status_code == 302
    result = KeyResult.objects.get()
    assert (result.start, result.target, result.weight) == (1_000_000, 3_000_000, 2)
    speak = reverse("structure:goal-result-check-in", args=[result.pk])
    bad = client.post(speak, {"value": "many", "confidence": "70"})
    assert bad.status_code == 422 and not CheckIn.objects.exists()
    assert client.post(speak, {"value": "150", "confidence": "70", "comment": "Slow start"}).status_code == 302
    result.refresh_from_db()
    assert (result.value, result.confidence) == (1_500_000, 70)
    page = text(client, "goal-detail", goal.pk)
    assert "150 orders" in page and "from 100 orders to 300 orders" in page and "25 %" in page
    assert "Slow start" in text(client, "goal-result-detail", result.pk)
    edit = text(client, "goal-result-edit", result.pk)
    assert 'value="100"' in edit and 'value="300"' in edit


def test_check_in_of_a_yes_or_no(boss: Person) -> None:
    result = make_result(make_goal(period=NOW.code), kind="yesno", target=None)
    answer = browser(boss).post(
        reverse("structure:goal-result-check-in", args=[result.pk]), {"value": "1", "confidence": ""}
    )
    assert answer.status_code == 302
    result.refresh_from_db()
    assert result.value == 10_000


def test_stranger_cannot_check_in(boss: Person) -> None:
    result = make_result(make_goal(period=NOW.code))
    client = browser(make_person("Member", "member"))
    assert client.post(reverse("structure:goal-result-check-in", args=[result.pk]), {"value": "1"}).status_code == 403
    assert not CheckIn.objects.exists()


def test_need_is_accepted_by_its_team_alone(boss: Person) -> None:
    lead = make_person("Lead", "member")
    team = make_team("data", lead=lead)
    goal = make_goal(period=NOW.code)
    ask_team.system(goal, team=team, wish="A daily feed")
    link = ObjectiveLink.objects.get()
    url = reverse("structure:goal-need-answer", args=[link.pk])
    assert browser(make_person("Member", "member")).post(url, {"accept": "1"}).status_code == 403
    client = browser(lead)
    assert "A daily feed" in text(client, "goal-detail", goal.pk)
    assert client.post(url, {"accept": "0"}).status_code == 422
    link.refresh_from_db()
    assert link.state == ObjectiveLink.ASKED
    assert client.post(url, {"accept": "1"}).status_code == 302
    link.refresh_from_db()
    assert link.state == ObjectiveLink.ACCEPTED


def test_grade_with_retrospective_carries_over_in_one_step(boss: Person) -> None:
    goal = make_goal("Grow", period="2026-Q1")
    check_in.system(make_result(goal), value=Decimal(40))
    client = browser(boss)
    assert 'value="0.40"' in text(client, "goal-grade", goal.pk)
    url = reverse("structure:goal-grade", args=[goal.pk])
    assert client.post(url, {"grade": "1.5", "carry_to": ""}).status_code == 422
    goal.refresh_from_db()
    assert goal.state == GoalState.PUBLISHED
    answer = client.post(url, {"grade": "0.4", "retrospective": "Too many at once", "carry_to": "2026-Q2"})
    following = Objective.objects.get(carried_from=goal)
    assert answer["Location"] == reverse("structure:goal-detail", args=[following.pk])
    assert "Goes on as" in text(client, "goal-detail", goal.pk)


def test_grade_page_answers_when_the_code_of_the_period_means_nothing(boss: Person) -> None:
    goal = make_goal()
    Objective.objects.filter(pk=goal.pk).update(period="before")
    assert "2026-04-01..2026-06-29" in text(browser(boss), "goal-grade", goal.pk)


def test_long_goal_tells_what_no_period_covers(boss: Person) -> None:
    long = make_goal("Lead Europe", horizon="long", period="2026")
    make_goal("First step", period="2026-Q1", parents=[long])
    page = text(browser(boss), "goal-detail", long.pk)
    assert "First step" in page and "2026-04-01..2026-12-31" in page


def test_faults_name_the_way_to_mend_them(boss: Person) -> None:
    house()
    page = text(browser(boss), "goal-faults")
    company = Objective.objects.get(level="company")
    assert "Has no key result that can be measured" in page
    assert reverse("structure:goal-result-new") + f"?objective={company.pk}" in page
    reader = text(browser(make_person("Member", "member")), "goal-faults")
    assert reverse("structure:goal-result-new") not in reader


def test_gaps_list_teams_and_people_without_goals(boss: Person) -> None:
    house()
    make_team("idle")
    page = text(browser(boss), "goal-gaps")
    assert "Idle" in page and "Lin Mei" in page
    assert "Ana" not in page.split("People without")[1]


def test_calibration_compares_confidence_with_the_end(boss: Person) -> None:
    client = browser(boss)
    for quarter, value in (("2025-Q1", 100), ("2025-Q2", 20)):
        goal = make_goal(period=quarter)
        check_in(boss, make_result(goal), value=Decimal(value), confidence=90)
        grade_objective.system(goal, grade=Decimal(1))
    page = text(client, "goal-calibration")
    assert "80 to 100 % sure" in page
    assert "0.41" in page  # ((0.9 - 1)^2 + 0.9^2) / 2


def test_money_shows_its_worth_at_the_plan_rate(boss: Person) -> None:
    Company.objects.create(name={"en": "Us"}, currency="EUR")
    plan = RateSet.objects.create(code="plan", name="Plan 2026", base="EUR")
    Rate.objects.create(rate_set=plan, currency="USD", day=date(2026, 1, 1), value=125_000_000)
    goal = make_goal(period=NOW.code)
    check_in.system(make_result(goal, kind="money", currency="USD", target=Decimal(1000)), value=Decimal(500))
    page = text(browser(boss), "goal-detail", goal.pk)
    assert "€400.00" in page and "€800.00" in page


def test_metric_choice_and_preview_keep_to_what_one_may_see(boss: Person) -> None:
    goal = make_goal(period=NOW.code)
    client = browser(boss)
    assert "finance.net_revenue" in text(client, "goal-result-new", objective=str(goal.pk))
    shown = text(client, "goal-preview", objective=str(goal.pk), metric="finance.net_revenue", currency="EUR")
    assert "€0.00" in shown
    owner = make_person("Member", "member")
    own = make_goal("Mine", level="person", owner=owner, period=NOW.code)
    other = browser(owner)
    assert "finance.net_revenue" not in text(other, "goal-result-new", objective=str(own.pk))
    hidden = other.get(reverse("structure:goal-preview"), {"objective": str(own.pk), "metric": "finance.net_revenue"})
    assert hidden.status_code == 404


def test_steerable_goals_are_those_that_may_be_steered(boss: Person) -> None:
    house()
    lead = make_person("Lead", "member")
    team = make_team("led", lead=lead)
    make_goal("Team's", level="team", team=team)
    make_goal("Own", level="person", owner=make_person("P", "member", team=team))
    make_goal("Lead's own", level="person", owner=lead)
    local = make_person("Country", "country_manager", at={"market": make_market()})
    for person in (boss, lead, local, make_person("Member", "member"), make_person("Nobody")):
        wanted = {goal.pk for goal in Objective.objects.all() if may_steer(person, goal)}
        assert set(queries.steerable(person).values_list("pk", flat=True)) == wanted, person


def test_page_of_a_team_shows_its_goals(boss: Person) -> None:
    goals = house()
    page = text(browser(boss), "team-detail", goals["ads"].team_id)
    assert "Cheaper clicks" in page and reverse("structure:goal-team", args=[goals["ads"].team_id]) in page


def test_hand_over_is_not_for_strangers() -> None:
    leaver, heir, stranger = make_person("Leaver", "member"), make_person("Heir"), make_person("Stranger", "member")
    goal = make_goal("Theirs", owner=leaver)
    url = reverse("structure:person-goals-hand-over", args=[leaver.pk])
    client = browser(stranger)
    assert client.get(url).status_code == 403
    assert client.post(url, {"to": heir.pk}).status_code == 403
    goal.refresh_from_db()
    assert goal.owner == leaver


def test_hand_over_moves_the_goals_of_who_leaves(boss: Person) -> None:
    leaver, heir = make_person("Leaver", "member"), make_person("Heir", "member")
    goal = make_goal("Theirs", owner=leaver)
    answer = browser(boss).post(reverse("structure:person-goals-hand-over", args=[leaver.pk]), {"to": heir.pk})
    assert answer.status_code == 302
    goal.refresh_from_db()
    assert goal.owner == heir


@pytest.mark.parametrize("name", ["goal-tree", "goal-board", "goal-list"])
def test_many_goals_cost_as_many_queries_as_few(boss: Person, name: str) -> None:
    client = browser(boss)

    def cost() -> int:
        text(client, name)
        with CaptureQueriesContext(connection) as taken:
            text(client, name)
        return len(taken)

    house()
    few = cost()
    top = Objective.objects.get(level="company")
    for number in range(8):
        goal = make_goal(f"More {number}", period=NOW.code, parents=[top])
        check_in.system(make_result(goal), value=Decimal(number))
    assert cost() == few
