"""Keeps the search index true after every action on a record that can be found."""

from __future__ import annotations

from tradewind.engines.access import search
from tradewind.engines.access.registry import subjects
from tradewind.engines.actions.models import Event
from tradewind.engines.actions.registry import on


def can_be_found(event: Event) -> bool:
    """Whether the event's subject is of a kind that search finds."""
    known = subjects().get(event.subject_type)
    return known is not None and known.search is not None and event.subject_id is not None


@on("*", when=can_be_found)
def index_subject(event: Event) -> None:
    """Bring the event's subject into the index, or out of it when it is gone."""
    known = subjects()[event.subject_type]
    row = known.model._default_manager.filter(pk=event.subject_id).first()
    if row is None:
        search.forget_keys([(known.key, event.subject_id or 0)])
    else:
        search.index([row])
