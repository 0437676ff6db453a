"""Full-text search of documents in Chinese and English, best answers first, and what was searched in vain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import F, QuerySet

from tradewind.base import clock
from tradewind.base.text import fold, query_grams
from tradewind.engines.access import search
from tradewind.engines.library import queries
from tradewind.engines.library.models import Document, DocumentText, SearchDay, SearchMiss, Version
from tradewind.engines.library.rules import Piece, choose, score, snippet
from tradewind.nouns.org.models import Company, Person

CANDIDATES = 300
MOST_WORDS = 200


@dataclass(frozen=True)
class Hit:
    """One document that answers a search: the language it answers in, its title and the place in its text."""

    document: Document
    language: str
    title: str
    pieces: list[Piece]
    points: int


def find(person: Person | None, words: str, *, language: str = "en", most: int = 30) -> list[Hit]:
    """The documents one may read that hold the words, best first; the reader's language wins between equal texts."""
    pks = search.matches("library.document", words, CANDIDATES) if words.strip() else []
    found = {document.pk: document for document in queries.documents(person).filter(pk__in=pks)}
    rows = Version.objects.filter(text__document__in=found).exclude(state=Version.REPLACED).select_related("text")
    by_document: dict[int, list[Version]] = {pk: [] for pk in found}
    for row in rows:
        by_document[row.text.document_id].append(row)
    hits = [hit for pk, versions in by_document.items() if (hit := best(found[pk], versions, words, language))]
    return sorted(hits, key=lambda hit: (-hit.points, hit.title))[:most]


def best(document: Document, versions: list[Version], words: str, language: str) -> Hit | None:
    """The text of a document that answers best; None when the words stand in no single text of it."""
    shown = [row for row in versions if row.state == Version.PUBLISHED] or versions
    if not shown:
        return None
    terms = query_grams(words)
    own = choose({row.text.language for row in shown}, language, document.language)

    def rank(row: Version) -> tuple[int, int]:
        text = fold(f"{row.title}\n{row.body}\n{document.keywords}")
        return sum(term in text for term in terms), int(row.text.language == own)

    row = max(shown, key=rank)
    points = score(words, row.title, row.body, document.keywords)
    return Hit(document, row.text.language, row.title, snippet(words, row.body), points)


def matching(words: str) -> list[int]:
    """The ids of the documents that hold the words, whoever may read them; for lists that are scoped already."""
    return search.matches("library.document", words, 2000)


def note_search(words: str, found: bool) -> None:
    """Count a search, and keep its words (not who searched) when it found nothing."""
    plain = " ".join(fold(words).split())[:MOST_WORDS]
    if not query_grams(plain):
        return
    day, _made = SearchDay.objects.get_or_create(day=company_day())
    SearchDay.objects.filter(pk=day.pk).update(asked=F("asked") + 1, found=F("found") + int(found))
    if not found:
        miss, _made = SearchMiss.objects.get_or_create(words=plain)
        SearchMiss.objects.filter(pk=miss.pk).update(count=F("count") + 1, last_at=clock.now(), answer=None)


def company_day() -> date:
    """Today at headquarters."""
    return clock.today(Company.objects.values_list("zone", flat=True).first() or "UTC")


def unanswered(rows: QuerySet[SearchMiss], most: int = 10) -> list[SearchMiss]:
    """The most frequent searches that found nothing and that still nobody has answered."""
    return list(rows.filter(answer=None).order_by("-count", "-last_at", "-id")[:most])


def languages_of(document: Document) -> list[DocumentText]:
    """A document's texts, the source first."""
    return sorted(document.texts.all(), key=lambda text: (text.language != document.language, text.language))
