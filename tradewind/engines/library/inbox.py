"""What the library tells people and asks of them."""

from django.utils.translation import gettext_lazy as _

from tradewind.engines.inbox.kinds import notice

notice(
    "library.acknowledge",
    title=_("Read and confirm: %(title)s"),
    text=_("Please confirm by %(day)s. %(message)s"),
    label=_("I am asked to read something"),
    optional=False,
    icon="book",
)
notice(
    "library.reminder",
    title=_("Still to read: %(title)s"),
    text=_("Please confirm by %(day)s."),
    label=_("Reminders to read something"),
    optional=False,
    icon="book",
)
notice(
    "library.late",
    title=_("%(person)s has not confirmed: %(title)s"),
    text=_("It was due on %(day)s."),
    label=_("Somebody of my team has not read something in time"),
    icon="alarm",
)
notice(
    "library.approve",
    title=_("Approve: %(title)s"),
    text=_("%(person)s asks for your approval."),
    label=_("I am asked to approve a text"),
    optional=False,
    icon="stamp",
)
notice("library.approved", title=_("Approved: %(title)s"), text=_("By %(person)s."), label=_("A text of mine was approved"),
       icon="check")  # fmt: skip
notice("library.returned", title=_("Returned: %(title)s"), text="%(note)s", label=_("A text of mine was returned"),
       icon="arrow-back-up")  # fmt: skip
notice("library.mentioned", title=_("%(person)s mentioned you in %(title)s"), label=_("Somebody mentions me in a document"),
       icon="at")  # fmt: skip
notice("library.review_due", title=_("Is it still right? %(title)s"), text=_("Its review was due on %(day)s."),
       label=_("A document of mine is due for review"), icon="calendar-due")  # fmt: skip
notice("library.answer_wanted", title=_("Where is it? %(words)s"), text=_("Searched for %(count)s times and not found: name the page that answers it, or write one."),
       label=_("I am asked to answer a search that found nothing"), icon="zoom-question")  # fmt: skip
