"""The inbox's own kinds."""

from django.utils.translation import gettext_lazy as _

from tradewind.engines.inbox.kinds import notice

notice(
    "inbox.overdue",
    title=_("%(person)s is late: %(title)s"),
    text=_("It was due on %(due)s."),
    label=_("A to-do of somebody who reports to me is overdue"),
    optional=False,
    icon="alarm",
)
notice(
    "inbox.due_soon",
    title=_("Due soon: %(title)s"),
    text=_("It is due on %(due)s."),
    label=_("A to-do of mine is due within a day"),
    icon="alarm",
)
notice(
    "inbox.approved",
    title=_("Approved: %(title)s"),
    text=_("%(person)s gave the last approval."),
    label=_("My request was approved"),
    icon="check",
)
notice(
    "inbox.rejected",
    title=_("Rejected: %(title)s"),
    text=_("%(person)s: %(note)s"),
    label=_("My request was rejected"),
    optional=False,
    icon="x",
)
notice(
    "inbox.handed_on",
    title=_("%(person)s handed on to you: %(title)s"),
    label=_("A to-do was handed on to me"),
    optional=False,
    icon="arrow-forward-up",
)
notice(
    "inbox.webhook_stopped",
    title=_("Webhook stopped: %(name)s"),
    text="%(reason)s",
    label=_("A webhook of mine was stopped after repeated failure"),
    optional=False,
    icon="webhook",
)
