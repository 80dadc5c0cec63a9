"""A forgotten password: the recovery identity of the office opens the store, and the operator gets a new one.

Every station keeps its store key encrypted to that identity in ``keyring.toml``. Nothing else is needed, so
it works on a Sunday, at a venue, without a network; the facts stay as they are.
"""

from __future__ import annotations

from pathlib import Path

from icme_tui import durable
from icme_tui.bundles import age
from icme_tui.clock import Clock
from icme_tui.codes import StoreError
from icme_tui.operations import keysheet, operators
from icme_tui.operations.founding import MIN_PASSWORD
from icme_tui.station import recover_station

_MOST_BYTES = 65_536


def read_identities(path: Path) -> list[age.Identity]:
    """The age identities in a recovery file or in one of ``age-keygen``, whatever else stands there.

    Raises StoreError ``IDENTITY_FILE`` (cannot be read), BundleError ``IDENTITY_BAD`` (holds none).
    """
    return keysheet.identities_in(read_text(path))


def read_text(path: Path) -> str:
    """The text of a file of keys. Raises StoreError ``IDENTITY_FILE``."""
    try:
        return durable.read_regular(path, _MOST_BYTES).decode()
    except (OSError, UnicodeDecodeError):
        raise StoreError("IDENTITY_FILE", file=str(path)) from None


def set_password(
    home: Path,
    operator: str,
    identities: list[age.Identity],
    password: str,
    clock: Clock | None = None,
    *,
    unsafe_home: bool = False,
) -> None:
    """Give an operator of a home folder a new password by the recovery identity.

    Raises StoreError ``PASSWORD_WEAK`` and those of ``station.recover_station``.
    """
    if len(password) < MIN_PASSWORD:
        raise StoreError("PASSWORD_WEAK", least=MIN_PASSWORD)
    with recover_station(home, operator, identities, clock, unsafe_home=unsafe_home) as station:
        operators.set_forgotten(station, password)
