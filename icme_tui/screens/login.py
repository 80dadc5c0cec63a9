"""Logging in, and opening the locked screen again. What opens the store is imported with the password."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.text import Text
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Input

from icme_tui.commands.words import N_, _
from icme_tui.operations.preferences import Arrival
from icme_tui.screens.base import StationScreen
from icme_tui.screens.glyphs import clean
from icme_tui.screens.widgets.field import Field, check_fields
from icme_tui.screens.widgets.plain import Plain

if TYPE_CHECKING:
    from icme_tui.station import Station


class LoginScreen(StationScreen):
    """Operator and password."""

    LABEL = N_("Log in")
    HELP = N_("The password unlocks the store of this station. Nothing of it can be read before.")
    NEEDS_STATION = False

    def __init__(self, known: Arrival) -> None:
        super().__init__()
        self._known = known

    def body(self) -> Iterable[Widget]:
        with Vertical(classes="sheet"):
            yield Plain(Text(f"{clean(self._known.code)}  {clean(self._known.name)}", style="bold"))
            yield Plain(_("Office") if self._known.role == "office" else _("Venue"), classes="gap")
            yield Field(
                "operator",
                _("Operator"),
                self._operator(),
                check=lambda text: "" if text else _("Say who you are."),
                explains=N_("The name of your account at this station, such as admin."),
            )
            yield Field(
                "password",
                _("Password"),
                password=True,
                explains=N_("Wrong passwords are noted. Nobody can look a password up."),
            )
            yield Plain(
                _("Forgotten? Ask an admin, or with the recovery sheet: {command}").format(
                    command="icme operator recover"
                ),
                classes="forgotten",
            )

    def _operator(self) -> str:
        if self.icme.given_operator:
            return self.icme.given_operator
        return self._known.operators[0] if len(self._known.operators) == 1 else ""

    def on_mount(self) -> None:
        self._field("password" if self._field("operator").value else "operator").focus_line()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        if event.input is self._field("operator").line:
            self._field("password").focus_line()
        elif check_fields([self._field("operator")]):
            self._send()

    def _field(self, name: str) -> Field:
        return self.query_one(f"#field-{name}", Field)

    def _send(self) -> None:
        operator, password = self._field("operator").value, self._field("password").value
        self.tell(_("Unlocking …") if not self.icme.terminal.is_console else _("Unlocking ..."))
        self.perform(
            lambda job: _open(self, operator, password), self._opened, group="login", failed=self._refused
        )

    def _opened(self, station: Station) -> None:
        self.icme.enter(station)

    def _refused(self, error: Exception) -> bool:
        self._field("password").value = ""
        self._field("password").complain(self.icme.sentence_of(error))
        self._field("password").focus_line()
        self.tell("")
        return True

    def back(self) -> None:
        """There is nothing behind the login."""


class LockScreen(StationScreen):
    """Over whatever was open. The password of any operator of the station opens it again."""

    LABEL = N_("Locked")
    HELP = N_("The screen is locked. Any operator of this station may unlock it and goes on as himself.")
    NEEDS_STATION = False

    def body(self) -> Iterable[Widget]:
        station = self.station
        with Vertical(classes="sheet"):
            yield Plain(Text(f"{clean(station.code)}  {clean(station.name)}", style="bold"), classes="gap")
            yield Field(
                "operator",
                _("Operator"),
                station.operator,
                check=lambda text: "" if text else _("Say who you are."),
                explains=N_("Another operator goes on as himself: what follows is recorded under his name."),
            )
            yield Field("password", _("Password"), password=True)

    def on_mount(self) -> None:
        self._field("password").focus_line()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        if event.input is self._field("operator").line:
            self._field("password").focus_line()
        elif check_fields([self._field("operator")]):
            station = self.station
            operator, password = self._field("operator").value, self._field("password").value
            self.perform(
                lambda job: station.act_as(operator, password),
                self._unlocked,
                group="login",
                failed=self._refused,
            )

    def _field(self, name: str) -> Field:
        return self.query_one(f"#field-{name}", Field)

    def _unlocked(self, nothing: None) -> None:
        self.app.pop_screen()
        self.icme.look()

    def _refused(self, error: Exception) -> bool:
        self._field("password").value = ""
        self._field("password").complain(self.icme.sentence_of(error))
        self._field("password").focus_line()
        return True

    def back(self) -> None:
        """Only the password opens it."""


def _open(screen: StationScreen, operator: str, password: str) -> Station:
    from icme_tui.station import open_station

    app = screen.icme
    return open_station(app.home, operator, password, app.clock, unsafe_home=app.unsafe_home)
