"""Making the first home."""

from __future__ import annotations

from collections.abc import Iterable

from textual.containers import Vertical
from textual.widget import Widget

from icme_tui.commands.words import N_, _
from icme_tui.screens.base import StationScreen
from icme_tui.screens.widgets.plain import Plain


class SetupScreen(StationScreen):
    """Venue or office, its code, name and domain, and a password."""

    LABEL = N_("Set up")
    NEEDS_STATION = False

    def body(self) -> Iterable[Widget]:
        with Vertical(classes="sheet"):
            yield Plain(_("There is no station here yet."))
