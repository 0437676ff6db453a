"""Writing, approving, publishing, moving: what is kept, what is refused, and that a refusal changes nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tradewind.base import clock
from tradewind.base.errors import Conflict, NotAllowed, Refused
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.access.registry import DEFAULT_ROLES
from tradewind.engines.actions.models import Event
from tradewind.engines.inbox.models import Notice, Todo
from tradewind.engines.jobs.queue import run_now
from tradewind.engines.library import actions, queries
from tradewind.engines.library.factories import published, rewritten, space
from tradewind.engines.library.models import Document, DocumentLink, DocumentText, Version
from tradewind.nouns.org.models import Person

pytestmark = pytest.mark.django_db


def person(role: str = "", name: str = "", **scope: Any) -> Person:
    made = Person.objects.create(name=name or f"{role} {Person.objects.count()}", zone="Europe/Berlin", country="DE")
    if role:
        row, _made = Role.objects.get_or_create(code=role, defaults={"codes": sorted(DEFAULT_ROLES[role])})
        Grant.objects.create(person=made, role=row, **scope)
    return made


def states(document: Document, language: str = "en") -> list[tuple[int, str]]:
    return list(
        Version.objects.filter(text__document=document, text__language=language)
        .order_by("number")
        .values_list("number", "state")
    )


def test_every_saved_wording_is_a_version_of_its_own() -> None:
    writer = person("member")
    document = actions.create_document(writer, space=space(), kind="structure.page", title="Start", body="one")
    actions.edit_text(writer, document, language="en", title="Start here", body="two", base=1)
    assert states(document) == [(1, "replaced"), (2, "draft")]
    assert [row.body for row in Version.objects.order_by("number")] == ["one", "two"]
    event = Event.objects.filter(name="library.edit_text").get()
    assert (event.subject_type, event.subject_id, event.counts) == (
        "library.document",
        document.pk,
        {"language": "en", "version": 2},
    )


def test_second_editor_meets_a_conflict_and_nothing_is_lost() -> None:
    document = actions.create_document.system(space=space(), kind="structure.page", title="Start", body="one")
    actions.edit_text.system(document, language="en", title="Start", body="first", base=1)
    with pytest.raises(Conflict):
        actions.edit_text.system(document, language="en", title="Start", body="second", base=1)
    assert [row.body for row in Version.objects.order_by("number")] == ["one", "first"]


def test_two_languages_are_edited_at_once_without_conflict() -> None:
    document = rewritten(published(), "文字", language="zh-hans")
    actions.edit_text.system(document, language="en", title="Customs", body="Other words.", base=1)
    actions.edit_text.system(document, language="zh-hans", title="清关", body="新文字", base=1)
    assert states(document)[-1] == (2, "draft") and states(document, "zh-hans")[-1] == (2, "draft")


def facts(document: Document, but: tuple[str, ...] = ()) -> dict[str, Any]:
    rows = list(DocumentText.objects.filter(document=document).values())
    return {row["language"]: {key: value for key, value in row.items() if key not in but} for row in rows}


def test_new_source_version_marks_translations_stale_and_nothing_else() -> None:
    document = rewritten(published(), "文字", language="zh-hans", title="清关")
    other = rewritten(published("Another"), "别的", language="zh-hans")
    before, untouched, versions = (
        facts(document),
        facts(other),
        list(Version.objects.filter(text__language="zh-hans").order_by("pk").values()),
    )
    document = rewritten(document, "New words.")
    after = facts(document)
    assert after["zh-hans"] == {**before["zh-hans"], "stale_since": 2}
    assert facts(other) == untouched
    assert list(Version.objects.filter(text__language="zh-hans").order_by("pk").values()) == versions
    rewritten(document, "更新", language="zh-hans")
    assert facts(document)["zh-hans"]["stale_since"] is None


def test_small_correction_and_draft_mark_nothing_stale() -> None:
    document = rewritten(published(), "文字", language="zh-hans")
    rewritten(document, "Words!", minor=True)
    rewritten(document, "Draft", publish=False)
    assert facts(document)["zh-hans"]["stale_since"] is None


def test_stale_mark_names_the_first_version_missed() -> None:
    document = rewritten(published(), "文字", language="zh-hans")
    rewritten(document, "Two")
    rewritten(document, "Three")
    assert facts(document)["zh-hans"]["stale_since"] == 2


def vision(author: Person) -> Document:
    return actions.create_document(author, space=space(), kind="structure.vision", title="Vision", body="Far.")


def test_vision_goes_from_draft_over_review_to_published() -> None:
    author, boss = person("people"), person("general_manager")
    document = vision(author)
    actions.submit_text(author, document, language="en", reviewer=boss)
    assert Todo.objects.get(kind="library.approve", state=Todo.OPEN).person == boss
    actions.approve_text(boss, document, language="en")
    assert not Todo.objects.filter(state=Todo.OPEN).exists()
    assert Notice.objects.filter(person=author, kind="library.approved").exists()
    actions.publish_text(boss, document, language="en")
    document.refresh_from_db()
    assert (
        states(document) == [(1, "published")] and document.published_at is not None and document.review_due is not None
    )


def test_nobody_approves_their_own_text() -> None:
    author = person("general_manager")
    document = vision(author)
    with pytest.raises(Refused):
        actions.submit_text(author, document, language="en", reviewer=author)
    actions.submit_text(author, document, language="en", reviewer=person("general_manager"))
    with pytest.raises(NotAllowed):
        actions.approve_text(author, document, language="en")
    assert states(document) == [(1, "review")]


def test_kind_with_approval_is_not_published_unapproved() -> None:
    author = person("general_manager")
    document = vision(author)
    with pytest.raises(Refused):
        actions.publish_text(author, document, language="en")
    with pytest.raises(Refused):
        actions.edit_text(author, document, language="en", title="V", body="x", base=1, publish=True)
    assert states(document) == [(1, "draft")]


def test_writer_without_the_right_of_the_kind_is_refused() -> None:
    with pytest.raises(NotAllowed):
        vision(person("member"))
    assert not Document.objects.exists()


def test_editing_after_approval_needs_a_new_approval() -> None:
    author, boss = person("people"), person("general_manager")
    document = vision(author)
    actions.submit_text(author, document, language="en", reviewer=boss)
    actions.approve_text(boss, document, language="en")
    actions.edit_text(author, document, language="en", title="Vision", body="Farther.", base=1)
    assert states(document) == [(1, "replaced"), (2, "draft")]
    with pytest.raises(Refused):
        actions.publish_text(boss, document, language="en")


def test_returned_text_tells_its_author_why() -> None:
    author, boss = person("people"), person("general_manager")
    document = vision(author)
    actions.submit_text(author, document, language="en", reviewer=boss)
    with pytest.raises(Refused):
        actions.return_text(boss, document, language="en", note=" ")
    actions.return_text(boss, document, language="en", note="Shorter, please.")
    assert states(document) == [(1, "draft")]
    assert Notice.objects.get(person=author, kind="library.returned").data["note"] == "Shorter, please."


def test_version_with_a_later_day_waits_for_it(time_machine_at: Any) -> None:
    document = published()
    actions.edit_text.system(document, language="en", title="Customs", body="Later.", base=1)
    day = clock.today("UTC") + timedelta(days=3)
    actions.publish_text.system(document, language="en", effective_on=day)
    run_now("library.publish_scheduled")
    assert states(document) == [(1, "published"), (2, "scheduled")]
    with time_machine_at(clock.now() + timedelta(days=4)):
        run_now("library.publish_scheduled")
    assert states(document) == [(1, "replaced"), (2, "published")]


def test_backlinks_follow_what_is_published() -> None:
    target = published("Target")
    source = published("Source", f"See [it](doc:{target.pk}) and [this](/library/documents/{target.pk}/).")
    assert [(row.source_id, row.target_id) for row in DocumentLink.objects.all()] == [(source.pk, target.pk)]
    rewritten(source, "Nothing.")
    assert not DocumentLink.objects.exists()


def test_page_is_moved_with_what_lies_under_it_but_not_under_itself() -> None:
    top = published("Top")
    child = published("Child", parent=top)
    with pytest.raises(Refused):
        actions.move_document.system(top, space=top.space, parent=child)
    other = space("other")
    actions.move_document.system(top, space=other)
    child.refresh_from_db()
    assert (child.space, child.parent) == (other, top)


def test_page_comes_back_from_the_trash() -> None:
    member = person("member")
    document = published()
    actions.trash_document(member, document)
    assert document not in queries.documents(member)
    with pytest.raises(Refused):
        actions.edit_text.system(document, language="en", title="x", body="x", base=1)
    actions.restore_document(member, document)
    assert document in queries.documents(member)


def test_only_named_people_who_may_read_are_told() -> None:
    reader, stranger = person("member", "Ana López"), person("", "王小明")
    actions.create_document.system(space=space(), kind="structure.page", title="T", body="@Ana López and @王小明")
    assert [notice.person for notice in Notice.objects.filter(kind="library.mentioned")] == [reader]
    assert stranger.notices.count() == 0


def test_review_is_asked_of_the_owner_once(time_machine_at: Any) -> None:
    owner = person("member")
    document = published(owner=owner)
    run_now("library.ask_reviews")
    assert not Todo.objects.exists()
    with time_machine_at(clock.now() + timedelta(days=367)):
        run_now("library.ask_reviews")
        run_now("library.ask_reviews")
        assert Todo.objects.get(kind="library.review_due").person == owner
        actions.confirm_review(owner, document)
        assert Todo.objects.get(kind="library.review_due").state == Todo.DONE
