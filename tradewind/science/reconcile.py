"""Forecasts of parts and of their whole made to agree: each gives way by as much as it was off in the past.

Source: Wickramasuriya, Athanasopoulos and Hyndman, Optimal forecast reconciliation, 2019, with a diagonal matrix (weighted least
squares). For one whole with several ways to cut it the solution is closed.
"""

from __future__ import annotations

from collections.abc import Sequence

Series = Sequence[float]
SMALLEST = 1e-12  # of the largest doubt: a series that was never off gives way last


def reconcile(
    whole: float, cuts: Sequence[Series], doubt: float, doubts: Sequence[Series]
) -> tuple[float, list[list[float]]]:
    """A whole and the parts of each cut, changed as little as their doubts (squared errors, none negative) ask for, so that every cut adds up.

    No part is pushed below zero, nor below its own forecast where that is negative. A cut without parts is left out.
    """
    taken = [place for place, cut in enumerate(cuts) if cut]
    if not taken:
        return whole, [[] for _cut in cuts]
    # Only their proportions count; as shares of the largest no quotient leaves what a float can hold.
    largest = max(doubt, *(one for cut in doubts for one in cut)) or 1.0

    def share(one: float) -> float:
        return max(one / largest, SMALLEST)

    of_whole, of_parts = share(doubt), [[share(one) for one in cut] for cut in doubts]
    free = [[True] * len(cut) for cut in cuts]
    while True:
        found, parts = solved(whole, cuts, of_whole, of_parts, free)
        low = [(i, j) for i in taken for j, part in enumerate(parts[i]) if free[i][j] and part < min(0.0, cuts[i][j])]
        if not low:
            return found, parts
        for i, j in low:
            free[i][j] = False


def solved(
    whole: float, cuts: Sequence[Series], doubt: float, doubts: Sequence[Series], free: Sequence[Sequence[bool]]
) -> tuple[float, list[list[float]]]:
    """The least squares with some parts held at their floor; a cut of which all parts are held settles the whole."""
    held = [[min(0.0, part) if not loose else part for part, loose in zip(cut, row, strict=True)] for cut, row in zip(cuts, free, strict=True)]  # fmt: skip
    sums = [sum(cut) for cut in held]
    room = [
        sum(one for one, loose in zip(cut, row, strict=True) if loose) for cut, row in zip(doubts, free, strict=True)
    ]
    stuck = [place for place, cut in enumerate(cuts) if cut and not room[place]]
    if stuck:
        found = sums[stuck[0]]
    else:
        used = [place for place, cut in enumerate(cuts) if cut]
        pull = sum((whole - sums[place]) / room[place] for place in used)
        found = whole - doubt * pull / (1 + doubt * sum(1 / room[place] for place in used))
    parts = []
    for cut, own, row, total, space in zip(held, doubts, free, sums, room, strict=True):
        share = (found - total) / space if space else 0.0
        parts.append([part + (one * share if loose else 0.0) for part, one, loose in zip(cut, own, row, strict=True)])
    return found, parts
