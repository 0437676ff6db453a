"""Secrets at rest: AES-256-GCM with a ring of keys, and keyed hashes to search what is encrypted.

A secret reads ``tw1.<key id>.<base64url of nonce and ciphertext>``: the key id says which key opens it, so a new key
can be put in use at any time and old secrets stay readable until they are written again.
"""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass, field, replace
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils.translation import gettext_lazy as _

from tradewind.base import clock
from tradewind.base.errors import Refused
from tradewind.base.home import home, keys_folder, write_private
from tradewind.base.locks import file_lock

VERSION = "tw1"
_NONCE = 12


@dataclass(frozen=True)
class KeyRing:
    """The keys of one installation; key bytes never show in a repr, a log or an error."""

    active: str
    keys: dict[str, bytes] = field(repr=False)
    hash_key: bytes = field(repr=False)
    made: dict[str, str] = field(default_factory=dict)

    def seal(self, data: bytes) -> bytes:
        """Data encrypted with the active key, with the key's id in front."""
        head = f"{VERSION}.{self.active}.".encode()
        nonce = secrets.token_bytes(_NONCE)
        return head + nonce + AESGCM(self.keys[self.active]).encrypt(nonce, data, head)

    def unseal(self, sealed: bytes) -> bytes:
        """The data again; Refused when the key is not in the ring or a single bit was changed."""
        version, key_id, body = _parts(sealed)
        if version != VERSION or len(body) <= _NONCE:
            raise _damaged()
        key = self.keys.get(key_id)
        if key is None:
            raise Refused(
                _("The key %(key)s is missing from the key ring; restore the key file that belongs to these data.")
                % {"key": key_id},
                code="missing_key",
            )
        try:
            return AESGCM(key).decrypt(body[:_NONCE], body[_NONCE:], f"{VERSION}.{key_id}.".encode())
        except InvalidTag as error:
            raise _damaged() from error

    def encrypt(self, text: str) -> str:
        """A text as a secret; in bulk, take ``ring()`` once and call this."""
        _version, key_id, body = _parts(self.seal(text.encode()))
        return f"{VERSION}.{key_id}.{base64.urlsafe_b64encode(body).decode()}"

    def decrypt(self, secret: str) -> str:
        """The text of a secret; Refused as ``unseal``."""
        version, dot, rest = secret.partition(".")
        key_id, second, body = rest.partition(".")
        if not (dot and second):
            raise _damaged()
        try:
            raw = base64.b64decode(body.encode(), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError) as error:
            raise _damaged() from error
        return self.unseal(f"{version}.{key_id}.".encode() + raw).decode()

    def keyed_hash(self, text: str) -> str:
        """A hex HMAC-SHA256 of the text under the ring's own hash key."""
        return hmac.new(self.hash_key, text.encode(), hashlib.sha256).hexdigest()


def ring_path() -> Path:
    """The key file of this installation."""
    return home() / "keys" / "ring.json"


def ring() -> KeyRing:
    """The keys now in force, made on first use; a rotation by another process is seen at once."""
    path = ring_path()
    if not path.exists():
        _create(path)
    return _load(path)


def encrypt(text: str) -> str:
    """A text as a secret under the active key; the same text gives another secret every time."""
    return ring().encrypt(text)


def decrypt(secret: str) -> str:
    """The text of a secret; Refused (``missing_key``, ``damaged_secret``) when it cannot be opened."""
    return _existing().decrypt(secret)


def encrypt_bytes(data: bytes) -> bytes:
    """Data such as a file, encrypted under the active key."""
    return ring().seal(data)


def decrypt_bytes(sealed: bytes) -> bytes:
    """The data of ``encrypt_bytes``; Refused as ``decrypt``."""
    return _existing().unseal(sealed)


def keyed_hash(text: str) -> str:
    """A hex HMAC-SHA256 under the ring's own hash key: equal texts are found without being readable.

    It survives rotation, so stored hashes stay searchable. Normalise (case, spaces) before calling.
    """
    return ring().keyed_hash(text)


