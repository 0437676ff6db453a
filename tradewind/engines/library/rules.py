"""Pure parts of the library: Markdown made safe, languages chosen, wordings compared, reminders timed, searches ranked."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import nh3
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.token import Token

from tradewind.base.text import fold, query_grams

MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


def is_known_scheme(address: str) -> bool:
    """Whether an address may stand in a text at all; `file:` names a picture attached here and never reaches a page."""
    scheme = address.strip().lower().partition(":")[0] if ":" in address.split("/", maxsplit=1)[0] else ""
    return scheme in ("", "http", "https", "mailto", "file", "doc")


MARKDOWN.validateLink = is_known_scheme  # type: ignore[method-assign,assignment]
TAGS = {
    "p", "br", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a", "hr", "h1", "h2", "h3", "h4", "h5",
    "table", "thead", "tbody", "tr", "th", "td", "mark", "img",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href"}, "img": {"src", "alt", "loading"},
    **{f"h{level}": {"id"} for level in range(1, 6)},
}  # fmt: skip
TASK = re.compile(r"^\[([ xX])\]\s+")
INSIDE = re.compile(r"^(?:doc:|/library/documents/)(\d{1,18})/?(?:[?#].*)?$")
FIRST, LATER = (timedelta(days=3), timedelta(days=1)), timedelta(days=7)

Address = Callable[[str], str]


# --- Markdown ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Heading:
    """A heading of a text: its level, words and anchor."""

    level: int
    words: str
    anchor: str


@dataclass
class Drawn:
    """A text as HTML with what was found in it: headings, linked documents, pictures."""

    html: str = ""
    headings: list[Heading] = field(default_factory=list)


def draw(text: str, *, link: Address = str, picture: Address = str, names: Iterable[str] = ()) -> Drawn:
    """Markdown as HTML that can do no harm.

    `link` and `picture` turn what is written into addresses ('' draws the words alone); pictures from elsewhere are
    never loaded. Each `@name` of `names` is marked. Task lists show a box, empty or ticked.
    """
    tokens = MARKDOWN.parse(text)
    found = Drawn()
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            anchor = f"part-{len(found.headings) + 1}"
            token.attrs = {"id": anchor}
            found.headings.append(Heading(int(token.tag[1]), plain_words(tokens[place + 1]), anchor))
        elif token.type == "inline" and token.children is not None:
            token.children = list(rewritten(token.children, link, picture))
            if place > 1 and tokens[place - 2].type == "list_item_open":
                tick(token)
    drawn = MARKDOWN.renderer.render(tokens, MARKDOWN.options, {})
    for name in sorted({name for name in names if name}, key=len, reverse=True):
        drawn = re.sub(rf"(?<!\w)[@＠]{re.escape(escapeHtml(name))}", lambda hit: f"<mark>{hit.group(0)}</mark>", drawn)
    clean = nh3.clean(
        drawn,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    found.html = clean.replace("<table>", '<div class="table-wrap"><table class="table-list">').replace(
        "</table>", "</table></div>"
    )
    return found


def plain_words(token: Token) -> str:
    """The words of an inline token without marks."""
    return "".join(part.content for part in token.children or () if part.type in ("text", "code_inline")).strip()


def rewritten(parts: Sequence[Token], link: Address, picture: Address) -> Iterator[Token]:
    """The parts of a line with addresses in place; a link or picture without one leaves its words."""
    dropped = 0
    for part in parts:
        if part.type == "image":
            source = picture(str(part.attrGet("src") or ""))
            if source.startswith("/"):
                part.attrSet("src", source)
                part.attrSet("loading", "lazy")
                yield part
            else:
                yield Token("text", "", 0, content=f"[{part.content}]")
        elif part.type == "link_open":
            target = link(str(part.attrGet("href") or ""))
            dropped += not target
            if target:
                part.attrSet("href", target)
                yield part
        elif part.type == "link_close" and dropped:
            dropped -= 1
        else:
            yield part


def tick(token: Token) -> None:
    """Draw the box of a task list item."""
    if not token.children or token.children[0].type != "text":
        return
    first = token.children[0]
    hit = TASK.match(first.content)
    if hit is None:
        return
    first.content = ("☐ " if hit.group(1) == " " else "☑ ") + first.content[hit.end() :]


def addresses(text: str) -> tuple[list[str], list[str]]:
    """What a text links to and which pictures it shows, as written, in order."""
    links: list[str] = []
    pictures: list[str] = []
    for token in MARKDOWN.parse(text):
        for part in token.children or ():
            if part.type == "link_open":
                links.append(str(part.attrGet("href") or ""))
            elif part.type == "image":
                pictures.append(str(part.attrGet("src") or ""))
    return links, pictures


def linked_documents(text: str) -> set[int]:
    """The ids of the documents a text links to."""
    return {pk for link in addresses(text)[0] if (pk := document_of(link)) is not None}


def document_of(link: str) -> int | None:
    """The document that a link inside the library names; None for any other link."""
    hit = INSIDE.match(link)
    return int(hit.group(1)) if hit else None


# --- Languages -----------------------------------------------------------------------------------------------------


def choose(available: Collection[str], wanted: str, source: str) -> str:
    """Which language a reader gets: exact, else the base language, else the source, else English, else any; '' of none."""
    base = wanted.split("-", maxsplit=1)[0]
    for language in (wanted, base, *(one for one in available if one.split("-")[0] == base), source, "en"):
        if language in available:
            return language
    return next(iter(available), "")


# --- Comparing two wordings ----------------------------------------------------------------------------------------

PIECES = re.compile(r"[\u3400-\u9fff]|\w+|\s+|.", re.DOTALL)
SAME, GONE, NEW = "same", "gone", "new"
Piece = tuple[str, str]


@dataclass(frozen=True)
class Line:
    """One line of a comparison: `same`, `gone` or `new`, with the pieces that changed inside it marked."""

    kind: str
    pieces: tuple[Piece, ...]


def compare(before: str, after: str) -> list[Line]:
    """Two wordings line by line; in a changed line the changed words (for Chinese: signs) are marked."""
    old, new = before.splitlines(), after.splitlines()
    found: list[Line] = []
    for op, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if op == "equal":
            found += [Line(SAME, ((SAME, line),)) for line in old[a:b]]
        elif op == "replace" and b - a == d - c:
            for left, right in zip(old[a:b], new[c:d], strict=True):
                found += within(left, right)
        else:
            found += [Line(GONE, ((GONE, line),)) for line in old[a:b]]
            found += [Line(NEW, ((NEW, line),)) for line in new[c:d]]
    return found


def within(left: str, right: str) -> list[Line]:
    """One changed line as it was and as it is, with the changed pieces marked."""
    old, new = PIECES.findall(left), PIECES.findall(right)
    gone: list[Piece] = []
    fresh: list[Piece] = []
    for op, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if op == "equal":
            gone.append((SAME, "".join(old[a:b])))
            fresh.append((SAME, "".join(new[c:d])))
        else:
            gone += [(GONE, "".join(old[a:b]))] if b > a else []
            fresh += [(NEW, "".join(new[c:d]))] if d > c else []
    return [Line(GONE, tuple(gone)), Line(NEW, tuple(fresh))]


# --- Two wordings made from the same one -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Clash:
    """A place that both have changed, each in another way."""

    mine: str
    theirs: str


@dataclass
class Merged:
    """Both wordings in one: changes of either side; where both changed the same lines, one's own, told as a clash."""

    text: str = ""
    clashes: list[Clash] = field(default_factory=list)


