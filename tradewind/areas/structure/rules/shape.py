"""The shape of an organisation: spans of control, layers, and years with the company, counted in classes. Pure calculation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date

WIDE = 12
SPANS = ((1, 3), (4, 6), (7, 9), (10, WIDE), (WIDE + 1, None))
YEARS = ((0, 1), (1, 2), (2, 3), (3, 5), (5, 10), (10, None))
UNKNOWN = -1


def spans(lines: Mapping[int, int]) -> Counter[int]:
    """How many people report to each manager, from solid lines person to manager."""
    return Counter(lines.values())


def span_classes(found: Mapping[int, int]) -> list[int]:
    """How many managers have a span in each class of `SPANS`."""
    return [sum(low <= count and (high is None or count <= high) for count in found.values()) for low, high in SPANS]


def layers(people: Iterable[int], lines: Mapping[int, int]) -> Counter[int]:
    """How many people stand in each layer, from 1 at the top; who stands on a circle or hangs on one counts as `UNKNOWN`."""
    depth: dict[int, int] = {}
    for person in people:
        path: list[int] = []
        at: int | None = person
        while at is not None and at not in depth and at not in path:
            path.append(at)
            at = lines.get(at)
        base = 0 if at is None else depth.get(at, UNKNOWN)
        for number, one in enumerate(reversed(path), 1):
            depth[one] = UNKNOWN if base == UNKNOWN else base + number
    return Counter(depth[person] for person in people)


def years(started: date, today: date) -> int:
    """Whole years with the company; 0 before the first anniversary and for who starts later."""
    whole = today.year - started.year - ((today.month, today.day) < (started.month, started.day))
    return max(whole, 0)


def tenure_classes(starts: Iterable[date | None], today: date) -> list[int]:
    """How many people have been there for each class of `YEARS` (from, up to but not including), then those whose start is unknown."""
    known, unknown = [], 0
    for start in starts:
        if start is None:
            unknown += 1
        else:
            known.append(years(start, today))
    return [*(sum(low <= one and (high is None or one < high) for one in known) for low, high in YEARS), unknown]