def is_current(secret: str) -> bool:
    """Whether a secret was written with the key now active."""
    return secret.startswith(f"{VERSION}.{ring().active}.")


def reencrypt(secret: str) -> str:
    """The secret under the active key; unchanged when it is already."""
    return secret if is_current(secret) else encrypt(decrypt(secret))


def rotate() -> str:
    """Put a new key in use and keep the old ones for reading; returns the new key's id."""
    path = ring_path()
    ring()
    with file_lock(path.with_suffix(".lock")):
        old = _load(path)
        key_id, key = _new_key()
        _write(
            path,
            replace(
                old,
                active=key_id,
                keys={**old.keys, key_id: key},
                made={**old.made, key_id: clock.now().isoformat()},
            ),
        )
    return key_id


def forget(key_id: str) -> None:
    """Remove an old key for ever: whatever is still written with it can no longer be read by anybody."""
    path = ring_path()
    with file_lock(path.with_suffix(".lock")):
        old = _load(path)
        if key_id == old.active:
            raise Refused(_("The key in use cannot be removed."), code="active_key")
        if key_id not in old.keys:
            raise Refused(_("The key ring has no key %(key)s.") % {"key": key_id}, code="missing_key")
        keep = {name: key for name, key in old.keys.items() if name != key_id}
        _write(path, replace(old, keys=keep, made={name: at for name, at in old.made.items() if name in keep}))


def _parts(sealed: bytes) -> tuple[str, str, bytes]:
    version, _dot, rest = sealed.partition(b".")
    key_id, _dot, body = rest.partition(b".")
    return version.decode("ascii", "replace"), key_id.decode("ascii", "replace"), body


def _damaged() -> Refused:
    return Refused(_("This secret was changed or damaged and cannot be opened."), code="damaged_secret")


def _new_key() -> tuple[str, bytes]:
    return "k" + secrets.token_hex(4), AESGCM.generate_key(256)


def _existing() -> KeyRing:
    # Reading never makes a ring: new keys could not open anything and would hide that the old ones are lost.
    path = ring_path()
    if not path.exists():
        raise Refused(_("The key file is missing; restore it from the backup."), code="missing_key")
    return _load(path)


_cache: dict[Path, tuple[tuple[int, int, int], KeyRing]] = {}


def _load(path: Path) -> KeyRing:
    stat = path.stat()
    if stat.st_mode & 0o077:
        path.chmod(0o600)
    stamp = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
    cached = _cache.get(path)
    if cached and cached[0] == stamp:
        return cached[1]
    try:
        raw = json.loads(path.read_text())
        loaded = KeyRing(
            active=raw["active"],
            keys={key_id: base64.b64decode(entry["key"]) for key_id, entry in raw["keys"].items()},
            hash_key=base64.b64decode(raw["hash"]),
            made={key_id: entry["made"] for key_id, entry in raw["keys"].items()},
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        # The cause is left out on purpose: its text could hold key bytes.
        raise Refused(_("The key file is damaged; restore it from the backup."), code="missing_key") from None
    if loaded.active not in loaded.keys:
        raise Refused(_("The key file is damaged; restore it from the backup."), code="missing_key")
    _cache[path] = (stamp, loaded)
    return loaded


def _create(path: Path) -> None:
    keys_folder()
    with file_lock(path.with_suffix(".lock")):
        if path.exists():
            return
        key_id, key = _new_key()
        made = {key_id: clock.now().isoformat()}
        _write(path, KeyRing(active=key_id, keys={key_id: key}, hash_key=secrets.token_bytes(32), made=made))


def _write(path: Path, new: KeyRing) -> None:
    content = {
        "version": 1,
        "active": new.active,
        "keys": {
            key_id: {"key": base64.b64encode(key).decode(), "made": new.made.get(key_id, "")}
            for key_id, key in new.keys.items()
        },
        "hash": base64.b64encode(new.hash_key).decode(),
    }
    write_private(path, json.dumps(content, indent=1))
