"""Goals as a file tells them, whatever it looks like: rows to take, and the checks between them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from tradewind.areas.structure.exchange.tables import RowsFile
from tradewind.areas.structure.queries.goal_files import Names


@dataclass
class GoalRow:
    """One objective: its facts by field, and the keys of what it serves (None: the file does not say).

    `first` are facts for a goal that is not there yet; what the file says itself goes before them.
    """

    line: int
    key: str
    facts: dict[str, Any]
    parents: list[str] | None = None
    first: dict[str, Any] = field(default_factory=dict)


@dataclass
class ResultRow:
    """One key result of the objective called `goal`; `value` and `confidence` are what is said of it, `day` when."""

    line: int
    key: str
    goal: str
    facts: dict[str, Any]
    value: int | None = None
    confidence: int | None = None
    comment: str = ""
    day: Any = None


R = TypeVar("R", GoalRow, ResultRow)


@dataclass
class GoalFile(RowsFile):
    """What a goals file says; `valued` counts the lines with a result behind `=>`, `dashed` those behind a dash."""

    goals: list[GoalRow] = field(default_factory=list)
    results: list[ResultRow] = field(default_factory=list)
    valued: int = 0
    dashed: int = 0


def check(file: GoalFile, known: Names) -> None:
    """Take out what stands twice, what hangs on nothing, and what would make a circle; the refusals come in order."""
    refuse_doubles(file)
    refuse_parents(file, known)
    refuse_circles(file, known)
    refuse_parents(file, known)
    kept = {row.key for row in file.goals}
    for result in list(file.results):
        if result.goal not in kept and result.goal not in known.goals:
            file.results.remove(result)
            file.refuse(result.line, "objective", _("There is no goal “%(key)s”.") % {"key": result.goal})
    file.refused.sort(key=lambda one: one["line"])


def refuse_doubles(file: GoalFile) -> None:
    """One goal a row: the second row of a key is refused; a goal and a key result may share one."""
    file.goals = once(file, file.goals)
    file.results = once(file, file.results)


def once(file: GoalFile, rows: list[R]) -> list[R]:
    """The first row of each key."""
    seen: set[str] = set()
    kept = []
    for row in rows:
        if row.key in seen:
            file.refuse(row.line, "key", _("“%(key)s” is already in an earlier row.") % {"key": row.key})
        else:
            kept.append(row)
        seen.add(row.key)
    return kept


def refuse_parents(file: GoalFile, known: Names) -> None:
    """Refuse rows that serve a goal nobody knows; those who serve a refused row fall with it."""
    while True:
        there = {row.key for row in file.goals}
        lost = {
            row.key: parent
            for row in file.goals
            for parent in row.parents or ()
            if parent not in there and parent not in known.goals
        }
        if not lost:
            return
        for row in [row for row in file.goals if row.key in lost]:
            file.goals.remove(row)
            file.refuse(row.line, "parents", _("There is no goal “%(key)s”.") % {"key": lost[row.key]})


def refuse_circles(file: GoalFile, known: Names) -> None:
    """Refuse every row of the file that would lie on a circle of goals, together with what is there already."""
    name_of = {goal.pk: key for key, goal in known.goals.items() if not key.startswith("#") or goal.key is None}
    above: dict[str, set[str]] = {
        name_of[child]: {name_of[parent] for parent in parents} for child, parents in known.parents.items()
    }
    written = {row.key: row for row in file.goals if row.parents is not None}
    for row in written.values():
        above[named(row.key, known, name_of)] = {named(key, known, name_of) for key in row.parents or ()}
    for row in list(written.values()):
        own = named(row.key, known, name_of)
        if own in everything_above(own, above):
            file.goals.remove(row)
            file.refuse(row.line, "parents", _("These goals serve each other in a circle."))


def named(key: str, known: Names, name_of: dict[int, str]) -> str:
    """One name for a goal, whichever of its names a file uses."""
    goal = known.goals.get(key)
    return name_of[goal.pk] if goal is not None else key


def everything_above(start: str, above: dict[str, set[str]]) -> set[str]:
    """All that a goal serves, directly or through others."""
    found: set[str] = set()
    waiting = list(above.get(start, ()))
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting.extend(above.get(one, ()))
    return found
