"""Bytes of a file to text: compression, encoding and line ends, streaming."""

import codecs
import gzip
import io
import re
import zlib
from pathlib import Path
from typing import BinaryIO, cast

from django.utils.translation import gettext_lazy as _

from tradewind.base.errors import Refused

BLOCK = 1 << 20
DAMAGED = (EOFError, gzip.BadGzipFile, zlib.error)
"""What a cut off or broken compressed file raises while it is read."""
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_UNDEFINED_IN_CP1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_ASCII_SHARE_OF_UTF16 = 0.3
_PAIRED_SHARE_OF_CHINESE = 0.7
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "cp1252", "iso-8859-1", "cp932")
"""Encodings a person can name; cp932 is never guessed, since it reads almost any bytes."""


def open_bytes(path: Path) -> BinaryIO:
    """Open a file for reading, unpacking gzip by its first bytes, whatever it is called."""
    raw = path.open("rb")
    head = raw.read(2)
    raw.seek(0)
    return cast("BinaryIO", gzip.open(raw)) if head == b"\x1f\x8b" else raw


def detect_encoding(path: Path) -> str:
    """Name the encoding of a whole file: byte order mark, then UTF-8 if every byte fits, GB18030 or cp1252 by the bytes used."""
    try:
        with open_bytes(path) as stream:
            head = stream.read(BLOCK)
            marked = _marked(head)
            if marked:
                return marked
            if _is_utf8(head, stream):
                return "utf-8"
        return _legacy(path)
    except DAMAGED as bad:
        raise damaged() from bad


def _marked(head: bytes) -> str:
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    sample = head[:4096]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > len(sample) / 2 * _ASCII_SHARE_OF_UTF16 and not even:
        return "utf-16-le"
    if even > len(sample) / 2 * _ASCII_SHARE_OF_UTF16 and not odd:
        return "utf-16-be"
    return ""


def _is_utf8(head: bytes, rest: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    block = head
    try:
        while block:
            decoder.decode(block)
            block = rest.read(BLOCK)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _legacy(path: Path) -> str:
    """GB18030 writes Chinese in pairs of high bytes; western text has single high bytes among ASCII letters."""
    paired = total = 0
    undefined = False
    decoder = codecs.getincrementaldecoder("gb18030")()
    chinese = True
    with open_bytes(path) as stream:
        while block := stream.read(BLOCK):
            for run in _HIGH_RUN.findall(block):
                total += len(run)
                paired += len(run) if len(run) > 1 else 0
            undefined = undefined or _UNDEFINED_IN_CP1252.search(block) is not None
            try:
                chinese = chinese and decoder.decode(block) is not None
            except UnicodeDecodeError:
                chinese = False
    if chinese and total and paired / total >= _PAIRED_SHARE_OF_CHINESE:
        return "gb18030"
    return "iso-8859-1" if undefined else "cp1252"


def open_text(path: Path, encoding: str) -> io.TextIOWrapper:
    """Open as text with line ends kept (LF, CR LF, CR alone or mixed all end a line)."""
    return io.TextIOWrapper(open_bytes(path), encoding=encoding, errors="strict", newline="")


def unreadable(encoding: str, line: int) -> Refused:
    """The refusal of a file whose bytes are not text in the encoding used."""
    text = _("The file is not %(encoding)s text: a byte near line %(line)s cannot be read. Choose its encoding.")
    return Refused(text % {"encoding": encoding, "line": line}, code="encoding")


def damaged() -> Refused:
    """The refusal of a compressed file that ends too early or is broken."""
    return Refused(_("The compressed file is damaged or was not downloaded to its end."), code="damaged_file")
