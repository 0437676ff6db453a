"""Mentions, Markdown and files, as pure rules."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewind.engines.discuss.rules import html_of, mentions, safe_name, type_of

PEOPLE = [(1, "Mia"), (2, "Mia Chen"), (3, "王伟"), (4, "José"), (5, "Mia")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@Mia look", {1, 5}),
        ("@Mia Chen, look", {2}),
        ("@mia chen look", {2}),
        ("@Miami is a town", set()),
        ("mail mia@example.com", set()),
        ("请@王伟看一下", {3}),
        ("@王伟看一下", {3}),
        ("＠王伟 和 @José!", {3, 4}),
        ("no one", set()),
        ("@", set()),
    ],
)
def test_mentions(text: str, found: set[int]) -> None:
    assert mentions(text, PEOPLE) == found


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "![x](https://evil.example/pixel.png)",
        "<img src=x onerror=alert(1)>",
        "[x](data:text/html,<script>1</script>)",
        '<a href="x" onclick="y">z</a>',
        "<style>*{}</style>",
    ],
)
def test_html_of_harmful_text(text: str) -> None:
    drawn = html_of(text)
    for bad in ("<script", "<img", "<style", 'href="javascript', 'href="data', '<a href="x" onclick'):
        assert bad not in drawn


def test_html_of_markdown() -> None:
    drawn = html_of("**bold** @Mia Chen\n\n- [a](https://example.com)\n\n|a|b|\n|-|-|\n|1|2|", ["Mia Chen"])
    assert "<strong>bold</strong>" in drawn
    assert "<mark>@Mia Chen</mark>" in drawn
    assert 'rel="noopener noreferrer nofollow"' in drawn
    assert "<td>1</td>" in drawn


@given(st.text())
def test_html_of_any_text_has_no_script(text: str) -> None:
    assert "<script" not in html_of(text, [text[:5]]).lower()


@given(st.text())
def test_safe_name_is_a_plain_name(name: str) -> None:
    kept = safe_name(name)
    assert kept
    assert len(kept) <= 200
    assert not set(kept) & set("/\\\x00\n\r\u202e")
    assert kept not in (".", "..")


def test_safe_name_keeps_the_ending() -> None:
    assert safe_name("../../etc/passwd") == "passwd"
    assert safe_name("C:\\Users\\x\\报表.xlsx") == "报表.xlsx"
    assert safe_name("a" * 300 + ".pdf").endswith(".pdf")
    assert safe_name("invoice\u202efdp.exe") == "invoicefdp.exe"


@pytest.mark.parametrize(
    ("name", "head", "kind"),
    [
        ("a.txt", b"\x89PNG\r\n\x1a\n...", "image/png"),
        ("page.png", b"<html><script>", "text/plain"),
        ("a.html", b"<html>", "text/plain"),
        ("a.svg", b"<svg onload=x>", "text/plain"),
        ("a.csv", "a,b\n货,1".encode(), "text/csv"),
        ("a.csv", b"MZ\x00\x01", "application/octet-stream"),
        ("a.xlsx", b"PK\x03\x04", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("a.zip", b"PK\x03\x04", "application/zip"),
        ("a.txt", ("货" * 1366).encode()[:4096], "text/plain"),
        ("a.webp", b"RIFF\x00\x00\x00\x00WEBP", "image/webp"),
    ],
)
def test_type_of(name: str, head: bytes, kind: str) -> None:
    assert type_of(name, head) == kind
