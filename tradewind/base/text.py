"""Text cut into grams for search: one form feeds SQLite's FTS5 and PostgreSQL's tsvector alike.

Latin, Cyrillic, Arabic … words are folded to lower case without accents; runs of Chinese, Japanese and Korean signs
are cut into every pair of neighbours, so any part of two signs or more is found without a dictionary.
"""

import re
import unicodedata

# Han (with extensions and compatibility), kana, hangul, and the iteration mark.
_CJK = "\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_RUNS = re.compile(rf"[{_CJK}]+|[^\W_{_CJK}]+")
_IS_CJK = re.compile(f"[{_CJK}]")
# Letters that have no decomposition into a base letter and an accent.
_FOLDED = str.maketrans({"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ħ": "h"})


def fold(text: str) -> str:
    """Lower case, full-width forms made plain, accents taken off: ``ＣＡＦÉ`` and ``cafe`` are one."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_FOLDED)
    split = unicodedata.normalize("NFD", plain)
    # Only marks on letters of alphabets go; a mark that tells two kana apart (は, ば) stays.
    kept = "".join(
        sign
        for index, sign in enumerate(split)
        if not (unicodedata.combining(sign) and index and not _IS_CJK.match(_base_before(split, index)))
    )
    return unicodedata.normalize("NFC", kept)


def grams(text: str) -> str:
    """The search form of a text: space-separated words and sign pairs in order, repeats kept."""
    return " ".join(_tokens(text, singles=True))


def query_grams(text: str) -> list[str]:
    """The grams that a text must hold to match this query, in order, without repeats; none for an empty query."""
    return list(dict.fromkeys(_tokens(text, singles=False)))


def _base_before(text: str, index: int) -> str:
    while index > 0 and unicodedata.combining(text[index]):
        index -= 1
    return text[index]


def _tokens(text: str, *, singles: bool) -> list[str]:
    tokens: list[str] = []
    for run in _RUNS.findall(fold(text)):
        if not _IS_CJK.match(run) or len(run) == 1:
            tokens.append(run)
        else:
            tokens.extend(run[index : index + 2] for index in range(len(run) - 1))
            if singles:
                # The index also holds each sign alone, so that a query of one sign finds it.
                tokens.extend(dict.fromkeys(run))
    return tokens
