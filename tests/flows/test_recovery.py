"""A whole installation is backed up, lost, and brought back by the commands an administrator types."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

SECRET = "national-4711"


def tradewind(home: Path, *words: str, url: str = "", status: int = 0) -> dict[str, Any]:
    """Run one subcommand on a home; its JSON answer."""
    done = subprocess.run(command(words), env=environment(home, url), capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stderr[-2000:] + done.stdout[-500:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def command(words: tuple[str, ...]) -> list[str]:
    """The command line of a subcommand."""
    return [sys.executable, "-c", "import sys; from config.cli import main; sys.exit(main())", *words, "--json"]


def environment(home: Path, url: str = "") -> dict[str, str]:
    """The environment of an installation at `home`."""
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "TRADEWIND_ENV")}
    return {**kept, "TRADEWIND_HOME": str(home), **({"DATABASE_URL": url} if url else {})}


def store(home: Path) -> sqlite3.Connection:
    """The embedded store, read from outside the product."""
    return sqlite3.connect(home / "store.sqlite3")


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """An installation with an administrator, a person with a secret, and a file; with its recovery key."""
    home = tmp_path_factory.mktemp("first") / "home"
    made = tradewind(home, "init", "--admin", "chief@example.com")
    code = (
        "import django; django.setup(); from tradewind.areas.structure.actions import save_person; "
        f"save_person.system(name='林芳', email='lin@example.com', zone='Asia/Manila', national_id='{SECRET}')"
    )
    django = {"DJANGO_SETTINGS_MODULE": "config.settings"}
    subprocess.run([sys.executable, "-c", code], env={**environment(home), **django}, check=True)
    (home / "files").mkdir()
    (home / "files" / "contract.txt").write_text("合同")
    return home, made["recovery_key"]


@pytest.fixture
def installed(first: tuple[Path, str], tmp_path: Path) -> tuple[Path, str]:
    """A copy of the installation for one test."""
    home = tmp_path / "home"
    shutil.copytree(first[0], home)
    return home, first[1]


def people(home: Path) -> list[tuple[str, str]]:
    """Names and addresses in a store."""
    with store(home) as db:
        return db.execute("SELECT name, email FROM org_person ORDER BY id").fetchall()


def test_init_twice_is_refused_and_changes_nothing(installed: tuple[Path, str]) -> None:
    home, _key = installed
    before = people(home)
    told = tradewind(home, "init", status=1)
    assert told["error"]["code"] == "already_initialised"
    assert people(home) == before


def test_backup_comes_back_whole(installed: tuple[Path, str], tmp_path: Path) -> None:
    home, key = installed
    made = tradewind(home, "backup", str(tmp_path / "b.twb"), "--verify")
    assert made["verified"] is True
    assert made["rows"] > 20
    assert made["files"] == 1
    raw = (tmp_path / "b.twb").read_bytes()
    assert b"SQLite" not in raw
    assert "合同".encode() not in raw
    back = tmp_path / "back"
    told = tradewind(back, "restore", str(tmp_path / "b.twb"), "--key", key)
    assert told["rows"] == made["rows"]
    assert people(back) == people(home)
    assert (back / "files" / "contract.txt").read_text() == "合同"
    assert (back / "keys" / "ring.json").read_text() == (home / "keys" / "ring.json").read_text()
    assert list((back / "scratch").iterdir()) == []
    again = tradewind(back, "restore", str(tmp_path / "b.twb"), "--key", key, status=1)
    assert again["error"]["code"] == "home_not_empty"


def test_damaged_backup_leaves_an_empty_home_that_can_be_restored(installed: tuple[Path, str], tmp_path: Path) -> None:
    home, key = installed
    whole = tmp_path / "b.twb"
    tradewind(home, "backup", str(whole))
    raw = bytearray(whole.read_bytes())
    raw[-3] ^= 1
    (tmp_path / "bad.twb").write_bytes(raw)
    back = tmp_path / "back"
    told = tradewind(back, "restore", str(tmp_path / "bad.twb"), "--key", key, status=1)
    assert told["error"]["code"] == "damaged_backup"
    assert not (back / "keys" / "ring.json").exists()
    assert tradewind(back, "restore", str(whole), "--key", key)["rows"] > 20


def test_secrets_lie_encrypted_and_survive_rotation(installed: tuple[Path, str]) -> None:
    home, _key = installed

    def held() -> str:
        with store(home) as db:
            return str(db.execute("SELECT national_id FROM org_person WHERE email='lin@example.com'").fetchone()[0])

    before = held()
    assert before.startswith("tw1.")
    assert SECRET.encode() not in (home / "store.sqlite3").read_bytes()
    told = tradewind(home, "rotate-keys")
    assert told["rewritten"] >= 1
    assert told["keys"] == 2
    after = held()
    assert after.split(".")[1] == told["active"] != before.split(".")[1]
    code = (
        "import django; django.setup(); from tradewind.nouns.org.models import Person; "
        "print(Person.objects.get(email='lin@example.com').national_id)"
    )
    django = {"DJANGO_SETTINGS_MODULE": "config.settings"}
    done = subprocess.run(
        [sys.executable, "-c", code], env={**environment(home), **django}, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == SECRET
    assert tradewind(home, "rotate-keys", "--resume")["rewritten"] == 0


def test_killed_backup_leaves_no_half_file_and_no_plain_bytes(installed: tuple[Path, str], tmp_path: Path) -> None:
    home, _key = installed
    (home / "files" / "big.bin").write_bytes(os.urandom(40_000_000))
    target = tmp_path / "out" / "b.twb"
    target.parent.mkdir()
    run = subprocess.Popen(
        command(("backup", str(target))), env=environment(home), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 60
    while (
        not any(part.stat().st_size > 100_000 for part in target.parent.glob(".*part")) and time.monotonic() < deadline
    ):
        time.sleep(0.01)
    run.send_signal(signal.SIGKILL)
    run.wait()
    assert not target.exists()
    for left in target.parent.iterdir():
        assert left.read_bytes().startswith(b"TWVAULT1")
    assert tradewind(home, "backup", str(target), "--verify")["verified"] is True


def test_store_moves_to_another_with_equal_checksums(installed: tuple[Path, str], tmp_path: Path) -> None:
    home, _key = installed
    url = f"sqlite:///{tmp_path / 'moved.sqlite3'}"
    told = tradewind(home, "migrate-store", "--to", url)
    assert told["total"] > 20
    with sqlite3.connect(tmp_path / "moved.sqlite3") as db:
        assert db.execute("SELECT name, email FROM org_person ORDER BY id").fetchall() == people(home)
    assert tradewind(home, "migrate-store", "--to", url, status=1)["error"]["code"] == "target_not_empty"


@pytest.mark.postgres
def test_store_moves_to_postgresql_and_back(installed: tuple[Path, str], tmp_path: Path, fresh_database: str) -> None:
    home, _key = installed
    there = tradewind(home, "migrate-store", "--to", fresh_database)
    assert there["vendor"] == "postgresql"
    back = tradewind(home, "migrate-store", "--to", f"sqlite:///{tmp_path / 'back.sqlite3'}", url=fresh_database)
    assert back["total"] == there["total"]
    assert {row["table"]: row["sha256"] for row in back["rows"]} == {
        row["table"]: row["sha256"] for row in there["rows"]
    }
    made = tradewind(home, "backup", str(tmp_path / "pg.twb"), "--verify", url=fresh_database)
    assert made["verified"] is True
