"""Write the generated reference pages, or with --check say which are not fresh."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from tradewind.base.errors import Refused

FOLDER = Path("docs") / "reference"


def openapi() -> str:
    """The description of the REST API, in the same bytes wherever it is made."""
    from config.api import api  # noqa: PLC0415  loads every room's router

    told = api.get_openapi_schema(path_prefix="/api/v1/")
    return json.dumps(told, indent=1, sort_keys=True, ensure_ascii=False, default=str) + "\n"


def pages() -> dict[str, Callable[[], str]]:
    """Each generated file and what makes it; a room adds its own by `reference()` in its metrics or exchange engine."""
    found: dict[str, Callable[[], str]] = {"openapi.json": openapi}
    for room in settings.ROOMS:
        if find_spec(f"{room}.reference"):
            found.update(import_module(f"{room}.reference").PAGES)
    return found


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the words."""
    parser.add_argument("--check", action="store_true", help="change nothing; refuse when a page is not fresh")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Write what differs, or Refused naming it."""
    folder = Path(settings.ROOT) / FOLDER
    with translation.override("en"):
        made = {name: make() for name, make in sorted(pages().items())}
    stale = [name for name, text in made.items() if not same(folder / name, text)]
    if args.check and stale:
        raise Refused(_("Not fresh: %(names)s. Run `make docs`.") % {"names": ", ".join(stale)}, code="stale")
    for name in stale:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(made[name], encoding="utf-8")
    return {"rows": [{"page": name, "written": name in stale} for name in made]}


def same(file: Path, text: str) -> bool:
    """Whether a file holds exactly this text."""
    return file.exists() and file.read_text(encoding="utf-8") == text
