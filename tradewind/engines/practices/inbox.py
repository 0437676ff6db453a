"""What the owner of a practice is asked."""

from django.utils.translation import gettext_lazy as _

from tradewind.engines.inbox.kinds import notice

notice(
    "practices.overdue",
    title=_("Overdue: %(practice)s"),
    text=_("You look after this practice. Its evidence says what is missing."),
    label=_("A practice I look after is overdue"),
    url="/map/?health=overdue",
    icon="hierarchy-3",
)
