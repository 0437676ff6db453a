"""Translations without GNU gettext: extract every string a person sees, merge, fill and compile the catalogue.

`python tw.py messages` extracts and merges; `--fill FILE.json` adds translations; `--missing [PREFIX]` lists what is
untranslated as JSON that `--fill` reads back; `--compile` only compiles. A file lock lets several people run it at once.
"""

from __future__ import annotations

import argparse
import ast
import io
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from babel.messages import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

try:
    import fcntl
except ImportError:  # Windows: one person at a time
    fcntl = None  # type: ignore[assignment]

ROOT = Path(__file__).resolve().parent.parent
LOCALE = "zh_Hans"
CATALOGUE = ROOT / "locale" / LOCALE / "LC_MESSAGES" / "django.po"
CONTEXT_MARK = "\x04"
KEYWORDS: Any = [
    "_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy",
    "pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy",
]  # fmt: skip
# The first line of these functions' docstrings is their label on screen.
LABELLED = {"action", "job"}
# Components take translated values as expressions: `:title="_('Orders')"`; templatize reads only tags and variables.
IN_ATTRIBUTE = re.compile(r"""_\((?:'([^'\n]+)'|"([^"\n]+)")\)""")

Key = tuple[str | None, str]
Found = tuple[str | None, str | tuple[str, str], str]


def sources() -> Iterator[Path]:
    """Every Python file and template whose strings people see, in a stable order."""
    for top in (ROOT / "config", ROOT / "tradewind"):
        for path in sorted([*top.rglob("*.py"), *top.rglob("*.html"), *top.rglob("*.txt")]):
            parts = path.relative_to(ROOT).parts
            if "migrations" in parts or "tests" in parts or path.name == "factories.py":
                continue
            if path.suffix == ".py" or "templates" in parts:
                yield path


def _from_python(source: bytes) -> Iterator[tuple[str | None, str | tuple[str, str]]]:
    found: Any = extract_python(io.BytesIO(source), KEYWORDS, [], {"encoding": "utf-8"})
    for _line, name, words, _comments in found:
        values = [words] if isinstance(words, str) else list(words or [])
        context = None
        if "pgettext" in name and values:
            context, *values = values
        wanted = 2 if name.startswith(("ngettext", "npgettext")) else 1
        texts = [value for value in values[:wanted] if isinstance(value, str) and value]
        if len(texts) == wanted:
            yield context, (texts[0], texts[1]) if wanted == 2 else texts[0]


def _labels(source: bytes) -> Iterator[str]:
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef):
            continue
        for decorator in node.decorator_list:
            call = decorator.func if isinstance(decorator, ast.Call) else decorator
            name = call.id if isinstance(call, ast.Name) else call.attr if isinstance(call, ast.Attribute) else ""
            label = (ast.get_docstring(node) or "").partition("\n")[0].strip().rstrip(".")
            if name in LABELLED and label:
                yield label


def _from_template(text: str, origin: str) -> Iterator[tuple[str | None, str | tuple[str, str]]]:
    yield from _from_python(templatize(text, origin=origin).encode())
    for single, double in IN_ATTRIBUTE.findall(text):
        yield None, single or double


def extract(paths: Iterable[Path]) -> Iterator[Found]:
    """Every string with its context and the file it stands in: (context, text or (singular, plural), file)."""
    for path in paths:
        origin = path.relative_to(ROOT).as_posix()
        source = path.read_bytes()
        if path.suffix == ".py":
            found = [*_from_python(source), *((None, label) for label in _labels(source))]
        else:
            found = list(_from_template(source.decode(), origin))
        for context, text in found:
            yield context, text, origin


def message_key(message: Message) -> Key:
    text = message.id if isinstance(message.id, str) else message.id[0]
    return message.context, text


def template() -> Catalog:
    """A catalogue of all strings of the product, without translations."""
    catalog = _empty()
    for context, text, origin in extract(sources()):
        known = catalog.get(text if isinstance(text, str) else text[0], context)
        if known is not None and isinstance(text, str):
            text = known.id  # type: ignore[assignment]
        if known is not None and isinstance(text, tuple) and isinstance(known.id, str):
            catalog.delete(known.id, context)
        locations = [*(known.locations if known else []), (origin, 0)]
        catalog.add(text, context=context, locations=sorted(set(locations)))
    return catalog


def _empty() -> Catalog:
    catalog = Catalog(locale=LOCALE, project="Tradewind", version="1", charset="utf-8", fuzzy=False)
    catalog.header_comment = "# Simplified Chinese texts of Tradewind. Written by `python tw.py messages`."
    return catalog


def on_disk() -> Catalog:
    """The catalogue as it is on disk, empty when there is none."""
    if not CATALOGUE.exists():
        return _empty()
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale=LOCALE)


def stored() -> dict[Key, str]:
    """The translations on disk, those of removed strings included."""
    catalog = on_disk()
    messages = [message for message in catalog if message.id] + list(catalog.obsolete.values())
    return {message_key(message): text for message in messages if (text := translation(message))}


def translation(message: Message) -> str:
    """The Chinese text of a message, empty when there is none; Chinese has one form for every number."""
    string = message.string
    return string if isinstance(string, str) else string[0] if string else ""


