"""Kinds of documents: an area declares what it keeps, who may write and approve it, and whether approval is needed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

READ = "library.view_document"
WRITE = "library.edit_text"
APPROVE = "library.approve_text"


@dataclass(frozen=True)
class Kind:
    """One kind: `read`, `write` and `approve` are permission codes needed in addition to the library's own.

    With `approval` a second person approves each version before it is published. `start` is the Markdown that a new
    document of the kind begins with.
    """

    code: str
    label: Any
    icon: str = "file-text"
    read: str = READ
    write: str = WRITE
    approve: str = APPROVE
    approval: bool = False
    start: Any = ""


KINDS: dict[str, Kind] = {}
CLOSED = "library.moderate_document"  # who may see documents of a kind that no room declares any more


def kind(
    code: str,
    *,
    label: Any,
    icon: str = "file-text",
    read: str = READ,
    write: str = WRITE,
    approve: str = APPROVE,
    approval: bool = False,
    start: Any = "",
) -> Kind:
    """Declare the kind `<room>.<name>` in a room's library.py."""
    made = Kind(code, label, icon, read, write, approve, approval, start)
    KINDS[code] = made
    return made


def kind_of(code: str) -> Kind:
    """The declared kind; one that only moderators read for a kind that no room declares any more."""
    return KINDS.get(code) or Kind(code, code, read=CLOSED, write=CLOSED, approve=CLOSED, approval=True)


def kind_choices() -> list[tuple[str, Any]]:
    """The declared kinds, to choose from."""
    return [(one.code, one.label) for one in KINDS.values()]
