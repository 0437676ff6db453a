"""Bank statements of the standards, the real ones to the last digit."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tradewind.base.errors import Refused
from tradewind.base.money import from_units
from tradewind.engines.exchange.readers import camt, mt940
from tradewind.engines.exchange.readers.mt940 import Broken, Statement

CAMT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>1</MsgId></GrpHdr><Stmt>
<Id>S-2026-3</Id><ElctrncSeqNb>3</ElctrncSeqNb><Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-01</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">1320.45</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-02</Dt></Dt></Bal>
<Ntry><Amt Ccy="EUR">1234.50</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-03-02</Dt></BookgDt>
<ValDt><Dt>2026-03-03</Dt></ValDt><AcctSvcrRef>B-1</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>PAYOUT-77</EndToEndId></Refs>
<RltdPties><Dbtr><Pty><Nm>Amazon Payments Europe</Nm></Pty></Dbtr></RltdPties><RmtInf><Ustrd>AMZN settlement 77</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="EUR">14.05</Amt><CdtDbtInd>DBIT</CdtDbtInd><RvslInd>true</RvslInd><Sts>BOOK</Sts>
<BookgDt><DtTm>2026-03-02T23:59:00+01:00</DtTm></BookgDt><ValDt><Dt>2026-03-02</Dt></ValDt></Ntry>
<Ntry><Amt Ccy="EUR">9.99</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>PDNG</Cd></Sts><ValDt><Dt>2026-03-02</Dt></ValDt></Ntry>
</Stmt></BkToCstmrStmt></Document>
"""


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def by_reference(statements: list[Statement]) -> Decimal:
    """The signed sum as the reference parser forms it: it takes a reversal of a credit for money in, against the balances."""
    units = sum(abs(one.units) if one.reversal else one.units for each in statements for one in each.movements)
    return from_units(units)


@pytest.mark.data
def test_every_real_statement_equals_the_reference(data: Path) -> None:
    folder = data / "platform-exports" / "mt940"
    with (folder / "expected.csv").open(encoding="utf-8") as file:
        expected = list(csv.DictReader(file))
    assert len(expected) == 26
    for want in expected:
        path = folder / want["file"]
        assert mt940.fits(path), want["file"]
        if want["transactions_by_reference_parser"] == "ERR":
            with pytest.raises(Broken) as broken:
                mt940.read(path)
            assert (broken.value.line, broken.value.tag) == (6, "61")
            continue
        found = mt940.read(path)
        moved = [one for each in found for one in each.movements]
        assert len(moved) == int(want["transactions_by_reference_parser"]), want["file"]
        assert by_reference(found) == Decimal(want["signed_sum"]), want["file"]
        currencies = "|".join(sorted({one.currency for one in moved if one.currency})) or ("None" if moved else "")
        assert currencies == want["currencies"], want["file"]
        closing = [each.closing for each in found if each.closing is not None]
        told = (
            f"{from_units(closing[-1].units).normalize():f} {closing[-1].currency} @ {closing[-1].day}"
            if closing
            else ""
        )
        wanted = want["final_closing_balance"].partition(" ")
        told_parts = told.partition(" ")
        assert (Decimal(told_parts[0] or 0), told_parts[2]) == (Decimal(wanted[0] or 0), wanted[2]), want["file"]


@pytest.mark.data
def test_reversals_take_the_side_their_balances_prove(data: Path) -> None:
    found = mt940.read(data / "platform-exports" / "mt940" / "betterplace" / "sepa_mt9401.sta")
    reversals = [one for each in found for one in each.movements if one.reversal]
    assert reversals
    assert {each.gap() for each in found} == {0}


@pytest.mark.data
def test_a_bank_that_writes_longer_references_is_read_when_asked(data: Path) -> None:
    path = data / "platform-exports" / "mt940" / "ASNB" / "0708271685_09022020_164516.940.txt"
    found = mt940.read(path, lenient=True)
    assert sum(len(each.movements) for each in found) == 8
    assert {each.gap() for each in found} == {0}


def test_camt_reads_balances_signs_and_words(tmp_path: Path) -> None:
    path = written(tmp_path / "camt.xml", CAMT)
    assert camt.fits(path)
    (one,) = camt.read(path)
    assert (one.account, one.number, one.currency, one.gap()) == ("DE89370400440532013000", "3", "EUR", 0)
    first, second, third = one.movements
    assert (first.units, first.day, first.value_day) == (12_345_000, date(2026, 3, 2), date(2026, 3, 3))
    assert (first.reference, first.counterparty, first.text) == (
        "PAYOUT-77",
        "Amazon Payments Europe",
        "AMZN settlement 77",
    )
    assert (second.units, second.day, third.pending) == (-140_500, date(2026, 3, 2), True)


@pytest.mark.parametrize(
    ("before", "after", "where"),
    [
        ("<CdtDbtInd>DBIT</CdtDbtInd><RvslInd>", "<RvslInd>", "CdtDbtInd"),
        ('<Amt Ccy="EUR">14.05</Amt>', '<Amt Ccy="EUR">many</Amt>', "Amt"),
        ("<BookgDt><DtTm>2026-03-02T23", "<BookgDt><DtTm>yesterday", "BookgDt"),
    ],
)
def test_camt_entry_that_lacks_what_the_standard_asks_is_told_by_line(
    tmp_path: Path, before: str, after: str, where: str
) -> None:
    assert before in CAMT
    with pytest.raises(Broken) as broken:
        camt.read(written(tmp_path / "camt.xml", CAMT.replace(before, after)))
    assert (broken.value.tag, broken.value.line > 8) == (where, True)


@pytest.mark.parametrize("text", ["<Document><Stmt>", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "no xml"])
def test_xml_that_is_damaged_or_brings_its_own_type_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(Refused):
        camt.read(written(tmp_path / "bad.xml", text))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (":20:A\n:60F:C260301EUR1,\n:61:2613010301C5,00NTRFX\n", 3),
        (":20:A\n:60F:X260301EUR1,\n", 2),
        (":20:A\n:61:260301\n", 2),
    ],
)
def test_a_statement_that_breaks_the_standard_is_told_by_line(tmp_path: Path, text: str, line: int) -> None:
    with pytest.raises(Broken) as broken:
        mt940.read(written(tmp_path / "bad.sta", text))
    assert broken.value.line == line


def test_the_day_of_booking_lies_in_the_year_nearest_to_the_value_day(tmp_path: Path) -> None:
    text = ":20:A\n:60F:C260101EUR0,\n:61:2601021231C5,00NTRFX\n:61:2512310102D2,00NTRFY\n:62F:C260102EUR3,\n"
    (one,) = mt940.read(written(tmp_path / "turn.sta", text))
    assert [move.day for move in one.movements] == [date(2025, 12, 31), date(2026, 1, 2)]
    assert one.gap() == 0
