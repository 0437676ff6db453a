"""What is written for people holds together: links lead somewhere, indexes are complete, both READMEs say the same."""

from __future__ import annotations

import re
import subprocess

from tests.source import ROOT

LINK = re.compile(r"\]\(([^)\s#]+)(?:#[^)]*)?\)")
FENCED = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)


def documents() -> list[str]:
    listing = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, text=True, capture_output=True, check=True).stdout
    return [name for name in listing.split() if (ROOT / name).exists()]


def test_links_between_documents_lead_somewhere() -> None:
    broken = [
        f"{name} → {target}"
        for name in documents()
        for target in LINK.findall(FENCED.sub("", (ROOT / name).read_text("utf-8")))
        if "://" not in target
        and not target.startswith(("mailto:", "/"))
        and not ((ROOT / name).parent / target).exists()
    ]
    assert not broken, "\n".join(broken)


def test_every_decision_is_in_the_index() -> None:
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text("utf-8")
    records = sorted(path.name for path in folder.glob("0*.md"))
    assert [name for name in records if f"({name})" not in index] == []
    assert len({name[:4] for name in records}) == len(records), "two decisions have one number"


def test_every_engine_in_use_is_described_in_the_house() -> None:
    house = (ROOT / "docs" / "house.md").read_text("utf-8")
    pages = sorted(path.stem for path in (ROOT / "docs" / "house").glob("*.md"))
    assert [name for name in pages if f"(house/{name}.md)" not in house] == []


def test_both_readmes_give_the_same_commands() -> None:
    def commands(name: str) -> list[str]:
        blocks = re.findall(r"^```sh\n(.*?)^```", (ROOT / name).read_text("utf-8"), re.DOTALL | re.MULTILINE)
        return [line.split("#")[0].strip() for block in blocks for line in block.splitlines()]

    assert commands("README.md") == commands("README.zh-CN.md")
