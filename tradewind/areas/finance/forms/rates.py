"""What a person fills in about exchange rates."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradewind.areas.finance.rules.rates import Reading, read_rates
from tradewind.nouns.trade.models import RateSet
from tradewind.ui.fields import CurrencyFormField

KINDS = [
    (RateSet.FIXED, gettext_lazy("Fixed: one rate for all days, such as a plan rate")),
    (RateSet.DAILY, gettext_lazy("By day: each rate holds from its day on")),
]
MOST_BYTES = 20 * 1024 * 1024
FAULTS = {
    "header": gettext_lazy("The first line must name currency, day and rate, or Date and the currencies."),
    "short": gettext_lazy("Line %(line)s has too few columns."),
    "day": gettext_lazy("Line %(line)s: “%(value)s” is not a day like 2026-01-31."),
    "rate": gettext_lazy("Line %(line)s, %(column)s: “%(value)s” is not a rate."),
    "currency": gettext_lazy("Line %(line)s: “%(value)s” is not a currency."),
}


class RateSetFields(forms.Form):
    """A named set of rates."""

    code = forms.SlugField(label=gettext_lazy("Code"), max_length=40)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=KINDS)
    base = CurrencyFormField(
        label=gettext_lazy("Base currency"), initial="EUR",
        help_text=gettext_lazy("A rate says how many units of a currency one unit of the base costs."),
    )  # fmt: skip


class RateSetEdit(forms.Form):
    """What may change of a set that has rates."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=KINDS)


class RateFields(forms.Form):
    """One rate."""

    currency = CurrencyFormField(label=gettext_lazy("Currency"))
    day = forms.DateField(label=gettext_lazy("From day"), widget=forms.DateInput(attrs={"type": "date"}))
    rate = forms.CharField(
        label=gettext_lazy("Rate"), max_length=24,
        help_text=gettext_lazy("Units of the currency for one unit of the base, such as 7.4326."),
    )  # fmt: skip


class RateKey(forms.Form):
    """Which rate."""

    currency = CurrencyFormField(label=gettext_lazy("Currency"))
    day = forms.DateField(label=gettext_lazy("From day"), widget=forms.DateInput(attrs={"type": "date"}))


class RateFile(forms.Form):
    """A file of rates; one faulty line refuses the file, with its first faults told."""

    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        help_text=gettext_lazy("Columns currency, day, rate; or the ECB's table with Date and one column a currency."),
    )

    def clean_file(self) -> Reading:
        """The file's quotes."""
        upload: Any = self.cleaned_data["file"]
        if upload.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is too large."))
        try:
            found = read_rates(upload.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            raise forms.ValidationError(_("The file is not UTF-8 text.")) from None
        if found.faults:
            raise forms.ValidationError([
                str(FAULTS[code]) % {"line": line, "column": column, "value": value}
                for line, column, code, value in found.faults[:10]
            ])  # fmt: skip
        if not found.quotes:
            raise forms.ValidationError(_("The file holds no rates."))
        return found
