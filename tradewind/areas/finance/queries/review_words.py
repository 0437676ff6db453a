"""The largest variances in sentences: made from codes and numbers in the language of whoever reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradewind.areas.finance.queries.variance import Comparison, names_of_accounts
from tradewind.areas.finance.rules.variance import NAMES, Split
from tradewind.base.money import Money, round_slices
from tradewind.engines.metrics.board import names_of
from tradewind.ui.formats import format_money, format_percent

PART_NAMES: dict[str, Any] = {
    "volume": gettext_lazy("Volume"), "price": gettext_lazy("Price"), "mix": gettext_lazy("Mix"), "cost": gettext_lazy("Cost"),
    "exchange": gettext_lazy("Exchange"),
}  # fmt: skip


@dataclass(frozen=True)
class Told:
    """A large variance in words; `good` where it is good for the result."""

    account: str
    market: int | None
    sentence: str
    good: bool


def largest(found: Comparison, most: int = 5) -> list[Told]:
    """The largest variances by account and market, each in two sentences."""
    ranked = sorted(
        ((key, one) for key, one in found.by_account().items() if one.parts.total),
        key=lambda pair: (-abs(pair[1].parts.total), repr(pair[0])),
    )[:most]
    accounts, markets = names_of_accounts(), names_of("market", [market for (_account, market), _one in ranked])
    return [
        Told(
            account,
            market,
            sentence(place(str(accounts[account].name), markets[market] if market else ""), one, found),
            one.parts.total > 0,
        )
        for (account, market), one in ranked
    ]


def place(account: str, market: str) -> str:
    """An account in a market in words."""
    return _("%(account)s in %(market)s") % {"account": account, "market": market} if market else account


def sentence(what: str, one: Split, found: Comparison) -> str:
    """A variance in words: how much, in which direction, how much of the plan, and what explains it."""
    currency = found.asked.currency
    whole = one.parts.total
    facts = {
        "what": what, "actual": money(one.actual, currency), "plan": money(one.plan, currency),
        "amount": money(abs(whole), currency), "share": format_percent(abs(whole / one.plan)).replace(" ", "\u00a0") if one.plan else "–",
    }  # fmt: skip
    if not one.plan:
        first = (
            _("%(what)s: %(actual)s that nobody planned, good for the result.")
            if whole > 0
            else _("%(what)s: %(actual)s that nobody planned, at the cost of the result.")
        )
    elif whole > 0:
        first = _("%(what)s: %(actual)s instead of %(plan)s, %(amount)s better for the result (%(share)s).")
    else:
        first = _("%(what)s: %(actual)s instead of %(plan)s, %(amount)s worse for the result (%(share)s).")
    more = reasons(one, found)
    return _("%(first)s %(more)s") % {"first": first % facts, "more": more} if more else first % facts


def reasons(one: Split, found: Comparison) -> str:
    """Which parts make a variance up, the largest first; rounded so that they add up."""
    rounded = dict(zip(NAMES, round_slices(list(one.parts), found.digits), strict=True))
    parts = sorted(((name, amount) for name, amount in rounded.items() if amount), key=lambda pair: -abs(pair[1]))
    if not parts:
        return ""
    listed = _(", ").join(f"{PART_NAMES[name]} {money(amount, found.asked.currency)}" for name, amount in parts)
    return _("Of this: %(parts)s.") % {"parts": listed}


def money(amount: Decimal, currency: str) -> str:
    """An amount as the reader writes it."""
    return format_money(Money(amount, currency).rounded()).replace(
        "-", "−"
    )  # a minus is never left at the end of a line


def text_of(rows: Iterable[Told]) -> str:
    """All sentences as a list in Markdown."""
    return "\n".join(f"{place}. {row.sentence}" for place, row in enumerate(rows, 1))
