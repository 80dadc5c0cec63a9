"""Backups are whole, private, made while others write, opened before they count; and they can be restored."""

from __future__ import annotations

import shutil
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icme_tui import durable, facts
from icme_tui.bundles import sshsig
from icme_tui.bundles.keys import SigningKey
from icme_tui.bundles.trust import namespace
from icme_tui.clock import FixedClock
from icme_tui.codes import BundleError, IcmeError, StoreError
from icme_tui.operations import (
    auditing,
    backing_up,
    backupfile,
    importing,
    operators,
    recovering,
    restoring,
)
from icme_tui.station import Station, open_station
from tests.support import stations
from tests.support.pairs import Pair
from tests.support.stations import DOMAIN, PASSWORD, START
from tests.support.tools import output_of

DAY_MS = 24 * 3600 * 1000


@pytest.fixture(autouse=True)
def _weak(monkeypatch: pytest.MonkeyPatch) -> None:
    stations.weaken_passwords(monkeypatch)


@pytest.fixture
def venue(tmp_path: Path) -> Iterator[Station]:
    with stations.venue(tmp_path / "home") as station:
        station.record(*(facts.Note(text=f"笔记 {n}") for n in range(20)))
        yield station


def code_of(error: pytest.ExceptionInfo[IcmeError]) -> str:
    return error.value.code


def restored(file: Path, home: Path, password: str = PASSWORD, **how: bool) -> restoring.Restored:
    return restoring.restore(
        restoring.read_backup(file), home, None, password, clock=FixedClock(START), **how
    )


def test_a_backup_holds_everything_and_begins_a_new_epoch(venue: Station, tmp_path: Path) -> None:
    (venue.folders.inbox / f"{'a' * 64}.cmeb").write_bytes(b"waits")
    (venue.folders.quarantine / f"{'b' * 64}.json").write_bytes(b"{}")
    made = backing_up.back_up(venue, tmp_path)
    done = restored(made.file, tmp_path / "new")
    epoch, top = venue.epoch, venue.top(venue.code, venue.epoch)
    assert (made.facts, done.facts, done.made) == (top[0], top[0], made.made)
    with open_station(tmp_path / "new", None, PASSWORD, FixedClock(START)) as new:
        assert new.epoch == done.epoch != epoch
        assert new.top(new.code, epoch) == top
        assert new.lines(new.code, epoch) == venue.lines(venue.code, epoch)
        begun = facts.decode(new.lines(new.code, new.epoch)[0])
        assert isinstance(begun, facts.EpochFact)
        assert (begun.why, begun.after, begun.p) == ("RESTORED", epoch, 1)
        assert new.public_key == venue.public_key
        assert not [report for report in auditing.verify(new) if report.problems]
        assert not any(new.rebuild(check=True).values())
        assert (new.folders.inbox / f"{'a' * 64}.cmeb").read_bytes() == b"waits"
        assert (new.folders.quarantine / f"{'b' * 64}.json").exists()
        assert backing_up.last(new) == (made.made, str(made.file))


def test_it_is_private_and_holds_nothing_in_the_clear(venue: Station, tmp_path: Path) -> None:
    made = backing_up.back_up(venue, tmp_path)
    assert stat.S_IMODE(made.file.stat().st_mode) == 0o600
    data = made.file.read_bytes()
    assert "笔记".encode() not in data
    assert b"SQLite format 3" not in data
    assert venue.epoch.encode() not in data
    assert list(venue.folders.backups.iterdir()) == []
    tools = subprocess.run(["tar", "tf", made.file], capture_output=True, text=True, check=True)
    assert tools.stdout.split() == [
        "backup.json", "backup.json.sig", "station.toml", "keyring.toml", "store.db",
    ]  # fmt: skip


def test_it_is_whole_while_somebody_writes(venue: Station, tmp_path: Path) -> None:
    begun, stop = threading.Event(), threading.Event()

    def write() -> None:
        while not stop.is_set():
            venue.record(facts.Note(text="x" * 400))
            begun.set()

    writer = threading.Thread(target=write)
    writer.start()
    assert begun.wait(60)
    before = venue.top(venue.code, venue.epoch)[0]
    made = backing_up.back_up(venue, tmp_path)
    after = venue.top(venue.code, venue.epoch)[0]
    stop.set()
    writer.join()
    assert before <= made.facts <= after
    assert before < after
    done = restored(made.file, tmp_path / "new")
    with open_station(tmp_path / "new", None, PASSWORD, FixedClock(START)) as new:
        assert new.top(new.code, venue.epoch) == (
            done.facts,
            venue.head_at(venue.code, venue.epoch, done.facts),
        )
        assert not any(new.rebuild(check=True).values())


