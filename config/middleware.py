"""Puts the person behind a request on it: who, in which language and zone, looking at which scope, with which rights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from tradewind.base import clock
from tradewind.base.errors import Refused
from tradewind.engines.access.scope import can
from tradewind.nouns.org.models import Person


class CurrentPerson:
    """Sets `person`, `may`, `lang`, `zone` on each request and activates them for rendering."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        person: Person | None = request.user.person if request.user.is_authenticated else None
        request.person = person
        request.may = lambda code, subject=None: can(person, code, subject)
        request.lang = language_of(request, person)
        request.zone = person.zone if person else "UTC"
        translation.activate(request.lang)
        try:
            timezone.activate(clock.zone(request.zone))
        except Refused:
            timezone.activate(clock.zone("UTC"))
        try:
            return self.get_response(request)
        finally:
            translation.deactivate()
            timezone.deactivate()


def language_of(request: HttpRequest, person: Person | None) -> str:
    """The person's language; before sign-in the one chosen on the page, else the browser's."""
    if person and person.language in ("en", "zh-hans"):
        return person.language
    return translation.get_language_from_request(request)
