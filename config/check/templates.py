"""Template lint: no untranslated text, nothing the content security policy forbids, no picture or field without a name."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
COMMENT = re.compile(r"\{#.*?#\}|\{%\s*comment\b.*?%\}.*?\{%\s*endcomment\s*%\}|<!--.*?-->", re.DOTALL)
TRANSLATED = re.compile(r"\{%\s*blocktrans(?:late)?\b.*?%\}.*?\{%\s*endblocktrans(?:late)?\s*%\}", re.DOTALL)
VERBATIM = re.compile(r"\{%\s*verbatim\b.*?%\}.*?\{%\s*endverbatim\b.*?%\}", re.DOTALL)
TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
UNSAFE = re.compile(r"\|\s*safe\b|\{%\s*autoescape\s+off")
HOLE = "\ue000"  # stands for what the server fills in

# Words that are the same in every language: the product, file formats, key names, codes.
COMMON_WORDS = set(
    "Tradewind CSV TSV XLSX PNG PDF JSON HTML API REST OpenAPI URL SKU CNY EUR USD GBP JPY Ctrl Esc Enter Tab Shift Alt "
    "OIDC SAML TOTP SMTP UTC ISO ID OK px kB MB GB zh en K".split()
)
WORD = re.compile(r"[^\W\d_]{2,}")
TEXT_ATTRIBUTES = {
    "alt",
    "title",
    "placeholder",
    "aria-label",
    "aria-description",
    "aria-valuetext",
    "aria-roledescription",
}
COMPONENT_ATTRIBUTES = TEXT_ATTRIBUTES | {
    "label",
    "heading",
    "help",
    "text",
    "empty",
    "caption",
    "unit",
    "hint",
    "subtitle",
}
SILENT = {"script", "style", "code", "pre", "kbd", "samp", "svg", "math"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
UNLABELLED = {"hidden", "submit", "button", "reset", "image"}


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", HOLE, match.group())


class Lint(HTMLParser):
    """Reads one template whose Django tags are blanked out and collects what is wrong with it."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[int, str]] = []
        self.open: list[str] = []
        self.labelled = set(re.findall(r"""<label[^>]*\bfor\s*=\s*["']([^"']+)["']""", source))
        for number, line in enumerate(source.splitlines(), 1):
            if UNSAFE.search(COMMENT.sub("", line)):
                self.found.append((number, "markup is trusted unescaped"))
        self.raw = source
        blanked = source
        for pattern in (COMMENT, TRANSLATED, VERBATIM, TAG):
            blanked = pattern.sub(_blank, blanked)
        self.feed(blanked)
        self.close()

    def say(self, text: str) -> None:
        self.found.append((self.getpos()[0], text))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name.strip(HOLE): value or "" for name, value in attrs}
        self._policy(tag, given)
        self._names(tag, given)
        wanted = COMPONENT_ATTRIBUTES if tag.startswith("c-") else TEXT_ATTRIBUTES
        for name, value in given.items():
            if name in wanted and untranslated(value):
                self.say(f"untranslated {name}: {clean(value)!r}")
        if tag not in VOID and not (self.get_starttag_text() or "").endswith("/>"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            while self.open and self.open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not any(tag in SILENT for tag in self.open) and untranslated(data):
            self.say(f"untranslated text: {clean(data)[:60]!r}")

    def _policy(self, tag: str, given: dict[str, str]) -> None:
        for name in given:
            if name == "style":
                self.say("a style attribute: use a class")
            elif re.fullmatch(r"on[a-z]+", name):
                self.say(f"an inline handler {name}: use Alpine or a script of the bundle")
        if any(value.strip().lower().startswith("javascript:") for value in given.values()):
            self.say("a javascript: address")
        data_block = given.get("type", "") in ("application/json", "text/template")
        if tag in ("script", "style") and not {"nonce", "src"} & set(given) and not data_block:
            self.say(f"<{tag}> without a nonce")
        elsewhere = given.get("src" if tag == "script" else "href", "") if tag in ("script", "link") else ""
        if re.match(r"(https?:)?//", elsewhere):
            self.say(f"<{tag}> from another host")
        if tag == "form" and given.get("method", "").lower() == "post" and not self._has_token():
            self.say("a posting form without csrf_token")

    def _has_token(self) -> bool:
        start = self._offset()
        end = self.raw.find("</form", start)
        return "csrf_token" in self.raw[start : end if end > 0 else None]

    def _offset(self) -> int:
        line, column = self.getpos()
        return sum(len(text) + 1 for text in self.raw.split("\n")[: line - 1]) + column

    def _names(self, tag: str, given: dict[str, str]) -> None:
        if tag == "img" and "alt" not in given:
            self.say("<img> without alt")
        if tag not in ("input", "select", "textarea") or given.get("type", "").lower() in UNLABELLED:
            return
        named = {"aria-label", "aria-labelledby", ":aria-label"} & set(given)
        raw_id = self._raw_id()
        if not (named or "label" in self.open or raw_id in self.labelled):
            self.say(f"<{tag}> without a label")

    def _raw_id(self) -> str:
        start = self._offset()
        text = self.raw[start : start + len(self.get_starttag_text() or "")]
        found = re.search(r"""\sid\s*=\s*(["'])(.*?)\1""", text, re.DOTALL)
        return found.group(2) if found else ""


def clean(text: str) -> str:
    return " ".join(text.replace(HOLE, " ").split())


def untranslated(text: str) -> bool:
    """Whether a text holds words of one language only."""
    return any(word not in COMMON_WORDS for word in WORD.findall(text.replace(HOLE, " ")))


def problems(source: str) -> list[tuple[int, str]]:
    """What is wrong with a template: (line, words)."""
    return sorted(Lint(source).found)


def templates() -> Iterator[Path]:
    """Every page template of the product."""
    for top in ("tradewind", "config"):
        for path in sorted((ROOT / top).rglob("*.html")):
            if "templates" in path.parts and "tests" not in path.relative_to(ROOT).parts:
                yield path


def main() -> int:
    """Print every problem; exit 1 if there is one."""
    found = [
        f"{path.relative_to(ROOT)}:{line}: {text}"
        for path in templates()
        for line, text in problems(path.read_text("utf-8"))
    ]
    print("\n".join(found), end="")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
