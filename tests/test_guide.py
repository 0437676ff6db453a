"""The guide is whole in both languages, opens inside the product, and its pictures stay small."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client

from tradewind.nouns.org.models import Person, User
from tradewind.ui import guide
from tradewind.ui.pages.registry import pages

LANGUAGES = ("en", "zh-hans")
MOST_OF_ONE, MOST_OF_ALL = 200_000, 8_000_000


def text(language: str, name: str) -> str:
    return (guide.FOLDER / language / f"{name}.md").read_text("utf-8")


def shape(page: str) -> list[str]:
    """What a page is made of, whatever its language: headings, pictures, tables and commands."""
    return re.findall(r"^(?:#+|!\[|\| ?-|```)", page, re.MULTILINE)


def reader(language: str) -> Client:
    person = Person.objects.create(name="Lin Mei", language=language)
    client = Client()
    client.force_login(User.objects.create(email=f"{language}@example.com", person=person))
    return client


@pytest.mark.parametrize("name", guide.NAMES)
def test_page_says_the_same_in_both_languages(name: str) -> None:
    english, chinese = (text(language, name) for language in LANGUAGES)
    assert shape(english) == shape(chinese)
    assert re.findall(r"`(?:tradewind|[A-Z_]+)[^`]*`", english) == re.findall(r"`(?:tradewind|[A-Z_]+)[^`]*`", chinese)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", guide.NAMES)
def test_pictures_and_links_of_a_page_lead_somewhere(name: str, language: str) -> None:
    targets = re.findall(r"\]\(([^)]+)\)", text(language, name))
    assert any(target.endswith(".png") for target in targets)
    assert [target for target in targets if not (guide.FOLDER / language / target).is_file()] == []


def test_pictures_are_small_and_none_is_left_over() -> None:
    pictures = sorted(guide.FOLDER.glob("*/pictures/*.png"))
    used = {
        guide.FOLDER / language / target
        for language in LANGUAGES
        for name in guide.NAMES
        for target in re.findall(r"\]\(([^)]+\.png)\)", text(language, name))
    }
    assert set(pictures) == used
    assert max(file.stat().st_size for file in pictures) <= MOST_OF_ONE
    assert sum(file.stat().st_size for file in pictures) <= MOST_OF_ALL


def test_every_page_that_offers_the_guide_names_one_that_exists() -> None:
    offered = {page.guide for page in pages() if page.guide}
    assert {"import", "pulse", "map", "roles", "backup"} <= offered <= set(guide.NAMES)


@pytest.mark.django_db
def test_guide_opens_in_the_readers_language_with_its_pictures() -> None:
    for language, title in (("en", "Bring orders in"), ("zh-hans", "导入订单")):
        client = reader(language)
        shown = client.get("/guide/import/").content.decode()
        assert f"<title>{title}" in shown
        source = re.search(r'<img src="([^"]+)"', shown)
        assert source
        picture = client.get(source[1])
        assert picture["Content-Type"] == "image/png"
        assert b"".join(picture.streaming_content).startswith(b"\x89PNG")  # type: ignore[attr-defined]
        assert 'href="/guide/pulse/"' in shown


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/guide/nothing/", "/guide/pictures/en/nothing.png", "/guide/pictures/xx/..png"])
def test_what_the_guide_does_not_hold_is_not_found(address: str) -> None:
    assert reader("en").get(address).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/guide/", "/guide/import/", "/guide/pictures/en/import.png"])
def test_guide_is_for_people_who_are_signed_in(address: str) -> None:
    answer = Client().get(address)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/login/")


def test_guide_page_escapes_markup_of_its_own_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "import.md").write_text("# A\n\n<script>x</script>\n", "utf-8")
    monkeypatch.setattr(guide, "FOLDER", tmp_path)
    assert "<script>" not in guide.guide("import", "en").html
