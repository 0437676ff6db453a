"""Words in several languages that travel as one value."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import get_language


class LocalText(Mapping[str, str]):
    """The same text in several languages: a read-only mapping of language tag to text.

    ``text(lang)`` never fails: the exact tag, then its parents (``zh-hans`` -> ``zh``), then a sibling of the same
    base language, then English, then any text there is, then the empty string. ``str()`` uses the active language.
    """

    __slots__ = ("_texts",)

    def __init__(self, texts: Mapping[str, str] | str | None = None, /, **by_language: str) -> None:
        given: Mapping[str, str] = {"en": texts} if isinstance(texts, str) else (texts or {})
        merged = {**given, **{name.replace("_", "-"): text for name, text in by_language.items()}}
        self._texts = {tag.lower().replace("_", "-"): text for tag, text in merged.items() if text}

    def __getitem__(self, lang: str) -> str:
        return self._texts[lang.lower().replace("_", "-")]

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)

    def text(self, lang: str | None = None) -> str:
        """The text for a reader of ``lang`` (the active language when None)."""
        wanted = (lang or get_language() or "en").lower().replace("_", "-")
        parts = wanted.split("-")
        for size in range(len(parts), 0, -1):
            found = self._texts.get("-".join(parts[:size]))
            if found:
                return found
        for tag, text in self._texts.items():
            if tag.split("-")[0] == parts[0]:
                return text
        return self._texts.get("en") or next(iter(self._texts.values()), "")

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"LocalText({self._texts!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Mapping) and self._texts == dict(other)

    def __hash__(self) -> int:
        return hash(frozenset(self._texts.items()))

    def to_json(self) -> dict[str, Any]:
        """A plain dict for JSON columns and API answers."""
        return dict(self._texts)
