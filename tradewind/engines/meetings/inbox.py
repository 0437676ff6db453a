"""What meetings tell people and ask of them."""

from django.utils.translation import gettext_lazy as _

from tradewind.engines.inbox.kinds import notice

notice("meetings.invited", title=_("Invitation: %(title)s"), text=_("On %(at)s."), label=_("I am invited to a meeting"),
       optional=False, icon="calendar-plus")  # fmt: skip
notice("meetings.moved", title=_("Moved: %(title)s"), text=_("From %(before)s to %(at)s."),
       label=_("A meeting of mine was moved"), optional=False, urgent=True, icon="calendar-repeat")  # fmt: skip
notice("meetings.cancelled", title=_("Cancelled: %(title)s"), text=_("It was planned for %(at)s. %(reason)s"),
       label=_("A meeting of mine was cancelled"), optional=False, urgent=True, icon="calendar-x")  # fmt: skip
notice("meetings.soon", title=_("Coming up: %(title)s"), text=_("On %(at)s."), label=_("A meeting of mine comes up"),
       icon="calendar-time")  # fmt: skip
notice("meetings.close", title=_("Who came, what was said? %(title)s"), text=_("Note who came and write the minutes."),
       label=_("A meeting I host is over and waits for its minutes"), optional=False, icon="writing")  # fmt: skip
notice("meetings.follow_up", title="%(title)s", text=_("Agreed in “%(meeting)s”."),
       label=_("A meeting gave me something to do"), optional=False, icon="checkbox")  # fmt: skip
notice("meetings.minutes", title=_("Minutes: %(title)s"), text=_("Written by %(person)s."),
       label=_("Minutes of a meeting of mine were written"), icon="file-text")  # fmt: skip
notice("meetings.declined", title=_("%(person)s is not coming: %(title)s"), text=_("On %(at)s."),
       label=_("Somebody declines my invitation"), icon="calendar-minus")  # fmt: skip
notice("meetings.unsure", title=_("%(person)s may not come: %(title)s"), text=_("On %(at)s."),
       label=_("Somebody answers my invitation with maybe"), icon="calendar-question")  # fmt: skip
