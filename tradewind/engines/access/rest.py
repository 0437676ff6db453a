"""What every room's REST answers share: the person behind a request, pages by cursor, and problems as documented.

A room's api.py builds on this and knows nothing of how the API is mounted or signed in to.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Field, Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import ConfigDict

from tradewind.base.errors import NotAllowed, Refused
from tradewind.nouns.org.models import Person

M = TypeVar("M", bound=Model)
T = TypeVar("T")
MOST = 200


class Problem(Schema):
    """An error after RFC 9457 (`application/problem+json`); `errors` names the fields that are not right."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str = ""
    code: str = ""
    errors: dict[str, str] = {}


# The statuses of problems, documented for all operations together: a model for each in each would slow every start.
PROBLEMS: dict[int, Any] = dict.fromkeys((400, 401, 403, 404, 409, 422, 429))


class Paged(Schema, Generic[T]):
    """One page of a list; `next` is the cursor of the page after it, null on the last."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    rows: list[T]
    next: str | None = None


def person_of(request: HttpRequest) -> Person:
    """The person whose rights the request has; NotAllowed without one."""
    person = getattr(request, "person", None)
    if not isinstance(person, Person):
        raise NotAllowed(_("Sign in first."))
    return person


def cursor_page(
    request: HttpRequest,
    rows: QuerySet[M],
    order: str,
    out: Callable[[M], Any],
    cursor: str = "",
    limit: int = 50,
) -> dict[str, Any]:
    """The rows after `cursor` in the order of one stored, never empty field (`-` for descending), each through `out`.

    Pages stay right while rows are added or removed, and cost the same however far in. Refused on a bad cursor.
    """
    limit = max(1, min(limit, MOST))
    down, name = order.startswith("-"), order.lstrip("-")
    field = stored(rows.model, name)
    if cursor:
        rows = after(rows, field, down, cursor)
    sign = "-" if down else ""
    keys = [f"{sign}{field.name}"] if field.primary_key else [f"{sign}{field.name}", f"{sign}pk"]
    found = list(rows.order_by(*keys)[: limit + 1])
    more = len(found) > limit
    page = found[:limit]
    return {"rows": [out(row) for row in page], "next": pack(page[-1], field) if more else None}


def stored(model: type[Model], name: str) -> Field[Any, Any]:
    """The field to order by; ValueError where it may be empty, since empty values have no place in an order."""
    try:
        field = model._meta.pk if name == "pk" else model._meta.get_field(name)
    except FieldDoesNotExist as error:
        raise ValueError(f"{model.__name__} has no field {name}") from error
    if not isinstance(field, Field) or field.null:
        raise ValueError(f"a list cannot be paged by {model.__name__}.{name}")
    return field


def after(rows: QuerySet[M], field: Field[Any, Any], down: bool, cursor: str) -> QuerySet[M]:
    """The rows behind a cursor, in a form that an index on the field serves."""
    value, pk = unpack(cursor, field, rows.model)
    if field.primary_key:
        return rows.filter(**{"pk__lt" if down else "pk__gt": pk})
    reach, passed = ("lte", "gte") if down else ("gte", "lte")
    return rows.filter(**{f"{field.name}__{reach}": value}).exclude(**{field.name: value, f"pk__{passed}": pk})


def pack(row: Model, field: Field[Any, Any]) -> str:
    """The cursor that stands for a row."""
    text = json.dumps([getattr(row, field.attname), row.pk], cls=ExactEncoder)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def unpack(cursor: str, field: Field[Any, Any], model: type[Model]) -> tuple[Any, Any]:
    """The field's value and the key in a cursor."""
    try:
        value, pk = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return field.to_python(value), model._meta.pk.to_python(pk)
    except (binascii.Error, ValueError, TypeError, ValidationError) as error:
        raise Refused(_("This cursor is not one that was given out."), code="bad_cursor", status=400) from error


class ExactEncoder(DjangoJSONEncoder):
    """Keeps the microseconds of a moment, which a cursor needs and Django's encoder cuts."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if hasattr(o, "isoformat") else super().default(o)
