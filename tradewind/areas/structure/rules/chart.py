"""Who stands under whom, as pure calculation over ids: trees, layers, spans, and what moves make of them.

Lines map a person to the manager of the solid line. Nothing here trusts them to be free of circles.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TypeVar

K = TypeVar("K")

LINE, JOIN, LEAVE, LEAD = "line", "join", "leave", "lead"


@dataclass(frozen=True)
class Shape:
    """An organisation in numbers: `span` is the mean of direct reports over those who have any, one decimal."""

    people: int = 0
    managers: int = 0
    roots: int = 0
    layers: int = 0
    widest: int = 0
    span: Decimal = Decimal(0)


@dataclass(frozen=True)
class State:
    """Who reports to whom, who is in which team with which share of time (percent), and who leads a team."""

    lines: Mapping[int, int] = field(default_factory=dict)
    members: Mapping[tuple[int, int], int] = field(default_factory=dict)  # (team, person) to percent
    leads: Mapping[int, int] = field(default_factory=dict)  # team to person


@dataclass(frozen=True)
class Step:
    """One change: `line` (to `manager`, None ends the line), `join`, `leave` or `lead` a team."""

    kind: str
    person: int
    manager: int | None = None
    team: int | None = None
    allocation: int = 100


def below(parents: Mapping[K, K | None], nodes: Iterable[K]) -> tuple[list[K], dict[K, list[K]]]:
    """The roots of some nodes, and the children of each, in the order given.

    Who hangs on a node that is not there is a root; of a circle the first node given is one.
    """
    order = list(nodes)
    there = set(order)
    children: dict[K, list[K]] = defaultdict(list)
    roots = []
    for node in order:
        above = parents.get(node)
        if above is None or above not in there or above == node:
            roots.append(node)
        else:
            children[above].append(node)
    reached = {node for node, _depth in walked(roots, children)}
    for node in order:
        if node not in reached:
            above = parents[node]
            if above is not None:
                children[above].remove(node)
            roots.append(node)
            reached |= {one for one, _depth in walked([node], children)}
    return roots, dict(children)


def walked(roots: Iterable[K], children: Mapping[K, Sequence[K]]) -> Iterator[tuple[K, int]]:
    """Every node with its depth from 0, each before its children."""
    stack = [(node, 0) for node in reversed(list(roots))]
    while stack:
        node, depth = stack.pop()
        yield node, depth
        stack.extend((one, depth + 1) for one in reversed(children.get(node, ())))


def above(node: K, parents: Mapping[K, K | None]) -> list[K]:
    """What lies above a node, nearest first; ends where the line ends or turns in a circle."""
    found: list[K] = []
    at = parents.get(node)
    while at is not None and at != node and at not in found:
        found.append(at)
        at = parents.get(at)
    return found


def circled(lines: Mapping[K, K]) -> set[K]:
    """Those who lie on a circle themselves (not those who hang on one)."""
    found: set[K] = set()
    done: set[K] = set()
    for start in lines:
        path: dict[K, int] = {}
        at: K | None = start
        while at is not None and at not in path and at not in done:
            path[at] = len(path)
            at = lines.get(at)
        if at is not None and at in path:
            found |= {node for node, place in path.items() if place >= path[at]}
        done |= path.keys()
    return found


def shape(lines: Mapping[int, int], people: Iterable[int]) -> Shape:
    """What an organisation of these people is in numbers; managers who are not among them do not count."""
    everybody = list(people)
    roots, children = below(lines, everybody)
    spans = [len(under) for under in children.values() if under]
    mean = (Decimal(sum(spans)) / len(spans)).quantize(Decimal("0.1")) if spans else Decimal(0)
    layers = max((depth + 1 for _node, depth in walked(roots, children)), default=0)
    return Shape(len(everybody), len(spans), len(roots), layers, max(spans, default=0), mean)


def sizes(state: State) -> Counter[int]:
    """How many people each team holds."""
    return Counter(team for team, _person in state.members)


def moved(state: State, steps: Iterable[Step]) -> State:
    """What a state becomes when steps are taken in order."""
    lines, members, leads = dict(state.lines), dict(state.members), dict(state.leads)
    for step in steps:
        if step.kind == LINE:
            lines.pop(step.person, None)
            if step.manager is not None:
                lines[step.person] = step.manager
        elif step.team is not None and step.kind == JOIN:
            members[step.team, step.person] = step.allocation
        elif step.team is not None and step.kind == LEAVE:
            members.pop((step.team, step.person), None)
            if leads.get(step.team) == step.person:
                del leads[step.team]
        elif step.team is not None and step.kind == LEAD:
            leads[step.team] = step.person
    return replace(state, lines=lines, members=members, leads=leads)


def faults(state: State, steps: Sequence[Step], gone: set[int]) -> dict[int, str]:
    """What forbids steps, by their place in the list: `gone`, `self`, `circle`, `not_member`, `twice` or `same`.

    `gone` are the people who are not there on the day of the change. Circles are judged when all steps are taken.
    """
    found: dict[int, str] = {}
    then = moved(state, steps)
    round_ones = circled(then.lines)
    seen: set[tuple[str, int, int | None]] = set()
    for place, step in enumerate(steps):
        mark = ("member", step.person, step.team) if step.kind in (JOIN, LEAVE) else (step.kind, step.person, step.team)
        if step.kind == LEAD:
            mark = (LEAD, 0, step.team)
        fault = fault_of(state, step, gone)
        if not fault and step.kind == LINE and step.person in round_ones:
            fault = "circle"
        if not fault and mark in seen:
            fault = "twice"
        seen.add(mark)
        if fault:
            found[place] = fault
    return found


def fault_of(state: State, step: Step, gone: set[int]) -> str:
    """What forbids one step by itself; nothing when it may be taken."""
    if step.person in gone or step.manager in gone:
        return "gone"
    if step.kind == LINE:
        if step.manager == step.person:
            return "self"
        return "same" if state.lines.get(step.person) == step.manager else ""
    if step.team is None:
        return "team"
    here = state.members.get((step.team, step.person))
    if step.kind == LEAVE:
        return "" if here is not None else "not_member"
    if step.kind == JOIN:
        return "same" if here == step.allocation else ""
    return "same" if state.leads.get(step.team) == step.person else ""


__all__ = [
    "JOIN", "LEAD", "LEAVE", "LINE", "Shape", "State", "Step", "above", "below", "circled", "faults", "moved", "shape",
    "sizes", "walked",
]  # fmt: skip
