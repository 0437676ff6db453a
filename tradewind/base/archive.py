"""A backup: every row, every file and every key of an installation in one encrypted file, and back.

Inside the vault lies a tar stream: `head.json` (versions, migrations, when), `rows/<table>/<n>` (JSON lines), `files/…`,
`keys/…`, and last `tail.json` (counts and checksums of every table and of the files).
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext as _

from tradewind.base import clock, dump, schema, stores, vault
from tradewind.base.errors import Refused
from tradewind.base.home import home, keys_folder, private_folder

VERSION = 1
KEYS = (".json", ".key", ".pub", ".secret")


@dataclass
class Content:
    """What a backup holds: when it was taken, counts and checksums by table, and the files."""

    taken_at: str
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: int = 0
    files_digest: str = ""
    bytes: int = 0

    @property
    def rows(self) -> int:
        """All rows of all tables."""
        return sum(int(one["rows"]) for one in self.tables.values())


def applied(alias: str) -> dict[str, list[str]]:
    """The migrations a store has applied, by app."""
    found: dict[str, list[str]] = {}
    for app, name in sorted(MigrationRecorder(connections[alias]).applied_migrations()):
        found.setdefault(app, []).append(name)
    return found


class Packer:
    """Adds members to a tar stream inside a vault; each is compressed by itself."""

    def __init__(self, out: vault.Writer) -> None:
        self.tar = tarfile.open(mode="w|", fileobj=out, bufsize=vault.FRAME)  # noqa: SIM115

    def add(self, name: str, data: bytes) -> None:
        """One member."""
        packed = zlib.compress(data, 1)
        member = tarfile.TarInfo(name)
        member.size = len(packed)
        self.tar.addfile(member, io.BytesIO(packed))


def kept_files() -> list[Path]:
    """Every file people brought in, in a fixed order."""
    root = home() / "files"
    return sorted(path for path in root.rglob("*") if path.is_file()) if root.is_dir() else []


def write(path: Path) -> Content:
    """Back the whole installation up into `path`; the name appears only when the file is whole."""
    content = Content(clock.now().isoformat())
    with vault.sealed_file(path) as out, stores.snapshot() as alias:
        pack = Packer(out)
        head = {
            "version": VERSION,
            "taken_at": content.taken_at,
            "migrations": applied(alias),
            "vendor": connection.vendor,
        }
        pack.add("head.json", json.dumps(head).encode())
        for model in dump.tables(alias):
            tally = dump.Tally()
            for number, chunk in enumerate(dump.read(model, alias)):
                tally.add(chunk)
                pack.add(f"rows/{model._meta.db_table}/{number:06}", "\n".join(chunk).encode())
            content.tables[model._meta.db_table] = tally.told()
        pack_files(pack, content)
        tail = {"tables": content.tables, "files": content.files, "files_digest": content.files_digest}
        pack.add("tail.json", json.dumps(tail).encode())
        pack.tar.close()
    content.bytes = path.stat().st_size
    return content


def pack_files(pack: Packer, content: Content) -> None:
    """Add attachments and keys."""
    digest = hashlib.sha256()
    for file in kept_files():
        data = file.read_bytes()
        name = file.relative_to(home()).as_posix()
        digest.update(name.encode() + hashlib.sha256(data).digest())
        pack.add(name, data)
        content.files += 1
    content.files_digest = digest.hexdigest()
    for file in sorted(keys_folder().iterdir()):
        if file.suffix in KEYS:
            pack.add(f"keys/{file.name}", file.read_bytes())


def members(source: vault.Reader) -> Iterator[tuple[str, bytes]]:
    """The members of a backup one after the other."""
    buffered = io.BufferedReader(source, vault.FRAME)
    try:
        with tarfile.open(mode="r|", fileobj=buffered) as tar:
            for member in tar:
                held = tar.extractfile(member)
                yield member.name, zlib.decompress(held.read() if held else b"")
        while buffered.read(vault.FRAME):  # the vault's last frame proves that nothing is missing
            pass
    except (tarfile.TarError, zlib.error):
        raise vault.damaged() from None


def step_to(alias: str, migrations: dict[str, list[str]]) -> None:
    """Make a fresh store's tables as they were when the backup was taken; Refused when it is newer than the program."""
    known = MigrationLoader(None).disk_migrations
    wanted = [(app, name) for app, names in migrations.items() for name in names]
    newer = [f"{app}.{name}" for app, name in wanted if (app, name) not in known]
    if newer:
        words = _("This backup comes from a newer Tradewind: %(names)s")
        raise Refused(words % {"names": ", ".join(newer[:5])}, code="newer_backup")
    schema.make(alias, until=wanted)