def test_a_file_that_is_taken_in_meanwhile_is_in_one_of_both(tmp_path: Path) -> None:
    """An import in another process empties ``inbox/`` while the backup is made."""
    pair = Pair(tmp_path)
    pair.join()
    with pair.office, pair.venue:
        pair.note(3)
        first = pair.export()
        before = pair.venue.top("V0007", pair.venue.epoch)[0]
        pair.note(2)
        receipts = pair.venue.setting("receipts")
        pair.venue.set_setting("receipts", {**receipts, pair.venue.epoch: _receipt(pair.venue, before)})
        second = pair.export()
        assert pair.office_takes(second).result == "hold"
        copy_store = Station.copy_store

        def import_first(self: Station, target: Path) -> None:
            importing.import_files(self, [first])
            copy_store(self, target)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Station, "copy_store", import_first)
            made = backing_up.back_up(pair.office, tmp_path)
        assert list(pair.office.folders.inbox.glob("*.cmeb")) == []
        restored(made.file, tmp_path / "new")
        with open_station(tmp_path / "new", None, PASSWORD, pair.clock) as new:
            assert new.top("V0007", pair.venue.epoch) == pair.venue.top("V0007", pair.venue.epoch)


def _receipt(venue: Station, pos: int) -> dict[str, object]:
    head = venue.head("V0007", venue.epoch, pos)
    assert head is not None
    return {"pos": pos, "head": head.hex()}


