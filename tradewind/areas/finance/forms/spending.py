"""What a person fills in about claims, bills and limits."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradewind.areas.finance.actions.bills import BILLED
from tradewind.areas.finance.actions.claims import CLAIMED
from tradewind.areas.finance.models import Account
from tradewind.base.money import from_units
from tradewind.nouns.org.models import Entity, Market, Team
from tradewind.ui.fields import AmountField, CountryFormField, CurrencyFormField, country_choices

DAY: dict[str, Any] = {"widget": forms.DateInput(attrs={"type": "date"})}
# What phones offer: the camera first for pictures, files for PDF.
RECEIPT = {"accept": "image/*,application/pdf,.heic", "capture": "environment"}
RECEIPT_TYPES = ("image/", "application/pdf")
MOST_BYTES = 20 * 1024 * 1024


class Amounts(forms.Form):
    """Shared by forms with one amount: it is typed as a decimal and handed on as one."""

    def clean_amount(self) -> Decimal:
        """The typed amount."""
        return from_units(self.cleaned_data["amount"])


class ClaimFields(Amounts):
    """A claim of one's own, in the order a phone asks: the receipt first."""

    receipt = forms.FileField(
        label=gettext_lazy("Receipt"), required=False, widget=forms.ClearableFileInput(attrs=RECEIPT),
        help_text=gettext_lazy("A photo or a PDF. Without one a claim can be kept, not submitted."),
    )  # fmt: skip
    amount = AmountField(label=gettext_lazy("Amount on the receipt"))
    currency = CurrencyFormField(label=gettext_lazy("Currency of the receipt"))
    day = forms.DateField(label=gettext_lazy("Day of the receipt"), **DAY)
    what = forms.CharField(label=gettext_lazy("What it was for"), max_length=200)
    account = forms.ModelChoiceField(
        Account.objects.filter(active=True, line__in=CLAIMED), label=gettext_lazy("Kind of cost")
    )
    country = CountryFormField(label=gettext_lazy("Country where it was paid"))
    pay_currency = CurrencyFormField(
        label=gettext_lazy("Currency I am paid in"), help_text=gettext_lazy("At the ECB rate of the receipt's day.")
    )
    entity = forms.ModelChoiceField(
        Entity.objects.filter(active=True), label=gettext_lazy("For which company"), required=False
    )
    market = forms.ModelChoiceField(Market.objects.filter(active=True), label=gettext_lazy("Market"), required=False)
    team = forms.ModelChoiceField(Team.objects.filter(active=True), label=gettext_lazy("Team"), required=False)

    def clean_receipt(self) -> Any:
        """A picture or a PDF of at most 20 MB."""
        file = self.cleaned_data["receipt"]
        if file and file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 20 MB."))
        if file and not str(file.content_type or "").startswith(RECEIPT_TYPES):
            raise forms.ValidationError(_("A photo or a PDF, please."))
        return file


class BillFields(Amounts):
    """A supplier's bill."""

    supplier = forms.CharField(label=gettext_lazy("Supplier"), max_length=200)
    number = forms.CharField(label=gettext_lazy("Number of the bill"), max_length=80)
    day = forms.DateField(label=gettext_lazy("Day of the bill"), **DAY)
    due = forms.DateField(label=gettext_lazy("Due"), **DAY)
    amount = AmountField(
        label=gettext_lazy("Amount"),
        help_text=gettext_lazy("Without tax that comes back. A credit note is below zero."),
    )
    currency = CurrencyFormField(label=gettext_lazy("Currency"))
    account = forms.ModelChoiceField(
        Account.objects.filter(active=True, line__in=BILLED), label=gettext_lazy("Kind of cost")
    )
    what = forms.CharField(label=gettext_lazy("What it was for"), max_length=200, required=False)
    entity = forms.ModelChoiceField(Entity.objects.filter(active=True), label=gettext_lazy("Entity"), required=False)
    market = forms.ModelChoiceField(Market.objects.filter(active=True), label=gettext_lazy("Market"), required=False)
    team = forms.ModelChoiceField(Team.objects.filter(active=True), label=gettext_lazy("Team"), required=False)


class RefuseFields(forms.Form):
    """Why something is refused or taken back."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class PayFields(forms.Form):
    """When something was paid."""

    day = forms.DateField(label=gettext_lazy("Paid on"), **DAY)


class LimitFields(Amounts):
    """The most without finance's look."""

    country = forms.ChoiceField(label=gettext_lazy("Country"), required=False)
    account = forms.ModelChoiceField(
        Account.objects.filter(active=True, line__in=BILLED), label=gettext_lazy("Kind of cost"), required=False,
        help_text=gettext_lazy("Blank: every kind without a limit of its own."),
    )  # fmt: skip
    amount = AmountField(label=gettext_lazy("Up to"), min_value=0)
    currency = CurrencyFormField(label=gettext_lazy("Currency"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["country"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        countries = [choice for choice in country_choices() if choice[0]]
        field.choices = [("", gettext_lazy("Every country without one of its own")), *countries]
