"""Only one program uses a reader at a time.

Two that wait at one reader would both act on the card that comes: two swipes of one touch, one card for two
people. Readers that the operating system gives to one program only need no claim.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from icme_tui.codes import ReaderError

if sys.platform != "win32":
    import fcntl


class Claim:
    """A lock on a file, held until ``release``, until nobody refers to it, or until the program ends."""

    def __init__(self, path: Path, name: str) -> None:
        """Raises ReaderError READER_IN_USE (``reader``: its name), READER_ADDRESS."""
        self._descriptor = -1
        if sys.platform == "win32":  # has no such lock: simulated cards are for one program there
            return
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.release()
            raise ReaderError("READER_IN_USE", reader=name) from None
        except OSError:
            self.release()
            raise ReaderError("READER_ADDRESS", address=name) from None

    def release(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __del__(self) -> None:
        self.release()
