"""The guide for users inside the product: the Markdown of docs/guide in the reader's language, with its pictures."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tradewind.base.errors import NotFound
from tradewind.ui.pages.page import Page, urls

FOLDER = Path(settings.ROOT) / "docs" / "guide"
ORDER = ("first-hour", "import", "pulse", "map", "roles", "backup")  # the others follow by name
NAMES = (*ORDER, *sorted({file.stem for file in (FOLDER / "en").glob("*.md")} - set(ORDER)))
MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True)
class Guide:
    """One page of the guide: its name, title and text as HTML."""

    name: str
    title: str
    html: SafeString

    @property
    def url(self) -> str:
        """Where it stands in the product."""
        return reverse("guide:page", args=[self.name])


def folder(language: str) -> Path:
    """The pages of one language; English where a language has none."""
    own = FOLDER / language
    return own if language in dict(settings.LANGUAGES) and own.is_dir() else FOLDER / "en"


def guide(name: str, language: str) -> Guide:
    """One page of the guide; raises NotFound for a name that is none."""
    file = folder(language) / f"{name}.md"
    if name not in NAMES or not file.is_file():
        raise NotFound(_("There is no such page in the guide."))
    return drawn(name, folder(language).name, file.stat().st_mtime_ns)


@lru_cache(maxsize=64)
def drawn(name: str, language: str, _changed: int) -> Guide:
    """The page as HTML; its first heading is the title."""
    tokens = MARKDOWN.parse((FOLDER / language / f"{name}.md").read_text("utf-8"))
    title, rest = tokens[1].content, tokens[3:]
    for token in rest:
        for part in token.children or ():
            rewrite(part, language)
    html = MARKDOWN.renderer.render(framed(rest), MARKDOWN.options, {})
    return Guide(name, title, mark_safe(html))


def rewrite(token: Token, language: str) -> None:
    """Point pictures and links between pages at their addresses in the product."""
    if token.type == "image":
        token.attrSet("src", reverse("guide:picture", args=[language, Path(str(token.attrGet("src"))).stem]))
        token.attrSet("loading", "lazy")
    elif token.type == "link_open":
        target = str(token.attrGet("href"))
        if target.endswith(".md") and "/" not in target:
            token.attrSet("href", reverse("guide:page", args=[target.removesuffix(".md")]))


def framed(tokens: Sequence[Token]) -> list[Token]:
    """Tables in a box that scrolls by itself, as a phone needs."""
    found: list[Token] = []
    for token in tokens:
        if token.type == "table_open":
            box = Token("box_open", "div", 1)
            box.attrs = {"class": "table-wrap", "tabindex": "0", "role": "region", "aria-label": str(_("Table"))}
            token.attrs = {"class": "table-list"}
            found += [box, token]
        else:
            found.append(token)
            if token.type == "table_close":
                found.append(Token("box_close", "div", -1))
    return found


class GuideIndex(Page):
    """The list of the guide's pages."""

    area, name, path = "guide", "index", ""
    title, icon, template = _("Guide"), "book", "ui/guide.html"
    any_person = True

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        language = get_language() or "en"
        return {"guides": [guide(name, language) for name in NAMES]}


class GuidePage(GuideIndex):
    """One page of the guide."""

    area, name, path, in_menu = "guide", "page", "<slug:guide>/", False

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        shown = guide(kwargs["guide"], get_language() or "en")
        return {**super().context(request), "shown": shown, "title": shown.title}


class Picture(Page):
    """A picture of the guide."""

    area, name, path, in_menu = "guide", "picture", "pictures/<slug:language>/<slug:picture>.png", False
    any_person = True

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        file = folder(kwargs["language"]) / "pictures" / f"{kwargs['picture']}.png"
        if not file.is_file():
            raise NotFound(_("There is no such picture in the guide."))
        answer = FileResponse(file.open("rb"), content_type="image/png")
        answer["Cache-Control"] = "private, max-age=3600"
        return answer


app_name = "guide"
urlpatterns = urls(GuideIndex, GuidePage, Picture)
