"""Every page there is, for the rail, the palette, the Settings index and the test matrix."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
from django.utils.functional import Promise


class PageClass(Protocol):
    """What the registry knows of a page class."""

    area: str
    section: str
    title: Any
    icon: str
    public: bool
    any_person: bool

    def menu_name(self) -> str:
        """URL name that needs no arguments, or '' when the page is not listed."""

    def codes(self) -> list[str]:
        """Permission codes that guard the page."""


@dataclass(frozen=True)
class PageInfo:
    """A page that this person may open."""

    title: str | Promise
    icon: str
    url: str
    section: str
    name: str


@dataclass(frozen=True)
class MenuPart:
    """Pages of a section under one heading; the last part of a menu may have none."""

    heading: str | Promise
    pages: tuple[PageInfo, ...]


_PAGES: dict[str, Any] = {}
_ORDER: dict[str, tuple[tuple[Any, tuple[str, ...]], ...]] = {}


def register(page: Any) -> None:
    """Keep a page class; a reload replaces the one of the same dotted name."""
    _PAGES[f"{page.__module__}.{page.__qualname__}"] = page


def forget(key: str) -> None:
    """Take a page class off the list again (samples of tests)."""
    _PAGES.pop(key, None)


def replace(pages_by_name: dict[str, Any]) -> None:
    """Put other page classes in place of all (tests)."""
    _PAGES.clear()
    _PAGES.update(pages_by_name)


def all_pages() -> dict[str, Any]:
    """All page classes by their dotted names."""
    return dict(_PAGES)


def pages() -> list[Any]:
    """All page classes, in the order they were imported."""
    return list(_PAGES.values())


def may_open(request: HttpRequest, page: Any) -> bool:
    """Whether this request's person may open a page of this class at all."""
    if page.public:
        return True
    if getattr(request, "person", None) is None:
        return False
    if page.any_person:
        return True
    may: Callable[..., bool] = getattr(request, "may", _nothing)
    codes = page.codes()
    return bool(codes) and any(may(code) for code in codes)


def _nothing(code: str, subject: object = None) -> bool:
    return False


def _open_pages(request: HttpRequest) -> Iterator[PageInfo]:
    for page in pages():
        name = page.menu_name()
        if not name or not may_open(request, page):
            continue
        url = address(name, get_urlconf() or settings.ROOT_URLCONF, get_script_prefix())
        if url:
            yield PageInfo(page.title, page.icon, url, page.section, name)


@cache
def address(name: str, urlconf: str, prefix: str) -> str:
    """Where a page lies that needs no arguments, looked up once under one set of addresses; '' when it lies nowhere."""
    try:
        return reverse(name, urlconf)
    except NoReverseMatch:
        return ""


def open_pages(request: HttpRequest) -> list[PageInfo]:
    """The listed pages that this person may open, once per request."""
    found: list[PageInfo] | None = getattr(request, "open_pages", None)
    if found is None:
        found = list(_open_pages(request))
        request.open_pages = found  # type: ignore[attr-defined]
    return found


def arrange(section: str, *parts: tuple[Any, tuple[str, ...]]) -> None:
    """Say how the menu of a section reads: headings, each with the URL names under it; pages not named come last."""
    _ORDER[section] = parts


def menu(request: HttpRequest, section: str) -> list[MenuPart]:
    """The open pages of one section under their headings; parts without any are left out."""
    found = {info.name: info for info in open_pages(request) if info.section == section}
    parts = [
        MenuPart(heading, tuple(found.pop(name) for name in names if name in found))
        for heading, names in _ORDER.get(section, ())
    ]
    return [part for part in (*parts, MenuPart("", tuple(found.values()))) if part.pages]
