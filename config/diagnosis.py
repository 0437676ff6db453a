"""What can be wrong with an installation, each found and said in plain words."""

from __future__ import annotations

import importlib.metadata
import json
import os
import shutil
import smtplib
import socket
import ssl
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from config import store
from config.check.lanes import chromium
from tradewind.base import clock
from tradewind.base.home import home
from tradewind.engines.actions.models import Event
from tradewind.engines.jobs.models import WorkerBeat

GOOD, WARNING, BAD = "good", "warning", "bad"
ROOM_WANTED, ROOM_NEEDED = 5 * 2**30, 2**29
BEAT_WITHIN = timedelta(minutes=1)
ZONES_AGE = timedelta(days=550)
SKEW = timedelta(minutes=5)


@dataclass(frozen=True)
class Finding:
    """One thing looked at: its code, how it is, and what to do in words of the reader's language."""

    code: str
    level: str
    words: str

    def row(self) -> dict[str, Any]:
        return {"code": self.code, "level": self.level, "words": self.words}


Look = Callable[[], Iterator[tuple[str, str]]]
LOOKS: dict[str, Look] = {}


def look(function: Look) -> Look:
    """Register something to look at; it yields (level, words)."""
    LOOKS[function.__name__] = function
    return function


def examine() -> list[Finding]:
    """Look at everything; a look that itself breaks is a finding, so that one fault hides no other."""
    found = []
    for code, function in LOOKS.items():
        try:
            found += [Finding(code, level, words) for level, words in function()]
        except Exception as error:  # the point of a doctor is to go on
            words = _("Could not be examined: %(error)s") % {"error": f"{type(error).__name__}: {error}"}
            found.append(Finding(code, BAD, words))
    return found


@look
def python() -> Iterator[tuple[str, str]]:
    expected = store.COMMAND.parent
    if Path(sys.prefix) not in expected.parents:
        yield WARNING, _("This is not the Python that make setup prepared: use %(path)s") % {"path": store.COMMAND}
    else:
        yield GOOD, sys.version.split()[0]


@look
def data_folder() -> Iterator[tuple[str, str]]:
    folder = home()
    if not os.access(folder, os.W_OK):
        yield (
            BAD,
            _("The data folder %(path)s cannot be written to: give it to the user who runs Tradewind.")
            % {"path": folder},
        )
    elif folder.stat().st_mode & 0o077:
        yield WARNING, _("Others can look into the data folder: run chmod 700 %(path)s") % {"path": folder}
    else:
        yield GOOD, str(folder)


@look
def disk() -> Iterator[tuple[str, str]]:
    free = shutil.disk_usage(home()).free
    words = {"free": f"{free / 2**30:.1f}"}
    if free < ROOM_NEEDED:
        yield BAD, _("Only %(free)s GB of disk are free: imports and backups will fail.") % words
    elif free < ROOM_WANTED:
        yield WARNING, _("%(free)s GB of disk are free: make room soon.") % words
    else:
        yield GOOD, _("%(free)s GB of disk are free.") % words


@look
def keys() -> Iterator[tuple[str, str]]:
    folder = home() / "keys"
    open_to_others = [path for path in [folder, *folder.glob("*")] if path.stat().st_mode & 0o077]
    for path in open_to_others:
        yield BAD, _("Others can read a key: run chmod go-rwx %(path)s") % {"path": path}
    if not (folder / "ring.json").exists():
        yield WARNING, _("There are no field keys yet; they are made when the first private field is saved.")
    elif not open_to_others:
        yield GOOD, _("Keys are readable for their owner alone.")


@look
def database() -> Iterator[tuple[str, str]]:
    try:
        now = store.state()
    except DatabaseError as error:
        yield BAD, _("The store does not answer: %(error)s") % {"error": str(error).strip()}
        return
    if now is store.State.NEW:
        yield BAD, _("The store is empty: run tradewind init.")
    elif now is store.State.BEHIND:
        yield BAD, _("The store is older than the program: start it with tradewind up, which makes a backup first.")
    else:
        yield GOOD, _("The store answers and is up to date (%(kind)s).") % {"kind": connection.vendor}


@look
def time() -> Iterator[tuple[str, str]]:
    now = clock.now()
    beside = home() / "run"
    beside.mkdir(mode=0o700, exist_ok=True)
    probe = beside / ".clock"
    probe.touch()
    of_files = datetime.fromtimestamp(probe.stat().st_mtime, UTC)
    probe.unlink()
    if abs(of_files - now) > SKEW:
        yield BAD, _("The disk and the computer disagree about the time: set the clock by NTP.")
    last = latest_event()
    if last and last > now + SKEW:
        yield (
            BAD,
            _("The newest record is from the future (%(at)s UTC): the clock was set back.")
            % {"at": f"{last:%F %H:%M}"},
        )
    yield GOOD, _("It is %(now)s UTC; please compare.") % {"now": f"{now:%Y-%m-%d %H:%M}"}


