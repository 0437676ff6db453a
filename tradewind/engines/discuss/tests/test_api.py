"""Comments and files over REST, with the rights of the record."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tradewind.engines.agenda.tests.test_views import signed_in
from tradewind.engines.discuss.models import Comment
from tradewind.engines.discuss.tests.test_actions import Room

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/discuss"


def test_comments_are_written_changed_and_removed() -> None:
    room = Room()
    client, outsider = signed_in(room.insider), signed_in(room.outsider)
    body = {"subject_type": "agenda.absence", "subject_id": room.record.pk, "body": "@Olga Owner see"}
    made = client.post(f"{ROOT}/comments", body, content_type="application/json")
    assert made.status_code == 201
    assert made.json()["mentioned"] == [room.owner.pk]
    assert outsider.post(f"{ROOT}/comments", body, content_type="application/json").status_code == 404
    url = f"{ROOT}/comments/{made.json()['id']}"
    assert outsider.patch(url, {"body": "x"}, content_type="application/json").status_code == 404
    assert client.patch(url, {"body": "changed"}, content_type="application/json").json()["body"] == "changed"
    rows = client.get(f"{ROOT}/comments?subject_type=agenda.absence&subject_id={room.record.pk}").json()["rows"]
    assert [row["body"] for row in rows] == ["changed"]
    assert client.delete(url).json()["body"] == ""
    assert Comment.objects.get().removed_at is not None


def test_files_are_attached_taken_and_removed() -> None:
    room = Room()
    client, outsider = signed_in(room.insider), signed_in(room.outsider)
    where = f"subject_type=agenda.absence&subject_id={room.record.pk}"
    made = client.post(f"{ROOT}/files?{where}", {"file": SimpleUploadedFile("a.csv", b"a,b\n")})
    assert made.status_code == 201
    assert outsider.post(f"{ROOT}/files?{where}", {"file": SimpleUploadedFile("a.csv", b"a,b\n")}).status_code == 404
    url = f"{ROOT}/files/{made.json()['id']}"
    answer = client.get(f"{url}/content")
    assert b"".join(answer.streaming_content) == b"a,b\n"  # type: ignore[attr-defined]
    assert outsider.get(f"{url}/content").status_code == 404
    assert outsider.delete(url).status_code == 404
    assert client.delete(url).status_code == 200
    assert client.get(f"{ROOT}/files?{where}").json()["rows"] == []
