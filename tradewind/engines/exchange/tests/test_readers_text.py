"""Encodings, compression and line ends."""

import gzip
from pathlib import Path

import pytest

from tradewind.base.errors import Refused
from tradewind.engines.exchange.readers.table import TableOptions, open_table
from tradewind.engines.exchange.readers.text import detect_encoding

WESTERN = "Datum,Ort,Betrag\n2026-01-05,Besançon – Évry,5\n2026-01-06,Köln,6\n"
CHINESE = "日期,地点,金额\n2026-01-05,浙江杭州,5\n2026-01-06,上海市,6\n"


@pytest.mark.parametrize(
    ("encoding", "text", "found"),
    [
        ("utf-8", WESTERN, "utf-8"),
        ("utf-8-sig", CHINESE, "utf-8-sig"),
        ("utf-16", CHINESE, "utf-16"),
        ("utf-16-le", WESTERN, "utf-16-le"),
        ("utf-16-be", WESTERN, "utf-16-be"),
        ("gb18030", CHINESE, "gb18030"),
        ("cp1252", WESTERN, "cp1252"),
    ],
)
def test_detect_encoding_by_content(tmp_path: Path, encoding: str, text: str, found: str) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(text.encode(encoding))
    assert detect_encoding(path) == found
    table = open_table(path)
    assert [row[1] for _line, row in table.rows() if isinstance(row, list)] == [
        line.split(",")[1] for line in text.splitlines()[1:]
    ]


def test_detect_encoding_with_bytes_cp1252_lacks(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(b"a,b\ncaf\xe9,\x81\n")
    assert detect_encoding(path) == "iso-8859-1"


def test_detect_encoding_sees_a_late_foreign_byte(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(b"a,b\n" + b"plain,1\n" * 300_000 + "café,2\n".encode("cp1252"))
    assert detect_encoding(path) == "cp1252"


def test_declared_encoding_reads_japanese(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    path.write_bytes("商品名\t数量\nケーブル\t2\n".encode("cp932"))
    table = open_table(path, TableOptions(encoding="cp932"))
    assert next(table.rows()) == (2, ["ケーブル", "2", ""])


def test_wrong_declared_encoding_refuses_the_file(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(b"a,b\n" + b"1,2\n" * 50_000 + "Köln,3\n".encode("cp1252"))
    table = open_table(path, TableOptions(encoding="utf-8"))
    with pytest.raises(Refused) as refused:
        list(table.rows())
    assert refused.value.code == "encoding"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_kind(tmp_path: Path, end: str) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(end.join(["a,b", "1,2", "3,4"]).encode())
    assert list(open_table(path).rows()) == [(2, ["1", "2", ""]), (3, ["3", "4", ""])]


def test_mixed_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(b"a,b\r\n1,2\r3,4\n5,6")
    assert [line for line, _row in open_table(path).rows()] == [2, 3, 4]


def test_gzip_is_known_by_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(gzip.compress(CHINESE.encode("gb18030")))
    table = open_table(path)
    assert table.encoding == "gb18030"
    assert next(table.rows())[1][1] == "浙江杭州"  # type: ignore[index]


@pytest.mark.parametrize("encoding", [None, "utf-8"])
def test_cut_off_gzip_is_refused(tmp_path: Path, encoding: str | None) -> None:
    path = tmp_path / "export.csv.gz"
    path.write_bytes(gzip.compress(("a,b\n" + "1,2\n" * 9_000).encode())[:-20])
    with pytest.raises(Refused) as refused:
        list(open_table(path, TableOptions(encoding=encoding, delimiter=",")).rows())
    assert refused.value.code == "damaged_file"
