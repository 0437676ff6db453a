"""The Map, practice pages, owners and the first pages of areas."""

from __future__ import annotations

import csv
import re
from typing import Any

import pytest
from django.test import Client

from tradewind.base.outline import AREAS, PRACTICES
from tradewind.engines.actions.models import Event
from tradewind.engines.jobs.models import Job
from tradewind.engines.practices.collect import evaluate
from tradewind.engines.practices.factories import by_market, evidence
from tradewind.engines.practices.models import EvidenceRow, PracticeOwner
from tradewind.engines.practices.practice import BUILT
from tradewind.engines.practices.tests.conftest import Count, MakePerson
from tradewind.nouns.org.models import Market, Person

ID, PAGE = "risk.drills", "/map/risk/drills/"
pytestmark = pytest.mark.django_db


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_map_shows_every_practice_with_its_mark(count: Count, make_person: MakePerson) -> None:
    count(ID, evidence(done=1, due=4))
    evaluate(ID)
    page = text(signed_in(make_person("member")), "/map/")
    assert len(re.findall(r'class="map-leaf ', page)) == 96
    assert len(re.findall(r'<path class="tick ', page)) == 96
    assert re.search(r'class="map-leaf leaf-overdue" href="/map/risk/drills/"', page) and ">1/4<" in page
    assert page.count("leaf-planned") == 96 - len(BUILT)


def test_map_costs_the_same_queries_with_much_evidence(
    count: Count, make_person: MakePerson, markets: tuple[Market, Market], django_assert_max_num_queries: Any
) -> None:
    client = signed_in(make_person("general_manager"))
    for key in [key for key in PRACTICES if key.startswith("risk.")]:
        count(key, by_market({markets[0].pk: (1, 2), markets[1].pk: (1, 1)}))
        evaluate(key)
    for address in ("/map/", "/map/?view=table", "/risk/"):
        client.get(address)
        with django_assert_max_num_queries(16):
            client.get(address)


def test_filter_dims_in_the_picture_and_drops_in_the_table(count: Count, make_person: MakePerson) -> None:
    count(ID, evidence(done=0))
    evaluate(ID)
    client = signed_in(make_person("member"))
    picture, table = text(client, "/map/?health=overdue"), text(client, "/map/?view=table&health=overdue")
    assert len(re.findall(r"map-leaf leaf-\w+ is-dim", picture)) == 95
    assert re.findall(r'<tr data-href="([^"]+)"', table) == [PAGE]
    assert len(re.findall(r"<tr data-href", text(client, "/map/?view=table&health=nonsense"))) == 96


@pytest.mark.parametrize("sort", ["practice", "health", "done", "last", "owner", "next"])
def test_table_sorts_both_ways(sort: str, count: Count, make_person: MakePerson) -> None:
    count(ID, evidence(done=0))
    evaluate(ID)
    client = signed_in(make_person("member"))
    orders = [
        re.findall(r'<tr data-href="([^"]+)"', text(client, f"/map/?view=table&sort={sign}{sort}"))
        for sign in ("", "-")
    ]
    assert sorted(orders[0]) == sorted(orders[1]) and len(orders[0]) == 96
    if sort == "health":
        assert orders[0][0] == PAGE
    if sort == "practice":
        assert orders[0] == orders[1][::-1]


def test_practice_page_shows_evidence_rule_and_market_of_the_reader_alone(
    count: Count, make_person: MakePerson, markets: tuple[Market, Market]
) -> None:
    count(ID, by_market({markets[0].pk: (3, 4), markets[1].pk: (17, 19)}))
    evaluate(ID)
    page = text(signed_in(make_person("country_manager", market=markets[0])), PAGE)
    assert "3 / 4" in page and "Germany" in page and "Good from 100" in page
    assert "Japan" not in page and "19" not in re.sub(
        r"<time.*?</time>", "", page.split("<main")[1].split("History")[0]
    )


def test_planned_practice_says_so_and_counts_nothing(make_person: MakePerson) -> None:
    client = signed_in(make_person("member"))
    area, _dot, leaf = next(key for key in PRACTICES if key not in BUILT).partition(".")
    page = text(client, f"/map/{area}/{leaf}/")
    assert "does not count this practice yet" in page and "Count anew" not in page
    client.post(f"/map/{area}/{leaf}/")
    assert not Job.objects.exists()


