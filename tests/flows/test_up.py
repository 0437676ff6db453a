"""`tradewind up` on a fresh data folder: it serves, heals and stops as a whole."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

COMMAND = [sys.executable, str(Path(sys.executable).with_name("tradewind"))]
pytestmark = [
    pytest.mark.sqlite,
    pytest.mark.xdist_group("servers"),
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc"),
]


@dataclass
class Running:
    """A started program: its supervisor, its address and its environment."""

    process: subprocess.Popen[bytes]
    address: str
    streams: str
    env: dict[str, str]
    told: str

    def children(self) -> dict[int, str]:
        """The supervisor's direct children by process id, each with its command line."""
        found = {}
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit() and (line := command_of(folder)) and parent_of(folder) == self.process.pid:
                found[int(folder.name)] = line
        return found


def command_of(folder: Path) -> str:
    try:
        return (folder / "cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def parent_of(folder: Path) -> int:
    try:
        return int((folder / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def free_port() -> int:
    """A port with a free neighbour."""
    for _ in range(50):
        with socket.create_server(("127.0.0.1", 0)) as one:
            port = int(one.getsockname()[1])
            try:
                socket.create_server(("127.0.0.1", port + 1)).close()
            except OSError:
                continue
            return port
    raise AssertionError("no two free ports in a row")


def wait_for(condition: Callable[[], bool], seconds: float = 180) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


def status(url: str) -> int:
    """The HTTP status of an address, 0 when nothing answers."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


@pytest.fixture
def up(home: Path) -> Iterator[Running]:
    env = {**os.environ, "TRADEWIND_HOME": str(home), "TRADEWIND_ENV": "test"}
    for name in ("DATABASE_URL", "HOST", "PORT", "SITE_URL", "STREAM_URL"):
        env.pop(name, None)
    told = home.parent / "told.json"
    with told.open("w") as out:
        words = [*COMMAND, "up", "--json", "--port", str(free_port())]
        process = subprocess.Popen(words, env=env, stdout=out, stderr=subprocess.DEVNULL)
    wait_for(lambda: told.read_text().endswith("\n") or process.poll() is not None)
    ready = json.loads(told.read_text())
    yield Running(process, ready["address"], ready["streams"], env, ready["recovery_key"])
    if process.poll() is None:
        process.terminate()
    process.wait(60)


def test_up_serves_heals_and_stops_as_a_whole(up: Running) -> None:
    wait_for(lambda: status(f"{up.address}/account/login/") == 200)
    wait_for(lambda: status(f"{up.streams}/events") in (401, 403))

    again = subprocess.run([*COMMAND, "up", "--json"], env=up.env, capture_output=True, text=True, check=False)
    assert again.returncode == 1
    assert json.loads(again.stdout)["error"]["code"] == "already_running"

    wait_for(lambda: len(up.children()) == 3)
    assert up.told not in command_of(Path("/proc") / str(up.process.pid)), "the process list shows the recovery key"
    before = up.children()
    os.kill(next(pid for pid, line in before.items() if " pages " in line), signal.SIGKILL)
    wait_for(lambda: len(set(up.children()) - set(before)) == 1)
    wait_for(lambda: status(f"{up.address}/account/login/") == 200)

    examined = subprocess.run([*COMMAND, "doctor", "--json"], env=up.env, capture_output=True, text=True, check=False)
    levels = {row["code"]: row["level"] for row in json.loads(examined.stdout)["rows"]}
    assert levels["worker"] == levels["servers"] == levels["database"] == "good"

    everyone = up.children()
    up.process.send_signal(signal.SIGTERM)
    up.process.wait(60)
    assert up.process.returncode == 0
    assert status(up.address) == 0
    assert not [pid for pid in everyone if command_of(Path("/proc") / str(pid))]
