"""What a person fills in about positions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tradewind.nouns.org.models import Entity, Job, Market, Person, Team
from tradewind.ui.fields import CountryFormField, CurrencyFormField, LocalTextFormField

COST = ("yearly_cost", "currency")


class PositionFields(forms.Form):
    """A post that is planned or held; without `cost` the fields of its cost are left out."""

    code = forms.SlugField(label=_("Code"), max_length=60)
    title = LocalTextFormField(label=_("Title"), max_length=120)
    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.filter(active=True), required=False)
    job = forms.ModelChoiceField(label=_("Job"), queryset=Job.objects.all(), required=False)
    manager = forms.ModelChoiceField(label=_("Reports to"), queryset=Person.objects.filter(active=True), required=False)
    entity = forms.ModelChoiceField(label=_("Entity"), queryset=Entity.objects.filter(active=True), required=False)
    market = forms.ModelChoiceField(label=_("Market"), queryset=Market.objects.filter(active=True), required=False)
    country = CountryFormField(label=_("Country"), required=False)
    starts_on = forms.DateField(label=_("Wanted from"), required=False, widget=forms.DateInput)
    allocation = forms.IntegerField(label=_("Share of time (%)"), min_value=1, max_value=100, initial=100)
    yearly_cost = forms.DecimalField(
        label=_("Cost a year"), max_digits=14, decimal_places=2, min_value=0, required=False,
        help_text=_("For full time, in the money it is paid in: pay and all that comes with it."),
    )  # fmt: skip
    currency = CurrencyFormField(label=_("Currency"), required=False)
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea)

    def __init__(self, *args: Any, cost: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not cost:
            for name in COST:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """An amount says in which money it is."""
        given = super().clean() or {}
        if given.get("yearly_cost") is not None and not given.get("currency"):
            self.add_error("currency", _("Name the currency of the cost."))
        return given


class HolderFields(forms.Form):
    """Who holds a position."""

    person = forms.ModelChoiceField(label=_("Person"), queryset=Person.objects.filter(active=True))


class PositionFileFields(forms.Form):
    """The file to bring positions in from."""

    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "CSV, TSV or XLSX with a row a position: code, title, state, team, market, country, wanted from, cost a year, currency. What is exported here can be brought in again."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.gz", "class": "form-control"}),
    )
