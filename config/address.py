"""Where an installation listens and how it is reached, from the words of a command and the environment."""

from __future__ import annotations

import argparse
import os
import socket
from dataclasses import dataclass

from django.utils.translation import gettext as _

from config.supervisor import port_is_free
from tradewind.base.errors import Refused

EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - the words a person may choose


@dataclass(frozen=True)
class Address:
    """A host and port to listen on, the port of live streams, and the names people reach them by."""

    host: str
    port: int

    @property
    def stream_port(self) -> int:
        return int(os.environ.get("STREAM_PORT", self.port + 1))

    @property
    def public_host(self) -> str:
        """The name in links: the host itself, or this machine's own address when listening everywhere."""
        return own_addresses()[0] if self.host in EVERYWHERE else self.host

    def _url(self, port: int) -> str:
        host = f"[{self.public_host}]" if ":" in self.public_host else self.public_host
        return f"http://{host}:{port}"

    @property
    def url(self) -> str:
        return os.environ.get("SITE_URL") or self._url(self.port)

    @property
    def stream_url(self) -> str:
        return os.environ.get("STREAM_URL") or self._url(self.stream_port)

    def environment(self) -> dict[str, str]:
        """What the servers' settings need to know about it."""
        known = os.environ.get("ALLOWED_HOSTS", "").split(",")
        names = [*known, *(own_addresses() if self.host in EVERYWHERE else [self.host])]
        return {
            "HOST": self.host,
            "PORT": str(self.port),
            "SITE_URL": self.url,
            "STREAM_URL": self.stream_url,
            "ALLOWED_HOSTS": ",".join(dict.fromkeys(name for name in names if name)),
        }


def own_addresses() -> list[str]:
    """This machine's addresses and name as others on its network see them, the best first."""
    found: list[str] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # an address for documentation: nothing is sent
            found.append(str(probe.getsockname()[0]))
        except OSError:
            found.append("127.0.0.1")
    return [*found, socket.gethostname(), "localhost"]


def add_words(parser: argparse.ArgumentParser) -> None:
    """Give a command the words `--host` and `--port`."""
    parser.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"), help="address to listen on (HOST)")
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")), help="port of pages (PORT)")


def chosen(args: argparse.Namespace, *, streams: bool) -> Address:
    """The address of a command's words; raises Refused when a port it needs is taken."""
    address = Address(args.host, args.port)
    for port in (address.port, address.stream_port) if streams else (address.port,):
        if not port_is_free(address.host, port):
            message = _("Port %(port)s is taken. Choose another, for example PORT=%(other)s.")
            raise Refused(message % {"port": port, "other": address.port + 10}, code="port_taken")
    return address
