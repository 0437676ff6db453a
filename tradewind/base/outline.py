"""The management outline: 12 areas, 96 practices, in order, in both languages (``tradewind/map.toml``)."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tradewind.base.words import LocalText

FILE = Path(__file__).parents[1] / "map.toml"
# How often a practice wants looking after, in days: the rule of health counts lateness in these.
CADENCES: Mapping[str, int] = MappingProxyType(
    {"day": 1, "week": 7, "month": 31, "quarter": 92, "half_year": 184, "year": 366}
)


@dataclass(frozen=True, slots=True)
class Practice:
    """One leaf: its promise (``means``), the first step (``start``) and the suggested cadence (``every``)."""

    id: str
    area: str
    group: LocalText
    theme: LocalText
    label: LocalText
    every: str
    means: LocalText
    start: LocalText


@dataclass(frozen=True, slots=True)
class Theme:
    """The third level: two practices under one intention."""

    label: LocalText
    practices: tuple[Practice, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The second level of an area."""

    label: LocalText
    themes: tuple[Theme, ...]


@dataclass(frozen=True, slots=True)
class Area:
    """One branch of the outline: 2 groups, 4 themes, 8 practices."""

    id: str
    label: LocalText
    groups: tuple[Group, ...]

    @property
    def practices(self) -> tuple[Practice, ...]:
        """Its eight practices in order."""
        return tuple(leaf for group in self.groups for theme in group.themes for leaf in theme.practices)


def _practice(raw: Mapping[str, Any], area: str, group: LocalText, theme: LocalText) -> Practice:
    if raw["every"] not in CADENCES:
        raise ValueError(f"{raw['id']}: no such cadence: {raw['every']}")
    if raw["id"].split(".")[0] != area:
        raise ValueError(f"{raw['id']} stands under {area}")
    return Practice(
        id=raw["id"],
        area=area,
        group=group,
        theme=theme,
        label=LocalText(raw["label"]),
        every=raw["every"],
        means=LocalText(raw["means"]),
        start=LocalText(raw["start"]),
    )


def _group(raw: Mapping[str, Any], area: str) -> Group:
    label = LocalText(raw["label"])
    themes = tuple(
        Theme(title, tuple(_practice(leaf, area, label, title) for leaf in theme["practice"]))
        for theme in raw["theme"]
        for title in (LocalText(theme["label"]),)
    )
    return Group(label, themes)


def _load() -> dict[str, Area]:
    raw = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {
        area["id"]: Area(
            area["id"], LocalText(area["label"]), tuple(_group(group, area["id"]) for group in area["group"])
        )
        for area in raw["area"]
    }


AREAS: Mapping[str, Area] = MappingProxyType(_load())
PRACTICES: Mapping[str, Practice] = MappingProxyType(
    {leaf.id: leaf for area in AREAS.values() for leaf in area.practices}
)
