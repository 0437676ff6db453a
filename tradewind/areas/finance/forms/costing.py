"""What a person fills in about costing by receipts and the figures of stock."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tradewind.areas.finance.models import CostingRule
from tradewind.areas.finance.queries.costing import categories

DAY: dict[str, Any] = {"widget": forms.DateInput(attrs={"type": "date"})}


def category_choices() -> list[tuple[str, Any]]:
    """The categories of products, and all others."""
    return [("", _("All without a rule of their own")), *((name, name) for name in categories())]


class CostingFields(forms.Form):
    """How products of a category are costed from a month on."""

    category = forms.ChoiceField(label=_("Category of products"), choices=category_choices, required=False)
    start = forms.DateField(label=_("From month"), **DAY)
    method = forms.ChoiceField(label=_("Method"), choices=CostingRule.METHODS, initial=CostingRule.METHODS[1][0])
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)


def days(*numbers: int) -> list[tuple[int, str]]:
    """Days to choose from."""
    return [(number, str(number)) for number in numbers]


class StockFields(forms.Form):
    """By what stock is judged."""

    lead = forms.TypedChoiceField(
        label=_("Days until goods arrive"), choices=days(7, 14, 30, 45, 60, 75, 90, 120), coerce=int, initial=45
    )
    safety = forms.TypedChoiceField(
        label=_("Days of safety"), choices=days(0, 7, 14, 30, 45, 60, 90), coerce=int, initial=30
    )
