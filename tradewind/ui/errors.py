"""Error pages in the reader's language: plain templates, no database, no context processors."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from django.utils.translation import gettext as _


def _page(request: HttpRequest, status: int, title: str, text: str, **extra: Any) -> HttpResponse:
    theme = request.COOKIES.get("theme", "auto")
    context = {
        "status": status,
        "title": title,
        "text": text,
        "lang": get_language() or "en",
        "theme": theme if theme in ("light", "dark") else "auto",
        "part": "HX-Request" in request.headers,
        **extra,
    }
    name = "ui/errors/part.html" if context["part"] else "ui/errors/error.html"
    response = HttpResponse(render_to_string(name, context), status=status)
    patch_vary_headers(response, ["HX-Request", "Accept-Language"])
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the address or the data sent makes no sense."""
    return _page(request, 400, _("This request makes no sense"), _("Check the address, or go back and try again."))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: the person lacks the right; says whom to ask, shows no data."""
    text = _("Your roles do not include this page. An administrator can give you the right.")
    return _page(request, 403, _("You may not open this"), text)


def only_looking(request: HttpRequest, text: str) -> HttpResponse:
    """403: an administrator who looks as somebody else tried to change something."""
    return _page(request, 403, _("You may not change this"), text)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form did not come from our own page or is too old."""
    text = _("The form is too old or did not come from this site. Go back, reload the page and send it again.")
    return _page(request, 403, _("The form was not accepted"), text)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: nothing here, or nothing this person may know of."""
    text = _("It does not exist, was removed, or lies outside what you may see.")
    return _page(request, 404, _("Nothing found here"), text)


def too_many(request: HttpRequest, wait: int = 60) -> HttpResponse:
    """429: too many attempts; ``wait`` is seconds until the next one counts."""
    text = _("Too many attempts. Wait %(seconds)s seconds, then try again.") % {"seconds": wait}
    response = _page(request, 429, _("Please wait a moment"), text)
    response["Retry-After"] = str(wait)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault; the error is in the log."""
    text = _("The error was logged. Try again in a minute; if it stays, tell your administrator the time it happened.")
    return _page(request, 500, _("Something broke on our side"), text)
