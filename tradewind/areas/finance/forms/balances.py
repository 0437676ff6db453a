"""What a person fills in about balances: the currency of an entity, payments to tax offices and within the group."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradewind.areas.finance.forms.cash import DAY
from tradewind.areas.finance.models import Remittance
from tradewind.base.errors import Refused
from tradewind.base.money import from_units
from tradewind.base.period import Period
from tradewind.nouns.org.models import Entity
from tradewind.ui.fields import AmountField, CurrencyFormField


class FunctionalCurrencyFields(forms.Form):
    """The currency an entity keeps its balances in, and from which month on."""

    entity = forms.ModelChoiceField(Entity.objects.filter(active=True), label=gettext_lazy("Entity"))
    currency = CurrencyFormField(label=gettext_lazy("Functional currency"))
    since = forms.CharField(
        label=gettext_lazy("From this month on"),
        max_length=7,
        widget=forms.TextInput(attrs={"type": "month", "placeholder": "2026-01"}),
    )

    def clean_since(self) -> date:
        """The first day of the month."""
        try:
            period = Period.parse(str(self.cleaned_data["since"]).strip())
        except Refused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        if period.kind != "month":
            raise forms.ValidationError(_("A month such as 2026-01, please."))
        return period.start


class RemittanceFields(forms.Form):
    """What an entity paid to a tax office, or to another entity of the group."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Remittance.KINDS)
    entity = forms.ModelChoiceField(Entity.objects.all(), label=gettext_lazy("Entity that paid"))
    day = forms.DateField(label=gettext_lazy("Paid on"), **DAY)
    amount = AmountField(label=gettext_lazy("Amount"))
    currency = CurrencyFormField(label=gettext_lazy("Currency"))
    until = forms.DateField(
        label=gettext_lazy("Tax until and with"), required=False,
        help_text=gettext_lazy("The last day whose sales tax is settled by it."), **DAY,
    )  # fmt: skip
    partner = forms.ModelChoiceField(
        Entity.objects.all(), label=gettext_lazy("Paid to"), required=False, help_text=gettext_lazy("The other entity of the group.")
    )  # fmt: skip
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)

    def clean_amount(self) -> Decimal:
        """The typed amount."""
        return from_units(self.cleaned_data["amount"])
