"""Keeps the search index true after every action on a record that can be found."""

from __future__ import annotations

from tradewind.engines.access import search
from tradewind.engines.access.registry import subjects
from tradewind.engines.actions.models import Event
from tradewind.engines.actions.registry import on


@on("*")
def index_subject(event: Event) -> None:
    """Bring the event's subject into the index, or out of it when it is gone."""
    known = subjects().get(event.subject_type)
    if known is None or known.search is None or event.subject_id is None:
        return
    row = known.model._default_manager.filter(pk=event.subject_id).first()
    if row is None:
        search.forget_keys([(known.key, event.subject_id)])
    else:
        search.index([row])
