"""What a person fills in about series, meetings, agendas and what comes out of them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tradewind.engines.meetings.kinds import kind_choices
from tradewind.engines.meetings.models import AgendaItem, Attendance, Decision, Meeting, Series
from tradewind.nouns.org.models import Entity, Function, Market, Person, Team
from tradewind.ui.fields import LocalTextFormField, ZoneFormField


def active_people() -> Any:
    """Everybody who may be chosen."""
    return Person.objects.filter(active=True)


def active_teams() -> Any:
    """The teams that may be chosen."""
    return Team.objects.filter(active=True)


class People(forms.ModelMultipleChoiceField[Person]):
    """Some people."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"queryset": active_people(), "required": False, **kwargs})


class Teams(forms.ModelMultipleChoiceField[Team]):
    """Some teams, for their members of today."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"queryset": active_teams(), "required": False, **kwargs})


class SeriesFields(forms.Form):
    """A series: what for, when, and who."""

    title = LocalTextFormField(label=_("Title"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=kind_choices)
    purpose = forms.CharField(label=_("What it is for"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    functions = forms.ModelMultipleChoiceField(
        label=_("Functions that must take part"), queryset=Function.objects.all(), required=False,
        help_text=_("The series shows whether the people invited stand for them. A cross-department meeting needs at least two."),
    )  # fmt: skip
    teams = Teams(label=_("Teams invited"), help_text=_("Each meeting invites who is a member then."))
    people = People(label=_("People invited"))
    host = forms.ModelChoiceField(label=_("Host"), queryset=active_people(), required=False,
                                  help_text=_("Leads it and writes the minutes. Empty: you."))  # fmt: skip
    rhythm = forms.ChoiceField(label=_("Rhythm"), choices=Series.RHYTHMS, initial=Series.MONTHLY)
    weekday = forms.TypedChoiceField(label=_("Day of the week"), choices=Series.WEEKDAYS, coerce=int)
    nth = forms.TypedChoiceField(label=_("Which week of the month"), choices=Series.NTH, coerce=int, initial=1,
                                 help_text=_("For monthly and quarterly series."))  # fmt: skip
    at = forms.TimeField(label=_("Time"), widget=forms.TimeInput,
                         help_text=_("On the clock of the zone below, in summer as in winter."))  # fmt: skip
    zone = ZoneFormField(label=_("Time zone"))
    length = forms.IntegerField(label=_("Length (minutes)"), min_value=5, max_value=720, initial=60)
    starts_on = forms.DateField(label=_("From"), widget=forms.DateInput)
    ends_on = forms.DateField(label=_("Until"), widget=forms.DateInput, required=False)
    link = forms.URLField(label=_("Link of the video call"), required=False, max_length=500, assume_scheme="https")
    entity = forms.ModelChoiceField(label=_("Entity"), queryset=Entity.objects.all(), required=False)
    market = forms.ModelChoiceField(label=_("Market"), queryset=Market.objects.all(), required=False)
    team = forms.ModelChoiceField(
        label=_("Team"), queryset=active_teams(), required=False,
        help_text=_("Who may read meetings there reads these too, beside those who are invited. Empty: the whole company."),
    )  # fmt: skip
    active = forms.BooleanField(label=_("Active"), required=False, initial=True)


class MeetingFields(forms.Form):
    """A meeting's facts; times are on the reader's own clock."""

    title = LocalTextFormField(label=_("Title"), max_length=200)
    starts_at = forms.DateTimeField(label=_("Begins"), widget=forms.DateTimeInput, help_text=_("On your own clock."))
    length = forms.IntegerField(label=_("Length (minutes)"), min_value=5, max_value=720, initial=60)
    host = forms.ModelChoiceField(label=_("Host"), queryset=active_people(), required=False)
    link = forms.URLField(label=_("Link of the video call"), required=False, max_length=500, assume_scheme="https")


class NewMeetingFields(MeetingFields):
    """A new meeting, with who is asked and where it lies."""

    kind = forms.ChoiceField(label=_("Kind"), choices=kind_choices)
    people = People(label=_("People invited"))
    teams = Teams(label=_("Teams invited"))
    entity = forms.ModelChoiceField(label=_("Entity"), queryset=Entity.objects.all(), required=False)
    market = forms.ModelChoiceField(label=_("Market"), queryset=Market.objects.all(), required=False)
    team = forms.ModelChoiceField(label=_("Team"), queryset=active_teams(), required=False)


class InviteFields(forms.Form):
    """Who is asked."""

    people = People(label=_("People"))
    teams = Teams(label=_("Teams"), help_text=_("Everybody who is a member today."))
    required = forms.BooleanField(label=_("Needed, not just welcome"), required=False, initial=True)


def participants(meeting: Meeting) -> list[tuple[int, str]]:
    """Those who take part, to choose from."""
    rows = meeting.attendances.select_related("person")
    found = {row.person_id: str(row.person) for row in rows}
    if meeting.host is not None:
        found.setdefault(meeting.host.pk, str(meeting.host))
    return sorted(found.items(), key=lambda pair: pair[1])


def number(value: str) -> int | None:
    """The number a choice stands for; None for the empty one."""
    return int(value) if value else None


class OfMeeting(forms.Form):
    """A form whose choices are the people of a meeting.

    They are offered by number and name, since whoever runs a meeting may not see all their records.
    """

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.meeting = meeting
        people: list[tuple[Any, str]] = list(participants(meeting))
        for name in ("person", "owner", "decided_by", "present"):
            field: Any = self.fields.get(name)
            if field is not None:
                field.choices = people if field.required or name == "present" else [("", "–"), *people]


def one_of_them(label: Any, *, required: bool = True, **kwargs: Any) -> forms.TypedChoiceField:
    """One of the people of a meeting."""
    return forms.TypedChoiceField(label=label, coerce=number, empty_value=None, required=required, **kwargs)


class UninviteFields(OfMeeting):
    """Who is taken off the list."""

    person = one_of_them(_("Person"))


class AnswerFields(forms.Form):
    """Whether one comes."""

    answer = forms.ChoiceField(label=_("Answer"), choices=Attendance.ANSWERS)


class ItemFields(OfMeeting):
    """Something to speak about."""

    title = forms.CharField(label=_("What"), max_length=200)
    length = forms.IntegerField(label=_("Length (minutes)"), min_value=1, max_value=480, required=False)
    owner = one_of_them(_("Who brings it"), required=False)
    notes = forms.CharField(label=_("Notes"), required=False, widget=forms.Textarea(attrs={"rows": 4}),
                            help_text=_("What one should know beforehand. Markdown."))  # fmt: skip


class ItemEditFields(ItemFields):
    """An agenda item with what became of it."""

    state = forms.ChoiceField(label=_("State"), choices=AgendaItem.STATES)


class DecisionChoice(forms.ModelChoiceField[Decision]):
    """An earlier decision, with its day."""

    def label_from_instance(self, obj: Decision) -> str:
        return f"{obj.decided_on.isoformat()} · {obj}"


class DecisionEditFields(OfMeeting):
    """How a decision is written down."""

    text = forms.CharField(label=_("What was decided"), widget=forms.Textarea(attrs={"rows": 3}), max_length=4000)
    reasons = forms.CharField(label=_("Why"), required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=8000)
    item = forms.TypedChoiceField(label=_("Agenda item"), coerce=number, empty_value=None, required=False)
    decided_by = one_of_them(_("Decision by"), required=False)
    decided_on = forms.DateField(label=_("Decided on"), widget=forms.DateInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        items = [(str(item.pk), item.title) for item in self.meeting.items.all()]
        self.fields["item"].choices = [("", "–"), *items]  # type: ignore[attr-defined]


class DecisionFields(DecisionEditFields):
    """A new decision, which may replace an earlier one."""

    replaces = DecisionChoice(
        label=_("Replaces"), queryset=Decision.objects.filter(replaced_by=None), required=False,
        help_text=_("The earlier decision then no longer holds."),
    )  # fmt: skip


class AssignFields(OfMeeting):
    """Who does what by when."""

    person = one_of_them(_("Who"))
    title = forms.CharField(label=_("What is to be done"), max_length=200)
    due = forms.DateTimeField(label=_("Due"), widget=forms.DateTimeInput,
                              help_text=_("On your own clock; whoever does it sees it on theirs."))  # fmt: skip


class MinutesFields(forms.Form):
    """The minutes."""

    text = forms.CharField(label=_("Minutes"), required=False, strip=False,
                           widget=forms.Textarea(attrs={"rows": 20, "spellcheck": "true"}))  # fmt: skip
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    recording = forms.URLField(label=_("Link of the recording"), required=False, max_length=500, assume_scheme="https")
    send = forms.BooleanField(label=_("Tell everybody who took part"), required=False)


class HoldFields(OfMeeting):
    """Who came."""

    present = forms.TypedMultipleChoiceField(
        label=_("Who came"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    others = People(label=_("Came without an invitation"))


class CancelFields(forms.Form):
    """Why a meeting does not take place."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


class WithdrawFields(forms.Form):
    """Which to-do is taken back."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=120)


def reader_language() -> str:
    """The language of whoever reads."""
    return get_language() or "en"
