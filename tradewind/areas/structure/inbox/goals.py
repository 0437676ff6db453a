"""What people are told and asked about goals."""

from django.utils.translation import gettext_lazy as _

from tradewind.engines.inbox.kinds import notice

notice(
    "structure.goal_need",
    title=_("%(team)s is needed for: %(title)s"),
    text="%(wish)s",
    label=_("I am asked for my team's work on a goal"),
    optional=False,
    icon="arrows-join",
)
notice("structure.goal_answered", title=_("%(team)s accepts: %(title)s"), text="%(answer)s",
       label=_("A team accepts what my goal needs"), icon="check")  # fmt: skip
notice("structure.goal_answered_no", title=_("%(team)s refuses: %(title)s"), text="%(answer)s",
       label=_("A team refuses what my goal needs"), icon="x")  # fmt: skip
notice(
    "structure.goal_check_in",
    title=_("Check in: %(title)s"),
    text=_("“%(goal)s” has heard nothing of it since %(day)s."),
    label=_("A key result of mine waits for a check-in"),
    icon="target-arrow",
)
notice("structure.goal_yours", title=_("This goal is yours now: %(title)s"), text="%(person)s",
       label=_("A goal is given to me"), icon="target")  # fmt: skip
notice(
    "structure.goal_yours_many",
    title=_("Goals of %(person)s are yours now"),
    text=_("%(goals)s goals, %(results)s key results"),
    label=_("Goals are handed over to me"),
    optional=False,
    icon="target",
)
notice(
    "structure.goal_hand_over",
    title=_("Hand over the goals of %(person)s"),
    text=_("%(goals)s goals and %(results)s key results have an owner who has left."),
    label=_("Goals of somebody who left wait for a new owner"),
    optional=False,
    icon="user-share",
)
