"""The REST API under /api/v1/: sign-in by key or session, limits, problems; the rooms bring their routers."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from http import HTTPStatus
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.db import DataError, IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.security import APIKeyCookie, HttpBearer

from config.limits import Limit
from config.rest import add_pages
from tradewind.base import clock
from tradewind.base.errors import Conflict, Refused
from tradewind.engines.access.rest import PROBLEMS, Problem
from tradewind.engines.access.scope import can
from tradewind.engines.actions.action import origin
from tradewind.engines.actions.diff import plain
from tradewind.engines.actions.rights import person_of_token
from tradewind.nouns.org.models import Person

log = logging.getLogger(__name__)
ROOT = "/api/v1/"
REQUESTS = Limit(lambda: int(os.environ.get("API_RATE", "1200")))  # requests a minute of one person or key
GUESSES = Limit(lambda: int(os.environ.get("API_GUESS_RATE", "60")))  # unknown keys a minute from one address


class TooMany(Refused):
    """More requests than allowed; `wait` seconds until the next."""

    status = 429
    code = "too_many"

    def __init__(self, wait: int) -> None:
        super().__init__(_("Too many requests. Try again in %(seconds)s seconds.") % {"seconds": wait})
        self.wait = wait


def held_back(limit: Limit, key: str) -> None:
    """Count a request; TooMany beyond the limit."""
    wait = limit.wait(key)
    if wait:
        raise TooMany(wait)


class Key(HttpBearer):
    """`Authorization: Bearer twk_…`: acts as the key's person, within the key's rights."""

    def authenticate(self, request: HttpRequest, token: str) -> Person | None:
        person = person_of_token(token)
        if person is None:
            held_back(GUESSES, request.META.get("REMOTE_ADDR", ""))
            return None
        held_back(REQUESTS, f"key {person.pk} {hash(token)}")
        act_as(request, person)
        return person


class Session(APIKeyCookie):
    """The session of the pages, with their CSRF token for what changes something. A key, if sent, goes before it."""

    param_name = settings.SESSION_COOKIE_NAME

    def authenticate(self, request: HttpRequest, key: str | None) -> Person | None:
        person = getattr(request, "person", None)
        if person is None or "Authorization" in request.headers:
            return None
        held_back(REQUESTS, f"person {person.pk}")
        return person if isinstance(person, Person) else None


def act_as(request: Any, person: Person) -> None:
    """Put the person behind a key on the request, as the middleware does for a session."""
    request.person = person
    request.may = lambda code, subject=None: can(person, code, subject)
    request.zone, request.lang = person.zone, person.language
    translation.activate(person.language)
    timezone.activate(clock.zone(person.zone))


class Api(NinjaAPI):
    """Documents on every operation, whatever its room wrote, the problems that any of them may answer."""

    def get_openapi_schema(self, *args: Any, **options: Any) -> OpenAPISchema:
        """The description, with problems under their own media type."""
        described = super().get_openapi_schema(*args, **options)
        described["components"].setdefault("schemas", {}).setdefault("Problem", Problem.json_schema())
        for operations in described["paths"].values():
            for operation in operations.values():
                document_problems(operation["responses"])
        return described


def document_problems(responses: dict[Any, Any]) -> None:
    """Add the problems to the responses of one operation."""
    for status in PROBLEMS:
        responses.pop(status, None)
        responses[status] = {
            "description": HTTPStatus(status).phrase,
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }


api = Api(
    title="Tradewind",
    version="1.0.0",
    description="Everything a person may do on the pages, with the same rights. Lists are paged by cursor; errors are "
    "`application/problem+json`; amounts are exact texts; days are inclusive.",
    urls_namespace="api",
    docs_url=None,
    auth=[Key(), Session()],
)


def problem(
    request: HttpRequest, status: int, detail: str, *, code: str = "", errors: dict[str, str] | None = None, **more: Any
) -> HttpResponse:
    """An answer after RFC 9457."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, "code": code}
    answer = api.create_response(request, {**body, "errors": errors or {}, **more}, status=status)
    answer["Content-Type"] = "application/problem+json"
    return answer


