"""Practices over REST: where each of the 96 stands, as far as the caller may see."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema

from tradewind.base.errors import NotFound
from tradewind.base.outline import PRACTICES
from tradewind.engines.access.rest import PROBLEMS, person_of
from tradewind.engines.access.scope import require
from tradewind.engines.practices import queries
from tradewind.engines.practices.queries import Standing

router = Router(tags=["practices"])


class PracticeOut(Schema):
    """One practice: `done` of `due` belong to the part that decides its health."""

    id: str
    area: str
    state: str
    health: str
    done: int
    due: int
    last: datetime | None
    link: str


class PartOut(Schema):
    """One countable side of a practice."""

    code: str
    label: str
    health: str
    done: int
    due: int
    last: datetime | None
    link: str
    good_from: str
    bad_below: str


class PracticeDetail(PracticeOut):
    """One practice with its evidence."""

    label: str
    means: str
    next_due: datetime | None
    counted_at: datetime | None
    parts: list[PartOut]


class PracticeRows(Schema):
    """All 96 practices in the outline's order."""

    rows: list[PracticeOut]


def told(one: Standing) -> dict[str, Any]:
    """A practice as integrators read it."""
    return {"id": one.id, "area": one.leaf.area, "state": one.state, "health": one.health, "done": one.done,
            "due": one.due, "last": one.last, "link": one.url}  # fmt: skip


def seen(request: HttpRequest, *ids: str) -> list[Standing]:
    """Practices as the caller sees them; NotAllowed without the right."""
    person = person_of(request)
    require(person, queries.READ)
    return queries.standings(queries.evidence(person), queries.owners(person), only=ids)


@router.get("/", response={200: PracticeRows, **PROBLEMS}, include_in_schema=False)
@router.get("", response={200: PracticeRows, **PROBLEMS}, summary="Where every practice stands")
def practices(request: HttpRequest) -> dict[str, Any]:
    """All 96 practices with their computed health."""
    return {"rows": [told(one) for one in seen(request)]}


@router.get("/{id}", response={200: PracticeDetail, **PROBLEMS}, summary="One practice with its evidence")
def practice(request: HttpRequest, id: str) -> dict[str, Any]:  # noqa: A002
    """What shows that a practice is kept."""
    if id not in PRACTICES:
        raise NotFound(_("There is no such practice."))
    (one,) = seen(request, id)
    parts = [
        {"code": part.code, "label": str(part.label), "health": mark, "done": part.done, "due": part.due,
         "last": part.last, "link": part.link, "good_from": str(part.good_from), "bad_below": str(part.bad_below)}
        for part, mark in one.parts
    ]  # fmt: skip
    return {**told(one), "label": one.title, "means": str(one.leaf.means), "next_due": one.next_due,
            "counted_at": one.at, "parts": parts}  # fmt: skip
