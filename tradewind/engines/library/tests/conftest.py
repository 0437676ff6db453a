"""A clock that a test sets."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

import pytest
import time_machine

At = Callable[[datetime], AbstractContextManager[Any]]


@pytest.fixture
def time_machine_at() -> At:
    """`with time_machine_at(moment):` it is that moment, and the clock stands."""
    return lambda moment: time_machine.travel(moment, tick=False)
