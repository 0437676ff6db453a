"""Keys for rows that carry none: their content and how often the same content came before in the file."""

from collections.abc import Sequence
from hashlib import blake2b


class Occurrences:
    """Same-file keys; `key(row)` is stable for one file, two equal rows get two keys."""

    def __init__(self) -> None:
        self._seen: dict[bytes, int] = {}

    def key(self, cells: Sequence[str]) -> str:
        """Digest of the cells and the number of this occurrence."""
        digest = blake2b("\x1f".join(cell.strip() for cell in cells).encode(), digest_size=12).digest()
        count = self._seen[digest] = self._seen.get(digest, 0) + 1
        return f"{digest.hex()}-{count}"
