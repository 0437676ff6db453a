"""What a person fills in about a practice."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tradewind.engines.access.registry import subject_of
from tradewind.engines.access.scope import scopes_of, visible
from tradewind.nouns.org.models import Market, Person


class OwnerFields(forms.Form):
    """Who looks after a practice, and where."""

    person = forms.ModelChoiceField(
        label=_("Owner"),
        queryset=Person.objects.none(),
        required=False,
        help_text=_("Asked once whenever the practice becomes overdue. Leave empty for nobody."),
    )
    market = forms.ModelChoiceField(
        label=_("In the market"), queryset=Market.objects.none(), required=False, empty_label=_("The whole company")
    )

    def __init__(self, by: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        person, market = self.fields["person"], self.fields["market"]
        known = subject_of(Person)
        people = visible(by, known.read, Person.objects.filter(active=True)) if known else Person.objects.none()
        person.queryset = people  # type: ignore[attr-defined]
        scopes = scopes_of(by, "practices.set_owner")
        markets = Market.objects.filter(active=True)
        if all(scope.market for scope in scopes):
            markets = markets.filter(pk__in=[scope.market for scope in scopes])
            market.empty_label, market.required = None, True  # type: ignore[attr-defined]
        market.queryset = markets  # type: ignore[attr-defined]