@api.exception_handler(Refused)
def refused(request: HttpRequest, fault: Refused) -> HttpResponse:
    """A refusal in words, with its fields."""
    errors = {name: str(text) for name, text in fault.fields.items()}
    current = {name: plain(value) for name, value in fault.current.items()} if isinstance(fault, Conflict) else None
    more = {"current": current} if current is not None else {}
    answer = problem(request, fault.status, str(fault), code=fault.code, errors=errors, **more)
    if isinstance(fault, TooMany):
        answer["Retry-After"] = str(fault.wait)
    return answer


@api.exception_handler(AuthenticationError)
def not_signed_in(request: HttpRequest, fault: AuthenticationError) -> HttpResponse:
    """Neither a live key nor a session."""
    answer = problem(request, 401, _("Sign in with an API key or a session."), code="not_signed_in")
    answer["WWW-Authenticate"] = "Bearer"
    return answer


@api.exception_handler(ValidationError)
def not_valid(request: HttpRequest, fault: ValidationError) -> HttpResponse:
    """Values that do not fit the schema, each by the name it was given under."""
    errors = {
        ".".join(str(part) for part in error["loc"][1:]) or str(error["loc"][0]): error["msg"] for error in fault.errors
    }
    return problem(request, 422, _("Some fields are missing or not right."), code="invalid", errors=errors)


@api.exception_handler(HttpError)
def http_error(request: HttpRequest, fault: HttpError) -> HttpResponse:
    """What the framework itself refuses, such as a body that is no JSON or a missing CSRF token."""
    return problem(
        request, fault.status_code, str(fault), code="bad_request" if fault.status_code == 400 else "refused"
    )


@api.exception_handler(Http404)
def not_found(request: HttpRequest, fault: Http404) -> HttpResponse:
    """No such record for this person."""
    return problem(request, 404, _("There is no such record, or you may not see it."), code="not_found")


@api.exception_handler(OverflowError)
@api.exception_handler(DataError)
def out_of_range(request: HttpRequest, fault: Exception) -> HttpResponse:
    """A number or text beyond what the store can hold."""
    return problem(request, 422, _("A value is too large or too long."), code="out_of_range")


@api.exception_handler(IntegrityError)
def not_unique(request: HttpRequest, fault: IntegrityError) -> HttpResponse:
    """What the store's own rules refuse."""
    log.warning("refused by the store: %s", fault)
    return problem(
        request,
        409,
        _("This would contradict what is stored, for instance a code that exists already."),
        code="conflict",
    )


@api.exception_handler(Exception)
def broken(request: HttpRequest, fault: Exception) -> HttpResponse:
    """Our own fault: in the log whole, to the caller without detail."""
    log.error("API request failed: %s %s", request.method, request.path, exc_info=fault)
    return problem(request, 500, _("Something went wrong on our side. It has been logged."), code="server_error")


def collect() -> None:
    """Add the router of every room that has one, under the room's name, and the lists and records of the pages."""
    for room in settings.ROOMS:
        if find_spec(f"{room}.api"):
            api.add_router(f"/{room.rsplit('.', 1)[1]}", import_module(f"{room}.api").router)
    add_pages(api)


collect()


class ApiEdge:
    """Middleware of everything under /api/v1/: events say `api`, and no answer is a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(ROOT):
            return self.get_response(request)
        if "%00" in request.META.get("QUERY_STRING", "") or "\x00" in request.path:
            return problem(request, 400, _("Texts cannot hold the character NUL."), code="bad_request")
        with origin("api"):
            answer = self.get_response(request)
        is_page = "json" not in answer.get("Content-Type", "")
        if answer.status_code in (400, 403, 404, 405, 500) and is_page:
            told = problem(request, answer.status_code, HTTPStatus(answer.status_code).description)
            if answer.has_header("Allow"):
                told["Allow"] = answer["Allow"]
            return told
        return answer
