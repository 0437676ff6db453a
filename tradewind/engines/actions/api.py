"""Actions over REST: what there is, and running one by its name with one's own rights."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext
from ninja import Router, Schema

from tradewind.engines.access.registry import subject_of
from tradewind.engines.access.rest import PROBLEMS, person_of
from tradewind.engines.access.scope import can
from tradewind.engines.actions.diff import private_names
from tradewind.engines.actions.registry import ACTIONS
from tradewind.engines.actions.run import parameters_of, run

router = Router(tags=["actions"])


class Parameter(Schema):
    """One named value an action takes."""

    name: str
    type: str
    required: bool


class ActionOut(Schema):
    """One action: its name is also its permission and its event."""

    name: str
    label: str
    subject: str | None
    parameters: list[Parameter]


class ActionList(Schema):
    """The actions this person may run somewhere."""

    rows: list[ActionOut]


class Call(Schema):
    """What to run an action with: the subject's number where it has one, and its values."""

    subject: int | None = None
    data: dict[str, Any] = {}


class Answer(Schema):
    """What the action answered; a record as its number, kind and title."""

    result: Any = None


@router.get("", response={200: ActionList, **PROBLEMS}, summary="The actions you may run")
def list_actions(request: HttpRequest) -> dict[str, Any]:
    """Every action you may run at some place, with its parameters."""
    person = person_of(request)
    rows = []
    for name, known in sorted(ACTIONS.items()):
        if known.open or can(person, name):
            subject = subject_of(known.subject) if known.subject is not None else None
            kind = (subject.key if subject else known.subject._meta.label_lower) if known.subject is not None else None
            rows.append(
                {"name": name, "label": gettext(known.label), "subject": kind, "parameters": parameters_of(known)}
            )
    return {"rows": rows}


@router.post("/{name}", response={200: Answer, **PROBLEMS}, summary="Run an action by its name")
def run_action(request: HttpRequest, name: str, call: Call) -> dict[str, Any]:
    """Run an action as yourself; refusals name the fields."""
    return {"result": plain(run(name, by=person_of(request), subject=call.subject, data=call.data))}


def plain(value: Any) -> Any:
    """An action's answer as JSON: records by number, kind and title, never their fields."""
    if isinstance(value, Model):
        known = subject_of(value)
        title = known.title_of(value) if known and "name" not in private_names(type(value)) else f"#{value.pk}"
        return {"id": value.pk, "kind": known.key if known else value._meta.label_lower, "title": title}
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    if isinstance(value, (dt.datetime, dt.date)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    return value if value is None or isinstance(value, (str, int, float, bool)) else str(value)
