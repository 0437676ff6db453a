"""Comments and files: who may, who is told, and that nothing is lost or leaked."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tradewind.base.errors import NotAllowed, NotFound, Refused
from tradewind.base.home import home
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.actions.models import Event
from tradewind.engines.actions.run import run
from tradewind.engines.agenda.factories import make_person
from tradewind.engines.agenda.models import Absence
from tradewind.engines.discuss import actions
from tradewind.engines.discuss.actions import records
from tradewind.engines.discuss.models import Comment, Wording
from tradewind.engines.inbox.models import Notice
from tradewind.nouns.files.models import Attachment
from tradewind.nouns.org.models import Entity, Person

pytestmark = pytest.mark.django_db


class Room:
    """An absence in one entity: the record all comment on. `insider` may read it, `outsider` may not."""

    def __init__(self) -> None:
        self.here = Entity.objects.create(code="here", currency="EUR")
        self.there = Entity.objects.create(code="there", currency="EUR")
        self.owner = make_person(name="Olga Owner", entity=self.here)
        self.insider = self.reader("Ines Inside", self.here)
        self.outsider = self.reader("Otto Outside", self.there)
        self.record = Absence.objects.create(person=self.owner, start=date(2026, 12, 1), end=date(2026, 12, 2))

    def reader(self, name: str, entity: Entity, *more: str) -> Person:
        person = make_person(name=name, entity=entity)
        role = Role.objects.create(code=f"r{person.pk}", codes=["agenda.view_absence", *more])
        Grant.objects.create(person=person, role=role, entity=entity)
        return person

    def say(self, by: Person, body: str) -> Comment:
        return actions.add_comment(by, subject_type="agenda.absence", subject_id=self.record.pk, body=body)

    def bring(self, by: Person, name: str, content: bytes) -> Attachment:
        return actions.attach(by, "agenda.absence", self.record.pk, SimpleUploadedFile(name, content))


@pytest.fixture
def room() -> Room:
    return Room()


def told(person: Person) -> list[str]:
    return list(Notice.objects.filter(person=person).values_list("kind", flat=True))


def test_comment_tells_only_those_who_may_see(room: Room) -> None:
    room.say(room.owner, "@Ines Inside and @Otto Outside, please look")
    assert told(room.insider) == ["discuss.mentioned"]
    assert told(room.outsider) == []
    assert list(Comment.objects.get().mentioned.all()) == [room.insider]


def test_comment_tells_who_took_part_once_while_unread(room: Room) -> None:
    room.say(room.owner, "one")
    room.say(room.insider, "two")
    room.say(room.insider, "three")
    assert told(room.owner) == ["discuss.replied"]
    assert Notice.objects.get(person=room.owner).count == 2
    assert told(room.insider) == []


def test_comment_where_one_may_not_read(room: Room) -> None:
    with pytest.raises(NotFound):
        room.say(room.outsider, "hello")
    with pytest.raises(NotFound):
        actions.add_comment(room.owner, subject_type="no.such", subject_id=1, body="x")
    assert not Comment.objects.exists()


@pytest.mark.parametrize("body", ["", "  \n ", "x" * 20_001])
def test_comment_without_words_or_with_too_many(room: Room, body: str) -> None:
    with pytest.raises(Refused):
        room.say(room.owner, body)
    assert not Comment.objects.exists()


def test_edit_keeps_the_earlier_wording_and_tells_new_ones_only(room: Room) -> None:
    comment = room.say(room.owner, "@Ines Inside first")
    second = room.reader("Sam Second", room.here)
    actions.edit_comment(room.owner, comment, body="@Ines Inside @Sam Second second")
    assert Wording.objects.get().body == "@Ines Inside first"
    assert told(room.insider) == ["discuss.mentioned"]
    assert told(second) == ["discuss.mentioned"]
    with pytest.raises(NotAllowed):
        actions.edit_comment(room.insider, comment, body="mine")
    comment.refresh_from_db()
    assert "second" in comment.body


def test_events_never_hold_the_words(room: Room) -> None:
    comment = room.say(room.owner, "a private word")
    actions.edit_comment(room.owner, comment, body="another private word")
    assert "private word" not in str(list(Event.objects.values()))


def test_remove_by_author_and_moderator_only(room: Room) -> None:
    comment = room.say(room.owner, "x")
    with pytest.raises(NotAllowed):
        actions.remove_comment(room.insider, comment)
    stranger = room.reader("Mo Elsewhere", room.there, "discuss.moderate")
    with pytest.raises(NotFound):
        actions.remove_comment(stranger, comment)
    comment.refresh_from_db()
    assert comment.removed_at is None
    moderator = room.reader("Mo Here", room.here, "discuss.moderate")
    actions.remove_comment(moderator, comment)
    comment.refresh_from_db()
    assert comment.removed_by == moderator
    with pytest.raises(Refused):
        actions.edit_comment(room.owner, comment, body="back")


def test_file_is_kept_once_under_its_hash(room: Room) -> None:
    first = room.bring(room.owner, "../a.csv", b"a,b\n1,2\n")
    second = room.bring(room.insider, "b.csv", b"a,b\n1,2\n")
    assert (first.name, first.content_type, first.size) == ("a.csv", "text/csv", 8)
    assert first.entity == room.here
    assert first.sha256 == second.sha256
    stored = home() / "files" / first.sha256[:2] / first.sha256
    assert stored.read_bytes() == b"a,b\n1,2\n"
    assert stored.stat().st_mode & 0o077 == 0


def kept_files() -> set[str]:
    return {path.name for path in (home() / "files").rglob("*")}


def test_file_where_one_may_not_read_leaves_nothing(room: Room) -> None:
    before = kept_files()
    with pytest.raises(NotFound):
        room.bring(room.outsider, "a.csv", b"unique content of an outsider")
    assert not Attachment.objects.exists()
    assert kept_files() == before


def test_file_too_large_leaves_nothing(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "MOST_BYTES", 10)
    with pytest.raises(Refused):
        room.bring(room.owner, "a.csv", b"x" * 11)
    assert not Attachment.objects.exists()
    assert not list((home() / "files").glob(".*.part"))


def test_file_empty(room: Room) -> None:
    with pytest.raises(Refused):
        room.bring(room.owner, "a.csv", b"")
    assert not Attachment.objects.exists()


def test_naming_a_hash_does_not_give_the_file(room: Room) -> None:
    secret = room.bring(room.owner, "a.csv", b"secret")
    mine = Absence.objects.create(person=room.outsider, start=date(2026, 12, 1), end=date(2026, 12, 2))
    data = {
        "subject_type": "agenda.absence",
        "subject_id": mine.pk,
        "brought": {"name": "x", "kept": {"sha256": secret.sha256, "size": 6, "head": ""}},
    }
    with pytest.raises(Refused):
        run("discuss.attach_file", by=room.outsider, data=data)
    assert Attachment.objects.count() == 1


def test_remove_file_by_who_brought_it(room: Room) -> None:
    attachment = room.bring(room.owner, "a.csv", b"x")
    with pytest.raises(NotAllowed):
        actions.remove_file(room.insider, attachment)
    assert Attachment.objects.get().removed_at is None
    actions.remove_file(room.owner, attachment)
    assert Attachment.objects.get().removed_at is not None
