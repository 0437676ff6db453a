"""What a person fills in about people, teams, functions and jobs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from tradewind.nouns.org.models import Entity, Function, Job, Market, Person, Site, Team
from tradewind.ui.fields import CountryFormField, LocalTextFormField, ZoneFormField

LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]


class PersonFields(forms.Form):
    """A person's facts that colleagues may know."""

    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("In the person's own order of names."))
    preferred_name = forms.CharField(label=_("Preferred name"), max_length=120, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)
    key = forms.CharField(label=_("Personnel number"), max_length=80, required=False)
    job_title = forms.CharField(label=_("Job title"), max_length=120, required=False)
    job = forms.ModelChoiceField(label=_("Job"), queryset=Job.objects.all(), required=False)
    country = CountryFormField(label=_("Country"), required=False)
    zone = ZoneFormField(label=_("Time zone"))
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    entity = forms.ModelChoiceField(label=_("Entity"), queryset=Entity.objects.all(), required=False)
    market = forms.ModelChoiceField(label=_("Market"), queryset=Market.objects.all(), required=False)
    site = forms.ModelChoiceField(label=_("Site"), queryset=Site.objects.all(), required=False)
    started_on = forms.DateField(label=_("Started on"), required=False, widget=forms.DateInput)
    ended_on = forms.DateField(label=_("Ended on"), required=False, widget=forms.DateInput)

    def clean_key(self) -> Any:
        """No number is no number, not an empty one."""
        return self.cleaned_data["key"] or None


class PeopleFileFields(forms.Form):
    """The file to bring people in from."""

    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "CSV, TSV or XLSX with a row a person: key or e-mail, name, manager, country, zone, language, job title, team."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.gz", "class": "form-control"}),
    )


class PrivateFields(forms.Form):
    """What few may know of a person; kept encrypted."""

    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    birth_date = forms.DateField(label=_("Date of birth"), required=False, widget=forms.DateInput)
    national_id = forms.CharField(label=_("Identity number"), max_length=60, required=False)
    bank_account = forms.CharField(label=_("Bank account"), max_length=60, required=False)

    def clean_birth_date(self) -> str:
        """As text: it is kept encrypted."""
        day = self.cleaned_data["birth_date"]
        return day.isoformat() if day else ""


class WelcomeFields(forms.Form):
    """What an invited person chooses."""

    preferred_name = forms.CharField(label=_("What shall we call you?"), max_length=120, required=False)
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least ten characters, and none of the usual ones."),
    )
    again = forms.CharField(
        label=_("Password again"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        """Both must be the same."""
        given = super().clean() or {}
        if given.get("password") and given.get("again") and given["password"] != given["again"]:
            self.add_error("again", _("The two passwords differ."))
        return given


class ManagerFields(forms.Form):
    """Whom somebody reports to on the solid line."""

    manager = forms.ModelChoiceField(label=_("Manager"), queryset=Person.objects.filter(active=True), required=False)
    since = forms.DateField(
        label=_("From"),
        required=False,
        widget=forms.DateInput,
        help_text=_("Left blank: today. A later day is planned."),
    )


class DottedFields(forms.Form):
    """Whom somebody reports to besides."""

    manager = forms.ModelChoiceField(label=_("Manager"), queryset=Person.objects.filter(active=True))
    since = forms.DateField(
        label=_("From"),
        required=False,
        widget=forms.DateInput,
        help_text=_("Left blank: today. A later day is planned."),
    )


class LineEndFields(forms.Form):
    """Which dotted line ends."""

    manager = forms.ModelChoiceField(label=_("Manager"), queryset=Person.objects.none())
    until = forms.DateField(
        label=_("Last day"), required=False, widget=forms.DateInput, help_text=_("Left blank: it ends at once.")
    )

    def __init__(self, *args: Any, managers: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["manager"].queryset = managers  # type: ignore[attr-defined]


class TeamFields(forms.Form):
    """A team."""

    code = forms.SlugField(label=_("Code"), max_length=60)
    name = LocalTextFormField(label=_("Name"), max_length=120)
    parent = forms.ModelChoiceField(label=_("Belongs to"), queryset=Team.objects.all(), required=False)
    lead = forms.ModelChoiceField(label=_("Lead"), queryset=Person.objects.filter(active=True), required=False)
    function = forms.ModelChoiceField(label=_("Function"), queryset=Function.objects.all(), required=False)
    entity = forms.ModelChoiceField(label=_("Entity"), queryset=Entity.objects.all(), required=False)
    market = forms.ModelChoiceField(label=_("Market"), queryset=Market.objects.all(), required=False)
    active = forms.BooleanField(label=_("Active"), required=False, initial=True)


class MemberFields(forms.Form):
    """A person's share of time in a team."""

    person = forms.ModelChoiceField(label=_("Person"), queryset=Person.objects.filter(active=True))
    allocation = forms.IntegerField(label=_("Share of time (%)"), min_value=1, max_value=100, initial=100)
    since = forms.DateField(label=_("Since"), required=False, widget=forms.DateInput)


class LeaverFields(forms.Form):
    """Who leaves a team."""

    person = forms.ModelChoiceField(label=_("Person"), queryset=Person.objects.filter(active=True))
    until = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput)


class FunctionFields(forms.Form):
    """A kind of work."""

    code = forms.SlugField(label=_("Code"), max_length=40)
    name = LocalTextFormField(label=_("Name"), max_length=120)
    in_matrix = forms.BooleanField(
        label=_("Every market needs it"),
        required=False,
        initial=True,
        help_text=_("Then the coverage matrix shows where nobody answers for it."),
    )


class JobFields(forms.Form):
    """A job."""

    code = forms.SlugField(label=_("Code"), max_length=60)
    title = LocalTextFormField(label=_("Title"), max_length=120)
    function = forms.ModelChoiceField(label=_("Function"), queryset=Function.objects.all(), required=False)
