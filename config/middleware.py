"""Puts the person behind a request on it: who, in which language and zone, looking at which scope, with which rights."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from allauth.usersessions.models import UserSession
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from tradewind.base import clock
from tradewind.base.errors import Refused
from tradewind.engines.access.scope import AXES, Scope, can, within
from tradewind.engines.actions import rights
from tradewind.engines.actions.action import behind
from tradewind.engines.actions.queries import places
from tradewind.engines.actions.views.viewing import KEY as VIEW_AS
from tradewind.nouns.org.models import Person
from tradewind.ui import errors

SCOPE = "scope"
SEEN_EVERY = 300.0  # seconds between two notes that a session is in use
MOST_SESSIONS = 10_000
SAFE = ("GET", "HEAD", "OPTIONS")
# While one looks as somebody else, only ending it and signing out may be sent.
MAY_END = ("/settings/view-as/end/", "/account/logout/")


@dataclass(frozen=True)
class Chosen(Scope):
    """The corner of the company a person chose to look at, with its words."""

    label: str = ""


class CurrentPerson:
    """Sets `person`, `may`, `lang`, `zone`, `theme`, `scope` and `view_as` on each request and activates them for rendering."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        own: Person | None = request.user.person if request.user.is_authenticated else None
        viewed = viewed_person(request, own)
        person = viewed or own
        request.person = person
        request.view_as = own if viewed else None
        request.may = lambda code, subject=None: can(request.person, code, subject)
        request.lang = language_of(request, own)
        request.zone = person.zone if person else "UTC"
        request.theme = own.theme if own and own.theme in ("light", "dark") else None
        look_at(request, person)
        acting: AbstractContextManager[None] = behind(own) if viewed and own else nullcontext()
        translation.activate(request.lang)
        try:
            timezone.activate(clock.zone(request.zone))
        except Refused:
            timezone.activate(clock.zone("UTC"))
        try:
            with acting:
                return only_looking(request) or self.get_response(request)
        finally:
            translation.deactivate()
            timezone.deactivate()


class SeenSession:
    """Notes when a session was last in use, every few minutes in each process, so that reading pages writes nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.noted: dict[str, float] = {}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.session.session_key
        now = time.monotonic()
        if key and request.user.is_authenticated and now - self.noted.get(key, -SEEN_EVERY) >= SEEN_EVERY:
            self.noted = {} if len(self.noted) >= MOST_SESSIONS else self.noted
            if not UserSession.objects.filter(session_key=key).update(last_seen_at=clock.now()):
                UserSession.objects.create_from_request(request)
            self.noted[key] = now
        return self.get_response(request)


def language_of(request: HttpRequest, person: Person | None) -> str:
    """The person's language; before sign-in the one chosen on the page, else the browser's."""
    if person and person.language in ("en", "zh-hans"):
        return person.language
    return translation.get_language_from_request(request)


# --- Looking as somebody else -----------------------------------------------------------------------------------------


def viewed_person(request: Any, own: Person | None) -> Person | None:
    """Whom an administrator looks as; None when nobody, when the hour is over, or when the right is gone since."""
    held = request.session.get(VIEW_AS) if own is not None else None
    if not held or own is None:
        return None
    person = Person.objects.filter(pk=held.get("person"), active=True).first()
    over = datetime.fromisoformat(held["until"]) <= clock.now()
    if person is not None and not over and can(own, "access.view_as", person):
        return person
    del request.session[VIEW_AS]
    if person is not None:
        rights.end_view_as.system(person)
    return None


def only_looking(request: Any) -> HttpResponse | None:
    """The refusal of whatever would change something while an administrator looks as somebody else."""
    if request.view_as is None or request.method in SAFE or request.path in MAY_END:
        return None
    text = _("You are looking as somebody else and can change nothing. Stop first.")
    if request.path.startswith("/api/"):
        body = {
            "type": "about:blank",
            "title": "Forbidden",
            "status": 403,
            "detail": text,
            "code": "only_looking",
            "errors": {},
        }
        return JsonResponse(body, status=403, content_type="application/problem+json")
    return errors.only_looking(request, text)


# --- The corner of the company ----------------------------------------------------------------------------------------


def look_at(request: Any, person: Person | None) -> None:
    """Set `request.scope` from the address (`?scope=market:3`), else as last chosen; and `request.narrow` for lists.

    Only what the person may see can be chosen; everything else is passed over.
    """
    request.scope = Chosen()
    if person is None:
        return
    asked = request.GET.get("scope", "")
    text = asked or request.session.get(SCOPE, "")
    if not text:
        return
    request.scope = chosen(person, text)
    kept = scope_text(request.scope)
    if asked and kept != request.session.get(SCOPE, ""):
        request.session[SCOPE] = kept
    if kept:
        request.narrow = partial(within, request.scope)


def chosen(person: Person, text: str) -> Chosen:
    """A scope's text as far as the person may look there."""
    ids: dict[str, int] = {}
    names: list[str] = []
    for part in text.split(",")[:3]:
        axis, _colon, number = part.partition(":")
        if axis not in AXES or not number.isdecimal():
            continue
        name = dict(places(person, axis)).get(int(number))
        if name is not None:
            ids[axis] = int(number)
            names.append(name)
    return Chosen(**ids, label=" · ".join(names))


def scope_text(scope: Scope) -> str:
    """A scope as it stands in an address; blank for everything."""
    return ",".join(f"{axis}:{getattr(scope, axis)}" for axis in AXES if getattr(scope, axis) is not None)
