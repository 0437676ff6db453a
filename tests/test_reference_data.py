"""The reference data of the rooms agree with each other: ids that are named exist, texts have both languages."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tradewind.base.datafile import read
from tradewind.base.outline import AREAS
from tradewind.base.places import COUNTRIES

ROOT = Path(__file__).resolve().parents[1] / "tradewind"
FILES = {
    "cultures": ROOT / "areas/culture/data/cultures.yaml",
    "meetings": ROOT / "areas/culture/data/meetings.yaml",
    "functions": ROOT / "areas/structure/data/functions.yaml",
    "ladders": ROOT / "areas/learning/data/ladders.yaml",
    "skills": ROOT / "areas/learning/data/skills.yaml",
    "onboarding": ROOT / "areas/remote/data/onboarding.yaml",
    "incentives": ROOT / "areas/performance/data/incentives.yaml",
    "risks": ROOT / "areas/risk/data/risks.yaml",
    "obligations": ROOT / "areas/compliance/data/obligations.yaml",
    "kpis": ROOT / "engines/metrics/data/kpis.yaml",
}


def texts(value: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every mapping that holds an English or a Chinese text."""
    if isinstance(value, dict):
        if set(value) & {"en", "zh-hans"} and all(isinstance(text, str) for text in value.values()):
            yield path, value
        for key, inner in value.items():
            yield from texts(inner, f"{path}/{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from texts(inner, f"{path}/{index}")


def ids(rows: list[dict[str, Any]]) -> set[str]:
    found = [row["id"] for row in rows]
    assert len(found) == len(set(found))
    return set(found)


@pytest.mark.parametrize("name", sorted(FILES))
def test_file_says_its_date_and_disclaimer(name: str) -> None:
    meta = read(FILES[name])["meta"]
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", meta["as_of"])
    assert meta.get("disclaimer") or meta.get("principles")


@pytest.mark.parametrize("name", sorted(FILES))
def test_file_has_names_in_both_languages(name: str) -> None:
    found = list(texts(read(FILES[name])))
    # A name that is one Latin word in both languages is written once.
    assert [path for path, text in found if set(text) != {"en", "zh-hans"}] == []
    assert found


def test_kpis_use_defined_inputs_and_known_areas() -> None:
    kpis = read(FILES["kpis"])
    known = set(kpis["input_definitions"])
    assert len(ids(kpis["kpis"])) == 138
    for kpi in kpis["kpis"]:
        assert kpi["area"] in AREAS, kpi["id"]
        assert set(kpi["inputs"]) <= known, kpi["id"]
        named = set(re.findall(r"[a-z_][a-z_0-9]*", kpi["formula"])) - {"abs"}
        assert named <= set(kpi["inputs"]), kpi["id"]
        assert {"source", "confidence"} <= set(kpi["benchmark"]), kpi["id"]


def test_risks_name_kpis_and_drills_that_exist() -> None:
    risks, kpis = read(FILES["risks"]), ids(read(FILES["kpis"])["kpis"])
    drills = ids(risks["drills"])
    assert len(ids(risks["risks"])) == 51
    for risk in risks["risks"]:
        assert set(risk["early_warning"]["kpis"]) <= kpis, risk["id"]
        assert set(risk["drills"]) <= drills, risk["id"]
        assert risk["typical_impact"] in range(1, 6)
        assert risk["typical_likelihood"] in range(1, 6)
    assert {drill["risk"] for drill in risks["drills"]} <= ids(risks["risks"])


def test_functions_answer_for_kpis_that_exist_and_every_process_has_one_accountable() -> None:
    functions, kpis = read(FILES["functions"]), ids(read(FILES["kpis"])["kpis"])
    known = ids(functions["functions"])
    words = {"all", "employee", "line head", "line heads", "all heads", "heads", "owner function"}
    assert len(known) == 14
    assert sum(function["in_matrix"] for function in functions["functions"]) == 12
    for function in functions["functions"]:
        assert set(function["kpis"]) <= kpis, function["id"]
    for row in functions["raci"]:
        assert row["accountable"] in known | words
        for column in ("responsible", "asked", "told"):
            assert set(row[column]) <= known | words, row["number"]


def test_skills_belong_to_functions_and_targets_name_skills() -> None:
    skills = read(FILES["skills"])
    functions = ids(read(FILES["functions"])["functions"]) | {"all", "all leads", "all L3+", "leads"}
    known = ids(skills["skills"])
    for skill in skills["skills"]:
        assert set(skill["functions"]) <= functions, skill["id"]
    for role, targets in skills["role_targets"].items():
        assert set(targets) <= known, role
        assert all(level in range(1, 6) for level in targets.values())


def test_obligations_are_whole_and_dated_changes_name_them() -> None:
    library = read(FILES["obligations"])
    known = ids(library["obligations"])
    assert len(known) == 176
    for row in library["obligations"]:
        assert row["law"], row["id"]
        assert row["confidence"] in {"high", "medium", "low"}, row["id"]
        assert row["must_do"], row["id"]
        assert row["evidence"], row["id"]
    assert {change["obligation"] for change in library["upcoming_dates"] if change.get("obligation")} <= known


def test_cultures_cover_the_countries_with_facts() -> None:
    told = {code for code, country in COUNTRIES.items() if country.facts}
    cultures = read(FILES["cultures"])["cultures"]
    assert {row["code"] for row in cultures} == told
    assert all(row["do_zh"] and row["avoid_zh"] and row["confidence"] for row in cultures)


def test_ladders_run_from_one_to_six() -> None:
    ladders = read(FILES["ladders"])["ladders"]
    assert len(ladders) == 4
    for ladder in ladders:
        assert [level["level"] for level in ladder["levels"]] == ["L1", "L2", "L3", "L4", "L5", "L6"]
