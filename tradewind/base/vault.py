"""An encrypted file written and read as a stream: AES-256-GCM in numbered frames, its key wrapped twice.

Layout: `TWVAULT1`, four bytes of header length, the header (JSON), then frames of four bytes of length and the sealed
bytes. Each frame is bound to the header and to its number, the last one is marked, so cut, swapped and changed frames
are noticed. The data key is wrapped for the recovery key (X25519; its private half is told once and kept nowhere) and
for this installation's key ring, which lets a running product verify its own files.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import re
import struct
from pathlib import Path
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.utils.translation import gettext_lazy as _

from tradewind.base import crypto
from tradewind.base.errors import Refused
from tradewind.base.home import keys_folder, write_private

MAGIC = b"TWVAULT1"
FRAME = 1 << 20
LAST, MORE = b"\x01", b"\x00"
INFO = b"tradewind recovery"


def damaged() -> Refused:
    """The refusal of a file that is cut, changed or not a vault at all."""
    return Refused(_("This backup file is damaged, cut off or not a backup of Tradewind."), code="damaged_backup")


def make_recovery_key() -> str | None:
    """Make this installation's recovery key and return its private half once; None when there is one already."""
    path = keys_folder() / "recovery.pub"
    if path.exists():
        return None
    key = X25519PrivateKey.generate()
    write_private(path, base64.b64encode(key.public_key().public_bytes_raw()).decode())
    return key_words(key.private_bytes_raw())


def key_words(raw: bytes) -> str:
    """A key as people copy it: eleven groups of five signs, the last two of the groups' signs a checksum."""
    text = base64.b32encode(raw + hashlib.sha256(raw).digest()[:2]).decode().rstrip("=")
    return "-".join(text[at : at + 5] for at in range(0, len(text), 5))


def key_bytes(words: str) -> bytes:
    """The key behind the copied words; Refused when a sign is wrong."""
    text = re.sub(r"[\s-]", "", words).upper()
    try:
        raw = base64.b32decode(text + "=" * (-len(text) % 8))
    except ValueError:
        raw = b""
    if len(raw) != 34 or hashlib.sha256(raw[:32]).digest()[:2] != raw[32:]:
        raise Refused(_("This is not a recovery key; check its signs."), code="bad_key")
    return raw[:32]


def shared(private: X25519PrivateKey, public: X25519PublicKey) -> AESGCM:
    """The wrapping key two halves agree on."""
    secret = private.exchange(public)
    return AESGCM(HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=INFO).derive(secret))


def wrapped(data_key: bytes) -> dict[str, str]:
    """The data key sealed for the recovery key and for the key ring."""
    kept = keys_folder() / "recovery.pub"
    if not kept.exists():
        raise Refused(_("This installation has no recovery key; run `tradewind init` first."), code="no_recovery_key")
    once = X25519PrivateKey.generate()
    lock = shared(once, X25519PublicKey.from_public_bytes(base64.b64decode(kept.read_text())))
    sealed = once.public_key().public_bytes_raw() + lock.encrypt(bytes(12), data_key, INFO)
    return {
        "recovery": base64.b64encode(sealed).decode(),
        "ring": base64.b64encode(crypto.encrypt_bytes(data_key)).decode(),
    }


def unwrapped(header: dict[str, Any], recovery_key: str | None) -> bytes:
    """The data key of a header, by the recovery key where given, else by this installation's key ring."""
    try:
        if recovery_key is None:
            return crypto.decrypt_bytes(base64.b64decode(header["keys"]["ring"]))
        raw = base64.b64decode(header["keys"]["recovery"])
        lock = shared(
            X25519PrivateKey.from_private_bytes(key_bytes(recovery_key)), X25519PublicKey.from_public_bytes(raw[:32])
        )
        return lock.decrypt(bytes(12), raw[32:], INFO)
    except InvalidTag:
        raise Refused(_("This recovery key does not belong to this backup."), code="wrong_key") from None
    except (KeyError, ValueError):
        raise damaged() from None


