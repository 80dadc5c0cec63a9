"""Lines from standard input for a reader that types into our terminal."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from typing import TYPE_CHECKING

from icme_tui.commands.words import _

if TYPE_CHECKING:
    from icme_tui.commands.output import Output

_LONGEST = 256
"""Characters of a line that is looked at."""


def listen(out: Output) -> None:
    """From now on every line of standard input goes to the reader that waits for it; what is no number of it
    is said. Reads past Python's own buffer, so that nothing holds up the end of the program."""
    threading.Thread(target=_listen, args=(out, sys.stdin.fileno()), daemon=True).start()


def _listen(out: Output, descriptor: int) -> None:
    from icme_tui.operations import typed

    rest = b""
    with contextlib.suppress(OSError):
        while data := os.read(descriptor, 4096):
            *lines, rest = (rest + data).split(b"\n")
            rest = rest[-_LONGEST:]
            for line in lines:
                text = "".join(one for one in line[:_LONGEST].decode("ascii", "replace") if one.isprintable())
                if text.strip() and not typed.feed(text.strip()):
                    out.note(_("'{text}' is no number that this reader types.").format(text=text.strip()))
    typed.end()
