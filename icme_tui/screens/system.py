"""System: what this station is, and what can be set and checked on it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import ClassVar

from textual.widget import Widget

from icme_tui.commands.words import N_, _
from icme_tui.screens.actions import Action
from icme_tui.screens.base import StationScreen
from icme_tui.screens.rows import page_of
from icme_tui.screens.system_backup import back_up
from icme_tui.screens.system_check import CheckScreen
from icme_tui.screens.system_info import AboutScreen, StationInfoScreen
from icme_tui.screens.system_journal import JournalScreen
from icme_tui.screens.system_keys import KeysScreen
from icme_tui.screens.system_operators import (
    AddOperatorScreen,
    ForgottenScreen,
    OperatorsScreen,
    PasswordScreen,
    RemoveOperatorScreen,
)
from icme_tui.screens.system_settings import ReadersScreen, choose_language, choose_profile
from icme_tui.screens.system_trust import RenewScreen, RevokeScreen, TrustScreen
from icme_tui.screens.widgets.pagedlist import Column, PagedList, Row


class SystemScreen(StationScreen):
    """A list of what there is, each with a letter of its own."""

    PLACE = "system"
    LABEL = N_("System")
    HELP = N_("Choose with the arrows and Enter, or press the letter.")
    CSS_PATH = "system.tcss"
    ACTIONS: ClassVar[tuple[Action, ...]] = (
        Action("system.station", "s", N_("Station"), N_("Code, number, digits, pack."), shown=False),
        Action("system.operators", "o", N_("Operators"), N_("Who may log in; passwords."), shown=False),
        Action("system.readers", "r", N_("Readers"), N_("Addresses of card readers."), shown=False),
        Action("system.language", "l", N_("Language"), N_("Chinese or English."), shown=False),
        Action("system.profile", "p", N_("Profile"), N_("Whether the line is spared."), shown=False),
        Action("system.keys", "k", N_("Keys"), N_("All keys, to read and to change."), shown=False),
        Action("system.trust", "d", N_("Signing keys"), N_("Digits, new keys, stolen ones."), shown=False),
        Action("system.journal", "j", N_("Journal"), N_("Who did what when."), shown=False),
        Action("system.backup", "b", N_("Backup"), N_("Everything in one encrypted file."), shown=False),
        Action("system.check", "c", N_("Check"), N_("Look whether this station is sound."), shown=False),
        Action("system.about", "a", N_("About"), N_("Version, licences, where help is."), shown=False),
    )
    PARTS: ClassVar[tuple[type, ...]] = (
        OperatorsScreen, AddOperatorScreen, PasswordScreen, ReadersScreen, KeysScreen, JournalScreen,
        CheckScreen, TrustScreen, RenewScreen, RevokeScreen, ForgottenScreen, RemoveOperatorScreen,
    )  # fmt: skip

    def body(self) -> Iterable[Widget]:
        yield PagedList(
            [Column("", 3), Column("", 16), Column("")],
            lambda first, count, words: page_of(_menu(), first, count, words),
            id="system",
            explains=N_("What there is to see and to set."),
        )

    def on_mount(self) -> None:
        self.query_one(PagedList).focus_rows()

    def on_paged_list_opened(self, event: PagedList.Opened) -> None:
        getattr(self, f"action_{event.row.key}")()

    def action_station(self) -> None:
        self.app.push_screen(StationInfoScreen())

    def action_operators(self) -> None:
        self.app.push_screen(OperatorsScreen())

    def action_readers(self) -> None:
        self.app.push_screen(ReadersScreen())

    def action_language(self) -> None:
        choose_language(self, partial(self.icme.go, "start"))

    def action_profile(self) -> None:
        choose_profile(self)

    def action_keys(self) -> None:
        self.app.push_screen(KeysScreen())

    def action_trust(self) -> None:
        self.app.push_screen(TrustScreen())

    def action_journal(self) -> None:
        self.app.push_screen(JournalScreen())

    def action_backup(self) -> None:
        back_up(self)

    def action_check(self) -> None:
        self.app.push_screen(CheckScreen())

    def action_about(self) -> None:
        self.app.push_screen(AboutScreen())

    def back(self) -> None:
        """Escape first ends a search."""
        if not self.query_one(PagedList).end_search():
            super().back()


def _menu() -> list[Row]:
    return [
        Row(action.id.partition(".")[2], (action.key, _(action.label), _(action.help)))
        for action in SystemScreen.ACTIONS
    ]
