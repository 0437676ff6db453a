"""Server-sent events for signed-in pages: who listens, what they get, and when they must go."""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, TypeVar
from urllib.parse import urlsplit

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.models import Session
from django.db import DatabaseError, connections
from django.db.models import Max, Q
from django.http import HttpRequest, parse_cookie
from django.http.request import split_domain_port, validate_host

from tradewind.base import clock
from tradewind.engines.jobs.live import KEPT
from tradewind.engines.jobs.models import LiveMessage
from tradewind.nouns.org.models import User

log = logging.getLogger(__name__)
T = TypeVar("T")
POLL = float(os.environ.get("STREAM_POLL", "0.5"))  # seconds between two looks for messages
BEAT = float(os.environ.get("STREAM_BEAT", "20"))  # seconds between two comments that keep a quiet line open
RECHECK = float(os.environ.get("STREAM_RECHECK", "15"))  # seconds between two looks whether sessions still stand
OVERLAP = 10  # polls during which a message with a lower number may still be committed
MOST = int(os.environ.get("STREAM_MOST", "2000"))  # open pages on this process
MOST_EACH = 30  # open pages of one person
BACKLOG = 200


@dataclass(frozen=True)
class Seat:
    """A signed-in session that listens."""

    session: str
    user: int
    person: int
    proof: str  # changes with the password


@dataclass(eq=False)
class Client:
    """One open page: its seat and the events that wait to be sent; None ends it."""

    seat: Seat
    queue: asyncio.Queue[bytes | None] = field(default_factory=lambda: asyncio.Queue(maxsize=256))
    resumed: set[int] = field(default_factory=set)

    def put(self, event: bytes | None) -> None:
        """Hand on an event; a page that does not read for long is let go and will come back."""
        try:
            self.queue.put_nowait(event)
        except asyncio.QueueFull:
            while not self.queue.empty():
                self.queue.get_nowait()
            self.queue.put_nowait(None)


async def in_store(function: Callable[..., T], *args: Any) -> T:
    """Ask the store on the one thread all streams share."""
    return await sync_to_async(function, thread_sensitive=True)(*args)


def signed_in(cookies: str) -> Seat | None:
    """The seat of the session named by a Cookie header, if it stands and its person is active."""
    key = parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME)
    if not key:
        return None
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    user = get_user(request)
    if not isinstance(user, User) or not user.is_active or not user.person.active:
        return None
    return Seat(key, user.pk, user.person_id, user.get_session_auth_hash())


def standing(seats: Iterable[Seat]) -> set[Seat]:
    """Those seats whose session, user and person still stand, in two queries."""
    seats = set(seats)
    open_sessions = set(
        Session.objects.filter(session_key__in={s.session for s in seats}, expire_date__gt=clock.now()).values_list(
            "session_key", flat=True
        )
    )
    users = User.objects.filter(pk__in={s.user for s in seats}, is_active=True, person__active=True)
    proofs = {user.pk: user.get_session_auth_hash() for user in users}
    return {s for s in seats if s.session in open_sessions and proofs.get(s.user) == s.proof}


def newest() -> int:
    """The number of the newest message."""
    return LiveMessage.objects.aggregate(top=Max("id"))["top"] or 0


def since(number: int) -> list[LiveMessage]:
    """The messages after a number, oldest first."""
    return list(LiveMessage.objects.filter(id__gt=number).order_by("id")[:2000])


def missed(person: int, number: int) -> list[LiveMessage]:
    """What a page that comes back has missed since the message of that number."""
    mine = LiveMessage.objects.filter(Q(person_id=person) | Q(person_id=None), id__gt=number)
    return list(mine.filter(at__gt=clock.now() - KEPT).order_by("id")[:BACKLOG])


def event(message: LiveMessage) -> bytes:
    """A message in the form of the wire; its kind `job` is the event `job.changed`."""
    data = json.dumps(message.data, ensure_ascii=False, separators=(",", ":"))
    return f"id: {message.pk}\nevent: {message.kind}.changed\ndata: {data}\n\n".encode()


class Hub:
    """All open pages of this process, and the one poller that serves them while there are any."""

    def __init__(self) -> None:
        self.clients: set[Client] = set()
        self.poller: asyncio.Task[None] | None = None
        self.started: asyncio.Event | None = None
        self.floor = 0
        self.seen: dict[int, int] = {}
        self.turns = 0

    def places(self, seat: Seat) -> bool:
        """Whether there is room for one more page of this person."""
        theirs = sum(client.seat.person == seat.person for client in self.clients)
        return len(self.clients) < MOST and theirs < MOST_EACH

    async def join(self, client: Client) -> None:
        """Add a page and see to it that one task polls; after this no message passes the page by."""
        self.clients.add(client)
        if self.poller is None or self.poller.done() or self.started is None:
            self.started = asyncio.Event()
            self.poller = asyncio.create_task(self.serve(self.started))
        await self.started.wait()

    def leave(self, client: Client) -> None:
        """Forget a page."""
        self.clients.discard(client)

    def close(self) -> None:
        """End all streams; pages come back by themselves."""
        for client in self.clients:
            client.put(None)

    async def serve(self, started: asyncio.Event) -> None:
        """Poll until nobody listens."""
        while not started.is_set():
            try:
                self.floor, self.seen = await in_store(newest), {}
                started.set()
            except DatabaseError:
                await in_store(connections.close_all)
                await asyncio.sleep(POLL)
        checked = asyncio.get_running_loop().time()
        while self.clients:
            await asyncio.sleep(POLL)
            try:
                await self.turn()
                if asyncio.get_running_loop().time() - checked >= RECHECK:
                    checked = asyncio.get_running_loop().time()
                    await self.dismiss()
            except DatabaseError as fault:
                log.warning("the store does not answer: %s", fault)
                await in_store(connections.close_all)

    async def turn(self) -> None:
        """Hand new messages out. Numbers are committed out of order, so the last polls' numbers are looked at again."""
        self.turns += 1
        for message in await in_store(since, self.floor):
            if message.pk not in self.seen:
                self.seen[message.pk] = self.turns
                self.hand_out(message)
        settled = [pk for pk, turn in self.seen.items() if turn <= self.turns - OVERLAP]
        if settled:
            self.floor = max(self.floor, *settled)
            self.seen = {pk: turn for pk, turn in self.seen.items() if pk > self.floor}

    def hand_out(self, message: LiveMessage) -> None:
        """Give one message to the pages of its person, or to all."""
        wire = event(message)
        for client in self.clients:
            if message.person_id in (None, client.seat.person) and message.pk not in client.resumed:
                client.put(wire)

    async def dismiss(self) -> None:
        """End the streams whose session ended."""
        good = await in_store(standing, {client.seat for client in self.clients})
        for client in self.clients:
            if client.seat not in good:
                client.put(None)


