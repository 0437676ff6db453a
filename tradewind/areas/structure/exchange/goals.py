"""The goals file: a table of ours or a quarter written in Markdown comes in, each goal with its key results."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tradewind.areas.structure.actions.goals import lies
from tradewind.areas.structure.actions.goals_readings import recount
from tradewind.areas.structure.exchange import goal_table, okr
from tradewind.areas.structure.exchange.goal_rows import GoalFile, GoalRow, ResultRow, check
from tradewind.areas.structure.exchange.tables import put
from tradewind.areas.structure.queries.goal_files import Names, names
from tradewind.base import clock
from tradewind.base.errors import NotAllowed, NotFound, Refused
from tradewind.engines.access.scope import Scope
from tradewind.engines.actions.action import Bulk, action
from tradewind.engines.exchange.readers.text import detect_encoding, open_text
from tradewind.engines.exchange.readers.workbook import is_workbook
from tradewind.engines.metrics.question import reach
from tradewind.engines.metrics.registry import METRICS
from tradewind.nouns.goals.models import CheckIn, GoalState, KeyResult, Level, Objective, ObjectiveLink
from tradewind.nouns.org.models import Person

Changes = list[tuple[str, int, dict[str, Any]]]
MARKDOWN_BYTES = 5_000_000


@action()
def import_goals(by: Person | None, *, path: Path, period: str = "", dry_run: bool = False) -> Bulk[dict[str, Any]]:
    """Bring goals and key results in from a file; known ones are changed, the same file again changes nothing.

    Takes a table (CSV, TSV, XLSX) or Markdown with numbered lists; `period` is for a Markdown text that names none. Answers
    counts, and the refused rows by line and column.
    """
    known = names()
    file = read(path, known, period)
    check(file, known)
    refuse_unseen(by, file, known)
    told: dict[str, Any] = {
        "rows": file.total, "new": 0, "changed": 0, "same": 0,
        "companies": sum(level_of(row, known) == Level.COMPANY for row in file.goals),
        "objectives": sum(level_of(row, known) != Level.COMPANY for row in file.goals), "results": len(file.results),
        "valued": file.valued, "dashed": file.dashed, "unowned": sum(unowned(row, known) for row in file.goals),
        "rejected": file.refused,
    }  # fmt: skip
    with transaction.atomic():
        changes = write(by, file, known, told)
        if dry_run:
            transaction.set_rollback(True)
    counts = {name: len(value) if isinstance(value, list) else value for name, value in told.items()}
    return Bulk(told, counts={**counts, "dry_run": dry_run}, changes=[] if dry_run else changes)


def read(path: Path, known: Names, period: str) -> GoalFile:
    """Read a file by what it holds, whatever it is called."""
    if not path.is_file():
        raise NotFound(_("There is no file %(name)s.") % {"name": path.name})
    if not is_workbook(path) and path.stat().st_size <= MARKDOWN_BYTES:
        try:
            with open_text(path, detect_encoding(path)) as stream:
                text = stream.read()
        except UnicodeDecodeError:
            raise Refused(_("The file is not text that can be read."), code="encoding") from None
        if any(okr.HEADING.match(line.rstrip()) for line in text.splitlines()):
            return okr.read(text, known, period)
    return goal_table.read(path, known)


def refuse_unseen(by: Person | None, file: GoalFile, known: Names) -> None:
    """Refuse key results bound to a number that whoever imports may not see there."""
    if by is None:
        return
    for row in list(file.results):
        there = known.results.get(row.key)
        metric = row.facts.get("metric")
        bound = {name: row.facts.get(name, getattr(there, name, None)) for name in ("metric", "entity", "market")}
        if metric is None or (there is not None and all(getattr(there, name) == bound[name] for name in bound)):
            continue
        try:
            reach(by, METRICS[metric], Scope(*(one and one.pk for one in (bound["entity"], bound["market"]))))
        except NotAllowed as refusal:
            file.results.remove(row)
            file.refuse(row.line, "metric", refusal)


def level_of(row: GoalRow, known: Names) -> str:
    """Whose goal a row will be."""
    there = known.goals.get(row.key)
    return str(row.facts.get("level") or (there.level if there else row.first.get("level", "")))


def unowned(row: GoalRow, known: Names) -> bool:
    """Whether a row's goal will belong to nobody."""
    there = known.goals.get(row.key)
    return row.facts.get("owner") is None and (there is None or there.owner_id is None)


