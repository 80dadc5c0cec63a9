"""The line above the keys: what just happened, or why it did not."""

from __future__ import annotations

from rich.text import Text

from icme_tui.screens.glyphs import clean
from icme_tui.screens.widgets.plain import Plain

_MARKS = {"good": "+ ", "warn": "! ", "bad": "! ", "": "  "}


class Notice(Plain):
    """Grows upward over the screen where the sentence needs more than a line."""

    def __init__(self) -> None:
        super().__init__("", id="notice")
        self.kind = ""

    def tell(self, text: str, kind: str = "") -> None:
        """Say a sentence. ``kind``: ``good``, ``warn``, ``bad`` or nothing; each has its mark."""
        if kind != self.kind:
            for name in ("good", "warn", "bad"):
                self.set_class(kind == name, f"-{name}")
            self.kind = kind
        self.show(Text(_MARKS[kind] + clean(text)) if text else "")
