"""Chat: one message to an address of a known chat service (package `apprise`)."""

from __future__ import annotations

import logging
import os
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.utils.translation import gettext as _

from tradewind.base.errors import Refused
from tradewind.engines.inbox.mail import Answer

# Services whose messages go to the service's own hosts; an address that names a host of its own could reach into our network.
SERVICES = frozenset({
    "feishu", "lark", "dingtalk", "wecombot", "slack", "workflows", "workflow", "msteams", "gchat", "discord", "tgram",
    "line", "whatsapp", "zulip", "webexteams", "wxteams", "pushover", "ntfys",
})  # fmt: skip
# These may name a host in their address; it must be one of the service's own.
WORKFLOWS = (".logic.azure.com", ".powerplatform.com")
HOMES = {"workflow": WORKFLOWS, "workflows": WORKFLOWS, "zulip": ("zulipchat.com",), "ntfys": ("ntfy.sh",)}


def leads_home(url: str, sender: Any) -> bool:
    """Whether messages go to the service's own host, or to one the operator named, and take no file or page of ours along."""
    parts = urlsplit(url.strip())
    allowed = {host for host in os.environ.get("CHAT_ALLOW", "").split(",") if host}
    named = {name.casefold() for name, _value in parse_qsl(parts.query, keep_blank_values=True)}
    if "template" in named or getattr(sender, "template", None):
        return False
    if parts.scheme not in SERVICES or f"{parts.hostname}:{parts.port}" in allowed:
        return f"{parts.hostname}:{parts.port}" in allowed
    host = str(getattr(sender, "hostname" if parts.scheme == "zulip" else "host", "") or "").casefold()
    if parts.scheme == "ntfys" and getattr(sender, "mode", "") == "cloud":
        return True
    homes = HOMES.get(parts.scheme, ())
    return not homes or any(host == home.lstrip(".") or (home[0] == "." and host.endswith(home)) for home in homes)


def check(url: str) -> str:
    """The address, if it is one of a chat service we send to; Refused otherwise."""
    parts = urlsplit(url.strip())
    allowed = {host for host in os.environ.get("CHAT_ALLOW", "").split(",") if host}
    if parts.scheme not in SERVICES and f"{parts.hostname}:{parts.port}" not in allowed:
        raise unknown()
    import apprise  # noqa: PLC0415 - 50 MB that servers of pages carry only once somebody sets a chat address

    if (sender := apprise.Apprise.instantiate(url)) is None:
        raise Refused(
            _("The chat address is not complete."), fields={"chat_url": _("The chat address is not complete.")}
        )
    if not leads_home(url, sender):
        raise unknown()
    return url.strip()


def unknown() -> Refused:
    """The refusal of an address that is of no service we send to."""
    return Refused(
        _("This is not the address of a chat service we can send to (such as feishu://, dingtalk://, slack://)."),
        fields={"chat_url": _("Not the address of a known chat service.")},
    )


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
        if not leads_home(url, sender[0]):
            return Answer(False, "not an address of the service itself", final=True)
        sent = bool(sender.notify(title=title, body=body or title, body_format=apprise.NotifyFormat.TEXT))
    except Exception as error:  # a plug-in of the package may fail in any way
        return Answer(False, type(error).__name__)
    finally:
        logger.removeHandler(heard)
    return Answer(True) if sent else Answer(False, "; ".join(heard.texts)[:500] or "refused")
