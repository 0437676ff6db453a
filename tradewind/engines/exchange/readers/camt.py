"""Bank statements of the ISO 20022 standard: camt.053 (booked), camt.052 and camt.054 as well, of any version.

Read by element names without their namespace. The sign comes from `CdtDbtInd` alone: a reversal states its own direction.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from xml.parsers import expat

from django.utils.translation import gettext_lazy as _

from tradewind.base.errors import Refused
from tradewind.engines.exchange.readers.mt940 import Balance, Broken, Movement, Statement
from tradewind.engines.exchange.readers.numbers import parse_units
from tradewind.engines.exchange.readers.text import open_bytes
from tradewind.engines.exchange.records import Unreadable

STATEMENTS = ("Stmt", "Rpt", "Ntfctn")
OPENING, CLOSING = ("OPBD", "PRCD"), ("CLBD",)
_NO_REFERENCE = ("", "NOTPROVIDED", "NONREF")
DEEPEST = 60


@dataclass
class Node:
    """An element with the line it begins on."""

    tag: str
    line: int
    attributes: dict[str, str]
    text: str = ""
    children: list[Node] = field(default_factory=list)

    def all(self, path: str) -> Iterator[Node]:
        """Every element under this one by its path of names."""
        first, _slash, rest = path.partition("/")
        for child in self.children:
            if child.tag == first:
                if rest:
                    yield from child.all(rest)
                else:
                    yield child

    def one(self, *paths: str) -> str:
        """The text of the first of these paths that says something."""
        for path in paths:
            for node in self.all(path):
                if node.text.strip():
                    return node.text.strip()
        return ""


def fits(path: Path) -> bool:
    """Whether the file is XML of such a message."""
    with open_bytes(path) as stream:
        head = stream.read(4096)
    return b"<" in head[:10] and re.search(rb"BkToCstmr(Stmt|AcctRpt|DbtCdtNtfctn)|camt\.05[234]", head) is not None


def tree(path: Path) -> Node:
    """The file as a tree. Raises Refused when it is no whole XML, or brings a document type of its own."""
    root = Node("", 0, {})
    open_now = [root]
    parser = expat.ParserCreate(namespace_separator="}")

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(open_now) > DEEPEST:
            raise damaged(parser.CurrentLineNumber)
        node = Node(name.rpartition("}")[2], parser.CurrentLineNumber, attributes)
        open_now[-1].children.append(node)
        open_now.append(node)

    def text(data: str) -> None:
        open_now[-1].text += data

    def doctype(*_args: object) -> None:
        raise Refused(
            _("The file brings a document type of its own, which a bank statement never does."), code="doctype"
        )

    parser.StartElementHandler, parser.CharacterDataHandler = start, text
    parser.EndElementHandler = lambda _name: open_now.pop()
    parser.StartDoctypeDeclHandler = doctype
    parser.buffer_text = True
    try:
        with open_bytes(path) as stream:
            parser.ParseFile(stream)
    except expat.ExpatError as bad:
        raise damaged(bad.lineno) from bad
    return root


def damaged(line: int) -> Refused:
    """The refusal of a file that is no whole XML."""
    return Refused(_("The file is damaged near line %(line)s.") % {"line": line}, code="broken_xml")


def read(path: Path) -> list[Statement]:
    """All statements of a file. Raises Broken where an entry lacks what the standard asks, Refused for no XML."""
    found = []
    for document in tree(path).all("Document"):
        for message in document.children:
            found += [statement(node) for node in message.children if node.tag in STATEMENTS]
    return found


def statement(node: Node) -> Statement:
    """One statement with its balances and entries."""
    account = node.one("Acct/Id/IBAN", "Acct/Id/Othr/Id")
    made = Statement(node.line, account, node.one("ElctrncSeqNb", "LglSeqNb", "Id"), node.one("Acct/Ccy"))
    for balance in node.all("Bal"):
        code = balance.one("Tp/CdOrPrtry/Cd")
        if code in OPENING and (made.opening is None or code == OPENING[0]):
            made.opening = balance_of(balance)
        elif code in CLOSING:
            made.closing = balance_of(balance)
    if made.opening is not None:
        made.currency = made.currency or made.opening.currency
    made.movements = [entry(one, made.currency) for one in node.all("Ntry")]
    return made


def balance_of(node: Node) -> Balance:
    """A balance with its sign."""
    units, currency = amount(node)
    return Balance(units, currency, day(node, "Dt"))


def amount(node: Node) -> tuple[int, str]:
    """The signed amount of an entry or balance, and its currency."""
    money = next(node.all("Amt"), None)
    if money is None:
        raise Broken(node.line, "Amt", _("A value is required here."))
    try:
        units = parse_units(money.text.strip())
    except Unreadable as bad:
        raise Broken(money.line, "Amt", bad.refusal(money.line).reason) from bad
    sign = node.one("CdtDbtInd")
    if units is None or units < 0 or sign not in ("CRDT", "DBIT"):
        raise Broken(node.line, "CdtDbtInd", _("The entry does not say whether it is a credit or a debit."))
    return (units if sign == "CRDT" else -units), money.attributes.get("Ccy", "")


def day(node: Node, *names: str) -> date:
    """A day, of a moment the day it is written with."""
    text = node.one(*(f"{name}/{part}" for name in names for part in ("Dt", "DtTm")))
    try:
        return date.fromisoformat(text[:10])
    except ValueError as bad:
        told = {"value": text, "format": "yyyy-mm-dd"}
        raise Broken(node.line, names[0], _("“%(value)s” is not a date of the form %(format)s.") % told) from bad


def entry(node: Node, currency: str) -> Movement:
    """One entry; of a bundle of payments the whole, so that entries and balances add up."""
    units, own = amount(node)
    details = list(node.all("NtryDtls/TxDtls"))
    parties = (
        ("RltdPties/Dbtr/Nm", "RltdPties/Dbtr/Pty/Nm") if units > 0 else ("RltdPties/Cdtr/Nm", "RltdPties/Cdtr/Pty/Nm")
    )
    names = dict.fromkeys(name for one in details if (name := one.one(*parties)))
    words = [said.text.strip() for one in details for said in one.all("RmtInf/Ustrd") if said.text.strip()]
    structured = [one.one("RmtInf/Strd/CdtrRefInf/Ref") for one in details]
    ends = [end for one in details if (end := one.one("Refs/EndToEndId")) not in _NO_REFERENCE]
    references = [text for text in (*structured, *ends) if text]
    booked = day(node, "BookgDt", "ValDt")
    return Movement(
        node.line, booked, day(node, "ValDt", "BookgDt"), units, own or currency,
        (references[0] if references else node.one("NtryRef"))[:120], node.one("AcctSvcrRef", "NtryDtls/TxDtls/Refs/AcctSvcrRef"),
        " ".join(words) or node.one("AddtlNtryInf", "NtryDtls/TxDtls/AddtlTxInf"), ", ".join(names),
        pending=(node.one("Sts/Cd", "Sts") or "BOOK") not in ("BOOK", "INFO"),
    )  # fmt: skip
