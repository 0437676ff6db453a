"""Where the bars of a waterfall stand: each step begins where the one before it ends, each result begins at zero."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Step:
    """A bar in hundredths of the width: its left edge, its width, and where zero is."""

    start: Decimal
    width: Decimal
    zero: Decimal


def steps_of(rows: Sequence[tuple[bool, Decimal]]) -> list[Step]:
    """Bars of rows from the top down, each told as (is it a result, amount): 0 is the lowest point, 100 the highest."""
    spans: list[tuple[Decimal, Decimal]] = []
    running = Decimal(0)
    for is_result, amount in rows:
        first = Decimal(0) if is_result else running
        running = amount if is_result else running + amount
        spans.append((min(first, running), max(first, running)))
    low = min([Decimal(0), *(span[0] for span in spans)])
    high = max([Decimal(0), *(span[1] for span in spans)])
    scale = (high - low) or Decimal(1)
    zero = -low / scale * 100
    return [Step((bottom - low) / scale * 100, (top - bottom) / scale * 100, zero) for bottom, top in spans]
