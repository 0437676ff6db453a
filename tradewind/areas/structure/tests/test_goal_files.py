"""Goals files: a real quarter in Markdown, tables out and in unchanged, refusals by line and column."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tradewind.areas.structure.actions import join_team, save_person, save_team
from tradewind.areas.structure.exchange import goal_table, okr
from tradewind.areas.structure.exchange.goal_rows import check
from tradewind.areas.structure.exchange.goals import import_goals, read, refuse_unseen
from tradewind.areas.structure.queries.goal_files import goals_to_write, names
from tradewind.areas.structure.tests.test_views import signed_in
from tradewind.base.errors import Refused
from tradewind.engines.actions.models import Change, Event
from tradewind.engines.actions.rights import install_roles
from tradewind.engines.metrics.registry import METRICS
from tradewind.nouns.goals.models import CheckIn, KeyResult, Level, Objective, ObjectiveLink
from tradewind.nouns.org.models import Market, Person

pytestmark = pytest.mark.django_db

HEAD = "key,objective,title,标题,level,period,team,owner,parents,kind,currency,start,target,low,high,metric,value,confidence"
QUARTER = """This quarter runs from August 1, 2019 to October 31, 2019.

### 1. CEO: Great team.

1. VP Sales: [Hire](https://example.com/1)
    1. Berlin: Ten people => 78%
\t2. Nobody: Three parts => 100%, 0%, 100%
    1. A line without owner - 40%
1. CFO: Close in ten days => 100%, 0%, 100%
   <iframe src="https://example.com/sheet?a=1&amp;b=2"></iframe>
"""


def text(folder: Path, words: str, name: str = "goals.md") -> Path:
    """A file with these words."""
    path = folder / name
    path.write_text(words)
    return path


def table(folder: Path, *rows: str) -> Path:
    """A table of goals; the columns are those of HEAD."""
    return text(folder, "\n".join([HEAD, *rows]) + "\n", "goals.csv")


def body_of(answer: Any) -> bytes:
    """What a streamed file holds."""
    return b"".join(answer.streaming_content)


def written(folder: Path, person: Person | None) -> Path:
    """All goals a person may see, as the CSV that the page sends."""
    path = folder / "out.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(goal_table.rows(goals_to_write(person)))
    return path


def test_quarter_in_markdown_comes_in_once(tmp_path: Path) -> None:
    lead = save_person.system(name="Ute", email="ute@example.com", job_title="VP Sales", zone="Europe/Berlin")
    berlin = save_team.system(code="ber", name={"en": "Berlin"}, lead=lead)
    join_team.system(berlin, person=lead)
    path = text(tmp_path, QUARTER)
    told = import_goals.system(path=path)
    assert [told[name] for name in ("companies", "objectives", "results", "valued", "dashed", "unowned", "new")] == [1, 2, 3, 3, 1, 2, 6]  # fmt: skip
    hire = Objective.objects.get(owner=lead)
    assert (str(hire.title), hire.level, hire.team, hire.period) == ("Hire", "person", berlin, "2019-08-01..2019-10-31")
    assert "[Hire](https://example.com/1)" in hire.description
    ten, three, bare = hire.results.all()
    assert [str(one) for one in (ten, three, bare)] == ["Ten people", "Nobody: Three parts", "A line without owner"]
    assert (ten.owner, ten.value, three.value, bare.value) == (lead, 780_000, 666_667, 400_000)
    assert CheckIn.objects.get(result=three).comment == "100%, 0%, 100%"
    close = Objective.objects.get(grade=6_667)
    assert (str(close.title), close.state, close.owner) == ("CFO: Close in ten days", "graded", None)
    assert "https://example.com/sheet?a=1&b=2" in close.description
    assert "iframe" not in close.description.split("=>")[1]
    again = import_goals.system(path=path)
    assert (again["new"], again["changed"], again["same"]) == (0, 0, 6)
    assert CheckIn.objects.count() == 3
    path.write_text(QUARTER.replace("78%", "80%"))
    assert import_goals.system(path=path)["changed"] == 2  # the key result, and the words of its goal
    assert KeyResult.objects.get(pk=ten.pk).value == 800_000


@pytest.mark.data
def test_a_real_quarter_comes_in_whole(data: Path) -> None:
    path = data / "org-and-okr" / "gitlab_okr_fy20-q3.md"
    tried = import_goals.system(path=path, dry_run=True)
    assert not Objective.objects.exists()
    told = import_goals.system(path=path)
    assert told == tried
    assert (told["companies"], told["objectives"], told["results"], told["valued"]) == (3, 24, 75, 21)
    assert (told["rows"], told["rejected"]) == (3 + 99, [])
    assert Objective.objects.exclude(level=Level.COMPANY).count() == 24
    assert ObjectiveLink.objects.values("parent").distinct().count() == 3
    assert KeyResult.objects.count() == 75
    assert KeyResult.objects.filter(value__isnull=False).count() == told["valued"] - 1 + told["dashed"]
    strategy = Objective.objects.get(grade__isnull=False)
    assert (strategy.grade, strategy.retrospective) == (6_667, "100%, 0%, 100%")
    assert KeyResult.objects.filter(value=1_200_000).count() == 1
    again = import_goals.system(path=path)
    assert (again["new"], again["changed"], again["same"]) == (0, 0, 102)


def test_text_without_a_period_takes_the_one_chosen(tmp_path: Path) -> None:
    path = text(tmp_path, "## 1. Company: Grow\n\n1. Sales: Sell\n")
    with pytest.raises(Refused) as caught:
        import_goals.system(path=path)
    assert set(caught.value.fields) == {"period"}
    import_goals.system(path=path, period="2026-Q4")
    assert set(Objective.objects.values_list("period", flat=True)) == {"2026-Q4"}


def test_owner_is_what_stands_before_the_colon() -> None:
    assert okr.item_of(1, "Director of Product, Dev; Ops: Plans").owner == "Director of Product, Dev; Ops"
    assert okr.item_of(1, "[Forecast:](https://x.example/1) better").owner == ""
    assert okr.item_of(1, "销售：增长 => 90%").title == "增长"


def test_table_goes_out_and_comes_in_unchanged(tmp_path: Path) -> None:
    install_roles.system()
    save_person.system(name="王芳", key="p1", zone="Asia/Shanghai")
    save_team.system(code="ops", name={"en": "Operations"})
    told = import_goals.system(
        path=table(
            tmp_path,
            "g1,,'=Grow,增长,company,2026,,,,,,,,,,,,",
            "g2,,Faster,,team,2026-Q4,ops,p1,g1,,,,,,,,,",
            "r1,g2,Parcels in time,准时率,,,,王芳,,percent,,82.5,95,,,,90,70",
            "r2,g2,Margin,,,,,,,money,EUR,-1000,25000.5,,,,,",
            "r3,g2,Stock days,,,,,,,range,,,,20,30,,,",
        )
    )
    assert (told["new"], told["rejected"]) == (5, [])
    assert (str(Objective.objects.get(key="g1").title["en"]), told["unowned"]) == ("=Grow", 1)
    parcels = KeyResult.objects.get(key="r1")
    assert (parcels.start, parcels.target, parcels.value, parcels.confidence) == (825_000, 950_000, 900_000, 70)
    Objective.objects.filter(key="g2").update(key=None, description="Two\nlines, and 'quotes'")
    KeyResult.objects.filter(key="r3").update(key=None)
    administrator = signed_in("administrator")[1]
    again = import_goals(administrator, path=written(tmp_path, administrator))
    assert (again["new"], again["changed"], again["same"], again["rejected"]) == (0, 0, 5, [])
    assert CheckIn.objects.count() == 1


def test_changed_cells_are_in_the_history_and_a_new_value_is_a_check_in(tmp_path: Path) -> None:
    import_goals.system(
        path=table(tmp_path, "g1,,Grow,,company,2026,,,,,,,,,,,,", "r1,g1,Sales,,,,,,,number,,0,10,,,,2,")
    )
    me = signed_in("administrator")[1]
    told = import_goals(me, path=table(tmp_path, "g1,,Grow more,,,,,,,,,,,,,,,", "r1,g1,,,,,,,,,,,,,,,4,60"))
    assert (told["changed"], told["rejected"]) == (2, [])
    assert [row.changes["title"][1]["en"] for row in Change.objects.filter(subject_type="structure.objective")] == [
        "Grow more"
    ]
    said = CheckIn.objects.first()
    assert said is not None
    assert (said.value, said.confidence, said.by) == (40_000, 60, me)
    assert Event.objects.filter(name="structure.import_goals").count() == 2


def test_bad_cells_are_refused_by_line_and_column_and_nothing_of_them_is_written(tmp_path: Path) -> None:
    rows = [
        ("a,,A,,company,2026-Q9,,,,,,,,,,,,", "period"),
        ("b,,B,,company,2026,,nobody,,,,,,,,,,", "owner"),
        ("c,,C,,team,2026,moon,,,,,,,,,,,", "team"),
        ("d,,D,,team,2026,,,,,,,,,,,,", "team"),
        ("e,,E,,company,2026,,,missing,,,,,,,,,", "parents"),
        ("f,,F,,company,2026,,,g,,,,,,,,,", "parents"),
        ("g,,G,,company,2026,,,f,,,,,,,,,", "parents"),
        ("h,,H,,company,2026,,,g,,,,,,,,,", "parents"),
        ("i,,I,,galaxy,2026,,,,,,,,,,,,", "level"),
        ("j,,,,company,2026,,,,,,,,,,,,", "title"),
        ("ok,,Good,,company,2026,,,,,,,,,,,,", ""),
        ("ok,,Twice,,company,2026,,,,,,,,,,,,", "key"),
        ("#999999,,Lost,,company,2026,,,,,,,,,,,,", "key"),
        ("r1,ok,R,,,,,,,number,,ten,20,,,,,", "start"),
        ("r2,ok,R,,,,,,,money,,0,20,,,,,", "currency"),
        ("r3,ok,R,,,,,,,range,,,,9,3,,,", "high"),
        ("r4,ok,R,,,,,,,number,,0,20,,,no.such,,", "metric"),
        ("r5,a,R,,,,,,,number,,0,20,,,,,", "objective"),
        ("r6,ok,R,,,,,,,number,,0,0.00001,,,,,", "target"),
        ("r7,ok,R,,,,,,,number,,0,1,,,,,101", "confidence"),
    ]
    told = import_goals.system(path=table(tmp_path, *(row for row, _column in rows)))
    wanted = [(line, column) for line, (_row, column) in enumerate(rows, 2) if column]
    assert [(one["line"], one["column"]) for one in told["rejected"]] == wanted
    assert list(Objective.objects.values_list("key", flat=True)) == ["ok"]
    assert not KeyResult.objects.exists()


def test_circle_with_goals_that_are_there_is_refused(tmp_path: Path) -> None:
    import_goals.system(path=table(tmp_path, "a,,A,,company,2026,,,,,,,,,,,,", "b,,B,,company,2026,,,a,,,,,,,,,"))
    number = Objective.objects.get(key="b").pk
    told = import_goals.system(path=table(tmp_path, f"a,,A,,,,,,#{number},,,,,,,,,"))
    assert [(one["line"], one["column"]) for one in told["rejected"]] == [(2, "parents")]
    assert ObjectiveLink.objects.count() == 1


def test_number_one_may_not_see_cannot_be_bound(tmp_path: Path) -> None:
    market = Market.objects.create(code="de", name={"en": "Germany"}, currency="EUR")
    _client, person = signed_in("member", market)
    path = table(tmp_path, "a,,A,,company,2026,,,,,,,,,,,,", "r,a,Revenue,,,,,,,money,EUR,0,9,,,finance.net_revenue,,")
    known = names()
    file = read(path, known, "")
    check(file, known)
    refuse_unseen(person, file, known)
    assert [(one["line"], one["column"]) for one in file.refused] == [(3, "metric")]
    assert not file.results


def test_key_result_bound_to_a_metric_is_counted_by_it(tmp_path: Path) -> None:
    path = table(tmp_path, "a,,A,,company,2026,,,,,,,,,,,,", "r,a,Orders,,,,,,,number,,0,9,,,finance.orders,,")
    metric = next(one.id for one in METRICS.values() if one.unit == "count")
    path.write_text(path.read_text().replace("finance.orders", metric))
    told = import_goals.system(path=path)
    assert told["rejected"] == []
    result = KeyResult.objects.get()
    assert (result.metric, result.valued_at is not None) == (metric, True)
    path.write_text(path.read_text().replace(f"{metric},,", f"{metric},5,"))
    assert import_goals.system(path=path)["same"] == 2
    assert not CheckIn.objects.filter(reading=False).exists()


def test_page_tries_brings_in_and_sends_out(tmp_path: Path) -> None:
    client, _me = signed_in("administrator")
    url = reverse("structure:goal-import")
    tried = client.post(url, {"file": SimpleUploadedFile("okr.md", QUARTER.encode())})
    assert tried.status_code == 200
    assert not Objective.objects.exists()
    assert client.post(url, {"ticket": tried.context["ticket"]}).status_code == 302
    assert Objective.objects.count() == 3
    for kind in ("csv", "xlsx"):
        answer = client.get(reverse("structure:goal-file", args=[kind]))
        body = body_of(answer)
        back = client.post(url, {"file": SimpleUploadedFile(f"goals.{kind}", body)})
        told = back.context["told"]
        assert (told["new"], told["changed"], told["same"], told["rejected"]) == (0, 0, 6, [])
        sample = client.get(reverse("structure:goal-template", args=[kind]))
        told = client.post(url, {"file": SimpleUploadedFile("t", body_of(sample))}).context["told"]
        assert (told["new"], told["rejected"]) == (3, [])
    assert client.get(reverse("structure:goal-file", args=["doc"])).status_code == 404
    offered = client.get(url).content.decode()
    assert reverse("structure:goal-file", args=["xlsx"]) in offered
    assert reverse("structure:goal-template", args=["csv"]) in offered
    member, _who = signed_in("member")
    assert member.get(url).status_code == 403
    assert member.post(url, {"ticket": tried.context["ticket"]}).status_code == 403
    bad = client.post(url, {"file": SimpleUploadedFile("x.md", b"## 1. A: B\n\n1. c: d\n")})
    assert bad.status_code == 422
    assert "period" in bad.context["form"].errors


def test_api_takes_a_goals_file_as_the_page_does() -> None:
    client, _me = signed_in("administrator")
    url = "/api/v1/structure/goals/import"
    tried = client.post(url, {"file": SimpleUploadedFile("okr.md", QUARTER.encode()), "dry_run": "true"})
    assert (tried.status_code, tried.json()["new"], Objective.objects.count()) == (200, 6, 0)
    done = client.post(url, {"file": SimpleUploadedFile("okr.md", QUARTER.encode())})
    assert (done.status_code, done.json()["new"], Objective.objects.count()) == (200, 6, 3)
    member, _who = signed_in("member")
    refused = member.post(url, {"file": SimpleUploadedFile("okr.md", QUARTER.encode())})
    assert refused.status_code == 403
