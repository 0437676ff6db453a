"""The functions a new company starts with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tradewind.base.datafile import read
from tradewind.engines.actions.action import Bulk, action
from tradewind.nouns.org.models import Function, Person

CATALOGUE = Path(__file__).parent.parent / "data" / "functions.yaml"


def catalogue() -> list[dict[str, Any]]:
    """The functions of a cross-border company: `id`, `name`, and whether every market needs it."""
    found: list[dict[str, Any]] = read(CATALOGUE)["functions"]
    return found


@action()
def install_functions(by: Person | None) -> Bulk[int]:
    """Add the functions of the catalogue that are not there yet; those that are there stay as they are."""
    known = set(Function.objects.values_list("code", flat=True))
    missing = [one for one in catalogue() if one["id"] not in known]
    for one in missing:
        Function.objects.create(code=one["id"], name=one["name"], in_matrix=one["in_matrix"])
    return Bulk(len(missing), {"functions": len(missing)})
