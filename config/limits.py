"""How many requests in a minute. Each page worker counts by itself and holds its share, so that counting writes nothing.

A store that is busy with an import would otherwise hold up every API call for the sake of a counter.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from math import ceil

WINDOW = 60.0
MOST_KEYS = 10_000


class Limit:
    """`most()` a minute in all, asked at each count."""

    def __init__(self, most: Callable[[], int]) -> None:
        self.most = most
        self.started = 0.0
        self.counts: dict[str, int] = {}

    @property
    def share(self) -> int:
        """How many of them this process lets pass."""
        workers = max(1, int(os.environ.get("PAGE_WORKERS", "2")))
        return max(1, self.most() // workers)

    def wait(self, key: str) -> int:
        """Count one under this key; 0 when it may pass, else the seconds until the next minute begins."""
        now = time.monotonic()
        if now - self.started >= WINDOW or len(self.counts) > MOST_KEYS:
            self.started, self.counts = now, {}
        count = self.counts[key] = self.counts.get(key, 0) + 1
        return 0 if count <= self.share else max(1, ceil(self.started + WINDOW - now))
