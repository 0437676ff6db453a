"""The agenda: what will be spoken about, in which order, and what became of it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tradewind.base.errors import Refused
from tradewind.engines.actions.action import action
from tradewind.engines.meetings.actions.places import not_cancelled, require_part, require_runs, still_planned
from tradewind.engines.meetings.models import AgendaItem, Meeting, Series
from tradewind.nouns.org.models import Person


def check_item(title: str, length: int | None) -> str:
    """The title of an item; Refused without one, or for a time box that cannot be."""
    if not title.strip():
        raise Refused(_("Give it a title."), fields={"title": _("Give it a title.")})
    if length is not None and not 1 <= length <= 480:
        raise Refused(_("A time box takes 1 to 480 minutes."), fields={"length": _("1 to 480 minutes.")})
    return title.strip()[:200]


def end_of(meeting: Meeting) -> int:
    """The place after the last item."""
    return (meeting.items.order_by("-position").values_list("position", flat=True).first() or 0) + 1


@action(open_to_all=True)
def add_item(
    by: Person | None,
    meeting: Meeting,
    *,
    title: str,
    notes: str = "",
    length: int | None = None,
    owner: Person | None = None,
) -> AgendaItem:
    """Put something on the agenda.

    Everybody who takes part may, as long as the meeting is planned.
    """
    require_part(by, still_planned(meeting), "meetings.add_item")
    return AgendaItem.objects.create(
        meeting=meeting, position=end_of(meeting), title=check_item(title, length), notes=notes.strip(), length=length,
        owner=owner or by,
    )  # fmt: skip


def require_item(by: Person | None, item: AgendaItem, code: str) -> None:
    """Raise NotAllowed unless the item is one's own or one may run the meeting."""
    if by is None or item.owner_id != by.pk:
        require_runs(by, item.meeting, code)


@action(open_to_all=True)
def update_item(
    by: Person | None,
    item: AgendaItem,
    *,
    title: str,
    notes: str = "",
    length: int | None = None,
    owner: Person | None = None,
    state: str = AgendaItem.OPEN,
) -> AgendaItem:
    """Change an agenda item, or note what became of it."""
    require_item(by, item, "meetings.update_item")
    not_cancelled(item.meeting)
    if state not in dict(AgendaItem.STATES):
        raise Refused(_("Choose what became of it."), fields={"state": _("Choose what became of it.")})
    if state == AgendaItem.CARRIED and item.state != AgendaItem.CARRIED:
        carry_item(item)
    item.title, item.notes, item.length, item.owner = check_item(title, length), notes.strip(), length, owner
    item.state = state
    item.save()
    return item


@action(open_to_all=True)
def move_item(by: Person | None, item: AgendaItem, *, up: bool) -> AgendaItem:
    """Move an agenda item up or down."""
    require_runs(by, item.meeting, "meetings.move_item")
    rows = list(item.meeting.items.select_for_update())
    place = next(at for at, row in enumerate(rows) if row.pk == item.pk)
    other = place - 1 if up else place + 1
    if 0 <= other < len(rows):
        rows[place], rows[other] = rows[other], rows[place]
        for position, row in enumerate(rows, 1):
            row.position = position
        AgendaItem.objects.bulk_update(rows, ["position"])
        item.position = other + 1
    return item


def carry_item(item: AgendaItem) -> AgendaItem:
    """Put an item on the agenda of the next planned meeting of its series; Refused when there is none."""
    meeting = following(item.meeting)
    if meeting is None:
        text = _("There is no later meeting of the series to carry it to.")
        raise Refused(text, fields={"state": text})
    made, _new = AgendaItem.objects.get_or_create(
        carried_from=item,
        defaults={"meeting": meeting, "position": end_of(meeting), "title": item.title, "notes": item.notes,
                  "owner": item.owner, "length": item.length},
    )  # fmt: skip
    return made


def following(meeting: Meeting) -> Meeting | None:
    """The next planned meeting of the same series after a meeting."""
    rows = Meeting.objects.filter(series=meeting.series_id, state=Meeting.PLANNED, starts_at__gt=meeting.starts_at)
    return rows.order_by("starts_at").first() if meeting.series_id else None


def carry_over(meeting: Meeting) -> int:
    """Carry the open items of a meeting that was held to the next of its series; how many."""
    if following(meeting) is None:
        return 0
    rows = list(meeting.items.filter(state=AgendaItem.OPEN))
    for item in rows:
        carry_item(item)
        item.state = AgendaItem.CARRIED
        item.save()
    return len(rows)


def carry_left(series: Series) -> int:
    """Carry what is still open in the held meetings of a series, now that there may be a next one; how many."""
    left = series.meetings.filter(state=Meeting.HELD, items__state=AgendaItem.OPEN).distinct()
    return sum(carry_over(meeting) for meeting in left.order_by("starts_at"))
