"""What surveys ask of people."""

from django.utils.translation import gettext_lazy as _

from tradewind.engines.inbox.kinds import notice

notice(
    "surveys.asked",
    title=_("Your answer, please: %(title)s"),
    text=_("Open until %(closes)s."),
    label=_("I am asked to answer a survey"),
    icon="clipboard-list",
)
notice(
    "surveys.reminder",
    title=_("Still to answer: %(title)s"),
    text=_("Open until %(closes)s."),
    label=_("Reminders to answer a survey"),
    icon="clipboard-list",
)
notice(
    "surveys.closed",
    title=_("The results are there: %(title)s"),
    text=_("%(answered)s of %(invited)s people answered."),
    label=_("A survey of mine has closed"),
    icon="chart-bar",
)
