"""The one door to QR codes (ISO/IEC 18004): a text as lines of half blocks, two modules a character.

Half blocks are in the code pages of old consoles too, and a code of 110 letters takes fewer than 60 columns.
"""

from __future__ import annotations

QUIET = 4
"""Light modules around the code; scanners need them."""

_INK = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


def lines(text: str, *, on_dark: bool = False) -> list[str]:
    """The lines to print. On paper dark modules are inked; ``on_dark``, a dark terminal, the light ones are.

    Upper-case letters, digits and ``-`` take the least room. Raises ValueError for more than fits in a code.
    """
    import segno

    code = segno.make_qr(text, error="m")
    rows = [[bool(module) ^ on_dark for module in row] for row in code.matrix_iter(border=QUIET)]
    if len(rows) % 2:
        rows.append([on_dark] * len(rows[0]))
    return [
        "".join(_INK[upper, lower] for upper, lower in zip(*pair, strict=True))
        for pair in zip(rows[::2], rows[1::2], strict=True)
    ]
