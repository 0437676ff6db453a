"""The product's own source as trees, for the rules of the house."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
AREAS = (
    "structure culture remote compliance performance risk learning finance supply market customers innovation"
).split()
ENGINES = (
    "practices meetings discuss desk surveys library assist metrics exchange inbox agenda jobs actions access"
).split()
NOUNS = ("org", "goals", "skills", "trade", "news", "files")


@dataclass(frozen=True)
class Source:
    """One Python file: its path, module name and tree."""

    path: Path

    @cached_property
    def text(self) -> str:
        return self.path.read_text("utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, str(self.path))

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @property
    def module(self) -> str:
        return self.name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def parts(self) -> tuple[str, ...]:
        return self.path.relative_to(ROOT).parts

    @property
    def is_test(self) -> bool:
        return "tests" in self.parts or self.path.name == "factories.py"

    @property
    def area(self) -> str | None:
        """The area the file lives in, or None."""
        return self.parts[2] if self.parts[:2] == ("tradewind", "areas") and len(self.parts) > 3 else None

    @property
    def engine(self) -> str | None:
        """The engine the file lives in, or None."""
        return self.parts[2] if self.parts[:2] == ("tradewind", "engines") and len(self.parts) > 3 else None

    def imports(self) -> Iterator[tuple[ast.stmt, str, str]]:
        """Every import as (statement, module, name); the name is empty for `import module`."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield node, alias.name, ""
            elif isinstance(node, ast.ImportFrom):
                package = self.module.split(".")
                base = package[: len(package) - node.level + (self.path.name == "__init__.py")] if node.level else []
                for alias in node.names:
                    yield node, ".".join([*base, *([node.module] if node.module else [])]), alias.name

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Every function and method."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node


@cache
def sources(*tops: str) -> list[Source]:
    """The Python files under some folders, migrations left out."""
    folders = [ROOT / top for top in tops or ("tradewind", "config", "tests", "bench")]
    paths = [path for folder in folders for path in sorted(folder.rglob("*.py"))]
    return [Source(path) for path in paths if "migrations" not in path.parts]


def dotted(node: ast.expr) -> str:
    """`a.b.c` of a chain of names, calls left out: `A.objects.filter(x).update` gives `A.objects.filter.update`."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    if isinstance(node, ast.Call):
        return dotted(node.func)
    if isinstance(node, ast.Subscript):
        return dotted(node.value)
    return ""
