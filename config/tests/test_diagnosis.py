"""The doctor finds what is wrong and says it in both languages."""

from __future__ import annotations

import argparse
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import override_settings
from django.utils import translation

from config import diagnosis
from config.commands import doctor
from tradewind.base import clock
from tradewind.base.home import home
from tradewind.engines.jobs.models import WorkerBeat

pytestmark = pytest.mark.django_db


def levels(code: str) -> set[str]:
    return {finding.level for finding in diagnosis.examine() if finding.code == code}


def test_key_that_others_can_read_is_bad() -> None:
    key = home() / "keys" / "loose.key"
    key.write_text("secret")
    key.chmod(0o644)
    assert diagnosis.BAD in levels("keys")
    key.chmod(0o600)
    assert diagnosis.BAD not in levels("keys")
    key.unlink()


def test_data_folder_open_to_others_is_a_warning(home: Path) -> None:
    assert levels("data_folder") == {diagnosis.GOOD}
    home.chmod(0o755)
    assert levels("data_folder") == {diagnosis.WARNING}


def test_store_up_to_date_is_good() -> None:
    assert levels("database") == {diagnosis.GOOD}


@pytest.mark.parametrize(("age", "level"), [(10, diagnosis.GOOD), (300, diagnosis.WARNING)])
def test_worker_is_judged_by_its_last_sign_of_life(age: int, level: str) -> None:
    WorkerBeat.objects.create(name="w", host="h", pid=1, seen_at=clock.now() - timedelta(seconds=age))
    assert levels("worker") == {level}


def test_mail_without_a_server_is_a_warning_and_one_that_refuses_is_bad() -> None:
    with override_settings(EMAIL_HOST=""):
        assert levels("mail") == {diagnosis.WARNING}
    with override_settings(EMAIL_HOST="127.0.0.1", EMAIL_PORT=1):
        assert levels("mail") == {diagnosis.BAD}


def test_full_disk_is_bad(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnosis, "ROOM_NEEDED", 2**60)
    assert levels("disk") == {diagnosis.BAD}


def test_look_that_breaks_is_a_finding_and_hides_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ValueError("no such thing")

    monkeypatch.setitem(diagnosis.LOOKS, "mail", broken)
    found = diagnosis.examine()
    assert next(finding for finding in found if finding.code == "mail").level == diagnosis.BAD
    assert {finding.code for finding in found} == set(diagnosis.LOOKS)


def test_every_look_has_a_name() -> None:
    assert set(diagnosis.NAMES) == set(diagnosis.LOOKS)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_doctor_exits_with_1_when_something_is_bad(language: str, capsys: pytest.CaptureFixture[str]) -> None:
    answer = doctor.run(argparse.Namespace(lang=language))
    assert answer["exit"] == int(any(row["level"] == diagnosis.BAD for row in answer["rows"]))
    doctor.show(answer)
    with translation.override(language):
        assert translation.gettext("Disk") in capsys.readouterr().out
