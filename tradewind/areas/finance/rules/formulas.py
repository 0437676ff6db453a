"""Formulas of a plan: + − × ÷ ( ) %, numbers and names. A parser of our own: nothing that is typed is ever run as a program.

`revenue * 12 %`, `headcount * salary`, `units * price - returns - ads`. A name is a driver or an account; `-` and `_` in it are the same
when it stands in brackets: `[gross-sales]` and `gross_sales`. Exact decimals of 50 digits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal, DivisionByZero, InvalidOperation
from functools import lru_cache
from typing import TypeVar

EXACT = Context(prec=50)
LONGEST, DEEPEST = 300, 40
TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?|\.\d+)|(?P<name>[A-Za-z][A-Za-z0-9_]*)|\[(?P<quoted>[A-Za-z0-9_\-]+)\]|(?P<sign>[-+*/()%]))"
)
SIGNS = str.maketrans(
    {"×": "*", "·": "*", "÷": "/", "−": "-", "–": "-", "（": "(", "）": ")", "％": "%", "＋": "+", "＊": "*"}
)
K = TypeVar("K")


class Wrong(ValueError):
    """A formula cannot be read or worked out; `kind` says why: end, sign, name, deep, long, zero; `detail` what, `place` where (from 1)."""

    def __init__(self, kind: str, detail: str = "", place: int = 0) -> None:
        super().__init__(kind)
        self.kind, self.detail, self.place = kind, detail, place


class Circle(ValueError):
    """Rows lean on each other in a circle; `path` goes round it, its first again at the end."""

    def __init__(self, path: list[object]) -> None:
        super().__init__("circle")
        self.path = path


@dataclass(frozen=True)
class Node:
    """A number (`value`), a name, or an operation (`neg`, `%`, `+ - * /`) on its parts."""

    kind: str
    value: Decimal = Decimal(0)
    name: str = ""
    parts: tuple[Node, ...] = ()


def same(name: str) -> str:
    """How names are compared: small letters, underscores for hyphens."""
    return name.lower().replace("-", "_")


@lru_cache(maxsize=2000)
def parse(text: str) -> Node:
    """The formula as a tree; Wrong says what stands in the way, and where."""
    if len(text) > LONGEST:
        raise Wrong("long")
    reader = Reader(list(tokens(text.translate(SIGNS).removeprefix("="))))
    node = reader.sum()
    if reader.at < len(reader.found):
        _kind, detail, place = reader.found[reader.at]
        raise Wrong("sign", detail, place)
    return node


def tokens(text: str) -> Iterator[tuple[str, str, int]]:
    """Kind, text and place of each piece."""
    at = 0
    while text[at:].strip():
        match = TOKEN.match(text, at)
        if match is None:
            left = text[at:].lstrip()
            raise Wrong("sign", left[0], len(text) - len(left) + 1)
        kind = str(match.lastgroup)
        yield ("name" if kind == "quoted" else kind), match.group(kind), match.start(kind) + 1
        at = match.end()


class Reader:
    """Reads pieces from the left: sums of products of signed, maybe per-cent, atoms."""

    def __init__(self, found: list[tuple[str, str, int]]) -> None:
        self.found, self.at, self.depth = found, 0, 0

    def sign(self, choices: str) -> str:
        """The next piece if it is one of some signs, taken; else nothing."""
        if self.at < len(self.found):
            kind, text, _place = self.found[self.at]
            if kind == "sign" and text in choices:
                self.at += 1
                return text
        return ""

    def sum(self) -> Node:
        """Products added and taken away."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise Wrong("deep")
        node = self.product()
        while sign := self.sign("+-"):
            node = Node(sign, parts=(node, self.product()))
        self.depth -= 1
        return node

    def product(self) -> Node:
        """Atoms multiplied and divided."""
        node = self.signed()
        while sign := self.sign("*/"):
            node = Node(sign, parts=(node, self.signed()))
        return node

    def signed(self) -> Node:
        """An atom, with signs before and per cent behind."""
        negative = False
        while sign := self.sign("+-"):
            negative ^= sign == "-"
        node = self.atom()
        while self.sign("%"):
            node = Node("%", parts=(node,))
        return Node("neg", parts=(node,)) if negative else node

    def atom(self) -> Node:
        """A number, a name, or a sum in brackets."""
        if self.at >= len(self.found):
            raise Wrong("end")
        kind, text, place = self.found[self.at]
        self.at += 1
        if kind == "number":
            return Node("number", value=Decimal(text))
        if kind == "name":
            return Node("name", name=same(text))
        if text != "(":
            raise Wrong("sign", text, place)
        node = self.sum()
        if not self.sign(")"):
            raise Wrong("end")
        return node


def names(node: Node) -> frozenset[str]:
    """Every name a formula leans on."""
    own = frozenset((node.name,)) if node.kind == "name" else frozenset()
    return own.union(*(names(part) for part in node.parts))


def evaluate(node: Node, lookup: Callable[[str], Decimal]) -> Decimal:
    """What the formula comes to; Wrong(zero) for a division by nothing, and whatever `lookup` raises."""
    if node.kind == "number":
        return node.value
    if node.kind == "name":
        return lookup(node.name)
    values = [evaluate(part, lookup) for part in node.parts]
    try:
        match node.kind:
            case "neg":
                return EXACT.minus(values[0])
            case "%":
                return EXACT.divide(values[0], Decimal(100))
            case "+":
                return EXACT.add(*values)
            case "-":
                return EXACT.subtract(*values)
            case "*":
                return EXACT.multiply(*values)
        return EXACT.divide(*values)
    except (DivisionByZero, InvalidOperation) as error:
        raise Wrong("zero") from error


def order(leans: Mapping[K, Iterable[K]]) -> list[K]:
    """Keys so that each comes after all it leans on (those that are no keys are passed over); Circle with the path of the first circle."""
    done: dict[K, bool] = {}
    found: list[K] = []
    for start in leans:
        path: list[tuple[K, Iterator[K]]] = []
        if start not in done:
            done[start] = False
            path.append((start, iter(leans[start])))
        while path:
            key, rest = path[-1]
            following = next((one for one in rest if one in leans and not done.get(one, False)), None)
            if following is None:
                done[key] = True
                found.append(key)
                path.pop()
            elif following in done:
                round_it: list[object] = [one for one, _rest in path]
                raise Circle([*round_it[round_it.index(following) :], following])
            else:
                done[following] = False
                path.append((following, iter(leans[following])))
    return found
