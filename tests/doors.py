"""Every address of the product, with its parts filled in, and what an answer says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import IntConverter

from tests.world import FIRST_ID, WORD
from tradewind.ui.pages.filters import Ref
from tradewind.ui.pages.lists import ListPage
from tradewind.ui.pages.registry import pages

# Addresses that answer without an end, or that end the session the test needs.
NOT_OPENED = ("events", "account/logout", "account/reauthenticate", "account/confirm")
TEXTS: dict[str, tuple[str, ...]] = {
    "kind": ("csv",),
    "subject": ("customers.order", "customers.customer", "structure.person"),
    "area": ("supply",),
    "guide": ("import",),
    "language": ("en",),
    "picture": ("import",),
    "leaf": ("software",),
    "name": ("customers.order-list",),
    "key": ("x",),
    "token": ("x",),
    "uidb36": ("1",),
    "provider": ("x",),
    "provider_id": ("x",),
    "organization_slug": ("x",),
    "code": ("EUR",),
}


@dataclass(frozen=True)
class Door:
    """One kind of address: its pattern, the URL name and the addresses to try."""

    pattern: str
    name: str
    addresses: tuple[str, ...]


def doors() -> list[Door]:
    """Every address but those that never end."""
    found = []
    for pattern, leaf in leaves(get_resolver(), ""):
        if not pattern.startswith(NOT_OPENED):
            found.append(Door(pattern, leaf.name or "", tuple(filled(pattern, leaf))))
    return found


def leaves(resolver: URLResolver, before: str) -> Iterator[tuple[str, URLPattern]]:
    for item in resolver.url_patterns:
        pattern = before + str(item.pattern)
        if isinstance(item, URLResolver):
            yield from leaves(item, pattern)
        else:
            yield pattern, item


def filled(pattern: str, leaf: URLPattern) -> Iterator[str]:
    """The pattern's addresses for the record of each side, and each text its other parts may be."""
    found = [pattern.replace("^", "").replace("$", "").replace("\\Z", "")]
    converters: dict[str, Any] = dict(getattr(leaf.pattern, "converters", {}))
    for word in pattern.split("<")[1:]:
        part = word.split(">")[0]
        name = part.split(":")[-1]
        number = isinstance(converters.get(name), IntConverter) or part.startswith("int:")
        values = (str(FIRST_ID), str(FIRST_ID + 1)) if number else TEXTS.get(name, ("x",))
        found = [address.replace(f"<{part}>", value) for address in found for value in values]
    ending = [f"?filter={name}&q={WORD}" for name in choosers()] if pattern.endswith("options/") else [""]
    yield from ("/" + address + query for address in found if "(" not in address for query in ending)


@cache
def choosers() -> list[str]:
    """The filters that look up records while one types."""
    lists = [page for page in pages() if issubclass(page, ListPage)]
    return sorted({item.name for page in lists for item in page.filters if isinstance(item, Ref)})


def body(answer: HttpResponseBase) -> str:
    """Everything an answer says, streamed or not."""
    raw = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    return bytes(raw).decode("utf-8", "replace") + " ".join(f"{name}: {value}" for name, value in answer.items())


def open_all(client: Client, *, everything: bool = True) -> Iterator[tuple[str, int, str]]:
    """Open every address, and those of lists with a search too: (address, status, everything said).

    Without `everything`, pages of the visitor's own records and searches are left out.
    """
    for door in doors():
        for address in door.addresses:
            if everything or str(FIRST_ID) not in address:
                yield from opened(client, address)
        if everything and "int:" not in door.pattern and "?" not in "".join(door.addresses):
            yield from opened(client, f"{door.addresses[0]}?q={WORD}" if door.addresses else "/")


def opened(client: Client, address: str) -> Iterator[tuple[str, int, str]]:
    answer = client.get(address)
    yield address, answer.status_code, body(answer)
