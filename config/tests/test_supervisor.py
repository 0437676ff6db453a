"""The supervisor: crashed children come back, a stop reaches all, none is left behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config.supervisor import LONGEST_WAIT, Child, port_is_free

PARENT = """
import os, sys
from config.supervisor import Child, Supervisor
folder = sys.argv[1]
script = 'import os,sys,time; open(sys.argv[1] + "/" + str(os.getpid()), "w").close(); time.sleep(60)'
children = [Child(name, [sys.executable, "-c", script, folder], dict(os.environ)) for name in ("a", "b")]
Supervisor(children, say=print, ready=lambda: print("ready", flush=True)).run()
print("stopped", flush=True)
"""


def pids(folder: Path, count: int) -> list[int]:
    for _ in range(200):
        found = sorted(int(path.name) for path in folder.iterdir())
        if len(found) >= count:
            return found
        time.sleep(0.05)
    raise AssertionError(f"only {len(list(folder.iterdir()))} of {count} children started")


def gone(pid: int) -> bool:
    """Whether the process ended (a zombie waiting for its new parent counts as ended)."""
    for _ in range(100):
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def parent(tmp_path: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path)], stdout=subprocess.PIPE)


def test_crashed_child_comes_back_and_a_stop_ends_all(parent: subprocess.Popen[bytes], tmp_path: Path) -> None:
    first = pids(tmp_path, 2)
    os.kill(first[0], signal.SIGKILL)
    everyone = pids(tmp_path, 3)
    parent.send_signal(signal.SIGTERM)
    out, _ = parent.communicate(timeout=20)
    assert parent.returncode == 0
    assert out.decode().endswith("stopped\n")
    assert all(gone(pid) for pid in everyone)


@pytest.mark.skipif(sys.platform != "linux", reason="needs prctl")
def test_killed_supervisor_leaves_no_child(parent: subprocess.Popen[bytes], tmp_path: Path) -> None:
    children = pids(tmp_path, 2)
    parent.kill()
    parent.communicate()
    assert all(gone(pid) for pid in children)


def test_restarts_wait_longer_with_each_crash_up_to_a_limit() -> None:
    child = Child("a", [], {}, started=100.0)
    waits = [child.plan_restart(101.0) for _ in range(9)]
    assert waits[:4] == [0.5, 1.0, 2.0, 4.0]
    assert waits[-1] == LONGEST_WAIT


def test_restart_after_a_long_life_starts_the_waits_again() -> None:
    child = Child("a", [], {}, started=100.0, crashes=6)
    assert child.plan_restart(200.0) == 0.5


def test_taken_port_is_not_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert not port_is_free("127.0.0.1", server.getsockname()[1])
