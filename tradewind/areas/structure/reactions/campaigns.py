"""What vision campaigns do when somebody confirms the document or answers the check."""

from __future__ import annotations

from tradewind.areas.structure.actions.campaigns import read_broadcast, settle_read
from tradewind.areas.structure.models import Broadcast
from tradewind.areas.structure.queries.campaigns import own_receipts
from tradewind.engines.actions.models import Event
from tradewind.engines.actions.registry import on
from tradewind.engines.library.models import Acknowledgement


@on("library.acknowledge")
def note_acknowledged(event: Event) -> None:
    """Who has confirmed the document has read the campaign about it."""
    row = Acknowledgement.objects.filter(pk=event.subject_id or 0).select_related("person", "wording__text").first()
    if row is None or row.acknowledged_at is None:
        return
    for broadcast in Broadcast.objects.filter(state=Broadcast.RUNNING, document=row.wording.text.document_id):
        if own_receipts(row.person, broadcast).filter(read_at=None).exists():
            read_broadcast(row.person, broadcast=broadcast)


@on("surveys.answer_wave")
def note_answered(event: Event) -> None:
    """Who has passed the check and read the campaign is done with it."""
    person = event.on_behalf_of or event.actor
    for broadcast in Broadcast.objects.filter(state=Broadcast.RUNNING, wave=event.subject_id):
        if person is not None:
            settle_read(person, broadcast)
