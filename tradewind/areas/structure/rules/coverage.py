"""Which functions are covered in which markets, by the parts teams have in duties. Pure calculation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

COVERED, GAP, UNANSWERED, UNDONE, DOUBLE = "covered", "gap", "unanswered", "undone", "double"
# The worst first: what a cell with several duties is called by.
WORST = (GAP, DOUBLE, UNANSWERED, UNDONE, COVERED)


@dataclass(frozen=True)
class Line:
    """A team's letter in a duty of a function; `market` None holds in every active market, `duty` '' is the function as a whole."""

    team: int
    function: int
    market: int | None
    duty: str
    letter: str


@dataclass(frozen=True)
class Cell:
    """One function in one market: the teams that do it and answer for it, and what is wrong, duty by duty."""

    responsible: tuple[int, ...]
    accountable: tuple[int, ...]
    state: str
    faults: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Matrix:
    """All cells by (function, market)."""

    functions: tuple[int, ...]
    markets: tuple[int, ...]
    cells: dict[tuple[int, int], Cell]

    def covered(self, *, function: int | None = None, market: int | None = None) -> int:
        """How many cells are covered, of one row or column if asked."""
        return sum(
            cell.state == COVERED
            for (own, place), cell in self.cells.items()
            if function in (None, own) and market in (None, place)
        )

    def share(self, *, function: int | None = None, market: int | None = None) -> Decimal | None:
        """The covered share from 0 to 1; None where there is nothing to cover."""
        all_of = (1 if function else len(self.functions)) * (1 if market else len(self.markets))
        return Decimal(self.covered(function=function, market=market)) / all_of if all_of else None


def matrix(functions: Sequence[int], markets: Sequence[int], lines: Iterable[Line]) -> Matrix:
    """Judge every function in every market: exactly one team answers for each duty and at least one does it.

    A line without market covers all markets. A duty that names nobody for a part takes it from the function as a whole.
    """
    found: dict[tuple[int, int], list[Line]] = {(function, market): [] for function in functions for market in markets}
    for line in lines:
        for market in markets if line.market is None else (line.market,):
            if (line.function, market) in found:
                found[line.function, market].append(line)
    return Matrix(tuple(functions), tuple(markets), {place: cell(parts) for place, parts in found.items()})


def cell(lines: Sequence[Line]) -> Cell:
    """One cell from the lines that reach it."""
    duties: dict[str, dict[str, set[int]]] = {"": {"A": set(), "R": set()}}
    for line in lines:
        if line.letter in ("A", "R"):
            duties.setdefault(line.duty, {"A": set(), "R": set()})[line.letter].add(line.team)
    whole = duties.pop("")
    judged = [("", judge(whole["A"], whole["R"]))] if not duties or whole["A"] or whole["R"] else []
    judged += [(duty, judge(own["A"] or whole["A"], own["R"] or whole["R"])) for duty, own in sorted(duties.items())]
    teams = {letter: whole[letter].union(*(own[letter] for own in duties.values())) for letter in ("A", "R")}
    state = min((state for _duty, state in judged), key=WORST.index)
    faults = tuple((duty, state) for duty, state in judged if state != COVERED)
    return Cell(tuple(sorted(teams["R"])), tuple(sorted(teams["A"])), state, faults)


def judge(accountable: set[int], responsible: set[int]) -> str:
    """Whether one duty is covered, and if not why."""
    if len(accountable) > 1:
        return DOUBLE
    if not accountable:
        return UNANSWERED if responsible else GAP
    return COVERED if responsible else UNDONE
