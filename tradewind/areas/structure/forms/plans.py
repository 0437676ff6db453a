"""What a person fills in to plan a reorganisation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tradewind.areas.structure.actions.plans import words_of
from tradewind.areas.structure.models import Move, Reorganisation
from tradewind.areas.structure.queries.plans import moves_of
from tradewind.nouns.org.models import Person, Team


class ReorganisationFields(forms.Form):
    """A plan."""

    title = forms.CharField(label=_("Title"), max_length=160)
    day = forms.DateField(label=_("From"), widget=forms.DateInput, help_text=_("The first day of the new order."))
    reason = forms.CharField(label=_("Why"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    owner = forms.ModelChoiceField(label=_("Owner"), queryset=Person.objects.filter(active=True), required=False)


class MoveFields(forms.Form):
    """One move of a plan."""

    kind = forms.ChoiceField(label=_("Move"), choices=Move.KINDS)
    person = forms.ModelChoiceField(label=_("Person"), queryset=Person.objects.filter(active=True))
    manager = forms.ModelChoiceField(
        label=_("Manager"),
        queryset=Person.objects.filter(active=True),
        required=False,
        help_text=_("For “Reports to”; left blank, the person reports to nobody."),
    )
    team = forms.ModelChoiceField(
        label=_("Team"),
        queryset=Team.objects.filter(active=True),
        required=False,
        help_text=_("For joining, leaving and leading."),
    )
    allocation = forms.IntegerField(label=_("Share of time (%)"), min_value=1, max_value=100, initial=100)


class UnmoveFields(forms.Form):
    """Which move is taken out of a plan."""

    move = forms.TypedChoiceField(label=_("Move"), coerce=int)

    def __init__(self, *args: Any, plan: Reorganisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["move"].choices = [(move.pk, words_of(move)) for move in moves_of(plan)]  # type: ignore[attr-defined]
