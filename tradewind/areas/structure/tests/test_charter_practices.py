"""structure.groups and structure.charters change when, and only when, the facts change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from tradewind.areas.structure.actions.charters import Duty, review_charter, save_charter, set_lines
from tradewind.areas.structure.actions.functions import install_functions
from tradewind.areas.structure.actions.people import save_team
from tradewind.areas.structure.models import Charter
from tradewind.areas.structure.practices.charters import charters
from tradewind.areas.structure.practices.groups import groups
from tradewind.base import clock
from tradewind.engines.access.scope import Scope
from tradewind.engines.practices.rules import Evidence, cadence, health, together
from tradewind.nouns.goals.models import Objective
from tradewind.nouns.org.models import Function, Market

pytestmark = pytest.mark.django_db
START = datetime(2026, 1, 5, 9, tzinfo=UTC)


def counts(found: Evidence) -> dict[str, tuple[int, int]]:
    return {part.code: (part.done, part.due) for part in found.parts}


def groups_mark() -> str:
    return health(together(groups(clock.now()).values()), cadence("month"), clock.now())


def charters_mark() -> str:
    return health(together(charters(clock.now()).values()), cadence("half_year"), clock.now())


def written(code: str = "all", market: Market | None = None) -> Charter:
    team = save_team.system(code=code, name={"en": code}, market=market)
    return save_charter.system(team=team, purpose={"en": "What for"})


def whole(market: str = "") -> list[Duty]:
    """A team that does and answers for everything."""
    codes = Function.objects.filter(in_matrix=True).values_list("code", flat=True)
    return [Duty(code, letter, market) for code in codes for letter in "AR"]


def test_groups_go_from_nothing_over_good_to_overdue_and_back() -> None:
    with time_machine.travel(START, tick=False) as now:
        install_functions.system()
        germany = Market.objects.create(code="de", name={"en": "Germany"}, currency="EUR")
        assert groups_mark() == "none"
        charter = written()
        assert counts(groups(clock.now())[Scope(market=germany.pk)])["covered"] == (0, 12)
        assert groups_mark() == "overdue"
        set_lines.system(charter, lines=whole())
        assert groups_mark() == "good"
        set_lines.system(charter, lines=whole()[2:])
        assert groups_mark() == "attention"
        set_lines.system(charter, lines=whole())
        now.shift(timedelta(days=366))
        assert groups_mark() == "good"
        now.shift(timedelta(days=1))
        assert counts(groups(clock.now())[Scope(market=germany.pk)])["current"] == (0, 12)
        assert groups_mark() == "overdue"
        review_charter.system(charter)
        assert groups_mark() == "good"


def test_second_team_that_answers_asks_for_attention_in_its_market_alone() -> None:
    install_functions.system()
    germany, japan = (Market.objects.create(code=code, name={"en": code}, currency="EUR") for code in ("de", "jp"))
    set_lines.system(written(), lines=whole())
    set_lines.system(written("second", germany), lines=[Duty("ads", "A", "de")])
    found = groups(clock.now())
    assert counts(found[Scope(market=germany.pk)])["single"] == (11, 12)
    assert counts(found[Scope(market=japan.pk)])["single"] == (12, 12)
    Market.objects.filter(pk=germany.pk).update(active=False)
    assert groups_mark() == "good"


def test_charters_go_from_nothing_over_good_to_overdue_and_back() -> None:
    with time_machine.travel(START, tick=False) as now:
        assert charters_mark() == "none"
        charter = written()
        assert counts(charters(clock.now())[Scope()]) == {"written": (1, 1), "reviewed": (0, 1), "goals": (0, 1)}
        assert charters_mark() == "overdue"
        review_charter.system(charter)
        Objective.objects.create(title={"en": "Goal"}, level="team", team=charter.team, state="draft", period="2026",
                                 start=date(2026, 1, 1), end=date(2026, 12, 31))  # fmt: skip
        assert charters_mark() == "overdue"
        Objective.objects.update(state="published")
        assert charters_mark() == "good"
        now.shift(timedelta(days=183))
        assert charters_mark() == "good"
        now.shift(timedelta(days=1))
        assert counts(charters(clock.now())[Scope()])["reviewed"] == (0, 1)
        assert charters_mark() == "overdue"
        review_charter.system(charter)
        assert charters_mark() == "good"
        now.move_to(datetime(2027, 1, 2, 9, tzinfo=UTC))
        review_charter.system(charter)
        assert counts(charters(clock.now())[Scope()])["goals"] == (0, 1)


def test_teams_count_in_their_own_market_and_not_when_they_are_no_more() -> None:
    germany = Market.objects.create(code="de", name={"en": "Germany"}, currency="EUR")
    review_charter.system(written("de-team", germany))
    save_team.system(code="gone", name={"en": "Gone"}, active=False)
    assert set(charters(clock.now())) == {Scope(market=germany.pk)}
    assert counts(charters(clock.now())[Scope(market=germany.pk)])["reviewed"] == (1, 1)
