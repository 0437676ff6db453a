"""People files: what is taken, what is refused by line, and that a second time changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tradewind.areas.structure.exchange.people import import_people
from tradewind.areas.structure.queries.people import managers
from tradewind.areas.structure.rules.chart import shape
from tradewind.areas.structure.tests.test_views import signed_in
from tradewind.base.errors import Refused
from tradewind.engines.actions.models import Change
from tradewind.engines.actions.run import run
from tradewind.nouns.org.models import Membership, Person, ReportingLine, Team

pytestmark = pytest.mark.django_db

HEAD = "key,name,email,manager,country,zone,job title,start\n"


def file(folder: Path, *rows: str) -> Path:
    """A people file."""
    path = folder / "people.csv"
    path.write_text(HEAD + "\n".join(rows) + "\n")
    return path


def test_people_come_in_with_managers_and_stay_the_same_the_second_time(tmp_path: Path) -> None:
    path = file(
        tmp_path,
        "p1,王芳,wang@example.com,,中国,,总经理,2020-01-02",
        "p2,Ana,ana@example.com,wang@example.com,ES,,Buyer,",
    )
    told = import_people.system(path=path)
    assert (told["new"], told["rejected"]) == (2, [])
    ana = Person.objects.get(key="p2")
    assert (ana.zone, ana.language, ana.country) == ("Europe/Madrid", "en", "ES")
    assert ana.lines_up.get().manager.name == "王芳"
    again = import_people.system(path=path)
    assert (again["new"], again["changed"], again["same"]) == (0, 0, 2)
    assert ReportingLine.objects.count() == 1


def test_dry_run_counts_and_writes_nothing(tmp_path: Path) -> None:
    told = import_people.system(path=file(tmp_path, "p1,A,a@example.com,,,,,"), dry_run=True)
    assert (told["new"], told["without_country"]) == (1, 1)
    assert not Person.objects.exists()


def test_circles_and_unknown_managers_are_refused_by_line(tmp_path: Path) -> None:
    told = import_people.system(
        path=file(
            tmp_path,
            "p1,A,,p2,DE,,,",
            "p2,B,,p1,DE,,,",
            "p3,C,,nobody,DE,,,",
            "p4,D,,p3,DE,,,",
            "p5,E,,,DE,,,",
            "p6,F,,p5,DE,,,",
        )
    )
    assert [(row["line"], row["column"]) for row in told["rejected"]] == [
        (2, "manager"),
        (3, "manager"),
        (4, "manager"),
        (5, "manager"),
    ]
    assert list(Person.objects.order_by("key").values_list("key", flat=True)) == ["p5", "p6"]


def test_bad_cells_are_told_by_line_and_column(tmp_path: Path) -> None:
    told = import_people.system(
        path=file(
            tmp_path,
            "p1,A,not-mail,,DE,,,",
            "p3,C,,,DE,Mars/Base,,",
            "p4,D,,,DE,,,03/04/2026",
            ",,,,,,,x",
            "p6,F,,,DE,,,",
        )
    )
    assert [(row["line"], row["column"]) for row in told["rejected"]] == [
        (2, "email"),
        (3, "zone"),
        (4, "start"),
        (5, "key"),
    ]
    assert Person.objects.get().key == "p6"


def test_a_country_is_read_by_flag_by_name_and_after_a_region(tmp_path: Path) -> None:
    told = import_people.system(
        path=file(
            tmp_path,
            "p1,A,,,USA 🇺🇸,,,",
            "p2,B,,,CA USA,,,",
            "p3,C,,,德国,,,",
            "p4,D,,,Atlantis,,,",
            "p5,E,,,USA 🇺🇸 / Hong Kong 🇭🇰,,,",
        )
    )
    assert [row["line"] for row in told["review"]] == [5, 6]
    assert list(Person.objects.order_by("key").values_list("country", flat=True)) == ["US", "US", "DE", "", ""]


def test_changed_facts_are_in_the_history(tmp_path: Path) -> None:
    import_people.system(path=file(tmp_path, "p1,A,,,DE,,Buyer,"))
    told = import_people.system(path=file(tmp_path, "p1,A,,,DE,,Head buyer,"))
    assert told["changed"] == 1
    change = Change.objects.get()
    assert change.changes["job_title"] == ["Buyer", "Head buyer"]


@pytest.mark.data
def test_a_real_organisation_comes_in_whole(data: Path) -> None:
    path = data / "org-and-okr" / "sourcegraph_org_2024_pseudonymised.csv"
    told = import_people.system(path=path)
    assert (told["rows"], told["new"], told["without_country"]) == (175, 175, 16)
    lines = ReportingLine.objects.all()
    # The file names 43 posts of managers; 39 of them have somebody below.
    assert lines.values("manager").distinct().count() == 39
    assert lines.filter(manager__key="p134").count() == 16
    assert Person.objects.exclude(pk__in=lines.values("person")).get().key == "p001"
    assert import_people.system(path=path)["same"] == 175


@pytest.mark.data
def test_teams_of_a_real_organisation_come_from_its_managers(data: Path) -> None:
    path = data / "org-and-okr" / "sourcegraph_org_2024_pseudonymised.csv"
    assert import_people.system(path=path, dry_run=True)["teams"] == 43
    assert import_people.system(path=path)["teams"] == 43
    team = Team.objects.get(code="rsd_east")
    assert (str(team), str(team.lead.key if team.lead else "")) == ("Rsd east", "p020")
    assert team.parent == Team.objects.get(code="vp_sales")
    assert set(team.memberships.values_list("person__lines_up__manager__key", flat=True)) == {"p020"}
    assert Team.objects.filter(lead=None).count() == 0
    assert Team.objects.get(parent=None).code == "ceo"
    counts = Membership.objects.count(), ReportingLine.objects.count()
    assert counts[0] == 174
    assert import_people.system(path=path)["teams"] == 0
    assert counts == (Membership.objects.count(), ReportingLine.objects.count())
    keys = list(Person.objects.order_by("pk").values_list("key", flat=True))
    spans = shape(managers(), Person.objects.values_list("pk", flat=True))
    assert (len(keys), spans.roots, spans.layers, spans.widest) == (175, 1, 5, 16)


ORG = "key,name,manager,team,leads,dotted\n"


def test_teams_dotted_lines_and_shares_come_in_and_stay(tmp_path: Path) -> None:
    path = tmp_path / "org.csv"
    path.write_text(ORG + "p1,Boss,,,top,\np2,Ana,p1,top,sales,\np3,Bo,p2,sales:60; top:40,,p1\n")
    assert import_people.system(path=path)["teams"] == 2
    bo = Person.objects.get(key="p3")
    shares = dict(bo.memberships.values_list("team__code", "allocation"))
    assert shares == {"sales": 60, "top": 40}
    assert bo.lines_up.get(kind="dotted").manager.key == "p1"
    assert Team.objects.get(code="sales").parent == Team.objects.get(code="top")
    path.write_text(ORG + "p3,Bo,p2,sales,,p1\n")
    import_people.system(path=path)
    assert dict(bo.memberships.values_list("team__code", "allocation")) == shares
    assert bo.lines_up.count() == 2


def test_unknown_teams_and_second_leads_are_refused_by_line(tmp_path: Path) -> None:
    path = tmp_path / "org.csv"
    path.write_text(ORG + "p1,A,,nowhere,,\np2,B,,,top,\np3,C,,,top,\np4,D,,top:0,,\np5,E,,,a b,\np6,F,p1,,,\n")
    told = import_people.system(path=path)
    assert [(row["line"], row["column"]) for row in told["rejected"]] == [
        (2, "team"), (4, "leads"), (5, "team"), (6, "leads"), (7, "manager"),
    ]  # fmt: skip
    assert list(Person.objects.values_list("key", flat=True)) == ["p2"]


def test_circle_through_somebody_who_is_there_already_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "org.csv"
    path.write_text(ORG + "p1,A,p2,,,\np2,B,p3,,,\np3,C,,,,\n")
    import_people.system(path=path)
    path.write_text(ORG + "p3,C,p1,,,\n")
    told = import_people.system(path=path)
    assert [(row["line"], row["column"]) for row in told["rejected"]] == [(2, "manager")]
    assert not Person.objects.get(key="p3").lines_up.exists()


def test_exported_chart_comes_in_again_unchanged(tmp_path: Path) -> None:
    client, _me = signed_in("people")
    path = tmp_path / "org.csv"
    path.write_text(ORG + "p1,=Boss,,,top,\np2,Ana,p1,top,sales,\np3,王芳,p2,sales:60; top:40,,p1\n")
    import_people.system(path=path)
    answer = client.get(reverse("structure:chart-export", args=["csv"]))
    content = answer.getvalue()
    before = state()
    path.write_bytes(content)
    told = import_people.system(path=path)
    assert (told["new"], told["changed"], told["same"], told["rejected"]) == (0, 0, 4, [])
    assert state() == before
    again = client.get(reverse("structure:chart-export", args=["csv"])).getvalue()
    assert again == content
    assert client.get(reverse("structure:chart-export", args=["exe"])).status_code == 404


def state() -> list[list[tuple[object, ...]]]:
    """Everybody, every line and every membership."""
    return [
        list(Person.objects.order_by("pk").values_list("key", "name", "version")),
        list(ReportingLine.objects.order_by("pk").values_list("person", "manager", "kind", "start", "end")),
        list(Membership.objects.order_by("pk").values_list("person", "team", "allocation", "start", "end")),
    ]


def test_page_tries_a_file_out_before_anything_is_written() -> None:
    client, _me = signed_in("people")
    url = reverse("structure:person-import")
    rows = HEAD + "p1,王芳,wang@example.com,,CN,,,\np2,Ana,bad-mail,,ES,,,\n"
    tried = client.post(url, {"file": SimpleUploadedFile("people.csv", rows.encode())})
    text = tried.content.decode()
    assert tried.status_code == 200
    assert "bad-mail" in text
    assert not Person.objects.filter(key="p1").exists()
    ticket = tried.context["ticket"]
    assert client.post(url, {"ticket": ticket}).status_code == 302
    assert Person.objects.get(key="p1").name == "王芳"
    other, _them = signed_in("administrator")
    assert other.post(url, {"ticket": ticket}).status_code in (400, 422)
    member, _who = signed_in("member")
    assert member.post(url, {"ticket": ticket}).status_code == 403


def test_page_refuses_a_file_without_keys() -> None:
    client, _me = signed_in("people")
    answer = client.post(
        reverse("structure:person-import"), {"file": SimpleUploadedFile("x.csv", b"colour,size\nred,1\n")}
    )
    assert answer.status_code == 422


def test_a_file_of_the_server_cannot_be_named_from_outside(tmp_path: Path) -> None:
    _client, me = signed_in("people")
    with pytest.raises(Refused) as caught:
        run("structure.import_people", by=me, data={"path": str(file(tmp_path, "p1,A,,,DE,,,"))})
    assert set(caught.value.fields) == {"path"}
    assert not Person.objects.filter(key="p1").exists()
