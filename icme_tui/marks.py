"""The high-water mark: how far a station is known to have come, kept outside its home folder.

It lies in the user's state folder, so that a home that was copied or restored is noticed: its store then
stands behind the mark, or has none on this machine or in this folder.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import uuid
from pathlib import Path
from typing import NamedTuple

import msgspec
import platformdirs

from icme_tui.store.store import Store

_MACHINE_IDS = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))


class Mark(NamedTuple):
    """The highest position that this station is known to have reached."""

    epoch: str
    p: int
    head: str
    machine: str


def note(store: Store, code: str, home: Path) -> None:
    """Mark how far the station ``code`` has come, after a commit."""
    epoch = str(store.setting("epoch"))
    top, head = store.top(code, epoch)
    write_mark(store.setting("home_id"), home, Mark(epoch, top, head.hex(), machine_id()))


def why_new_epoch(store: Store, code: str, home: Path) -> str | None:
    """Why the station cannot go on in its epoch, or None where it can: ``MARK_MISSING``, ``OTHER_MACHINE``,
    ``RESTORED`` (the store stands behind the mark), ``FORKED`` (it has another history)."""
    mark = read_mark(store.setting("home_id"), home)
    if mark is None:
        return "MARK_MISSING"
    if mark.machine != machine_id():
        return "OTHER_MACHINE"
    epoch = str(store.setting("epoch"))
    if mark.epoch != epoch or mark.p > store.top(code, epoch)[0]:
        return "RESTORED"
    if store.head_at(code, epoch, mark.p) != bytes.fromhex(mark.head):
        return "FORKED"
    return None


def machine_id() -> str:
    """Tells this machine from another; a hash, so that the machine's own id is not told."""
    for path in _MACHINE_IDS:
        try:
            raw = path.read_text().strip()
        except OSError:
            continue
        if raw:
            return hashlib.sha256(b"icme-machine/1\n" + raw.encode()).hexdigest()[:32]
    return hashlib.sha256(b"icme-machine/1\n" + str(uuid.getnode()).encode()).hexdigest()[:32]


def mark_path(home_id: str, folder: Path) -> Path:
    """A mark belongs to a home in its folder: a copy beside it must not take the mark for its own."""
    place = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:16]
    return platformdirs.user_state_path("icme", appauthor=False) / "marks" / f"{home_id}-{place}.json"


def read_mark(home_id: str, folder: Path) -> Mark | None:
    """The mark, or None where it is missing or cannot be read."""
    try:
        return msgspec.json.decode(mark_path(home_id, folder).read_bytes(), type=Mark)
    except (OSError, msgspec.MsgspecError, ValueError):
        return None


def write_mark(home_id: str, folder: Path, mark: Mark) -> None:
    """Write the mark. It may fall behind the store in a power failure, which does no harm, so it is not
    forced to the disk; a state folder that cannot be written starts a new epoch at the next opening."""
    path = mark_path(home_id, folder)
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part.write_bytes(msgspec.json.encode(mark))
        part.chmod(0o600)
        part.replace(path)
    except OSError:
        with contextlib.suppress(OSError):  # what was committed must not fail for the sake of its mark
            part.unlink(missing_ok=True)
