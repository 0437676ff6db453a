"""What kudos can be given for: the kinds of documents that an area declares as principles in its discuss.py."""

from __future__ import annotations

from django.db.models import QuerySet

from tradewind.engines.library.models import Document
from tradewind.engines.library.queries import documents
from tradewind.nouns.org.models import Person

KINDS: set[str] = set()


def principle_kind(code: str) -> None:
    """Declare that documents of a kind are principles."""
    KINDS.add(code)


def principles(person: Person | None) -> QuerySet[Document]:
    """The published principles one may read."""
    return documents(person).filter(kind__in=KINDS, published_at__isnull=False, template=False).order_by("slug", "pk")
