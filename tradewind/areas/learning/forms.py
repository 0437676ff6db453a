"""What a person fills in about languages."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from tradewind.ui.fields import LanguageFormField

LEVELS = [
    ("native", _("Native")),
    ("C2", _("C2 · like a native")),
    ("C1", _("C1 · negotiates")),
    ("B2", _("B2 · works in it")),
    ("B1", _("B1 · gets along")),
    ("A2", _("A2 · simple things")),
    ("A1", _("A1 · a few words")),
]


class LanguageLine(forms.Form):
    """One language."""

    language = LanguageFormField(label=_("Language"))
    level = forms.ChoiceField(label=_("How well"), choices=LEVELS, initial="B2")
