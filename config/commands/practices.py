"""Count the evidence of every built practice and list where all 96 stand."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from tradewind.engines.jobs.queue import run_now
from tradewind.engines.practices.models import EvidenceRow
from tradewind.engines.practices.practice import EVALUATE
from tradewind.engines.practices.queries import standings


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments."""
    parser.add_argument("--area", default="", help="only the practices of this area")
    parser.add_argument("--stored", action="store_true", help="do not count anew, show the last evidence")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """One row a practice, in the outline's order."""
    if not args.stored:
        result = run_now(EVALUATE) or {}
        for name, fault in dict(result.get("failed") or {}).items():
            sys.stderr.write(f"{name} could not be counted: {fault}\n")
    rows = [
        {"id": one.id, "area": one.leaf.area, "state": one.state, "health": one.health, "done": one.done,
         "due": one.due, "last": one.last, "link": one.url}
        for one in standings(EvidenceRow.objects.all())
        if args.area in ("", one.leaf.area)
    ]  # fmt: skip
    return {"rows": rows}


def show(answer: dict[str, Any]) -> None:
    """A line a practice."""
    for row in answer["rows"]:
        last = f"{row['last']:%Y-%m-%d %H:%M}" if row["last"] else "-"
        count = f"{row['done']}/{row['due']}" if row["due"] else "-"
        sys.stdout.write(f"{row['id']:28}{row['state']:9}{row['health']:11}{count:>12}  {last}\n")