def merge(base: str, mine: str, theirs: str) -> Merged:
    """One's own wording with what somebody else has changed since `base`; nothing of one's own is lost."""
    old, own, other = (text.splitlines(keepends=True) for text in (base, mine, theirs))
    found = Merged()
    at = (0, 0, 0)
    for low, high, left, right in [*unchanged(old, own, other), (len(old), len(old), len(own), len(other))]:
        before, here, there = ("".join(part) for part in (old[at[0] : low], own[at[1] : left], other[at[2] : right]))
        found.text += there if here == before else here
        if before not in (here, there) and here != there:
            found.clashes.append(Clash(here.strip("\n"), there.strip("\n")))
        found.text += "".join(old[low:high])
        at = high, left + high - low, right + high - low
    return found


def unchanged(old: Sequence[str], own: Sequence[str], other: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """The runs of lines that neither side has changed: where in the old text, and where in each of the new ones."""
    lefts, rights = (
        difflib.SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks() for new in (own, other)
    )
    left = right = 0
    while left < len(lefts) and right < len(rights):
        mine, theirs = lefts[left], rights[right]
        low, high = max(mine.a, theirs.a), min(mine.a + mine.size, theirs.a + theirs.size)
        if low < high:
            yield low, high, mine.b + low - mine.a, theirs.b + low - theirs.a
        left, right = (left + 1, right) if mine.a + mine.size < theirs.a + theirs.size else (left, right + 1)


# --- Reminders -----------------------------------------------------------------------------------------------------


def wanted_at(asked: datetime, due: datetime, told: int, last: datetime | None) -> datetime:
    """From when a reader may be told the next time: at once, 3 days and 1 day before the due moment, then every week.

    A reminder that would come within a day of the last one is left out. The reader's working time is not looked at here.
    """
    if told == 0:
        return asked
    since = last or asked
    for before in FIRST:
        if due - before >= since + timedelta(days=1):
            return due - before
    return max(due, since + LATER) if since >= due else max(due, since + timedelta(days=1))


# --- Searching -----------------------------------------------------------------------------------------------------


def score(words: str, title: str, body: str, keywords: str = "") -> int:
    """How well a document answers a search: the title counts most, then the exact words in a row, then how often."""
    phrase = fold(words).strip()
    heads, text, keys = fold(title), fold(body), fold(keywords)
    points = 100 * (heads == phrase) + 40 * (phrase in heads) + 30 * (phrase in keys) + 15 * (phrase in text)
    for term in query_grams(words):
        points += 5 * (term in heads) + min(text.count(term), 5)
    return points


MOST_WAYS = 8


def ways_to_say(words: str, groups: Iterable[Sequence[str]]) -> list[str]:
    """A search as it was typed, then with words of the same meaning in their place; 8 at most, no two alike."""
    ways = [words]
    for terms in groups:
        for known in sorted(terms, key=len, reverse=True):
            pattern = re.compile(rf"(?<![^\W\u3400-\u9fff]){re.escape(known)}(?![^\W\u3400-\u9fff])", re.IGNORECASE)
            if pattern.search(words):
                others = [term.replace("\\", r"\\") for term in terms if term != known]
                ways += [pattern.sub(other, way) for way in ways for other in others]
                ways = ways[:MOST_WAYS]
                break
    return list(dict.fromkeys(ways))


def snippet(words: str, body: str, width: int = 90) -> list[Piece]:
    """The place of a text that answers a search, as pieces of which the found ones are `new`."""
    plain = " ".join(re.sub(r"[#*_`>|]|\]\([^)]*\)|!?\[", " ", body).split())
    folded = plain.casefold()
    terms = [term for term in [words.strip().casefold(), *words.casefold().split()] if term]
    hit = next((place for term in terms if (place := folded.find(term)) >= 0), 0)
    start = max(0, hit - width)
    part = plain[start : hit + 2 * width]
    pattern = "|".join(re.escape(term) for term in sorted(terms, key=len, reverse=True))
    found: list[Piece] = [(SAME, "…")] if start else []
    if not pattern:
        return [*found, (SAME, part)]
    pieces = re.split(f"({pattern})", part, flags=re.IGNORECASE)
    return found + [(NEW if piece.casefold() in terms else SAME, piece) for piece in pieces if piece]
