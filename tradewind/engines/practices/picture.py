"""The Map as a picture: twelve branches around a ring of 96 marks."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from tradewind.base.outline import AREAS, Area
from tradewind.engines.practices.queries import PLANNED, Standing
from tradewind.engines.practices.rules import ATTENTION, GOOD, NONE, OVERDUE
from tradewind.ui import nav

# Worst first: the order of the legend, and of what a branch says of its eight leaves.
MARKS = (OVERDUE, ATTENTION, GOOD, NONE, PLANNED)
INNER, OUTER, GAP = 62.0, 84.0, 0.9


@dataclass(frozen=True)
class Limb:
    """Four leaves under one heading."""

    title: str
    leaves: list[Standing]


@dataclass(frozen=True)
class Branch:
    """One area: its word of the rail, its full name, its limbs and the worst mark among its built leaves."""

    id: str
    title: str
    word: str
    icon: str
    url: str
    colour: int
    mark: str
    built: int
    limbs: list[Limb]


@dataclass(frozen=True)
class Tick:
    """One leaf on the ring."""

    path: str
    mark: str
    dim: bool


def branches(standings: Iterable[Standing], area: str = "") -> list[Branch]:
    """The areas in the outline's order (or one of them), with their leaves."""
    by_id = {standing.id: standing for standing in standings}
    return [branch(one, place, by_id) for place, one in enumerate(AREAS.values()) if area in ("", one.id)]


def branch(area: Area, colour: int, by_id: dict[str, Standing]) -> Branch:
    """One area."""
    limbs = [
        Limb(str(group.label), [by_id[leaf.id] for theme in group.themes for leaf in theme.practices])
        for group in area.groups
    ]
    marks = [leaf.mark for limb in limbs for leaf in limb.leaves]
    place = nav.SECTIONS[area.id]
    built = sum(mark != PLANNED for mark in marks)
    return Branch(area.id, str(area.label), str(place.label), place.icon, place.url, colour, worst(marks), built, limbs)


def worst(marks: Iterable[str]) -> str:
    """The mark that needs work most."""
    return min(marks, key=MARKS.index, default=PLANNED)


def arc(start: float, end: float) -> str:
    """The outline of a ring's sector between two angles in degrees, clockwise from the top."""
    points = []
    for radius, angle in ((OUTER, start), (OUTER, end), (INNER, end), (INNER, start)):
        turn = math.radians(angle - 90)
        points.append(f"{radius * math.cos(turn):.2f} {radius * math.sin(turn):.2f}")
    return f"M{points[0]}A{OUTER} {OUTER} 0 0 1 {points[1]}L{points[2]}A{INNER} {INNER} 0 0 0 {points[3]}Z"


def sectors() -> list[str]:
    """The 96 sectors: the left half upwards mirrors the left branches, the right half the right ones."""
    step = 360 / 96
    found = []
    for place in range(96):
        start = -(place + 1) * step if place < 48 else (place - 48) * step
        # A wider gap between two areas.
        first, last = place % 8 == 0, place % 8 == 7
        ahead, behind = (last, first) if place < 48 else (first, last)
        found.append(arc(start + (GAP if ahead else GAP / 3), start + step - (GAP if behind else GAP / 3)))
    return found


SECTORS = sectors()


def ring(standings: Iterable[Standing], only: str = "") -> list[Tick]:
    """Every leaf on the ring; those that a filter leaves out are dimmed."""
    return [
        Tick(path, standing.mark, bool(only) and standing.mark != only)
        for path, standing in zip(SECTORS, standings, strict=True)
    ]
