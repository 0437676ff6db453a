"""Every string a person sees has its Chinese text, and the catalogue in the repository is up to date."""

from __future__ import annotations

import sys

from django.conf import settings

from config import messages


def problems() -> list[str]:
    """Untranslated strings, strings the catalogue does not know yet, and faulty placeholders."""
    catalog = messages.merged()
    found = [f"untranslated: {text!r}" for text in messages.missing(catalog)]
    known = {messages.message_key(message) for message in messages.on_disk() if message.id}
    current = {messages.message_key(message) for message in catalog if message.id}
    found += [f"not in the catalogue: {text!r}" for _context, text in sorted(current - known, key=lambda key: key[1])]
    found += [f"in the catalogue only: {text!r}" for _context, text in sorted(known - current, key=lambda key: key[1])]
    return found + messages.faults(catalog)


def main() -> int:
    """Print every problem; exit 1 if there is one."""
    if not settings.configured:
        settings.configure()
    found = problems()
    print("\n".join(found), end="")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
