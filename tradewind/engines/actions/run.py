"""Run an action by its name with plain data, as approvals, automation, the API and outside assistants do."""

from __future__ import annotations

import inspect
from typing import Any, get_args, get_type_hints

from django.db.models import Model
from django.utils.translation import gettext as _
from pydantic import TypeAdapter, ValidationError

from tradewind.base.errors import NotFound, Refused
from tradewind.engines.access.registry import subject_of
from tradewind.engines.access.scope import visible
from tradewind.engines.actions.registry import ACTIONS
from tradewind.nouns.org.models import Person


def run(name: str, *, by: Person, subject: int | None = None, data: dict[str, Any] | None = None) -> Any:
    """Carry out the action `name` as `by`, with that person's rights.

    `data` is JSON; each value is converted by the action's type hints, a model hint takes the record's id and finds it
    only where the person may see it. Raises NotFound, Refused (naming the fields), and what the action raises.
    """
    known = ACTIONS.get(name)
    if known is None:
        raise NotFound(_("There is no action “%(name)s”.") % {"name": name})
    args = [seen(by, known.subject, subject)] if known.subject is not None else []
    return known.call(by, *args, **converted(by, known.function, data or {}, skip=1 + len(args)))


def seen(by: Person, model: type[Model], pk: Any) -> Model:
    """The record of that id, if the person may see it; NotFound otherwise."""
    known = subject_of(model)
    rows = model._base_manager.all()
    found = (visible(by, known.read, rows) if known else rows.none()).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such record, or you may not see it."))
    return found


def converted(by: Person, function: Any, data: dict[str, Any], *, skip: int) -> dict[str, Any]:
    """The keyword arguments for a function from JSON values; Refused names each field that does not fit."""
    hints = get_type_hints(function)
    parameters = list(inspect.signature(function).parameters.values())[skip:]
    names = {p.name for p in parameters} | {"expected_version"}
    faults: dict[str, Any] = {n: _("This field is not known.") for n in data if n not in names}
    found: dict[str, Any] = {"expected_version": data["expected_version"]} if "expected_version" in data else {}
    for parameter in parameters:
        if parameter.name in data:
            try:
                found[parameter.name] = convert(by, hints.get(parameter.name, Any), data[parameter.name])
            except (ValidationError, NotFound) as fault:
                detail = fault.errors()[0]["msg"] if isinstance(fault, ValidationError) else str(fault)
                faults[parameter.name] = detail
        elif parameter.default is parameter.empty and parameter.kind is not parameter.VAR_KEYWORD:
            faults[parameter.name] = _("This field is required.")
    if faults:
        raise Refused(_("Some fields are missing or not right."), fields=faults)
    return found


def convert(by: Person, hint: Any, value: Any) -> Any:
    """One JSON value as the hint wants it."""
    for option in (hint, *get_args(hint)):
        if isinstance(option, type) and issubclass(option, Model):
            return None if value is None else seen(by, option, value)
    return TypeAdapter(hint, config={"arbitrary_types_allowed": True}).validate_python(value)
