"""Where this installation keeps what is its own: database, keys, attachments, logs."""

import os
import secrets
from pathlib import Path

from tradewind.base.locks import file_lock


def home() -> Path:
    """The data folder (``TRADEWIND_HOME``, else the user's own data folder), made for its owner alone if missing."""
    given = os.environ.get("TRADEWIND_HOME")
    if given:
        folder = Path(given).expanduser().absolute()
    else:
        share = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
        folder = Path(share) / "tradewind"
    return private_folder(folder)


def private_folder(folder: Path) -> Path:
    """The folder, made for its owner alone if it did not exist."""
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def keys_folder() -> Path:
    """The folder of keys inside the data folder, always for its owner alone."""
    folder = private_folder(home() / "keys")
    folder.chmod(0o700)
    return folder


def secret(name: str) -> str:
    """A random text of 64 characters kept under this name in the keys folder, made on first use, never shown."""
    path = keys_folder() / f"{name}.key"
    with file_lock(path.with_suffix(".lock")):
        if not path.exists():
            write_private(path, secrets.token_urlsafe(48))
        return path.read_text().strip()


def write_private(path: Path, content: str) -> None:
    """Replace a file as a whole, readable for its owner alone; a crash leaves the old one."""
    partial = path.with_suffix(f".{secrets.token_hex(4)}.tmp")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
