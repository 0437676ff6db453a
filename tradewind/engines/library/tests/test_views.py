"""Pages of the library: what is shown to whom, a document's life through the browser's forms, conflicts of two editors."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tradewind.engines.access.models import Grant, Role
from tradewind.engines.access.registry import DEFAULT_ROLES
from tradewind.engines.library import actions, queries
from tradewind.engines.library.factories import published, rewritten, space
from tradewind.engines.library.models import Document, DocumentText, Reading, SearchDay, SearchMiss, Version
from tradewind.nouns.files.models import Attachment
from tradewind.nouns.files.queries import keep
from tradewind.nouns.org.models import Market, Person, User

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


def signed_in(role: str, market: Market | None = None, language: str = "en") -> tuple[Client, Person]:
    person = Person.objects.create(
        name=f"{role} {Person.objects.count()}", zone="UTC", language=language, market=market
    )
    row, _made = Role.objects.get_or_create(code=role, defaults={"codes": sorted(DEFAULT_ROLES[role])})
    Grant.objects.create(person=person, role=row, market=market)
    client = Client()
    client.force_login(User.objects.create_user(f"p{person.pk}@example.com", None, person=person))
    return client, person


def body(client: Client, name: str, *args: int, **query: str) -> str:
    answer = client.get(reverse(f"library:{name}", args=args), query)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_member_writes_previews_and_publishes_a_page() -> None:
    client, _me = signed_in("team_lead")
    answer = client.post(
        reverse("library:document-new"),
        {"space": space().pk, "kind": "structure.page", "title": "Returns", "language": "en"},
    )
    text = DocumentText.objects.get()
    assert answer.headers["Location"] == reverse("library:text-edit", args=[text.pk])
    assert body(client, "text-edit", text.pk)
    preview = client.post(
        reverse("library:text-preview", args=[text.pk]), {"body": "# Hi\n\n- [x] done\n\n<script>alert(1)</script>"}
    )
    drawn = preview.content.decode()
    assert "☑ done" in drawn and "<script>" not in drawn
    saved = client.post(
        reverse("library:text-edit", args=[text.pk]),
        {"title": "Returns", "body": "Send it back.", "version": "1", "publish": "on"},
    )
    assert saved.status_code == 302
    assert "Send it back." in body(client, "document-detail", text.document_id)
    assert Reading.objects.get().count == 1


def test_second_editor_sees_both_wordings_and_chooses() -> None:
    client, _me = signed_in("member")
    document = published(body="one")
    text = document.texts.get()
    rewritten(document, "theirs", publish=False)
    form = {"title": "Customs basics", "body": "mine", "version": "1"}
    answer = client.post(reverse("library:text-edit", args=[text.pk]), form)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "mine" in page and "theirs" in page and 'value="2"' in page
    assert client.post(reverse("library:text-edit", args=[text.pk]), {**form, "version": "2"}).status_code == 302
    newest = queries.newest_version(text)
    assert newest is not None and newest.body == "mine"


def test_form_without_its_version_overwrites_nothing() -> None:
    client, _me = signed_in("member")
    text = published(body="one").texts.get()
    assert client.post(reverse("library:text-edit", args=[text.pk]), {"title": "x", "body": "mine"}).status_code == 409
    assert Version.objects.count() == 1


def test_draft_is_read_by_writers_alone() -> None:
    auditor, _me = signed_in("auditor")
    writer, _other = signed_in("member")
    document = actions.create_document.system(space=space(), kind="structure.page", title="Secret plan", body="x")
    assert auditor.get(reverse("library:document-detail", args=[document.pk])).status_code == 404
    assert "Secret plan" not in body(auditor, "document-list")
    assert auditor.get(reverse("discuss:activity", args=["library.document", document.pk])).status_code == 404
    assert "Secret plan" in body(writer, "document-list")


def test_draft_of_a_published_page_is_not_shown_to_readers() -> None:
    auditor, _me = signed_in("auditor")
    document = published(body="Old words.")
    rewritten(document, "Unpublished words.", title="New title", publish=False)
    page = body(auditor, "document-detail", document.pk, version="2")
    assert "Old words." in page and "Unpublished" not in page and "New title" not in page


def test_unpublished_translation_is_not_what_its_readers_get() -> None:
    client, _me = signed_in("auditor", language="zh-hans")
    document = rewritten(
        published("Customs basics", "English words."), "草稿内容", language="zh-hans", title="草稿标题", publish=False
    )
    page = body(client, "document-detail", document.pk)
    assert "English words." in page and "草稿" not in page
    assert "草稿" not in body(client, "document-list") + body(
        client, "document-detail", document.pk, language="zh-hans"
    )


def test_editor_is_shut_to_who_may_not_write_this_kind() -> None:
    member, _me = signed_in("member")
    vision = rewritten(published("Vision", kind="structure.vision"), "Secret draft", publish=False)
    url = reverse("library:text-edit", args=[vision.texts.get().pk])
    assert member.get(url).status_code == 403
    assert member.post(url, {"title": "x", "body": "x", "version": "2"}).status_code == 403
    assert "Secret draft" not in body(member, "document-detail", vision.pk, version="2")


def test_space_of_a_market_is_read_there_alone() -> None:
    germany = Market.objects.create(code="de", name={"en": "Germany"}, currency="EUR")
    japan = Market.objects.create(code="jp", name={"en": "Japan"}, currency="JPY")
    german, _me = signed_in("country_manager", germany)
    japanese, _other = signed_in("country_manager", japan)
    document = published("German customs", space=space("de", market=germany))
    everywhere = published("For everybody", space=space("all"))
    assert german.get(reverse("library:document-detail", args=[document.pk])).status_code == 200
    assert japanese.get(reverse("library:document-detail", args=[document.pk])).status_code == 404
    assert "German customs" not in body(japanese, "home") + body(japanese, "document-list")
    assert "library-hits" not in body(japanese, "search", q="German customs")
    assert japanese.get(reverse("library:document-detail", args=[everywhere.pk])).status_code == 200
    assert japanese.get(reverse("library:space-detail", args=[document.space_id])).status_code == 404


def test_reader_gets_their_language_and_is_told_when_it_is_stale() -> None:
    client, _me = signed_in("auditor", language="zh-hans")
    document = rewritten(
        published("Customs basics", "English words."), "中文内容", language="zh-hans", title="清关基础"
    )
    assert "中文内容" in body(client, "document-detail", document.pk)
    rewritten(document, "New English words.")
    page = body(client, "document-detail", document.pk)
    assert "中文内容" in page and 'lang="zh-hans"' in page
    assert "New English words." in body(client, "document-detail", document.pk, language="en")


def test_translator_sees_the_source_and_what_changed_in_it() -> None:
    client, _me = signed_in("member")
    document = rewritten(published("Customs", "Pay ten euros."), "付十欧元。", language="zh-hans")
    rewritten(document, "Pay twelve euros.")
    page = body(client, "text-edit", document.texts.get(language="zh-hans").pk)
    assert "Pay twelve euros." in page
    assert "<del>ten</del>" in page and "<ins>twelve</ins>" in page


def test_versions_are_compared_word_by_word() -> None:
    client, _me = signed_in("auditor")
    document = rewritten(published(body="Pay ten euros."), "Pay twelve euros.")
    page = body(client, "text-compare", document.texts.get().pk, a="1", b="2")
    assert "<del>ten</del>" in page and "<ins>twelve</ins>" in page


@pytest.mark.parametrize("words", ["清关", "import duty", "Import  DUTY", "关税"])
def test_search_finds_two_signs_of_chinese_and_an_english_phrase(
    words: str, django_capture_on_commit_callbacks: object
) -> None:
    client, _me = signed_in("auditor")
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        rewritten(
            published("Customs", "How import duty is paid."),
            "货物清关时缴纳进口关税。",
            language="zh-hans",
            title="海关",
        )
        published("Other", "Nothing of that.")
    page = body(client, "search", q=words)
    assert "library-hits" in page and page.count('<li class="card">') == 1
    assert SearchDay.objects.get().found == 1 and not SearchMiss.objects.exists()


def test_search_in_vain_is_kept_and_answered_once_and_for_all(django_capture_on_commit_callbacks: object) -> None:
    client, _me = signed_in("general_manager")
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        document = published("Customs", "How import duty is paid.")
        body(client, "search", q="报关费")
        body(client, "search", q="报关费 ")
        miss = SearchMiss.objects.get()
        assert miss.count == 2
        assert "报关费" in body(client, "home")
        client.post(reverse("library:miss-answer", args=[miss.pk]), {"document": document.pk})
    assert "library-hits" in body(client, "search", q="报关费")
    assert SearchMiss.objects.get().answer == document
    assert (SearchDay.objects.get().asked, SearchDay.objects.get().found) == (3, 1)


def attach(document: Document, name: str, data: bytes = PNG, kind: str = "image/png") -> Attachment:
    kept = keep([data])
    return Attachment.objects.create(subject_type="library.document", subject_id=document.pk, name=name, content_type=kind,
                                     size=kept.size, sha256=kept.sha256)  # fmt: skip


def test_attached_picture_is_shown_and_one_from_elsewhere_is_not(home: object) -> None:
    client, _me = signed_in("auditor")
    document = published(body="![Map](file:map.png) ![Spy](https://evil.example/x.png)")
    picture = attach(document, "map.png")
    page = body(client, "document-detail", document.pk)
    address = reverse("library:document-picture", args=[document.pk, picture.pk])
    assert address in page and "evil.example" not in page
    answer = client.get(address)
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "image/png"
    other = attach(document, "page.html", b"<script>", "text/plain")
    assert client.get(reverse("library:document-picture", args=[document.pk, other.pk])).status_code == 404


def test_link_to_a_document_one_may_not_read_is_words_alone() -> None:
    client, _me = signed_in("auditor")
    hidden = actions.create_document.system(space=space(), kind="structure.page", title="Hidden", body="x")
    open_one = published("Open")
    page = body(client, "document-detail", published("Source", f"[a](doc:{hidden.pk}) [b](doc:{open_one.pk})").pk)
    assert reverse("library:document-detail", args=[open_one.pk]) in page
    assert f'href="{reverse("library:document-detail", args=[hidden.pk])}"' not in page
    assert "Source" in body(client, "document-detail", open_one.pk)


def folder() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(
            "guide/index.md", "# Guide\n\nSee [customs](customs.md#top) and [the web](https://example.com).\n"
        )
        archive.writestr(
            "guide/customs.md", "---\ntitle: Customs\n---\n\n![Map](../img/map%201.png)\n\n[back](index.md)\n"
        )
        archive.writestr("guide/customs.zh-hans.md", "# 清关\n\n见[指南](index.md)\n")
        archive.writestr("img/map 1.png", PNG)
        archive.writestr("../outside.md", "# Out")
    return out.getvalue()


def test_markdown_folder_comes_in_and_goes_out_with_links_and_pictures(home: object) -> None:
    client, _me = signed_in("general_manager")
    shelf = space()
    url = reverse("library:space-import", args=[shelf.pk])
    answer = client.post(url, {"file": SimpleUploadedFile("x.zip", folder()), "kind": "structure.page"})
    assert answer.status_code == 302
    titles = {(text.document.slug, text.language): text.title for text in DocumentText.objects.all()}
    assert titles == {("guide", "en"): "Guide", ("customs", "en"): "Customs", ("customs", "zh-hans"): "清关"}
    customs = Document.objects.get(slug="customs")
    assert customs.parent is not None and customs.parent.slug == "guide"
    words = {row.text.language: row.body for row in Version.objects.filter(text__document=customs)}
    assert words["en"] == f"![Map](file:map%201.png)\n\n[back](doc:{customs.parent_id})"
    assert Attachment.objects.get().name == "map 1.png"
    client.post(url, {"file": SimpleUploadedFile("x.zip", folder()), "kind": "structure.page"})
    assert Version.objects.count() == 3
    out = client.get(reverse("library:space-export", args=[shelf.pk]))
    archive = zipfile.ZipFile(io.BytesIO(out.content))
    assert set(archive.namelist()) == {
        "guide.md",
        "guide/customs.md",
        "guide/customs.zh-hans.md",
        f"pictures/{customs.pk}/map 1.png",
    }
    text = archive.read("guide/customs.md").decode()
    assert f"![Map](../pictures/{customs.pk}/map%201.png)" in text and "[back](../guide.md)" in text
    other = space("copy")
    again = SimpleUploadedFile("x.zip", out.content)
    assert (
        client.post(
            reverse("library:space-import", args=[other.pk]), {"file": again, "kind": "structure.page"}
        ).status_code
        == 302
    )
    copied = Document.objects.get(space=other, slug="customs")
    assert Version.objects.get(text__document=copied, text__language="en").body == words["en"].replace(
        f"doc:{customs.parent_id}", f"doc:{copied.parent_id}"
    )


def test_what_is_no_folder_of_markdown_is_refused() -> None:
    client, _me = signed_in("general_manager")
    url = reverse("library:space-import", args=[space().pk])
    assert (
        client.post(url, {"file": SimpleUploadedFile("x.zip", b"no zip"), "kind": "structure.page"}).status_code == 422
    )
    assert not Document.objects.exists()


@pytest.mark.parametrize(
    "name",
    [
        "home",
        "search",
        "miss-list",
        "space-list",
        "document-list",
        "trashed-list",
        "acknowledgement-list",
        "document-new",
    ],
)
def test_page_opens_in_both_languages(name: str) -> None:
    for language in ("en", "zh-hans"):
        client, _me = signed_in("general_manager", language=language)
        assert body(client, name)


def test_trash_and_restore_through_pages() -> None:
    client, _me = signed_in("member")
    document = published()
    client.post(reverse("library:document-trash", args=[document.pk]))
    assert "Customs basics" not in body(client, "document-list")
    assert "Customs basics" in body(client, "trashed-list")
    assert client.get(reverse("library:document-detail", args=[document.pk])).status_code == 200
    client.post(reverse("library:document-restore", args=[document.pk]))
    assert "Customs basics" in body(client, "document-list")


def test_reader_sees_the_message_of_who_asked() -> None:
    client, person = signed_in("member")
    document = published()
    actions.ask_acknowledgement.system(document, days=3, people=[person], message="Before <Friday>")
    assert "Before &lt;Friday&gt;" in body(client, "document-detail", document.pk)
