"""Examples of evidence, for tests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tradewind.engines.access.scope import Scope
from tradewind.engines.practices.practice import BUILT, Answer, Spec, practice
from tradewind.engines.practices.rules import Evidence, Part


class Counted:
    """A practice whose evidence a test sets: `counted.answer = …`; `undo` gives the leaf back."""

    def __init__(self, id: str, answer: Answer) -> None:  # noqa: A002
        self.id, self.answer, self.asked = id, answer, 0
        self.before: Spec | None = BUILT.pop(id, None)

        def collect(now: datetime) -> Answer:
            self.asked += 1
            return self.answer

        practice(id)(collect)

    def undo(self) -> None:
        """Leave the register as it was."""
        BUILT.pop(self.id)
        if self.before is not None:
            BUILT[self.id] = self.before


def part(code: str = "told", **given: Any) -> Part:
    """One of one, unless told otherwise."""
    return Part(**{"code": code, "label": {"en": code, "zh-hans": code}, "done": 1, "due": 1, **given})


def evidence(**given: Any) -> Evidence:
    """Evidence of one part."""
    return Evidence((part(**given),))


def by_market(found: Mapping[int, tuple[int, int]]) -> dict[Scope, Evidence]:
    """Evidence by market: done and due."""
    return {Scope(market=market): evidence(done=done, due=due) for market, (done, due) in found.items()}
