"""What a person fills in about revenue to come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from tradewind.base.money import from_units
from tradewind.ui.fields import AmountField
from tradewind.ui.formats import format_month


class BeliefFields(forms.Form):
    """How much one expects and why."""

    amount = AmountField(label=gettext_lazy("Net revenue expected"), min_value=0)
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=300, help_text=gettext_lazy("What the past cannot know: a launch, a fair, a closed warehouse.")
    )  # fmt: skip

    def clean_amount(self) -> Decimal:
        """The typed amount."""
        return from_units(self.cleaned_data["amount"])


class MonthBeliefFields(BeliefFields):
    """What one expects of one of the months that have not begun."""

    month = forms.ChoiceField(label=gettext_lazy("Month"))
    field_order = ("month", "amount", "reason")

    def __init__(self, *args: Any, months: Sequence[date] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["month"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        field.choices = [(month.isoformat(), format_month(month)) for month in months]

    def clean_month(self) -> date:
        """The first day of the chosen month."""
        return date.fromisoformat(self.cleaned_data["month"])
