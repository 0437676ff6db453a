"""Claims and the cash ahead as the API tells them: exact amounts as texts beside their currency."""

from __future__ import annotations

from typing import Any

from tradewind.areas.finance.models import Claim
from tradewind.areas.finance.queries.cash import Outlook
from tradewind.areas.finance.rules.cash import Low, Week
from tradewind.areas.finance.rules.journals import plain


def exact(units: int | None) -> str | None:
    """An amount as an exact text."""
    return None if units is None else plain(units)


def claim_out(row: Claim) -> dict[str, Any]:
    """A claim with its three amounts and the rates between them."""
    return {
        "id": row.pk, "version": row.version, "person": row.person_id, "what": row.what, "day": row.day, "country": row.country,
        "account": row.account.code, "entity": row.entity.code if row.entity else None,
        "market": row.market.code if row.market else None, "team": row.team.code if row.team else None,
        "amount": exact(row.amount), "currency": row.currency, "pay_amount": exact(row.pay_amount), "pay_currency": row.pay_currency,
        "tax": exact(row.tax), "tax_back": row.tax_back, "trip": row.trip_id,
        "rate": row.rate, "book_amount": exact(row.book_amount), "book_currency": row.book_currency, "book_rate": row.book_rate,
        "state": row.state, "receipt": bool(getattr(row, "receipt", False)), "answer": row.answer, "paid_on": row.paid_on,
    }  # fmt: skip


def low_out(low: Low | None) -> dict[str, Any] | None:
    """The lowest point."""
    return None if low is None else {"amount": exact(low.amount), "day": low.day, "week": low.week + 1}


def week_out(week: Week) -> dict[str, Any]:
    """A week: what there is, what comes, what goes, what is left."""
    names = ("opening", "inflow", "outflow", "closing", "lowest")
    return {"start": week.start, "end": week.end, **{name: exact(getattr(week, name)) for name in names}}


def cash_out(made: Outlook) -> dict[str, Any]:
    """Thirteen weeks, all currencies in one and each by itself, with the lowest points and the exposure by month."""
    exposed = [
        {"currency": one.currency, "month": f"{one.month:%Y-%m}",
         **{name: exact(getattr(one, name)) for name in ("assets", "coming", "going", "net")}}
        for one in made.exposed
    ]  # fmt: skip
    return {
        "currency": made.currency, "rate": "day", "published": made.published, "without_rate": made.without_rate,
        "left_out": made.left_out, "low": low_out(made.low), "weeks": [week_out(week) for week in made.whole],
        "currencies": [
            {"currency": code, "low": low_out(made.low_of(code)), "weeks": [week_out(week) for week in weeks]}
            for code, weeks in made.weeks.items()
        ],
        "exposure": exposed,
    }  # fmt: skip
