"""Errors a person may read: each says what is wrong and, where it can, which field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Refused(Exception):
    """A request that cannot be carried out, in words for the reader.

    `message` and the values of `fields` may be lazy translations; `status` is the HTTP status an edge answers with.
    """

    status = 422
    code = "refused"

    def __init__(
        self,
        message: Any,
        *,
        code: str | None = None,
        fields: Mapping[str, Any] | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.fields: dict[str, Any] = dict(fields or {})
        self.code = code or self.code
        self.status = status or self.status

    def __str__(self) -> str:
        return str(self.message)


class NotAllowed(Refused):
    """The person has no right to this, at this scope."""

    status = 403
    code = "not_allowed"


class NotFound(Refused):
    """There is no such record, or the person may not know of it."""

    status = 404
    code = "not_found"


class Conflict(Refused):
    """The record changed since it was read; `current` holds its present values."""

    status = 409
    code = "conflict"

    def __init__(self, message: Any, *, current: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.current: dict[str, Any] = dict(current or {})
