"""The stream server: `/events` sends open pages what happens, as server-sent events. Pages run on `config.wsgi`.

This is plain ASGI and not a Django view on purpose: Django keeps one thread, and with it one store connection, for as
long as a request lives, so 300 open pages would cost 300 threads and connections. Here all of them share one poller.
"""

from __future__ import annotations

import os
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from config.stream import Hub, answer, live  # noqa: E402  Django must be set up first

hub = Hub()


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """One connection."""
    if scope["type"] == "lifespan":
        await lifespan(receive, send)
    elif scope["type"] == "http" and scope["path"] == "/events":
        await live(hub, scope, receive, send)
    elif scope["type"] == "http":
        healthy = scope["path"] == "/healthz"
        await answer(send, 200 if healthy else 404, b"ok\n" if healthy else b"not found\n")


async def lifespan(receive: Any, send: Any) -> None:
    """Start and stop with the server; open streams are ended so that it can stop."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        else:
            hub.close()
            await send({"type": "lifespan.shutdown.complete"})
            return
