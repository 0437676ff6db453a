from __future__ import annotations

from tests.outside import outside

__all__ = ["outside"]
