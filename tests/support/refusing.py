"""A card at the edge of the field: once it refuses the key that is right."""

from __future__ import annotations

from icme_tui.cards.plan import KeyType
from icme_tui.codes import CardError
from icme_tui.devices.port import Reader
from icme_tui.devices.wrapping import Wrapped


class Refusing(Wrapped):
    """At the n-th authentication from now."""

    def __init__(self, reader: Reader, at: int) -> None:
        super().__init__(reader)
        self._left = at

    def authenticate(self, block: int, key_type: KeyType, key: bytes) -> None:
        self._left -= 1
        if self._left == -1:
            raise CardError("AUTH_REFUSED")
        super().authenticate(block, key_type, key)
