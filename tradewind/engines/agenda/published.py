"""Public holidays and moved working days as countries and regions publish them (package `holidays`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import holidays

from tradewind.base.words import LocalText
from tradewind.engines.agenda.rules import DayRule, Off

# Where the half days of the package are free for everybody; elsewhere (as in China) they concern some people only.
HALF_DAYS = frozenset({"CW", "FO", "GR", "IS", "PR", "TR"})
MOVED = LocalText({"en": "Moved working day", "zh-hans": "调休上班"})
ENGLISH = ("en_US", "en", "en_GB", "en_IN")
CHINESE = ("zh_CN", "zh")


@dataclass(frozen=True)
class PublishedDay:
    """One day of a public calendar: its names, and what it means for work."""

    day: date
    name: LocalText
    rule: DayRule


@lru_cache(maxsize=512)
def published(country: str, region: str, year: int) -> dict[date, PublishedDay]:
    """The public holidays of a country, or of its region, in a year; empty where none are published to us.

    A region the package does not know counts as the country as a whole.
    """
    if country not in known_countries():
        return {}
    found: dict[date, PublishedDay] = {}
    if country in HALF_DAYS:
        found |= days_off(country, region, year, "half_day", 50)
    found |= days_off(country, region, year, "public", 100)
    calendar = holidays.country_holidays(country, years=year)
    for day in getattr(calendar, "weekend_workdays", None) or ():
        if day.year == year:
            found[day] = PublishedDay(day, MOVED, DayRule(works=True))
    return found


@lru_cache(maxsize=1)
def known_countries() -> frozenset[str]:
    """The countries the package knows."""
    return frozenset(holidays.list_supported_countries(include_aliases=False))


def regions_of(country: str) -> tuple[str, ...]:
    """The codes of the regions whose own holidays are known."""
    if country not in known_countries():
        return ()
    return tuple(holidays.country_holidays(country).subdivisions)


def days_off(country: str, region: str, year: int, category: str, percent: int) -> dict[date, PublishedDay]:
    """The free days of one category with their names in English, Chinese and the country's own language."""
    calendar = holidays.country_holidays(country)
    subdivision = region if region in calendar.subdivisions else None
    spoken = tuple(calendar.supported_languages or ())
    wanted = {"en": pick(ENGLISH, spoken), "zh-hans": pick(CHINESE, spoken), "own": None}
    names: dict[date, dict[str, str]] = {}
    for tag, language in wanted.items():
        if language is None and tag != "own":
            continue
        listed = holidays.country_holidays(
            country, subdiv=subdivision, years=year, categories=(category,), language=language
        )
        for day, name in listed.items():
            names.setdefault(day, {})[tag] = name
    return {
        day: PublishedDay(day, named(texts), DayRule(Off(percent))) for day, texts in names.items() if day.year == year
    }


def pick(wanted: tuple[str, ...], spoken: tuple[str, ...]) -> str | None:
    """The first wanted language the calendar speaks."""
    return next((language for language in wanted if language in spoken), None)


def named(texts: dict[str, str]) -> LocalText:
    """Names by language; the country's own name stands in for English where that is missing."""
    own = texts.pop("own", "")
    return LocalText({"en": texts.get("en") or own, **{tag: text for tag, text in texts.items() if tag != "en"}})
