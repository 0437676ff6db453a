"""Exponential smoothing in plain Python: level, trend that may be damped, season. Parameters by the least squared error one step ahead."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

Series = Sequence[float]


@dataclass(frozen=True)
class Fit:
    """A fitted model's forecasts, its parameters, and its mean squared error one step ahead over the history."""

    forecast: list[float]
    parameters: tuple[float, ...]
    error: float


def golden(cost: Callable[[float], float], low: float, high: float, steps: int = 18) -> tuple[float, float]:
    """The place of the least cost between two bounds and that cost, by golden section."""
    ratio = 0.6180339887498949
    left, right = high - ratio * (high - low), low + ratio * (high - low)
    at_left, at_right = cost(left), cost(right)
    for _ in range(steps):
        if at_left <= at_right:
            high, right, at_right = right, left, at_left
            left = high - ratio * (high - low)
            at_left = cost(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + ratio * (high - low)
            at_right = cost(right)
    return (left, at_left) if at_left <= at_right else (right, at_right)


def descend(
    cost: Callable[[list[float]], float], start: Sequence[float], bounds: Sequence[tuple[float, float]], rounds: int = 6
) -> tuple[list[float], float]:
    """The least cost found by trying steps along each parameter in turn, halved when none helps."""
    best = list(start)
    least = cost(best)
    steps = [(high - low) / 4 for low, high in bounds]
    for _ in range(rounds):
        moved = True
        while moved:
            moved = False
            for i, (low, high) in enumerate(bounds):
                for step in (steps[i], -steps[i]):
                    value = min(high, max(low, best[i] + step))
                    if value == best[i]:
                        continue
                    trial = [*best[:i], value, *best[i + 1 :]]
                    found = cost(trial)
                    if found < least:
                        best, least, moved = trial, found, True
        steps = [step / 2 for step in steps]
    return best, least


def level_error(series: Series, alpha: float) -> tuple[float, float]:
    """The last level of simple smoothing that begins at the first value, and the squared error."""
    level, total = series[0], 0.0
    for value in series:
        error = value - level
        total += error * error
        level += alpha * error
    return level, total


def simple(series: Series, horizon: int) -> Fit:
    """Simple exponential smoothing: a flat forecast at the last level."""
    alpha, total = golden(lambda a: level_error(series, a)[1], 0.01, 0.999)
    level = level_error(series, alpha)[0]
    return Fit([level] * horizon, (alpha,), total / len(series))


def first_trend(series: Series) -> float:
    """A trend to begin with: the mean change over the first values."""
    n = min(len(series), 12)
    return (series[n - 1] - series[0]) / (n - 1) if n > 1 else 0.0


def trend_error(series: Series, alpha: float, beta: float, phi: float) -> tuple[float, float, float]:
    """The last level, the last trend and the squared error of (damped) linear smoothing."""
    level, trend, total = series[0], first_trend(series), 0.0
    for value in series[1:]:
        damped = phi * trend
        error = value - level - damped
        total += error * error
        level += damped + alpha * error
        trend = damped + alpha * beta * error
    return level, trend, total


def holt(series: Series, horizon: int, damped: bool = True) -> Fit:
    """Linear exponential smoothing; damped, the trend dies down by a factor each step."""
    bounds = [(0.01, 0.999), (0.001, 0.999), (0.8, 0.98) if damped else (1.0, 1.0)]
    start = [0.3, 0.1, 0.95 if damped else 1.0]
    (alpha, beta, phi), total = descend(lambda p: trend_error(series, p[0], p[1], p[2])[2], start, bounds)
    level, trend, _ = trend_error(series, alpha, beta, phi)
    found, factor = [], 0.0
    for step in range(1, horizon + 1):
        factor += phi**step
        found.append(level + factor * trend)
    return Fit(found, (alpha, beta, phi), total / max(len(series) - 1, 1))


@dataclass
class State:
    """Level, trend and one number for each place of the cycle while a seasonal model runs through a series."""

    level: float
    trend: float
    season: list[float]


def seasonal_run(series: Series, begin: State, parameters: Sequence[float], multiplies: bool) -> tuple[State, float]:
    """The state behind the last value, and the squared error one step ahead."""
    alpha, beta, gamma, phi = parameters
    level, trend, season, n, total = begin.level, begin.trend, list(begin.season), len(begin.season), 0.0
    for i, value in enumerate(series):
        place, damped = i % n, phi * trend
        base, part = level + damped, season[i % n]
        if multiplies:
            error = value - base * part
            level = base + alpha * error / part
            trend = damped + alpha * beta * error / part
            season[place] = part + gamma * (1 - alpha) * error / base if base > 0 else part
        else:
            error = value - base - part
            level = base + alpha * error
            trend = damped + alpha * beta * error
            season[place] = part + gamma * (1 - alpha) * error
        total += error * error
    return State(level, trend, season), total


def holt_winters(series: Series, horizon: int, begin: Sequence[float], multiplies: bool, damped: bool = True) -> Fit:
    """Smoothing of level, damped trend and season; `begin` is the season to start with."""
    n = len(begin)
    adjusted = [v / begin[i % n] if multiplies else v - begin[i % n] for i, v in enumerate(series[: 2 * n])]
    trend = (sum(adjusted[n:]) - sum(adjusted[:n])) / n / n if len(adjusted) == 2 * n else 0.0
    start = State(sum(adjusted[:n]) / n - trend * (n + 1) / 2, trend, list(begin))
    bounds = [(0.01, 0.99), (0.001, 0.6), (0.001, 0.9), (0.8, 0.98) if damped else (1.0, 1.0)]
    first = [0.3, 0.05, 0.1, 0.95 if damped else 1.0]
    chosen, total = descend(lambda p: seasonal_run(series, start, p, multiplies)[1], first, bounds, rounds=4)
    end, _ = seasonal_run(series, start, chosen, multiplies)
    found, factor, phi = [], 0.0, chosen[3]
    for step in range(1, horizon + 1):
        factor += phi**step
        base, part = end.level + factor * end.trend, end.season[(len(series) + step - 1) % n]
        found.append(base * part if multiplies else base + part)
    return Fit(found, tuple(chosen), total / len(series))
