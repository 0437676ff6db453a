"""Loads every room's furniture, so that what it declares is registered before the first request."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig
from django.conf import settings

FURNITURE = (
    "access",
    "inbox",
    "actions",
    "metrics",
    "library",
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
    """Import the furniture of each room, the lowest engine first."""
    for room in reversed(settings.ROOMS):
        for name in FURNITURE:
            if find_spec(f"{room}.{name}"):
                import_module(f"{room}.{name}")
