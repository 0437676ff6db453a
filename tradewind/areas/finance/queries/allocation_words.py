"""What was not shared out and why, in words."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradewind.areas.finance.models import Account, AllocationRule
from tradewind.areas.finance.queries.profit_allocated import BARE, EMPTY, NO_RULE, SILENT, Left
from tradewind.base.money import Money
from tradewind.ui.formats import format_money

AXIS_NAMES: dict[str, Any] = {
    "market": gettext_lazy("markets"), "channel": gettext_lazy("channels"), "entity": gettext_lazy("entities"),
    "product": gettext_lazy("products"),
}  # fmt: skip
NOTHING: dict[str, Any] = {
    AllocationRule.REVENUE: gettext_lazy("No net revenue in these months"), AllocationRule.UNITS: gettext_lazy("No units sold in these months"),
    AllocationRule.HEADCOUNT: gettext_lazy("No people in a market in these months"),
    AllocationRule.SHARES: gettext_lazy("None of its fixed shares is known any more"),
}  # fmt: skip


def left_words(left: Mapping[Left, Decimal], accounts: Mapping[str, Account], currency: str) -> list[str]:
    """A sentence for each reason, with the accounts and amounts that it keeps where they were posted."""
    reasons: dict[tuple[str, str, str], dict[str, Decimal]] = {}
    for one, amount in sorted(left.items(), key=lambda pair: (pair[0].axis, -abs(pair[1]), pair[0].account)):
        if Money(amount, currency).rounded().amount:
            reasons.setdefault((one.reason, one.axis, one.base), {})[one.account] = amount
    return [
        _("%(why)s: %(accounts)s")
        % {
            "why": why(*key),
            "accounts": _(", ").join(
                f"{accounts[code].name} {told(amount, currency)}" for code, amount in found.items()
            ),
        }
        for key, found in reasons.items()
    ]


def told(amount: Decimal, currency: str) -> str:
    """An amount as the reader writes it, with a minus that is never left at the end of a line."""
    return format_money(Money(amount, currency).rounded()).replace("-", "−")


def why(reason: str, axis: str, base: str) -> str:
    """Why something has no place on an axis."""
    names = {"axes": AXIS_NAMES[axis], "base": dict(AllocationRule.BASES).get(base, "")}
    words = {
        NO_RULE: _("No rule is in force"), EMPTY: str(NOTHING.get(base, "")), SILENT: _("%(base)s say nothing of %(axes)s") % names,
        BARE: _("Part of what counts (%(base)s) is without %(axes)s") % names,
    }  # fmt: skip
    return words[reason]
