"""A document's wording as a PDF: title, version, day it holds from, pages numbered; a Chinese font comes along."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import noto_cjk_sans_otc
import typst
from django.utils import translation
from django.utils.translation import gettext as _

from tradewind.base.errors import NotFound
from tradewind.engines.library.models import Version
from tradewind.engines.library.typeset import Address, literal, markup
from tradewind.nouns.files.models import Attachment
from tradewind.nouns.files.queries import open_kept
from tradewind.nouns.org.models import Company
from tradewind.ui.formats import format_day

ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp", "image/svg+xml": "svg"}
FACES = {"zh-hans": "SC", "zh-hant": "TC", "ja": "JP", "ko": "KR"}
LAYOUT = """
#set document(title: %(title)s, author: %(author)s, description: %(facts)s)
#set text(font: ("Noto Sans CJK %(face)s", "DejaVu Sans Mono"), size: 10.5pt, lang: "%(lang)s"%(region)s)
#set par(justify: false, leading: 0.75em, spacing: 1.1em)
#set page(paper: "a4", margin: (x: 22mm, top: 24mm, bottom: 22mm),
  header: context if counter(page).get().first() > 1 { set text(size: 8pt, fill: luma(110)); %(title)s; h(1fr); %(version)s },
  footer: context { set text(size: 8pt, fill: luma(110)); %(author)s; h(1fr)
    str(counter(page).get().first()); " / "; str(counter(page).final().first()) })
#show strong: set text(stroke: 0.025em)
#show heading: set text(stroke: 0.02em)
#show heading: set block(above: 1.6em, below: 0.9em)
#show emph: set text(font: ("Libertinus Serif", "Noto Sans CJK %(face)s"))
#show link: set text(fill: rgb("#1d4f91"))
#show raw: set text(font: ("DejaVu Sans Mono", "Noto Sans CJK %(face)s"), size: 9pt)
#show raw.where(block: true): it => block(fill: luma(244), inset: 8pt, radius: 3pt, width: 100%%, it)
#set table(stroke: (x, y) => (bottom: 0.5pt + luma(200)), inset: (x: 6pt, y: 5pt))
#show quote.where(block: true): it => block(stroke: (left: 2pt + luma(200)), inset: (left: 10pt, y: 3pt), it.body)
#set list(indent: 0.6em)
#set enum(indent: 0.6em)
#let picture(name, words) = context box(image(name, alt: words, width: calc.min(measure(image(name)).width, 150mm)))
#block(below: 1.1em, text(size: 20pt, stroke: 0.02em, %(title)s))
#block(below: 1.8em, text(size: 9pt, fill: luma(110), %(facts)s))
#%(body)s
"""


@cache
def fonts() -> typst.Fonts:
    """The fonts that come along, opened once; those of the machine are never used, so every machine sets alike."""
    folder = Path(str(noto_cjk_sans_otc.FONT_PATH)).parent
    return typst.Fonts(include_system_fonts=False, font_paths=[folder])


def facts_of(version: Version) -> str:
    """What stands under the title, in the language of the text: version, state, from when it holds."""
    words = [_("Version %(number)s") % {"number": version.number}]
    if version.state == Version.PUBLISHED and version.effective_on is not None:
        words.append(_("In force since %(day)s") % {"day": format_day(version.effective_on)})
    elif version.state != Version.PUBLISHED:
        words.append(str(version.get_state_display()))
    return " · ".join(words)


def made(version: Version, *, link: Address, pictures: Mapping[str, Attachment]) -> bytes:
    """The PDF of one wording.

    `link` turns a written address into a whole one ('' leaves the words); `pictures` are those attached, by their names.
    A picture that cannot be drawn is replaced by its words.
    """
    with tempfile.TemporaryDirectory(prefix="pdf-") as name:
        folder = Path(name)
        files = {key: file for key, one in pictures.items() if (file := laid_out(folder, one))}
        try:
            return compiled(folder, source(version, link, files))
        except typst.TypstError:
            good = {key: file for key, file in files.items() if drawable(folder, file)}
            return compiled(folder, source(version, link, good))


def source(version: Version, link: Address, files: Mapping[str, str]) -> str:
    """The Typst source of a wording."""
    language = version.text.language
    body = markup(version.body, link=link, picture=lambda target: files.get(unquote(target.removeprefix("file:")), ""))
    with translation.override(language):
        company = Company.objects.first()
        known = {"title": version.title, "author": str(company.name) if company else "Tradewind", "facts": facts_of(version),
                 "version": _("Version %(number)s") % {"number": version.number}}  # fmt: skip
    base = language.split("-")[0]
    region = {"zh-hans": ', region: "cn"', "zh-hant": ', region: "tw"'}.get(language, "")
    words = {key: literal(value) for key, value in known.items()}
    return LAYOUT % {**words, "face": FACES.get(language, "SC"), "lang": base, "region": region, "body": body}


def laid_out(folder: Path, picture: Attachment) -> str:
    """Put a picture's bytes beside the source; its file name there, '' for what is no picture or is gone."""
    ending = ENDINGS.get(picture.content_type)
    if ending is None:
        return ""
    name = f"picture-{picture.pk}.{ending}"
    try:
        with open_kept(picture.sha256) as file:
            (folder / name).write_bytes(file.read())
    except NotFound:
        return ""
    return name


def drawable(folder: Path, name: str) -> bool:
    """Whether a picture can be drawn at all."""
    try:
        compiled(folder, f"#image({literal(name)})")
    except typst.TypstError:
        return False
    return True


def compiled(folder: Path, words: str) -> bytes:
    """Set a source whose pictures lie in a folder; it reads nothing outside of it and nothing from the network."""
    main = folder / "main.typ"
    main.write_text(words, encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", typst.TypstWarning)
        return typst.compile(main, root=folder, font_paths=fonts())
