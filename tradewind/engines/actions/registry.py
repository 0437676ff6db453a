"""Declared actions and reactions by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tradewind.engines.actions.models import Event

Reaction = Callable[["Event"], None]
Condition = Callable[["Event"], bool]


@dataclass
class Known:
    """One declared action: its function, label and what the decorator was told."""

    name: str
    function: Callable[..., Any]
    call: Callable[..., Any]
    label: str
    subject: type[Any] | None
    private: tuple[str, ...] = ()
    open: bool = False
    subject_needed: bool = True


ACTIONS: dict[str, Known] = {}
REACTIONS: dict[str, list[tuple[str, Reaction, Condition]]] = {}


def always(event: Event) -> bool:
    """The condition of a reaction to every event of its name."""
    return True


def telling(*names: str) -> Condition:
    """The condition that the event's counts tell one of these."""
    return lambda event: any(event.counts.get(name) for name in names)


def on(name: str, *, when: Condition = always) -> Callable[[Reaction], Reaction]:
    """Call the function after each event of that name (`*` for all) that `when` is true for; it must be safe to repeat.

    An event passed over costs nothing, while each one handed over costs a transaction, so a reaction to `*` should say when.
    """

    def register(reaction: Reaction) -> Reaction:
        REACTIONS.setdefault(name, []).append((f"{reaction.__module__}.{reaction.__qualname__}", reaction, when))
        return reaction

    return register


def reactions_to(event: Event) -> list[tuple[str, Reaction]]:
    """The reactions an event is delivered to."""
    heard = [*REACTIONS.get(event.name, []), *REACTIONS.get("*", [])]
    return [(name, reaction) for name, reaction, when in heard if when(event)]
