"""compliance.recovery and compliance.encryption: proved restores, and what the store itself shows."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tradewind.areas.compliance.models import BackupRun
from tradewind.areas.compliance.practices import encryption, recovery
from tradewind.base import clock, crypto
from tradewind.engines.practices.rules import Evidence, cadence, health
from tradewind.nouns.org.models import Person

pytestmark = pytest.mark.django_db
NOW = clock.now()
WEEK = cadence("week")


def backup(days_ago: float, **given: Any) -> BackupRun:
    at = NOW - timedelta(days=days_ago)
    return BackupRun.objects.create(started_at=at, finished_at=at, recovery_point=at, **given)


def counts(found: Evidence) -> dict[str, tuple[int, int]]:
    return {part.code: (part.done, part.due) for part in found.parts}


def proved(days_ago: float, **given: Any) -> BackupRun:
    return backup(days_ago, verified_at=NOW - timedelta(days=days_ago), recovery_seconds=12.5, **given)


def test_company_without_a_proved_restore_is_overdue() -> None:
    assert health(recovery(NOW), WEEK, NOW) == "overdue"
    backup(0.1)
    assert health(recovery(NOW), WEEK, NOW) == "overdue"


@pytest.mark.parametrize(("days", "mark"), [(0.5, "good"), (8, "attention"), (15, "overdue")])
def test_age_of_the_last_proof_decides(days: float, mark: str, settings: Any) -> None:
    settings.BACKUP_SECOND_PLACE = "elsewhere"
    proved(days)
    backup(0.1, second_copy="elsewhere/x.twb")
    assert health(recovery(NOW), WEEK, NOW) == mark


def test_failed_and_damaged_backups_count_against() -> None:
    proved(0.5)
    backup(1, state=BackupRun.FAILED, error="disk full")
    backup(2, error="damaged")
    assert counts(recovery(NOW))["made"] == (1, 3)


def test_old_backup_slow_restore_and_missing_second_place_are_told() -> None:
    proved(3, second_copy="elsewhere/x.twb")
    BackupRun.objects.update(recovery_seconds=5 * 3600)
    told = counts(recovery(NOW))
    assert (told["point"], told["time"], told["second"]) == ((0, 1), (0, 1), (0, 1))


def test_sealed_values_are_counted_in_the_store(home: Path) -> None:
    Person.objects.create(name="A", phone="+49 30 1234567", bank_account="DE00")
    found = encryption(NOW)
    assert counts(found) == {"sealed": (2, 2), "opened": (2, 2), "current": (2, 2), "key": (1, 1)}
    assert health(found, cadence("day"), NOW) == "good"


def test_one_plain_value_in_the_store_is_overdue(home: Path) -> None:
    people = [Person.objects.create(name=str(number), phone="+86 755 1234") for number in range(20)]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE org_person SET phone = %s WHERE id = %s", ["+86 755 1234", people[0].pk])
    found = encryption(NOW)
    assert counts(found)["sealed"] == (19, 20)
    assert health(found, cadence("day"), NOW) == "overdue"


def test_damaged_secret_is_found_in_the_sample(home: Path) -> None:
    person = Person.objects.create(name="A", phone="+86 755 1234")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE org_person SET phone = phone || 'AAAA' WHERE id = %s", [person.pk])
    assert counts(encryption(NOW))["opened"] == (0, 1)


def test_unfinished_rotation_and_an_old_key_ask_for_attention(home: Path) -> None:
    Person.objects.create(name="A", phone="+86 755 1234")
    crypto.rotate()
    found = encryption(NOW)
    assert counts(found)["current"] == (0, 1)
    assert health(found, cadence("day"), NOW) == "attention"
    late = clock.now() + timedelta(days=400)
    assert counts(encryption(late))["key"] == (0, 1)
