"""Who works when: the calendars of people and sites, put together from patterns, holidays, exceptions and absence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache

from django.db.models import Q, QuerySet

from tradewind.base import clock
from tradewind.base.places import COUNTRIES
from tradewind.base.words import LocalText
from tradewind.engines.access.scope import visible
from tradewind.engines.agenda.models import Absence, Holiday, PatternOf, SpecialDay, WorkPattern
from tradewind.engines.agenda.published import PublishedDay, published
from tradewind.engines.agenda.rules import (
    HORIZON,
    WEEKDAYS,
    Calendar,
    DayRule,
    Off,
    Spans,
    Week,
    Window,
    parse_spans,
    parse_week,
    plan_of_day,
)
from tradewind.nouns.org.models import Company, Entity, Person, Site

OFFICE_HOURS: Spans = parse_spans([["09:00", "12:00"], ["13:00", "18:00"]])
SATURDAY_SUNDAY = frozenset({5, 6})
MANY = 300  # people from which it is quicker to read what everybody has than to name each


@dataclass(frozen=True)
class Place:
    """Where working time and holidays are looked up: site, region and country, the entity and the zone."""

    zone: str
    country: str = ""
    region: str = ""
    site: int | None = None
    entity: int | None = None
    person: int | None = None


@dataclass(frozen=True)
class HolidayLine:
    """One day of a place's holiday calendar and where we have it from: `published`, `country`, `region` or `site`."""

    day: date
    name: LocalText
    rule: DayRule
    source: str
    holiday: int | None = None


@dataclass
class Loaded:
    """What a set of calendars reads from the store, fetched once for all of them."""

    patterns: list[PatternOf] = field(default_factory=list)
    holidays: list[Holiday] = field(default_factory=list)
    site_days: dict[tuple[int, date], Spans] = field(default_factory=dict)
    person_days: dict[tuple[int, date], Spans] = field(default_factory=dict)
    absences: dict[int, list[Absence]] = field(default_factory=lambda: defaultdict(list))


def place_of_person(person: Person, company: Company | None = None) -> Place:
    """Where a person works: the site while it lies in the person's country, else that country, the entity's, the company's."""
    site, entity = person.site, person.entity
    if site and person.country in ("", site.country):
        return Place(person.zone, site.country, site.region, site.pk, person.entity_id, person.pk)
    country = person.country or (entity.country if entity else "") or (company.country if company else "")
    return Place(person.zone, country, "", None, person.entity_id, person.pk)


def places_of(people: QuerySet[Person]) -> dict[int, Place]:
    """Where many people work, by their ids, as `place_of_person` tells it, in two queries."""
    home = Company.objects.values_list("country", flat=True).first() or ""
    rows = people.order_by().values_list(
        "pk", "zone", "country", "entity", "entity__country", "site", "site__country", "site__region"
    )
    found = {}
    for pk, zone, country, entity, entity_country, site, site_country, region in rows:
        if site and country in ("", site_country):
            found[pk] = Place(zone, site_country, region, site, entity, pk)
        else:
            found[pk] = Place(zone, country or entity_country or home, "", None, entity, pk)
    return found


def place_of_site(site: Site) -> Place:
    """A site as a place."""
    return Place(site.zone, site.country, site.region, site.pk, site.entity_id)


def calendars(people: Sequence[Person], start: date, end: date) -> dict[int, Calendar]:
    """The calendars of several people for the days from `start` to `end`, by their ids, in a fixed number of queries."""
    known = Person.objects.select_related("site", "entity").in_bulk([person.pk for person in people])
    company = Company.objects.first()
    places = {pk: place_of_person(person, company) for pk, person in known.items()}
    loaded = load(places.values(), start, end)
    return {pk: calendar(place, loaded) for pk, place in places.items()}


def calendar_of(person: Person, start: datetime, end: datetime) -> Calendar:
    """One person's calendar, read for the days around two moments."""
    return calendars([person], start.date() - timedelta(days=3), end.date() + timedelta(days=2))[person.pk]


def calendar_of_site(site: Site, start: datetime, end: datetime) -> Calendar:
    """A site's calendar, for the days around two moments."""
    place = place_of_site(site)
    return calendar(place, load([place], start.date() - timedelta(days=3), end.date() + timedelta(days=2)))


def load(places: Iterable[Place], start: date, end: date) -> Loaded:
    """Read from the store what the calendars of these places need between two days."""
    places = list(places)
    people = [place.person for place in places if place.person]
    sites = {place.site for place in places if place.site}
    many = len(people) > MANY
    lines = PatternOf.objects.filter(pattern__active=True).select_related("pattern").order_by("id")
    found = Loaded(
        patterns=list(lines if many else assignments(people)),
        holidays=list(Holiday.objects.filter(day__range=(start, end))),
    )
    theirs = Q() if many else Q(person__in=people) | Q(site__in=sites)
    for special in SpecialDay.objects.filter(theirs, day__range=(start, end)):
        spans = parse_spans(special.spans)
        if special.person_id:
            found.person_days[special.person_id, special.day] = spans
        elif special.site_id:
            found.site_days[special.site_id, special.day] = spans
    theirs = Q() if many else Q(person__in=people)
    for absence in Absence.objects.filter(theirs, cancelled=False, start__lte=end, end__gte=start):
        found.absences[absence.person_id].append(absence)
    return found


