"""Who is removed takes no key along: the store has another one, and one of the two always opens it."""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import SimpleNamespace

import peewee
import pytest

from icme_tui import facts
from icme_tui.codes import IcmeError, StoreError
from icme_tui.keyring import read_keyring, write_keyring
from icme_tui.operations import auditing, operators
from icme_tui.station import Station, open_station
from icme_tui.store.database import CipherDatabase, open_database
from tests.support import stations
from tests.support.forks import dies_at
from tests.support.stations import PASSWORD
from tests.support.tools import tool

LI, WANG = "invented for li", "invented for wang"
ROOT = Path(__file__).parents[2]

REMOVE = """
import sys
from pathlib import Path
from icme_tui.clock import FixedClock
from icme_tui.operations import operators
from icme_tui.station import open_station
with open_station(Path(sys.argv[1]), "admin", sys.argv[2], FixedClock(sys.argv[3])) as station:
    operators.remove(station, sys.argv[2], "li", "left the hospital")
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A venue with three operators and some facts, closed."""
    stations.weaken_passwords(monkeypatch)
    with stations.venue(tmp_path / "home") as station:
        operators.add(station, PASSWORD, "li", LI)
        operators.add(station, PASSWORD, "wang", WANG)
        station.record(*(facts.Note(text=str(number)) for number in range(50)))
    return tmp_path / "home"


def opened(home: Path, name: str = "admin", password: str = PASSWORD) -> Station:
    return open_station(home, name, password)


def refused(home: Path, name: str, password: str) -> str:
    with pytest.raises(IcmeError) as refusal:
        opened(home, name, password).close()
    return refusal.value.code


def remove(home: Path) -> None:
    with opened(home) as station:
        operators.remove(station, PASSWORD, "li", "left the hospital")


def notes(station: Station) -> int:
    decoded = (facts.decode(entry.line) for entry in station.entries())
    return sum(isinstance(fact, facts.Note) for fact in decoded)


def require_removed(home: Path) -> None:
    """Li is out, the others are in, and nothing is missing."""
    assert refused(home, "li", LI) == "LOGIN_REFUSED"
    for name, password in (("admin", PASSWORD), ("wang", WANG)):
        with opened(home, name, password) as station:
            assert notes(station) == 50
            assert not [report for report in auditing.verify(station) if report.problems]
            assert station.sign("facts", b"x")
            station.check_file()
    assert read_keyring(home / "keyring.toml").operators == ["admin", "wang"]
    assert not (home / "keyring.next.toml").exists()


def test_the_key_that_the_operator_knew_opens_nothing_any_more(home: Path) -> None:
    known = read_keyring(home / "keyring.toml").unlock("li", LI)
    remove(home)
    require_removed(home)
    with pytest.raises(IcmeError, match="STORE_KEY"):
        open_database(home / "store.db", known)
    with pytest.raises(IcmeError, match="KEYRING_BAD"):
        read_keyring(home / "keyring.toml").key("sign", known)
    with opened(home) as station:
        shown = [one for one in auditing.show(station, kind="operator") if one.fields["id"] == "li"][-1]
        assert shown.by == "admin"
        assert shown.fields["set"] == {"state": "removed", "reason": "left the hospital"}


@pytest.mark.parametrize(
    ("name", "password", "who", "reason", "code"),
    [
        ("wang", WANG, "li", "gone", "ADMIN_ONLY"),
        ("admin", PASSWORD, "admin", "gone", "REMOVES_SELF"),
        ("admin", PASSWORD, "zhou", "gone", "NO_OPERATOR"),
        ("admin", PASSWORD, "li", "  ", "REASON_MISSING"),
    ],
)
def test_what_is_refused_changes_nothing(
    home: Path, name: str, password: str, who: str, reason: str, code: str
) -> None:
    before = (home / "keyring.toml").read_bytes()
    with opened(home, name, password) as station:
        top = station.top(station.code, station.epoch)
        with pytest.raises(IcmeError) as refusal:
            operators.remove(station, password, who, reason)
        assert refusal.value.code == code
        assert station.top(station.code, station.epoch) == top
    assert (home / "keyring.toml").read_bytes() == before


def test_nobody_is_removed_while_another_program_has_the_store_open(home: Path) -> None:
    with opened(home, "wang", WANG) as other, opened(home) as station:
        with pytest.raises(IcmeError, match="STORE_IN_USE"):
            operators.remove(station, PASSWORD, "li", "left the hospital")
        assert "li" in [one.name for one in operators.operators(station)]
        other.record(facts.Note(text="still at work"))
        station.record(facts.Note(text="this one too"))
    opened(home, "li", LI).close()


