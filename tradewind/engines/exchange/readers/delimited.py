"""CSV, TSV and other delimited text as rows with their physical line numbers."""

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from tradewind.base.errors import Refused
from tradewind.engines.exchange.readers.text import DAMAGED, damaged, detect_encoding, open_text, unreadable

DELIMITERS = (",", ";", "\t", "|")
SAMPLE_LINES = 200
LONGEST_CELL = 4 << 20
_END = "\x00end of file\x00"
"""Read after the last line: when it comes inside a cell, that cell's quotation mark was never closed."""

csv.field_size_limit(LONGEST_CELL)


@dataclass(frozen=True, slots=True)
class DelimitedFile:
    """One delimited text file; `rows` may be read any number of times and never holds the file in memory."""

    path: Path
    encoding: str
    delimiter: str
    typed = False
    sheet = ""

    @classmethod
    def open(cls, path: Path, encoding: str | None, delimiter: str | None) -> "DelimitedFile":
        """Open with what is declared and detect what is not."""
        used = encoding or detect_encoding(path)
        return cls(path, used, delimiter or _detect_delimiter(path, used))

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Every row with the physical line it starts on (quoted cells may span lines); a file that cannot be read is Refused."""
        start = 1
        with open_text(self.path, self.encoding) as text:
            reader = csv.reader(chain(text, (_END,)), delimiter=self.delimiter)
            try:
                for row in reader:
                    if len(row) == 1 and row[0] == _END:
                        return
                    if row and row[-1].endswith(_END):
                        break
                    yield start, row
                    start = reader.line_num + 1
            except UnicodeError as bad:
                raise unreadable(self.encoding, start) from bad
            except DAMAGED as bad:
                raise damaged() from bad
            except csv.Error as bad:
                raise _open_quote(start) from bad
        raise _open_quote(start)


def _open_quote(line: int) -> Refused:
    message = _("A quotation mark opened on line %(line)s is never closed.")
    return Refused(message % {"line": line}, code="open_quote")


def _detect_delimiter(path: Path, encoding: str) -> str:
    """The delimiter that cuts most sample lines into one same number of cells, the more cells the better."""
    with open_text(path, encoding) as text:
        try:
            lines = list(islice(text, SAMPLE_LINES))
        except UnicodeError as bad:
            raise unreadable(encoding, 1) from bad
        except DAMAGED as bad:
            raise damaged() from bad
    best, best_score = ",", 0
    for delimiter in DELIMITERS:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter) if len(row) > 1)
        score = max((rows * (width - 1) for width, rows in widths.items()), default=0)
        if score > best_score:
            best, best_score = delimiter, score
    return best
