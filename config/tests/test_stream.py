from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.cached_db import SessionStore
from django.db import connections

from config import stream
from config.stream import Hub, in_store, live, origin_fits, signed_in, standing
from tradewind.engines.jobs.live import publish
from tradewind.engines.jobs.models import LiveMessage
from tradewind.nouns.org.models import Person, User

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "POLL", 0.01)


def user_of(name: str) -> User:
    person = Person.objects.create(name=name, email=f"{name.lower()}@example.com")
    return User.objects.create_user(f"{name.lower()}@example.com", "secret-secret", person=person)


def session_of(user: User) -> SessionStore:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return session


class Page:
    """A browser's end of one connection."""

    def __init__(self, hub: Hub, session: str = "", **headers: str) -> None:
        self.hub = hub
        self.status = 0
        self.headers: dict[str, str] = {}
        self.got = b""
        self.ended = False
        self.leave = asyncio.Event()
        sent = {"host": "127.0.0.1:8001", "cookie": f"{settings.SESSION_COOKIE_NAME}={session}", **headers}
        wire = [(name.replace("_", "-").encode(), value.encode()) for name, value in sent.items()]
        self.scope = {"type": "http", "method": "GET", "path": "/events", "headers": wire}

    async def send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            self.got += message["body"]
            self.ended = not message.get("more_body", False)

    async def receive(self) -> dict[str, Any]:
        await self.leave.wait()
        return {"type": "http.disconnect"}

    def open(self) -> asyncio.Task[None]:
        return asyncio.create_task(live(self.hub, self.scope, self.receive, self.send))

    def events(self) -> list[tuple[str, Any]]:
        found = []
        for block in self.got.decode().split("\n\n"):
            lines = dict(
                line.split(": ", 1) for line in block.splitlines() if ": " in line and not line.startswith(":")
            )
            if "event" in lines:
                found.append((lines["event"], json.loads(lines["data"])))
        return found


def play(story: Callable[[], Coroutine[Any, Any, None]]) -> None:
    async def whole() -> None:
        try:
            await asyncio.wait_for(story(), 10)
        finally:
            await in_store(connections.close_all)

    asyncio.run(whole())


async def until(check: Callable[[], Any]) -> None:
    while not check():
        await asyncio.sleep(0.01)


async def tell(person: int | None, kind: str, **data: Any) -> None:
    await in_store(publish, person, kind, data)


def test_page_gets_its_own_messages_and_those_for_everybody() -> None:
    lin, ana = user_of("Lin"), user_of("Ana")
    key = session_of(lin).session_key or ""

    async def story() -> None:
        page = Page(Hub(), key)
        task = page.open()
        await until(lambda: page.got)
        await tell(ana.person_id, "job", id=1)
        await tell(lin.person_id, "job", id=2)
        await tell(None, "notices", count=3)
        await until(lambda: len(page.events()) == 2)
        page.leave.set()
        await task
        assert page.events() == [("job.changed", {"id": 2}), ("notices.changed", {"count": 3})]
        assert page.status == 200
        assert page.headers["content-type"] == "text/event-stream"
        assert not page.hub.clients

    play(story)


def test_many_pages_that_come_at_once_get_each_message_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "OVERLAP", 2)
    lin = user_of("Lin")
    key = session_of(lin).session_key or ""

    async def story() -> None:
        hub = Hub()
        pages = [Page(hub, key) for _ in range(20)]
        tasks = [page.open() for page in pages]
        await until(lambda: all(page.got for page in pages))
        for number in range(3):
            await tell(lin.person_id, "job", id=number)
            await asyncio.sleep(0.08)
        await until(lambda: all(len(page.events()) >= 3 for page in pages))
        await asyncio.sleep(0.1)
        hub.close()
        await asyncio.gather(*tasks)
        assert {len(page.events()) for page in pages} == {3}

    play(story)


def test_page_that_comes_back_gets_what_it_missed_once() -> None:
    lin = user_of("Lin")
    key = session_of(lin).session_key or ""
    publish(lin.person_id, "job", {"id": 1})
    seen = LiveMessage.objects.get().pk
    publish(lin.person_id, "job", {"id": 2})

    async def story() -> None:
        page = Page(Hub(), key, last_event_id=str(seen))
        task = page.open()
        await until(page.events)
        await tell(lin.person_id, "job", id=3)
        await until(lambda: len(page.events()) == 2)
        page.leave.set()
        await task
        assert [data["id"] for _name, data in page.events()] == [2, 3]

    play(story)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"origin": "https://evil.example"}, 403),
        ({"host": "evil.example"}, 400),
    ],
)
def test_stranger_is_refused(headers: dict[str, str], status: int) -> None:
    async def story() -> None:
        page = Page(Hub(), "", **headers)
        await page.open()
        assert page.status == status
        assert page.ended
        assert "access-control-allow-origin" not in page.headers

    play(story)


def test_stream_ends_with_its_session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "RECHECK", 0)
    lin = user_of("Lin")
    session = session_of(lin)

    async def story() -> None:
        page = Page(Hub(), session.session_key or "", origin=settings.SITE_URL)
        task = page.open()
        await until(lambda: page.got)
        assert page.headers["access-control-allow-origin"] == settings.SITE_URL
        await in_store(session.delete)
        await task
        assert page.ended

    play(story)


def test_quiet_stream_is_kept_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "BEAT", 0.02)
    key = session_of(user_of("Lin")).session_key or ""

    async def story() -> None:
        page = Page(Hub(), key)
        task = page.open()
        await until(lambda: page.got.count(b": still here") > 2)
        page.leave.set()
        await task

    play(story)


def test_one_person_cannot_take_all_places(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "MOST_EACH", 1)
    key = session_of(user_of("Lin")).session_key or ""

    async def story() -> None:
        hub = Hub()
        first, second = Page(hub, key), Page(hub, key)
        task = first.open()
        await until(lambda: first.got)
        await second.open()
        assert second.status == 429
        hub.close()
        await task

    play(story)


def test_seat_stands_only_as_long_as_user_person_and_password_do() -> None:
    lin = user_of("Lin")
    cookie = f"{settings.SESSION_COOKIE_NAME}={session_of(lin).session_key}"
    seat = signed_in(cookie)
    assert seat is not None
    assert standing([seat]) == {seat}
    lin.set_password("another-secret")
    lin.save()
    assert standing([seat]) == set()
    assert signed_in(cookie) is None
    fresh = signed_in(f"{settings.SESSION_COOKIE_NAME}={session_of(lin).session_key}")
    assert fresh is not None
    Person.objects.filter(pk=lin.person_id).update(active=False)
    assert standing([fresh]) == set()


@pytest.mark.parametrize(
    ("origin", "host", "fits"),
    [
        ("http://127.0.0.1:8000", "127.0.0.1:8001", True),
        ("http://localhost:8000", "localhost:8001", True),
        ("http://localhost:8000", "127.0.0.1:8001", False),
        ("http://127.0.0.1:9999", "127.0.0.1:8001", False),
        ("https://127.0.0.1:8000", "127.0.0.1:8001", False),
        ("null", "127.0.0.1:8001", False),
    ],
)
def test_only_the_products_own_pages_may_listen(origin: str, host: str, fits: bool, settings: Any) -> None:
    settings.SITE_URL = "http://127.0.0.1:8000"
    settings.CSRF_TRUSTED_ORIGINS = ["http://127.0.0.1:8000"]
    assert origin_fits(origin, host) is fits
