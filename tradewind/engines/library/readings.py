"""How often documents are opened (a count a day, no names), and who has an editor open just now."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import F

from tradewind.base import clock
from tradewind.engines.library.models import Document, DocumentText, Editing, Reading
from tradewind.nouns.org.models import Person
from tradewind.nouns.org.queries import company_today

OPEN_FOR = timedelta(seconds=45)  # an open editor says so every 15 seconds


def count_reading(document: Document) -> None:
    """Count that a published document was opened today (at headquarters)."""
    row, _made = Reading.objects.get_or_create(document=document, day=company_today())
    Reading.objects.filter(pk=row.pk).update(count=F("count") + 1)


def note_editor(text: DocumentText, person: Person) -> None:
    """Note that a person has the editor of a text open now."""
    Editing.objects.update_or_create(text=text, person=person, defaults={"seen_at": clock.now()})


def editor_closed(text: DocumentText, person: Person) -> None:
    """Note that a person has saved or left."""
    Editing.objects.filter(text=text, person=person).delete()


def others_editing(text: DocumentText, person: Person) -> list[Person]:
    """Who else has the editor of a text open."""
    rows = Editing.objects.filter(text=text, seen_at__gte=clock.now() - OPEN_FOR).exclude(person=person)
    return [row.person for row in rows.select_related("person").order_by("person__name")]
