"""Who may see what others are asked and how things were sent."""

from django.utils.translation import gettext_lazy as _

from tradewind.engines.access.registry import codes, default_role, subject
from tradewind.engines.inbox.kinds import words
from tradewind.engines.inbox.models import Approval, Delivery, Deputy, Notice, Reach, Todo

codes(
    "inbox",
    view_todo=_("See the to-dos of others"),
    view_notice=_("See the notices of others"),
    view_approval=_("See requests and approvals of others"),
    view_delivery=_("See what was sent by mail and chat, and the mail set-up"),
    view_deputy=_("See who acts for whom"),
    view_reach=_("See how people are reached"),
)


def told_in_english(row: Todo | Approval | Notice) -> str:
    """A title for the audit trail, which knows no reader."""
    return words(row.kind, row.data, "en", "UTC").title


OWN = {"entity": "person__entity_id", "market": "person__market_id", "self": "person_id"}
subject("inbox.todo", model=Todo, read="inbox.view_todo", label=_("To-do"), axes=OWN, url="inbox:todo-detail",
        title=told_in_english)  # fmt: skip
subject("inbox.notice", model=Notice, read="inbox.view_notice", label=_("Notice"), axes=OWN, title=told_in_english)
subject("inbox.approval", model=Approval, read="inbox.view_approval", label=_("Request"), url="inbox:approval-detail",
        axes={"entity": "asked_by__entity_id", "market": "asked_by__market_id", "self": "asked_by_id"},
        title=told_in_english)  # fmt: skip
subject("inbox.delivery", model=Delivery, read="inbox.view_delivery", label=_("Delivery"), axes=OWN)
subject("inbox.deputy", model=Deputy, read="inbox.view_deputy", label=_("Deputy"), axes=OWN)
subject("inbox.reach", model=Reach, read="inbox.view_reach", label=_("Ways to reach somebody"), axes=OWN)

default_role("people", ["inbox.view_deputy"])
default_role("auditor", ["inbox.view_approval"])
