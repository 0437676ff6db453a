"""Requests to addresses that a person typed in: only to public machines, never redirected, small and soon over.

The name is resolved here and the connection made to the very address that was checked, so a name that answers
differently a moment later leads nowhere. `WEBHOOK_ALLOW` lists hosts and networks that may be reached although private.
"""

from __future__ import annotations

import http.client
import ipaddress
import os
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.utils.translation import gettext as _

from tradewind.base.errors import Refused

TIMEOUT = 10.0  # seconds for each step
READ = 4096  # bytes of the answer that are kept
SHARED_PREFIX = ipaddress.ip_network("64:ff9b::/96")  # IPv4 addresses as IPv6 behind a translator
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True)
class Answer:
    """What the other side said: status and the beginning of its text."""

    status: int
    text: str

    @property
    def good(self) -> bool:
        """Whether it took the message."""
        return 200 <= self.status < 300


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """POST to a checked address. Refused (`address`) where it must not go, OSError where it does not answer."""
    parts = checked(url)
    connection = connect(parts)
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body=body, headers={"User-Agent": "Tradewind", **headers})
        answer = connection.getresponse()
        return Answer(answer.status, answer.read(READ).decode("utf-8", "replace"))
    except http.client.HTTPException as fault:
        raise OSError(f"no proper answer: {type(fault).__name__}") from fault
    finally:
        connection.close()


def checked(url: str) -> SplitResult:
    """The parts of an address whose form is fit; Refused otherwise. Where it leads is checked when connecting."""
    try:
        parts = urlsplit(url)
        port_fits = parts.port is None or 0 < parts.port < 65536
    except ValueError:
        raise refusal(_("This is not a proper address.")) from None
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_fits:
        raise refusal(_("The address must begin with http:// or https:// and name a host."))
    if parts.username or parts.password:
        raise refusal(_("The address must not hold a user name or password."))
    if any(ord(letter) <= 32 or ord(letter) == 127 for letter in url):
        raise refusal(_("This is not a proper address."))
    return parts


def connect(parts: SplitResult) -> http.client.HTTPConnection:
    """A connection to the first address of the host that may be reached."""
    host, secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    fit = [info for info in found if allowed(host, str(info[4][0]))]
    if not fit or len(fit) < len(found):
        raise refusal(_("The host “%(host)s” leads to a private address.") % {"host": host})
    last: OSError | None = None
    for _family, _type, _proto, _name, address in fit:
        try:
            plain = socket.create_connection((str(address[0]), port), timeout=TIMEOUT)
        except OSError as fault:
            last = fault
            continue
        connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT)
        connection.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=host) if secure else plain
        return connection
    raise last or OSError(f"{host} has no address")


def allowed(host: str, address: str) -> bool:
    """Whether this address of the host may be reached: a public one, or one the operator named."""
    ip = ipaddress.ip_address(address.split("%", 1)[0])
    for named in os.environ.get("WEBHOOK_ALLOW", "").replace(",", " ").split():
        if named == host or inside(ip, named):
            return True
    return all(is_public(one) for one in meanings(ip))


def inside(ip: Address, network: str) -> bool:
    """Whether an address lies in a network written as text; a host name is none."""
    try:
        return ip in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False


def meanings(ip: Address) -> list[Address]:
    """The address itself and the IPv4 addresses it may stand for."""
    if isinstance(ip, ipaddress.IPv4Address):
        return [ip]
    inner = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
    if ip in SHARED_PREFIX:
        inner.append(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
    mapped = [one for one in inner if one is not None]
    return mapped if ip.ipv4_mapped or ip in SHARED_PREFIX else [ip, *mapped]


def is_public(ip: Address) -> bool:
    """Whether an address belongs to the open internet."""
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified or ip.is_loopback)


def refusal(words: str) -> Refused:
    """Why an address is not fit."""
    return Refused(words, code="address", fields={"url": words})