def test_a_copy_that_is_not_what_the_store_holds_is_no_backup(
    venue: Station, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of what opening a backup is for: a copy of the file as it lies there, without its log."""
    monkeypatch.setattr(Station, "copy_store", lambda self, to: shutil.copyfile(self.folders.store, to))
    with pytest.raises(StoreError) as behind:
        backing_up.back_up(venue, tmp_path)
    assert code_of(behind) == "COPY_DIFFERS"
    other = stations.venue(tmp_path / "other")
    other.close()
    monkeypatch.setattr(Station, "copy_store", lambda self, to: shutil.copyfile(other.folders.store, to))
    with pytest.raises(StoreError) as refused:
        backing_up.back_up(venue, tmp_path)
    assert code_of(refused) == "STORE_KEY"
    assert list(tmp_path.glob("*.icmebak*")) == []


def test_a_keyring_of_another_key_is_no_backup(venue: Station, tmp_path: Path) -> None:
    stations.venue(tmp_path / "other").close()
    shutil.copyfile(tmp_path / "other" / "keyring.toml", venue.folders.keyring)
    with pytest.raises(StoreError) as refused:
        backing_up.back_up(venue, tmp_path)
    assert code_of(refused) == "KEYRING_BAD"
    assert list(tmp_path.glob("*.icmebak*")) == []


def test_a_bad_stick_is_noticed(venue: Station, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = durable.write_chunks_through

    def worn(path: Path, chunks: Iterator[bytes]) -> None:
        honest(path, chunks)
        if path.suffix == ".part":
            data = bytearray(path.read_bytes())
            data[-4000] ^= 1
            path.write_bytes(data)

    monkeypatch.setattr(durable, "write_chunks_through", worn)
    with pytest.raises(BundleError) as refused:
        backing_up.back_up(venue, tmp_path)
    assert code_of(refused) == "STICK_READ_BACK"
    assert list(tmp_path.glob("*.icmebak*")) == []
    assert backing_up.last(venue) is None


def test_the_last_three_of_this_store_stay(venue: Station, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    (stick / "V0007-9999-2026-01-01.icmebak").write_bytes(b"not ours")
    files = [backing_up.back_up(venue, stick) for _ in range(5)]
    assert files[-1].removed == [files[1].file.name]
    assert sorted(path for path in stick.iterdir()) == sorted(
        [*(one.file for one in files[2:]), stick / "V0007-9999-2026-01-01.icmebak"]
    )


def test_a_backup_of_what_a_restored_home_does_not_hold_stays(venue: Station, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    first = backing_up.back_up(venue, stick)
    venue.record(facts.Note(text="only in the second"))
    second = backing_up.back_up(venue, stick)
    restored(first.file, tmp_path / "new")
    with open_station(tmp_path / "new", None, PASSWORD, FixedClock(START)) as new:
        for _ in range(6):
            backing_up.back_up(new, stick)
    assert second.file.exists()


def test_no_name_is_taken_again(venue: Station, tmp_path: Path) -> None:
    """However high somebody has numbered a file on the stick."""
    day = START[:10]
    for number in (999_999_999, 1_000_000_000):
        (tmp_path / f"V0007-{number}-{day}.icmebak").write_bytes(b"of a home that is lost")
    made = [backing_up.back_up(venue, tmp_path).file for _ in range(2)]
    assert len(set(made)) == 2
    kept = [path for path in tmp_path.glob("*.icmebak") if path.read_bytes() == b"of a home that is lost"]
    assert len(kept) == 2


def test_a_file_that_was_named_is_replaced_only_if_it_was_ours(venue: Station, tmp_path: Path) -> None:
    named = tmp_path / "mine.icmebak"
    assert backing_up.back_up(venue, named).file == named
    venue.record(facts.Note(text="more"))
    assert backing_up.back_up(venue, named).facts > 20
    named.write_bytes(b"something else")
    with pytest.raises(StoreError) as refused:
        backing_up.back_up(venue, named)
    assert code_of(refused) == "BACKUP_EXISTS"
    with pytest.raises(BundleError) as missing:
        backing_up.back_up(venue, tmp_path / "nowhere" / "mine.icmebak")
    assert code_of(missing) == "FOLDER_MISSING"
    with pytest.raises(BundleError, match="FOLDER_MISSING"):
        backing_up.back_up(venue, tmp_path / "STICK")  # a stick that is not in
    assert not (tmp_path / "STICK").exists()


def test_two_at_once_and_too_little_room(
    venue: Station, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with durable.alone_in(venue.folders.backups), pytest.raises(StoreError) as refused:
        backing_up.back_up(venue, tmp_path)
    assert code_of(refused) == "BACKUP_RUNNING"
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1000))
    with pytest.raises(StoreError) as full:
        backing_up.back_up(venue, tmp_path)
    assert code_of(full) == "BACKUP_ROOM"


def test_days_without_a_backup(venue: Station, tmp_path: Path) -> None:
    now = venue.clock.read().wall_ms
    assert backing_up.days_without(venue, now) == 0
    assert backing_up.days_without(venue, now + 9 * DAY_MS) == 9
    backing_up.back_up(venue, tmp_path)
    assert backing_up.days_without(venue, now + 3 * DAY_MS) == 3


# Restoring


def test_the_password_is_one_of_the_backups_own(venue: Station, tmp_path: Path) -> None:
    made = backing_up.back_up(venue, tmp_path)
    operators.change_password(venue, PASSWORD, "another password")
    with pytest.raises(StoreError) as refused:
        restored(made.file, tmp_path / "new", "another password")
    assert code_of(refused) == "LOGIN_REFUSED"
    assert not (tmp_path / "new" / "station.toml").exists()
    assert list((tmp_path / "new").iterdir()) == []
    restored(made.file, tmp_path / "new")


def test_a_living_home_is_moved_aside_only_when_asked(venue: Station, tmp_path: Path) -> None:
    made = backing_up.back_up(venue, tmp_path)
    venue.record(facts.Note(text="after the backup"))
    old, top = venue.epoch, venue.top(venue.code, venue.epoch)[0]
    venue.close()
    with pytest.raises(StoreError) as refused:
        restored(made.file, venue.home)
    assert code_of(refused) == "HOME_EXISTS"
    done = restored(made.file, venue.home, replace=True)
    assert done.aside == venue.home / "replaced-1"
    with open_station(venue.home, None, PASSWORD, FixedClock(START)) as new:
        assert new.epoch == done.epoch
        assert new.top(new.code, old)[0] == top - 1
    for name in ("outbox", "inbox", "quarantine", "backups", "logs", "cards"):
        (done.aside / name).mkdir(exist_ok=True)
    with open_station(done.aside, None, PASSWORD, FixedClock(START)) as aside:
        assert aside.top(aside.code, old)[0] == top
        assert aside.epoch not in (old, done.epoch)


def test_a_home_that_is_open_is_not_moved_aside(venue: Station, tmp_path: Path) -> None:
    made = backing_up.back_up(venue, tmp_path)
    venue.close()
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(venue.home), PASSWORD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"open\n"
    with pytest.raises(StoreError) as refused:
        restored(made.file, venue.home, replace=True)
    holder.communicate(b"\n")
    assert code_of(refused) == "STORE_IN_USE"
    restored(made.file, venue.home, replace=True)


_HOLD = """
import sys
from pathlib import Path
from icme_tui.station import open_station

with open_station(Path(sys.argv[1]), None, sys.argv[2]):
    print("open", flush=True)
    sys.stdin.readline()
"""


def test_bundles_of_the_time_after_the_backup_are_named(tmp_path: Path) -> None:
    pair = Pair(tmp_path)
    pair.join()
    with pair.office, pair.venue as venue:
        made = backing_up.back_up(venue, tmp_path)
        venue.record(facts.Note(text="after the backup"))
        sent = pair.export()
        venue.close()
        assert restored(made.file, venue.home, replace=True).later == [sent.name]


def test_an_office_that_was_restored_gives_no_number_out_again(tmp_path: Path) -> None:
    """The venue that was admitted after the backup writes codes that begin with its number."""
    from icme_tui.operations import enrolling

    def admit(office: Station, code: str) -> int:
        with stations.venue(tmp_path / code, code) as venue:
            return enrolling.enroll(
                office, enrolling.read_request(office, enrolling.write_request(venue))
            ).number

    with stations.office(tmp_path / "office") as office:
        assert admit(office, "V0001") == 1
        made = backing_up.back_up(office, tmp_path)
        lost = admit(office, "V0002")
    restored(made.file, tmp_path / "office", replace=True)
    with open_station(tmp_path / "office", None, PASSWORD, FixedClock(START)) as office:
        assert admit(office, "V0003") not in (1, lost)


@pytest.mark.integration
def test_stock_tools_verify_it(venue: Station, tmp_path: Path) -> None:
    made = backing_up.back_up(venue, tmp_path)
    output_of("tar", "-xf", made.file, "-C", tmp_path)
    (tmp_path / "allowed").write_text(f"V0007 {venue.public_key.line}\n")
    output_of(
        "ssh-keygen", "-Y", "verify", "-f", tmp_path / "allowed", "-I", "V0007",
        "-n", f"cmeb-backup-v1@{DOMAIN}", "-s", tmp_path / "backup.json.sig",
        stdin=(tmp_path / "backup.json").read_bytes(),
    )  # fmt: skip
    for part in backupfile.read(made.file).manifest.parts:
        assert output_of("sha256sum", tmp_path / part.name).split()[0].decode() == part.sha256


# What is not a backup


def code_of_reading(file: Path, data: bytes) -> str:
    file.write_bytes(data)
    try:
        restoring.read_backup(file)
    except BundleError as refused:
        return refused.code
    return "OK"


def test_what_is_damaged_or_no_backup_is_refused(venue: Station, tmp_path: Path) -> None:
    data = backing_up.back_up(venue, tmp_path).file.read_bytes()
    file = tmp_path / "other"
    assert code_of_reading(file, data) == "OK"
    for wrong in (b"", b"x" * 2000, bytes(10240), b"backup.json" + bytes(2000)):
        assert code_of_reading(file, wrong) == "BACKUP_NOT_ONE"
    for wrong in (data[:-1], data + b"\0", data[:-1024], data[:5000], data[: len(data) // 2]):
        assert code_of_reading(file, wrong) == "BACKUP_DAMAGED"
    (tmp_path / "link").symlink_to(file)
    for path, code in (("link", "FILE_NOT_REGULAR"), (".", "FILE_NOT_REGULAR"), ("none", "FILE_MISSING")):
        with pytest.raises(BundleError) as refused:
            restoring.read_backup(tmp_path / path)
        assert code_of(refused) == code


@pytest.fixture(scope="module")
def backup_bytes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    folder = tmp_path_factory.mktemp("bytes")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(folder / "state"))
        stations.weaken_passwords(patch)
        with stations.venue(folder / "home") as station:
            return folder / "tried", backing_up.back_up(station, folder).file.read_bytes()


@given(data=st.data())
def test_no_bit_of_it_is_free(backup_bytes: tuple[Path, bytes], data: st.DataObject) -> None:
    file, good = backup_bytes
    # Most of it is the store: the small members get their share.
    at = data.draw(st.one_of(st.integers(0, 8000), st.integers(0, len(good) - 1)))
    changed = bytearray(good)
    changed[at] ^= 1 << data.draw(st.integers(0, 7))
    assert code_of_reading(file, bytes(changed)) in ("BACKUP_DAMAGED", "BACKUP_NOT_ONE")


def forged(venue: Station, folder: Path, key: SigningKey, **changes: object) -> Path:
    """A backup whose manifest was changed and signed anew by ``key``."""
    import msgspec

    making = folder / "making"
    making.mkdir()
    found = backing_up._gather(venue, making)
    told: dict[str, object] = {
        "fmt": backupfile.FORMAT, "role": "venue", "code": venue.code, "domain": DOMAIN,
        "made": "2026-09-25T00:00:00Z", "sw": "0", "schema": 3, "parts": [part for part, _ in found],
    }  # fmt: skip
    stored = msgspec.json.encode(told | changes) + b"\n"
    signature = sshsig.sign(key, namespace(backupfile.KIND, DOMAIN), stored)
    file = folder / "forged.icmebak"
    file.write_bytes(b"".join(backupfile.chunks(stored, signature, found)))
    return file


def test_what_another_key_signed_is_foreign(venue: Station, tmp_path: Path) -> None:
    file = forged(venue, tmp_path, SigningKey.generate())
    with pytest.raises(BundleError) as refused:
        restored(file, tmp_path / "new")
    assert code_of(refused) == "BACKUP_FOREIGN"
    assert list((tmp_path / "new").iterdir()) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"fmt": "icme-backup/2"}, "BACKUP_NEWER"),
        ({"fmt": "other/1"}, "BACKUP_NOT_ONE"),
        ({"parts": []}, "BACKUP_DAMAGED"),
        ({"parts": [{"name": "../x", "len": 1, "sha256": ""}]}, "BACKUP_DAMAGED"),
        ({"domain": "other.example"}, "BACKUP_DAMAGED"),
        ({"made": 7}, "BACKUP_DAMAGED"),
        ({"made": "2026-13-25T00:00:00Z"}, "BACKUP_DAMAGED"),
        ({"code": "\x1b[2J"}, "BACKUP_DAMAGED"),
        ({"code": "V0008"}, "BACKUP_DAMAGED"),
        ({"role": "office"}, "BACKUP_DAMAGED"),
    ],
)
def test_what_its_own_key_signed_wrongly_is_refused(
    venue: Station, tmp_path: Path, changes: dict[str, object], code: str
) -> None:
    with pytest.raises(BundleError) as refused:
        restored(forged(venue, tmp_path, venue._keys.sign, **changes), tmp_path / "new")
    assert code_of(refused) == code
    assert not (tmp_path / "new" / "station.toml").exists()


def test_nobody_is_made_to_read_what_is_nested_without_end(venue: Station, tmp_path: Path) -> None:
    stored = b'{"fmt":' + b"[" * 100_000
    signature = sshsig.sign(venue._keys.sign, namespace(backupfile.KIND, DOMAIN), stored)
    data = b"".join(backupfile.chunks(stored, signature, []))
    assert code_of_reading(tmp_path / "deep.icmebak", data) == "BACKUP_DAMAGED"


def test_only_an_operator_of_the_time_goes_on_with_it(tmp_path: Path) -> None:
    pair = Pair(tmp_path)
    pair.join()
    operators.add(pair.venue, PASSWORD, "gone", "password of gone")
    roles = pair.venue.setting("operators")
    pair.venue.set_setting("operators", {**roles, "gone": "removed"})  # cut before the store had a new key
    backup = restoring.read_backup(backing_up.back_up(pair.venue, tmp_path).file)
    sheet = recovering.read_identities(tmp_path / "office-recovery.txt")
    pair.close()

    def refusal(operator: str, password: str = "", **how: object) -> str:
        with pytest.raises(StoreError) as refused:
            restoring.restore(backup, tmp_path / "new", operator, password, **how)  # type: ignore[arg-type]
        assert not (tmp_path / "new" / "station.toml").exists()
        return code_of(refused)

    assert refusal("gone", "password of gone") == "LOGIN_REFUSED"
    assert refusal("nobody", identities=sheet) == "NO_OPERATOR"
    assert restoring.restore(backup, tmp_path / "new", "admin", "", identities=sheet).code == "V0007"


def test_the_folder_is_closed_to_others_before_anything_is_in_it(
    venue: Station, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = backing_up.back_up(venue, tmp_path)
    home = tmp_path / "new"
    home.mkdir(0o755)
    modes: list[int] = []
    extract = backupfile.extract

    def looked_at(backup: backupfile.Backup, name: str, target: Path) -> None:
        modes.append(stat.S_IMODE(home.stat().st_mode))
        extract(backup, name, target)

    monkeypatch.setattr(backupfile, "extract", looked_at)
    restored(made.file, home)
    assert set(modes) == {0o700}

    open_to_all = tmp_path / "stick"
    open_to_all.mkdir(0o755)
    monkeypatch.setattr(Path, "chmod", lambda *_: None)  # as on a disk that keeps no access rights
    with pytest.raises(StoreError) as refused:
        restored(made.file, open_to_all)
    assert code_of(refused) == "HOME_UNSAFE"
    assert list(open_to_all.iterdir()) == []
    assert restored(made.file, open_to_all, unsafe_home=True).code == "V0007"
