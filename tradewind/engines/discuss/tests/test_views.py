"""The slots of a record's page, as their readers see them."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tradewind.engines.actions.action import behind
from tradewind.engines.actions.models import Change, Event
from tradewind.engines.agenda.actions import cancel_absence, record_absence
from tradewind.engines.agenda.factories import make_person
from tradewind.engines.agenda.tests.test_views import signed_in
from tradewind.engines.discuss.actions import add_comment
from tradewind.engines.discuss.models import Comment
from tradewind.engines.discuss.tests.test_actions import Room
from tradewind.nouns.files.models import Attachment

pytestmark = pytest.mark.django_db

PIXEL = b"\x89PNG\r\n\x1a\n" + bytes(range(64))


@pytest.fixture
def room() -> Room:
    return Room()


def url(room: Room, part: str = "activity") -> str:
    return f"/{part}/agenda.absence/{room.record.pk}/"


def test_activity_shows_comments_changes_and_files_in_one_stream(room: Room) -> None:
    client = signed_in(room.owner)
    assert "Nothing has happened here yet" in client.get(url(room)).content.decode()
    answer = client.post(url(room), {"body": "**Look**, @Ines Inside & @Otto Outside"})
    page = answer.content.decode()
    assert "<strong>Look</strong>" in page
    assert "<mark>@Ines Inside</mark>" in page
    assert "Not told, because they may not see this: Otto Outside" in page
    client.post(url(room, "files"), {"file": SimpleUploadedFile("报表.csv", b"a,b\n")})
    cancel_absence(room.owner, room.record)
    page = client.get(url(room)).content.decode()
    assert "报表.csv" in page
    assert "Cancel an absence" in page
    assert "Cancelled: <s>No</s> → Yes" in page


def test_activity_tells_bulk_changes_and_view_as(room: Room) -> None:
    administrator = make_person(name="Ada Admin")
    with behind(administrator):
        cancel_absence(room.owner, room.record)
    event = Event.objects.create(name="remote.import_leave", actor=room.insider)
    Change.objects.create(
        event=event, subject_type="agenda.absence", subject_id=room.record.pk,
        changes={"part": ["all", "morning"], "kind": [None, None], "start": ["2026-12-01", "2026-12-03"]},
    )  # fmt: skip
    page = signed_in(room.insider).get(url(room)).content.decode()
    assert "viewing as Olga Owner" in page
    assert "<s>Whole days</s> → Mornings" in page
    assert "Thu 3 Dec 2026" in page
    assert "changed (the value is not shown)" in page


def test_activity_of_what_one_may_not_see(room: Room) -> None:
    room.say(room.owner, "inside word")
    client = signed_in(room.outsider)
    for address in (
        url(room),
        url(room, "files"),
        f"{url(room)}people/",
        "/activity/no.such/1/",
        "/activity/agenda.absence/0/",
    ):
        answer = client.get(address)
        assert answer.status_code == 404
        assert "inside word" not in answer.content.decode()
    assert client.post(url(room), {"body": "x"}).status_code == 404
    assert Comment.objects.count() == 1
    assert Client().get(url(room)).status_code == 302


def test_activity_pages_by_moment(room: Room) -> None:
    for number in range(35):
        room.say(room.owner, f"word {number:02d}")
    client = signed_in(room.owner)
    first = client.get(url(room)).content.decode()
    assert "word 34" in first
    assert "word 00" not in first
    address = first.partition('hx-get="/activity/')[2].partition('"')[0]
    second = client.get(f"/activity/{address}").content.decode()
    assert "word 00" in second
    assert "word 34" not in second


def test_activity_costs_the_same_with_much(room: Room) -> None:
    client = signed_in(room.insider)

    def count(number: int) -> int:
        for _ in range(number):
            writer = room.reader("W", room.here)
            room.say(writer, "@Ines Inside")
            room.bring(writer, "a.txt", b"x")
            record_absence(room.owner, person=room.owner, start=date(2026, 12, 1), end=date(2026, 12, 1))
        client.get(url(room))
        with CaptureQueriesContext(connection) as queries:
            client.get(url(room))
        return len(queries)

    assert count(2) == count(6)


def test_comment_is_edited_and_removed_in_place(room: Room) -> None:
    comment = room.say(room.owner, "first")
    client, other = signed_in(room.owner), signed_in(room.insider)
    assert "first" in client.get(f"/comments/{comment.pk}/edit/").content.decode()
    assert other.get(f"/comments/{comment.pk}/edit/").status_code == 403
    assert other.post(f"/comments/{comment.pk}/", {"body": "mine"}).status_code == 403
    assert client.post(f"/comments/{comment.pk}/", {"body": " "}).status_code == 422
    assert "second" in client.post(f"/comments/{comment.pk}/", {"body": "second"}).content.decode()
    assert "first" in other.get(f"/comments/{comment.pk}/history/").content.decode()
    assert other.post(f"/comments/{comment.pk}/remove/").status_code == 403
    page = client.post(f"/comments/{comment.pk}/remove/").content.decode()
    assert "Comment removed." in page
    assert "second" not in page
    assert "first" not in other.get(f"/comments/{comment.pk}/history/").content.decode()


def test_people_offered_are_those_who_may_see(room: Room) -> None:
    client = signed_in(room.owner)
    assert "Ines Inside" in client.get(f"{url(room)}people/?q=in").content.decode()
    assert "Otto" not in client.get(f"{url(room)}people/?q=otto").content.decode()


def test_download_is_never_a_page(room: Room) -> None:
    attachment = room.bring(room.owner, "page.html", b"<script>alert(1)</script>")
    answer = signed_in(room.insider).get(f"/files/{attachment.pk}/download/")
    assert b"".join(answer.streaming_content) == b"<script>alert(1)</script>"  # type: ignore[attr-defined]
    assert answer["Content-Type"] == "text/plain"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert Event.objects.filter(name="discuss.download_file", actor=room.insider).count() == 1
    assert signed_in(room.outsider).get(f"/files/{attachment.pk}/download/").status_code == 404


def test_pictures_are_seen_beside_their_record(room: Room) -> None:
    """A picture is shown to whoever may read the record; what only calls itself one is not."""
    picture = room.bring(room.owner, "receipt.png", PIXEL)
    false = room.bring(room.owner, "false.png", b"<svg onload=alert(1)>")
    insider = signed_in(room.insider)
    page = insider.get(url(room, "files")).content.decode()
    assert f'src="/files/{picture.pk}/preview/"' in page
    assert f"/files/{false.pk}/preview/" not in page
    answer = insider.get(f"/files/{picture.pk}/preview/")
    assert b"".join(answer.streaming_content) == PIXEL  # type: ignore[attr-defined]
    assert answer["Content-Type"] == "image/png"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert insider.get(f"/files/{false.pk}/preview/").status_code == 404
    assert signed_in(room.outsider).get(f"/files/{picture.pk}/preview/").status_code == 404


def test_files_are_attached_and_removed(room: Room) -> None:
    client = signed_in(room.owner)
    assert "No files yet" in client.get(url(room, "files")).content.decode()
    assert client.post(url(room, "files")).status_code == 422
    page = client.post(
        url(room, "files"), {"file": [SimpleUploadedFile("a.txt", b"a"), SimpleUploadedFile("b.txt", b"b")]}
    )
    assert "a.txt" in page.content.decode()
    assert "b.txt" in page.content.decode()
    attachment = Attachment.objects.get(name="a.txt")
    assert signed_in(room.insider).post(f"/files/{attachment.pk}/remove/").status_code == 403
    assert "a.txt" not in client.post(f"/files/{attachment.pk}/remove/").content.decode()
    assert client.get(f"/files/{attachment.pk}/download/").status_code == 404


def test_activity_in_chinese(room: Room) -> None:
    add_comment(room.owner, subject_type="agenda.absence", subject_id=room.record.pk, body="货到了")
    room.insider.language = "zh-hans"
    room.insider.save()
    page = signed_in(room.insider).get(url(room)).content.decode()
    assert "货到了" in page
    assert "Activity" not in page
