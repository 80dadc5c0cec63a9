"""Accounts: who may log in, adding one, and one's own password."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from rich.text import Text
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Input

from icme_tui.codes import IcmeError
from icme_tui.commands.checkwords import ROLES
from icme_tui.commands.sentences import sentence
from icme_tui.commands.words import N_, _
from icme_tui.operations import operators
from icme_tui.operations.founding import MIN_PASSWORD
from icme_tui.operations.operators import Operator
from icme_tui.screens.actions import Action
from icme_tui.screens.base import StationScreen
from icme_tui.screens.glyphs import clean
from icme_tui.screens.rows import page_of
from icme_tui.screens.widgets.field import Field, check_fields
from icme_tui.screens.widgets.pagedlist import Column, Page, PagedList, Row
from icme_tui.screens.widgets.panel import Choice, ChoosePanel
from icme_tui.screens.widgets.plain import Plain


class OperatorsScreen(StationScreen):
    """The accounts of this station."""

    LABEL = N_("Operators")
    HELP = N_(
        "Everybody who works here should have an account: what is recorded bears its name. An admin adds and"
        " removes others; everybody changes his own password. Who forgot it gets a new one from an admin, or"
        " with the recovery sheet of the office: icme operator recover NAME."
    )
    CSS_PATH = "system.tcss"
    ACTIONS: ClassVar[tuple[Action, ...]] = (
        Action("operators.add", "a", N_("Add"), N_("Add an operator with a password.")),
        Action("operators.password", "w", N_("My password"), N_("Give yourself a new password.")),
        Action("operators.forgot", "f", N_("Forgot it"), N_("Give the one under the cursor a new password.")),
        Action("operators.remove", "x", N_("Remove"), N_("Let the one under the cursor log in no more.")),
    )

    def body(self) -> Iterable[Widget]:
        yield PagedList(
            [Column(_("Operator"), 32), Column(_("Role"), 12), Column("")],
            self._page,
            id="operators",
            explains=N_("Who may log in at this station."),
        )

    def on_mount(self) -> None:
        self.query_one(PagedList).focus_rows()

    def on_screen_resume(self) -> None:
        for paged in self.query(PagedList):
            paged.reload()

    def _page(self, first: int, count: int, words: str) -> Page:
        rows = [
            Row(one.name, (one.name, _(ROLES[one.role]), _("you") if one.is_self else ""))
            for one in operators.operators(self.station)
        ]
        return page_of(rows, first, count, words)

    def action_add(self) -> None:
        self.app.push_screen(AddOperatorScreen())

    def action_password(self) -> None:
        self.app.push_screen(PasswordScreen())

    def action_forgot(self) -> None:
        if name := self._other():
            self.app.push_screen(ForgottenScreen(name))

    def action_remove(self) -> None:
        if name := self._other():
            self.app.push_screen(RemoveOperatorScreen(name))

    def _other(self) -> str:
        """Who is under the cursor, if it is not oneself."""
        row = self.query_one(PagedList).row
        if row is None or row.key == self.station.operator:
            self.tell(_("Put the cursor on another operator."), "warn")
            return ""
        return str(row.key)


class _PasswordForm(StationScreen):
    """What both forms share: the own password, the new one twice, and where errors go."""

    CSS_PATH = "system.tcss"
    AT_FIELD: ClassVar[dict[str, str]] = {
        "LOGIN_REFUSED": "own",
        "OPERATOR_BAD": "name",
        "OPERATOR_EXISTS": "name",
        "PASSWORD_WEAK": "new",
        "PASSWORD_SAME": "new",
        "REASON_MISSING": "reason",
    }

    def _own(self) -> Field:
        return Field(
            "own",
            _("Your password"),
            password=True,
            check=lambda text: "" if text else _("Type your own password."),
            explains=N_("The one that you logged in with: it opens the keyring for the change."),
        )

    def _new(self) -> list[Field]:
        return [
            Field(
                "new",
                _("New password"),
                password=True,
                check=_weak,
                explains=N_("At least 8 characters. Nobody can look it up; write it down nowhere."),
            ),
            Field("again", _("Once more"), password=True, check=self._differs),
        ]

    def _differs(self, text: str) -> str:
        same = text == self._field("new").value
        return "" if same else sentence("PASSWORD_DIFFERS")

    def _field(self, name: str) -> Field:
        return self.query_one(f"#field-{name}", Field)

    def _send(self) -> None:
        """Write what was typed."""

    def on_input_submitted(self, event: Input.Submitted) -> None:
        fields = list(self.query(Field))
        at = next((number for number, field in enumerate(fields) if field.line is event.input), 0)
        if at + 1 < len(fields):
            fields[at + 1].focus_line()
        else:
            self.action_save()

    def action_save(self) -> None:
        if check_fields(list(self.query(Field))):
            self._send()

    def _refused(self, error: Exception) -> bool:
        name = self.AT_FIELD.get(error.code, "") if isinstance(error, IcmeError) else ""
        if not name or not self.query(f"#field-{name}"):
            return False
        self._field(name).complain(self.icme.sentence_of(error))
        self._field(name).focus_line()
        return True


class AddOperatorScreen(_PasswordForm):
    """A new account."""

    LABEL = N_("Add an operator")
    HELP = N_("The new operator types the new password himself, twice.")
    ACTIONS: ClassVar[tuple[Action, ...]] = (
        Action("add_operator.save", "ctrl+s", N_("Add"), N_("Add this operator.")),
        Action("add_operator.role", "ctrl+o", N_("Role"), N_("Choose the role: operator or admin.")),
    )

    def __init__(self) -> None:
        super().__init__()
        self._role = operators.OPERATOR

    def body(self) -> Iterable[Widget]:
        with Vertical(classes="sheet"):
            yield Plain(_role_told(self._role), id="role", classes="gap")
            yield self._own()
            yield Field(
                "name",
                _("Operator"),
                check=lambda text: "" if text else _("Type a name."),
                explains=N_("Up to 32 of a-z, 0-9 and '.', '_', '-', such as li.wen."),
                most=32,
            )
            yield from self._new()

    def on_mount(self) -> None:
        self._field("own").focus_line()

    def action_role(self) -> None:
        choices = [Choice(role, _(ROLES[role]), role[0]) for role in (operators.OPERATOR, operators.ADMIN)]
        self.open_panel(ChoosePanel(_("Which role? Only an admin adds others."), choices, self._chosen))

    def _chosen(self, role: str) -> None:
        self._role = role
        self.query_one("#role", Plain).show(_role_told(role))

    def _send(self) -> None:
        own, name, new = (self._field(each).value for each in ("own", "name", "new"))
        role = self._role
        self.perform(
            lambda job: operators.add(self.station, own, name, new, role), self._added, failed=self._refused
        )

    def _added(self, made: Operator) -> None:
        self.app.pop_screen()
        self.icme.tell(_("{name} may log in here now.").format(name=clean(made.name)), "good")


class PasswordScreen(_PasswordForm):
    """A new password for oneself."""

    LABEL = N_("My password")
    HELP = N_("The old password once, the new one twice. It counts from the next login on.")
    ACTIONS: ClassVar[tuple[Action, ...]] = (
        Action("password.save", "ctrl+s", N_("Change"), N_("Change the password.")),
    )

    def body(self) -> Iterable[Widget]:
        with Vertical(classes="sheet"):
            yield Plain(Text(clean(self.station.operator), style="bold"), classes="gap")
            yield self._own()
            yield from self._new()

    def on_mount(self) -> None:
        self._field("own").focus_line()

    def _send(self) -> None:
        own, new = self._field("own").value, self._field("new").value
        self.perform(
            lambda job: operators.change_password(self.station, own, new), self._changed, failed=self._refused
        )

    def _changed(self, nothing: None) -> None:
        self.app.pop_screen()
        self.icme.tell(_("You have a new password."), "good")


class ForgottenScreen(_PasswordForm):
    """A new password for somebody who forgot his; for admins."""

    LABEL = N_("A forgotten password")
    HELP = N_("Only an admin can do this. The operator types the new password himself, twice.")
    ACTIONS: ClassVar[tuple[Action, ...]] = (
        Action("forgotten.save", "ctrl+s", N_("Change"), N_("Give this operator the password.")),
    )

    def __init__(self, name: str = "") -> None:
        super().__init__()
        self._operator = name

    def body(self) -> Iterable[Widget]:
        with Vertical(classes="sheet"):
            yield Plain(Text(clean(self._operator), style="bold"), classes="gap")
            yield self._own()
            yield from self._new()

    def on_mount(self) -> None:
        self._field("own").focus_line()

    def _send(self) -> None:
        own, new, name = self._field("own").value, self._field("new").value, self._operator
        self.perform(
            lambda job: operators.change_password(self.station, own, new, name),
            self._changed,
            failed=self._refused,
        )

    def _changed(self, nothing: None) -> None:
        self.app.pop_screen()
        self.icme.tell(_("{name} has a new password.").format(name=clean(self._operator)), "good")


class RemoveOperatorScreen(_PasswordForm):
    """Somebody logs in no more."""

    LABEL = N_("Remove an operator")
    HELP = N_(
        "The store gets a new key, because the operator knew the old one. Nobody else needs a new password."
        " Close the program everywhere else first."
    )
    ACTIONS: ClassVar[tuple[Action, ...]] = (
        Action("remove_operator.save", "ctrl+s", N_("Remove"), N_("Remove this operator.")),
    )

    def __init__(self, name: str = "") -> None:
        super().__init__()
        self._operator = name

    def body(self) -> Iterable[Widget]:
        with Vertical(classes="sheet"):
            yield Plain(Text(clean(self._operator), style="bold"))
            yield Plain(
                _(
                    "What {name} recorded stays. The store is encrypted with a new key. Backups made before"
                    " still open with the old passwords."
                ).format(name=clean(self._operator)),
                classes="gap",
            )
            yield self._own()
            yield Field(
                "reason",
                _("Reason"),
                check=lambda text: "" if text.strip() else sentence("REASON_MISSING"),
                explains=N_("It stands in the journal with your name."),
            )

    def on_mount(self) -> None:
        self._field("own").focus_line()

    def _send(self) -> None:
        question = _("Remove {name} for good?").format(name=clean(self._operator))
        self.confirm(question, _("Yes, remove"), self._remove)

    def _remove(self) -> None:
        own, reason, name = self._field("own").value, self._field("reason").value, self._operator
        self.tell(_("Encrypting anew. Do not switch off."))
        self.perform(
            lambda job: operators.remove(self.station, own, name, reason), self._removed, failed=self._refused
        )

    def _removed(self, nothing: None) -> None:
        self.app.pop_screen()
        told = _("{name} may not log in here any more; the store has a new key.")
        self.icme.tell(told.format(name=clean(self._operator)), "good")


def _weak(text: str) -> str:
    return "" if len(text) >= MIN_PASSWORD else sentence("PASSWORD_WEAK", {"least": MIN_PASSWORD})


def _role_told(role: str) -> str:
    return _("Role: {role} (Ctrl+O changes it)").format(role=_(ROLES[role]))
