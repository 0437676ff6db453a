"""No file of the repository may name a package host, a path of somebody's machine, or hold an oversized blob."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
LARGEST = 3 * 1024 * 1024
# Written in parts, so that this file does not name what it forbids.
HOSTS = ("pypi" + ".org", "files.python" + "hosted.org", "registry.npm" + "js.org", "npm" + "mirror.com")
HOMES = ("/" + "root/", "/" + "work/main", "/" + "work/shared", "/" + "tmp/brief", "/" + "Users/", "file:///" + "opt")
FORBIDDEN = re.compile("|".join(re.escape(text) for text in (*HOSTS, *HOMES)))
LOCKS = re.compile(r"(^|/)(requirements/[^/]+|package-lock\.json|\.npmrc)$")
ADDRESS = re.compile(r"https?://|\"resolved\"")
# Package pages of the licence field and the like are no download addresses.
FUNDING = re.compile(r'^\s*"url":')


def tracked() -> list[str]:
    """The repository's files by name."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, text=True, capture_output=True, check=True).stdout
    return [name for name in listing.split("\0") if name]


def problems(name: str, content: bytes) -> Iterator[str]:
    """What is wrong with one file, each with its line."""
    if len(content) > LARGEST:
        yield f"{name}: {len(content):,} bytes"
    if b"\0" in content[:8000]:
        return
    is_lock = bool(LOCKS.search(name))
    for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), 1):
        found = FORBIDDEN.search(line)
        if found:
            yield f"{name}:{number}: names {found.group()}"
        if is_lock and ADDRESS.search(line) and not FUNDING.search(line):
            yield f"{name}:{number}: a lock holds no address"


def main() -> int:
    """Print every problem; exit 1 if there is one."""
    found = [
        problem
        for name in tracked()
        if (ROOT / name).is_file()
        for problem in problems(name, (ROOT / name).read_bytes())
    ]
    print("\n".join(found), end="")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
