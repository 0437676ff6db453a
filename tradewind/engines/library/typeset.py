"""Markdown as Typst code: every word stands in a string literal, so no text can ever become a command."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from markdown_it.token import Token

from tradewind.engines.library.rules import MARKDOWN, TASK

Address = Callable[[str], str]
UNSAFE = re.compile(r'[\\"\x00-\x1f\x7f\u2028\u2029]')
BETWEEN_SIGNS = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]$")
WRAPS = {
    "strong_open": "strong", "em_open": "emph", "s_open": "strike", "paragraph_open": "par", "blockquote_open": "quote(block: true)",
}  # fmt: skip


def literal(words: str) -> str:
    """A Typst string literal of exactly these words; signs that steer a printer are dropped."""

    def escape(hit: re.Match[str]) -> str:
        sign = hit.group(0)
        return f"\\{sign}" if sign in '\\"' else "\\n" if sign == "\n" else "\\t" if sign == "\t" else ""

    return f'"{UNSAFE.sub(escape, words)}"'


def markup(text: str, *, link: Address, picture: Address) -> str:
    """Markdown as a Typst code block.

    `link` turns what is written into a whole address, `picture` into the name of a file beside the document; '' leaves
    the words alone. Raw HTML stays words, as on the page.
    """
    blocks = Setter(link, picture).blocks(MARKDOWN.parse(text))
    return joined([f"parbreak()\n{block}" for block in blocks])


class Setter:
    """Sets the tokens of one text; Markdown nests 20 levels at most, so does this."""

    def __init__(self, link: Address, picture: Address) -> None:
        self.link, self.picture = link, picture

    def block(self, tokens: Sequence[Token]) -> str:
        """A run of block tokens as one code block."""
        return joined(self.blocks(tokens))

    def blocks(self, tokens: Sequence[Token]) -> Iterator[str]:
        """Each block of a run."""
        at = 0
        while at < len(tokens):
            end = partner(tokens, at)
            yield self.one(tokens[at], tokens[at + 1 : end])
            at = end + 1

    def one(self, token: Token, inside: Sequence[Token]) -> str:
        """One block with what lies in it."""
        if token.type == "inline":
            return self.line(token.children or [])
        if token.type == "heading_open":
            return f"heading(level: {token.tag[1]}, {self.block(inside)})"
        if token.type in ("bullet_list_open", "ordered_list_open"):
            return self.listed(token, inside)
        if token.type in ("fence", "code_block"):
            return f"raw({literal(token.content.rstrip())}, block: true)"
        if token.type == "hr":
            return "line(length: 100%, stroke: 0.5pt + luma(180))"
        if token.type == "table_open":
            return self.table(inside)
        name = WRAPS.get(token.type)
        return called(name, self.block(inside)) if name else self.block(inside)

    def listed(self, token: Token, inside: Sequence[Token]) -> str:
        """A list, with the boxes of tasks; tight where its lines stand without space between them."""
        items, at = [], 0
        while at < len(inside):
            end = partner(inside, at)
            items.append(self.block(ticked(inside[at + 1 : end])))
            at = end + 1
        tight = "true" if any(part.type == "paragraph_open" and part.hidden for part in inside) else "false"
        if token.type == "ordered_list_open":
            start = int(token.attrGet("start") or 1)
            return f"enum(tight: {tight}, start: {min(start, 10**9)}, {', '.join(items)})"
        return f"list(tight: {tight}, {', '.join(items)})"

    def table(self, inside: Sequence[Token]) -> str:
        """A table whose first row is repeated on every page."""
        cells = [token.type for token in inside]
        columns = max(1, cells.count("th_open"))
        aligns = [side_of(token) for token in inside if token.type == "th_open"] or ["left"]
        heads, body = [], []
        for place, token in enumerate(inside):
            if token.type == "th_open":
                heads.append(f"strong({self.line(inside[place + 1].children or [])})")
            elif token.type == "td_open":
                body.append(self.line(inside[place + 1].children or []))
        header = f"table.header({', '.join(heads)})," if heads else ""
        return f"table(columns: {columns}, align: ({', '.join(aligns)},), {header} {', '.join(body)})"

    def line(self, parts: Sequence[Token]) -> str:
        """The inline parts of a line."""
        found, _at = self.inline(parts, 0, "")
        return found

    def inline(self, parts: Sequence[Token], at: int, until: str) -> tuple[str, int]:
        """Parts up to the closing one; the code and where it ended."""
        pieces: list[str] = []
        while at < len(parts) and parts[at].type != until:
            part = parts[at]
            if part.type in ("strong_open", "em_open", "s_open", "link_open"):
                inner, at = self.inline(parts, at + 1, part.type.replace("_open", "_close"))
                pieces.append(self.wrapped(part, inner))
            elif part.type == "softbreak":
                before = parts[at - 1].content if at else ""
                pieces.append(literal("" if BETWEEN_SIGNS.search(before) else " "))
            else:
                pieces.append(self.word(part))
            at += 1
        return joined(pieces), at

    def wrapped(self, part: Token, inner: str) -> str:
        """Strong, emphasised, struck out, or a link (its words alone where it leads nowhere)."""
        if part.type != "link_open":
            return called(WRAPS[part.type], inner)
        target = self.link(str(part.attrGet("href") or ""))
        return f"link({literal(target)}, {inner})" if target else inner

    def word(self, part: Token) -> str:
        """A part that holds no others."""
        if part.type == "image":
            name = self.picture(str(part.attrGet("src") or ""))
            return f"picture({literal(name)}, {literal(part.content)})" if name else literal(f"[{part.content}]")
        if part.type == "code_inline":
            return f"raw({literal(part.content)})"
        return "linebreak()" if part.type == "hardbreak" else literal(part.content)


def joined(pieces: Iterator[str] | Sequence[str]) -> str:
    """Expressions as one code block whose value is content, also when there are none."""
    return "{[]\n" + "\n".join(pieces) + "\n}"


def called(name: str, inner: str) -> str:
    """A call with content as its last argument."""
    return f"{name[:-1]}, {inner})" if name.endswith(")") else f"{name}({inner})"


def partner(tokens: Sequence[Token], at: int) -> int:
    """Where the block that begins here ends."""
    depth = 0
    for place in range(at, len(tokens)):
        depth += tokens[place].nesting
        if depth <= 0:
            return place
    return len(tokens) - 1


def ticked(tokens: Sequence[Token]) -> Sequence[Token]:
    """The tokens of a list item, a task's brackets as an empty or ticked box."""
    if len(tokens) > 1 and tokens[1].type == "inline" and tokens[1].children:
        first = tokens[1].children[0]
        hit = TASK.match(first.content) if first.type == "text" else None
        if hit is not None:
            first.content = ("☐ " if hit.group(1) == " " else "☑ ") + first.content[hit.end() :]
    return tokens


def side_of(token: Token) -> str:
    """On which side the words of a column stand."""
    style = str(token.attrGet("style") or "")
    return "right" if "right" in style else "center" if "center" in style else "left"
