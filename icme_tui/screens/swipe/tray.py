"""The tray of the demonstration: one key puts one simulated card on the reader. Elsewhere it is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.events import Key
from textual.timer import Timer

from icme_tui.commands.words import _
from icme_tui.operations.demo import tray
from icme_tui.operations.demo.tray import TrayCard
from icme_tui.screens.glyphs import filled
from icme_tui.screens.widgets.plain import Plain

if TYPE_CHECKING:
    from icme_tui.screens.base import StationScreen

LIES_S = 1.5
"""Seconds that a card lies on the reader."""

COLUMNS = 4


class Tray(Plain):
    """Lists the cards with their keys. Upper-case letters belong to it; the screen sends them here."""

    def __init__(self) -> None:
        super().__init__("", id="tray")
        self.display = False
        self._cards: dict[str, TrayCard] = {}
        self._removal: Timer | None = None

    @property
    def _home(self) -> StationScreen:
        return cast("StationScreen", self.screen)

    def on_mount(self) -> None:
        self._home.fetch(lambda job: tray.tray_of(self._home.station), self._laid_out, group="tray")

    def _laid_out(self, cards: list[TrayCard]) -> None:
        self._cards = {card.key: card for card in cards}
        self.display = bool(cards)
        width = (self._home.size.width or 80) // COLUMNS - 1
        cells = [filled(f"{card.key} {label_of(card)}", width) for card in cards]
        rows = [" ".join(cells[i : i + COLUMNS]) for i in range(0, len(cells), COLUMNS)]
        if cards:
            self.show("\n".join([_("Cards to try: hold Shift and press the letter."), *rows]))

    def take(self, event: Key) -> bool:
        """Whether the key puts a card on the reader; then it does."""
        card = self._cards.get(event.character or "")
        if card is None:
            return False
        if self._removal is not None:
            self._removal.stop()
        station = self._home.station
        self._home.fetch(lambda job: tray.put_on_reader(station, card), self._lies, group="tray")
        return True

    def _lies(self, _nothing: None) -> None:
        self._removal = self.set_timer(LIES_S, self._take_off)

    def _take_off(self) -> None:
        station = self._home.station
        self._home.fetch(lambda job: tray.take_off_reader(station), lambda _nothing: None, group="tray")


def label_of(card: TrayCard) -> str:
    """Whose card it is, and what is wrong with it."""
    match card.what:
        case "torn":
            return _("{name} torn").format(name=card.holder)
        case "blocked":
            return _("{name} barred").format(name=card.holder)
        case "stranger":
            return _("Nobody's card")
    return card.holder
