"""What a person fills in about vision campaigns."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tradewind.areas.structure.queries.campaigns import PRINCIPLE, VISION, is_check
from tradewind.engines.library.models import Document
from tradewind.engines.surveys.models import Survey
from tradewind.nouns.org.models import Entity, Market, Person, Team
from tradewind.ui.fields import LocalTextFormField, ZoneFormField

RHYTHMS = [("", _("Only the days below")), ("7", _("Every week")), ("14", _("Every two weeks")), ("28", _("Every four weeks"))]  # fmt: skip


class Days(forms.Field):
    """Plain days, written as 2026-11-23 with commas, blanks or lines between them."""

    widget = forms.Textarea(attrs={"rows": 2})

    def to_python(self, value: Any) -> list[date]:
        found = []
        for word in re.split(r"[\s,;，；、]+", str(value or "").strip()):
            if word:
                try:
                    found.append(date.fromisoformat(word))
                except ValueError:
                    raise forms.ValidationError(
                        _("“%(value)s” is not a date; write it as 2026-11-23."), params={"value": word}
                    ) from None
        return sorted(set(found))

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(day.isoformat() for day in value) if isinstance(value, list) else value


class BroadcastFields(forms.Form):
    """A campaign: about what, to whom, when, and the short check that asks whether it was understood."""

    title = LocalTextFormField(label=_("Title"), max_length=200)
    document = forms.ModelChoiceField(
        label=_("Vision or principle"),
        queryset=Document.objects.filter(kind__in=[VISION, PRINCIPLE], published_at__isnull=False, trashed_at=None),
    )
    message = LocalTextFormField(label=_("Message"), long=True, max_length=1000,
                                 help_text=_("Two or three sentences that tie the vision to what people do."))  # fmt: skip
    market = forms.ModelChoiceField(label=_("Market"), queryset=Market.objects.all(), required=False,
                                    help_text=_("Market, entity and team narrow the audience; blank: everybody."))  # fmt: skip
    entity = forms.ModelChoiceField(label=_("Entity"), queryset=Entity.objects.all(), required=False)
    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.filter(active=True), required=False)
    starts_on = forms.DateField(label=_("Starts on"), widget=forms.DateInput,
                                help_text=_("Each reader gets it in the first working hour of that day, where they are."))  # fmt: skip
    deadline = forms.DateField(label=_("To be read by"), widget=forms.DateInput)
    rhythm = forms.ChoiceField(label=_("Reminders"), choices=RHYTHMS, required=False)
    reminders = Days(label=_("Further reminder days"), required=False, help_text=_("Such as 2026-12-07, 2026-12-14."))
    survey = forms.ModelChoiceField(label=_("Short check"), queryset=Survey.objects.filter(active=True), required=False)
    owner = forms.ModelChoiceField(label=_("Owner"), queryset=Person.objects.filter(active=True), required=False,
                                   help_text=_("Empty: you."))  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["survey"]
        kinds = {kind for kind in field.queryset.values_list("kind", flat=True) if is_check(kind)}
        field.queryset = field.queryset.filter(kind__in=kinds)


class WordFields(forms.Form):
    """Own words of a reminder; the days are those that have not gone out."""

    day = forms.DateField(label=_("Reminder of"), widget=forms.Select)
    text = LocalTextFormField(label=_("Message"), long=True, max_length=1000, required=False,
                              help_text=_("Empty: the first message again."))  # fmt: skip

    def __init__(self, *args: Any, days: list[date] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(day.isoformat(), day.isoformat()) for day in days or ()]
        self.fields["day"].widget.choices = choices


class SessionFields(forms.Form):
    """A session on the vision."""

    starts_at = forms.DateTimeField(label=_("Starts"), widget=forms.DateTimeInput, help_text=_("On your own clock."))
    zone = ZoneFormField(label=_("Time zone of the session"))
    length = forms.IntegerField(label=_("Minutes"), min_value=5, max_value=720, initial=45)
    host = forms.ModelChoiceField(label=_("Host"), queryset=Person.objects.filter(active=True), required=False)
    link = forms.URLField(label=_("Link of the video call"), required=False, max_length=500, assume_scheme="https")
    people = forms.ModelMultipleChoiceField(label=_("People invited"), queryset=Person.objects.filter(active=True), required=False,
                                            help_text=_("Empty: the whole audience."))  # fmt: skip
