"""People files: what is taken, what is refused by line, and that a second time changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tradewind.areas.structure.exchange.people import import_people
from tradewind.areas.structure.tests.test_views import signed_in
from tradewind.base.errors import Refused
from tradewind.engines.actions.models import Change
from tradewind.engines.actions.run import run
from tradewind.nouns.org.models import Person, ReportingLine

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
