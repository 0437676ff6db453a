"""What the shell around every page shows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    """The person and the addresses that the frame of each page needs."""
    return {"person": getattr(request, "person", None), "stream_url": settings.STREAM_URL, "slots": settings.UI_SLOTS}