def test_unknown_practice_is_not_found(make_person: MakePerson) -> None:
    client = signed_in(make_person("member"))
    for address in ("/map/risk/magic/", "/map/nowhere/drills/", "/map/risk/magic/owner/"):
        assert client.get(address).status_code in (403, 404)
    assert signed_in(make_person("general_manager")).get("/map/risk/magic/owner/").status_code == 404


def test_count_anew_queues_a_count(count: Count, make_person: MakePerson) -> None:
    count(ID, evidence())
    assert signed_in(make_person("member")).post(PAGE).status_code == 302
    assert Job.objects.get().args == {"practice": ID}


def test_owner_form_saves_and_refuses_beside_the_field(make_person: MakePerson, markets: tuple[Market, Market]) -> None:
    boss, manager = make_person("general_manager"), make_person("country_manager", market=markets[0])
    assert signed_in(boss).post(f"{PAGE}owner/", {"person": boss.pk, "market": ""}).status_code == 302
    assert PracticeOwner.objects.get(market=None).person == boss
    answer = signed_in(manager).post(f"{PAGE}owner/", {"person": manager.pk, "market": markets[1].pk})
    assert answer.status_code == 422
    assert PracticeOwner.objects.count() == 1
    assert signed_in(make_person("member")).get(f"{PAGE}owner/").status_code == 403


def test_stranger_sees_nothing_of_the_map(count: Count, make_person: MakePerson) -> None:
    count(ID, evidence(done=0))
    evaluate(ID)
    stranger = signed_in(make_person())
    for address in ("/map/", PAGE, f"{PAGE}owner/"):
        assert stranger.get(address).status_code == 403
        assert Client().get(address).status_code == 302
    assert stranger.post(PAGE).status_code == 403
    assert "area-mark" not in text(stranger, "/risk/")


@pytest.mark.parametrize("area", list(AREAS))
def test_every_area_has_a_first_page_with_eight_marks(area: str, make_person: MakePerson) -> None:
    page = text(signed_in(make_person("member")), f"/{area}/")
    assert len(re.findall(r'class="area-mark"', page)) == 8
    assert all(f'href="/map/{leaf.id.replace(".", "/")}/"' in page for leaf in AREAS[area].practices)


def test_marks_of_an_area_are_those_of_the_reader(
    count: Count, make_person: MakePerson, markets: tuple[Market, Market]
) -> None:
    count(ID, by_market({markets[0].pk: (1, 1), markets[1].pk: (0, 1)}))
    evaluate(ID)
    seen = {}
    for market in markets:
        page = text(signed_in(make_person("country_manager", market=market)), "/risk/")
        (seen[market.code],) = re.findall(
            rf'<a href="{PAGE}" class="area-mark"><span class="health health-(\w+)"', page
        )
    assert seen == {"de": "good", "jp": "overdue"}
    assert EvidenceRow.objects.filter(practice=ID).count() == 2


def test_link_to_an_owner_leads_to_the_practice(make_person: MakePerson, markets: tuple[Market, Market]) -> None:
    boss, manager = make_person("general_manager"), make_person("country_manager", market=markets[0])
    foreign = PracticeOwner.objects.create(practice=ID, market=markets[1], person=boss)
    assert signed_in(boss).get(f"/map/owners/{foreign.pk}/")["Location"] == PAGE
    assert signed_in(manager).get(f"/map/owners/{foreign.pk}/").status_code == 404


def test_search_finds_practices(make_person: MakePerson) -> None:
    assert PAGE in text(signed_in(make_person("member")), "/ui/palette/?q=crisis+simulations")


def test_map_as_a_file_holds_the_rows_on_show(count: Count, make_person: MakePerson) -> None:
    count(ID, evidence(done=1, due=4))
    evaluate(ID)
    client = signed_in(make_person("member"))
    answer = client.get("/map/csv/", {"health": "overdue"})
    rows = list(csv.reader(answer.getvalue().decode("utf-8-sig").splitlines()))
    assert [row[3:7] for row in rows[1:]] == [[ID, "Overdue", "1", "4"]]
    assert "/map/csv/?health=overdue" in text(client, "/map/?view=table&health=overdue")
    assert len(list(csv.reader(client.get("/map/csv/").getvalue().decode("utf-8-sig").splitlines()))) == 97
    assert Event.objects.filter(name="actions.export_list").count() == 2
