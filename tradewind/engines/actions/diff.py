"""What changed on a record, field by field, without ever keeping a personal value."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db.models import Model

UNTOLD = ("version", "created_at", "updated_at")


def private_names(model: type[Model]) -> set[str]:
    """The fields whose values must not be told: encrypted ones and those the model lists in `private_fields`."""
    named = {f.name for f in model._meta.concrete_fields if getattr(f, "private", False)}
    return named | set(getattr(model, "private_fields", ()))


def plain(value: Any) -> Any:
    """A value as JSON holds it: exact amounts as text, moments with their offset."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, (dt.datetime, dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, (str, int, float, bool, list, dict)) or value is None:
        return value
    if hasattr(value, "keys"):
        return dict(value)
    return str(value)


def snapshot(obj: Model) -> dict[str, Any]:
    """The stored values of a record by field name; without those its model calls `untold_fields`, such as what it counts itself."""
    untold = (*UNTOLD, *getattr(obj, "untold_fields", ()))
    return {f.name: plain(getattr(obj, f.attname)) for f in obj._meta.concrete_fields if f.name not in untold}


def difference(model: type[Model], before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[Any]]:
    """`{field: [before, after]}` of the fields that differ; personal values are masked as null."""
    hidden = private_names(model)
    return {
        name: [None, None] if name in hidden else [before.get(name), value]
        for name, value in after.items()
        if before.get(name) != value
    }
