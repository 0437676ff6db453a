"""What the search index holds of a document."""

from __future__ import annotations

from tradewind.engines.library.models import Document, Version


def words_of(document: Document) -> str:
    """The words of a document in every language: what readers see, or, before anything is published, what is written."""
    rows = Version.objects.filter(text__document=document).exclude(state=Version.REPLACED)
    shown = {(row.text_id, row.state == Version.PUBLISHED): row for row in rows}
    published = [row for (_text, is_published), row in shown.items() if is_published]
    chosen = published or list(shown.values())
    return "\n".join([document.keywords, *(f"{row.title}\n{row.body}" for row in chosen)])
