"""Who is named behind an `@` in a text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable


def mentions(text: str, people: Iterable[tuple[int, str]]) -> set[int]:
    """The ids of the people whose name stands behind an `@`; the longest name counts, namesakes all.

    `people` are (id, name) pairs; a person may come with several names.
    """
    names: dict[str, set[int]] = {}
    for pk, name in people:
        if name.strip():
            names.setdefault(folded(name), set()).add(pk)
    found: set[int] = set()
    plain = folded(text)
    for at in re.finditer("[@＠]", plain):
        rest = plain[at.end() :]
        fitting = [name for name in names if rest.startswith(name) and ends(rest, name)]
        if fitting:
            found |= names[max(fitting, key=len)]
    return found


def folded(text: str) -> str:
    """A text for comparison, whatever its case and form."""
    return unicodedata.normalize("NFC", text).casefold()


def ends(rest: str, name: str) -> bool:
    """Whether a name ends here; letters of a script without spaces may follow a name in that script."""
    after = rest[len(name) :][:1]
    return not after.isalnum() or ord(name[-1]) > 0x2E7F
