"""The decorator that declares how a practice is evidenced, and the register of all that were declared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode

from tradewind.base.outline import CADENCES, PRACTICES, Practice
from tradewind.engines.access.scope import Scope
from tradewind.engines.actions.models import Event
from tradewind.engines.actions.registry import on
from tradewind.engines.jobs.queue import enqueue
from tradewind.engines.practices.rules import Evidence, Part, cadence

Answer = Evidence | Mapping[Scope, Evidence]
Collector = Callable[[datetime], Answer]
C = TypeVar("C", bound=Collector)
EVALUATE = "practices.evaluate_practices"


@dataclass(frozen=True)
class Spec:
    """One declared practice: its leaf, its cadence and the function that counts its evidence."""

    leaf: Practice
    every: str
    collect: Collector

    @property
    def cadence(self) -> timedelta:
        """How long it may go without being looked at."""
        return cadence(self.every)


BUILT: dict[str, Spec] = {}


def practice(id: str, *, every: str = "", after: tuple[str, ...] = ()) -> Callable[[C], C]:  # noqa: A002
    """Declare that `function(now) -> Evidence | {Scope: Evidence}` counts the evidence of the leaf `id`.

    A bare Evidence speaks of the whole company and is shown to everybody who may see the Map; a mapping holds one for
    each scope that has any. `every` is a cadence (default: the outline's own); after the actions named in `after` it is counted anew.
    ValueError for a leaf that is not on the map, is counted twice, or is counted outside its own area.
    """

    def register(function: C) -> C:
        leaf = PRACTICES.get(id)
        if leaf is None:
            raise ValueError(f"{id} is not on the map")
        if id in BUILT and place(BUILT[id].collect) != place(function):
            raise ValueError(f"{id} is counted twice: {place(BUILT[id].collect)} and {place(function)}")
        if ".areas." in function.__module__ and f".areas.{leaf.area}." not in function.__module__:
            raise ValueError(f"{id} is counted in {function.__module__}, not in its area")
        if every and every not in CADENCES:
            raise ValueError(f"{id}: no such cadence: {every}")
        BUILT[id] = Spec(leaf, every or leaf.every, function)
        for name in after:
            on(name)(recount(id))
        return function

    return register


def place(function: Collector) -> str:
    """Where a function stands."""
    return f"{function.__module__}.{function.__qualname__}"


def recount(id: str) -> Callable[[Event], None]:  # noqa: A002
    """A reaction that has one practice counted anew."""

    def reaction(event: Event) -> None:
        enqueue(EVALUATE, unique=f"{EVALUATE} {id}", follow=True, practice=id)

    reaction.__qualname__ = f"recount[{id}]"
    return reaction


def link(name: str, *args: Any, **query: str) -> str:
    """The address of a page by its URL name, with a query; '' while no room has that page."""
    try:
        address = reverse(name, args=args)
    except NoReverseMatch:
        return ""
    return f"{address}?{urlencode(query)}" if query else address


__all__ = ["BUILT", "EVALUATE", "Answer", "Evidence", "Part", "Scope", "Spec", "link", "practice"]
