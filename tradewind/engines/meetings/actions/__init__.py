"""What one can do with meetings."""

from tradewind.engines.meetings.actions.agenda import add_item, carry_left, move_item, update_item
from tradewind.engines.meetings.actions.people import answer_invitation, invite, record_attendance, uninvite
from tradewind.engines.meetings.actions.planning import (
    cancel_meeting,
    plan_meeting,
    plan_occurrences,
    save_series,
    update_meeting,
)
from tradewind.engines.meetings.actions.record import (
    ask_to_close,
    assign,
    decide,
    hold_meeting,
    remind_people,
    update_decision,
    withdraw_assignment,
    write_minutes,
)

__all__ = [
    "add_item", "answer_invitation", "ask_to_close", "assign", "cancel_meeting", "carry_left", "decide", "hold_meeting",
    "invite", "move_item", "plan_meeting", "plan_occurrences", "record_attendance", "remind_people", "save_series",
    "uninvite", "update_decision", "update_item", "update_meeting", "withdraw_assignment", "write_minutes",
]  # fmt: skip
