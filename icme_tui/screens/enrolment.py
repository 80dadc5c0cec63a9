"""How a venue and its office come to know each other: request, digits, first pack."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from rich.text import Text
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Input

from icme_tui.codes import BundleError
from icme_tui.commands.sentences import sentence
from icme_tui.commands.words import N_, _
from icme_tui.screens.actions import Action
from icme_tui.screens.base import StationScreen
from icme_tui.screens.glyphs import clean
from icme_tui.screens.widgets.field import Field, check_fields
from icme_tui.screens.widgets.plain import Plain

if TYPE_CHECKING:
    from icme_tui.operations.importing import Imported


class _Standing(NamedTuple):
    """Where a venue's enrolment stands."""

    request: Path
    fingerprint: str
    has_pack: bool


class EnrolmentScreen(StationScreen):
    """At a venue: what to bring to the office, and what to bring back."""

    LABEL = N_("Enrolment")
    HELP = N_(
        "Bring the request to the office on a stick and read the digits of this venue to the clerk. The clerk"
        " reads you the digits of the office and gives you the first pack. Both can wait: this screen is"
        " found again under Transfer."
    )
    ACTIONS = (
        Action("enrolment.later", "f10", N_("Later"), N_("Go on; enrol when the office has answered.")),
    )

    def __init__(self, *, first: bool = False) -> None:
        super().__init__()
        self._first = first

    def body(self) -> Iterable[Widget]:
        with VerticalScroll(classes="sheet", can_focus=False):
            yield Plain(Text(_("1. Bring this request to the office"), style="bold"))
            yield Plain("", id="request", classes="gap")
            yield Plain(Text(_("2. Read these digits of the venue to the clerk"), style="bold"))
            yield Plain("", id="fingerprint", classes="gap")
            yield Plain(Text(_("3. Type the digits that the office reads to you"), style="bold"))
            yield Field(
                "digits", _("Office's digits"), most=60,
                explains=N_("30 digits, as the clerk reads them out; blanks do not count. Only a pack from"
                            " the office with these digits is believed."),
            )  # fmt: skip
            yield Plain("")
            yield Plain(Text(_("4. Take in the first pack"), style="bold"))
            yield Field(
                "pack", _("File or folder"), check=_is_there,
                explains=N_("The pack that the office wrote for this venue, or the folder with it."),
            )  # fmt: skip

    def on_mount(self) -> None:
        self.fetch(lambda job: self._read(), self._show)
        self._field("digits").focus_line()

    def _read(self) -> _Standing:
        from icme_tui.operations import enrolling

        station = self.station
        return _Standing(
            enrolling.write_request(station),
            station.public_key.fingerprint,
            station.setting("pack") is not None,
        )

    def _show(self, standing: _Standing) -> None:
        self.query_one("#request", Plain).show(clean(standing.request))
        self.query_one("#fingerprint", Plain).show(Text(standing.fingerprint, style="bold"))
        if standing.has_pack:
            self.tell(_("This venue has its office already."), "good")

    def _field(self, name: str) -> Field:
        return self.query_one(f"#field-{name}", Field)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        if event.input is self._field("digits").line:
            digits = self._field("digits").value
            self.perform(lambda job: self._trust(digits), self._trusted, failed=self._wrong_digits)
        elif check_fields([self._field("pack")]):
            path = Path(self._field("pack").value).expanduser()
            self.tell(_("Reading ..."))
            self.perform(lambda job: self._take(path), self._taken)

    def _trust(self, digits: str) -> str:
        from icme_tui.operations import enrolling

        return enrolling.type_digits(self.station, digits)

    def _trusted(self, digits: str) -> None:
        self._field("digits").complain("")
        self._field("digits").value = digits
        self.tell(
            _("Only an office with these digits will be believed: {digits}").format(digits=digits), "good"
        )
        self._field("pack").focus_line()

    def _wrong_digits(self, error: Exception) -> bool:
        self._field("digits").complain(self.icme.sentence_of(error))
        self._field("digits").focus_line()
        return True

    def _take(self, path: Path) -> list[Imported]:
        from icme_tui.operations import importing

        return importing.import_files(self.station, [path])

    def _taken(self, results: list[Imported]) -> None:
        packs = [one for one in results if one.kind == "pack" or one.result != "accept"]
        if not packs:
            self.tell(_("There is no pack for this venue in there."), "warn")
        elif any(one.result == "accept" for one in packs):
            self.icme.go("start")
            self.icme.tell(_("The first pack is in force. This venue is ready."), "good")
        else:
            raise_first(packs, self)

    def action_later(self) -> None:
        self.back()

    def back(self) -> None:
        if self._first:
            self.icme.go("start")
        else:
            super().back()


def raise_first(results: list[Imported], screen: StationScreen) -> None:
    """Say why the first of some files was not taken."""
    screen.tell(sentence(results[0].code, {"file": results[0].file.name}), "bad")


def _is_there(text: str) -> str:
    if text and Path(text).expanduser().exists():
        return ""
    return sentence(BundleError("FILE_MISSING").code, {"file": text})


class FoundedScreen(StationScreen):
    """At a new office: the digits that every venue types, and the recovery keys to put into a safe."""

    LABEL = N_("Set up")
    HELP = N_("Print the recovery file, put it into a safe and delete it here: it opens everything.")
    ACTIONS = (Action("founded.go_on", "enter", N_("Go on"), N_("Go to the start screen.")),)

    def __init__(self, fingerprint: str, recovery_file: Path | None) -> None:
        super().__init__()
        self._fingerprint = fingerprint
        self._recovery_file = recovery_file

    def body(self) -> Iterable[Widget]:
        with VerticalScroll(classes="sheet", can_focus=False):
            yield Plain(Text(_("The office is made."), style="bold"), classes="gap")
            yield Plain(_("Its digits, which every venue types in:"))
            yield Plain(Text(self._fingerprint, style="bold"), classes="gap")
            yield Plain(
                _("Its recovery keys, which open every bundle and bring the office back after a loss:")
            )
            yield Plain(Text(clean(self._recovery_file), style="bold"))
            yield Plain(_("Print this file, put it into a safe, and delete it here."), classes="gap")
            yield Plain(_("Enter goes on."))

    def action_go_on(self) -> None:
        self.icme.go("start")
