"""Loads every room's furniture, so that what it declares is registered before the first request."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

from django.apps import AppConfig
from django.conf import settings

FURNITURE = (
    "access",
    "inbox",
    "actions",
    "metrics",
    "library",
    "surveys",
    "meetings",
    "discuss",
    "exchange",
    "reactions",
    "jobs",
    "practices",
    "views",
    "api",
)


class TradewindConfig(AppConfig):
    name = "config"
    label = "config"

    def ready(self) -> None:
        load_rooms()
        import_module("config.identity")  # what happens to sign-ins when a person leaves


def load_rooms() -> None:
    """Import the furniture of each room, the lowest engine first; a file that became a folder with all its parts."""
    for room in reversed(settings.ROOMS):
        for name in FURNITURE:
            found = find_spec(f"{room}.{name}")
            if found:
                import_module(f"{room}.{name}")
                for part in iter_modules(found.submodule_search_locations or []):
                    import_module(f"{room}.{name}.{part.name}")
