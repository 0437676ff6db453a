"""The shell's own answers: the command palette and what a person prefers."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language

from tradewind.ui import hooks, nav
from tradewind.ui.pages.page import Page
from tradewind.ui.pages.registry import PageInfo, open_pages

YEAR = 365 * 24 * 3600
THEMES = ("auto", "light", "dark")


def score(title: str, words: list[str]) -> int:
    """How well a title fits the typed words: 0 not at all, 2 when it begins with the first."""
    folded = title.casefold()
    if not all(word in folded for word in words):
        return 0
    return 2 if words and folded.startswith(words[0]) else 1


class Palette(Page):
    """Go to a page, find a record, run an action: one search."""

    area, name, path = "ui", "palette", "palette/"
    any_person = True
    in_menu = False
    template = "ui/palette.html"

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        text = request.GET.get("q", "").strip()[:100]
        words = text.casefold().split()
        person = request.person  # type: ignore[attr-defined]
        commands = [item for item in hooks.call("commands", person, default=[]) or [] if score(str(item.title), words)]
        return {
            "text": text,
            "pages": self._pages(request, words)[:8],
            "commands": commands[:6],
            "records": list(hooks.call("search", person, text, 10, default=[]) or []) if text else [],
        }

    def _pages(self, request: HttpRequest, words: list[str]) -> list[PageInfo]:
        homes = [
            PageInfo(item.label, item.icon, item.url, "", item.id) for item in (*nav.HOME, *nav.AREAS, nav.SETTINGS)
        ]
        found = [(score(str(info.title), words), info) for info in [*homes, *open_pages(request)]]
        return [info for points, info in sorted(found, key=lambda pair: -pair[0]) if points]


class Preference(Page):
    """Remember theme or language: in this browser, and for the person when somebody is signed in."""

    area, name, path = "ui", "preference", "preference/"
    public = True
    in_menu = False
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Set one preference and go back."""
        back = request.POST.get("back", "/")
        if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
            back = "/"
        response = HttpResponseRedirect(back)
        theme, language = request.POST.get("theme", ""), request.POST.get("language", "")
        if theme in THEMES:
            _remember(request, response, "theme", "theme", theme)
        if language in dict(settings.LANGUAGES) and check_for_language(language):
            _remember(request, response, "language", settings.LANGUAGE_COOKIE_NAME, language)
        return response


def _remember(request: HttpRequest, response: HttpResponse, key: str, cookie: str, value: str) -> None:
    response.set_cookie(cookie, value, max_age=YEAR, samesite="Lax", secure=request.is_secure())
    hooks.call("preference", request, key, value)
