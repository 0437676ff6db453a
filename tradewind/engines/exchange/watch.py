"""The watched folder: a file that stood still between two looks is taken by the first rule that fits its name."""

from __future__ import annotations

import fnmatch
import logging
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from tradewind.base import clock
from tradewind.base.errors import Refused
from tradewind.engines.exchange import flow
from tradewind.engines.exchange.arrival import Wish, blocks, open_batch, unfinished
from tradewind.engines.exchange.intake.read import Progress
from tradewind.engines.exchange.models import Batch, WatchedFile, WatchRule

log = logging.getLogger(__name__)


def folder() -> Path | None:
    """The watched folder, if the installation names one."""
    return Path(settings.WATCH_FOLDER) if settings.WATCH_FOLDER else None


def look(progress: Progress, check: Callable[[], None]) -> dict[str, int]:
    """Take every file that stands still; how many were taken and how many refused."""
    where = folder()
    if where is None or not where.is_dir():
        return {}
    counts = {"taken": 0, "refused": 0}
    rules = list(WatchRule.objects.filter(active=True).select_related("channel", "mapping"))
    for path in sorted(one for one in where.iterdir() if one.is_file() and not one.name.startswith(".")):
        check()
        rule = next((rule for rule in rules if fnmatch.fnmatch(path.name.casefold(), rule.pattern.casefold())), None)
        if rule is not None and stands_still(path):
            counts["taken" if take(path, rule, progress, check) else "refused"] += 1
    return counts


def stands_still(path: Path) -> bool:
    """Whether size and time are what they were at the last look."""
    found = path.stat()
    stamp = f"{found.st_size}-{found.st_mtime_ns}"
    known, new = WatchedFile.objects.get_or_create(name=path.name, defaults={"stamp": stamp})
    if not new and known.stamp == stamp:
        return True
    if not new:
        WatchedFile.objects.filter(pk=known.pk).update(stamp=stamp, seen_at=clock.now())
    return False


def take(path: Path, rule: WatchRule, progress: Progress, check: Callable[[], None]) -> bool:
    """Import one file and move it to `done`, or to `refused` when it cannot be taken as a whole."""
    wish = Wish(rule.format, rule.mapping.code if rule.mapping else rule.mapping_name)
    batch: Batch | None = None
    try:
        batch = unfinished(rule.channel, path, wish) or open_batch(
            None, channel=rule.channel, wish=wish, name=path.name, content=blocks(path), beside=path
        )
        flow.merge(batch, progress, check)
        good = batch.state == Batch.DONE
    except Refused as refused:
        log.warning(_("%(file)s in the watched folder was refused: %(why)s"), {"file": path.name, "why": str(refused)})
        good = False
    WatchedFile.objects.filter(name=path.name).delete()
    move(path, "done" if good else "refused", batch)
    return good


def move(path: Path, name: str, batch: Batch | None) -> None:
    """Put the file into a folder beside, with the batch's number in front so that no name meets another."""
    target = path.parent / name
    target.mkdir(exist_ok=True)
    mark = f"{batch.pk}-" if batch else clock.now().strftime("%Y%m%d%H%M%S-")
    path.rename(target / f"{mark}{path.name}")
