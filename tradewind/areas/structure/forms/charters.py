"""What a person fills in about charters."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from tradewind.areas.structure.models.charters import Letter
from tradewind.engines.library.models import Document, Space
from tradewind.nouns.org.models import Function, Market, Team
from tradewind.ui.fields import LocalTextFormField

BOTH = "RA"
PARTS = [
    (Letter.RESPONSIBLE.value, _("R · does it")),
    (Letter.ACCOUNTABLE.value, _("A · answers for it")),
    (BOTH, _("R + A · does it and answers for it")),
    (Letter.CONSULTED.value, _("C · is asked before")),
    (Letter.INFORMED.value, _("I · is told")),
]


class CharterFields(forms.Form):
    """What a team is there for."""

    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.filter(active=True))
    purpose = LocalTextFormField(label=_("What the team is there for"), max_length=600, long=True)
    document = forms.ModelChoiceField(
        label=_("Charter document"),
        queryset=Document.objects.filter(kind="structure.charter", trashed_at=None),
        required=False,
        help_text=_("The long text, if there is one; it can also be begun from the charter's page."),
    )


class DutyLine(forms.Form):
    """One line of a charter."""

    function = forms.ModelChoiceField(label=_("Function"), queryset=Function.objects.all(), to_field_name="code")
    market = forms.ModelChoiceField(
        label=_("Market"),
        queryset=Market.objects.filter(active=True),
        to_field_name="code",
        required=False,
        empty_label=_("All markets"),
    )
    duty = forms.CharField(label=_("Duty (blank: the whole function)"), max_length=200, required=False)
    part = forms.ChoiceField(label=_("Part"), choices=PARTS, initial=BOTH)


class PromiseLine(forms.Form):
    """One promise to another team."""

    other = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.filter(active=True), to_field_name="code")
    gives = forms.CharField(label=_("What it gets from us"), max_length=300)
    promise = forms.CharField(label=_("By when, how well"), max_length=300, required=False)


class DocumentFields(forms.Form):
    """Where the document of a charter will lie."""

    space = forms.ModelChoiceField(label=_("Space"), queryset=Space.objects.filter(active=True))
    language = forms.ChoiceField(label=_("Language"), choices=[("en", "English"), ("zh-hans", "简体中文")])


class DutyFileFields(forms.Form):
    """The file to bring duties in from."""

    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "CSV, TSV or XLSX with a row a line: team, function, market (blank: all), duty, part (R, A, C or I). The rows of a team take the place of all its lines."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.gz", "class": "form-control"}),
    )
