"""The bytes behind attachments: kept once under their hash in the data folder, found again by it."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from tradewind.base.errors import NotFound, Refused
from tradewind.base.home import home, private_folder
from tradewind.nouns.files.models import Attachment


@dataclass(frozen=True)
class Kept:
    """Bytes that lie in the data folder: their SHA-256 in hex, their length, their first 4 KiB for a look at the type."""

    sha256: str
    size: int
    head: bytes


def keep(chunks: Iterable[bytes], *, most: int | None = None) -> Kept:
    """Keep the bytes under their hash, written whole or not at all; the same bytes are kept once.

    Raises Refused when they are more than `most`; nothing is left then.
    """
    folder = private_folder(home() / "files")
    partial = folder / f".{secrets.token_hex(8)}.part"
    digest, size, head = hashlib.sha256(), 0, b""
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            for chunk in chunks:
                size += len(chunk)
                if most is not None and size > most:
                    raise Refused(_("The file is larger than %(megabytes)s MB.") % {"megabytes": most // 1024 // 1024},
                                  code="too_large")  # fmt: skip
                head = head if len(head) >= 4096 else (head + chunk)[:4096]
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        target = path_of(digest.hexdigest())
        private_folder(target.parent)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return Kept(digest.hexdigest(), size, head)


def path_of(sha256: str) -> Path:
    """Where the bytes of this hash lie (two levels, so that no folder grows large)."""
    if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
        raise ValueError("not a SHA-256 in hex")
    return home() / "files" / sha256[:2] / sha256


def open_kept(sha256: str) -> BinaryIO:
    """The bytes as an open file; NotFound when they are gone."""
    try:
        return path_of(sha256).open("rb")
    except FileNotFoundError as error:
        raise NotFound(_("The file's content is missing from the data folder.")) from error


def attachments_of(subject_type: str, subject_id: int) -> QuerySet[Attachment]:
    """The files on a subject that were not removed, newest first. Whoever calls has checked that the reader may see it."""
    return Attachment.objects.filter(
        subject_type=subject_type, subject_id=subject_id, removed_at__isnull=True
    ).order_by("-id")