def headers_of(scope: dict[str, Any]) -> dict[str, str]:
    """The request's headers, names in lower case."""
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}


def origin_fits(origin: str, host: str) -> bool:
    """Whether a page of this origin may listen: the product's own address, or the same host on the pages' port."""
    if origin in (settings.SITE_URL, *settings.CSRF_TRUSTED_ORIGINS):
        return True
    asked, own = urlsplit(origin), urlsplit(settings.SITE_URL)
    same_door = (asked.scheme, asked.port) == (own.scheme, own.port)
    return same_door and (asked.hostname or "") == split_domain_port(host)[0].strip("[]")


async def answer(send: Any, status: int, body: bytes, headers: Iterable[tuple[bytes, bytes]] = ()) -> None:
    """A whole answer at once."""
    kind = (b"content-type", b"text/plain; charset=utf-8")
    start = {
        "type": "http.response.start",
        "status": status,
        "headers": [kind, (b"cache-control", b"no-store"), *headers],
    }
    await send(start)
    await send({"type": "http.response.body", "body": body})


async def live(hub: Hub, scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answer one page that wants to listen: refuse it, or stream until it, its session or the server ends."""
    headers = headers_of(scope)
    host, origin = headers.get("host", ""), headers.get("origin", "")
    if not validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS):
        return await answer(send, 400, b"unknown host\n")
    if origin and not origin_fits(origin, host):
        return await answer(send, 403, b"unknown origin\n")
    share = [(b"vary", b"origin, cookie")]
    if origin:
        share += [
            (b"access-control-allow-origin", origin.encode("latin-1")),
            (b"access-control-allow-credentials", b"true"),
        ]
    if scope["method"] == "OPTIONS":
        allowed = [(b"access-control-allow-headers", b"last-event-id, cache-control, hx-request, hx-current-url")]
        return await answer(send, 204, b"", share + allowed)
    seat = await in_store(signed_in, headers.get("cookie", ""))
    if seat is None:
        return await answer(send, 401, b"sign in first\n", share)
    if not hub.places(seat):
        return await answer(send, 429, b"too many open pages\n", [*share, (b"retry-after", b"60")])
    await stream(hub, Client(seat), headers.get("last-event-id", ""), share, receive, send)
    return None


async def stream(
    hub: Hub, client: Client, last: str, share: list[tuple[bytes, bytes]], receive: Any, send: Any
) -> None:
    """Send events until the page leaves or is let go."""
    await hub.join(client)
    gone = asyncio.ensure_future(disconnected(receive))
    try:
        kind = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-store"), (b"x-accel-buffering", b"no")]
        await send({"type": "http.response.start", "status": 200, "headers": kind + share})
        await write(send, b"retry: 3000\n\n")
        if last.isdecimal():
            for message in await in_store(missed, client.seat.person, int(last)):
                client.resumed.add(message.pk)
                await write(send, event(message))
        await forward(client, gone, send)
    except OSError:  # the page went away in the middle of a write
        log.debug("a page left")
    finally:
        hub.leave(client)
        gone.cancel()
    await end(send)


async def forward(client: Client, gone: asyncio.Future[None], send: Any) -> None:
    """Pass queued events on, and a comment when it is quiet."""
    while not gone.done():
        waiting = asyncio.ensure_future(client.queue.get())
        both: set[asyncio.Future[Any]] = {waiting, gone}
        await asyncio.wait(both, timeout=BEAT, return_when=asyncio.FIRST_COMPLETED)
        if not waiting.done():
            waiting.cancel()
            if not gone.done():
                await write(send, b": still here\n\n")
            continue
        found = waiting.result()
        if found is None:
            return
        await write(send, found)


async def disconnected(receive: Any) -> None:
    """Ends when the page has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def write(send: Any, chunk: bytes) -> None:
    """One piece of the stream."""
    await send({"type": "http.response.body", "body": chunk, "more_body": True})


async def end(send: Any) -> None:
    """The end of the stream; the page may have gone already."""
    try:
        await send({"type": "http.response.body", "body": b""})
    except Exception:  # servers differ in what they raise here
        log.debug("the page had left before the end")
