"""The 249 countries and territories of ISO 3166-1, what trading there means, and how files spell their names.

Basic columns (codes, names, currency, zones, weekend) exist for all of them; ``facts`` (labour, tax, platforms,
seasons, with a confidence per block) for the markets in data/country_facts.json. data/README.md names the sources.
"""

import csv
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tradewind.base.text import fold
from tradewind.base.words import LocalText

DATA = Path(__file__).parent / "data"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

EU = frozenset("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split())


@dataclass(frozen=True, slots=True)
class Country:
    """One country or territory; ``weekend`` holds weekday numbers (Monday 0), ``zones`` IANA names, the usual first."""

    code: str
    alpha3: str
    numeric: str
    name: LocalText
    currency: str
    region: str
    subregion: str
    weekend: frozenset[int]
    zones: tuple[str, ...]

    @property
    def in_eu(self) -> bool:
        """Whether it is a member state of the European Union."""
        return self.code in EU

    @property
    def facts(self) -> Mapping[str, Any]:
        """What is known about working and selling there; empty where nothing was collected."""
        found: Mapping[str, Any] = _facts()["countries"].get(self.code, {})
        return found

    @property
    def confidence(self) -> Mapping[str, str]:
        """How sure each block of ``facts`` is (high, medium, low): show it beside the fact."""
        found: Mapping[str, str] = self.facts.get("confidence", {})
        return found


@dataclass(frozen=True, slots=True)
class Season:
    """A dated event that commerce plans around: kind peak, stop, peak_then_stop or holiday; ``quality`` of the dates."""

    start: date
    end: date
    name: LocalText
    countries: frozenset[str]
    kind: str
    quality: str

    def concerns(self, country: str) -> bool:
        """Whether it matters in a country; an event marked ``*`` matters everywhere."""
        return "*" in self.countries or country in self.countries


def _load() -> dict[str, Country]:
    with (DATA / "countries.csv").open(encoding="utf-8", newline="") as file:
        return {
            # Plain text reading: Namibia's code is the text NA, not a missing value.
            row["code"]: Country(
                code=row["code"],
                alpha3=row["alpha3"],
                numeric=row["numeric"],
                name=LocalText({"en": row["en"], "zh-hans": row["zh_hans"]}),
                currency=row["currency"],
                region=row["region"],
                subregion=row["subregion"],
                weekend=frozenset(WEEKDAYS.index(day) for day in row["weekend"].split()),
                zones=tuple(row["zones"].split()),
            )
            for row in csv.DictReader(file)
        }


COUNTRIES: Mapping[str, Country] = MappingProxyType(_load())
# Code elements reserved beside ISO 3166-1 that files use for a country of the table.
_RESERVED = {"uk": "GB", "el": "GR"}


def find_country(text: str | None) -> str | None:
    """The alpha-2 code that a file's word for a country stands for, or None when a person must decide.

    Reads alpha-2, alpha-3, names in the languages of commerce and of the country, and common aliases, whatever case,
    accents and punctuation. Words that are no ISO country or could be two (``EIRE``, ``RSA``, ``Channel Islands``,
    ``European Community``, ``Congo``) give None.
    """
    wanted = normal_name(text or "")
    return _index().get(wanted) if wanted else None


def normal_name(text: str) -> str:
    """A country name without case, accents, punctuation and leading article, as data/country_names.csv holds it."""
    plain = re.sub(r"[’'`.]", "", fold(text))
    return re.sub(r"[\W_]+", " ", plain).strip().removeprefix("the ")


def seasons(country: str | None = None) -> list[Season]:
    """Dated commerce events (peaks, factory and carrier stops) by start; those of one country when given."""
    return [season for season in _seasons() if country is None or season.concerns(country)]


def facts_meta() -> Mapping[str, Any]:
    """When and from what the country facts were collected, and the disclaimer to show with them."""
    meta: Mapping[str, Any] = _facts()["meta"]
    return meta


@lru_cache(maxsize=1)
def _index() -> dict[str, str]:
    index: dict[str, str] = {}
    with (DATA / "country_names.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            index.update(dict.fromkeys(row["names"].split("|"), row["code"]))
    for country in COUNTRIES.values():
        index[country.alpha3.lower()] = country.code
    for country in COUNTRIES.values():
        index[country.code.lower()] = country.code
    return index | _RESERVED


@lru_cache(maxsize=1)
def _facts() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((DATA / "country_facts.json").read_text(encoding="utf-8"))
    return loaded


@lru_cache(maxsize=1)
def _seasons() -> tuple[Season, ...]:
    found = (
        Season(
            start=date.fromisoformat(row["start"]),
            end=date.fromisoformat(row["end"]),
            name=LocalText(row["name"]),
            countries=frozenset(row["countries"]),
            kind=row["kind"],
            quality=row["date_quality"],
        )
        for row in _facts()["events"]
    )
    return tuple(sorted(found, key=lambda season: (season.start, season.end)))
