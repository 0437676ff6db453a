"""Requests against a server of this machine: seconds of each, by one client or by many at once."""

from __future__ import annotations

import http.client
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass


@dataclass
class Spread:
    """How long requests took (milliseconds) and how many came through a second."""

    p50: float
    p95: float
    rate: float
    bytes: int = 0

    def told(self) -> dict[str, float]:
        """For the table and the file."""
        return {
            "p50_ms": round(self.p50, 1),
            "p95_ms": round(self.p95, 1),
            "per_second": round(self.rate, 1),
            "bytes": self.bytes,
        }


def one_client(port: int, path: str, cookie: str, count: int) -> tuple[list[float], int]:
    """Seconds of `count` requests over one connection; SystemExit unless each answers 200."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    found, size = [], 0
    for _request in range(count):
        begun = time.perf_counter()
        link.request("GET", path, headers={"Cookie": cookie})
        answer = link.getresponse()
        size = len(answer.read())
        found.append(time.perf_counter() - begun)
        if answer.status != 200:
            raise SystemExit(f"{path} answered {answer.status}")
    link.close()
    return found, size


def spread(port: int, path: str, cookie: str, *, clients: int = 1, count: int = 60) -> Spread:
    """Measure a path after a short warm-up of every worker."""
    for _warm in range(3):
        one_client(port, path, cookie, 4)
    begun = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        parts = list(pool.map(lambda _n: one_client(port, path, cookie, max(4, count // clients)), range(clients)))
    wall = time.perf_counter() - begun
    times = sorted(seconds for part, _size in parts for seconds in part)
    return Spread(
        times[len(times) // 2] * 1000, times[int(len(times) * 0.95) - 1] * 1000, len(times) / wall, parts[0][1]
    )
