"""The generated reference page of the 96 practices."""

from __future__ import annotations

import inspect
from collections.abc import Callable

from tradewind.base.outline import AREAS, Practice
from tradewind.engines.practices.practice import BUILT

HEAD = """# Practices

All 96 practices of the management outline. *Built* ones are counted; the others are planned, have no health, and say what
they will promise. `tradewind practices --json` and `/api/v1/practices` answer by these ids. Written by `tradewind docs`.
"""


def practices() -> str:
    """The page as Markdown."""
    parts = [HEAD]
    for area in AREAS.values():
        parts.append(f"\n## {area.id}: {area.label['en']} ({area.label['zh-hans']})\n")
        parts.append("| id | practice | 实践 | wants looking after | state | promise, and what is counted |")
        parts.append("|---|---|---|---|---|---|")
        parts += [line(leaf) for leaf in area.practices]
    return "\n".join(parts) + "\n"


def line(leaf: Practice) -> str:
    """One row of the table."""
    spec = BUILT.get(leaf.id)
    counted = f" **Counted:** {(inspect.getdoc(spec.collect) or '').splitlines()[0]}" if spec else ""
    every = (spec.every if spec else leaf.every).replace("_", "-")
    return (
        f"| `{leaf.id}` | {leaf.label['en']} | {leaf.label['zh-hans']} | every {every} | "
        f"{'built' if spec else 'planned'} | {leaf.means['en']}{counted} |"
    )


PAGES: dict[str, Callable[[], str]] = {"practices.md": practices}
