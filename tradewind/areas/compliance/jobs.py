"""What runs by itself: the daily backup, its weekly proof by a restore, and the change of keys."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from tradewind.areas.compliance import actions, queries
from tradewind.areas.compliance.models import BackupRun
from tradewind.areas.compliance.rules import to_keep
from tradewind.base import archive, clock, rekey
from tradewind.base.errors import Refused
from tradewind.base.home import home, private_folder
from tradewind.engines.jobs.job import Run, job
from tradewind.nouns.org.models import Person

NAME = "tradewind-%Y%m%d-%H%M%S.twb"


def backup_to(path: Path, *, by: Person | None = None, scheduled: bool = False) -> BackupRun:
    """Back up into a file and write it down; a failure is written down too and raised."""
    begun = clock.now()
    try:
        content = archive.write(path)
    except (OSError, Refused) as fault:
        actions.record_backup.system(state=BackupRun.FAILED, path=str(path), started_at=begun, scheduled=scheduled,
                                     finished_at=clock.now(), error=str(fault))  # fmt: skip
        raise
    return actions.record_backup.system(
        path=str(path), started_at=begun, finished_at=clock.now(), scheduled=scheduled, bytes=content.bytes,
        rows=content.rows, files=content.files, recovery_point=datetime.fromisoformat(content.taken_at),
    )  # fmt: skip


def verify_run(run: BackupRun) -> archive.Verified:
    """Prove a backup by restoring it into a scratch store, and write down what it took."""
    try:
        proof = archive.verify(Path(run.path))
    except (OSError, Refused) as fault:
        actions.record_backup.system(run, error=str(fault))
        raise
    actions.record_backup.system(run, verified_at=clock.now(), recovery_seconds=round(proof.seconds, 3), error="")
    return proof


@job("compliance.make_backup", every="daily 03:00 Asia/Shanghai", retries=3, lease=600)
def make_backup(ctx: Run) -> dict[str, Any]:
    """Back up into the home's own folder and a second place, drop what the keeping rule no longer wants, prove it."""
    folder = private_folder(home() / "backups")
    run = backup_to(folder / clock.now().strftime(NAME), scheduled=True)
    ctx.progress(1, 3)
    if settings.BACKUP_SECOND_PLACE:
        actions.record_backup.system(run, second_copy=copy_to(Path(run.path), Path(settings.BACKUP_SECOND_PLACE)))
    ctx.progress(2, 3)
    proof = verify_run(run)
    for old in sorted(set(folder.glob("tradewind-*.twb")) - to_keep(folder.glob("tradewind-*.twb"))):
        old.unlink(missing_ok=True)
    return {"file": Path(run.path).name, "bytes": run.bytes, "recovery_seconds": round(proof.seconds, 3)}


def copy_to(path: Path, place: Path) -> str:
    """Copy a backup to a second place; its name appears there only when whole."""
    place.mkdir(parents=True, exist_ok=True)
    partial = place / f".{path.name}.part"
    shutil.copyfile(path, partial)
    partial.replace(place / path.name)
    return str(place / path.name)


@job("compliance.verify_backup", retries=1, lease=600)
def verify_backup(ctx: Run, *, run_id: int) -> dict[str, Any]:
    """Prove one backup again."""
    proof = verify_run(queries.backup(run_id))
    return {"recovery_point": proof.recovery_point, "recovery_seconds": round(proof.seconds, 3)}


@job("compliance.rotate_keys", retries=5, lease=300)
def rotate_keys(ctx: Run) -> dict[str, Any]:
    """Write every secret anew under the key now in use."""
    return rekey.everything(on_progress=ctx.progress)
