"""Who is told of comments."""

from django.utils.translation import gettext_lazy as _

from tradewind.engines.inbox.kinds import notice

notice(
    "discuss.mentioned",
    title=_("%(person)s mentioned you: %(record)s"),
    text="%(words)s",
    label=_("Somebody mentions me in a comment"),
    icon="at",
)
notice(
    "discuss.replied",
    title=_("%(person)s commented on %(record)s"),
    text="%(words)s",
    label=_("New comments where I have commented"),
    routes=("app",),
    icon="message",
)
notice(
    "discuss.thanked",
    title=_("%(person)s thanks you"),
    text="%(words)s",
    label=_("Somebody gives me kudos"),
    icon="heart-handshake",
)
