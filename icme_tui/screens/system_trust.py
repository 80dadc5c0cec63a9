"""Signing keys: whose digits count here, new keys, and at the office the end of a stolen one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Input

from icme_tui.codes import IcmeError
from icme_tui.commands.sentences import sentence
from icme_tui.commands.stationwords import STATES
from icme_tui.commands.words import N_, _
from icme_tui.operations import keylist, revoking, rotating
from icme_tui.screens.actions import Action
from icme_tui.screens.base import StationScreen
from icme_tui.screens.glyphs import clean
from icme_tui.screens.rows import page_of
from icme_tui.screens.widgets.field import Field, check_fields
from icme_tui.screens.widgets.pagedlist import Column, Page, PagedList, Row
from icme_tui.screens.widgets.panel import Choice, ChoosePanel
from icme_tui.screens.widgets.plain import Plain

if TYPE_CHECKING:
    from icme_tui.operations.revoking import Revoked

_OWN = "own"


class TrustScreen(StationScreen):
    """The keys of this station and of those that it believes."""

    LABEL = N_("Signing keys")
    HELP = N_(
        "Thirty digits name a key; people compare them by telephone. New keys travel with the usual sticks."
        " At the office the key of a stolen machine is revoked here. docs/recovery.md tells the rest."
    )
    CSS_PATH = "system.tcss"
    ACTIONS: ClassVar[tuple[Action, ...]] = (
        Action("trust.renew", "n", N_("New keys"), N_("Give this station new keys.")),
        Action("trust.revoke", "x", N_("Revoke"), N_("Believe the key under the cursor no longer.")),
    )

    def body(self) -> Iterable[Widget]:
        yield PagedList(
            [Column(_("Whose"), 24), Column(_("State"), 13), Column(_("Digits"))],
            self._page,
            id="trust",
            explains=N_("One key a row."),
        )

    def on_mount(self) -> None:
        self.query_one(PagedList).focus_rows()

    def on_screen_resume(self) -> None:
        for paged in self.query(PagedList):
            paged.reload()

    def _page(self, first: int, count: int, words: str) -> Page:
        found = keylist.keys(self.station)
        rows = [Row(_OWN, (_("This station"), "", found.sign))]
        if found.new_sign:
            rows.append(Row(_OWN, (_("This station"), _("coming"), found.new_sign)))
        rows.append(Row(_OWN, (_("This station, on cards"), "", found.card)))
        if self.station.role == "venue":
            rows.append(Row(_OWN, (_("Office"), "", found.office.fingerprint)))
        rows.append(Row(_OWN, (_("Office"), _("in its safe"), found.office.next_fingerprint)))
        rows += [
            Row(each.code, (f"{each.code} {each.name}", _(STATES[each.state]), each.fingerprint))
            for each in found.stations
            if each.state != "self"
        ]
        return page_of(rows, first, count, words)

    def action_renew(self) -> None:
        self.app.push_screen(RenewScreen())

    def action_revoke(self) -> None:
        row = self.query_one(PagedList).row
        if self.station.role != "office":
            self.tell(sentence("OFFICE_ONLY"), "warn")
        elif row is None or row.key == _OWN:
            self.tell(_("Put the cursor on the key of a venue."), "warn")
        else:
            self.app.push_screen(RevokeScreen(str(row.key)))


class _ReasonForm(StationScreen):
    """What both forms share: what follows from it, and the reason."""

    CSS_PATH = "system.tcss"

    def _told(self) -> str:
        return ""

    def body(self) -> Iterable[Widget]:
        with Vertical(classes="sheet"):
            yield Plain(self._told(), classes="gap")
            yield Field(
                "reason",
                _("Reason"),
                check=lambda text: "" if text.strip() else sentence("REASON_MISSING"),
                explains=N_("It stands in the journal with your name."),
            )

    def on_mount(self) -> None:
        self._field().focus_line()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.action_save()

    def action_save(self) -> None:
        if check_fields(list(self.query(Field))):
            self._ask()

    def _field(self) -> Field:
        return self.query_one("#field-reason", Field)

    def _ask(self) -> None:
        """Ask, then do it."""

    def _refused(self, error: Exception) -> bool:
        if not isinstance(error, IcmeError):
            return False
        self._field().complain(self.icme.sentence_of(error))
        return True


class RenewScreen(_ReasonForm):
    """New keys for this station."""

    LABEL = N_("New keys")
    HELP = N_("The old key names the new one in every bundle until the other side has it.")
    ACTIONS: ClassVar[tuple[Action, ...]] = (
        Action("renew.save", "ctrl+s", N_("Make"), N_("Make the new keys.")),
    )

    def _told(self) -> str:
        if self.station.role == "office":
            return _(
                "Write every venue a pack afterwards. For each venue the new key signs once it has answered."
            )
        return _("Export to the office afterwards, then read the pack that it answers with.")

    def _ask(self) -> None:
        self.confirm(_("Make new keys for this station?"), _("Yes, make them"), self._make)

    def _make(self) -> None:
        reason = self._field().value
        self.perform(lambda job: rotating.rotate(self.station, reason), self._made, failed=self._refused)

    def _made(self, digits: str) -> None:
        self.app.pop_screen()
        self.icme.tell(_("Digits of the new key: {digits}").format(digits=digits), "good")


class RevokeScreen(_ReasonForm):
    """The key of a stolen or lost machine."""

    LABEL = N_("Revoke a key")
    HELP = N_(
        "What was accepted stays. A bundle from before the loss can be named as good with the command:"
        " icme keys revoke STATION --keep-up-to FILE."
    )
    ACTIONS: ClassVar[tuple[Action, ...]] = (
        Action("revoke.save", "ctrl+s", N_("Revoke"), N_("Believe this key no longer.")),
    )

    def __init__(self, code: str = "") -> None:
        super().__init__()
        self._station_code = code

    def _told(self) -> str:
        return _(
            "Nothing new of {station} comes in any more, and no pack is written for it. Its new machine is"
            " admitted with the same code, in the place of the old one."
        ).format(station=clean(self._station_code))

    def _ask(self) -> None:
        choices = [
            Choice(False, _("Refuse every bundle of it from now on"), "r"),
            Choice(True, _("Let what is here already come again"), "l"),
        ]
        title = _("Revoke the key of {station} for good?").format(station=clean(self._station_code))
        self.open_panel(ChoosePanel(title, choices, self._revoke))

    def _revoke(self, keeps: bool) -> None:
        reason, code = self._field().value, self._station_code
        self.perform(
            lambda job: revoking.revoke(self.station, code, reason, keep_received=keeps),
            self._revoked,
            failed=self._refused,
        )

    def _revoked(self, done: Revoked) -> None:
        self.app.pop_screen()
        told = _("The key {digits} of {station} is not believed any more.")
        self.icme.tell(told.format(digits=done.fingerprint, station=clean(done.station)), "good")
