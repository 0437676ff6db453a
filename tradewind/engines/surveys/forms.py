"""What a person fills in about surveys, their questions and waves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tradewind.engines.surveys.kinds import kind_choices
from tradewind.engines.surveys.models import Question, Survey
from tradewind.engines.surveys.queries.results import CUT_NAMES
from tradewind.nouns.org.models import Entity, Market, Person, Team
from tradewind.ui.fields import LocalTextFormField


class SurveyFields(forms.Form):
    """A survey's facts."""

    kind = forms.ChoiceField(label=_("Kind"), choices=kind_choices)
    title = LocalTextFormField(label=_("Title"), max_length=200)
    intro = LocalTextFormField(label=_("What it is for"), required=False, long=True, max_length=2_000,
                               help_text=_("Stands above the questions: why you ask, what will be done with the answers."))  # fmt: skip
    languages = forms.MultipleChoiceField(label=_("Languages"), choices=lambda: settings.LANGUAGES,
                                          widget=forms.CheckboxSelectMultiple,
                                          help_text=_("Every text must stand in these before people are asked."))  # fmt: skip
    anonymous = forms.BooleanField(label=_("Anonymous"), required=False, initial=True,
                                   help_text=_("Answers are kept without a name. A short check is never anonymous."))  # fmt: skip
    minimum = forms.IntegerField(label=_("Smallest group shown"), min_value=3, max_value=50, initial=5,
                                 help_text=_("Of fewer people an anonymous survey shows nothing, in no table, file or difference."))  # fmt: skip
    pass_mark = forms.IntegerField(label=_("Right answers needed (%)"), min_value=1, max_value=100, initial=100,
                                   help_text=_("For short checks."))  # fmt: skip
    shared = forms.BooleanField(label=_("Show the results to everybody who was asked"), required=False)
    entity = forms.ModelChoiceField(label=_("Entity"), queryset=Entity.objects.all(), required=False)
    market = forms.ModelChoiceField(label=_("Market"), queryset=Market.objects.all(), required=False)
    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.filter(active=True), required=False,
                                  help_text=_("Who looks after it; whom you ask is chosen when you open it."))  # fmt: skip
    owner = forms.ModelChoiceField(label=_("Owner"), queryset=Person.objects.filter(active=True), required=False)
    active = forms.BooleanField(label=_("Active"), required=False, initial=True)


class QuestionFields(forms.Form):
    """A question."""

    survey = forms.ModelChoiceField(label=_("Survey"), queryset=Survey.objects.all(), widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=_("Kind of answer"), choices=Question.KINDS)
    text = LocalTextFormField(label=_("Question"), max_length=2_000)
    hint = LocalTextFormField(label=_("Hint"), required=False, max_length=2_000)
    options = LocalTextFormField(label=_("Options"), required=False, long=True,
                                 help_text=_("For choices: one a line, in each language in the same order."))  # fmt: skip
    right = forms.CharField(label=_("Right options"), required=False, max_length=60,
                            help_text=_("For short checks: the number of the line, as 2 or 1, 3. Yes is 1, no is 2."))  # fmt: skip
    low = forms.IntegerField(label=_("Scale from"), min_value=-10, max_value=9, initial=1)
    high = forms.IntegerField(label=_("Scale to"), min_value=-9, max_value=10, initial=5)
    low_label = LocalTextFormField(label=_("Low end means"), required=False, max_length=100)
    high_label = LocalTextFormField(label=_("High end means"), required=False, max_length=100)
    required = forms.BooleanField(label=_("Must be answered"), required=False, initial=True)
    position = forms.IntegerField(label=_("Place"), min_value=1, max_value=999, required=False,
                                  help_text=_("Empty: the last."))  # fmt: skip

    def clean_options(self) -> list[dict[str, str]]:
        """One text in every language for each line."""
        return options_of(self.cleaned_data["options"])

    def clean_right(self) -> list[int]:
        """The numbers of the right options."""
        parts = self.cleaned_data["right"].replace("，", ",").replace("、", ",").split(",")
        found = [part.strip() for part in parts if part.strip()]
        if not all(part.isascii() and part.isdecimal() and len(part) < 4 for part in found):
            raise forms.ValidationError(_("Numbers of lines, as 1, 3."))
        return [int(part) for part in found]


def options_of(texts: dict[str, str]) -> list[dict[str, str]]:
    """The lines of a text in several languages as options; ValidationError where the languages differ in number."""
    lines = {tag: [line.strip() for line in text.splitlines() if line.strip()] for tag, text in texts.items()}
    lengths = {len(found) for found in lines.values() if found}
    if len(lengths) > 1:
        raise forms.ValidationError(_("Each language has the same number of lines."))
    return [{tag: found[at] for tag, found in lines.items() if found} for at in range(max(lengths, default=0))]


def lines_of(options: list[dict[str, Any]]) -> dict[str, str]:
    """Options as lines in each language, for the form."""
    tags = {tag for option in options for tag in option["text"]}
    return {tag: "\n".join(option["text"].get(tag, "") for option in options) for tag in tags}


class WaveFields(forms.Form):
    """Whom to ask, from when to when."""

    closes = forms.DateTimeField(label=_("Closes"), widget=forms.DateTimeInput,
                                 help_text=_("In your own time zone; everybody sees it in theirs."))  # fmt: skip
    opens = forms.DateTimeField(label=_("Opens"), required=False, widget=forms.DateTimeInput,
                                help_text=_("Empty: now."))  # fmt: skip
    entity = forms.ModelChoiceField(label=_("Entity"), queryset=Entity.objects.all(), required=False)
    market = forms.ModelChoiceField(label=_("Market"), queryset=Market.objects.all(), required=False)
    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.filter(active=True), required=False,
                                  help_text=_("Empty: the whole company."))  # fmt: skip
    people = forms.ModelMultipleChoiceField(label=_("Only these people"), required=False,
                                            queryset=Person.objects.filter(active=True))  # fmt: skip
    cuts = forms.MultipleChoiceField(label=_("Compare by"), choices=list(CUT_NAMES.items()), required=False,
                                     widget=forms.CheckboxSelectMultiple, initial=["team", "country", "function"],
                                     help_text=_("Said to everybody who answers. The fewer, the more groups can be shown."))  # fmt: skip
    remind_days = forms.IntegerField(label=_("Remind every (days)"), min_value=0, max_value=60, initial=3,
                                     help_text=_("In each reader's working time, never on a holiday. 0: not at all."))  # fmt: skip


class PeopleFields(forms.Form):
    """Further people to ask."""

    people = forms.ModelMultipleChoiceField(label=_("People"), queryset=Person.objects.filter(active=True))


__all__ = ["PeopleFields", "QuestionFields", "SurveyFields", "WaveFields", "lines_of", "options_of"]
