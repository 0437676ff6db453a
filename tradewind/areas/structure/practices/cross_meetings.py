"""How structure knows that functions meet each other as planned, and do what they agree."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from tradewind.areas.structure.queries.meetings import CROSS, counts
from tradewind.engines.practices.practice import Evidence, Part, Scope, link, practice

MOST, NEVER = Decimal("0.8"), Decimal(0)
CHANGES = (
    "meetings.save_series", "meetings.hold_meeting", "meetings.cancel_meeting", "meetings.write_minutes", "meetings.decide",
    "meetings.assign", "meetings.withdraw_assignment", "inbox.settle_todo",
)  # fmt: skip


@practice("structure.cross-meetings", after=CHANGES)
def cross_meetings(now: datetime) -> dict[Scope, Evidence]:
    """Functions meet on the days they planned, write down what comes of it, and do in time what they agree."""
    kept, late = link("meetings:meeting-list", kind=CROSS), link("meetings:follow-up-list", sort="due")
    return {
        place: Evidence(
            (
                Part("held", _("Meetings held as planned in the last 90 days"), one.held, one.due, last=one.last, link=kept,
                     good_from=MOST),
                Part("closed", _("To-dos of meetings done by their time"), one.closed, one.agreed, link=late, good_from=MOST),
                Part("written", _("Meetings with minutes or decisions"), one.written, one.sat, link=kept, good_from=MOST,
                     bad_below=NEVER),
            ),
            seen=one.last,
        )
        for place, one in counts(now).items()
    }  # fmt: skip
