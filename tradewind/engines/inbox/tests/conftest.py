"""A real mail server, and kinds that only the tests declare."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.utils.translation import gettext_lazy as _
from pytest_django import Settings

from tests.outside import outside
from tradewind.engines.inbox.kinds import notice

__all__ = ["outside"]

# Words of the product, so that they have a translation.
notice("test.told", title=_("Due soon: %(title)s"), text=_("It is due on %(due)s."), url="/me/")
notice("test.must", title=_("Due soon: %(title)s"), optional=False)
notice("test.loud", title=_("Due soon: %(title)s"), urgent=True)
notice("test.approve", title=_("Due soon: %(title)s"), optional=False)


class Postbox:
    """Takes mail; `refuse` answers a recipient with that text instead, `hold` keeps the sender waiting that long."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refuse = ""
        self.hold = 0.0
        self.port = 0

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.refuse:
            return self.refuse
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content: Any = envelope.original_content
        parsed = message_from_bytes(content, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        self.mails.append(parsed)
        await asyncio.sleep(self.hold)
        return "250 Taken"


@pytest.fixture
def postbox(settings: Settings) -> Iterator[Postbox]:
    """A mail server on a free port of this machine, set up as the product's own."""
    box = Postbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = box.port = probe.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = port
    settings.SITE_URL = "https://tradewind.example"
    yield box
    controller.stop()


@pytest.fixture
def chat_server() -> Iterator[list[str]]:
    """An HTTP server that keeps what is posted to it; the first item is its address, the bodies follow."""
    heard: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            heard.append(json.loads(body)["title"])
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    heard.append(f"127.0.0.1:{server.server_port}")
    worker = threading.Thread(target=server.serve_forever, daemon=True)  # noqa: TID251 - a test's own server
    worker.start()
    yield heard
    server.shutdown()
    server.server_close()
