"""The rules of the house that an import linter cannot see; docs/house.md says why each exists."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import Model

from tests.source import AREAS, ENGINES, NOUNS, ROOT, dotted, sources
from tests.writes import OWNERS, writes
from tradewind.base.outline import AREAS as MAPPED
from tradewind.base.outline import PRACTICES
from tradewind.engines.access.registry import CODES, DEFAULT_ROLES, SUBJECTS
from tradewind.engines.actions.registry import ACTIONS, REACTIONS

FURNITURE = {
    "rules", "access", "models", "queries", "actions", "metrics", "practices", "inbox", "reactions", "jobs", "exchange",
    "forms", "views", "urls", "api", "factories", "apps", *ENGINES,
}  # fmt: skip
FOLDERS = {"templates", "tests", "migrations", "management", "data", "static", "__pycache__"}
# What each file of a room may import from its own room, after the table in docs/house.md.
OVER_ACTIONS = {"actions", "queries", "models", "rules", "access"}
MAY_IMPORT: dict[str, set[str]] = {
    "rules": set(),
    "access": {"models"},
    "models": {"rules"},
    "queries": {"models", "rules", "access"},
    "actions": {"queries", "models", "rules", "access"},
    "metrics": {"queries", "models", "rules"},
    "practices": {"queries", "models", "rules", "metrics"},
    "inbox": {"queries", "models", "rules"},
    "reactions": OVER_ACTIONS,
    "jobs": OVER_ACTIONS,
    "exchange": OVER_ACTIONS,
    "forms": OVER_ACTIONS,
    "views": {"forms", *OVER_ACTIONS, "exchange", "metrics"},
    "api": {*OVER_ACTIONS, "exchange"},
    "urls": {"views"},
    "apps": set(),
}
LONGEST_FUNCTION, LONGEST_FILE = 50, 500


def fail_with(found: list[str], rule: str) -> None:
    assert not found, rule + ":\n  " + "\n  ".join(found)


# --- The floor plan -------------------------------------------------------------------------------------------------


def test_every_area_of_the_outline_has_its_folder_and_readme() -> None:
    folders = {path.name for path in (ROOT / "tradewind" / "areas").iterdir() if path.is_dir()} - FOLDERS
    assert folders == set(AREAS)
    missing = [area for area in AREAS if not (ROOT / "tradewind" / "areas" / area / "README.md").exists()]
    fail_with(missing, "areas without a README.md")


def test_map_holds_twelve_areas_of_eight_practices_in_both_languages() -> None:
    assert list(MAPPED) == AREAS
    assert len(PRACTICES) == 96
    assert {area: sum(key.startswith(area + ".") for key in PRACTICES) for area in AREAS} == dict.fromkeys(AREAS, 8)
    entries: dict[str, Any] = {**MAPPED, **PRACTICES}
    bare = [key for key, entry in entries.items() if not ({"en", "zh-hans"} <= set(dict(entry.label)))]
    fail_with(bare, "labels that lack a language")


def test_readme_of_an_area_names_its_practices() -> None:
    found = []
    for key in PRACTICES:
        area = key.partition(".")[0]
        readme = ROOT / "tradewind" / "areas" / area / "README.md"
        if readme.exists() and f"`{key}`" not in readme.read_text("utf-8"):
            found.append(f"{readme.relative_to(ROOT)} does not name {key}")
    fail_with(found, "a README says which practices live in its room")


def test_contracts_name_every_engine_in_the_order_of_the_house() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["name"] == "Engines stand in order")
    assert [layer.strip("()") for layer in layers] == ENGINES
    folders = {path.name for path in (ROOT / "tradewind" / "engines").iterdir() if path.is_dir()} - FOLDERS
    assert folders <= set(ENGINES)


def test_settings_name_every_room_that_has_tables() -> None:
    with_models = {
        source.module.rsplit(".models", 1)[0]
        for source in sources("tradewind")
        if source.path.name == "models.py" or source.path.parent.name == "models"
    }
    missing = sorted(room for room in with_models if not any(config.name == room for config in apps.get_app_configs()))
    fail_with(missing, "rooms with tables that are not installed")


def test_rooms_hold_only_known_furniture() -> None:
    found = []
    for area in AREAS:
        for path in (ROOT / "tradewind" / "areas" / area).iterdir():
            known = path.name in {"__init__.py", "README.md"} or path.name in FOLDERS
            if not known and path.name.removesuffix(".py") not in FURNITURE:
                found.append(str(path.relative_to(ROOT)))
    fail_with(found, "unknown furniture")


def test_no_drawer_for_everything() -> None:
    drawers = {"utils", "util", "helpers", "helper", "common", "misc", "shared", "tools", "lib", "signals", "services"}
    found = [source.name for source in sources() if source.path.stem in drawers or drawers & set(source.parts[:-1])]
    fail_with(found, "a file says what it is")


# --- Imports between files of a room --------------------------------------------------------------------------------


def test_furniture_imports_what_the_table_allows() -> None:
    found = []
    for source in sources("tradewind/areas"):
        if source.area is None or source.is_test:
            continue
        piece = source.parts[3].removesuffix(".py")
        allowed = MAY_IMPORT.get(piece, OVER_ACTIONS) | {piece}
        room = f"tradewind.areas.{source.area}."
        for node, module, name in source.imports():
            full = f"{module}.{name}" + "."
            if full.startswith(room) and (target := full.removeprefix(room).split(".")[0]) not in allowed:
                found.append(f"{source.name}:{node.lineno} imports {target}")
    fail_with(found, "furniture imports at most what its row of the table says")


def test_rules_import_nothing_but_base_and_science() -> None:
    found = [
        f"{source.name}:{node.lineno} imports {module}"
        for source in sources("tradewind/areas")
        if source.area and source.parts[3].removesuffix(".py") == "rules"
        for node, module, _ in source.imports()
        if module.startswith(("django", "tradewind."))
        and not module.startswith(("tradewind.base", "tradewind.science"))
        if not module.startswith(f"tradewind.areas.{source.area}.rules")
    ]
    fail_with(found, "rules are pure calculation")


def test_no_import_hides_inside_a_function() -> None:
    found = [
        f"{source.name}:{node.lineno}"
        for source in sources("tradewind")
        if not source.is_test
        for function in source.functions()
        for node in ast.walk(function)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("tradewind", "config"))
    ]
    fail_with(sorted(set(found)), "a lazy import hides a circle")


def test_forbidden_machinery_is_not_used() -> None:
    forbidden = ("django.db.models.signals", "django.dispatch", "django.contrib.contenttypes.fields", "threading")
    found = [
        f"{source.name}:{node.lineno} imports {module}"
        for source in sources("tradewind", "config")
        if not source.is_test
        for node, module, name in source.imports()
        if module.startswith(forbidden) or f"{module}.{name}".startswith(forbidden[:3])
    ]
    fail_with(found, "no signals, generic keys or threads")


def test_time_comes_from_the_clock() -> None:
    moments = {"now", "utcnow", "today"}
    clocks = {"datetime", "dt", "date", "timezone", "time"}
    calls = [
        (source, node, dotted(node.func))
        for source in sources("tradewind", "config")
        if source.module != "tradewind.base.clock" and not source.is_test
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call)
    ]
    found = [
        f"{source.name}:{node.lineno} calls {name}"
        for source, node, name in calls
        if name.rpartition(".")[2] in moments and name.partition(".")[0] in clocks
    ]
    fail_with(found, "use tradewind.base.clock")


# --- Tables ---------------------------------------------------------------------------------------------------------


def own_models() -> Iterator[type[Model]]:
    for model in apps.get_models(include_auto_created=False):
        if model.__module__.startswith("tradewind."):
            yield model


def level(model: type[Model]) -> tuple[int, int]:
    """How high a model lives: (floor, place of its engine); lower is deeper."""
    words = model.__module__.split(".")
    if words[1] == "areas":
        return 3, 0
    if words[1] == "engines":
        return 2, len(ENGINES) - ENGINES.index(words[2])
    return (1, 0) if words[1] == "nouns" else (0, 0)


def test_no_key_points_up_or_into_another_area() -> None:
    found = []
    for model in own_models():
        for field in model._meta.get_fields():
            target = field.related_model if not field.auto_created and field.is_relation else None
            if not isinstance(target, type) or not target.__module__.startswith("tradewind."):
                continue
            same_room = model.__module__.split(".")[:3] == target.__module__.split(".")[:3]
            up = level(target) > level(model)
            across = level(model)[0] == level(target)[0] == 3 and not same_room
            if (up or across) and not same_room:
                found.append(f"{model._meta.label}.{field.name} points to {target._meta.label}")
    fail_with(found, "keys look only down, and never from area to area")


def test_every_noun_model_has_one_owner() -> None:
    nouns = {model.__name__ for model in own_models() if model.__module__.startswith("tradewind.nouns.")}
    assert nouns - set(OWNERS) == {"Attachment"}, "say in tests/writes.py who writes them"


def test_nouns_are_written_only_by_their_owner() -> None:
    found = [problem for source in sources("tradewind", "config") for problem in writes(source)]
    fail_with(found, "every noun is written by the area that owns it")


def test_money_and_moments_have_the_house_types() -> None:
    found = []
    for model in own_models():
        for field in model._meta.get_fields():
            kind = getattr(field, "get_internal_type", lambda: "")()
            if kind in ("FloatField", "DecimalField") and any(
                word in field.name for word in ("amount", "price", "cost", "total", "fee", "tax", "revenue", "salary")
            ):
                found.append(f"{model._meta.label}.{field.name} is a {kind}")
    fail_with(found, "money is stored as integer units")


# --- Declarations ---------------------------------------------------------------------------------------------------


def test_default_roles_hold_only_declared_codes() -> None:
    found = [
        f"{role}: {code}" for role, held in DEFAULT_ROLES.items() for code in held if code != "*" and code not in CODES
    ]
    fail_with(sorted(found), "default roles hold codes nobody declared")


def test_subjects_are_guarded_by_declared_codes() -> None:
    fail_with(
        [key for key, subject in SUBJECTS.items() if subject.read not in CODES], "subjects with an undeclared code"
    )


def test_settings_stay_one_short_file() -> None:
    assert len((ROOT / "config" / "settings.py").read_text().splitlines()) < 250
    assert settings.ROOT_URLCONF == "config.urls"


def test_reactions_wait_for_actions_that_exist() -> None:
    fail_with(sorted(set(REACTIONS) - set(ACTIONS) - {"*"}), "reactions to actions nobody declares")


TRANSLATORS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}


def test_translated_texts_stand_outside_f_strings() -> None:
    found = [
        f"{source.name}:{call.lineno}"
        for source in sources("tradewind", "config")
        for text in ast.walk(source.tree)
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call) and dotted(call.func) in TRANSLATORS
    ]
    fail_with(found, "extraction cannot see a translation inside an f-string")


# --- Sizes ----------------------------------------------------------------------------------------------------------


def test_functions_stay_short() -> None:
    found = [
        f"{source.name}:{function.lineno} {function.name} has {length} lines"
        for source in sources()
        for function in source.functions()
        if (length := (function.end_lineno or 0) - function.lineno + 1) > LONGEST_FUNCTION
    ]
    fail_with(found, f"functions have at most {LONGEST_FUNCTION} lines")


def test_files_stay_short() -> None:
    found = [
        f"{source.name} has {length} lines"
        for source in sources()
        if (length := len(source.text.splitlines())) > LONGEST_FILE
    ]
    fail_with(found, f"files have at most {LONGEST_FILE} lines")


def test_nouns_are_the_known_ones() -> None:
    folders = {path.name for path in (ROOT / "tradewind" / "nouns").iterdir() if path.is_dir()} - FOLDERS
    assert folders <= set(NOUNS)
