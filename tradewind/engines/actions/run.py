"""Run an action by its name with plain data, as approvals, automation, the API and outside assistants do."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Sequence
from dataclasses import is_dataclass
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints, is_typeddict

from django.db.models import Model
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, PydanticSchemaGenerationError, TypeAdapter, ValidationError

from tradewind.base.errors import NotFound, Refused
from tradewind.engines.access.registry import subject_of
from tradewind.engines.access.scope import visible
from tradewind.engines.actions.registry import ACTIONS, Known
from tradewind.nouns.org.models import Person

LARGEST = 2**63
MANY = (list, tuple, set, Sequence, Iterable)
LOOSE = ConfigDict(arbitrary_types_allowed=True)


def run(name: str, *, by: Person, subject: int | None = None, data: dict[str, Any] | None = None) -> Any:
    """Carry out the action `name` as `by`, with that person's rights.

    `data` is JSON; each value is converted by the action's type hints, a model hint takes the record's id and finds it
    only where the person may see it. Raises NotFound, Refused (naming the fields), and what the action raises.
    """
    known = ACTIONS.get(name)
    if known is None:
        raise NotFound(_("There is no action “%(name)s”.") % {"name": name})
    return known.call(by, *subject_of_call(known, by, subject), **converted(by, known, data or {}))


def subject_of_call(known: Known, by: Person, pk: int | None) -> list[Model | None]:
    """The action's subject as its second argument; nothing for an action without one. Refused when it is missing."""
    if known.subject is None:
        if pk is not None:
            raise Refused(_("This action has no subject."), fields={"subject": _("This field is not known.")})
        return []
    if pk is None and known.subject_needed:
        raise Refused(_("Some fields are missing or not right."), fields={"subject": _("This field is required.")})
    return [None if pk is None else seen(by, known.subject, pk)]


def seen(by: Person, model: type[Model], pk: Any) -> Model:
    """The record of that id, if the person may see it; NotFound otherwise."""
    known = subject_of(model)
    rows = visible(by, known.read, model._base_manager.all()) if known else model._base_manager.none()
    found = rows.filter(pk=pk).first() if isinstance(pk, int) and abs(pk) < LARGEST else None
    if found is None:
        raise NotFound(_("There is no such record, or you may not see it."))
    return found


def converted(by: Person, known: Known, data: dict[str, Any]) -> dict[str, Any]:
    """The keyword arguments for an action from JSON values; Refused names each field that does not fit."""
    hints = get_type_hints(known.function)
    faults: dict[str, Any] = {}
    found: dict[str, Any] = {}
    takes = {p.name: p for p in values_of(known)}
    for name, value in data.items():
        if name not in takes and name != "expected_version":
            faults[name] = _("This field is not known.")
            continue
        try:
            found[name] = convert(by, hints.get(name, int | None if name == "expected_version" else Any), value)
        except ValidationError as fault:
            faults[name] = fault.errors()[0]["msg"]
        except (NotFound, PydanticSchemaGenerationError) as fault:
            faults[name] = str(fault) if isinstance(fault, NotFound) else _("This field cannot be given from outside.")
    missing = [name for name, p in takes.items() if p.default is p.empty and name not in data]
    faults.update({name: _("This field is required.") for name in missing})
    if faults:
        raise Refused(_("Some fields are missing or not right."), fields=faults)
    return found


def values_of(known: Known) -> list[inspect.Parameter]:
    """The parameters an action takes by name."""
    parameters = list(inspect.signature(known.function).parameters.values())
    named = parameters[1 if known.subject is None else 2 :]
    return [p for p in named if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)]


def convert(by: Person, hint: Any, value: Any) -> Any:
    """One JSON value as the hint wants it; a model takes a record's id, a list of a model their ids."""
    if holds_nul(value):
        raise NotFound(_("Texts cannot hold the character NUL."))
    options = choices(hint)
    if Path in options:
        # A path names a file of the server; who is outside must never choose one.
        raise NotFound(_("This field cannot be given from outside."))
    if value is None and type(None) in options:
        return None
    for option in options:
        if is_model(option):
            return seen(by, option, value)
        inner = get_args(option)
        if get_origin(option) in MANY and inner and is_model(inner[0]):
            return [seen(by, inner[0], pk) for pk in TypeAdapter(list[int]).validate_python(value)]
    return TypeAdapter(hint, config=None if is_schema(hint) else LOOSE).validate_python(value)


def choices(hint: Any) -> tuple[Any, ...]:
    """The types a hint allows: `Order | None` allows two."""
    return get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)


def is_model(hint: Any) -> bool:
    """Whether a type is a kind of record."""
    return isinstance(hint, type) and issubclass(hint, Model)


def is_schema(hint: Any) -> bool:
    """Whether a type brings its own rules of validation, which takes no further settings."""
    return isinstance(hint, type) and (issubclass(hint, BaseModel) or is_dataclass(hint) or is_typeddict(hint))


def holds_nul(value: Any) -> bool:
    """Whether a text anywhere inside holds a NUL, which one store keeps and the other refuses."""
    if isinstance(value, str):
        return "\x00" in value
    if isinstance(value, dict):
        return any(holds_nul(key) or holds_nul(item) for key, item in value.items())
    return isinstance(value, list) and any(holds_nul(item) for item in value)


def parameters_of(known: Known) -> list[dict[str, Any]]:
    """What an action takes, as the API tells it: name, type, whether it must be given."""
    hints = get_type_hints(known.function)
    return [
        {"name": p.name, "type": type_name(hints.get(p.name, Any)), "required": p.default is p.empty}
        for p in values_of(known)
    ]


def type_name(hint: Any) -> str:
    """A type as one reads it."""
    return getattr(hint, "__name__", "") if isinstance(hint, type) else str(hint).replace("typing.", "")
