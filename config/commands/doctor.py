"""Say in plain words what is wrong with this installation."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from config.diagnosis import BAD, GOOD, NAMES, WARNING, examine

MARKS = {GOOD: "●", WARNING: "◐", BAD: "○"}


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the words."""
    parser.add_argument("--lang", choices=["en", "zh-hans"], default=own_language(), help="language of the words")


def own_language() -> str:
    """The language of the person's terminal."""
    named = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return "zh-hans" if named.lower().startswith("zh") else "en"


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Examine; exit 1 if something is bad, 0 otherwise."""
    with translation.override(args.lang):
        found = examine()
        bad = sum(finding.level == BAD for finding in found)
        rows = [{**finding.row(), "name": _(NAMES[finding.code])} for finding in found]
    return {"rows": rows, "bad": bad, "language": args.lang, "exit": int(bool(bad))}


def show(answer: dict[str, Any]) -> None:
    """Print one line for each finding."""
    for row in answer["rows"]:
        sys.stdout.write(f"{MARKS[row['level']]} {row['name']}: {row['words']}\n")
    with translation.override(answer["language"]):
        sys.stdout.write((_("Something must be mended.") if answer["bad"] else _("Nothing stops the work.")) + "\n")
