"""Pure parts of discussing: who is mentioned in a text, Markdown made safe, names and types of files."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from pathlib import PurePosixPath

import nh3
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml

MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])
TAGS = {
    "p", "br", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a", "hr", "h1", "h2", "h3", "h4",
    "table", "thead", "tbody", "tr", "th", "td", "mark",
}  # fmt: skip
# The first bytes of files whose type can be told from them; a type the browser could run is never among them.
MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"\x1f\x8b", "application/gzip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
)
OFFICE = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
TEXTS = {".csv": "text/csv", ".tsv": "text/tab-separated-values", ".md": "text/markdown", ".json": "application/json"}
MOST_NAME = 200


def mentions(text: str, people: Iterable[tuple[int, str]]) -> set[int]:
    """The ids of the people whose name stands behind an `@`; the longest name counts, namesakes all.

    `people` are (id, name) pairs; a person may come with several names.
    """
    names: dict[str, set[int]] = {}
    for pk, name in people:
        if name.strip():
            names.setdefault(folded(name), set()).add(pk)
    found: set[int] = set()
    plain = folded(text)
    for at in re.finditer("[@＠]", plain):
        rest = plain[at.end() :]
        fitting = [name for name in names if rest.startswith(name) and ends(rest, name)]
        if fitting:
            found |= names[max(fitting, key=len)]
    return found


def folded(text: str) -> str:
    """A text for comparison, whatever its case and form."""
    return unicodedata.normalize("NFC", text).casefold()


def ends(rest: str, name: str) -> bool:
    """Whether a name ends here; letters of a script without spaces may follow a name in that script."""
    after = rest[len(name) :][:1]
    return not after.isalnum() or ord(name[-1]) > 0x2E7F


def html_of(text: str, names: Iterable[str] = ()) -> str:
    """Markdown as HTML that can do no harm: no images, no markup of the author's own, links that tell nobody whence.

    Each `@name` of `names` is marked.
    """
    drawn = MARKDOWN.render(text)
    for name in sorted({name for name in names if name}, key=len, reverse=True):
        drawn = re.sub(rf"(?<!\w)[@＠]{re.escape(escapeHtml(name))}", lambda hit: f"<mark>{hit.group(0)}</mark>", drawn)
    return nh3.clean(drawn, tags=TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto"},
                     link_rel="noopener noreferrer nofollow")  # fmt: skip


def safe_name(name: str) -> str:
    """A file's name without path, control and direction characters, short enough to keep; `file` when nothing is left."""
    last = PurePosixPath(name.replace("\\", "/")).name
    plain = "".join(sign for sign in unicodedata.normalize("NFC", last) if unicodedata.category(sign)[0] != "C").strip(
        " ."
    )
    if len(plain) > MOST_NAME:
        suffix = PurePosixPath(plain).suffix[:20]
        plain = plain[: MOST_NAME - len(suffix)] + suffix
    return plain or "file"


def type_of(name: str, head: bytes) -> str:
    """The type of a file by its first bytes (and, inside a ZIP or a text, its ending); never what the sender claims."""
    suffix = PurePosixPath(name).suffix.lower()
    for start, found in MAGIC:
        if head.startswith(start):
            return found
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith(b"PK\x03\x04"):
        return OFFICE.get(suffix, "application/zip")
    return TEXTS.get(suffix, "text/plain") if is_text(head) else "application/octet-stream"


def is_text(head: bytes) -> bool:
    """Whether the bytes read as text in UTF-8 (cut anywhere)."""
    if b"\x00" in head:
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start >= len(head) - 3 and len(head) > 3
    return True
