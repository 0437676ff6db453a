"""The translation tool: what it finds, keeps and refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from config import messages


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project with its own catalogue."""
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    monkeypatch.setattr(messages, "CATALOGUE", tmp_path / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po")
    pages = tmp_path / "tradewind" / "ui" / "templates" / "ui"
    pages.mkdir(parents=True)
    (tmp_path / "config").mkdir()
    (pages / "page.html").write_text(
        "{% load i18n %}<c-card title=\"{% translate 'Orders' %}\" :label=\"_('Refunds')\">"
        "{% blocktranslate count n=n %}%{{ n }} row{% plural %}{{ n }} rows{% endblocktranslate %}</c-card>"
    )
    (tmp_path / "tradewind" / "code.py").write_text(
        '@action(bulk=True)\ndef close(by):\n    """Close a shop.\n\n    More."""\n\n'
        'A = _("Shop %(name)s")\nB = pgettext("verb", "Order")\nC = ngettext("%(n)s day", "%(n)s days", n)\nD = _(name)\nE = _()\n'
    )
    return tmp_path


def write(project: Path, filled: dict[str, object]) -> Path:
    path = project / "fill.json"
    path.write_text(json.dumps(filled, ensure_ascii=False), "utf-8")
    return path


def test_extract_finds_templates_components_code_and_action_labels(project: Path) -> None:
    assert set(messages.missing(messages.merged())) == {
        "Orders", "Refunds", "%%%(n)s row", "Close a shop", "Shop %(name)s", "verb\x04Order", "%(n)s day",
    }  # fmt: skip


def test_fill_translates_and_compiles(project: Path) -> None:
    fill = write(project, {"Orders": "订单", "verb\x04Order": "下单", "%(n)s day": ["%(n)s 天"]})
    assert messages.main(["--fill", str(fill)]) == 0
    left = messages.missing(messages.merged())
    assert "Orders" not in left and "verb\x04Order" not in left and "%(n)s day" not in left
    assert "Refunds" in left
    assert "订单".encode() in messages.CATALOGUE.with_suffix(".mo").read_bytes()


def test_fill_twice_writes_the_same_bytes(project: Path) -> None:
    fill = write(project, {"Orders": "订单"})
    messages.main(["--fill", str(fill)])
    first = messages.CATALOGUE.read_bytes()
    messages.main([])
    assert messages.CATALOGUE.read_bytes() == first


def test_translation_of_a_string_that_comes_back_is_kept(project: Path) -> None:
    messages.main(["--fill", str(write(project, {"Shop %(name)s": "店铺 %(name)s"}))])
    code = project / "tradewind" / "code.py"
    source = code.read_text()
    code.write_text("")
    messages.main([])
    code.write_text(source)
    messages.main([])
    assert "Shop %(name)s" not in messages.missing(messages.merged())


def test_missing_with_a_prefix_lists_only_its_files(project: Path) -> None:
    assert "Orders" not in messages.missing(messages.merged(), "tradewind/code")
    assert "Orders" in messages.missing(messages.merged(), "tradewind/ui")


@pytest.mark.parametrize(("text", "wrong"), [("店铺", True), ("店铺 %(nom)s", True), ("%(name)s 店铺", False)])
def test_faults_name_a_translation_with_other_placeholders(project: Path, text: str, wrong: bool) -> None:
    messages.main(["--fill", str(write(project, {"Shop %(name)s": text}))])
    assert bool(messages.faults(messages.merged())) is wrong
