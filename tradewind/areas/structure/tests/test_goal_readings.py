"""A bound key result is the dashboard's number: to the cent, for the same corner and days, moved by the facts alone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from tradewind.areas.structure.actions.goals import drop_objective, save_objective
from tradewind.areas.structure.actions.goals_grades import grade_objective
from tradewind.areas.structure.actions.goals_results import check_in, save_result
from tradewind.areas.structure.factories import make_goal, make_market, make_person, make_result, make_team
from tradewind.base.errors import NotAllowed, Refused
from tradewind.base.money import from_units
from tradewind.base.period import Period
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.agenda.models import Absence
from tradewind.engines.exchange.tests.files import Sale, brought, shopify
from tradewind.engines.exchange.tests.files import make_channel as make_shop
from tradewind.engines.inbox.models import Todo
from tradewind.engines.jobs.queue import run_now
from tradewind.engines.metrics import figures, refresh
from tradewind.engines.metrics.board import Board
from tradewind.engines.metrics.registry import DASHBOARDS
from tradewind.engines.metrics.state import Home, read_view
from tradewind.engines.metrics.tests.trade import make_channel, make_order, make_rate_set, make_trade
from tradewind.nouns.goals.models import CheckIn, KeyResult, Level, Objective
from tradewind.nouns.org.models import Company, Market, Person

pytestmark = pytest.mark.django_db
REVENUE = "finance.net_revenue"
NOW = datetime(2026, 2, 20, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def company() -> Company:
    return Company.objects.create(name={"en": "Tradewind"}, currency="EUR", zone="UTC")


@pytest.fixture
def now() -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def bind(goal: Objective, metric: str = REVENUE, *, by: Person | None = None, **given: Any) -> KeyResult:
    return make_result(goal, by=by, metric=metric, target=Decimal(1000), **given)


def pulse(person: Person, **asked: str) -> Decimal | None:
    """Net revenue of the first quarter as the Pulse tile has it."""
    board, home = DASHBOARDS["pulse"], Home.read()
    view = read_view({"period": "2026-Q1", "rate": "day", **asked}, board, home)
    return Board(board, view, person).whole(view.period)[asked.get("metric", REVENUE)].value


def granted(person: Person, *codes: str, **where: Any) -> Person:
    role = Role.objects.create(code=f"own{Role.objects.count()}", codes=list(codes))
    Grant.objects.create(person=person, role=role, **where)
    return person


def test_bound_result_is_the_number_of_the_pulse_to_the_cent(now: Any) -> None:
    make_trade(seed=7, orders=80)
    run_now("metrics.refresh_days")
    boss = granted(make_person(role="general_manager"), "finance.view_revenue", "customers.view_order")
    eu = Market.objects.get(code="m-eu")
    goal = make_goal()
    asked: list[tuple[dict[str, Any], dict[str, str]]] = [
        ({"cuts": {"country": ["DE"]}, "currency": "EUR"}, {"country": "DE", "currency": "EUR"}),
        ({"market": eu, "currency": "EUR"}, {"market": str(eu.pk), "currency": "EUR"}),
        ({"currency": "USD"}, {"currency": "USD"}),
        ({"currency": "CNY", "rate": "month"}, {"currency": "CNY", "rate": "month"}),
    ]
    for corner, page in asked:
        result = bind(goal, by=boss, **corner)
        assert result.value
        assert from_units(result.value) == pulse(boss, **page)
    orders = bind(goal, "customers.orders", market=eu)
    assert from_units(orders.value or 0) == pulse(boss, market=str(eu.pk), metric="customers.orders")
    share = bind(goal, "customers.refund_rate")
    told = pulse(boss, metric="customers.refund_rate")
    assert told is not None
    assert (share.kind, from_units(share.value or 0)) == ("percent", (told * 100).quantize(Decimal("0.0001")))


def test_readings_follow_the_way_day_by_day(now: Any) -> None:
    make_trade(seed=5, orders=60)
    run_now("metrics.refresh_days")
    goal = make_goal()
    for metric, currency in ((REVENUE, "EUR"), ("customers.orders", ""), ("customers.aov", "EUR")):
        result = bind(goal, metric, currency=currency)
        rows = dict(CheckIn.objects.filter(result=result, reading=True).values_list("day", "value"))
        newest = refresh.readings_span()
        assert newest is not None
        assert max(rows) == min(newest.end, date(2026, 2, 19))
        for day in (min(rows), date(2026, 1, 31), max(rows)):
            told = figures.value(metric, None, Period(date(2026, 1, 1), day), currency=currency or None).value
            assert abs(from_units(rows[day] or 0) - (told or 0)) <= Decimal("0.01")
    assert rows.keys() <= set(Period(goal.start, date(2026, 2, 19)).dates())


def test_importing_orders_moves_the_result_within_the_jobs_run(django_capture_on_commit_callbacks: Any) -> None:
    with time_machine.travel(datetime(2026, 3, 10, 9, tzinfo=UTC), tick=True):
        shop = make_shop()
        goal = make_goal()
        result = bind(goal, "customers.orders")
        other = bind(make_goal("Last year", period="2025"), "customers.orders")
        assert (result.value, other.value) == (0, 0)
        with django_capture_on_commit_callbacks(execute=True):
            brought(shop, shopify([Sale("#1"), Sale("#2")]))
        result.refresh_from_db()
        assert result.value == 0
        run_now("metrics.refresh_days")
        result.refresh_from_db()
        other.refresh_from_db()
        assert (result.value, other.value) == (20_000, 0)
        day = date(2026, 3, 1)
        assert CheckIn.objects.get(result=result, day=day).value == 20_000
        with django_capture_on_commit_callbacks(execute=True):
            brought(shop, shopify([Sale("#3")]))
        run_now("metrics.refresh_days")
        result.refresh_from_db()
        assert result.value == 30_000
        assert CheckIn.objects.get(result=result, day=day, reading=True).value == 30_000
        assert result.version == 1


def test_country_manager_binds_only_what_they_may_see(now: Any) -> None:
    dach, fr = make_market(), make_market("fr")
    manager = granted(make_person(role="country_manager", at={"market": dach}), "finance.view_revenue", market=dach)
    goal = save_objective(manager, None, title={"en": "Germany"}, level=Level.MARKET, market=dach, period="2026-Q1")
    for wrong in ({"market": fr}, {}, {"cuts": {"country": ["DE"]}}):
        with pytest.raises(NotAllowed):
            bind(goal, by=manager, **wrong)
    blind = make_person(role="country_manager", at={"market": dach})
    Grant.objects.filter(person=blind).update(role=Role.objects.create(code="goals", codes=["structure.write_goal"]))
    with pytest.raises(NotAllowed):
        bind(goal, by=blind, market=dach)
    assert not KeyResult.objects.exists()
    result = bind(goal, by=manager, market=dach)
    assert (result.currency, result.kind) == ("EUR", "money")
    save_result(
        blind,
        result,
        objective=goal,
        title={"en": "Renamed"},
        target=Decimal(5),
        metric=REVENUE,
        market=dach,
        currency="EUR",
    )
    with pytest.raises(NotAllowed):
        save_result(
            blind, result, objective=goal, title={"en": "Wide"}, target=Decimal(5), metric=REVENUE, currency="EUR"
        )
    result.refresh_from_db()
    assert (str(result.title), result.market) == ("Renamed", dach)


def test_result_is_counted_anew_by_new_days_and_rests_when_the_goal_is_over(now: Any) -> None:
    shop = make_channel()
    make_order(shop, date(2026, 2, 25), [70_000])
    run_now("metrics.refresh_days")
    coming = make_goal("Next", period="2026-Q2")
    late, result = bind(coming, "customers.orders"), bind(make_goal(), "customers.orders")
    assert (late.value, result.value) == (None, 10_000)
    assert run_now("structure.refresh_results") == {"moved": 0}
    now.move_to(datetime(2026, 4, 2, 9, tzinfo=UTC))
    assert run_now("structure.refresh_results") == {"moved": 1}
    late.refresh_from_db()
    assert late.value == 0
    grade_objective.system(result.objective, grade=Decimal(1))
    make_order(shop, date(2026, 3, 1), [70_000])
    refresh.mark_all()
    run_now("metrics.refresh_days")
    result.refresh_from_db()
    assert result.value == 10_000


def test_moving_a_goal_to_other_days_counts_its_results_anew(now: Any) -> None:
    shop = make_channel()
    make_order(shop, date(2025, 12, 5), [70_000])
    make_order(shop, date(2026, 1, 5), [70_000])
    make_order(shop, date(2026, 1, 6), [70_000])
    run_now("metrics.refresh_days")
    goal = make_goal()
    result = bind(goal, "customers.orders")
    assert result.value == 20_000
    save_objective.system(goal, title={"en": "Grow"}, level=Level.COMPANY, period="2025-Q4")
    result.refresh_from_db()
    assert result.value == 10_000
    assert {row.day.year for row in result.check_ins.all()} == {2025}
    save_result.system(result, objective=goal, title={"en": "By hand"}, target=Decimal(5))
    assert not result.check_ins.exists()


def test_long_goal_keeps_a_reading_a_week(now: Any) -> None:
    make_order(make_channel(), date(2026, 2, 18), [70_000])
    run_now("metrics.refresh_days")
    result = bind(make_goal(period="2025-01-01..2027-12-31"), "customers.orders")
    days = sorted(result.check_ins.values_list("day", flat=True))
    assert days[-1] == date(2026, 2, 18)
    assert {day.weekday() for day in days[:-1]} == {6}


def test_bound_result_takes_words_and_confidence_but_no_value(now: Any) -> None:
    owner = make_person()
    result = bind(make_goal(), "customers.orders", owner=owner)
    mistakes: list[dict[str, Any]] = [{"value": Decimal(5)}, {}]
    for wrong in mistakes:
        with pytest.raises(Refused):
            check_in(owner, result, **wrong)
    check_in(owner, result, confidence=40, comment="A slow start")
    row = CheckIn.objects.get(by=owner)
    assert (row.value, row.confidence, row.reading) == (0, 40, False)


def test_rate_that_is_not_known_is_refused(now: Any) -> None:
    make_rate_set("plan-2026", {"USD": "1.1", "CNY": "7.7"})
    goal = make_goal()
    with pytest.raises(Refused) as fault:
        bind(goal, currency="USD", rate="moon")
    assert set(fault.value.fields) == {"rate"}
    assert bind(goal, currency="USD", rate="plan-2026").value == 0


def nudges(person: Person) -> int:
    return Todo.objects.filter(person=person, kind="structure.goal_check_in", state=Todo.OPEN).count()


def test_owner_of_a_manual_result_is_asked_after_seven_working_days_while_working(now: Any) -> None:
    now.move_to(datetime(2026, 2, 2, 2, tzinfo=UTC))  # a Monday, in Shanghai in the morning
    owner = make_person(zone="Asia/Shanghai", country="US", language="en")
    goal = make_goal(level=Level.TEAM, team=make_team(), owner=owner)
    result, bound, done = make_result(goal), bind(goal, "customers.orders"), make_result(goal, "Done")
    check_in.system(done, value=Decimal(100))
    for days, hour, expected in ((9, 2, 0), (10, 20, 0), (11, 2, 1), (11, 3, 1)):
        now.move_to(datetime(2026, 2, 2, hour, tzinfo=UTC) + timedelta(days=days))
        run_now("structure.nudge_check_ins")
        assert nudges(owner) == expected, days
    todo = Todo.objects.get(person=owner)
    assert (todo.key, todo.subject_id) == (str(result.pk), goal.pk)
    check_in(owner, result, value=Decimal(3))
    check_in(owner, bound, comment="Fine")
    todo.refresh_from_db()
    assert todo.state == Todo.DONE
    run_now("structure.nudge_check_ins")
    assert nudges(owner) == 0


def test_absence_postpones_the_question_and_a_dropped_goal_ends_it(now: Any) -> None:
    now.move_to(datetime(2026, 2, 2, 2, tzinfo=UTC))
    owner = make_person(zone="Asia/Shanghai", country="US")
    goal = make_goal(owner=owner)
    make_result(goal)
    Absence.objects.create(person=owner, start=date(2026, 2, 3), end=date(2026, 2, 6))
    for days, expected in ((11, 0), (16, 0), (17, 1)):
        now.move_to(datetime(2026, 2, 2, 2, tzinfo=UTC) + timedelta(days=days))
        run_now("structure.nudge_check_ins")
        assert nudges(owner) == expected, days
    drop_objective.system(goal)
    assert nudges(owner) == 0
