"""The trash: documents deleted for good by who may or after some days; their files go, the audit trail stays."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from tradewind.base import clock
from tradewind.base.errors import NotAllowed, Refused
from tradewind.engines.actions.models import Event
from tradewind.engines.inbox.models import Todo
from tradewind.engines.jobs.models import Job
from tradewind.engines.jobs.queue import run_now
from tradewind.engines.library import actions
from tradewind.engines.library.factories import published, rewritten
from tradewind.engines.library.models import Acknowledgement, Document, Version
from tradewind.engines.library.tests.conftest import At
from tradewind.engines.library.tests.test_views import signed_in
from tradewind.nouns.files.models import Attachment
from tradewind.nouns.files.queries import keep, path_of

pytestmark = pytest.mark.django_db


def attach(document: Document, content: bytes) -> str:
    kept = keep([content])
    Attachment.objects.create(subject_type="library.document", subject_id=document.pk, name="a.png", sha256=kept.sha256)
    old = clock.now().timestamp() - 3600
    os.utime(path_of(kept.sha256), (old, old))
    return kept.sha256


def trashed(title: str = "Old page", **given: Any) -> Document:
    return actions.trash_document.system(published(title, **given))


def test_deleting_takes_texts_files_and_todos_along_and_keeps_the_audit_trail() -> None:
    _client, keeper = signed_in("people")
    document = rewritten(published("Old page", owner=keeper), "旧文", language="zh-hans", title="旧页")
    sha, shared = attach(document, b"only here"), attach(document, b"shared")
    Attachment.objects.create(subject_type="customers.order", subject_id=1, name="b.png", sha256=shared)
    actions.ask_acknowledgement.system(document, days=7)
    run_now("library.remind_readers")
    child = actions.create_document.system(
        space=document.space, kind="structure.page", title="Below", parent=document, owner=keeper
    )
    actions.trash_document(keeper, document)
    actions.delete_document(keeper, document)
    assert not Document.objects.filter(pk=document.pk).exists()
    assert not Version.objects.filter(text__document=document.pk).exists() and not Acknowledgement.objects.exists()
    assert not Todo.objects.filter(state=Todo.OPEN).exists()
    child.refresh_from_db()
    assert child.parent is None
    event = Event.objects.get(name="library.delete_document")
    assert event.subject_id == document.pk and event.subject_title == "Old page" and event.actor == keeper
    assert Event.objects.filter(name="library.trash_document", subject_id=document.pk).exists()
    hashes = Job.objects.get(name="library.forget_bytes").args["hashes"]
    assert sorted(hashes) == sorted([sha, shared])
    run_now("library.forget_bytes", hashes=hashes)
    assert not path_of(sha).exists() and path_of(shared).exists()


def test_bytes_kept_a_moment_ago_stay_until_it_is_clear_that_nobody_needs_them() -> None:
    sha = keep([b"fresh"]).sha256
    run_now("library.forget_bytes", hashes=[sha])
    assert path_of(sha).exists() and Job.objects.filter(name="library.forget_bytes").exists()


def test_deleting_is_refused_outside_of_the_trash_and_without_the_right() -> None:
    _client, keeper = signed_in("people")
    _other, member = signed_in("member")
    document = published()
    with pytest.raises(Refused):
        actions.delete_document(keeper, document)
    actions.trash_document.system(document)
    with pytest.raises(NotAllowed):
        actions.delete_document(member, document)
    assert (
        Document.objects.filter(pk=document.pk).exists()
        and not Event.objects.filter(name="library.delete_document").exists()
    )


def test_job_empties_what_has_lain_there_long_enough(time_machine_at: At, settings: Any) -> None:
    begun = datetime(2026, 3, 1, 12, tzinfo=ZoneInfo("UTC"))
    with time_machine_at(begun):
        old = trashed("Old")
    with time_machine_at(begun + timedelta(days=20)):
        young = trashed("Young")
    with time_machine_at(begun + timedelta(days=31)):
        settings.TRASH_DAYS = 0
        assert run_now("library.empty_trash") == {"deleted": 0, "kept": 0}
        settings.TRASH_DAYS = 30
        assert run_now("library.empty_trash") == {"deleted": 1, "kept": 0}
    assert set(Document.objects.values_list("pk", flat=True)) == {young.pk}
    assert Event.objects.get(name="library.delete_document").subject_id == old.pk


def test_trash_is_emptied_by_hand() -> None:
    client, _keeper = signed_in("people")
    member, _other = signed_in("member")
    one, two, kept = trashed("One"), trashed("Two"), published("Three")
    assert member.post(reverse("library:trashed-empty")).status_code == 403
    assert member.post(reverse("library:document-delete", args=[one.pk])).status_code == 403
    assert client.post(reverse("library:document-delete", args=[one.pk])).status_code == 302
    page = client.get(reverse("library:trashed-empty")).content.decode()
    assert "1 document is deleted" in page
    assert client.post(reverse("library:trashed-empty")).headers["Location"] == reverse("library:trashed-list")
    assert set(Document.objects.values_list("pk", flat=True)) == {kept.pk} and two.pk != kept.pk
    assert client.post(reverse("library:document-delete", args=[kept.pk])).status_code == 404
