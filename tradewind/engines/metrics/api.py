"""Metrics over REST: what is measured, and its figures as exact texts, within the caller's own corners of the company."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from tradewind.engines.access.rest import PROBLEMS, person_of
from tradewind.engines.metrics import refresh
from tradewind.engines.metrics.answers import Asked, answer, for_person
from tradewind.engines.metrics.question import CUTS, may_see
from tradewind.engines.metrics.registry import METRICS

router = Router(tags=["metrics"])


class MetricOut(Schema):
    """One metric: `kind` is sum, ratio, level, distinct or median, `unit` money, count or ratio; only sums add up over their slices.

    `monthly` ones answer for whole months alone.
    """

    id: str
    label: str
    meaning: str
    kind: str
    unit: str
    additive: bool
    monthly: bool
    cuts: list[str]


class MetricList(Schema):
    """The metrics the caller may see somewhere."""

    rows: list[MetricOut]


class Missing(Schema):
    """An amount that no exchange rate converts; it is left out."""

    currency: str
    amount: str


class Figures(Schema):
    """Rows with one value a cut (codes; null where there is none) and `value` as an exact text; money with currency and rate.

    `fresh` is false while new facts wait to be counted. `facts_now` tells that products are shown as their facts are now, though a
    month of them changed after it was closed.
    """

    metric: str
    unit: str
    from_: date | None = Field(alias="from")
    to: date | None
    rows: list[dict[str, Any]]
    total: list[dict[str, Any]]
    additive: bool
    missing: list[Missing]
    facts_now: bool
    rate_age_days: int | None
    fresh: bool


class Ask(Schema):
    """Days are included; cuts and codes are separated by commas, `none` asks for facts without one.

    Without a `rate` amounts are converted by the rate of the day, those of monthly metrics by the month's average.
    """

    start: date | None = Field(None, alias="from")
    end: date | None = Field(None, alias="to")
    by: str = ""
    market: str = ""
    country: str = ""
    channel: str = ""
    product: str = ""
    entity: str = ""
    currency: str = ""
    rate: str = ""


@router.get("", response={200: MetricList, **PROBLEMS}, summary="The metrics you may see")
def list_metrics(request: HttpRequest) -> dict[str, Any]:
    """Every metric you may see in some corner of the company."""
    person = person_of(request)
    rows = [
        {
            "id": m.id, "label": str(m.label), "meaning": str(m.meaning), "kind": m.kind, "unit": m.unit,
            "additive": m.additive, "monthly": m.monthly, "cuts": [cut for cut in CUTS if cut in m.cuts],
        }
        for m in METRICS.values()
        if may_see(person, m)
    ]  # fmt: skip
    return {"rows": sorted(rows, key=lambda row: str(row["id"]))}


@router.get("/{metric}", response={200: Figures, **PROBLEMS}, summary="A metric's figures", by_alias=True)
def get_metric(request: HttpRequest, metric: str, ask: Query[Ask]) -> dict[str, Any]:
    """One metric, whole or cut, of the days and corners you may see; 403 outside them."""
    by = tuple(name.strip() for name in ask.by.split(",") if name.strip())
    names = ("market", "country", "channel", "product", "entity")
    filters = {name: value for name in names if (value := getattr(ask, name))}
    asked = Asked(
        ask.start.isoformat() if ask.start else "",
        ask.end.isoformat() if ask.end else "",
        by,
        filters,
        ask.currency,
        ask.rate,
    )
    told = answer(metric, asked, for_person(person_of(request)))
    return {**told, "fresh": not refresh.is_stale()}
