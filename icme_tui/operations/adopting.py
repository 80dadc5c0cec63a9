"""The office's next key takes over, where the office's own key is lost or stolen.

The venues have known the next key since their first pack, so they believe the packs that it signs, and from
then on no others. Its private part stands on the recovery sheet only; a new sheet with another next key is
written first.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from icme_tui import durable, facts
from icme_tui.bundles import age
from icme_tui.bundles.keys import SigningKey
from icme_tui.codes import RuleError, StoreError
from icme_tui.keyring import read_keyring
from icme_tui.operations import keychanges, keysheet, rotating
from icme_tui.station import NEW_SIGN, ROTATION

if TYPE_CHECKING:
    from icme_tui.operations.keysheet import Notes, Sheet
    from icme_tui.station import Station

NEXT_KEY = "next_key"
"""Setting of an office: its next key, as the packs name it."""


def adopt_next(
    station: Station, sheet: Sheet, reason: str, recovery_out: Path, notes: Notes | None = None
) -> str:
    """Let the office sign with the next key of its sheet from now on, and write the sheet of the one after.
    Returns the 30 digits that count now.

    Given again after it was cut, with another file, it comes to its end. Raises RuleError ``OFFICE_ONLY``,
    ``REASON_MISSING``, ``SHEET_OTHER`` (a sheet of another office, or an older one); StoreError
    ``RECOVERY_EXISTS``, ``FOLDER_MISSING``.
    """
    if station.role != "office":
        raise RuleError("OFFICE_ONLY")
    if not reason.strip():
        raise RuleError("REASON_MISSING")
    key = sheet.next_key.public
    if key.line != station.setting(NEXT_KEY) or sheet.recovery.public != station.recovery_recipient:
        raise RuleError("SHEET_OTHER")
    following = following_sheet(sheet)
    write_sheet(following, station.code, station.domain, recovery_out, notes)
    keyring = read_keyring(station.folders.keyring).without_key(NEW_SIGN)
    keyring = station.seal_key(keyring, "sign", sheet.next_key.to_openssh())
    identity = age.Identity.generate()  # the packs tell its recipient; the old one opens what is on its way
    keyring = station.seal_key(rotating.with_old_age(station, keyring), "age", identity.secret().encode())
    own = station.registry.get("station", station.code)
    lost = str(own.body["sign_key"]) if own is not None else station.public_key.line

    def note() -> None:
        station.set_setting(NEXT_KEY, following.next_key.public.line)
        station.set_setting(ROTATION, None)
        station.number_packs_ahead()  # a backup does not know the last number
        station.record(
            facts.Revoke(key=lost, reason=reason.strip()),
            station.put("station", station.code, sign_key=key.line, age=identity.public),
        )

    keychanges.apply(station, keyring, note)
    return key.fingerprint


def following_sheet(sheet: Sheet) -> Sheet:
    """The sheet that takes the place of one whose next key is used up."""
    digits = sheet.next_key.public.fingerprint
    return sheet._replace(next_key=SigningKey.generate(), office=digits)


def write_sheet(sheet: Sheet, code: str, domain: str, file: Path, notes: Notes | None = None) -> None:
    """Write a sheet to a new file, 0600; ``notes`` are what it says to people.

    Raises StoreError ``RECOVERY_EXISTS``, ``FOLDER_MISSING``, OSError.
    """
    if not file.parent.is_dir():
        raise StoreError("FOLDER_MISSING", folder=str(file.parent))
    if file.exists():
        raise StoreError("RECOVERY_EXISTS", file=str(file))
    durable.write_atomic(file, keysheet.text(sheet, code, domain, notes).encode())
