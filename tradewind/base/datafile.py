"""Reading the product's own data files."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

# The parser in C is twenty times faster, where it was built.
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@lru_cache(maxsize=32)
def read(path: Path) -> Any:
    """The content of a YAML file shipped with a room, read once per process: never change what it returns.

    Dates stay text; languages are keyed ``en`` and ``zh-hans`` for ``LocalText``.
    """
    with path.open("rb") as file:
        return yaml.load(file, Loader=LOADER)  # noqa: S506  either loader builds plain values only
