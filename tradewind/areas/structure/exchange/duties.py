"""Duties of charters as a file: a row a line, with team, function, market, duty and part; a team's rows take the place of its lines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from tradewind.areas.structure.actions.charters import Duty, replace_lines, told
from tradewind.areas.structure.exchange.tables import Fault, RowsFile, cells_of
from tradewind.areas.structure.models import Charter
from tradewind.areas.structure.models.charters import Letter
from tradewind.engines.actions.action import Bulk, action
from tradewind.nouns.org.models import Function, Market, Person

NAMES = {
    "team": ("team", "team code", "团队", "小组"),
    "function": ("function", "function code", "职能"),
    "market": ("market", "market code", "市场"),
    "duty": ("duty", "process", "task", "职责", "事项"),
    "letter": ("part", "letter", "raci", "role", "分工", "角色"),
}


class Known:
    """The codes a file may name."""

    def __init__(self) -> None:
        self.charters = {one.team.code: one for one in Charter.objects.select_related("team")}
        self.functions = set(Function.objects.values_list("code", flat=True))
        self.markets = set(Market.objects.values_list("code", flat=True))


def duty_of(cells: dict[str, str], known: Known) -> Duty:
    """One row as a line of a charter; Fault names the cell that cannot be."""
    letter = cells.get("letter", "").upper()
    words = {str(label).upper(): value for value, label in Letter.choices}
    for column, value, there in (
        ("team", cells.get("team", ""), known.charters),
        ("function", cells.get("function", ""), known.functions),
        ("market", cells.get("market", ""), known.markets | {""}),
    ):
        if value not in there:
            raise Fault(column, _("There is no “%(code)s” here.") % {"code": value})
    letter = words.get(letter, letter)
    if letter not in Letter.values:
        raise Fault("letter", _("A part is R, A, C or I."))
    return Duty(cells["function"], letter, cells.get("market", ""), cells.get("duty", "")[:200])


def read(path: Path) -> tuple[RowsFile, dict[str, list[Duty]], Known]:
    """What a file says, by team; Refused when it lacks a column it needs."""
    file, known = RowsFile(), Known()
    found: dict[str, list[Duty]] = {}
    seen: set[tuple[Any, ...]] = set()
    for line, cells in cells_of(file, path, NAMES, [NAMES["team"], NAMES["function"], NAMES["letter"]]):
        try:
            duty = duty_of(cells, known)
        except Fault as fault:
            file.refuse(line, fault.column, fault.reason)
            continue
        key = (cells["team"], duty.function, duty.market, duty.duty.casefold(), duty.letter)
        if key in seen:
            file.refuse(line, "duty", _("The same part of the same duty stands twice."))
        else:
            seen.add(key)
            found.setdefault(cells["team"], []).append(duty)
    return file, found, known


@action()
def import_duties(by: Person | None, *, path: Path, dry_run: bool = False) -> Bulk[dict[str, Any]]:
    """Bring duties in from a file; those of a team in it take the place of all it had, the same file again changes nothing."""
    file, found, known = read(path)
    told_all: dict[str, Any] = {"rows": file.total, "new": 0, "changed": 0, "same": 0, "rejected": file.refused}
    changes: list[tuple[str, int, dict[str, Any]]] = []
    for team, duties in found.items():
        charter = known.charters[team]
        before, after = told(charter), sentence(duties)
        if sorted(before.split("; ")) == sorted(after.split("; ")):
            told_all["same"] += 1
            continue
        told_all["changed"] += 1
        if not dry_run:
            replace_lines(charter, duties)
            charter.version += 1
            charter.save(update_fields=["version"])
            changes.append(("structure.charter", charter.pk, {"lines": [before, told(charter)]}))
    counts = {name: len(value) if isinstance(value, list) else value for name, value in told_all.items()}
    return Bulk(told_all, counts={**counts, "dry_run": dry_run}, changes=changes)


def sentence(duties: list[Duty]) -> str:
    """Lines in the words of `told`."""
    return "; ".join(" ".join(part for part in (d.letter, d.function, d.market or "*", d.duty) if part) for d in duties)