class Writer(io.RawIOBase):
    """Encrypts what is written; `close` seals the last frame. The file gets its name only when whole (see `sealed_file`)."""

    def __init__(self, out: IO[bytes]) -> None:
        self.out = out
        key = AESGCM.generate_key(256)
        header = json.dumps({"version": 1, "keys": wrapped(key)}).encode()
        self.bound = hashlib.sha256(header).digest()
        self.cipher, self.number, self.buffer = AESGCM(key), 0, bytearray()
        out.write(MAGIC + struct.pack(">I", len(header)) + header)

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.buffer += data
        while len(self.buffer) > FRAME:
            self.seal(bytes(self.buffer[:FRAME]), MORE)
            del self.buffer[:FRAME]
        return len(data)

    def seal(self, plain: bytes, mark: bytes) -> None:
        """Write one frame."""
        body = self.cipher.encrypt(struct.pack(">IQ", 0, self.number), plain, self.bound + mark)
        self.out.write(struct.pack(">I", len(body)) + mark + body)
        self.number += 1

    def finish(self) -> None:
        """Write the last frame."""
        self.seal(bytes(self.buffer), LAST)
        self.buffer.clear()


class Reader(io.RawIOBase):
    """Decrypts a vault as it is read; Refused at the first frame that is not as it was written."""

    def __init__(self, source: IO[bytes], recovery_key: str | None = None) -> None:
        self.source, self.number, self.buffer, self.ended = source, 0, b"", False
        if source.read(len(MAGIC)) != MAGIC:
            raise damaged()
        header = self.exactly(self.length(limit=1 << 16))
        try:
            self.cipher = AESGCM(unwrapped(json.loads(header), recovery_key))
        except ValueError:
            raise damaged() from None
        self.bound = hashlib.sha256(header).digest()

    def readable(self) -> bool:
        return True

    def exactly(self, count: int) -> bytes:
        """The next bytes; Refused when the file ends before."""
        found = self.source.read(count)
        if len(found) != count:
            raise damaged()
        return found

    def length(self, limit: int) -> int:
        """A length field; Refused when it cannot be."""
        value = int(struct.unpack(">I", self.exactly(4))[0])
        if value > limit:
            raise damaged()
        return value

    def open_frame(self) -> None:
        """Decrypt the next frame into the buffer."""
        size = self.length(limit=FRAME + 16)
        mark = self.exactly(1)
        body = self.exactly(size)
        try:
            self.buffer = self.cipher.decrypt(struct.pack(">IQ", 0, self.number), body, self.bound + mark)
        except InvalidTag:
            raise damaged() from None
        self.number += 1
        if mark == LAST:
            self.ended = True
            if self.source.read(1):
                raise damaged()

    def readinto(self, target: Any) -> int:
        while not self.buffer and not self.ended:
            self.open_frame()
        part, self.buffer = self.buffer[: len(target)], self.buffer[len(target) :]
        target[: len(part)] = part
        return len(part)


class sealed_file:  # noqa: N801  used as a context manager, like `open`
    """Write a vault to `path` so that the name appears only when the file is whole and on disk."""

    def __init__(self, path: Path) -> None:
        self.path, self.partial = path, path.with_name(f".{path.name}.{os.getpid()}.part")

    def __enter__(self) -> Writer:
        handle = os.open(self.partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self.file = os.fdopen(handle, "wb")
        try:
            self.writer = Writer(self.file)
        except BaseException:
            self.drop()
            raise
        return self.writer

    def drop(self) -> None:
        """Leave nothing behind."""
        self.file.close()
        self.partial.unlink(missing_ok=True)

    def __exit__(self, kind: Any, fault: Any, trace: Any) -> None:
        if kind is not None:
            self.drop()
            return
        self.writer.finish()
        self.file.flush()
        os.fsync(self.file.fileno())
        self.file.close()
        self.partial.replace(self.path)
