"""Pages of working time, holidays and absence."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms as django_forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tradewind.base import clock
from tradewind.base.places import COUNTRIES
from tradewind.engines.agenda import actions, forms, queries
from tradewind.engines.agenda.models import Absence, Holiday, PatternOf, SpecialDay, WorkPattern
from tradewind.engines.agenda.published import known_countries, regions_of
from tradewind.engines.agenda.rules import WEEKDAYS
from tradewind.nouns.org.models import Site
from tradewind.nouns.org.queries import reader
from tradewind.ui.pages import (
    ActionPage,
    Bool,
    Choice,
    Col,
    DayRange,
    DetailPage,
    FormPage,
    ListPage,
    Page,
    Ref,
    Section,
)

KIND_TONES = {Holiday.OFF: "attention", Holiday.WORK: "info", Holiday.NORMAL: "neutral"}


def country_name(code: str) -> str:
    """A country's name in the reader's language; the code where it is unknown."""
    return str(COUNTRIES[code].name) if code in COUNTRIES else code


# --- my own time ---------------------------------------------------------------------------------------------------


class MyTime(Page):
    """My working time of two weeks, the holidays that hold for me, and when I am away."""

    area, section, name, path, any_person = "agenda", "me", "my-time", "me/time/", True
    title, icon, template = _("My working time"), "calendar-time", "agenda/my_time.html"

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        person = reader(request)
        today = clock.today(person.zone)
        monday = today - timedelta(days=today.weekday())
        start, _end = clock.day_bounds(monday, person.zone)
        _start, end = clock.day_bounds(monday + timedelta(days=13), person.zone)
        windows = queries.working_windows(person, start, end)
        lines = queries.holidays_of(person, today.year) + queries.holidays_of(person, today.year + 1)
        return {
            "today": today,
            "days": days_with(windows, [monday + timedelta(days=n) for n in range(14)], person.zone, lines),
            "holidays": [line for line in lines if line.day >= today][:10],
            "absences": Absence.objects.filter(person=person, cancelled=False, end__gte=today).order_by("start"),
        }


def days_with(windows: list[Any], days: list[date], zone: str, holidays: list[Any]) -> list[dict[str, Any]]:
    """Each day with the windows that start on it, and its holiday."""
    named = {line.day: line for line in holidays}
    return [
        {"day": day, "windows": [w for w in windows if clock.day_of(w.start, zone) == day], "holiday": named.get(day)}
        for day in days
    ]


class AbsenceMine(ActionPage[Absence]):
    """Records that I am away."""

    area, section, stem, verb, plural = "agenda", "me", "absence", "mine", "me/time/absence"
    any_person, with_row = True, False
    title, button, icon = _("I am away"), _("Record"), "beach"
    form, action = forms.MyAbsenceForm, actions.record_absence

    def perform(self, request: HttpRequest, row: Any, values: dict[str, Any]) -> Any:
        return actions.record_absence(reader(request), person=reader(request), **values)

    def after(self, row: Any) -> str:
        return reverse("agenda:my-time")


class AbsenceList(ListPage[Absence]):
    """Who is away."""

    area, section, stem, read = "agenda", "settings", "absence", "agenda.view_absence"
    title, icon = _("Absences"), "beach"
    columns = [
        Col("person", _("Person"), kind="person", sort="person__name"),
        Col("start", _("First day"), kind="day", sort="start", link=True),
        Col("end", _("Last day"), kind="day", sort="end"),
        Col("part", _("How long each day"), value="get_part_display"),
    ]
    filters = [DayRange("start", _("First day")), Choice("part", _("How long each day"), Absence.PARTS)]
    default_order = "-start"
    primary, primary_label, primary_code = "agenda:absence-record", _("Record an absence"), "agenda.record_absence"
    empty = _("Everybody can record their own absence under My working time.")

    def rows(self, request: HttpRequest) -> QuerySet[Absence]:
        return queries.absences(reader(request))

    def search(self, rows: QuerySet[Absence], text: str) -> QuerySet[Absence]:
        return rows.filter(person__name__istartswith=text)


class AbsenceDetail(DetailPage[Absence]):
    """One absence; the reason for who may know it."""

    of = AbsenceList
    title = "person"
    facts = [
        *AbsenceList.columns[:1],
        Col("start", _("First day"), kind="day"),
        Col("end", _("Last day"), kind="day"),
        Col("part", _("How long each day"), value="get_part_display"),
    ]
    sections = [
        Section(
            _("Reason"),
            read="agenda.view_absence_reason",
            rows=lambda request, row: [row],
            columns=[Col("kind", _("Why"), value="get_kind_display")],
        )
    ]
    actions = ["agenda:absence-cancel"]


class AbsenceRecord(ActionPage[Absence]):
    """Records that somebody is away."""

    of = AbsenceList
    verb, with_row, code = "record", False, "agenda.record_absence"
    title, button, icon = _("Record an absence"), _("Record"), "beach"
    form, action = forms.AbsenceForm, actions.record_absence


class AbsenceCancel(ActionPage[Absence]):
    """Cancels an absence."""

    area, section, stem, verb, any_person = "agenda", "me", "absence", "cancel", True
    title, button, icon, danger = _("Cancel the absence"), _("Cancel the absence"), "x", True
    action = actions.cancel_absence

    def rows(self, request: HttpRequest) -> QuerySet[Absence]:
        return queries.absences(reader(request))

    def after(self, row: Any) -> str:
        return reverse("agenda:my-time")


# --- holidays ------------------------------------------------------------------------------------------------------


class HolidayCalendar(Page):
    """The holiday calendar of a country, region or site for a year, with the source of each day."""

    area, section, name, path, read = (
        "agenda",
        "settings",
        "holidays",
        "settings/holidays/calendar/",
        "agenda.view_holiday",
    )
    title, icon, template = _("Holiday calendar"), "calendar-event", "agenda/holidays.html"

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        person = reader(request)
        year = chosen_year(request.GET.get("year", ""), clock.today(person.zone).year)
        site = Site.objects.filter(pk=int(key)).first() if (key := request.GET.get("site", "")).isdecimal() else None
        country = request.GET.get("country", "") or person.country or "CN"
        region = request.GET.get("region", "")
        return {
            "lines": queries.holidays(country, region, year, site),
            "year": year,
            "site": site,
            "sites": Site.objects.filter(active=True),
            "country": site.country if site else country,
            "region": site.region if site else region,
            "countries": [(code, name) for code, name in forms.countries() if code in known_countries()],
            "regions": regions_of(site.country if site else country),
            "weekend": [forms.DAY_NAMES[day] for day in sorted(queries.weekend_of(site.country if site else country))],
        }


def chosen_year(text: str, present: int) -> int:
    """The asked year where it makes sense, else the present one."""
    return int(text) if text.isdecimal() and 2000 <= int(text) <= 2100 else present


class HolidayList(ListPage[Holiday]):
    """Our own holidays, over the published ones."""

    area, section, stem, read, plural = "agenda", "settings", "holiday", "agenda.view_holiday", "settings/holidays"
    title, icon = _("Holidays of our own"), "calendar-star"
    columns = [
        Col("day", _("Day"), kind="day", sort="day", link=True),
        Col("name", _("Name"), kind="localtext"),
        Col("country", _("Country"), value=lambda row: country_name(row.country), sort="country"),
        Col("region", _("Region")),
        Col("site", _("Site"), value="site.name", kind="localtext"),
        Col("kind", _("What it is"), kind="chip", value="get_kind_display", tone=lambda row: KIND_TONES[row.kind]),
        Col("percent", _("Free share of the day"), value=lambda row: f"{row.percent} %"),
    ]
    filters = [DayRange("day", _("Day")), Choice("kind", _("What it is"), Holiday.KINDS)]
    default_order = "-day"
    searchable = False
    primary, primary_label, primary_code = "agenda:holiday-new", _("New holiday"), "agenda.create_holiday"
    secondary = [("agenda:holidays", _("Holiday calendar"), "agenda.view_holiday")]
    empty = _(
        "Public holidays are known for most countries. Enter here what differs: half days, days off of a site, moved working days."
    )

    def rows(self, request: HttpRequest) -> QuerySet[Holiday]:
        return queries.own_holidays(reader(request))


class HolidayDetail(DetailPage[Holiday]):
    """One holiday of our own."""

    of = HolidayList
    title = "name"
    facts = [Col("day", _("Day"), kind="day"), *HolidayList.columns[2:]]
    actions = ["agenda:holiday-edit", "agenda:holiday-remove"]


class HolidayEdit(FormPage[Holiday]):
    """Creates and changes a holiday."""

    of = HolidayList
    title, edit_title = _("New holiday"), _("Edit the holiday")
    form = forms.HolidayForm
    create, update = actions.create_holiday, actions.update_holiday

    def form_kwargs(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {"existing": row is not None}


class HolidayRemove(ActionPage[Holiday]):
    """Removes a holiday of our own."""

    of = HolidayList
    verb, danger = "remove", True
    title, button, icon = _("Remove the holiday"), _("Remove"), "trash"
    action = actions.remove_holiday
    leads = "list"


# --- working patterns ----------------------------------------------------------------------------------------------


class PatternList(ListPage[WorkPattern]):
    """Working patterns."""

    area, section, stem, read, plural = (
        "agenda",
        "settings",
        "pattern",
        "agenda.view_pattern",
        "settings/working-patterns",
    )
    title, icon = _("Working patterns"), "clock-hour-9"
    columns = [
        Col("name", _("Name"), kind="localtext", link=True),
        Col("code", _("Code"), sort="code"),
        Col("week", _("Week"), value=forms.week_text),
        Col("active", _("In use"), kind="bool"),
    ]
    filters = [Bool("active", _("In use"))]
    default_order = "code"
    searchable = False
    primary, primary_label, primary_code = "agenda:pattern-new", _("New pattern"), "agenda.create_pattern"
    empty = _("Without one, people work office hours (9–12 and 13–18) outside their country's weekend.")

    def rows(self, request: HttpRequest) -> QuerySet[WorkPattern]:
        return queries.patterns(reader(request))


def target_of(line: PatternOf) -> str:
    """For whom a pattern holds, in a word."""
    target = line.person or line.site or line.entity
    return str(target) if target else country_name(line.country) if line.country else gettext("The whole company")


class PatternDetail(DetailPage[WorkPattern]):
    """One pattern and for whom it holds."""

    of = PatternList
    title = "name"
    facts = PatternList.columns[1:]
    sections = [
        Section(
            _("Holds for"),
            rows=lambda request, row: queries.pattern_lines(reader(request)).filter(pattern=row),
            columns=[
                Col("target", _("For"), value=target_of, link=True),
                Col("start", _("First day"), kind="day"),
                Col("end", _("Last day"), kind="day"),
            ],
            url=lambda line: reverse("agenda:assignment-change", args=[line.pk]),
            empty=_("It holds for nobody yet."),
        )
    ]
    actions = ["agenda:pattern-assign", "agenda:pattern-edit"]


class PatternEdit(FormPage[WorkPattern]):
    """Creates and changes a pattern."""

    of = PatternList
    title, edit_title = _("New pattern"), _("Edit the pattern")
    form = forms.PatternForm
    create, update = actions.create_pattern, actions.update_pattern

    def form_kwargs(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {"existing": row is not None}

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {**super().initial(request, row), **(row.week if row is not None else {})}

    def arguments(self, form: django_forms.BaseForm) -> dict[str, Any]:
        values = dict(form.cleaned_data)
        week = {day: values.pop(day) for day in WEEKDAYS}
        return {**values, "week": {day: spans for day, spans in week.items() if spans}}


class PatternAssign(ActionPage[WorkPattern]):
    """Sets for whom a pattern holds."""

    of = PatternList
    verb = "assign"
    title, button, icon = _("Set for whom it holds"), _("Set"), "users"
    text = _(
        "Leave all four empty for the whole company. The closest one counts: person, site, entity, country, company."
    )
    form, action = forms.AssignForm, actions.assign_pattern

    def after(self, row: Any) -> str:
        return reverse("agenda:pattern-detail", args=[row.pattern_id if isinstance(row, PatternOf) else row.pk])


class AssignmentChange(ActionPage[PatternOf]):
    """Changes from when to when a pattern holds."""

    area, section, stem, verb, plural = (
        "agenda",
        "settings",
        "assignment",
        "change",
        "settings/working-patterns/holding",
    )
    title, button, icon = _("From when to when it holds"), _("Save"), "calendar"
    form, action = forms.DaysForm, actions.update_assignment

    def rows(self, request: HttpRequest) -> QuerySet[PatternOf]:
        return queries.pattern_lines(reader(request))

    def initial(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {"start": row.start, "end": row.end}

    def after(self, row: Any) -> str:
        return reverse("agenda:pattern-detail", args=[row.pattern_id])


# --- dated exceptions ----------------------------------------------------------------------------------------------


class SpecialDayList(ListPage[SpecialDay]):
    """Dated exceptions of sites and people."""

    area, section, stem, plural = "agenda", "settings", "special_day", "settings/special-days"
    read = "agenda.view_special_day"
    title, icon = _("Dated exceptions"), "calendar-exclamation"
    columns = [
        Col("day", _("Day"), kind="day", sort="day"),
        Col("target", _("For"), value=lambda row: str(row.person or row.site)),
        Col("spans", _("Hours"), value=lambda row: forms.hours_text(row.spans) or gettext("Free")),
        Col("note", _("Note")),
    ]
    filters = [DayRange("day", _("Day")), Ref("site", _("Site"), lambda request: Site.objects.filter(active=True))]
    default_order = "-day"
    searchable = False
    primary, primary_label, primary_code = "agenda:special_day-set", _("Set a day"), "agenda.set_special_day"
    empty = _("Set other hours for one day of a site or a person, such as a stocktaking on a Saturday.")

    def rows(self, request: HttpRequest) -> QuerySet[SpecialDay]:
        return queries.special_days(reader(request))

    def row_url(self, row: SpecialDay) -> str:
        return reverse("agenda:special_day-remove", args=[row.pk])


class SpecialDaySet(ActionPage[SpecialDay]):
    """Sets other hours for a day."""

    of = SpecialDayList
    verb, with_row = "set", False
    title, button, icon = _("Set a day"), _("Set"), "calendar-plus"
    form, action = forms.SpecialDayForm, actions.set_special_day


class SpecialDayRemove(ActionPage[SpecialDay]):
    """Removes a dated exception."""

    of = SpecialDayList
    verb, danger = "remove", True
    title, button, icon = _("Remove the exception"), _("Remove"), "trash"
    action = actions.remove_special_day


PAGES = (
    MyTime, AbsenceMine, AbsenceList, AbsenceDetail, AbsenceRecord, AbsenceCancel, HolidayCalendar, HolidayList,
    HolidayDetail, HolidayEdit, HolidayRemove, PatternList, PatternDetail, PatternEdit, PatternAssign, AssignmentChange,
    SpecialDayList, SpecialDaySet, SpecialDayRemove,
)  # fmt: skip
