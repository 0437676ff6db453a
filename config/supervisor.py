"""Keeps a few child processes alive until it is told to stop, then stops them all."""

from __future__ import annotations

import ctypes
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import FrameType

FIRST_WAIT = 0.5  # seconds before the first restart; doubles with each crash in a row
LONGEST_WAIT = 30.0
STEADY_AFTER = 60.0  # a child that lived this long has recovered
STOP_WITHIN = 25.0  # seconds the children get to finish before they are killed
HEAD_START = 8.0  # seconds at most that the first child has the machine to itself
PARENT_DEATH = 1  # prctl(PR_SET_PDEATHSIG)


@dataclass
class Child:
    """One process to keep alive: its name in the log, its command and its environment."""

    name: str
    command: list[str]
    env: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    crashes: int = 0
    restart_at: float = 0.0

    def start(self) -> None:
        """Start in a session of its own, so that Ctrl-C reaches the supervisor alone."""
        self.process = subprocess.Popen(
            self.command,
            env=self.env,
            start_new_session=True,
            preexec_fn=_die_with_parent,  # noqa: PLW1509 - nothing here runs threads
        )
        self.started = time.monotonic()
        self.restart_at = 0.0

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def sweep(self) -> None:
        """Kill what a child that ended left behind: a server killed at once cannot end its own workers."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def plan_restart(self, now: float) -> float:
        """Decide when to start again after a crash; the seconds to wait."""
        self.crashes = 1 if now - self.started > STEADY_AFTER else self.crashes + 1
        wait: float = min(LONGEST_WAIT, FIRST_WAIT * 2 ** (self.crashes - 1))
        self.restart_at = now + wait
        return wait


def _die_with_parent() -> None:
    """On Linux a child gets SIGTERM when its supervisor is killed, so that none is left behind."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PARENT_DEATH, signal.SIGTERM)


@dataclass
class Supervisor:
    """Runs the children; `say` is told what happens in words, `ready` is called once when `probe` first succeeds."""

    children: list[Child]
    say: Callable[[str], None]
    probe: Callable[[], bool] = lambda: True
    ready: Callable[[], None] = lambda: None
    stopping: bool = field(default=False, init=False)
    _announced: bool = field(default=False, init=False)

    def run(self) -> None:
        """Start the first child, the others once it answers, and keep all alive until SIGTERM or SIGINT; then stop them."""
        with _wakeups(self._stop) as wake:
            self.children[0].start()
            for child in self.children[1:]:
                child.restart_at = time.monotonic() + HEAD_START
            while not self.stopping:
                self._tend()
                select.select([wake], [], [], 0.1 if not self._announced else 1.0)
                _drain(wake)
            self._stop_children()

    def _stop(self, signum: int, frame: FrameType | None) -> None:
        self.stopping = True

    def _tend(self) -> None:
        now = time.monotonic()
        for child in self.children:
            if child.alive:
                continue
            if child.restart_at == 0.0:
                code = child.process.returncode if child.process else None
                child.sweep()
                wait = child.plan_restart(now)
                self.say(f"{child.name} ended with {code}; starting it again in {wait:.1f} s")
            elif now >= child.restart_at:
                child.start()
        if not self._announced and self.probe():
            self._announced = True
            self.ready()
            for child in self.children:
                child.restart_at = now if child.process is None else child.restart_at

    def _stop_children(self) -> None:
        for child in self.children:
            if child.alive and child.process:
                child.process.terminate()
        deadline = time.monotonic() + STOP_WITHIN
        for child in self.children:
            if child.process is None:
                continue
            try:
                child.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                self.say(f"{child.name} does not stop; killing it")
            child.sweep()
            child.process.wait()


@contextmanager
def _wakeups(stop: Callable[[int, FrameType | None], None]) -> Iterator[socket.socket]:
    """A socket that becomes readable at SIGTERM, SIGINT (both call `stop`) and when a child ends."""
    read, write = socket.socketpair()
    read.setblocking(False)
    write.setblocking(False)
    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda *_: None)
    old = signal.set_wakeup_fd(write.fileno(), warn_on_full_buffer=False)
    try:
        yield read
    finally:
        signal.set_wakeup_fd(old)
        for number, handler in before.items():
            signal.signal(number, handler)
        read.close()
        write.close()


def _drain(wake: socket.socket) -> None:
    try:
        while wake.recv(64):
            pass
    except BlockingIOError:
        return


def port_is_free(host: str, port: int) -> bool:
    """Whether a server could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def answers(host: str, port: int) -> bool:
    """Whether something listens there now."""
    near = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - only compared
    try:
        with socket.create_connection((near, port), timeout=1):
            return True
    except OSError:
        return False


def main(words: list[str]) -> int:
    """Supervise what the JSON in an open pipe describes: {"children": {name: command}, "probe": [host, port], "ready": text}."""
    with os.fdopen(int(words[0])) as pipe:
        plan = json.load(pipe)
    host, port = plan["probe"]
    children = [Child(name, command, dict(os.environ)) for name, command in plan["children"].items()]
    Supervisor(children, _say, lambda: answers(host, port), lambda: print(plan["ready"], flush=True)).run()
    return 0


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
