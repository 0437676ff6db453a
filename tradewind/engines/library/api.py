"""The library over REST beside its lists and records: the words of a document, and the search."""

from __future__ import annotations

from datetime import date, datetime

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema

from tradewind.base.errors import NotFound
from tradewind.engines.access.rest import PROBLEMS, person_of
from tradewind.engines.access.scope import require
from tradewind.engines.library import queries
from tradewind.engines.library.kinds import READ
from tradewind.engines.library.queries import searching

router = Router(tags=["library"])


class TextOut(Schema):
    """What readers see of a document in one language; `base` is what an edit must name."""

    document: int
    language: str
    title: str
    body: str
    version: int
    published_at: datetime | None
    effective_on: date | None
    stale_since: int | None
    base: int


class HitOut(Schema):
    """One document that answers a search, best first."""

    document: int
    language: str
    title: str
    snippet: str


class HitRows(Schema):
    """The answers to a search."""

    rows: list[HitOut]


@router.get("documents/{int:pk}/texts/{language}", response={200: TextOut, **PROBLEMS})
def text(request: HttpRequest, pk: int, language: str) -> TextOut:
    """The published words of a document in one language."""
    person = person_of(request)
    document = queries.documents(person).filter(pk=min(max(pk, 0), 2**63 - 1)).first()
    found = next((one for one in document.texts.all() if one.language == language), None) if document else None
    version = queries.published_version(found) if found else None
    if found is None or version is None:
        raise NotFound(_("This document has no text in this language."))
    return TextOut(
        document=pk, language=language, title=version.title, body=version.body, version=version.number,
        published_at=version.published_at, effective_on=version.effective_on, stale_since=found.stale_since,
        base=found.latest_number,
    )  # fmt: skip


@router.get("search", response={200: HitRows, **PROBLEMS})
def search(request: HttpRequest, q: str = "", language: str = "en") -> HitRows:
    """The documents that hold all words of a text, in Chinese or English."""
    person = person_of(request)
    require(person, READ)
    hits = searching.find(person, q[: searching.MOST_WORDS], language=language)
    return HitRows(
        rows=[
            HitOut(document=hit.document.pk, language=hit.language, title=hit.title,
                   snippet="".join(piece for _kind, piece in hit.pieces))
            for hit in hits
        ]
    )  # fmt: skip
