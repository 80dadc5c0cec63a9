"""A card without sectors: whatever is asked of it but its UID, it refuses."""

from __future__ import annotations

from typing import NoReturn

from icme_tui.cards.plan import KeyType
from icme_tui.codes import CardError


class UidOnly:
    """One such chip in the field."""

    halted = False

    def __init__(self, uid: bytes) -> None:
        self.uid = uid

    def select(self) -> None:
        """Nothing is open before or after."""

    def authenticate(self, block: int, key_type: KeyType, key: bytes) -> NoReturn:
        """Raises CardError AUTH_REFUSED."""
        raise CardError("AUTH_REFUSED")

    def read(self, block: int) -> NoReturn:
        """Raises CardError NOT_AUTHENTICATED."""
        raise CardError("NOT_AUTHENTICATED")

    def write(self, block: int, data: bytes) -> NoReturn:
        """Raises CardError NOT_AUTHENTICATED."""
        raise CardError("NOT_AUTHENTICATED")
