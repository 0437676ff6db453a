"""What people are told and asked by vision campaigns."""

from django.utils.translation import gettext_lazy as _

from tradewind.engines.inbox.kinds import notice

notice("structure.broadcast", title=_("Please read: %(title)s"), text="%(text)s", label=_("A message about our vision to read"),
       optional=False, icon="telescope")  # fmt: skip
notice(
    "structure.broadcast_reminder",
    title="%(title)s",
    text="%(text)s",
    label=_("Reminders of our vision"),
    icon="telescope",
)
