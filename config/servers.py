"""The two servers behind one address: pages on WSGI workers, live streams on a small ASGI process.

`python -m config.servers pages|streams HOST PORT` serves in the foreground until it is told to stop.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from granian import Granian
from granian.constants import Interfaces

from tradewind.base.home import home

PAGE_WORKERS = int(os.environ.get("PAGE_WORKERS", "2"))
PAGE_THREADS = int(os.environ.get("PAGE_THREADS", "2"))
KILL_AFTER = 15  # seconds a worker may take to finish its requests


def common(host: str, port: int) -> dict[str, Any]:
    """Settings both servers share."""
    return {
        "address": host,
        "port": port,
        "log_level": os.environ.get("SERVER_LOG", "warning"),
        "respawn_failed_workers": True,
        "respawn_interval": 0.5,
        "workers_kill_timeout": KILL_AFTER,
        "websockets": False,
    }


def pages(host: str, port: int) -> None:
    """Serve pages and the API until told to stop."""
    for counts in (home() / "run" / "meters").glob("*.db"):
        counts.unlink()  # what processes of an earlier start counted
    Granian(
        "config.wsgi:application",
        interface=Interfaces.WSGI,
        workers=PAGE_WORKERS,
        blocking_threads=PAGE_THREADS,
        backlog=1024,
        **common(host, port),
    ).serve()


def streams(host: str, port: int) -> None:
    """Serve live streams until told to stop; a stream never ends by itself, so pages are let go after a second."""
    settings = {**common(host, port), "workers_kill_timeout": 1}
    Granian("config.asgi:application", interface=Interfaces.ASGI, workers=1, **settings).serve()


def main(words: list[str]) -> int:
    """Serve pages or streams; exit 2 for another word."""
    if len(words) != 3 or words[0] not in ("pages", "streams"):
        print("usage: python -m config.servers pages|streams HOST PORT", file=sys.stderr)
        return 2
    os.dup2(2, 1)  # the server's log belongs on stderr, also where it writes to stdout
    serve = pages if words[0] == "pages" else streams
    serve(words[1], int(words[2]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
