"""The reference page of all metrics, made from their declarations."""

from __future__ import annotations

from collections.abc import Callable

from tradewind.engines.metrics.question import CUTS
from tradewind.engines.metrics.registry import METRICS, Metric

HEAD = """# Metrics

Every number the product speaks of, made from its declaration in code (`tradewind metric ID`, `/api/v1/metrics/ID`, Pulse).

The sales ladder: stated sales (what the files say) → gross sales (goods of paid orders, without tax) → less discounts →
less credits and refunds on their own day → net revenue. Ratios use net revenue.

- An order's day is the plain date in its channel's zone; no viewer's zone moves a number.
- Amounts are exact in their own currencies. A converted amount names its rule: `day` (European Central Bank, last published
  day on or before), `month` (mean of the month's published days) or the code of a rate set. Converted slices add up to
  the converted whole to the cent. An amount without a rate is left out and told as missing.
- *Additive* means that slices add up to the whole. A ratio keeps numerator and denominator; a distinct count or a median is
  counted for each slice again; a level is how things stand at the end of the period: places add up, months do not.
- Metrics known by months alone answer for whole months; their amounts are converted by the month's average or a rate set.
"""
UNITS = {"money": "money", "count": "count", "ratio": "ratio (0.05 is 5 %)"}


def metrics_page() -> str:
    """The page, one section a metric, ordered by id."""
    return "\n".join([HEAD, *(section(METRICS[name]) for name in sorted(METRICS))])


def section(metric: Metric) -> str:
    """One metric: what it means, how it is counted, from what, and how it may be cut."""
    cuts = [cut for cut in CUTS if cut in metric.cuts]
    grain = "months alone" if metric.monthly else "days"
    additive, rights = "yes" if metric.additive else "no", " and ".join(f"`{right}`" for right in metric.rights)
    return (
        f"## `{metric.id}`: {metric.label}\n\n{metric.meaning}\n\n"
        f"- Counted as: {metric.note}\n- From: {metric.sources}\n- Kind: {metric.kind}; additive: {additive}; "
        f"unit: {UNITS[metric.unit]}; known by: {grain}\n- Cut by: {', '.join(cuts)}\n- Right: {rights}\n"
    )


PAGES: dict[str, Callable[[], str]] = {"metrics.md": metrics_page}
