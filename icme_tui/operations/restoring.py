"""Restoring: a home folder made from a backup, which goes on in an epoch of its own.

Everything is unpacked and proven in ``restoring/`` of the home folder first, and the new epoch begins there.
Only then is it put in its place, ``station.toml`` last: without it a folder is no home, so a restore that was
cut off is no station, and is simply done again.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from icme_tui import durable
from icme_tui.bundles import age, container, stick
from icme_tui.bundles import manifest as manifests
from icme_tui.clock import Clock, SystemClock
from icme_tui.codes import BundleError, StoreError
from icme_tui.home import Home, make_folders, read_config, refuse_station, refuse_unsafe, set_aside
from icme_tui.keyring import Keyring, read_keyring
from icme_tui.operations import backing_up, backupfile
from icme_tui.operations.backupfile import CONFIG, KEYRING, STORE, Backup
from icme_tui.station import Secrets, Station, secrets_in
from icme_tui.store.store import Store, open_store

if TYPE_CHECKING:
    from icme_tui.home import Config

STEPS = 4
"""How often ``step`` is called."""

_STAGE = "restoring"


class Restored(NamedTuple):
    """A home that was made from a backup."""

    home: Path
    role: str
    code: str
    made: str
    """When the backup was made, in UTC."""
    facts: int
    """Lines of the journal in it, of all stations."""
    epoch: str
    """The one that has begun."""
    aside: Path | None
    """Where the home that was here before lies now."""
    fingerprint: str
    """30 digits of its key: opened without a password, only they tell whose backup it was."""
    later: list[str]
    """Bundles in ``outbox/`` with facts that were recorded after the backup: the office needs them."""


def read_backup(file: Path) -> Backup:
    """Look at a backup without any password: its form, its signature, and every hash.

    Raises BundleError ``FILE_MISSING``, ``FILE_NOT_REGULAR``, ``FILE_UNREADABLE``, ``BACKUP_NOT_ONE``,
    ``BACKUP_DAMAGED``, ``BACKUP_NEWER``.
    """
    try:
        return backupfile.read(file)
    except FileNotFoundError:
        raise BundleError("FILE_MISSING", file=str(file)) from None
    except durable.NotRegularError:
        raise BundleError("FILE_NOT_REGULAR", file=str(file)) from None
    except OSError as error:
        raise BundleError("FILE_UNREADABLE", file=str(file), reason=error.strerror or "") from error


def require_place(home: Path, *, replace: bool) -> None:
    """Whether a backup may be restored to ``home``.

    Raises StoreError ``HOME_EXISTS``; with ``replace`` ``STORE_IN_USE`` where a program has that home open.
    """
    folders = Home(home)
    if not replace:
        refuse_station(folders)
    elif folders.store.exists() and durable.is_open_elsewhere(folders.store):
        raise StoreError("STORE_IN_USE", home=str(home))


def restore(
    backup: Backup,
    home: Path,
    operator: str | None,
    password: str,
    *,
    identities: Sequence[age.Identity] = (),
    replace: bool = False,
    unsafe_home: bool = False,
    clock: Clock | None = None,
    step: Callable[[], None] = lambda: None,
) -> Restored:
    """Make ``home`` from a backup. The password is one of its own: passwords changed later do not open it.
    The recovery identity of the office, among ``identities``, opens it without one.

    With ``replace`` a station that lives there is moved aside inside the folder; bundles, backups and logs
    stay where they are. The station begins a new epoch: whatever was recorded after the backup stands in the
    old one and can never be taken for what is recorded from now on.

    Raises StoreError ``LOGIN_REFUSED``, ``OPERATOR_NEEDED``, ``NO_OPERATOR``, ``KEYRING_BAD``,
    ``HOME_UNSAFE`` (the folder's disk keeps no access rights, and not ``unsafe_home``), those of
    ``require_place`` and of ``open_database``; BundleError ``BACKUP_FOREIGN`` (the station whose keys are in
    it did not sign it), ``BACKUP_DAMAGED``; with ``identities`` those of ``Keyring.recover``; OSError.
    """
    require_place(home, replace=replace)
    stage = home / _STAGE
    durable.make_folder(home)
    if not unsafe_home:
        refuse_unsafe(Home(home))
    shutil.rmtree(stage, ignore_errors=True)  # of a restore that was cut off
    durable.make_folder(stage)
    try:
        backupfile.extract(backup, KEYRING, stage / KEYRING)
        keyring = read_keyring(stage / KEYRING)
        operator, store_key, keys = _unlock(backup, keyring, operator, password, identities)
        for part in backup.manifest.parts:
            if part.name != KEYRING:
                backupfile.extract(backup, part.name, stage / part.name.replace("/", "-"))
        step()
        config = read_config(Home(stage))
        store = open_store(stage / STORE, store_key, config.code, config.code)
        try:
            told, count = _begin(Home(home), config, keys, store, operator, backup, clock)
            step()
        finally:
            store.close()
        aside = set_aside(Home(home), "replaced") if Home(home).config.exists() else None
        make_folders(Home(home))
        _put_in_place(backup, stage, home)
        step()
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    manifest = backup.manifest
    later = _later(home, config.code, told)
    step()
    digits = backup.key.fingerprint
    return Restored(
        home, manifest.role, manifest.code, manifest.made, count, told.epoch, aside, digits, later
    )


class _Begun(NamedTuple):
    epoch: str
    tops: dict[str, tuple[int, str]]
    """{epoch: (position, head in hex)} of the station's own facts in the backup."""


def _unlock(
    backup: Backup,
    keyring: Keyring,
    operator: str | None,
    password: str,
    identities: Sequence[age.Identity],
) -> tuple[str, bytes, Secrets]:
    if operator is None:
        if len(keyring.operators) != 1:
            raise StoreError("OPERATOR_NEEDED", operators=keyring.operators)
        (operator,) = keyring.operators
    elif operator not in keyring.operators and identities:
        raise StoreError("NO_OPERATOR", operator=operator)
    store_key = keyring.recover([*identities]) if identities else keyring.unlock(operator, password)
    keys = secrets_in(keyring, store_key)
    if keys.sign.public != backup.key:
        raise BundleError("BACKUP_FOREIGN", file=str(backup.path))
    return operator, store_key, keys


def _begin(
    home: Home,
    config: Config,
    keys: Secrets,
    store: Store,
    operator: str,
    backup: Backup,
    clock: Clock | None,
) -> tuple[_Begun, int]:
    """Check the store where it is unpacked, and begin the new epoch in it."""
    store.quick_check()
    manifest = backup.manifest
    identity = {"role": manifest.role, "code": manifest.code, "domain": manifest.domain}
    told = {"role": config.role, "code": config.code, "domain": config.domain}
    if not identity == told == store.setting("identity"):
        raise BundleError("BACKUP_DAMAGED", file=str(backup.path))
    store.books.at_venue = config.role == "venue"
    station = Station(home, config, keys, store, operator, clock or SystemClock())
    station.refuse_removed(operator)
    sources = station.sources()
    count = sum(station.top(*source)[0] for source in sources)
    tops = {epoch: station.top(code, epoch) for code, epoch in sources if code == config.code}
    with station.writing():
        station.begin_epoch("RESTORED")
        station.set_setting(backing_up.LAST, {"at": manifest.made, "file": str(backup.path), "facts": count})
    return _Begun(station.epoch, {epoch: (p, head.hex()) for epoch, (p, head) in tops.items()}), count


def _put_in_place(backup: Backup, stage: Path, home: Path) -> None:
    names = [part.name for part in backup.manifest.parts if part.name != CONFIG]
    for name in (*names, CONFIG):  # the configuration last: without it there is no station here yet
        durable.replace(stage / name.replace("/", "-"), home / name)


def _later(home: Path, code: str, begun: _Begun) -> list[str]:
    """Bundles that the outbox still has of the time after the backup, or of epochs that it does not know.

    Only to tell: their signatures are verified by the office.
    """
    found: list[str] = []
    for path in sorted(Home(home).outbox.glob("*.cmeb")):
        try:
            stored, _signature, _payload = container.read(stick.read(path), container.BUNDLE)
            manifest = manifests.decode(stored)
        except BundleError:
            continue
        if manifest.kind == "facts" and manifest.from_ == code:
            top = begun.tops.get(manifest.epoch, (0, ""))[0]
            if manifest.log.last > top:
                found.append(path.name)
    return found
