"""Pure parts of discussing: who is mentioned in a text, Markdown made safe, names and types of files."""

from __future__ import annotations

import re
from collections.abc import Iterable

import nh3
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml

from tradewind.base.mentions import mentions
from tradewind.base.uploads import safe_name, type_of

__all__ = ["html_of", "mentions", "safe_name", "type_of"]

MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])
PICTURES = {"image/png", "image/jpeg", "image/gif", "image/webp"}  # never SVG: it can hold programs
PICTURE_SIZE = 10_000_000
TAGS = {
    "p", "br", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a", "hr", "h1", "h2", "h3", "h4",
    "table", "thead", "tbody", "tr", "th", "td", "mark",
}  # fmt: skip


def html_of(text: str, names: Iterable[str] = ()) -> str:
    """Markdown as HTML that can do no harm: no images, no markup of the author's own, links that tell nobody whence.

    Each `@name` of `names` is marked.
    """
    drawn = MARKDOWN.render(text)
    for name in sorted({name for name in names if name}, key=len, reverse=True):
        drawn = re.sub(rf"(?<!\w)[@＠]{re.escape(escapeHtml(name))}", lambda hit: f"<mark>{hit.group(0)}</mark>", drawn)
    return nh3.clean(drawn, tags=TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto"},
                     link_rel="noopener noreferrer nofollow")  # fmt: skip


def is_picture(content_type: str, size: int) -> bool:
    """Whether a file of a type found from its bytes may be shown as a picture, of at most 10 MB."""
    return content_type in PICTURES and size <= PICTURE_SIZE
