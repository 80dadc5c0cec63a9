"""How each reader took a key, so that it is asked only once: in memory, and in the user's state folder.

``reader-keys.json`` there is a note for speed: without it, or where it is wrong, readers are asked again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import platformdirs

from icme_tui import durable
from icme_tui.devices.pcsc.apdu import KeyWay
from icme_tui.devices.pcsc.profiles import Profile

_LIMIT = 65_536
_NUMBERS = re.compile(r" \d\d \d\d$")
"""At the end of a name: which of several alike, and which slot."""

_decoder = msgspec.json.Decoder(dict[str, KeyWay])


def _path() -> Path:
    return platformdirs.user_state_path("icme", appauthor=False) / "reader-keys.json"


class KeyWays:
    """The ways of one reader."""

    def __init__(self, reader: str, profile: Profile) -> None:
        self._model = _NUMBERS.sub("", reader)
        self._profile = profile
        self._known: KeyWay | None = _read().get(self._model)

    @property
    def known(self) -> KeyWay | None:
        """What worked last."""
        return self._known

    def to_try(self) -> Iterator[KeyWay]:
        """What worked last, then the others."""
        if self._known is not None:
            yield self._known
        for way in self._profile.ways:
            if way != self._known:
                yield way

    def worked(self, way: KeyWay) -> None:
        """Remember it. Never fails: a folder that cannot be written costs time only."""
        if way == self._known:
            return
        self._known = way
        try:
            durable.make_folder(_path().parent)
            durable.write_atomic(_path(), msgspec.json.encode({**_read(), self._model: way}))
        except OSError:
            return


def _read() -> dict[str, KeyWay]:
    try:
        return _decoder.decode(durable.read_regular(_path(), _LIMIT))
    except (OSError, msgspec.MsgspecError):
        return {}
