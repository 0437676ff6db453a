"""How lines of statements and numbers of accounts are known again: pure."""

from __future__ import annotations

from collections import Counter
from datetime import date
from hashlib import sha256

SHOWN = 4


def number_form(text: str) -> str:
    """An account's number as it is compared: letters and digits alone, in capitals."""
    return "".join(sign for sign in text.upper() if sign.isascii() and sign.isalnum())


def number_forms(text: str) -> list[str]:
    """What a statement may mean by an account: bank code and number, the number alone, each with or without its currency."""
    whole = number_form(text)
    alone = number_form(text.rpartition("/")[2])
    bare = [form[:-3] for form in (whole, alone) if len(form) > 6 and form[-3:].isalpha() and form[-4].isdecimal()]
    return list(dict.fromkeys(form for form in (whole, alone, *bare) if form))


def last_digits(number: str) -> str:
    """The end of an account's number, which is all that is shown."""
    form = number_form(number)
    return f"…{form[-SHOWN:]}" if len(form) > SHOWN else ("…" if form else "")


class LineKeys:
    """Keys of lines by what they say: the same line of the same or an overlapping statement has the same key.

    Equal lines of one account are numbered in the order of the file, so that two real ones stay two.
    """

    def __init__(self) -> None:
        self._seen: Counter[tuple[int, str]] = Counter()

    def key(self, account: int, given: str, day: date, units: int, currency: str, *words: str) -> str:
        """The key of the next line; `given` is the platform's own id, which together with day and amount is enough."""
        said = (given,) if given else tuple(" ".join(word.split()) for word in words)
        base = sha256("\x1f".join((day.isoformat(), str(units), currency, *said)).encode()).hexdigest()[:24]
        self._seen[account, base] += 1
        place = self._seen[account, base]
        start = f"{given[:80]}:{base[:12]}" if given else base
        return start if place == 1 else f"{start}#{place}"
