"""What a person fills in about the company, its entities and its sites."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from tradewind.nouns.org.models import Entity
from tradewind.ui.fields import CountryFormField, CurrencyFormField, LocalTextFormField, ZoneFormField


def months() -> list[tuple[int, str]]:
    """The months by number."""
    return [(n, str(n)) for n in range(1, 13)]


class CompanyFields(forms.Form):
    """The company as a whole."""

    name = LocalTextFormField(label=_("Name"), max_length=120)
    currency = CurrencyFormField(
        label=_("Reporting currency"), help_text=_("Figures are shown in this currency first.")
    )
    country = CountryFormField(label=_("Country"))
    zone = ZoneFormField(
        label=_("Headquarters' time zone"), help_text=_("Schedules that name no other zone run on this clock.")
    )
    language = forms.ChoiceField(label=_("Language"), choices=[("en", "English"), ("zh-hans", "简体中文")])
    fiscal_start = forms.TypedChoiceField(label=_("First month of the fiscal year"), choices=months, coerce=int)


class EntityFields(forms.Form):
    """A legal entity."""

    code = forms.SlugField(label=_("Code"), max_length=40)
    name = LocalTextFormField(label=_("Name"), max_length=160)
    country = CountryFormField(label=_("Country"))
    currency = CurrencyFormField(label=_("Currency"))
    zone = ZoneFormField(label=_("Time zone"))
    registration = forms.CharField(label=_("Registration number"), max_length=80, required=False)
    active = forms.BooleanField(label=_("Active"), required=False, initial=True)


class SiteFields(forms.Form):
    """A place where people work."""

    code = forms.SlugField(label=_("Code"), max_length=40)
    name = LocalTextFormField(label=_("Name"), max_length=160)
    entity = forms.ModelChoiceField(label=_("Entity"), queryset=Entity.objects.all(), required=False)
    country = CountryFormField(label=_("Country"))
    region = forms.CharField(label=_("Region"), max_length=10, required=False,
                             help_text=_("The region's code, such as BY for Bavaria; it decides the holidays."))  # fmt: skip
    city = forms.CharField(label=_("City"), max_length=80, required=False)
    zone = ZoneFormField(label=_("Time zone"))
    active = forms.BooleanField(label=_("Active"), required=False, initial=True)
