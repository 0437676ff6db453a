"""Markdown folders as ZIP files: what is read from one and how documents become one again.

`guide/start.md` is a page at `guide/start`, `guide/start.zh-hans.md` its Chinese text, `guide/index.md` the page `guide`.
Pictures lie anywhere in the folder. Front matter between `---` lines may give `title`, and `source: true` marks the
text that the others are translated from.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

from django.conf import settings
from django.utils.text import slugify
from django.utils.translation import gettext as _

from tradewind.base.errors import Refused
from tradewind.base.uploads import safe_name
from tradewind.engines.library import queries
from tradewind.engines.library.models import Document, Version
from tradewind.engines.library.rules import document_of
from tradewind.nouns.files.queries import open_kept

MOST_FILES, MOST_BYTES, MOST_TEXT = 5_000, 200 * 1024 * 1024, 2 * 1024 * 1024
PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp")
TARGET = re.compile(r"(!?\[[^\]]*\]\()\s*<?([^)\s>]+)>?((?:\s+\"[^\"]*\")?\s*\))")
STAMP = (2026, 1, 1, 0, 0, 0)


@dataclass
class Page:
    """One file: its language, title and Markdown; `pictures` are the names it shows with their places in the folder."""

    path: str
    title: str
    body: str
    source: bool = False
    pictures: dict[str, str] = field(default_factory=dict)


@dataclass
class Folder:
    """What was read: pages by place and language, and the bytes of pictures by path."""

    pages: dict[str, dict[str, Page]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)

    def source_of(self, pages: Mapping[str, Page]) -> str:
        """The language that others are translated from: as marked, else English, else the first."""
        marked = [language for language, page in pages.items() if page.source]
        return (marked or [one for one in ("en", *sorted(pages)) if one in pages] or ["en"])[0]


# --- reading -------------------------------------------------------------------------------------------------------


def read_zip(data: bytes) -> Folder:
    """Read a ZIP of a Markdown folder; Refused for what is no ZIP, leads outside, or unpacks to too much."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except zipfile.BadZipFile as fault:
        raise Refused(_("This is not a ZIP file."), fields={"file": _("Not a ZIP file.")}) from fault
    infos = [info for info in archive.infolist() if not info.is_dir()]
    if len(infos) > MOST_FILES or sum(info.file_size for info in infos) > MOST_BYTES:
        raise Refused(_("The folder is too large."), fields={"file": _("Too large.")})
    folder = Folder()
    raw: list[Page] = []
    for info in infos:
        path = posixpath.normpath(info.filename.replace("\\", "/"))
        if path.startswith(("/", "..")) or "__MACOSX" in path or posixpath.basename(path).startswith("."):
            continue
        if path.lower().endswith(".md") and info.file_size <= MOST_TEXT:
            raw.append(read_page(path, archive.read(info)))
        elif path.lower().endswith(PICTURES):
            folder.files[path] = archive.read(info)
    if not raw:
        raise Refused(_("There is no Markdown file in it."), fields={"file": _("No Markdown file.")})
    for page in raw:
        place, language = place_of(page.path)
        folder.pages.setdefault(place, {})[language] = page
        note_pictures(page, folder)
    return folder


def read_page(path: str, data: bytes) -> Page:
    """One file's title and words; a first heading of level 1 is the title where the front matter has none."""
    text = data.decode("utf-8-sig", "replace").replace("\r\n", "\n")
    facts: dict[str, str] = {}
    if text.startswith("---\n") and "\n---\n" in text[3:]:
        head, _end, text = text[4:].partition("\n---\n")
        facts = {
            key.strip(): value.strip() for key, _colon, value in (line.partition(":") for line in head.splitlines())
        }
    title = facts.get("title", "").strip("\"'")
    lines = text.lstrip("\n").split("\n")
    if not title and lines[0].startswith("# "):
        title, text = lines[0][2:].strip(), "\n".join(lines[1:])
    name = place_of(path)[0].rsplit("/", 1)[-1]
    return Page(path, (title or name.replace("-", " "))[:200], text.strip("\n"), facts.get("source") == "true")


def place_of(path: str) -> tuple[str, str]:
    """Where a file's page lies in the space (slugs with slashes) and its language."""
    stem = path[:-3]
    language = "en"
    for code, _name in settings.LANGUAGES:
        if stem.lower().endswith(f".{code}"):
            stem, language = stem[: -len(code) - 1], code
    parts = [slugify(part, allow_unicode=True)[:100] or "page" for part in stem.split("/")]
    if len(parts) > 1 and parts[-1] in ("index", "readme"):
        parts.pop()
    return "/".join(parts), language


