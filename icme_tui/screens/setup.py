"""Making the first home: venue or office, its code, name and domain, and the first password."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from rich.text import Text
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Input

from icme_tui.codes import IcmeError
from icme_tui.commands.keywords import sheet_notes
from icme_tui.commands.sentences import sentence
from icme_tui.commands.words import N_, _
from icme_tui.operations import naming
from icme_tui.screens.actions import Action
from icme_tui.screens.base import StationScreen
from icme_tui.screens.glyphs import clean
from icme_tui.screens.setup_restore import choose_backup
from icme_tui.screens.widgets.field import Field, check_fields
from icme_tui.screens.widgets.panel import Choice, ChoosePanel
from icme_tui.screens.widgets.plain import Plain

if TYPE_CHECKING:
    from icme_tui.operations.founding import Founded

_AT_FIELD = {
    "CODE_BAD": "code", "NAME_BAD": "name", "DOMAIN_BAD": "domain", "OPERATOR_BAD": "operator",
    "PASSWORD_WEAK": "password",
}  # fmt: skip
"""The field at which a refusal is shown."""


def refusal_of(check: Callable[[str], None]) -> Callable[[str], str]:
    """The sentence of what a check raises, or nothing."""

    def told(text: str) -> str:
        try:
            check(text)
        except IcmeError as error:
            return sentence(error.code, error.detail)
        return ""

    return told


class SetupScreen(StationScreen):
    """Asks what kind of station this machine is, then for its names, and makes the home folder."""

    LABEL = N_("Set up")
    HELP = N_(
        "There is no station in this home folder yet. A venue issues cards and takes swipes; an office"
        " gathers what the venues send. One machine can hold both, each in a folder of its own (--home)."
    )
    NEEDS_STATION = False
    ACTIONS = (
        Action(
            "setup.choose", "ctrl+o", N_("Venue or office"), N_("Choose anew what kind of station this is.")
        ),
    )

    def __init__(self) -> None:
        super().__init__()
        self._role = "venue"

    def body(self) -> Iterable[Widget]:
        with VerticalScroll(classes="sheet", can_focus=False):
            yield Plain(Text(_("A new station in {home}").format(home=clean(self.icme.home)), style="bold"))
            yield Plain("", id="role", classes="gap")
            yield Field(
                "code", _("Code"), check=refusal_of(naming.require_code), hint="V0007", most=16,
                explains=N_("The office gives every venue its code; its bundles are named after it."),
            )  # fmt: skip
            yield Field(
                "name", _("Full name"), check=refusal_of(naming.require_name), most=100,
                explains=N_("For people to read, such as the name of the hospital."),
            )  # fmt: skip
            yield Field(
                "domain", _("Domain"), check=refusal_of(naming.require_domain), hint="cme.example", most=100,
                explains=N_("Names the whole deployment, like a host name. All its stations have the same."),
            )  # fmt: skip
            yield Field(
                "operator", _("Operator"), "admin", check=refusal_of(naming.require_operator), most=32,
                explains=N_("The name of the first account, in small letters."),
            )  # fmt: skip
            yield Field(
                "password", _("Password"), password=True,
                check=lambda text: "" if text else _("A password is needed."),
                explains=N_("At least 8 characters. Without it nobody can open the store."),
            )  # fmt: skip
            yield Field(
                "again", _("Password again"), password=True, check=self._differs,
                explains=N_("The same once more, against slips of the finger."),
            )  # fmt: skip
            yield Plain(_("Enter in the last line makes the station."), classes="faint")

    def on_mount(self) -> None:
        self.action_choose()

    def action_choose(self) -> None:
        choices = [
            Choice("venue", _("Venue: issue cards, take swipes, send them to the office"), "v"),
            Choice("office", _("Office: gather what the venues send, count the credits"), "o"),
            Choice("restore", _("What it was before: restore a backup"), "r"),
        ]
        self.open_panel(ChoosePanel(_("What is this machine going to be?"), choices, self._chosen))

    def _chosen(self, role: str) -> None:
        if role == "restore":
            choose_backup(self)
            return
        self._role = role
        office = role == "office"
        self.query_one("#role", Plain).show(_("Office") if office else _("Venue"))
        code = self._field("code")
        if office and not code.value:
            code.value = "OFFICE"
        elif not office and code.value == "OFFICE":
            code.value = ""
        self._field("name" if office else "code").focus_line()

    def _field(self, name: str) -> Field:
        return self.query_one(f"#field-{name}", Field)

    def _differs(self, again: str) -> str:
        return "" if again == self._field("password").value else _("The two passwords differ.")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        if event.input is not self._field("again").line:
            self.focus_next()
        elif check_fields(list(self.query(Field))):
            values = {field.field_name: field.value for field in self.query(Field)}
            self.tell(_("Making the station ..."))
            self.perform(lambda job: self._found(values), self._founded, failed=self._refused)

    def _found(self, values: dict[str, str]) -> tuple[Founded, dict[str, Any]]:
        """Make the home folder; at a venue write the request too. Imported here: nothing else needs keys."""
        from icme_tui.operations import enrolling, founding

        given = [values[name] for name in ("code", "name", "domain", "password")]
        operator, clock = values["operator"], self.icme.clock
        if self._role == "office":
            founded = founding.found_office(
                self.icme.home, *given, operator=operator, notes=sheet_notes(), clock=clock
            )
        else:
            founded = founding.found_venue(self.icme.home, *given, operator=operator, clock=clock)
        more = {"request": enrolling.write_request(founded.station)} if self._role == "venue" else {}
        return founded, more

    def _refused(self, error: Exception) -> bool:
        at = _AT_FIELD.get(error.code) if isinstance(error, IcmeError) else None
        if at is None:
            return False
        self.tell("")
        self._field(at).complain(self.icme.sentence_of(error))
        self._field(at).focus_line()
        return True

    def _founded(self, result: tuple[Founded, dict[str, Any]]) -> None:
        from icme_tui.screens.enrolment import EnrolmentScreen, FoundedScreen

        founded, _more = result
        self.icme.enter(founded.station, go=False)
        if self._role == "venue":
            self.app.switch_screen(EnrolmentScreen(first=True))
        else:
            self.app.switch_screen(FoundedScreen(founded.fingerprint, founded.recovery_file))

    def back(self) -> None:
        """Nothing is behind the set-up; Ctrl+Q leaves."""
        self.tell(_("Ctrl+Q leaves. Nothing has been made yet."))
