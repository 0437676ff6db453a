"""Kinds of meetings: an area declares what it meets about, who may read and plan it, and how many functions must take part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

READ = "meetings.view_meeting"
PLAN = "meetings.plan_meeting"
CLOSED = "meetings.moderate_meeting"  # who may see meetings of a kind that no room declares any more


@dataclass(frozen=True)
class Kind:
    """One kind: `read` and `plan` are permission codes needed in addition to the engine's own.

    `functions` is how many functions a series must need at least. With `private` only who is invited and the host read it.
    """

    code: str
    label: Any
    icon: str = "calendar-event"
    read: str = READ
    plan: str = PLAN
    functions: int = 0
    private: bool = False


KINDS: dict[str, Kind] = {}
PLAIN = "meetings.plain"


def kind(
    code: str,
    *,
    label: Any,
    icon: str = "calendar-event",
    read: str = READ,
    plan: str = PLAN,
    functions: int = 0,
    private: bool = False,
) -> Kind:
    """Declare the kind `<room>.<name>` in a room's meetings.py."""
    made = Kind(code, label, icon, read, plan, functions, private)
    KINDS[code] = made
    return made


def kind_of(code: str) -> Kind:
    """The declared kind; one that only moderators read for a kind that no room declares any more."""
    return KINDS.get(code) or Kind(code, code, read=CLOSED, plan=CLOSED)


def kind_choices() -> list[tuple[str, Any]]:
    """The declared kinds, to choose from."""
    return [(one.code, one.label) for one in KINDS.values()]
