"""Declared actions and reactions by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tradewind.engines.actions.models import Event

Reaction = Callable[["Event"], None]


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
REACTIONS: dict[str, list[tuple[str, Reaction]]] = {}


def on(name: str) -> Callable[[Reaction], Reaction]:
    """Call the function after each event of that name (`*` for all); it must be safe to repeat."""

    def register(reaction: Reaction) -> Reaction:
        REACTIONS.setdefault(name, []).append((f"{reaction.__module__}.{reaction.__qualname__}", reaction))
        return reaction

    return register


def reactions_to(name: str) -> list[tuple[str, Reaction]]:
    """The reactions an event of this name is delivered to."""
    return [*REACTIONS.get(name, []), *REACTIONS.get("*", [])]
