"""Mappings that come with the product, and mappings read from a file."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from tradewind.base.errors import NotFound, Refused
from tradewind.engines.exchange.mapping.spec import MappingSpec

FOLDER = Path(__file__).parent.parent / "data" / "mappings"


@cache
def shipped_names() -> tuple[str, ...]:
    """Names of the ready mappings."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.json")))


@cache
def shipped(name: str) -> MappingSpec:
    """A ready mapping by name; NotFound when there is none such."""
    if name not in shipped_names():
        message = _("There is no mapping “%(name)s”; ready ones are: %(known)s.")
        raise NotFound(message % {"name": name, "known": ", ".join(shipped_names())})
    return read_mapping(FOLDER / f"{name}.json")


def read_mapping(path: Path) -> MappingSpec:
    """A mapping from a JSON file; Refused when it is no JSON or no sound mapping."""
    try:
        stated: Any = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as bad:
        raise Refused(_("The mapping file cannot be read: %(what)s") % {"what": str(bad)}, code="bad_mapping") from bad
    if not isinstance(stated, dict):
        raise Refused(_("The mapping file cannot be read: %(what)s") % {"what": "{…}"}, code="bad_mapping")
    return MappingSpec.parse(stated)