def assignments(people: Iterable[int]) -> QuerySet[PatternOf]:
    """Which patterns hold for whom: those of these people and all that hold for more than one person."""
    rows = PatternOf.objects.filter(Q(person__in=list(people)) | Q(person=None), pattern__active=True)
    return rows.select_related("pattern").order_by("id")


def calendar(place: Place, loaded: Loaded) -> Calendar:
    """A place's calendar from what was read."""

    @lru_cache(maxsize=2048)
    def plan(day: date) -> Spans:
        line = holiday_on(place, day, loaded.holidays)
        special = loaded.person_days.get((place.person or 0, day))
        if special is None:
            special = loaded.site_days.get((place.site or 0, day))
        return plan_of_day(
            day,
            week_on(place, day, loaded.patterns),
            holiday=line.rule if line else None,
            special=special,
            absences=absent_on(day, loaded.absences.get(place.person or 0, ())),
        )

    return Calendar(clock.zone(place.zone), plan)


def absent_on(day: date, absences: Iterable[Absence]) -> list[Off]:
    """The free shares that a person's absences make of a day."""
    shares = {Absence.ALL: Off(), Absence.MORNING: Off(50, at_end=False), Absence.AFTERNOON: Off(50)}
    return [shares[absence.part] for absence in absences if absence.start <= day <= absence.end]


def rank(line: PatternOf, place: Place) -> int:
    """How closely a pattern holds for a place: 5 for the person … 1 for the company, 0 when not at all."""
    if line.person_id:
        return 5 if line.person_id == place.person else 0
    if line.site_id:
        return 4 if line.site_id == place.site else 0
    if line.entity_id:
        return 3 if line.entity_id == place.entity else 0
    if line.country:
        return 2 if line.country == place.country else 0
    return 1


def pattern_on(place: Place, day: date, lines: Iterable[PatternOf]) -> PatternOf | None:
    """The closest pattern that holds on a day; of two equally close ones the later start, then the later entry."""
    holding = [
        line
        for line in lines
        if rank(line, place) and (line.start is None or line.start <= day) and (line.end is None or day <= line.end)
    ]
    return max(holding, key=lambda line: (rank(line, place), line.start or date.min, line.pk), default=None)


def week_on(place: Place, day: date, lines: Iterable[PatternOf]) -> Week:
    """The week that holds for a place on a day; office hours outside the country's weekend where nobody set one."""
    line = pattern_on(place, day, lines)
    if line is None:
        return spread(OFFICE_HOURS, place.country)
    return week_of(line.pattern, place.country)


def week_of(pattern: WorkPattern, country: str) -> Week:
    """A pattern's week for somebody in a country."""
    if pattern.follow_weekend:
        return spread(parse_spans(pattern.week.get(WEEKDAYS[0], ())), country)
    return parse_week(pattern.week)


def spread(spans: Spans, country: str) -> Week:
    """The same hours on every day that is no weekend day in the country."""
    weekend = weekend_of(country)
    return tuple(() if weekday in weekend else spans for weekday in range(7))


def weekend_of(country: str) -> frozenset[int]:
    """The weekend days of a country (Monday is 0)."""
    known = COUNTRIES.get(country)
    return known.weekend if known else SATURDAY_SUNDAY


def holiday_on(place: Place, day: date, own: Iterable[Holiday]) -> HolidayLine | None:
    """What holds on a day at a place: ours for the site, else for the region, else the country, else as published."""
    return holidays_between(place, day, day, own).get(day)


def holidays_between(place: Place, start: date, end: date, own: Iterable[Holiday]) -> dict[date, HolidayLine]:
    """A place's holiday calendar between two days; closer entries replace wider ones, an ordinary day removes them."""
    found = {
        day: from_published(line)
        for year in range(start.year, end.year + 1)
        for day, line in published(place.country, place.region, year).items()
        if start <= day <= end
    }
    ours = [(holiday_rank(row, place), row) for row in own if start <= row.day <= end]
    for level, row in sorted(((level, row) for level, row in ours if level), key=lambda pair: pair[0]):
        found[row.day] = HolidayLine(
            row.day, LocalText(row.name), rule_of(row), ("country", "region", "site")[level - 1], row.pk
        )
    return found


def from_published(line: PublishedDay) -> HolidayLine:
    """A published day as a line."""
    return HolidayLine(line.day, line.name, line.rule, "published")


def holiday_rank(row: Holiday, place: Place) -> int:
    """How closely one of our holidays concerns a place: 3 site, 2 region, 1 country, 0 not."""
    if row.site_id:
        return 3 if row.site_id == place.site else 0
    if row.country != place.country:
        return 0
    if row.region:
        return 2 if row.region == place.region else 0
    return 1


