"""The rule of health in words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradewind.engines.practices.rules import Part
from tradewind.ui.formats import format_percent

CADENCES: dict[str, Any] = {
    "day": gettext_lazy("every day"),
    "week": gettext_lazy("every week"),
    "month": gettext_lazy("every month"),
    "quarter": gettext_lazy("every quarter"),
    "half_year": gettext_lazy("every half-year"),
    "year": gettext_lazy("every year"),
}


def rule_in_words(part: Part) -> str:
    """When a part is good, and when it is overdue."""
    good, bad = format_percent(part.good_from, 0), format_percent(part.bad_below, 0)
    if part.bad_below == Decimal(0):
        text = _("Good from %(good)s, otherwise attention.")
    elif part.bad_below == part.good_from:
        text = _("Good from %(good)s, otherwise overdue.")
    else:
        text = _("Good from %(good)s, overdue below %(bad)s, attention between.")
    timed = _("One missed turn is attention, two are overdue.") if part.last else ""
    return f"{text % {'good': good, 'bad': bad}} {timed}".strip()
