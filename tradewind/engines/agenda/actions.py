"""Set working time, holidays and absence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from tradewind.base.errors import NotAllowed, Refused
from tradewind.base.places import COUNTRIES
from tradewind.base.words import LocalText
from tradewind.engines.access.scope import Scope, can
from tradewind.engines.actions.action import action
from tradewind.engines.agenda.models import Absence, Holiday, PatternOf, SpecialDay, WorkPattern
from tradewind.engines.agenda.rules import parse_spans, parse_week, written
from tradewind.nouns.org.models import Entity, Person, Site
from tradewind.nouns.org.queries import holding

Pairs = Sequence[Sequence[str]]


@action()
def create_pattern(
    by: Person, *, code: str, name: dict[str, str], week: dict[str, list[list[str]]], follow_weekend: bool = False
) -> WorkPattern:
    """Create a working pattern.

    `week` is `{"mon": [["09:00", "12:00"], …], …}`; an end not after its start lies on the next day. Raises Refused.
    """
    if WorkPattern.objects.filter(code=code).exists():
        raise Refused(_("This code is taken."), fields={"code": _("This code is taken.")})
    return WorkPattern.objects.create(
        code=code, name=LocalText(name), week=checked_week(week, follow_weekend), follow_weekend=follow_weekend
    )


def everywhere(*_args: Any, **_kwargs: Any) -> Scope:
    """A pattern is the whole company's, as are the holidays of a country."""
    return Scope()


@action(scope=everywhere)
def update_pattern(
    by: Person,
    pattern: WorkPattern,
    *,
    name: dict[str, str],
    week: dict[str, list[list[str]]],
    follow_weekend: bool = False,
    active: bool = True,
) -> WorkPattern:
    """Change a working pattern."""
    pattern.name = LocalText(name)
    pattern.week = checked_week(week, follow_weekend)
    pattern.follow_weekend, pattern.active = follow_weekend, active
    pattern.save()
    return pattern


def checked_week(week: dict[str, list[list[str]]], follow_weekend: bool) -> dict[str, list[list[str]]]:
    """The week as it is stored; Refused, beside the field, when it is not one."""
    try:
        parsed = parse_week(week)
    except Refused as fault:
        raise Refused(fault.message, code=fault.code, fields={"week": fault.message}) from fault
    if follow_weekend and not parsed[0]:
        message = _("Write the hours of Monday: they hold on every working day of the country.")
        raise Refused(message, fields={"week": message})
    return written(parsed)


def scope_of_targets(
    *_args: Any, entity: Entity | None = None, site: Site | None = None, person: Person | None = None, **_rest: Any
) -> Scope:
    """Where the one a pattern or holiday is for lies; the whole company for a country or everybody."""
    if person is not None:
        return scope_of_person(person)
    return Scope(entity.pk if entity is not None else site.entity_id if site is not None else None)


def scope_of_line(line: PatternOf | Holiday, **_rest: Any) -> Scope:
    """Where those lie for whom a pattern or holiday holds."""
    return scope_of_targets(entity=getattr(line, "entity", None), site=line.site, person=getattr(line, "person", None))


@action(scope=scope_of_targets)
def assign_pattern(
    by: Person,
    pattern: WorkPattern,
    *,
    country: str = "",
    entity: Entity | None = None,
    site: Site | None = None,
    person: Person | None = None,
    start: date | None = None,
    end: date | None = None,
) -> PatternOf:
    """Set for whom a working pattern holds.

    At most one of country, entity, site and person; none of them means the whole company. The closest one counts, and
    of equally close ones the later start. Raises Refused.
    """
    if sum(1 for target in (country, entity, site, person) if target) > 1:
        raise Refused(_("Choose one: a country, an entity, a site or a person."), code="too_many_targets")
    check_country(country)
    check_days(start, end)
    return PatternOf.objects.create(
        pattern=pattern, country=country, entity=entity, site=site, person=person, start=start, end=end
    )


@action(scope=scope_of_line)
def update_assignment(by: Person, line: PatternOf, *, start: date | None = None, end: date | None = None) -> PatternOf:
    """Change from when to when a working pattern holds."""
    check_days(start, end)
    line.start, line.end = start, end
    line.save()
    return line


@action()
def create_holiday(
    by: Person,
    *,
    day: date,
    name: dict[str, str],
    country: str = "",
    region: str = "",
    site: Site | None = None,
    kind: str = Holiday.OFF,
    percent: int = 100,
    as_weekday: int | None = None,
) -> Holiday:
    """Enter a holiday of our own.

    For a country, one of its regions or a site; `off` (with its share of the day in per cent, free at the day's end),
    `work` for a working day moved here, `normal` to strike a published holiday. Raises Refused.
    """
    if bool(country) == bool(site):
        raise Refused(
            _("Choose either a country or a site."), fields={"country": _("Choose either a country or a site.")}
        )
    check_country(country)
    check_holiday(kind, percent, as_weekday)
    place = {"country": country, "region": region if country else "", "site": site}
    if Holiday.objects.filter(day=day, **place).exists():
        raise Refused(
            _("There is an entry for this day already."), fields={"day": _("There is an entry for this day already.")}
        )
    return Holiday.objects.create(
        day=day, name=LocalText(name), kind=kind, percent=percent, as_weekday=as_weekday, **place
    )


