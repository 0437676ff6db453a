"""Start everything: pages, live streams and the worker, kept alive by one process."""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from config import address, store
from tradewind.base.errors import Refused
from tradewind.base.home import home, private_folder, write_private
from tradewind.nouns.org.models import User


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the words."""
    address.add_words(parser)
    parser.add_argument("--demo", action="store_true", help="load the demo company into a store that is new")
    parser.add_argument("--no-backup", action="store_true", help="upgrade without a backup first")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Prepare the store, then become the supervisor; returns only by an error."""
    hold_home()
    place = address.chosen(args, streams=True)
    os.environ.update(place.environment())
    made = prepare(demo=args.demo, backup=not args.no_backup)
    python = sys.executable
    write_private(running(), json.dumps({"pages": place.url, "streams": place.stream_url}))
    children = {
        "pages": [python, "-m", "config.servers", "pages", place.host, str(place.port)],
        "streams": [python, "-m", "config.servers", "streams", place.host, str(place.stream_port)],
        "worker": [python, str(store.COMMAND), "worker"],
    }
    ready = json.dumps(greeting(place, made), ensure_ascii=False) if args.json else words(place, made)
    plan = {"children": children, "probe": [place.host, place.port], "ready": ready}
    sys.stdout.flush()
    # The supervisor needs none of what was loaded so far: starting afresh keeps it small.
    os.execv(python, [python, "-m", "config.supervisor", str(handed_on(json.dumps(plan)))])


def handed_on(text: str) -> int:
    """A pipe that holds the text for the program this process becomes: unlike its arguments, nobody else can read it."""
    read, write = os.pipe()
    os.write(write, text.encode())
    os.close(write)
    os.set_inheritable(read, True)
    return read


def running() -> Path:
    """The note of where the servers of this data folder were started last."""
    return private_folder(home() / "run") / "address.json"


def hold_home() -> None:
    """Hold the data folder for as long as this process lives; raises Refused when another `up` does."""
    lock = private_folder(home() / "run") / "up.lock"
    file = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Refused(_("Tradewind already runs on %(home)s.") % {"home": home()}, code="already_running") from None
    os.set_inheritable(file, True)


def prepare(*, demo: bool, backup: bool) -> dict[str, Any]:
    """Make a new store (with the demo company) or bring an old one up to date; what a person should be told."""
    note = private_folder(home() / "run") / "welcome.json"
    # A first start that was cut off left a store without its last row, a user: it is made again from there.
    if store.state() is store.State.BEHIND or (store.state() is store.State.READY and User.objects.exists()):
        kept = store.upgrade(backup=backup)
        known: dict[str, Any] = json.loads(note.read_text()) if note.exists() else {}
        return {**known, **({"backup": str(kept)} if kept else {})}
    made = initialise(demo=demo)
    # The recovery key and a real administrator's password are told once and kept nowhere.
    if demo:
        write_private(note, json.dumps({"sign_in": made["sign_in"]}))
    return made


def initialise(*, demo: bool) -> dict[str, Any]:
    """Run `tradewind init` in a process of its own; its answer."""
    command = [sys.executable, str(store.COMMAND), "init", "--json", *(["--demo"] if demo else [])]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise Refused(
            _("The store could not be created: %(words)s") % {"words": done.stdout.strip()}, code="init_failed"
        )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def greeting(place: address.Address, made: dict[str, Any]) -> dict[str, Any]:
    """What is printed with `--json` once pages answer."""
    return {"address": place.url, "streams": place.stream_url, "home": str(home()), **made}


def words(place: address.Address, made: dict[str, Any]) -> str:
    """What is printed for a person once pages answer."""
    lines = [f"Tradewind 信风   {place.url}", str(home())]
    if made.get("recovery_key"):
        lines += ["", _("Recovery key, shown this once: keep it apart from the backups."), str(made["recovery_key"])]
    if made.get("backup"):
        lines += ["", _("The store was upgraded; the backup made before is here:"), str(made["backup"])]
    rows = made.get("sign_in", [])
    if rows:
        lines += ["", _("Sign in as:")]
        lines += [f"  {row['role']:18} {row['email']:36} {row['password']}" for row in rows]
    lines += ["", _("Ctrl-C stops everything.")]
    return "\n" + "\n".join(f"  {line}".rstrip() for line in lines) + "\n"