def write(by: Person | None, file: GoalFile, known: Names, told: dict[str, Any]) -> Changes:
    """Write all rows: goals first, then what they serve, then their key results; what changed on known ones."""
    changes: dict[tuple[str, int], dict[str, Any]] = {}
    states: dict[tuple[str, str], str] = {}
    goals = dict(known.goals)
    for row in file.goals:
        states["goal", row.key] = "same" if row.key in goals else "new"
        what, goal = put_goal(goals.get(row.key), row, known)
        goals[row.key] = goal
        note_change(changes, states, ("goal", row.key), ("structure.objective", goal.pk), what)
    for row in file.goals:
        what = serve(goals[row.key], row, goals)
        note_change(changes, states, ("goal", row.key), ("structure.objective", goals[row.key].pk), what)
    bound = []
    for result in file.results:
        states["result", result.key] = "same" if result.key in known.results else "new"
        what, record = put_result(by, known.results.get(result.key), result, goals[result.goal])
        note_change(changes, states, ("result", result.key), ("structure.key_result", record.pk), what)
        if record.metric and what is not None:
            bound.append(record)
    recount(bound)
    for state in states.values():
        told[state] += 1
    return [(kind, pk, what) for (kind, pk), what in changes.items()]


def note_change(
    changes: dict[tuple[str, int], dict[str, Any]], states: dict[tuple[str, str], str], row: tuple[str, str],
    subject: tuple[str, int], what: dict[str, Any] | None,
) -> None:  # fmt: skip
    """Keep what changed on a known record."""
    if what and states[row] != "new":
        states[row] = "changed"
        changes.setdefault(subject, {}).update(what)


def put_goal(there: Objective | None, row: GoalRow, known: Names) -> tuple[dict[str, Any] | None, Objective]:
    """Write one objective; its moments follow from its state."""
    goal = there or Objective(key=row.key)
    facts = {**({} if there else {**row.first, **home_of(row, known)}), **row.facts}
    state = facts.get("state", goal.state)
    if state in (GoalState.PUBLISHED, GoalState.GRADED) and goal.published_at is None:
        facts["published_at"] = clock.now()
    if state == GoalState.GRADED and (goal.graded_at is None or facts.get("grade", goal.grade) != goal.grade):
        facts["graded_at"] = clock.now()
    return put(goal, facts), goal


def home_of(row: GoalRow, known: Names) -> dict[str, Any]:
    """Where a new goal lies as far as the file leaves it open: with its team, or with its owner."""
    facts = row.facts
    place = lies(level_of(row, known), *(facts.get(name) for name in ("entity", "market", "team", "owner")))
    return {name: value for name, value in place.items() if value is not None}


def serve(goal: Objective, row: GoalRow, goals: dict[str, Objective]) -> dict[str, Any] | None:
    """Make a goal serve exactly what the file says, if it says so."""
    if row.parents is None:
        return None
    wanted = {goals[key].pk for key in row.parents}
    links = ObjectiveLink.objects.filter(objective=goal, kind=ObjectiveLink.SERVES)
    now = {link.parent_id for link in links if link.parent_id is not None}
    if now == wanted:
        return None
    links.filter(parent__in=now - wanted).delete()
    ObjectiveLink.objects.bulk_create([ObjectiveLink(objective=goal, parent_id=pk) for pk in sorted(wanted - now)])
    return {"parents": [sorted(now), sorted(wanted)]}


def put_result(
    by: Person | None, there: KeyResult | None, row: ResultRow, goal: Objective
) -> tuple[dict[str, Any] | None, KeyResult]:
    """Write one key result; a new value of one that no metric feeds is a check-in."""
    result = there or KeyResult(key=row.key, objective=goal, position=goal.results.count())
    what = put(result, {**row.facts, "objective": goal})
    if row.value is None or result.metric:
        return what, result
    if (result.value, result.confidence) == (
        row.value,
        row.confidence if row.confidence is not None else result.confidence,
    ):
        return what, result
    today = clock.today(by.zone if by else "UTC")
    day = min(row.day, today) if row.day else today
    CheckIn.objects.create(
        result=result, day=day, value=row.value, confidence=row.confidence, comment=row.comment, by=by
    )
    said = put(result, {"value": row.value, "confidence": row.confidence, "valued_at": clock.now()})
    Objective.objects.filter(pk=goal.pk).update(checked_at=clock.now())
    return {**(what or {}), **(said or {})}, result
