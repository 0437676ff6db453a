"""The product as a bench sees it: a fresh home, its command, its page server, and what the system says a process used."""

from __future__ import annotations

import http.client
import json
import os
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Ran:
    """A finished command: its JSON answer, seconds of wall clock, seconds of processor, peak memory in MiB."""

    answer: dict[str, Any]
    wall: float
    cpu: float
    peak: float


def environment(home: Path) -> dict[str, str]:
    """The environment of an installation; DATABASE_URL is passed on, so the bench runs on either store."""
    return {
        **os.environ,
        "TRADEWIND_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONPATH": str(ROOT),
        "LOG_LEVEL": "ERROR",
    }


def run(home: Path, *words: str) -> Ran:
    """Run one `tradewind` subcommand and measure the whole process."""
    return measured(
        [sys.executable, "-c", "import sys; from config.cli import main; sys.exit(main())", *words, "--json"], home
    )


def python(home: Path, module: str, *words: str) -> Ran:
    """Run a module of the bench inside the product and measure the whole process; it prints one JSON object."""
    return measured([sys.executable, "-m", module, *words], home)


def measured(command: list[str], home: Path) -> Ran:
    """Run a command; SystemExit with its last words when it fails."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, env=environment(home), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    output, errors = process.stdout, process.stderr
    told = output.read() if output else b""
    words = errors.read() if errors else b""
    _pid, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command[-6:])} ended with {process.returncode}:\n{words.decode()[-3000:]}")
    wall = time.perf_counter() - begun
    return Ran(json.loads(told or b"{}"), wall, used.ru_utime + used.ru_stime, peak_of(used))


def peak_of(used: resource.struct_rusage) -> float:
    """Peak memory in MiB; Linux counts in KiB, macOS in bytes."""
    return used.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(home: Path, workers: int = 2) -> Iterator[tuple[int, float]]:
    """The page server on a port of its own, with the seconds until its first answer."""
    port = free_port()
    env = {**environment(home), "PAGE_WORKERS": str(workers), "HOST": "127.0.0.1", "PORT": str(port)}
    begun = time.perf_counter()
    server = subprocess.Popen(
        [sys.executable, "-m", "config.servers", "pages", "127.0.0.1", str(port)],
        env=env,
        cwd=ROOT,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not answers(port):
            if server.poll() is not None or time.perf_counter() - begun > 60:
                raise SystemExit("the page server did not start")
            time.sleep(0.02)
        yield port, time.perf_counter() - begun
    finally:
        server.terminate()
        server.wait(timeout=30)


def answers(port: int) -> bool:
    """Whether the sign-in page comes."""
    try:
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        link.request("GET", "/account/login/")
        return link.getresponse().status == 200
    except OSError:
        return False


def memory_of(home: Path) -> float:
    """MiB that the processes serving this home share fairly (proportional set size); 0 where the system does not tell."""
    total = 0
    mark = f"TRADEWIND_HOME={home}".encode()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (folder / "environ").read_bytes() and b"config.servers" in (folder / "cmdline").read_bytes():
                text = (folder / "smaps_rollup").read_text()
                total += next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
        except (OSError, StopIteration):
            continue
    return total / 1024
