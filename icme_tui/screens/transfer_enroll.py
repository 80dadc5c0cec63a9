"""Admitting a venue: the digits are typed and compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from rich.text import Text
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Input

from icme_tui.codes import IcmeError
from icme_tui.commands.words import N_, _
from icme_tui.operations import enrolling
from icme_tui.operations.enrolling import Enrolled, Received
from icme_tui.screens.actions import Action
from icme_tui.screens.base import StationScreen
from icme_tui.screens.glyphs import clean, one_line
from icme_tui.screens.jobs import Job
from icme_tui.screens.transferwords import digits_wrong
from icme_tui.screens.widgets.field import Field, check_fields
from icme_tui.screens.widgets.plain import Plain


class EnrollScreen(StationScreen):
    """Admitting a venue: the clerk types the digits that the venue reads out."""

    LABEL = N_("Enrol")
    HELP = N_(
        "Have the venue read out its digits on the telephone or beside you, and type them in. Only where they"
        " are those of the request is the venue admitted."
    )
    CSS_PATH = "transfer.tcss"
    ACTIONS: ClassVar[tuple[Action, ...]] = (
        Action("enroll.send", "ctrl+s", N_("Admit"), N_("Compare the digits and admit the venue.")),
    )

    def __init__(self, received: Received, admitted: Callable[[Enrolled], None]) -> None:
        """``admitted`` is called on the screen before, after this one has gone."""
        super().__init__()
        self._received = received
        self._done = admitted

    def body(self) -> Iterable[Widget]:
        request = self._received.request
        width = max(20, self.app.size.width - 6)
        with Vertical(classes="sheet"):
            head = Text(one_line(f"{request.code}  {clean(request.name)}", width), style="bold")
            yield Plain(head)
            yield Plain(_("Digits of the request: {digits}").format(digits=self._received.key.fingerprint))
            yield Plain(_("Do not read them out: the venue reads, you type."), classes="gap")
            yield Field(
                "digits",
                _("Digits"),
                check=digits_wrong,
                explains=N_("30 digits in 6 groups of 5, as the venue reads them out."),
            )
            yield Field(
                "place",
                _("Place"),
                explains=N_("Where it stands, if several stations stand in one hall; else leave it empty."),
                hint=request.code,
                most=16,
            )

    def on_mount(self) -> None:
        self._field("digits").focus_line()

    def _field(self, name: str) -> Field:
        return self.query_one(f"#field-{name}", Field)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        if event.input is self._field("digits").line:
            self._field("place").focus_line()
        else:
            self.action_send()

    def action_send(self) -> None:
        if check_fields([self._field("digits")]):
            self._send(replace=False)

    def _send(self, *, replace: bool) -> None:
        typed, place = self._field("digits").value, self._field("place").value

        def work(job: Job) -> Enrolled:
            enrolling.require_digits(self._received, typed)
            return enrolling.enroll(self.station, self._received, place=place, replace=replace)

        self.perform(work, self._admitted, failed=self._refused)

    def _admitted(self, enrolled: Enrolled) -> None:
        self.app.pop_screen()
        told = _("Venue {code} {name} is admitted as station {number}.")
        self.icme.tell(
            told.format(code=enrolled.code, name=clean(enrolled.name), number=enrolled.number), "good"
        )
        self._done(enrolled)

    def _refused(self, error: Exception) -> bool:
        if not isinstance(error, IcmeError):
            return False
        if error.code == "STATION_EXISTS":
            self.confirm(
                _("{code} is enrolled with another key already. Has it lost its key?").format(
                    code=self._received.request.code
                ),
                _("Yes, take this key; the old one is revoked"),
                lambda: self._send(replace=True),
            )
            return True
        if error.code in ("DIGITS_DIFFER", "DIGITS_BAD"):
            self._field("digits").complain(self.icme.sentence_of(error))
            self._field("digits").focus_line()
            return True
        return False