def store_ready() -> bool:
    """Whether there is an up-to-date store to ask; what is wrong with one is said once, by `database`."""
    try:
        return store.state() is store.State.READY
    except DatabaseError:
        return False


def latest_event() -> datetime | None:
    """When the newest event happened, or None without a store."""
    if not store_ready():
        return None
    return Event.objects.order_by("-id").values_list("at", flat=True).first()


@look
def zones() -> Iterator[tuple[str, str]]:
    version = importlib.metadata.version("tzdata")
    year = int(version.split(".")[0])
    if clock.now() - datetime(year, 1, 1, tzinfo=UTC) > ZONES_AGE:
        yield WARNING, _("The time zone rules are of %(version)s: upgrade Tradewind.") % {"version": version}
    else:
        yield GOOD, _("Time zone rules of %(version)s") % {"version": version}


@look
def assets() -> Iterator[tuple[str, str]]:
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    compiled = [path / "zh_Hans" / "LC_MESSAGES" / "django.mo" for path in map(Path, settings.LOCALE_PATHS)]
    if not settings.DEBUG and not manifest.exists():
        yield BAD, _("Styles and scripts are not built: run make setup.")
    elif not all(path.exists() for path in compiled):
        yield BAD, _("Translations are not compiled: run make setup.")
    else:
        yield GOOD, _("Styles, scripts and translations are built.")


@look
def worker() -> Iterator[tuple[str, str]]:
    if not store_ready():
        return
    seen = WorkerBeat.objects.order_by("-seen_at").values_list("seen_at", flat=True).first()
    if seen is None or clock.now() - seen > BEAT_WITHIN:
        yield WARNING, _("No worker runs: imports, notices and schedules wait. Start tradewind up.")
    else:
        yield GOOD, _("The worker is alive.")


@look
def servers() -> Iterator[tuple[str, str]]:
    pages, streams = addresses()
    if reachable(pages):
        yield GOOD, _("Pages answer at %(url)s.") % {"url": pages}
    else:
        yield WARNING, _("Pages do not answer at %(url)s. Start tradewind up.") % {"url": pages}
    if reachable(streams):
        yield GOOD, _("Live updates answer at %(url)s.") % {"url": streams}
    else:
        text = _("Live updates do not answer at %(url)s: pages still work, progress is shown by reloading.")
        yield WARNING, text % {"url": streams}


def addresses() -> tuple[str, str]:
    """Where pages and streams are: as `up` noted when it started last, else as the environment says."""
    note = home() / "run" / "address.json"
    if note.exists():
        noted = json.loads(note.read_text())
        return noted["pages"], noted["streams"]
    parts = urlparse(settings.SITE_URL)
    beside = f"{parts.scheme}://{parts.hostname}:{(parts.port or 80) + 1}"
    return settings.SITE_URL, settings.STREAM_URL or beside


def reachable(url: str) -> bool:
    """Whether something listens at the address."""
    parts = urlparse(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        with socket.create_connection((parts.hostname or "", port), timeout=3):
            return True
    except OSError:
        return False


@look
def mail() -> Iterator[tuple[str, str]]:
    if not settings.EMAIL_HOST:
        yield WARNING, _("E-mail is not set up (MAIL_URL): invitations and notices stay inside.")
        return
    place = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    try:
        greet_mail_server()
    except (OSError, smtplib.SMTPException) as error:
        yield BAD, _("The mail server %(place)s refuses: %(error)s") % {"place": place, "error": error}
    else:
        yield GOOD, _("The mail server %(place)s accepts us.") % {"place": place}


def greet_mail_server() -> None:
    """Connect and sign in as the product does; sends nothing."""
    kind = smtplib.SMTP_SSL if settings.EMAIL_USE_SSL else smtplib.SMTP
    with kind(settings.EMAIL_HOST, settings.EMAIL_PORT, timeout=5) as server:
        server.ehlo()
        if settings.EMAIL_USE_TLS:
            server.starttls(context=ssl.create_default_context())
            server.ehlo()
        if settings.EMAIL_HOST_USER:
            server.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)


@look
def programs() -> Iterator[tuple[str, str]]:
    if connection.vendor == "postgresql" and not shutil.which("pg_dump"):
        yield WARNING, _("pg_dump is missing: install the PostgreSQL client to also keep native dumps.")
    if chromium() is None:
        yield WARNING, _("Chromium is missing: pictures of the guide cannot be made. The product works without it.")
    else:
        yield GOOD, _("Chromium is installed.")


NAMES = {
    "python": gettext_noop("Python"),
    "data_folder": gettext_noop("Data folder"),
    "disk": gettext_noop("Disk"),
    "keys": gettext_noop("Keys"),
    "database": gettext_noop("Store"),
    "time": gettext_noop("Clock"),
    "zones": gettext_noop("Time zones"),
    "assets": gettext_noop("Front end"),
    "worker": gettext_noop("Worker"),
    "servers": gettext_noop("Servers"),
    "mail": gettext_noop("E-mail"),
    "programs": gettext_noop("Programs"),
}
