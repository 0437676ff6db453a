"""What a person fills in about expected payments, payout calendars and outside ledgers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradewind.areas.finance.models import CashLine, Layout
from tradewind.areas.finance.rules.journals import SIDES
from tradewind.base.errors import Refused
from tradewind.base.money import from_units
from tradewind.base.period import Period
from tradewind.engines.metrics import rates
from tradewind.nouns.org.models import Entity
from tradewind.nouns.trade.models import Channel
from tradewind.ui.fields import AmountField, CurrencyFormField, LocalTextFormField, PercentField

DAY: dict[str, Any] = {"widget": forms.DateInput(attrs={"type": "date"})}
KIND_NAMES = [
    ("pay", gettext_lazy("Pay")), ("tax", gettext_lazy("Tax")), ("rent", gettext_lazy("Rent")), ("loan", gettext_lazy("Loan")),
    ("balance", gettext_lazy("Balance of an account without statements")), ("other", gettext_lazy("Other")),
]  # fmt: skip
SIDE_NAMES = {
    "receivable": gettext_lazy("Account for money that shops and marketplaces owe us"),
    "payable": gettext_lazy("Account for what we owe suppliers"),
    "staff": gettext_lazy("Account for what we owe staff for claims"),
    "stock": gettext_lazy("Account for goods in stock"),
    "pay": gettext_lazy("Account for pay that is owed"),
    "tax": gettext_lazy("Account for input tax that comes back"),
    "other": gettext_lazy("Account for everything else"),
}


class CashLineFields(forms.Form):
    """A payment that is expected, or a balance by hand."""

    name = LocalTextFormField(label=gettext_lazy("Name"), max_length=120)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=KIND_NAMES)
    amount = AmountField(
        label=gettext_lazy("Amount"), help_text=gettext_lazy("Money out is below zero: −12000. Money in is above.")
    )
    currency = CurrencyFormField(label=gettext_lazy("Currency"))
    first_day = forms.DateField(label=gettext_lazy("First day"), **DAY)
    rhythm = forms.ChoiceField(label=gettext_lazy("How often"), choices=CashLine.RHYTHMS, initial=CashLine.MONTHLY)
    last_day = forms.DateField(
        label=gettext_lazy("Last day"), required=False, help_text=gettext_lazy("Blank: it goes on."), **DAY
    )
    entity = forms.ModelChoiceField(Entity.objects.filter(active=True), label=gettext_lazy("Entity"), required=False)

    def clean_amount(self) -> Decimal:
        """The typed amount."""
        return from_units(self.cleaned_data["amount"])


class CalendarFields(forms.Form):
    """When a channel pays."""

    channel = forms.ModelChoiceField(Channel.objects.filter(active=True), label=gettext_lazy("Channel"))
    first_day = forms.DateField(
        label=gettext_lazy("First day of a settlement period"),
        help_text=gettext_lazy("Any one: the others follow."),
        **DAY,
    )
    every_days = forms.IntegerField(
        label=gettext_lazy("Length of a period in days"), min_value=1, max_value=366, initial=14
    )
    delay_days = forms.IntegerField(
        label=gettext_lazy("Days from its end to the payout"), min_value=0, max_value=366, initial=3
    )
    pays = PercentField(
        label=gettext_lazy("What arrives of what buyers paid"), min_value=0, max_value=100, decimal_places=2, max_digits=5,
        initial=Decimal(1), help_text=gettext_lazy("After fees, taxes and advertising that the channel keeps."),
    )  # fmt: skip
    reserve = PercentField(
        label=gettext_lazy("Held back of each payout"),
        min_value=0,
        max_value=100,
        decimal_places=2,
        max_digits=5,
        initial=Decimal(0),
    )
    reserve_days = forms.IntegerField(label=gettext_lazy("Held back for days"), min_value=0, max_value=366, initial=0)


class LedgerFields(forms.Form):
    """An outside ledger."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    code = forms.SlugField(
        label=gettext_lazy("Code"),
        max_length=40,
        help_text=gettext_lazy("Outside codes of accounts are kept under it."),
    )
    entity = forms.ModelChoiceField(
        Entity.objects.filter(active=True), label=gettext_lazy("Entity"), required=False,
        help_text=gettext_lazy("Blank: the whole company."),
    )  # fmt: skip
    layout = forms.ChoiceField(label=gettext_lazy("File"), choices=Layout.choices)
    currency = CurrencyFormField(label=gettext_lazy("Currency of the ledger"))
    rate = forms.ChoiceField(label=gettext_lazy("Rate"))
    active = forms.BooleanField(label=gettext_lazy("In use"), required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["rate"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        field.choices = [choice for choice in rates.choices() if choice[0] != "day"]
        for side in SIDES:
            self.fields[f"contra_{side}"] = forms.CharField(label=SIDE_NAMES[side], max_length=120, required=False)

    def facts(self) -> dict[str, Any]:
        """The fields as the action takes them."""
        found = {name: value for name, value in self.cleaned_data.items() if not name.startswith("contra_")}
        return {**found, "contra": {side: self.cleaned_data[f"contra_{side}"] for side in SIDES}}


class MonthFields(forms.Form):
    """Which month to hand over."""

    month = forms.CharField(
        label=gettext_lazy("Month"),
        max_length=7,
        widget=forms.TextInput(attrs={"type": "month", "placeholder": "2026-01"}),
    )

    def clean_month(self) -> date:
        """The first day of the month."""
        try:
            period = Period.parse(str(self.cleaned_data["month"]).strip())
        except Refused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        if period.kind != "month":
            raise forms.ValidationError(_("A month such as 2026-01, please."))
        return period.start