def rule_of(row: Holiday) -> DayRule:
    """What one of our holidays means for work."""
    if row.kind == Holiday.WORK:
        return DayRule(works=True, as_weekday=row.as_weekday)
    return DayRule(Off(row.percent)) if row.kind == Holiday.OFF else DayRule()


# --- the questions other rooms ask ---------------------------------------------------------------------------------


def working_windows(person: Person, start: datetime, end: datetime) -> list[Window]:
    """The stretches in which a person works between two moments, in UTC and in order."""
    return list(calendar_of(person, start, end).windows(start, end))


def is_working(person: Person, at: datetime | None = None) -> bool:
    """Whether a person works at a moment (now by default)."""
    at = at or clock.now()
    return calendar_of(person, at, at).is_working(at)


def next_working_moment(person: Person, after: datetime | None = None) -> datetime | None:
    """The first moment not before `after` at which a person works; None when there is none within 400 days."""
    after = after or clock.now()
    return calendar_of(person, after, after + HORIZON).next_moment(after)


def add_working_time(who: Person | Site, start: datetime, duration: timedelta) -> datetime:
    """The moment at which `duration` of somebody's (or a site's) working time has passed; Refused beyond 400 days."""
    found = (
        calendar_of_site(who, start, start + HORIZON)
        if isinstance(who, Site)
        else calendar_of(who, start, start + HORIZON)
    )
    return found.add(start, duration)


def holidays(country: str, region: str = "", year: int | None = None, site: Site | None = None) -> list[HolidayLine]:
    """The holiday calendar of a country, a region or a site for a year (the present one by default), by day."""
    place = place_of_site(site) if site else Place("UTC", country, region)
    year = year or clock.today(place.zone).year
    first, last = date(year, 1, 1), date(year, 12, 31)
    own = Holiday.objects.filter(day__range=(first, last)).select_related("site")
    return [line for _day, line in sorted(holidays_between(place, first, last, own).items())]


def holidays_of(who: Person | Site, year: int) -> list[HolidayLine]:
    """The holiday calendar that holds for a person or a site."""
    place = place_of_site(who) if isinstance(who, Site) else place_of_person(who, Company.objects.first())
    first, last = date(year, 1, 1), date(year, 12, 31)
    own = Holiday.objects.filter(day__range=(first, last))
    return [line for _day, line in sorted(holidays_between(place, first, last, own).items())]


def working_now(people: Sequence[Person], at: datetime | None = None) -> dict[int, bool]:
    """Which of several people work at a moment, in a fixed number of queries."""
    known = Person.objects.select_related("site", "entity").in_bulk([person.pk for person in people])
    company = Company.objects.first()
    return working_at({pk: place_of_person(person, company) for pk, person in known.items()}, at)


def working_at(places: Mapping[int, Place], at: datetime | None = None) -> dict[int, bool]:
    """At which of several people's places work is done at a moment, by their keys, in a fixed number of queries.

    Who has no pattern, exception or absence of their own shares the answer of their place, so thousands cost little.
    """
    at = at or clock.now()
    loaded = load(places.values(), at.date() - timedelta(days=3), at.date() + timedelta(days=2))
    own = {line.person_id for line in loaded.patterns if line.person_id}
    own |= {person for person, _day in loaded.person_days} | set(loaded.absences)
    shared: dict[tuple[object, ...], bool] = {}
    found = {}
    for key, place in places.items():
        if place.person in own:
            found[key] = calendar(place, loaded).is_working(at)
            continue
        where = (place.zone, place.country, place.region, place.site, place.entity)
        if where not in shared:
            shared[where] = calendar(place, loaded).is_working(at)
        found[key] = shared[where]
    return found


# --- lists ---------------------------------------------------------------------------------------------------------


def patterns(person: Person) -> QuerySet[WorkPattern]:
    """The working patterns a person may see."""
    return visible(person, "agenda.view_pattern", WorkPattern.objects.all())


def pattern_lines(person: Person) -> QuerySet[PatternOf]:
    """Which patterns hold for whom, as far as a person may see it."""
    rows = visible(person, "agenda.view_pattern", PatternOf.objects.all())
    return rows.select_related("pattern", "entity", "site", "person")


def own_holidays(person: Person) -> QuerySet[Holiday]:
    """The holidays we entered ourselves."""
    return visible(person, "agenda.view_holiday", Holiday.objects.select_related("site"))


def special_days(person: Person) -> QuerySet[SpecialDay]:
    """The dated exceptions a person may see."""
    return visible(person, "agenda.view_special_day", SpecialDay.objects.select_related("site", "person"))


def absences(person: Person) -> QuerySet[Absence]:
    """The absences a person may see; their reason needs a right of its own."""
    return visible(person, "agenda.view_absence", Absence.objects.select_related("person")).filter(cancelled=False)


def entities() -> QuerySet[Entity]:
    """The active entities, to choose from."""
    return Entity.objects.filter(active=True)
