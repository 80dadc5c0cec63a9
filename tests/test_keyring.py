"""The keyring opens for the right password only, and shows nothing."""

from __future__ import annotations

import re
import secrets
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from icme_tui.bundles import age
from icme_tui.codes import StoreError
from icme_tui.keyring import Keyring, read_keyring, write_keyring

KEY = secrets.token_bytes(32)
RECOVERY = age.Identity.generate()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    keyring = Keyring(()).with_slot("admin", "correct horse", KEY).with_slot("door", "battery staple", KEY)
    file = tmp_path / "keyring.toml"
    write_keyring(file, keyring.with_key("sign", b"private", KEY))
    return file


def test_each_operator_opens_with_its_own_password(path: Path) -> None:
    keyring = read_keyring(path)
    assert keyring.unlock("admin", "correct horse") == KEY
    assert keyring.unlock("door", "battery staple") == KEY


@pytest.mark.parametrize(
    ("operator", "password"), [("admin", "battery staple"), ("door", ""), ("nobody", "x")]
)
def test_nothing_else_opens(path: Path, operator: str, password: str) -> None:
    with pytest.raises(StoreError, match="LOGIN_REFUSED"):
        read_keyring(path).unlock(operator, password)


def test_a_slot_belongs_to_its_operator(path: Path) -> None:
    text = path.read_text().replace('"admin"', '"other"')
    path.write_text(text)
    with pytest.raises(StoreError, match="LOGIN_REFUSED"):
        read_keyring(path).unlock("other", "correct horse")


def test_private_keys_need_the_store_key(path: Path) -> None:
    keyring = read_keyring(path)
    assert keyring.key("sign", KEY) == b"private"
    with pytest.raises(StoreError, match="KEYRING_BAD"):
        keyring.key("sign", bytes(32))
    with pytest.raises(StoreError, match="KEYRING_BAD"):
        keyring.key("absent", KEY)


def test_a_new_password_replaces_the_old_one(path: Path) -> None:
    keyring = read_keyring(path).with_slot("admin", "a new password", KEY)
    assert keyring.unlock("admin", "a new password") == KEY
    with pytest.raises(StoreError):
        keyring.unlock("admin", "correct horse")


def test_the_file_is_for_its_owner_and_holds_no_key(path: Path) -> None:
    assert path.stat().st_mode & 0o777 == 0o600
    assert b"private" not in path.read_bytes()
    assert "sealed=b" not in repr(read_keyring(path))


@pytest.mark.parametrize(
    "text",
    ["", "slot = 3", "[[slot]]\noperator = 1", "\x00", 'slot = [{operator="a"}]', "slot = " + "[" * 5000],
    ids=["empty", "number", "no salt", "no text", "short", "deep"],
)
def test_a_damaged_file_is_refused(path: Path, text: str) -> None:
    path.write_text(text)
    with pytest.raises(StoreError, match="KEYRING_BAD"):
        read_keyring(path)


@pytest.mark.parametrize("memory_kib", [999_999_999, 1024 * 1024])
def test_absurd_work_is_refused(path: Path, memory_kib: int) -> None:
    """A keyring in a backup that somebody brings says how much memory its password takes."""
    path.write_text(re.sub(r"memory_kib = \d+", f"memory_kib = {memory_kib}", path.read_text()))
    with pytest.raises(StoreError, match="KEYRING_BAD"):
        read_keyring(path)


@pytest.mark.parametrize("changed", [{"salt": b"x"}, {"sealed": b"x"}, {"memory_kib": 1}])
def test_a_slot_that_cannot_be_is_said_to_be_damaged(path: Path, changed: dict[str, Any]) -> None:
    keyring = read_keyring(path)
    damaged = replace(keyring, slots=(replace(keyring.slots[0], **changed),), keys={"sign": b"x"})
    with pytest.raises(StoreError, match="KEYRING_BAD"):
        damaged.unlock("admin", "correct horse")
    with pytest.raises(StoreError, match="KEYRING_BAD"):
        damaged.key("sign", KEY)


def test_under_another_store_key_every_password_opens_the_new_one(path: Path) -> None:
    other = secrets.token_bytes(32)
    keyring = read_keyring(path).with_recovery(RECOVERY.public, KEY).rewrapped(KEY, other)
    write_keyring(path, keyring)
    again = read_keyring(path)
    assert again.unlock("admin", "correct horse") == again.unlock("door", "battery staple") == other
    assert again.recover([RECOVERY]) == again.recover([age.Identity.generate(), RECOVERY]) == other
    assert (again.key("sign", other), again.has_recovery(RECOVERY.public, other)) == (b"private", True)
    with pytest.raises(StoreError, match="KEYRING_BAD"):
        again.key("sign", KEY)


def test_a_slot_or_recovery_that_was_put_in_without_the_store_key_is_seen(path: Path) -> None:
    keyring = read_keyring(path).with_slot("door", "a stranger's", bytes(32))
    with pytest.raises(StoreError, match="KEYRING_BAD"):
        keyring.rewrapped(KEY, bytes(32))
    recovered = read_keyring(path).with_recovery(RECOVERY.public, bytes(32))
    assert not recovered.has_recovery(RECOVERY.public, KEY)
    assert recovered.rewrapped(KEY, KEY).recovery is None


def test_the_recovery_slot_opens_for_its_identity_only(path: Path) -> None:
    keyring = read_keyring(path)
    with pytest.raises(StoreError, match="RECOVERY_SLOT_MISSING"):
        keyring.recover([RECOVERY])
    keyring = keyring.with_recovery(RECOVERY.public, KEY)
    assert keyring.recover([RECOVERY]) == KEY
    assert KEY.hex() not in repr(keyring)
    with pytest.raises(StoreError, match="IDENTITY_WRONG"):
        keyring.recover([age.Identity.generate()])
    write_keyring(path, keyring)
    lines = path.read_text().splitlines()
    at = lines.index("-----END AGE ENCRYPTED FILE-----") - 1
    for damaged in ("", "AAAA", "%%%%"):
        path.write_text("\n".join([*lines[:at], damaged, *lines[at + 1 :]]))
        with pytest.raises(StoreError):
            read_keyring(path).recover([RECOVERY])
