"""The scratch file of one batch: its rows grouped to documents in first-seen order, so that memory stays small.

A document (an order, a payment, a settlement row) may be scattered over the file; each run of adjacent rows is one
part. The file lies in TRADEWIND_HOME/staging for its owner alone, and is deleted when the batch has ended.
"""

from __future__ import annotations

import fcntl
import marshal
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from tradewind.base.errors import Refused
from tradewind.base.home import home, private_folder

BUFFER = 2000
# Version 2 writes no references, so that equal values always give equal bytes.
VERSION = 2
DOCUMENTS = """FROM part p LEFT JOIN refused x ON x.key = p.key
    LEFT JOIN repeated r ON r.key = p.key AND NOT p.loose
    WHERE p.seq > ? AND x.key IS NULL AND (r.first IS NULL OR r.first = p.seq)"""


def folder() -> Path:
    """Where staging files lie."""
    return private_folder(home() / "staging")


@contextmanager
def sole(batch_id: int) -> Iterator[None]:
    """Be the only process that works on a batch; Refused when another does. A killed holder frees it."""
    descriptor = os.open(folder() / f"batch-{batch_id}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Refused(_("This import is being worked on just now."), code="busy") from error
        yield
    finally:
        os.close(descriptor)


class Staging:
    """Written once by the reading pass, then read as often as needed."""

    def __init__(self, batch_id: int, *, fresh: bool = False) -> None:
        self.path = folder() / f"batch-{batch_id}.sqlite3"
        if fresh:
            self.path.unlink(missing_ok=True)
        os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        self.store = sqlite3.connect(self.path, isolation_level=None)
        self.store.execute("PRAGMA synchronous=OFF")
        self.store.execute("PRAGMA journal_mode=OFF" if fresh else "PRAGMA journal_mode=DELETE")
        if fresh:
            self.store.execute(
                "CREATE TABLE part (seq INTEGER PRIMARY KEY, key TEXT NOT NULL, loose INTEGER NOT NULL, body BLOB NOT NULL)"
            )
            self.store.execute("CREATE TABLE refused (key TEXT PRIMARY KEY)")
            self.store.execute("CREATE TABLE repeated (key TEXT PRIMARY KEY, first INTEGER NOT NULL)")
            self.store.execute("CREATE TABLE complete (documents INTEGER NOT NULL, stamp TEXT NOT NULL)")
            self.store.execute("BEGIN")
        self.buffer: list[tuple[str, bool, bytes]] = []

    def add(self, key: str, body: tuple[Any, ...], *, loose: bool = False) -> None:
        """Add one run of adjacent rows of a document; a loose run is a document of its own."""
        self.buffer.append((key, loose, marshal.dumps(body, VERSION)))
        if len(self.buffer) >= BUFFER:
            self.flush()

    def flush(self) -> None:
        """Write what is waiting."""
        self.store.executemany("INSERT INTO part (key, loose, body) VALUES (?, ?, ?)", self.buffer)
        self.buffer.clear()

    def refuse(self, key: str) -> None:
        """Leave a whole document out."""
        self.store.execute("INSERT OR IGNORE INTO refused VALUES (?)", [key])

    def finish(self, stamp: str) -> int:
        """Close the reading pass over the file and options that `stamp` stands for; how many documents there are."""
        self.flush()
        run = self.store.execute
        run("CREATE INDEX part_key ON part (key, seq)")
        run("INSERT INTO repeated SELECT key, min(seq) FROM part GROUP BY key HAVING count(*) > 1")
        count = int(
            run("SELECT count(DISTINCT key) FROM part WHERE key NOT IN (SELECT key FROM refused)").fetchone()[0]
        )
        run("INSERT INTO complete VALUES (?, ?)", [count, stamp])
        run("COMMIT")
        return count

    def is_complete(self, stamp: str) -> bool:
        """Whether the reading pass of this file with these options came to its end."""
        try:
            return self.store.execute("SELECT 1 FROM complete WHERE stamp = ?", [stamp]).fetchone() is not None
        except sqlite3.DatabaseError:
            return False

    def documents(self, after: int = 0) -> Iterator[tuple[int, str, list[tuple[Any, ...]]]]:
        """Each accepted document beyond a position: its position, key and parts."""
        rows = self.store.execute(
            f"SELECT p.seq, p.key, p.body, r.first {DOCUMENTS} ORDER BY p.seq",
            [after],
        )
        for seq, key, body, first in rows:
            if first is None:
                yield seq, key, [marshal.loads(body)]  # noqa: S302  our own bytes
            else:
                yield seq, key, [marshal.loads(part) for part in self.parts(key)]  # noqa: S302

    def parts(self, key: str) -> list[bytes]:
        """All parts of one document in file order."""
        rows = self.store.execute("SELECT body FROM part WHERE key = ? AND NOT loose ORDER BY seq", [key])
        return [row[0] for row in rows.fetchall()]

    def close(self, *, remove: bool = False) -> None:
        """Let go of the file; with `remove` delete it."""
        self.store.close()
        if remove:
            self.path.unlink(missing_ok=True)
