"""Two people at one text: they see each other, and both wordings are joined without losing a word."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from tradewind.base import clock
from tradewind.engines.library import queries
from tradewind.engines.library.factories import published, rewritten
from tradewind.engines.library.models import DocumentText, Editing, Version
from tradewind.engines.library.tests.test_views import signed_in

pytestmark = pytest.mark.django_db


def test_open_editors_see_each_other_until_one_is_gone() -> None:
    one, first = signed_in("member")
    two, second = signed_in("member")
    text = published().texts.get()
    address = reverse("library:text-editing", args=[text.pk])
    assert one.post(address, {"version": "1"}).content.decode().strip() == ""
    assert first.name in two.post(address, {"version": "1"}).content.decode()
    assert second.name in one.post(address, {"version": "1"}).content.decode()
    Editing.objects.filter(person=second).update(seen_at=clock.now() - timedelta(minutes=1))
    assert second.name not in one.post(address, {"version": "1"}).content.decode()


def test_editor_is_told_that_somebody_has_saved_and_saving_closes_it() -> None:
    one, first = signed_in("member")
    two, second = signed_in("member")
    text = published().texts.get()
    address = reverse("library:text-editing", args=[text.pk])
    one.post(address, {"version": "1"})
    assert (
        two.post(
            reverse("library:text-edit", args=[text.pk]), {"title": "T", "body": "new", "version": "1"}
        ).status_code
        == 302
    )
    told = one.post(address, {"version": "1"}).content.decode()
    assert f"{second.name} has saved version 2" in told
    one.post(reverse("library:text-edit", args=[text.pk]), {"title": "T", "body": "newer", "version": "2"})
    assert not Editing.objects.filter(person=first).exists()


def test_who_may_not_write_is_neither_noted_nor_told() -> None:
    reader, _me = signed_in("auditor")
    text = published().texts.get()
    address = reverse("library:text-editing", args=[text.pk])
    assert reader.post(address).status_code == 403
    assert signed_in("member")[0].get(address).status_code == 405
    assert not Editing.objects.exists()


def test_conflict_joins_what_both_changed_and_keeps_ones_own_words() -> None:
    client, _me = signed_in("member")
    document = published(body="one\n\ntwo\n\nthree\n")
    text = DocumentText.objects.get(document=document)
    rewritten(document, "one\n\ntheirs\n\nthree\n\nfour\n", publish=False)
    form = {
        "title": "Customs basics",
        "body": "zero\n\none\n\nmine\n\nthree\n",
        "version": "1",
        "note": "my note",
        "minor": "on",
    }
    answer = client.post(reverse("library:text-edit", args=[text.pk]), form)
    page = answer.content.decode()
    assert answer.status_code == 409 and Version.objects.count() == 2
    joined = answer.context["joined"]
    assert joined.text == "zero\n\none\n\nmine\n\nthree\n\nfour\n"
    assert [(clash.mine, clash.theirs) for clash in joined.clashes] == [("mine", "theirs")]
    assert 'value="my note"' in page and 'name="minor"' in page and 'name="version" value="2"' in page
    form |= {"body": joined.text, "version": "2"}
    assert client.post(reverse("library:text-edit", args=[text.pk]), form).status_code == 302
    newest = queries.newest_version(text)
    assert newest is not None and newest.body == joined.text.strip("\r") and newest.minor and newest.note == "my note"
