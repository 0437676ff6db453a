"""How compliance knows that its practices are kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tradewind.areas.compliance import queries
from tradewind.base import crypto, rekey
from tradewind.engines.practices.practice import Evidence, Part, link, practice

NEVER = Decimal(0)
WEEK = timedelta(days=7)
POINT = timedelta(hours=26)  # a daily backup, with two hours to run
RETURN = timedelta(hours=4)
KEY_AGE = timedelta(days=366)
SAMPLE = 50


@practice("compliance.recovery", after=("compliance.record_backup",))
def recovery(now: datetime) -> Evidence:
    """A restore was proved in the last week; backups run, lie in a second place, and lose and take little."""
    proved, newest = queries.last_verified(), queries.last_backup()
    made, all_runs = queries.backup_counts(now - WEEK)
    point = newest.recovery_point if newest else None
    seconds = proved.recovery_seconds if proved else None
    runs = link("compliance:backup-list")
    return Evidence(
        (
            Part("proved", _("A restore into a scratch store, every count and checksum compared"), int(proved is not None), 1,
                 last=proved.verified_at if proved else None, link=runs),
            Part("made", _("Backups of the last 7 days that went through"), made, all_runs, link=runs),
            Part("point", _("The newest backup loses at most a day of work"),
                 int(point is not None and now - point <= POINT), 1, link=runs, bad_below=NEVER),
            Part("time", _("The proved restore took at most 4 hours"),
                 int(seconds is not None and seconds <= RETURN.total_seconds()), int(seconds is not None), link=runs),
            Part("second", _("The newest backup lies in a second place too"),
                 int(bool(settings.BACKUP_SECOND_PLACE and newest and newest.second_copy)), 1, link=runs, bad_below=NEVER),
        ),
        seen=newest.finished_at if newest else None,
    )  # fmt: skip


@practice("compliance.encryption")
def encryption(now: datetime) -> Evidence:
    """No sensitive value lies open in the store, samples of them open with our keys, and the key in use is not old."""
    found = rekey.proof()
    opened, tried = rekey.sample(SAMPLE)
    ring = crypto.ring()
    made = ring.made.get(ring.active)
    young = bool(made) and now - datetime.fromisoformat(str(made)) <= KEY_AGE
    every = Decimal(1)
    return Evidence(
        (
            Part("sealed", _("Sensitive values that are encrypted in the store itself"), found["values"] - found["plain"],
                 found["values"], bad_below=every),
            Part("opened", _("Samples of them that our keys open, unchanged"), opened, tried, bad_below=every),
            Part("current", _("Values under the key now in use"), found["values"] - found["plain"] - found["older"],
                 found["values"], bad_below=NEVER),
            Part("key", _("The key in use is less than a year old"), int(young), 1, bad_below=NEVER),
        ),
        seen=now,
    )  # fmt: skip
