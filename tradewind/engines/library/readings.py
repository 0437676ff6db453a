"""How often documents are opened: a count a day, no names."""

from __future__ import annotations

from django.db.models import F

from tradewind.engines.library.models import Document, Reading
from tradewind.engines.library.queries.searching import company_day


def count_reading(document: Document) -> None:
    """Count that a published document was opened today (at headquarters)."""
    row, _made = Reading.objects.get_or_create(document=document, day=company_day())
    Reading.objects.filter(pk=row.pk).update(count=F("count") + 1)