def test_somebody_who_puts_a_slot_of_his_own_into_the_file_is_not_given_the_new_key(home: Path) -> None:
    with opened(home) as station:
        keyring = read_keyring(home / "keyring.toml")
        forged = keyring.with_slot("wang", "a stranger's", bytes(32))
        write_keyring(home / "keyring.toml", forged)
        with pytest.raises(IcmeError, match="KEYRING_BAD"):
            operators.remove(station, PASSWORD, "li", "left the hospital")
    opened(home).close()


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """Nothing is written beyond this many bytes of a file, as on a disk that is full."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))


def test_a_disk_that_fills_up_meanwhile_leaves_the_old_key_and_a_store_that_can_be_written(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a failure SQLCipher would write pages with the new key among those of the old one."""
    before = CipherDatabase.rekey

    def on_a_full_disk(self: CipherDatabase, key: bytes) -> None:
        with files_of_at_most(65_536):
            before(self, key)

    with opened(home) as station:
        with monkeypatch.context() as patched:
            patched.setattr(CipherDatabase, "rekey", on_a_full_disk)
            with pytest.raises(IcmeError, match="REKEY_FAILED"):
                operators.remove(station, PASSWORD, "li", "left the hospital")
        station.record(*(facts.EpochFact(why=f"after {number}") for number in range(300)))
        station.check_file()
    assert refused(home, "li", LI) == "LOGIN_REFUSED", "it was decided, and is not at its end"
    with opened(home, "wang", WANG) as station:
        assert notes(station) == 50
    remove(home)
    require_removed(home)


def test_the_connection_that_failed_would_destroy_the_store_with_its_next_write(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the same, but going on with that connection."""

    def going_on(self: CipherDatabase, key: bytes) -> None:
        with files_of_at_most(65_536), suppress(peewee.PeeweeException):
            self.execute_sql(f"PRAGMA rekey = \"x'{key.hex()}'\"").fetchall()
        raise StoreError("REKEY_FAILED")

    monkeypatch.setattr(CipherDatabase, "rekey", going_on)
    with pytest.raises(peewee.DatabaseError):
        remove(home)
    with pytest.raises(IcmeError, match="STORE"):
        opened(home).close()


def test_without_room_nothing_is_begun(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1000))
    with opened(home) as station:
        with pytest.raises(IcmeError, match="REKEY_ROOM"):
            operators.remove(station, PASSWORD, "li", "left the hospital")
        station.record(facts.EpochFact(why="still at work"))
    opened(home, "li", LI).close()


def test_killed_at_any_step_the_home_opens_and_given_again_it_ends(home: Path) -> None:
    saved = home.with_name("saved")
    shutil.copytree(home, saved)
    step, killed, removed = 0, True, set()
    while killed:
        step += 1
        stations.copy_home(saved, home)
        killed = dies_at(step, lambda: remove(home))
        with opened(home, "wang", WANG) as station:
            assert notes(station) == 50
            removed.add("li" not in read_keyring(home / "keyring.toml").operators)
        remove(home)
        require_removed(home)
    assert removed == {True, False}
    assert step > 8


def test_without_the_keyring_that_waits_beside_a_kill_would_lock_everybody_out(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: store first, keyring after."""

    def in_place(station: Station, keyring: object) -> None:
        key = bytes(range(32))
        following = keyring.rewrapped(station._store.key, key)  # type: ignore[attr-defined]
        station._store.rekey(key)
        write_keyring(station.folders.keyring, following)

    monkeypatch.setattr(Station, "encrypt_anew", in_place)
    saved = home.with_name("saved")
    shutil.copytree(home, saved)
    locked_out, step, killed = False, 0, True
    while killed:
        step += 1
        stations.copy_home(saved, home)
        killed = dies_at(step, lambda: remove(home))
        try:
            opened(home, "wang", WANG).close()
        except IcmeError as error:
            locked_out = locked_out or error.code == "STORE_KEY"
    assert locked_out


@pytest.mark.integration
@pytest.mark.parametrize("write", [1, 9, 30, 60])
def test_killed_while_the_pages_are_written_one_of_the_two_keys_opens(home: Path, write: int) -> None:
    """strace kills the process at a write of the database library itself."""
    tracing = ["-f", "-o", "/dev/null", "-e", "trace=pwrite64", "-e"]
    inject = f"inject=pwrite64:signal=KILL:when={write}+"
    python = [sys.executable, "-c", REMOVE, str(home), PASSWORD, stations.START]
    done = subprocess.run(
        [tool("strace"), *tracing, inject, *python], cwd=ROOT, capture_output=True, check=False
    )
    assert done.returncode not in (0, 1), done.stderr.decode()
    with opened(home, "wang", WANG) as station:
        assert notes(station) == 50
        station.check_file()
    remove(home)
    require_removed(home)
