"""Fields of the pages of working time: hours are typed as `09:00-12:00, 13:00-18:00`."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tradewind.base.errors import Refused
from tradewind.base.places import COUNTRIES
from tradewind.engines.agenda.models import Absence, Holiday, WorkPattern
from tradewind.engines.agenda.rules import WEEKDAYS, parse_spans
from tradewind.nouns.org.models import Entity, Person, Site
from tradewind.ui.fields import LocalTextFormField

DAY_NAMES = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))


def day_input() -> forms.DateInput:
    """An input that opens the browser's calendar."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def countries() -> list[tuple[str, str]]:
    """All countries in the reader's language, the blank first."""
    named = sorted(((code, str(country.name)) for code, country in COUNTRIES.items()), key=lambda pair: pair[1])
    return [("", "–"), *named]


class HoursField(forms.CharField):
    """Stretches of working time of one day; an end not after its start lies on the next day."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"placeholder": "09:00-12:00, 13:00-18:00", "inputmode": "text"})
        )
        super().__init__(**kwargs)

    def clean(self, value: Any) -> list[list[str]]:
        """Pairs of times; ValidationError when they are none or overlap."""
        text = super().clean(value) or ""
        pairs = [part.strip() for part in re.split(r"[,;，；]", text) if part.strip()]
        found = [[time.strip() for time in re.split(r"[-–—~至]", pair)] for pair in pairs]
        try:
            parse_spans(found)
        except Refused as fault:
            raise forms.ValidationError(str(fault)) from fault
        return found

    def prepare_value(self, value: Any) -> Any:
        return hours_text(value) if isinstance(value, (list, tuple)) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


def hours_text(spans: Any) -> str:
    """Pairs of times as people write them."""
    return ", ".join(f"{start}-{end}" for start, end in spans)


class PatternForm(forms.Form):
    """A week of working time; the short name for files and addresses stays once given."""

    code = forms.SlugField(label=_("Code"), help_text=_("Short, for files: such as early-shift."))
    name = LocalTextFormField(label=_("Name"))
    follow_weekend = forms.BooleanField(
        label=_("Monday's hours on every working day of the person's country"),
        required=False,
        help_text=_("So that a pattern fits where the weekend is Friday and Saturday too."),
    )
    active = forms.BooleanField(label=_("In use"), required=False)
    mon = HoursField(label=DAY_NAMES[0])
    tue = HoursField(label=DAY_NAMES[1])
    wed = HoursField(label=DAY_NAMES[2])
    thu = HoursField(label=DAY_NAMES[3])
    fri = HoursField(label=DAY_NAMES[4])
    sat = HoursField(label=DAY_NAMES[5])
    sun = HoursField(label=DAY_NAMES[6])

    def __init__(self, *args: Any, existing: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["code" if existing else "active"]


class AssignForm(forms.Form):
    """For whom a pattern holds, and from when to when."""

    country = forms.ChoiceField(label=_("Country"), required=False)
    entity = forms.ModelChoiceField(Entity.objects.filter(active=True), label=_("Entity"), required=False)
    site = forms.ModelChoiceField(Site.objects.filter(active=True), label=_("Site"), required=False)
    person = forms.ModelChoiceField(Person.objects.filter(active=True), label=_("Person"), required=False)
    start = forms.DateField(label=_("First day"), required=False, widget=day_input())
    end = forms.DateField(label=_("Last day"), required=False, widget=day_input())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        give_countries(self.fields["country"])


def give_countries(field: forms.Field) -> None:
    """Fill a choice with the countries in the reader's language."""
    if isinstance(field, forms.ChoiceField):
        field.choices = countries()


class DaysForm(forms.Form):
    """From when to when a pattern holds."""

    start = forms.DateField(label=_("First day"), required=False, widget=day_input())
    end = forms.DateField(label=_("Last day"), required=False, widget=day_input())


class HolidayForm(forms.Form):
    """A holiday of a country, one of its regions, or a site; its day and place stay once given."""

    day = forms.DateField(label=_("Day"), widget=day_input())
    country = forms.ChoiceField(label=_("Country"), required=False)
    region = forms.CharField(
        label=_("Region"), required=False, max_length=10, help_text=_("The region's code after ISO 3166-2, such as BY.")
    )
    site = forms.ModelChoiceField(Site.objects.filter(active=True), label=_("Site"), required=False)
    name = LocalTextFormField(label=_("Name"))
    kind = forms.ChoiceField(
        label=_("What it is"),
        choices=Holiday.KINDS,
        help_text=_("An ordinary day strikes a published holiday; a moved working day is worked on a weekend."),
    )
    percent = forms.IntegerField(
        label=_("Free share of the day"),
        min_value=1,
        max_value=100,
        initial=100,
        help_text=_("In per cent: 50 leaves the morning to work."),
    )
    as_weekday = forms.TypedChoiceField(
        label=_("Works like"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "–"), *enumerate(DAY_NAMES)],
        help_text=_("For a moved working day; without it, like the first working day of the week."),
    )

    def __init__(self, *args: Any, existing: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if existing:
            for name in ("day", "country", "region", "site"):
                del self.fields[name]
        else:
            give_countries(self.fields["country"])


class SpecialDayForm(forms.Form):
    """Other hours for one day."""

    site = forms.ModelChoiceField(Site.objects.filter(active=True), label=_("Site"), required=False)
    person = forms.ModelChoiceField(Person.objects.filter(active=True), label=_("Person"), required=False)
    day = forms.DateField(label=_("Day"), widget=day_input())
    spans = HoursField(label=_("Hours"), help_text=_("Empty: a free day."))
    note = forms.CharField(label=_("Note"), required=False, max_length=200)


class MyAbsenceForm(forms.Form):
    """When I am away."""

    start = forms.DateField(label=_("First day"), widget=day_input())
    end = forms.DateField(label=_("Last day"), widget=day_input())
    part = forms.ChoiceField(label=_("How long each day"), choices=Absence.PARTS)
    kind = forms.ChoiceField(
        label=_("Why"), choices=Absence.KINDS, help_text=_("Few can see the reason; others see that you are away.")
    )


class AbsenceForm(MyAbsenceForm):
    """When somebody is away."""

    person = forms.ModelChoiceField(Person.objects.filter(active=True), label=_("Person"))
    field_order = ("person",)


def week_text(pattern: WorkPattern) -> str:
    """A week in one line."""
    if pattern.follow_weekend:
        return gettext("Working days: %(hours)s") % {"hours": hours_text(pattern.week.get(WEEKDAYS[0], []))}
    shown = [
        f"{label} {hours_text(pattern.week[day])}"
        for day, label in zip(WEEKDAYS, DAY_NAMES, strict=True)
        if pattern.week.get(day)
    ]
    return "; ".join(shown)
