"""The file to bring goals in from."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class GoalFileFields(forms.Form):
    """A table of goals, or a quarter written in Markdown."""

    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "CSV or XLSX with a row a goal or key result, or Markdown: a numbered heading a company goal, under it a numbered "
            "list of goals with their key results, results behind =>."
        ),
        widget=forms.ClearableFileInput(
            attrs={"accept": ".csv,.tsv,.txt,.xlsx,.gz,.md,.markdown", "class": "form-control"}
        ),
    )
    period = forms.CharField(
        label=_("Period"),
        required=False,
        max_length=24,
        help_text=_("For a Markdown text that names none, such as 2026-Q4."),
    )
