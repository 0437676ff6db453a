"""The places that engines fill: URL slots and callables named in settings, so that ui imports no engine."""

from collections.abc import Callable
from functools import cache
from typing import Any

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import import_string


def slot_url(name: str, **kwargs: Any) -> str:
    """The address that fills a slot, or the empty string when no engine does."""
    target: str = getattr(settings, "UI_SLOTS", {}).get(name, "")
    if not target or "/" in target:
        # An address is taken as it is: the stream has an origin of its own.
        return target
    try:
        return reverse(target, kwargs=kwargs or None)
    except NoReverseMatch:
        return ""


@cache
def _load(path: str) -> Callable[..., Any]:
    found: Callable[..., Any] = import_string(path)
    return found


def hook(name: str) -> Callable[..., Any] | None:
    """The callable that settings name for a hook, or None."""
    path = getattr(settings, "UI_HOOKS", {}).get(name)
    return _load(path) if path else None


def call(name: str, *args: Any, default: Any = None) -> Any:
    """The answer of a hook, or ``default`` when none is named."""
    found = hook(name)
    return default if found is None else found(*args)
