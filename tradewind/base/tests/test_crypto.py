import json
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewind.base import crypto
from tradewind.base.errors import Refused


@pytest.fixture(autouse=True, scope="module")
def own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("crypto") / "home"
        patch.setenv("TRADEWIND_HOME", str(folder))
        yield folder


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRADEWIND_HOME", str(tmp_path / "home"))
    return tmp_path / "home" / "keys" / "ring.json"


@given(st.text())
def test_round_trip(text: str) -> None:
    secret = crypto.encrypt(text)
    assert crypto.decrypt(secret) == text
    assert crypto.encrypt(text) != secret
    assert secret.startswith(f"tw1.{crypto.ring().active}.")
    assert len(text) < 4 or text not in secret


@given(st.binary())
def test_bytes_round_trip(data: bytes) -> None:
    assert crypto.decrypt_bytes(crypto.encrypt_bytes(data)) == data


@given(st.text(min_size=1), st.data())
def test_any_changed_bit_is_refused(text: str, data: st.DataObject) -> None:
    sealed = bytearray(crypto.encrypt_bytes(text.encode()))
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(Refused) as caught:
        crypto.decrypt_bytes(bytes(sealed))
    assert caught.value.code in {"damaged_secret", "missing_key"}


@given(st.text(alphabet=st.characters(codec="ascii"), max_size=60))
def test_junk_is_refused(text: str) -> None:
    for junk in (text, "tw1." + text, f"tw1.{crypto.ring().active}.{text}"):
        with pytest.raises(Refused):
            crypto.decrypt(junk)


def test_rotation_keeps_old_secrets_and_hashes(fresh: Path) -> None:
    old, digest = crypto.encrypt("iban"), crypto.keyed_hash("iban")
    first = crypto.ring().active
    second = crypto.rotate()
    assert crypto.ring().active == second != first
    assert crypto.decrypt(old) == "iban"
    assert not crypto.is_current(old)
    new = crypto.reencrypt(old)
    assert crypto.is_current(new)
    assert crypto.decrypt(new) == "iban"
    assert crypto.reencrypt(new) == new
    assert crypto.keyed_hash("iban") == digest
    crypto.forget(first)
    assert crypto.decrypt(new) == "iban"
    with pytest.raises(Refused, match=first) as caught:
        crypto.decrypt(old)
    assert caught.value.code == "missing_key"


def test_key_in_use_is_never_forgotten(fresh: Path) -> None:
    crypto.encrypt("x")
    before = fresh.read_bytes()
    for name in (crypto.ring().active, "k00000000"):
        with pytest.raises(Refused):
            crypto.forget(name)
    assert fresh.read_bytes() == before


def test_ring_is_for_its_owner_alone(fresh: Path) -> None:
    crypto.encrypt("x")
    assert stat.S_IMODE(fresh.stat().st_mode) == 0o600
    assert stat.S_IMODE(fresh.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(fresh.parent.parent.stat().st_mode) == 0o700
    fresh.chmod(0o644)
    crypto.encrypt("x")
    assert stat.S_IMODE(fresh.stat().st_mode) == 0o600
    assert [path.name for path in fresh.parent.iterdir() if path.suffix == ".tmp"] == []


def test_reading_without_the_ring_makes_no_new_one(fresh: Path) -> None:
    secret = crypto.encrypt("x")
    fresh.unlink()
    with pytest.raises(Refused) as caught:
        crypto.decrypt(secret)
    assert caught.value.code == "missing_key"
    assert not fresh.exists()


@pytest.mark.parametrize("content", ["", "{}", '{"active": "k1", "keys": {}, "hash": ""}', '{"keys": []}'])
def test_damaged_ring_is_refused_and_kept(fresh: Path, content: str) -> None:
    crypto.encrypt("x")
    fresh.write_text(content)
    with pytest.raises(Refused):
        crypto.encrypt("x")
    assert fresh.read_text() == content


def test_keys_never_show(fresh: Path) -> None:
    crypto.encrypt("x")
    stored = json.loads(fresh.read_text())
    shown = repr(crypto.ring())
    assert "key" not in shown.replace("KeyRing", "")
    for entry in stored["keys"].values():
        assert entry["key"] not in shown


def test_rotation_by_another_process_is_seen(fresh: Path) -> None:
    secret = crypto.encrypt("x")
    code = "from tradewind.base import crypto; print(crypto.rotate())"
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert crypto.ring().active == other.stdout.strip()
    assert crypto.decrypt(secret) == "x"


def test_many_rotations_at_once_lose_no_key(fresh: Path) -> None:
    crypto.encrypt("x")
    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(lambda _: crypto.rotate(), range(16)))
    assert set(ids) < set(crypto.ring().keys)


def test_keyed_hash_depends_on_the_ring(fresh: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = crypto.keyed_hash("a@b.de")
    assert len(one) == 64
    assert crypto.keyed_hash("a@b.de") == one
    monkeypatch.setenv("TRADEWIND_HOME", str(tmp_path / "other"))
    assert crypto.keyed_hash("a@b.de") != one
