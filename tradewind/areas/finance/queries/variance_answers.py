"""Budget against actual as the API answers it: exact texts, the same numbers as on the page."""

from __future__ import annotations

from typing import Any

from tradewind.areas.finance.queries.profit_answers import left_told
from tradewind.areas.finance.queries.variance import PLAN, TOTAL, comparison, difference
from tradewind.areas.finance.queries.variance_asked import VarianceAsk, chosen
from tradewind.areas.finance.rules.profit import Row
from tradewind.areas.finance.rules.variance import NAMES
from tradewind.engines.metrics import rates
from tradewind.nouns.org.models import Person


def answer(person: Person | None, ask: VarianceAsk) -> dict[str, Any]:
    """The statement and the result by market."""
    budgets = chosen(person, ask)
    found = comparison(person, ask.asked(budgets))
    markets = found.table("market")
    return {
        "period": ask.period.code, "currency": ask.currency, "rate": ask.rate, "rate_name": str(rates.rule(ask.rate).label),
        "budgets": [budget.code for budget in budgets],
        "shared": found.asked.share, "left_budget": left_told(found.left_plans), "left_actual": left_told(found.left_actuals),
        "missing_rates": sorted(found.notes.missing),
        "rows": [{"kind": row.kind, "line": row.line, "account": row.account or None, **amounts(row)} for row in found.sheet().rows],
        "markets": [{"market": key, **amounts(row)} for key, row in markets if key != TOTAL],
    }  # fmt: skip


def amounts(row: Row) -> dict[str, str]:
    """Budget, actual, their difference and its five parts as exact texts."""
    told = {
        "budget": row.cells.get(PLAN),
        "actual": row.total,
        "difference": difference(row),
        **{name: row.cells.get(name) for name in NAMES},
    }
    return {name: format(value, "f") if value is not None else "0" for name, value in told.items()}
