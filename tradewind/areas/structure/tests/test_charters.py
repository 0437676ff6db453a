"""Charters: who may write them, their lines as a whole, the matrix that follows, files, and the evidence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tradewind.areas.structure.actions.charters import (
    Duty,
    Promise,
    begin_charter_document,
    review_charter,
    save_charter,
    set_interfaces,
    set_lines,
)  # fmt: skip
from tradewind.areas.structure.actions.functions import install_functions
from tradewind.areas.structure.actions.people import save_person, save_team
from tradewind.areas.structure.exchange.duties import import_duties
from tradewind.areas.structure.models import Charter, RaciLine
from tradewind.areas.structure.queries.charters import whole_picture
from tradewind.areas.structure.tests.test_views import signed_in
from tradewind.base.errors import Conflict, NotAllowed, Refused
from tradewind.engines.actions.models import Event
from tradewind.engines.actions.run import run
from tradewind.engines.library.factories import space
from tradewind.nouns.org.models import Function, Market, Team, User

pytestmark = pytest.mark.django_db


def team(code: str = "ads", **more: Any) -> Team:
    return save_team.system(code=code, name={"en": code.title()}, **more)


def charter(code: str = "ads", **more: Any) -> Charter:
    return save_charter.system(team=team(code, **more), purpose={"en": "Pays back"})


def market(code: str = "de", **more: Any) -> Market:
    return Market.objects.create(code=code, name={"en": code.upper()}, currency="EUR", **more)


def test_catalogue_brings_twelve_functions_that_every_market_needs_and_keeps_known_ones() -> None:
    Function.objects.create(code="ads", name={"en": "Our own name"})
    assert install_functions.system() == 13
    assert Function.objects.filter(in_matrix=True).count() == 12
    assert str(Function.objects.get(code="ads").name) == "Our own name"
    assert install_functions.system() == 0


def test_lead_and_holders_of_the_right_write_and_nobody_else() -> None:
    lead, other = (save_person.system(name=name) for name in ("Lead", "Other"))
    own = team(lead=lead)
    with pytest.raises(NotAllowed):
        save_charter(other, None, team=own, purpose={"en": "Mine now"})
    assert not Charter.objects.exists()
    made = save_charter(lead, None, team=own, purpose={"en": "Ours"})
    with pytest.raises(NotAllowed):
        save_charter(lead, made, team=team("other"), purpose={"en": "Ours"})
    install_functions.system()
    with pytest.raises(NotAllowed):
        set_lines(other, made, lines=[Duty("ads", "A")])
    assert not made.lines.exists()


def test_country_manager_writes_in_the_own_market_alone() -> None:
    germany, japan = market("de"), market("jp")
    client, me = signed_in("country_manager", germany)
    inside, outside = charter("inside", market=germany), charter("outside", market=japan)
    assert client.get(reverse("structure:charter-lines", args=[inside.pk])).status_code == 200
    assert client.get(reverse("structure:charter-lines", args=[outside.pk])).status_code == 403
    assert client.get(reverse("structure:charter-detail", args=[outside.pk])).status_code == 200
    with pytest.raises(NotAllowed):
        review_charter(me, outside)


def test_team_has_one_charter_with_a_purpose() -> None:
    made = charter()
    with pytest.raises(Refused) as caught:
        save_charter.system(team=made.team, purpose={"en": "Again"})
    assert "team" in caught.value.fields
    with pytest.raises(Refused):
        save_charter.system(team=team("b"), purpose={"en": " "})
    assert Charter.objects.count() == 1


def test_lines_are_replaced_as_a_whole_or_not_at_all() -> None:
    install_functions.system()
    market()
    made = charter()
    set_lines.system(made, lines=[Duty("ads", "A"), Duty("ads", "R", "de", "Budget")])
    assert made.version == 2
    for bad in (
        [Duty("ads", "A"), Duty("nope", "A")],
        [Duty("ads", "A", "xx")],
        [Duty("ads", "Z")],
        [Duty("ads", "A"), Duty("ads", "A")],
    ):
        with pytest.raises(Refused):
            set_lines.system(made, lines=bad)
    assert set(made.lines.values_list("function__code", "market__code", "duty", "letter")) == {
        ("ads", None, "", "A"),
        ("ads", "de", "Budget", "R"),
    }
    with pytest.raises(Conflict):
        set_lines.system(made, lines=[], expected_version=1)
    told = Event.objects.get(name="structure.set_lines")
    assert told.changes == {"lines": ["", "A ads *; R ads de Budget"]}


def test_actions_run_by_name_with_plain_data() -> None:
    install_functions.system()
    made = charter()
    other = team("other")
    _client, me = signed_in("general_manager")
    run("structure.set_lines", by=me, subject=made.pk, data={"lines": [{"function": "ads", "letter": "A"}]})
    run("structure.set_interfaces", by=me, subject=made.pk,
        data={"interfaces": [{"other": other.code, "gives": "Figures", "promise": "Mondays"}]})  # fmt: skip
    assert (made.lines.count(), made.interfaces.get().promise) == (1, "Mondays")
    with pytest.raises(Refused):
        set_interfaces(me, made, interfaces=[Promise("ads", "To itself")])


def grid(*rows: tuple[str, str, str, str], more: int = 2, **extra: str) -> dict[str, str]:
    """A sent table of duties with some blank lines after it."""
    found = {"line-TOTAL_FORMS": str(len(rows) + more), "line-INITIAL_FORMS": "0", "version": "1", **extra}
    for number in range(len(rows) + more):
        values = rows[number] if number < len(rows) else ("", "", "", "RA")
        for name, value in zip(("function", "market", "duty", "part"), values, strict=True):
            found[f"line-{number}-{name}"] = value
    return found


def test_grid_saves_all_lines_takes_out_emptied_ones_and_tells_faults_by_line() -> None:
    install_functions.system()
    market()
    made = charter()
    client, _me = signed_in("general_manager")
    url = reverse("structure:charter-lines", args=[made.pk])
    answer = client.post(url, grid(("ads", "", "", "RA"), ("mkt", "de", "Budget", "C")))
    assert answer.status_code == 302
    assert sorted(made.lines.values_list("function__code", "letter")) == [("ads", "A"), ("ads", "R"), ("mkt", "C")]
    shown = client.get(url).context["form"].grid.initial
    assert [line["part"] for line in shown] == ["RA", "C"]
    answer = client.post(url, grid(("", "", "Nameless", "R"), version="2"))
    assert answer.status_code == 422
    assert answer.context["form"].grid.forms[0].errors["function"]
    more = client.post(url, grid(("ads", "", "typed", "R"), more=0, version="2") | {"more": "1"})
    assert more.status_code == 200
    assert len(more.context["form"].grid.forms) == 6
    assert [line["part"].value() for line in more.context["form"].grid.forms] == ["R", *["RA"] * 5]
    assert made.lines.count() == 3
    assert client.post(url, grid(("ads", "", "", "R"), version="1")).status_code == 409
    sent = grid(("ads", "", "", "R"), ("mkt", "", "", "R"), version="2") | {"line-1-DELETE": "on"}
    assert client.post(url, sent).status_code == 302
    assert list(made.lines.values_list("function__code", "letter")) == [("ads", "R")]


def test_document_begins_from_the_template_once() -> None:
    made = charter()
    client, me = signed_in("general_manager")
    shelf = space()
    answer = client.post(
        reverse("structure:charter-document", args=[made.pk]), {"space": shelf.pk, "language": "zh-hans"}
    )
    made.refresh_from_db()
    assert made.document is not None
    assert answer["Location"] == reverse("library:document-detail", args=[made.document.pk])
    assert made.document.kind == "structure.charter"
    with pytest.raises(Refused):
        begin_charter_document(me, made, space=shelf)


def test_coverage_page_names_gaps_and_doubles_and_leads_to_the_charter() -> None:
    install_functions.system()
    germany = market()
    first, second = charter("ads", function=Function.objects.get(code="ads")), charter("mkt")
    client, _me = signed_in("member")
    url = reverse("structure:coverage")
    assert "Gap: nobody" in client.get(url).content.decode()
    set_lines.system(first, lines=[Duty("ads", "A"), Duty("ads", "R")])
    set_lines.system(second, lines=[Duty("mkt", "A", "de"), Duty("mkt", "R"), Duty("cs", "A")])
    rows = {line.function.code: line.boxes[0] for line in client.get(url).context["lines"]}
    assert rows["ads"].good
    assert rows["ads"].url == reverse("structure:charter-detail", args=[first.pk])
    assert str(rows["cs"].words) == "Nobody does it"
    set_lines.system(first, lines=[Duty("ads", "A"), Duty("ads", "R"), Duty("mkt", "A")])
    page = client.get(url, {"show": "faults"})
    found = {line.function.code: line.boxes[0] for line in page.context["lines"]}
    assert "ads" not in found
    assert str(found["mkt"].words) == "Two teams answer"
    text = b"".join(client.get(reverse("structure:coverage-file"))).decode()
    assert 'mkt,de,Two teams answer,"ads, mkt",mkt' in text
    germany.active = False
    germany.save()
    assert client.get(url).context["cells"] == 0


def test_teams_that_are_no_more_cover_nothing() -> None:
    install_functions.system()
    market()
    made = charter()
    set_lines.system(made, lines=[Duty("ads", "A"), Duty("ads", "R")])
    assert whole_picture().matrix.covered() == 1
    made.team.active = False
    made.team.save()
    assert whole_picture().matrix.covered() == 0


def test_coverage_costs_the_same_queries_with_few_and_many_lines() -> None:
    install_functions.system()
    market()
    client, _me = signed_in("member")
    counts = []
    for number in range(2):
        for n in range(1 + 9 * number):
            set_lines.system(charter(f"t{number}{n}"), lines=[Duty("ads", "A"), Duty("cs", "R", "de")])
        client.get(reverse("structure:coverage"))
        with CaptureQueriesContext(connection) as seen:
            client.get(reverse("structure:coverage"))
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_duties_leave_and_come_in_again_and_bad_rows_are_refused_by_line(tmp_path: Path) -> None:
    install_functions.system()
    market()
    made = charter()
    set_lines.system(made, lines=[Duty("ads", "A", "de", "Budget"), Duty("ads", "R")])
    client, _me = signed_in("general_manager")
    file = tmp_path / "duties.csv"
    file.write_bytes(b"".join(client.get(reverse("structure:duty-export", args=["csv"]))))
    assert import_duties.system(path=file)["same"] == 1
    file.write_text(
        "team,function,market,duty,part\nads,ads,de,Budget,R\nads,nope,,,A\nnobody,ads,,,A\nads,ads,,,Q\nads,ads,de,budget,R\n",
        "utf-8",
    )
    tried = import_duties.system(path=file, dry_run=True)
    assert made.lines.count() == 2
    told = import_duties.system(path=file)
    assert told["rejected"] == tried["rejected"]
    assert [(row["line"], row["column"]) for row in told["rejected"]] == [
        (3, "function"),
        (4, "team"),
        (5, "part"),
        (6, "duty"),
    ]
    assert list(RaciLine.objects.values_list("letter", "market__code", "duty")) == [("R", "de", "Budget")]


def test_import_page_tries_first_and_only_the_same_person_brings_in(tmp_path: Path) -> None:
    install_functions.system()
    made = charter()
    client, _me = signed_in("general_manager")
    url = reverse("structure:duty-import")
    file = tmp_path / "d.csv"
    file.write_text("team,function,part\nads,ads,A\n", "utf-8")
    with file.open("rb") as sent:
        tried = client.post(url, {"file": sent})
    assert not made.lines.exists()
    other, _them = signed_in("people")
    assert other.post(url, {"ticket": tried.context["ticket"]}).status_code == 422
    assert not made.lines.exists()
    assert client.post(url, {"ticket": tried.context["ticket"]}).status_code == 302
    assert made.lines.count() == 1


def test_pages_are_closed_without_grants() -> None:
    made = charter()
    person = save_person.system(name="Nobody", email="no@example.com")
    client = Client()
    client.force_login(User.objects.create_user("no@example.com", None, person=person))
    for name, args in (
        ("charter-list", []),
        ("charter-detail", [made.pk]),
        ("charter-new", []),
        ("coverage", []),
        ("duty-list", []),
    ):
        assert client.get(reverse(f"structure:{name}", args=args)).status_code == 403, name
    for name in ("edit", "lines", "interfaces", "document", "review"):
        assert client.get(reverse(f"structure:charter-{name}", args=[made.pk])).status_code == 403, name


def test_review_ages_by_the_clock() -> None:
    made = charter()
    client, _me = signed_in("general_manager")
    with time_machine.travel(datetime(2026, 1, 5, 9, tzinfo=UTC), tick=False) as now:
        review_charter.system(made)
        late = reverse("structure:charter-list") + "?late=1"
        assert list(client.get(late).context["listing"].rows) == []
        now.shift(timedelta(days=184))
        assert (
            "Over half a year ago" in client.get(reverse("structure:charter-detail", args=[made.pk])).content.decode()
        )