def merge(catalog: Catalog, translations: dict[Key, str], *, prune: bool = False) -> None:
    """Give the strings their translations; keep those of vanished strings as obsolete unless pruning."""
    left = dict(translations)
    for message in catalog:
        string = left.pop(message_key(message), None) if message.id else None
        if string is None:
            continue
        message.string = string if isinstance(message.id, str) else (string,)
    for (context, text), string in sorted(left.items(), key=lambda item: item[0][1]):
        if not prune:
            key: Any = text if context is None else (text, context)
            catalog.obsolete[key] = Message(text, string, context=context)


def save(catalog: Catalog) -> None:
    """Write the catalogue and its compiled form, each in one step."""
    text = io.BytesIO()
    write_po(text, catalog, width=118, sort_output=True, include_lineno=False, include_previous=False)
    lines = [line for line in text.getvalue().decode().splitlines() if not _changes_by_itself(line)]
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    _replace(CATALOGUE, ("\n".join(lines).rstrip() + "\n").encode())
    compile_catalogue()


def _changes_by_itself(line: str) -> bool:
    return line.startswith(
        (
            '"POT-Creation-Date',
            '"PO-Revision-Date',
            '"Generated-By',
            '"Last-Translator',
            '"Report-Msgid',
            '"Language-Team',
        )
    )


def compile_catalogue() -> None:
    """Compile every catalogue of the product to the form Django reads."""
    for path in ROOT.glob("locale/*/LC_MESSAGES/*.po"):
        with path.open("rb") as file:
            catalog = read_po(file, locale=path.parent.parent.name)
        compiled = io.BytesIO()
        write_mo(compiled, catalog)
        _replace(path.with_suffix(".mo"), compiled.getvalue())


def _replace(path: Path, content: bytes) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_bytes(content)
    beside.replace(path)


@contextmanager
def locked() -> Iterator[None]:
    """One writer of the catalogue at a time."""
    lock = ROOT / "locale" / ".lock"
    lock.parent.mkdir(exist_ok=True)
    with lock.open("w") as file:
        if fcntl is not None:
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def read_fill(path: Path) -> dict[Key, str]:
    """Translations of a JSON file {"English": "中文"}; a context stands before the text, parted by U+0004."""
    filled: dict[Key, str] = {}
    for text, string in json.loads(path.read_text("utf-8")).items():
        context, _, last = text.rpartition(CONTEXT_MARK)
        value = string if isinstance(string, str) else string[0]
        if value:
            filled[(context or None, last)] = value
    return filled


def missing(catalog: Catalog, prefix: str = "") -> dict[str, str | list[str]]:
    """The untranslated strings of files under a path prefix, in the form `--fill` reads."""
    found: dict[str, str | list[str]] = {}
    for message in catalog:
        if not message.id or translation(message):
            continue
        if prefix and not any(origin.startswith(prefix) for origin, _line in message.locations):
            continue
        context, text = message_key(message)
        found[f"{context}{CONTEXT_MARK}{text}" if context else text] = "" if isinstance(message.id, str) else [""]
    return found


PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[-#0 +]*[\d.]*[sdrfi]|\{\w*\}")


def faults(catalog: Catalog) -> list[str]:
    """What is wrong with the translations: placeholders that differ from the source."""
    wrong = []
    for message in catalog:
        string = translation(message)
        if not message.id or not string:
            continue
        sources_ = [message.id] if isinstance(message.id, str) else list(message.id)
        allowed = {mark for source in sources_ for mark in PLACEHOLDER.findall(source)}
        used = set(PLACEHOLDER.findall(string))
        named = {mark for mark in allowed if "(" in mark}
        if used - allowed or (named and isinstance(message.id, str) and named - used):
            wrong.append(f"{sources_[0]!r} → {string!r}: placeholders differ")
    return wrong


def merged() -> Catalog:
    """The strings of the source as it is now with the translations on disk; writes nothing."""
    catalog = template()
    merge(catalog, stored(), prune=True)
    return catalog


def main(words: list[str]) -> int:
    """The command behind `tw.py messages`."""
    parser = argparse.ArgumentParser(prog="tw.py messages", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--fill", type=Path, metavar="FILE", help="merge translations from a JSON file")
    parser.add_argument("--missing", nargs="?", const="", metavar="PREFIX", help="list what is untranslated as JSON")
    parser.add_argument("--prune", action="store_true", help="forget translations of strings that are gone")
    parser.add_argument("--compile", action="store_true", help="only compile")
    chosen = parser.parse_args(words)
    if not settings.configured:
        settings.configure()
    if chosen.missing is not None:
        print(json.dumps(missing(merged(), chosen.missing), ensure_ascii=False, indent=1))
        return 0
    with locked():
        if chosen.compile:
            compile_catalogue()
            return 0
        filled = read_fill(chosen.fill) if chosen.fill else {}
        catalog = template()
        merge(catalog, stored() | filled, prune=chosen.prune)
        save(catalog)
    known = {message_key(message) for message in catalog}
    for context, text in filled.keys() - known:
        print(f"not in the source: {context or ''} {text!r}", file=sys.stderr)
    for fault in faults(catalog):
        print(fault, file=sys.stderr)
    print(f"{len(catalog)} strings, {len(missing(catalog))} untranslated", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
