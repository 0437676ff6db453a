"""Chat: one message to an address of a known chat service (package `apprise`)."""

from __future__ import annotations

import logging
import os
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from tradewind.base.errors import Refused
from tradewind.engines.inbox.mail import Answer

# Services whose messages go to the service's own hosts; an address that names a host of its own could reach into our network.
SERVICES = frozenset({
    "feishu", "lark", "dingtalk", "wecombot", "slack", "workflows", "workflow", "msteams", "gchat", "discord", "tgram",
    "line", "whatsapp", "zulip", "webexteams", "wxteams", "pushover", "ntfys",
})  # fmt: skip


def check(url: str) -> str:
    """The address, if it is one of a chat service we send to; Refused otherwise."""
    parts = urlsplit(url.strip())
    allowed = {host for host in os.environ.get("CHAT_ALLOW", "").split(",") if host}
    if parts.scheme not in SERVICES and f"{parts.hostname}:{parts.port}" not in allowed:
        raise Refused(
            _("This is not the address of a chat service we can send to (such as feishu://, dingtalk://, slack://)."),
            fields={"chat_url": _("Not the address of a known chat service.")},
        )
    import apprise  # noqa: PLC0415 - 50 MB that servers of pages carry only once somebody sets a chat address

    if apprise.Apprise.instantiate(url) is None:
        raise Refused(
            _("The chat address is not complete."), fields={"chat_url": _("The chat address is not complete.")}
        )
    return url.strip()


class Heard(logging.Handler):
    """Keeps what the sender says while one message goes out."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage())


def send(url: str, title: str, body: str) -> Answer:
    """Send one message; never raises, the answer holds what the service said (without the address, which is secret)."""
    import apprise  # noqa: PLC0415 - see check

    heard = Heard()
    logger = logging.getLogger("apprise")
    logger.addHandler(heard)
    try:
        sender = apprise.Apprise()
        if not sender.add(url):
            return Answer(False, "unreadable address", final=True)
        sent = bool(sender.notify(title=title, body=body or title, body_format=apprise.NotifyFormat.TEXT))
    except Exception as error:  # a plug-in of the package may fail in any way
        return Answer(False, type(error).__name__)
    finally:
        logger.removeHandler(heard)
    return Answer(True) if sent else Answer(False, "; ".join(heard.texts)[:500] or "refused")
