"""Names and types of files that people bring: what is safe to keep and what their first bytes say."""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath

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
