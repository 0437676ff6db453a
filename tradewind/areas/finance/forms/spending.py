"""What a person fills in about claims, bills and limits."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from tradewind.areas.finance.actions.bills import BILLED
from tradewind.areas.finance.actions.claims import CLAIMED
from tradewind.areas.finance.actions.taxing import AMOUNT, NONE, RATE
from tradewind.areas.finance.models import Account, Bill, Claim, Trip
from tradewind.areas.finance.queries.taxes import REDUCED, STANDARD
from tradewind.base.money import Money, from_units
from tradewind.nouns.org.models import Entity, Market, Team
from tradewind.nouns.trade.models import BankLine
from tradewind.ui.fields import AmountField, CountryFormField, CurrencyFormField, PercentField, country_choices
from tradewind.ui.formats import format_money

TAX_WAYS = [
    (NONE, gettext_lazy("None, or none is told")), (STANDARD, gettext_lazy("The country's standard rate of that day")),
    *REDUCED.items(),
    (RATE, gettext_lazy("A rate I type")), (AMOUNT, gettext_lazy("An amount I type")),
]  # fmt: skip
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


class TaxFields(Amounts):
    """The tax inside an amount."""

    tax_by = forms.ChoiceField(label=gettext_lazy("Tax inside it"), choices=TAX_WAYS, required=False, initial=NONE)
    tax_rate = PercentField(label=gettext_lazy("Tax rate"), required=False, min_value=0, max_value=100)
    tax = AmountField(label=gettext_lazy("Amount of tax"), required=False)
    tax_back = forms.BooleanField(
        label=gettext_lazy("It comes back"), required=False, initial=True,
        help_text=gettext_lazy("Input tax that the company gets back is no cost."),
    )  # fmt: skip

    def clean_tax(self) -> Decimal | None:
        """The typed amount of tax."""
        units = self.cleaned_data["tax"]
        return None if units is None else from_units(units)

    def clean_tax_by(self) -> str:
        """Which way the tax is told; a rate or amount that was typed says it too."""
        return self.cleaned_data["tax_by"] or NONE


def tax_first(row: Claim | Bill | None) -> dict[str, Any]:
    """What the tax fields say first about a record."""
    if row is None:
        return {}
    by = RATE if row.tax_rate is not None else AMOUNT if row.tax else NONE
    rate = from_units(row.tax_rate) / 100 if row.tax_rate is not None else None
    return {"tax_by": by, "tax_rate": rate, "tax": row.tax or None, "tax_back": row.tax_back}


class ClaimFields(TaxFields):
    """A claim of one's own, in the order a phone asks: the receipt first."""

    receipt = forms.FileField(
        label=pgettext_lazy("claim", "Receipt"), required=False, widget=forms.ClearableFileInput(attrs=RECEIPT),
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
    trip = forms.ModelChoiceField(Trip.objects.none(), label=gettext_lazy("Part of the trip"), required=False)

    field_order = (
        "receipt", "amount", "currency", "day", "what", "account", "country", "pay_currency", "trip", "tax_by", "tax_rate", "tax",
        "tax_back", "entity", "market", "team",
    )  # fmt: skip

    def __init__(self, *args: Any, trips: QuerySet[Trip], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["trip"].queryset = trips  # type: ignore[attr-defined]

    def clean_receipt(self) -> Any:
        """A picture or a PDF of at most 20 MB."""
        file = self.cleaned_data["receipt"]
        if file and file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 20 MB."))
        if file and not str(file.content_type or "").startswith(RECEIPT_TYPES):
            raise forms.ValidationError(_("A photo or a PDF, please."))
        return file


class BillFields(TaxFields):
    """A supplier's bill."""

    supplier = forms.CharField(label=gettext_lazy("Supplier"), max_length=200)
    number = forms.CharField(label=gettext_lazy("Number of the bill"), max_length=80)
    day = forms.DateField(label=gettext_lazy("Day of the bill"), **DAY)
    due = forms.DateField(label=pgettext_lazy("bill", "Due"), **DAY)
    amount = AmountField(
        label=gettext_lazy("Amount"),
        help_text=gettext_lazy("All that is to pay, with its tax. A credit note is below zero."),
    )
    currency = CurrencyFormField(label=gettext_lazy("Currency"))
    account = forms.ModelChoiceField(
        Account.objects.filter(active=True, line__in=BILLED), label=gettext_lazy("Kind of cost")
    )
    what = forms.CharField(label=gettext_lazy("What it was for"), max_length=200, required=False)
    entity = forms.ModelChoiceField(Entity.objects.filter(active=True), label=gettext_lazy("Entity"), required=False)
    market = forms.ModelChoiceField(Market.objects.filter(active=True), label=gettext_lazy("Market"), required=False)
    team = forms.ModelChoiceField(Team.objects.filter(active=True), label=gettext_lazy("Team"), required=False)

    distinct = forms.BooleanField(
        label=gettext_lazy("It is another bill"), required=False, widget=forms.HiddenInput,
        help_text=gettext_lazy("Tick this when a bill of the same supplier and amount within two weeks is not this one."),
    )  # fmt: skip

    field_order = (
        "supplier", "number", "day", "due", "amount", "currency", "tax_by", "tax_rate", "tax", "tax_back", "account", "what",
        "entity", "market", "team",
    )  # fmt: skip

    def add_error(self, field: str | None, error: Any) -> None:
        """The question whether it is another bill is asked only when one resembles it."""
        if field == "distinct":
            self.fields["distinct"].widget = forms.CheckboxInput(attrs={"class": "form-check-input"})
        super().add_error(field, error)


class TripFields(forms.Form):
    """What a trip is called."""

    what = forms.CharField(label=gettext_lazy("What it was for"), max_length=200)
    entity = forms.ModelChoiceField(
        Entity.objects.filter(active=True), label=gettext_lazy("For which company"), required=False
    )
    team = forms.ModelChoiceField(Team.objects.filter(active=True), label=gettext_lazy("Team"), required=False)


class RefuseFields(forms.Form):
    """Why something is refused or taken back."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class PayFields(forms.Form):
    """When something was paid."""

    day = forms.DateField(label=gettext_lazy("Paid on"), **DAY)


class PayLineFields(PayFields):
    """When something was paid, and by which line of the bank."""

    day = forms.DateField(
        label=gettext_lazy("Paid on"), required=False, help_text=gettext_lazy("Blank: the day of the line."), **DAY
    )
    line = forms.TypedChoiceField(
        label=gettext_lazy("Line of the bank"), required=False, coerce=int, empty_value=None,
        help_text=gettext_lazy("Likely ones come first. Without one it is only marked as paid."),
    )  # fmt: skip

    field_order = ("line", "day")

    def __init__(self, *args: Any, lines: list[BankLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lines = {line.pk: line for line in lines}
        field = self.fields["line"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        field.choices = [("", pgettext_lazy("bank line", "None yet")), *((line.pk, line_words(line)) for line in lines)]

    def clean_line(self) -> BankLine | None:
        """The chosen line."""
        return self._lines.get(self.cleaned_data["line"])

    def clean(self) -> dict[str, Any]:
        """A line or a day is needed."""
        found = super().clean() or {}
        if not found.get("day") and not found.get("line") and not self.errors:
            self.add_error("day", _("When was it paid?"))
        return found


def line_words(line: BankLine) -> str:
    """A line of the bank as a list of choices tells it."""
    money = format_money(Money.of_units(line.amount, line.currency), code=True)
    words = " ".join(text for text in (line.reference, line.counterparty, line.text) if text)[:90]
    return f"{line.day} · {money} · {line.account.name} · {words}"


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