@action(scope=scope_of_line)
def update_holiday(
    by: Person,
    holiday: Holiday,
    *,
    name: dict[str, str],
    kind: str = Holiday.OFF,
    percent: int = 100,
    as_weekday: int | None = None,
) -> Holiday:
    """Change a holiday of our own."""
    check_holiday(kind, percent, as_weekday)
    holiday.name = LocalText(name)
    holiday.kind, holiday.percent, holiday.as_weekday = kind, percent, as_weekday
    holiday.save()
    return holiday


@action(scope=scope_of_line)
def remove_holiday(by: Person, holiday: Holiday) -> Holiday:
    """Remove a holiday of our own, so that the wider calendar holds again."""
    Holiday.objects.filter(pk=holiday.pk).delete()
    return holiday


def special_scope(*, person: Person | None = None, **rest: Any) -> Scope:
    """Where a dated exception lies: with its person, or company-wide."""
    return scope_of_person(person) if person else Scope()


@action(scope=special_scope)
def set_special_day(
    by: Person,
    *,
    day: date,
    spans: list[list[str]],
    site: Site | None = None,
    person: Person | None = None,
    note: str = "",
) -> SpecialDay:
    """Set other hours for one day of a person or a site.

    No spans make it a free day; what was set for that day before is replaced. Raises Refused.
    """
    if bool(site) == bool(person):
        raise Refused(_("Choose either a site or a person."), code="one_target")
    try:
        parse_spans(spans)
    except Refused as fault:
        raise Refused(fault.message, code=fault.code, fields={"spans": fault.message}) from fault
    return SpecialDay.objects.update_or_create(
        site=site, person=person, day=day, defaults={"spans": spans, "note": note}
    )[0]


@action()
def remove_special_day(by: Person, special: SpecialDay) -> SpecialDay:
    """Remove a dated exception, so that the usual hours hold again."""
    SpecialDay.objects.filter(pk=special.pk).delete()
    return special


@action(open_to_all=True, private=("kind",))
def record_absence(
    by: Person, *, person: Person, start: date, end: date, part: str = Absence.ALL, kind: str = "vacation"
) -> Absence:
    """Record that somebody is away.

    Everybody may for themselves; for others it needs the right where they work. Raises NotAllowed, Refused.
    """
    check_own_or("agenda.record_absence", by, person)
    check_days(start, end)
    check_choice("part", part, dict(Absence.PARTS))
    check_choice("kind", kind, dict(Absence.KINDS))
    return Absence.objects.create(person=person, start=start, end=end, part=part, kind=kind)


@action(open_to_all=True)
def cancel_absence(by: Person, absence: Absence) -> Absence:
    """Cancel an absence."""
    check_own_or("agenda.cancel_absence", by, absence.person)
    absence.cancelled = True
    absence.save()
    return absence


def check_own_or(code: str, by: Person | None, person: Person) -> None:
    """Raise NotAllowed unless it is about oneself or the right is held where the person works; the system may."""
    if by is not None and by.pk != person.pk and not any(can(by, code, place) for place in scopes_of_person(person)):
        raise NotAllowed(_("You may do this for yourself only."))


def scope_of_person(person: Person) -> Scope:
    """Where a person works, for rights."""
    return Scope(person.entity_id, person.market_id, None)


def scopes_of_person(person: Person) -> list[Scope]:
    """Where a person works, once with each of their teams."""
    teams = person.memberships.filter(holding()).values_list("team_id", flat=True)
    return [scope_of_person(person), *(Scope(person.entity_id, person.market_id, team) for team in teams)]


def check_country(country: str) -> None:
    """Refused unless blank or an ISO 3166-1 code."""
    if country and country not in COUNTRIES:
        message = _("Unknown country: %(code)s") % {"code": country}
        raise Refused(message, fields={"country": message})


def check_days(start: date | None, end: date | None) -> None:
    """Refused when the end lies before the start."""
    if start and end and end < start:
        message = _("The last day lies before the first.")
        raise Refused(message, fields={"end": message})


def check_holiday(kind: str, percent: int, as_weekday: int | None) -> None:
    """Refused unless the parts of a holiday fit."""
    check_choice("kind", kind, dict(Holiday.KINDS))
    if not 1 <= percent <= 100:
        message = _("The free share of a day lies between 1 and 100 per cent.")
        raise Refused(message, fields={"percent": message})
    if as_weekday is not None and not 0 <= as_weekday <= 6:
        message = _("Choose a day of the week.")
        raise Refused(message, fields={"as_weekday": message})


def check_choice(name: str, value: str, known: dict[str, Any]) -> None:
    """Refused when a value is none of those there are."""
    if value not in known:
        message = _("Choose one of: %(choices)s.") % {"choices": ", ".join(sorted(known))}
        raise Refused(message, fields={name: message})
