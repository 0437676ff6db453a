"""Structure over REST beside its lists and records: files of people and goals come in as on the pages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import File, Form, Router, Schema, UploadedFile

from tradewind.areas.structure.exchange.goals import import_goals
from tradewind.areas.structure.exchange.people import import_people
from tradewind.engines.access.rest import PROBLEMS, person_of
from tradewind.engines.access.scope import require
from tradewind.nouns.files.queries import keep, path_of

router = Router(tags=["structure"])
FILE_BYTES = 20 * 1024 * 1024


class RefusedRow(Schema):
    """A row that cannot be taken: where and why."""

    line: int
    column: str
    reason: str


class Taken(Schema):
    """What a file did, or with `dry_run` would do; `counts` holds the further numbers of its kind."""

    rows: int
    new: int
    changed: int
    same: int
    rejected: list[RefusedRow]
    counts: dict[str, int]


class GoalWish(Schema):
    """How to read a goals file; `period` is for a Markdown text that names none."""

    period: str = ""
    dry_run: bool = False


class PeopleWish(Schema):
    """How to read a people file."""

    dry_run: bool = False


def taken(told: dict[str, Any]) -> dict[str, Any]:
    """The counts of an import as the API tells them."""
    own = set(Taken.model_fields)
    more = {name: len(value) if isinstance(value, list) else value for name, value in told.items() if name not in own}
    return {**{name: told[name] for name in own - {"counts"}}, "counts": more}


@router.post("/goals/import", response={200: Taken, **PROBLEMS}, summary="Bring goals in from a file")
def goals(request: HttpRequest, wish: Form[GoalWish], file: File[UploadedFile]) -> dict[str, Any]:
    """A table or Markdown; the same file again changes nothing."""
    person = person_of(request)
    require(person, "structure.import_goals")
    path = path_of(keep(file.chunks(), most=FILE_BYTES).sha256)
    return taken(import_goals(person, path=path, period=wish.period, dry_run=wish.dry_run))


@router.post("/people/import", response={200: Taken, **PROBLEMS}, summary="Bring people in from a file")
def people(request: HttpRequest, wish: Form[PeopleWish], file: File[UploadedFile]) -> dict[str, Any]:
    """A table of people; the same file again changes nothing."""
    person = person_of(request)
    require(person, "structure.import_people")
    path = path_of(keep(file.chunks(), most=FILE_BYTES).sha256)
    return taken(import_people(person, path=path, dry_run=wish.dry_run))
