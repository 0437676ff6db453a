"""Forms of the queue's pages."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class WebhookForm(forms.Form):
    """An endpoint: name, address, events."""

    name = forms.CharField(label=_("Name"), max_length=80)
    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        widget=forms.URLInput,
        help_text=_("Must be reachable from the internet; private addresses are refused."),
    )
    patterns = forms.CharField(
        label=_("Events"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "One name a line, such as customers.import_orders; customers.* stands for all of a room, * for all."
        ),
    )

    def clean_patterns(self) -> list[str]:
        """The names, one a line."""
        return [line.strip() for line in self.cleaned_data["patterns"].splitlines() if line.strip()]
