"""Least squares of a few columns with the residual's degrees of freedom, and the quantile of Student's t."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, lgamma, log, log1p, sqrt

Column = Sequence[float]
SMALL = 1e-10


class Dependent(ValueError):
    """A column says nothing that the others do not say already."""


@dataclass(frozen=True)
class Fit:
    """Coefficients by column, their standard errors, degrees of freedom and the share of the spread that is explained."""

    values: list[float]
    errors: list[float]
    freedom: int
    explained: float


def least_squares(columns: Sequence[Column], target: Column) -> Fit:
    """The ordinary least-squares fit of `target` on `columns` (a constant is a column of ones).

    Dependent when a column follows from the others; ValueError without a degree of freedom left.
    """
    rows, many = len(target), len(columns)
    if rows <= many:
        raise ValueError("more rows than columns are needed")
    means = [sqrt(sum(value * value for value in column) / rows) or 1.0 for column in columns]
    scaled = [[value / size for value in column] for column, size in zip(columns, means, strict=True)]
    square = [[sum(a * b for a, b in zip(left, right, strict=True)) for right in scaled] for left in scaled]
    inverse = inverted(square)
    moments = [sum(a * b for a, b in zip(column, target, strict=True)) for column in scaled]
    found = [sum(part * moment for part, moment in zip(row, moments, strict=True)) for row in inverse]
    fitted = [sum(value * column[place] for value, column in zip(found, scaled, strict=True)) for place in range(rows)]
    left = sum((seen - told) ** 2 for seen, told in zip(target, fitted, strict=True))
    middle = sum(target) / rows
    spread = sum((value - middle) ** 2 for value in target)
    noise = left / (rows - many)
    errors = [sqrt(max(noise * inverse[place][place], 0.0)) / means[place] for place in range(many)]
    values = [value / size for value, size in zip(found, means, strict=True)]
    return Fit(values, errors, rows - many, 1 - left / spread if spread > 0 else 0.0)


def inverted(matrix: Sequence[Sequence[float]]) -> list[list[float]]:
    """The inverse of a square matrix, by elimination with the largest pivot; Dependent when it has none."""
    many = len(matrix)
    work = [[*row, *(1.0 if place == column else 0.0 for column in range(many))] for place, row in enumerate(matrix)]
    largest = max((abs(value) for row in matrix for value in row), default=0.0) or 1.0
    for place in range(many):
        pivot = max(range(place, many), key=lambda row: abs(work[row][place]))
        if abs(work[pivot][place]) < SMALL * largest:
            raise Dependent(f"column {place} follows from the others")
        work[place], work[pivot] = work[pivot], work[place]
        factor = work[place][place]
        work[place] = [value / factor for value in work[place]]
        for row in range(many):
            if row != place and work[row][place]:
                share = work[row][place]
                work[row] = [value - share * base for value, base in zip(work[row], work[place], strict=True)]
    return [row[many:] for row in work]


def t_quantile(share: float, freedom: float) -> float:
    """The value that Student's t stays below with probability `share` (0 < share < 1)."""
    if not 0 < share < 1 or freedom <= 0:
        raise ValueError("a share between 0 and 1 and a degree of freedom are needed")
    if share < 0.5:
        return -t_quantile(1 - share, freedom)
    low, high = 0.0, 2.0
    while t_below(high, freedom) < share:
        low, high = high, high * 2
    for _step in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if t_below(middle, freedom) < share else (low, middle)
    return (low + high) / 2


def t_below(value: float, freedom: float) -> float:
    """The probability that Student's t stays below a value of zero or more."""
    if value == 0:
        return 0.5
    return 1 - beta_share(freedom / (freedom + value * value), freedom / 2, 0.5) / 2


def beta_share(at: float, a: float, b: float) -> float:
    """The regularised incomplete beta function, by its continued fraction (Lentz)."""
    if at <= 0 or at >= 1:
        return 0.0 if at <= 0 else 1.0
    if at > (a + 1) / (a + b + 2):
        return 1 - beta_share(1 - at, b, a)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(at) + b * log1p(-at)) / a
    c, d = 1.0, 1 / (1 - (a + b) * at / (a + 1))
    result = d
    for step in range(1, 500):
        even = step * (b - step) * at / ((a + 2 * step - 1) * (a + 2 * step))
        d, c = 1 / (1 + even * d), 1 + even / c
        result *= d * c
        odd = -(a + step) * (a + b + step) * at / ((a + 2 * step) * (a + 2 * step + 1))
        d, c = 1 / (1 + odd * d), 1 + odd / c
        result *= d * c
        if abs(d * c - 1) < 1e-15:
            break
    return front * result
