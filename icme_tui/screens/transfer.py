"""Transfer: bundles and packs, at a venue and at the office."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.widget import Widget

from icme_tui.commands.words import N_
from icme_tui.screens.base import StationScreen
from icme_tui.screens.jobs import Job
from icme_tui.screens.transfer_arrivals import ArrivalsScreen
from icme_tui.screens.transfer_aside import QuarantineScreen
from icme_tui.screens.transfer_enroll import EnrollScreen
from icme_tui.screens.transfer_office import OfficeTransfer
from icme_tui.screens.transfer_outbox import OutboxScreen
from icme_tui.screens.transfer_owing import OwingScreen
from icme_tui.screens.transfer_receipt import RefusedScreen
from icme_tui.screens.transfer_venue import VenueTransfer
from icme_tui.screens.widgets.progress import Progress


class TransferScreen(StationScreen):
    """What travels between a venue and its office."""

    PLACE = "transfer"
    LABEL = N_("Transfer")
    HELP = N_(
        "Everything travels on a stick: bundles of facts from the venues to the office, packs from the office"
        " to the venues. What was written was read back and verified."
    )
    CSS_PATH = "transfer.tcss"
    PARTS: ClassVar[tuple[type, ...]] = (
        VenueTransfer, OfficeTransfer, ArrivalsScreen, RefusedScreen, QuarantineScreen, EnrollScreen,
        OutboxScreen, OwingScreen,
    )  # fmt: skip

    def body(self) -> Iterable[Widget]:
        yield VenueTransfer() if self.station.role == "venue" else OfficeTransfer()

    def on_screen_resume(self) -> None:
        """Back from a screen behind this one: what it did is to be seen."""
        for part in self.query("VenueTransfer, OfficeTransfer"):
            if isinstance(part, VenueTransfer | OfficeTransfer):
                part.renew()

    def job_stopped(self, job: Job) -> None:
        for bar in self.query(Progress):
            bar.done()
        self.on_screen_resume()