def load(source: vault.Reader, alias: str, folder: Path | None) -> tuple[dict[str, Any], Content]:
    """Fill a fresh store (and, where given, a folder with files and keys) from a backup; what the backup promised.

    Raises Refused when the promise and what was read differ; the store's transaction is rolled back then.
    """
    stream = members(source)
    name, data = next(stream, ("", b""))
    if name != "head.json":
        raise vault.damaged()
    head = json.loads(data)
    step_to(alias, head["migrations"])
    content, digest, tail = Content(head["taken_at"]), hashlib.sha256(), None
    with dump.Loading(alias) as loading:
        counted = {table: dump.Tally() for table in loading.models}
        for name, data in stream:
            part, _slash, rest = name.partition("/")
            if part == "rows":
                table = rest.partition("/")[0]
                lines = data.decode().split("\n")
                counted[table].add(lines)
                dump.write(loading.models[table], alias, lines)
            elif part in ("files", "keys"):
                if part == "files":
                    digest.update(name.encode() + hashlib.sha256(data).digest())
                    content.files += 1
                if folder is not None:
                    put(folder, name, data)
            elif name == "tail.json":
                tail = json.loads(data)
        content.tables = {table: tally.told() for table, tally in counted.items()}
        content.files_digest = digest.hexdigest()
        check(tail, content)
    return head, content


def put(folder: Path, name: str, data: bytes) -> None:
    """Write one restored file with owner-only rights, never outside the folder."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise vault.damaged()
    private_folder(path.parent)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(data)


def check(promised: dict[str, Any] | None, content: Content) -> None:
    """Compare what was read with what the backup promised."""
    if promised is None:
        raise vault.damaged()
    told = {"tables": content.tables, "files": content.files, "files_digest": content.files_digest}
    wrong = [table for table, tally in promised["tables"].items() if content.tables.get(table) != tally]
    if wrong or told["files"] != promised["files"] or told["files_digest"] != promised["files_digest"]:
        raise Refused(_("The backup does not hold what it promised: %(what)s") % {"what": ", ".join(wrong) or _("files")},
                      code="backup_differs")  # fmt: skip


@contextmanager
def scratch() -> Iterator[Path]:
    """A private folder for scratch stores, gone afterwards; what a killed run left is removed first."""
    root = private_folder(home() / "scratch")
    for left in root.iterdir():
        if not alive(left.name):
            shutil.rmtree(left, ignore_errors=True)
    folder = private_folder(root / str(os.getpid()))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def alive(name: str) -> bool:
    """Whether the process a scratch folder is named after still runs."""
    try:
        os.kill(int(name), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True


@dataclass(frozen=True)
class Verified:
    """A restore that was really done: what came back, the moment it goes back to, and how long it took."""

    content: Content
    seconds: float
    recovery_point: str


def verify(path: Path, recovery_key: str | None = None) -> Verified:
    """Restore a backup into a scratch store and compare every count and checksum read back from that store."""
    begun = clock.now()
    with scratch() as folder:
        settings = stores.database(f"sqlite:///{folder / 'scratch.sqlite3'}")
        with stores.opened("scratch", settings) as alias, path.open("rb") as file:
            _head, content = load(vault.Reader(file, recovery_key), alias, folder / "home")
            found = dump.tallies(alias)
    wrong = [table for table, tally in content.tables.items() if found.get(table) != tally]
    if wrong:
        raise Refused(
            _("The restored store differs from the backup: %(what)s") % {"what": ", ".join(wrong)},
            code="backup_differs",
        )
    return Verified(content, (clock.now() - begun).total_seconds(), content.taken_at)


def home_in_use() -> bool:
    """Whether this home already holds an installation: a key ring, files, or a store with tables."""
    return (
        (home() / "keys" / "ring.json").exists() or bool(kept_files()) or bool(connection.introspection.table_names())
    )


def wipe() -> None:
    """Empty a store that a restore could not fill; only ever called for one that was empty before."""
    with connection.constraint_checks_disabled(), connection.cursor() as cursor:
        cascade = " CASCADE" if connection.vendor == "postgresql" else ""
        for table in connection.introspection.table_names():
            cursor.execute(f"DROP TABLE IF EXISTS {connection.ops.quote_name(table)}{cascade}")


def restore(path: Path, recovery_key: str) -> Content:
    """Bring a whole installation back into an empty home; Refused, with nothing left behind, when anything is not right."""
    if home_in_use():
        raise Refused(
            _("This home is not empty: %(home)s. Restore into a new one.") % {"home": home()}, code="home_not_empty"
        )
    with scratch() as folder, path.open("rb") as file:
        source = vault.Reader(file, recovery_key)
        try:
            _head, content = load(source, "default", folder)
        except BaseException:
            wipe()
            raise
        for kind in ("keys", "files"):
            if (folder / kind).is_dir():
                shutil.copytree(folder / kind, home() / kind, dirs_exist_ok=True)
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    return content
