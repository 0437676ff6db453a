"""What a person fills in about reviews, variances, limits and opportunities."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tradewind.areas.finance.models import Account
from tradewind.areas.finance.queries.review_checks import CHECKS
from tradewind.nouns.org.models import Entity, Person
from tradewind.ui.fields import CurrencyFormField


def people() -> forms.ModelChoiceField[Person]:
    """Somebody who works here."""
    return forms.ModelChoiceField(label=pgettext_lazy("hand over", "Who"), queryset=Person.objects.filter(active=True))


class CommentFields(forms.Form):
    """Why a number differs from its plan."""

    comment = forms.CharField(
        label=_("Why it differs"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What happened, whether it stays, and what is done about it."),
    )  # fmt: skip


class OwnerFields(forms.Form):
    """Who explains a variance."""

    owner = people()


class TickFields(forms.Form):
    """A point of the checklist settled by hand."""

    code = forms.ChoiceField(
        label=_("Point"), choices=[(code, name) for code, name in CHECKS.items() if code != "comments"]
    )
    reason = forms.CharField(label=_("Reason"), max_length=300)


class DecisionFields(forms.Form):
    """Something to do that a review decided."""

    what = forms.CharField(label=_("What is to be done"), max_length=300)
    person = people()
    due = forms.DateField(label=_("Until"), widget=forms.DateInput(attrs={"type": "date"}))


class FinishFields(forms.Form):
    """The end of a review."""

    decisions = forms.CharField(
        label=_("What was decided"), required=False, max_length=8000, widget=forms.Textarea(attrs={"rows": 5})
    )


class ReopenFields(forms.Form):
    """Why a finished review is opened again."""

    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("What was not known when the review was finished.")
    )


class LimitFields(forms.Form):
    """From which difference on a variance must be explained."""

    entity = forms.ModelChoiceField(
        label=_("Entity"), queryset=Entity.objects.filter(active=True), required=False, empty_label=_("All entities")
    )
    account = forms.ModelChoiceField(
        label=_("Account"), queryset=Account.objects.filter(active=True), required=False, empty_label=_("All accounts")
    )
    amount = forms.DecimalField(label=_("At least, in a month"), min_value=0, max_digits=18, decimal_places=4)
    currency = CurrencyFormField(label=_("Currency"))
    percent = forms.DecimalField(
        label=_("And at least, in per cent of the budget"), min_value=0, max_value=1000, max_digits=8, decimal_places=4
    )


class NoteFields(forms.Form):
    """A few words beside a decision."""

    note = forms.CharField(label=_("Why"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}))


class JudgeFields(NoteFields):
    """Whether something that was tried worked."""

    worked = forms.TypedChoiceField(
        label=_("Did it work?"),
        choices=[("1", _("It worked")), ("0", _("It did not"))],
        coerce=lambda value: value == "1",
    )
