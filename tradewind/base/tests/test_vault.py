"""A vault gives back what went in, and nothing at all once a bit of it was changed, cut or swapped."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tradewind.base import vault
from tradewind.base.errors import Refused


def sealed(data: bytes, steps: int = 1) -> bytes:
    """`data` written into a vault in `steps` pieces."""
    out = io.BytesIO()
    writer = vault.Writer(out)
    size = max(1, -(-len(data) // steps))
    for at in range(0, len(data), size):
        writer.write(data[at : at + size])
    writer.finish()
    return out.getvalue()


def opened(raw: bytes, key: str | None = None) -> bytes:
    """The whole content of a vault."""
    return vault.Reader(io.BytesIO(raw), key).readall() or b""


def both_ways(raw: bytes, key: str) -> None:
    """Open by either key: a bit changed in one wrapping of the data key leaves the other one good."""
    opened(raw, key)
    opened(raw)


@pytest.fixture
def key(home: Path) -> str:
    """A recovery key of a fresh home."""
    made = vault.make_recovery_key()
    assert made is not None
    return made


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(data=st.binary(max_size=5000), steps=st.integers(1, 7), frame=st.integers(1, 700))
def test_vault_gives_back_what_went_in(key: str, data: bytes, steps: int, frame: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vault, "FRAME", frame)
        raw = sealed(data, steps)
        assert opened(raw) == data
        assert opened(raw, key) == data


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(place=st.integers(0, 10_000), bit=st.integers(0, 7), cut=st.booleans())
def test_vault_refuses_any_change(key: str, place: int, bit: int, cut: bool) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vault, "FRAME", 100)
        raw = bytearray(sealed(bytes(range(256)) * 3))
        place %= len(raw)
        if cut:
            del raw[place:]
        else:
            raw[place] ^= 1 << bit
        with pytest.raises(Refused):
            both_ways(bytes(raw), key)


def test_swapped_frames_are_refused(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vault, "FRAME", 64)
    raw = sealed(bytes(64) + bytes([1]) * 64 + b"end")
    head = len(raw) - 2 * (5 + 80) - (5 + 3 + 16)
    first, second = raw[head : head + 85], raw[head + 85 : head + 170]
    assert opened(raw)[:64] == bytes(64)
    with pytest.raises(Refused):
        opened(raw[:head] + second + first + raw[head + 170 :])


def test_another_installations_key_is_refused(key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = sealed(b"ours")
    monkeypatch.setenv("TRADEWIND_HOME", str(tmp_path / "other"))
    other = vault.make_recovery_key()
    with pytest.raises(Refused) as caught:
        opened(raw, other)
    assert caught.value.code == "wrong_key"
    assert opened(raw, key) == b"ours"


def test_a_mistyped_key_is_told_before_anything_is_tried(key: str) -> None:
    wrong = ("B" if key[0] != "B" else "C") + key[1:]
    with pytest.raises(Refused) as caught:
        vault.key_bytes(wrong)
    assert caught.value.code == "bad_key"
    assert vault.key_bytes(key.lower().replace("-", " ")) == vault.key_bytes(key)


def test_the_recovery_key_is_told_once(key: str) -> None:
    assert vault.make_recovery_key() is None


def stop_half_way(target: Path) -> None:
    """A backup that fails after its first bytes."""
    with vault.sealed_file(target) as out:
        out.write(b"half")
        raise ValueError("stop")


def test_a_failed_write_leaves_no_file(key: str, tmp_path: Path) -> None:
    target = tmp_path / "b.twb"
    with pytest.raises(ValueError, match="stop"):
        stop_half_way(target)
    assert list(tmp_path.glob("*.twb*")) == []
    assert list(tmp_path.glob(".*part")) == []
