"""The shape of the organisation: classes, layers, what stands out, and nobody counted whom one may not see."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from tradewind.areas.structure.actions import join_team, save_person, save_team, set_manager
from tradewind.areas.structure.queries.shape import shape
from tradewind.areas.structure.rules.shape import (
    UNKNOWN,
    layers,
    span_classes,
    spans,
    tenure_classes,
    years,
)  # fmt: skip
from tradewind.areas.structure.tests.test_views import signed_in
from tradewind.nouns.org.models import Function, Market
from tradewind.nouns.skills.models import PersonLanguage

LINES = st.dictionaries(st.integers(1, 12), st.integers(1, 12), max_size=12)


def test_layers_count_from_the_top_and_circles_apart() -> None:
    assert layers([1, 2, 3, 4], {2: 1, 3: 2, 4: 1}) == {1: 1, 2: 2, 3: 1}
    assert layers([1, 2, 3, 4], {1: 2, 2: 1, 3: 1}) == {UNKNOWN: 3, 1: 1}


@given(LINES)
def test_everybody_stands_in_one_layer_and_managers_in_one_class(lines: dict[int, int]) -> None:
    people = set(lines) | set(lines.values())
    assert sum(layers(people, lines).values()) == len(people)
    assert sum(span_classes(spans(lines))) == len(set(lines.values()))


@pytest.mark.parametrize(
    ("start", "whole"),
    [
        (date(2025, 3, 2), 0),
        (date(2025, 3, 1), 1),
        (date(2024, 2, 29), 2),
        (date(2026, 9, 1), 0),
        (date(2016, 3, 1), 10),
    ],
)
def test_years_are_whole_ones(start: date, whole: int) -> None:
    assert years(start, date(2026, 3, 1)) == whole


def test_tenure_counts_everybody_once() -> None:
    starts = [date(2026, 1, 1), date(2024, 5, 1), date(2010, 1, 1), None]
    assert tenure_classes(starts, date(2026, 3, 1)) == [1, 1, 0, 0, 0, 1, 1]


@pytest.mark.django_db
def test_outliers_are_named() -> None:
    with time_machine.travel("2026-03-01 09:00Z", tick=False):
        boss = save_person.system(name="Boss", country="CN", started_on=date(2020, 1, 1))
        for number in range(13):
            set_manager.system(save_person.system(name=f"P{number}", country="DE"), manager=boss)
        ads = Function.objects.create(code="ads", name={"en": "Ads"})
        led = save_team.system(code="led", name={"en": "Led"}, lead=boss, function=ads)
        save_team.system(code="headless", name={"en": "Headless"})
        join_team.system(led, person=boss)
        PersonLanguage.objects.create(person=boss, language="zh", level="native")
        _client, me = signed_in("people")
        found = shape(me)
    assert (found.people, found.layers, found.spans) == (15, {1: 2, 2: 13}, [0, 0, 0, 0, 1])
    assert [(str(one), count) for one, count in found.wide] == [("Boss", 13)]
    assert [team.code for team in found.leadless] == ["headless"]
    assert [team.code for team in found.empty] == ["headless"]
    assert {str(one) for one in found.unmanaged} == {"Boss", "people person"}
    assert [str(one) for one in found.homeless] == ["people person"]
    assert found.countries == {"DE": 13, "CN": 1, "": 1}
    assert found.languages == {"zh": 1}
    assert [(str(one) if one else "", count) for one, count in found.functions] == [("", 14), ("Ads", 1)]


@pytest.mark.django_db
def test_single_head_is_no_outlier() -> None:
    _client, me = signed_in("people")
    set_manager.system(save_person.system(name="Below"), manager=me)
    assert shape(me).unmanaged == []


@pytest.mark.django_db
def test_only_people_one_may_see_are_counted() -> None:
    germany, japan = (Market.objects.create(code=code, name={"en": code}, currency="EUR") for code in ("de", "jp"))
    client, me = signed_in("country_manager", germany)
    near = save_person.system(name="Near", market=germany, country="DE")
    far = save_person.system(name="Far", market=japan, country="JP")
    set_manager.system(near, manager=far)
    team = save_team.system(code="t", name={"en": "Team"}, lead=me)
    join_team.system(team, person=near)
    join_team.system(team, person=far)
    PersonLanguage.objects.create(person=far, language="ja", level="native")
    found = shape(me)
    assert (found.people, [count for _team, count in found.teams]) == (2, [1])
    assert "JP" not in found.countries
    assert found.languages == {}
    assert "Far" not in client.get(reverse("structure:shape")).content.decode()
    assert "Near" not in {str(one) for one in found.unmanaged}


@pytest.mark.django_db
def test_page_costs_the_same_queries_with_few_and_many_people() -> None:
    client, me = signed_in("people")
    counts = []
    for number in range(2):
        for n in range(2 + 20 * number):
            set_manager.system(save_person.system(name=f"P{number}{n}", country="DE"), manager=me)
        client.get(reverse("structure:shape"))
        with CaptureQueriesContext(connection) as seen:
            page = client.get(reverse("structure:shape"))
        counts.append(len(seen))
    assert counts[0] == counts[1]
    assert "Span of control" in page.content.decode()
