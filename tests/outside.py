"""A store that other processes can open, for tests that start and kill real ones.

`from tests.outside import outside` in a conftest.py gives the fixture. On SQLite it is a copy of the test store, taken
when the first process starts (so a test first writes what it needs, by ordinary means), on PostgreSQL the test database
itself. Afterwards look at it through `rows`.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Outside:
    """Runs code of this product in other processes, on one store and data folder."""

    folder: Path
    env: dict[str, str]
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def spawn(self, code: str, **more: str) -> subprocess.Popen[str]:
        """A process that runs the code with Django set up; killed at the end of the test."""
        if not self.started:
            self.env["DATABASE_URL"] = address(self.folder)
        whole = f"import django; django.setup()\n{code}"
        process = subprocess.Popen(
            [sys.executable, "-c", whole], env={**self.env, **more}, cwd=ROOT, text=True, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        self.started.append(process)
        return process

    def run(self, code: str, **more: str) -> Any:
        """What the code leaves in `answer`, through JSON."""
        out = self.finish(self.spawn(f"{code}\nimport json; print('\\n=' + json.dumps(answer, default=str))", **more))
        return json.loads(out.rsplit("\n=", 1)[1])

    def finish(self, process: subprocess.Popen[str]) -> str:
        """What a process printed, once it ended well; an assertion error with its complaints otherwise."""
        out, err = process.communicate(timeout=90)
        assert process.returncode == 0, err
        return out

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What the store the processes share answers now."""
        if connection.vendor != "sqlite":
            with connection.cursor() as cursor:
                cursor.execute(sql)
                return [tuple(row) for row in cursor.fetchall()]
        with closing(sqlite3.connect(self.folder / "outside.sqlite3", timeout=30)) as store:
            return [tuple(row) for row in store.execute(sql)]

    def wait_for(self, check: Callable[[], Any], seconds: float = 60) -> Any:
        """What `check` answers as soon as that is true; an assertion error when it takes too long."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = check()
            if found:
                return found
            time.sleep(0.1)
        raise AssertionError("it did not happen in time")

    def end(self) -> None:
        """Kill what is left."""
        for process in self.started:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            for pipe in (process.stdout, process.stderr):
                if pipe:
                    pipe.close()


def address(folder: Path) -> str:
    """DATABASE_URL of a store that others can open."""
    if connection.vendor == "sqlite":
        file = folder / "outside.sqlite3"
        connection.cursor().execute("VACUUM INTO %s", [str(file)])
        return f"sqlite:///{file}"
    told = connection.settings_dict
    user = f"{quote(told['USER'])}:{quote(told['PASSWORD'])}@" if told["USER"] else ""
    host, port = str(told["HOST"]), f":{told['PORT']}" if told["PORT"] else ""
    if host.startswith("/"):
        return f"postgres://{user}/{told['NAME']}?host={host}" + (f"&port={told['PORT']}" if told["PORT"] else "")
    return f"postgres://{user}{host}{port}/{told['NAME']}"


@pytest.fixture
def outside(transactional_db: None, tmp_path: Path) -> Iterator[Outside]:
    """Other processes on a migrated, empty store and a data folder of their own."""
    folder = tmp_path / "outside"
    folder.mkdir(mode=0o700)
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "TRADEWIND_ENV": "test",
        "TRADEWIND_HOME": str(folder),
    }
    made = Outside(folder, env)
    yield made
    made.end()
