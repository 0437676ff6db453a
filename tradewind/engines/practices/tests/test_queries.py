"""Where practices stand, and who may see it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tradewind.base import clock
from tradewind.base.outline import PRACTICES
from tradewind.engines.access.scope import Scope
from tradewind.engines.practices import actions, queries
from tradewind.engines.practices.collect import evaluate
from tradewind.engines.practices.factories import by_market, evidence
from tradewind.engines.practices.models import EvidenceRow
from tradewind.engines.practices.tests.conftest import Count, MakePerson
from tradewind.nouns.org.models import Market, Person

ID = "risk.drills"
pytestmark = pytest.mark.django_db


def standing(person: Person | None, market: int | None = None, trend_days: int = 0) -> queries.Standing:
    rows = queries.evidence(person, market)
    (one,) = queries.standings(rows, queries.owners(person), only=[ID], market=market, trend_days=trend_days)
    return one


def test_all_practices_stand_in_the_order_of_the_outline() -> None:
    found = queries.standings(EvidenceRow.objects.all())
    assert [one.id for one in found] == list(PRACTICES)
    planned = [one for one in found if one.state == queries.PLANNED]
    assert planned and all((one.health, one.mark, one.due) == ("none", "planned", 0) for one in planned)


def test_country_manager_sees_the_own_market_alone(
    count: Count, make_person: MakePerson, markets: tuple[Market, Market]
) -> None:
    german, japanese = markets
    found = {**by_market({german.pk: (10, 10), japanese.pk: (0, 10)}), Scope(): evidence(done=0, due=100)}
    count(ID, found)
    evaluate(ID)
    whole = standing(make_person("general_manager"))
    assert (whole.health, whole.done, whole.due) == ("overdue", 10, 120)
    mine = standing(make_person("country_manager", market=german))
    assert (mine.health, mine.done, mine.due) == ("good", 10, 10)
    assert [market for market, _mark, _part in mine.by_market] == [german]
    narrowed = standing(make_person("general_manager"), market=japanese.pk)
    assert (narrowed.health, narrowed.due) == ("overdue", 10)


def test_evidence_of_the_whole_company_is_seen_by_every_reader_of_the_map(
    count: Count, make_person: MakePerson, markets: tuple[Market, Market]
) -> None:
    count(ID, evidence(done=3, due=4))
    evaluate(ID)
    assert standing(make_person("country_manager", market=markets[0])).done == 3
    assert standing(make_person("country_manager", market=markets[0]), market=markets[0].pk).done == 3


def test_person_without_grants_sees_nothing(count: Count, make_person: MakePerson) -> None:
    count(ID, evidence())
    evaluate(ID)
    nobody = make_person()
    assert not queries.evidence(nobody).exists() and not queries.owners(nobody).exists()
    assert not queries.evidence(None).exists()


def test_health_ages_without_a_new_count(count: Count, make_person: MakePerson) -> None:
    long_ago = clock.now() - timedelta(days=800)
    count(ID, evidence(last=long_ago))
    evaluate(ID, long_ago)
    row = EvidenceRow.objects.get(practice=ID)
    assert row.health == "good"
    assert standing(make_person("general_manager")).health == "overdue"


def test_owner_of_the_market_looked_at_goes_before_that_of_the_company(
    make_person: MakePerson, markets: tuple[Market, Market]
) -> None:
    whole, german, reader = make_person("member"), make_person("member"), make_person("general_manager")
    actions.set_owner.system(practice=ID, person=whole)
    actions.set_owner.system(practice=ID, person=german, market=markets[0])
    assert standing(reader).owner == whole
    assert standing(reader, market=markets[0].pk).owner == german
    assert standing(reader, market=markets[1].pk).owner == whole


def test_trend_and_turns_follow_the_days(count: Count, make_person: MakePerson) -> None:
    counted = count(ID, evidence(done=0, due=2))
    now = clock.now()
    for days, done in ((3, 0), (2, 0), (1, 1), (0, 2)):
        counted.answer = evidence(done=done, due=2)
        evaluate(ID, now - timedelta(days=days))
    person = make_person("general_manager")
    assert [float(share) for share in standing(person, trend_days=30).shares] == [0, 0, 0.5, 1]
    assert [mark for _day, mark, *_counts in queries.turns(queries.evidence(person), ID)] == [
        "good",
        "attention",
        "overdue",
    ]


def test_evidence_not_counted_for_days_is_no_longer_good(count: Count, make_person: MakePerson) -> None:
    count(ID, evidence())
    evaluate(ID, clock.now() - timedelta(days=1))
    reader = make_person("general_manager")
    assert standing(reader).health == "good"
    evaluate(ID, clock.now() - timedelta(days=3))
    EvidenceRow.objects.exclude(day=EvidenceRow.objects.order_by("day").values("day")[:1]).delete()
    assert (standing(reader).health, standing(reader).stale) == ("attention", True)


@pytest.mark.parametrize(
    ("text", "found"), [("crisis SIMUL", ["risk.drills"]), ("危机模拟", ["risk.drills"]), ("zzz", []), (" ", [])]
)
def test_practices_are_found_by_words_in_both_languages(text: str, found: list[str], make_person: MakePerson) -> None:
    assert [leaf.id for leaf in queries.matching(make_person("member"), text)] == found
    assert queries.matching(make_person(), text) == []
