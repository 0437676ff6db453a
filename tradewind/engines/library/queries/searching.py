"""Full-text search of documents in Chinese and English, best answers first, and what was searched in vain."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.db.models import F, QuerySet

from tradewind.base import clock
from tradewind.base.text import fold, query_grams
from tradewind.engines.access import search
from tradewind.engines.library import queries
from tradewind.engines.library.models import Document, DocumentText, SearchDay, SearchMiss, Synonym, Version
from tradewind.engines.library.rules import Piece, choose, score, snippet, ways_to_say
from tradewind.nouns.org.models import Person
from tradewind.nouns.org.queries import company_today

CANDIDATES = 300
MOST_WORDS = 200


@dataclass(frozen=True)
class Hit:
    """One document that answers a search: the language it answers in, its title, the place in its text, and by which words."""

    document: Document
    language: str
    title: str
    pieces: list[Piece]
    points: int
    way: str


def find(person: Person | None, words: str, *, language: str = "en", most: int = 30) -> list[Hit]:
    """The documents one may read that hold the words (or others of the same meaning), best first.

    The reader's language wins between equal texts.
    """
    hits: dict[int, Hit] = {}
    for way in ways(words):
        for found in find_exactly(person, way, language):
            hit = found if way == words else replace(found, points=found.points // 2)  # the words typed weigh more
            there = hits.get(hit.document.pk)
            if there is None or hit.points > there.points:
                hits[hit.document.pk] = hit
    return sorted(hits.values(), key=lambda hit: (-hit.points, hit.title))[:most]


def ways(words: str) -> list[str]:
    """A search and what means the same, as the editors of synonyms say."""
    if not words.strip():
        return []
    return ways_to_say(words, [synonym.terms for synonym in Synonym.objects.all()])


def find_exactly(person: Person | None, words: str, language: str) -> list[Hit]:
    """The documents that hold just these words, in no order."""
    pks = search.matches("library.document", words, CANDIDATES)
    found = {document.pk: document for document in queries.documents(person).filter(pk__in=pks)}
    by_document: dict[int, list[Version]] = {pk: [] for pk in found}
    rows = Version.objects.filter(text__document__in=found).exclude(state=Version.REPLACED).select_related("text")
    for row in rows:
        by_document[row.text.document_id].append(row)
    return [hit for pk, versions in by_document.items() if (hit := best(found[pk], versions, words, language))]


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
    return Hit(document, row.text.language, row.title, snippet(words, row.body), points, words)


@dataclass(frozen=True)
class Place:
    """Where a document answers in one language: its title there and the words around the place."""

    language: str
    title: str
    pieces: list[Piece]


def answer_in_each_language(hit: Hit, language: str) -> list[Place]:
    """The best document in every language it is published in, the reader's first."""
    rows = Version.objects.filter(text__document=hit.document, state=Version.PUBLISHED).select_related("text")
    places = [
        Place(row.text.language, row.title, snippet(hit.way, row.body)) for row in rows.order_by("text__language")
    ]
    own = choose([place.language for place in places], language, hit.document.language)
    return sorted(places, key=lambda place: place.language != own)


def matching(words: str) -> list[int]:
    """The ids of the documents that hold the words, whoever may read them; for lists that are scoped already."""
    return list(dict.fromkeys(pk for way in ways(words) for pk in search.matches("library.document", way, 2000)))


def note_search(words: str, found: bool) -> None:
    """Count a search, and keep its words (not who searched) when it found nothing."""
    plain = " ".join(fold(words).split())[:MOST_WORDS]
    if not query_grams(plain):
        return
    day, _made = SearchDay.objects.get_or_create(day=company_today())
    SearchDay.objects.filter(pk=day.pk).update(asked=F("asked") + 1, found=F("found") + int(found))
    if not found:
        miss, _made = SearchMiss.objects.get_or_create(words=plain)
        SearchMiss.objects.filter(pk=miss.pk).update(count=F("count") + 1, last_at=clock.now(), answer=None)


def unanswered(rows: QuerySet[SearchMiss], most: int = 10) -> list[SearchMiss]:
    """The most frequent searches that found nothing and that still nobody has answered."""
    return list(rows.filter(answer=None).order_by("-count", "-last_at", "-id")[:most])


def languages_of(document: Document) -> list[DocumentText]:
    """A document's texts, the source first."""
    return sorted(document.texts.all(), key=lambda text: (text.language != document.language, text.language))