def inside(path: str, target: str) -> str:
    """The path in the folder that a relative target names."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(target.split("#", maxsplit=1)[0])))


def note_pictures(page: Page, folder: Folder) -> None:
    """Find the pictures a page shows, and write them as pictures of the document."""

    def swap(hit: re.Match[str]) -> str:
        place = inside(page.path, hit.group(2))
        if not hit.group(1).startswith("!") or place not in folder.files:
            return hit.group(0)
        name = safe_name(posixpath.basename(place))
        if page.pictures.get(name, place) != place:  # another picture of that name
            name = safe_name(place.replace("/", "-"))
        page.pictures[name] = place
        return f"{hit.group(1)}file:{quote(name)}{hit.group(3)}"

    page.body = TARGET.sub(swap, page.body)


def with_documents(page: Page, place: str, known: Mapping[str, int]) -> str:
    """A page's words with links to other files of the folder as links to their documents."""

    def swap(hit: re.Match[str]) -> str:
        target = hit.group(2)
        if (
            hit.group(1).startswith("!")
            or ":" in target.split("/")[0]
            or not target.split("#")[0].lower().endswith(".md")
        ):
            return hit.group(0)
        other = known.get(place_of(inside(page.path, target))[0])
        return f"{hit.group(1)}doc:{other}{hit.group(3)}" if other else hit.group(0)

    return TARGET.sub(swap, page.body)


# --- writing -------------------------------------------------------------------------------------------------------


def paths_of(documents: Iterable[Document]) -> dict[int, str]:
    """Where each document lies: the slugs from the top; a missing page above is left out."""
    rows = {document.pk: document for document in documents}

    def path(document: Document, seen: frozenset[int] = frozenset()) -> str:
        above = rows.get(document.parent_id or 0)
        if above is None or above.pk in seen:
            return document.slug
        return f"{path(above, seen | {document.pk})}/{document.slug}"

    return {pk: path(document) for pk, document in rows.items()}


def write_zip(documents: Iterable[Document], *, drafts: set[int] | frozenset[int] = frozenset()) -> bytes:
    """Documents as a ZIP of Markdown files with their pictures; of the documents in `drafts` also what is not published."""
    chosen = list(documents)
    paths = paths_of(chosen)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for document in chosen:
            shown = queries.pictures(document)
            for version in versions_out(document, document.pk in drafts):
                language = version.text.language
                ending = ".md" if language == "en" else f".{language}.md"
                body = written(version, document, paths, set(shown))
                put(archive, f"{paths[document.pk]}{ending}", body.encode())
            for name, attachment in shown.items():
                with open_kept(attachment.sha256) as content:
                    put(archive, f"pictures/{document.pk}/{name}", content.read())
    return out.getvalue()


def versions_out(document: Document, with_drafts: bool) -> list[Version]:
    """The versions to write: what is published of each language, else (where asked for) the newest."""
    rows = Version.objects.filter(text__document=document).exclude(state=Version.REPLACED).select_related("text")
    chosen: dict[int, Version] = {}
    for row in rows.order_by("text", "number"):
        if row.state == Version.PUBLISHED or (with_drafts and row.text_id not in chosen):
            chosen[row.text_id] = row
    return list(chosen.values())


def put(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    """Write one file; the same content makes the same archive."""
    archive.writestr(zipfile.ZipInfo(name, STAMP), data, zipfile.ZIP_DEFLATED)


def written(version: Version, document: Document, paths: Mapping[int, str], shown: set[str]) -> str:
    """A version as a file: front matter, and links and pictures as relative paths."""
    here = paths[document.pk]

    def swap(hit: re.Match[str]) -> str:
        target = hit.group(2)
        if hit.group(1).startswith("!"):
            name = unquote(target.removeprefix("file:"))
            return (
                f"{hit.group(1)}{relative(here, f'pictures/{document.pk}/{name}')}{hit.group(3)}"
                if name in shown
                else hit.group(0)
            )
        other = paths.get(document_of(target) or 0)
        return f"{hit.group(1)}{relative(here, other + '.md')}{hit.group(3)}" if other else hit.group(0)

    source = "source: true\n" if version.text.language == document.language else ""
    return f"---\ntitle: {version.title}\n{source}---\n\n{TARGET.sub(swap, version.body).strip()}\n"


def relative(here: str, target: str) -> str:
    """A path from the file at `here` to another one, quoted for a link."""
    return quote(posixpath.relpath(target, posixpath.dirname(here) or "."))


__all__ = ["Folder", "Page", "place_of", "read_zip", "with_documents", "write_zip"]
