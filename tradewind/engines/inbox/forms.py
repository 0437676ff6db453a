"""Fields of the inbox's pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tradewind.engines.inbox.models import Reach
from tradewind.nouns.org.models import Person
from tradewind.ui.fields import ZoneFormField


class NoteForm(forms.Form):
    """A remark that may stay empty."""

    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}))


class ReasonForm(forms.Form):
    """A reason that must be given."""

    note = forms.CharField(label=_("Why"), widget=forms.Textarea(attrs={"rows": 3}))


class PersonChoice(forms.ModelChoiceField[Person]):
    """An active person."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Person.objects.filter(active=True), **kwargs)


class HandOnForm(forms.Form):
    """To whom a to-do goes."""

    to = PersonChoice(label=_("To"))
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}))


class DeputyForm(forms.Form):
    """Who acts from when to when."""

    deputy = PersonChoice(label=_("Deputy"))
    start = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    end = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}))


class ReachForm(forms.Form):
    """When and by which chat somebody may be reached."""

    mode = forms.ChoiceField(
        label=_("Messages may reach me"),
        choices=Reach.MODES,
        help_text=_("Urgent messages and sign-in codes always come at once. What waits comes together."),
    )
    since = forms.TimeField(label=_("From"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    until = forms.TimeField(label=_("To"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    digest = forms.BooleanField(label=_("Several that wait come as one message"), required=False)
    chat_url = forms.CharField(
        label=_("Chat address"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_(
            "From your chat service, such as feishu://token, dingtalk://token or slack://a/b/c. Kept encrypted."
        ),
    )


class ProfileForm(forms.Form):
    """Who I am on the screen, and how it speaks to me."""

    preferred_name = forms.CharField(label=_("The name I go by"), required=False, max_length=120)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    zone = ZoneFormField(label=_("Time zone"), help_text=_("All times are shown on this clock."))
    theme = forms.ChoiceField(
        label=_("Theme"), choices=[("auto", _("As the system")), ("light", _("Light")), ("dark", _("Dark"))]
    )
