"""What a plan becomes when the world moves: shocks on rates, duty, freight, fees and the price of advertising, exact decimals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal

EXACT = Context(prec=50)
DUTY, FREIGHT, FEE, GROSS = "cost-duty", ("cost-freight", "last-mile"), "commission", "gross"
# In the order they are applied; each a ratio: rate −0.1, duty 0.25, freight 1 (twice), fee 0.02 (points of gross sales), ads 0.2.
SHOCKS = ("rate", "duty", "freight", "fee", "ads")


@dataclass(frozen=True)
class PlanLine:
    """A row of a plan: where it lies (`corner`), its account and line, its own currency, and an amount a month; a cost is negative."""

    corner: tuple[int | None, ...]
    account: str
    line: str
    currency: str
    amounts: tuple[Decimal, ...]


def shocked(lines: Iterable[PlanLine], shocks: Mapping[str, Decimal]) -> list[PlanLine]:
    """The plan after the shocks that change amounts (`rate` does not: it moves conversion, see `factor`).

    Duty, freight and advertising grow by their ratio. More points of fee are taken from gross sales, corner by corner and currency by
    currency, on the account of commissions: a row is added where there was none.
    """
    found = list(lines)
    made = [scaled(line, 1 + ratio_of(line, shocks)) for line in found]
    points = shocks.get("fee", Decimal(0))
    return with_fee(made, found, points) if points else made


def ratio_of(line: PlanLine, shocks: Mapping[str, Decimal]) -> Decimal:
    """By how much a row grows."""
    if line.account == DUTY:
        return shocks.get("duty", Decimal(0))
    if line.account in FREIGHT:
        return shocks.get("freight", Decimal(0))
    return shocks.get("ads", Decimal(0)) if line.line == "advertising" else Decimal(0)


def scaled(line: PlanLine, factor: Decimal) -> PlanLine:
    """A row times a factor."""
    if factor == 1:
        return line
    return PlanLine(
        line.corner, line.account, line.line, line.currency, tuple(EXACT.multiply(one, factor) for one in line.amounts)
    )


def with_fee(made: list[PlanLine], before: Sequence[PlanLine], points: Decimal) -> list[PlanLine]:
    """The plan with more points of commission on gross sales."""
    extra: dict[tuple[tuple[int | None, ...], str], list[Decimal]] = {}
    for line in before:
        if line.line == GROSS:
            place = extra.setdefault((line.corner, line.currency), [Decimal(0)] * len(line.amounts))
            for month, amount in enumerate(line.amounts):
                place[month] = EXACT.subtract(place[month], EXACT.multiply(amount, points))
    for at, line in enumerate(made):
        more = extra.pop((line.corner, line.currency), None) if line.account == FEE else None
        if more is not None:
            sums = tuple(EXACT.add(*pair) for pair in zip(line.amounts, more, strict=True))
            made[at] = PlanLine(line.corner, line.account, line.line, line.currency, sums)
    made += [PlanLine(corner, FEE, "fees", currency, tuple(more)) for (corner, currency), more in extra.items()]
    return made


def factor(rate: Decimal, source: str, target: str, shocks: Mapping[str, Decimal]) -> Decimal:
    """A rate of exchange after the shock: what foreign money is worth in the plan's own moves, the own money does not."""
    move = shocks.get("rate", Decimal(0))
    return rate if source == target or not move else EXACT.multiply(rate, 1 + move)
