"""The table of screens: number, keys, name, and where each one lives; imported when it is used."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple

from icme_tui.commands.words import N_

if TYPE_CHECKING:
    from icme_tui.screens.base import StationScreen


class Place(NamedTuple):
    """One screen that is reached by its number."""

    name: str
    digit: str
    function_key: str
    label: str
    help: str
    target: str
    """``module:class`` below ``icme_tui.screens``."""

    @property
    def exists(self) -> bool:
        return find_spec(f"icme_tui.screens.{self.target.partition(':')[0]}") is not None

    def load(self) -> type[StationScreen]:
        """The class of the screen, its module imported."""
        module, _colon, attribute = self.target.partition(":")
        found: type[StationScreen] = getattr(import_module(f"icme_tui.screens.{module}"), attribute)
        return found


# F1 is help everywhere, so the first screen has F9.
PLACES: dict[str, Place] = {
    place.name: place
    for place in (
        Place("start", "0", "f12", N_("Start"), N_("What needs doing now."), "start:StartScreen"),
        Place("swipe", "1", "f9", N_("Swipe"), N_("Take swipes at a session."), "swipe:SwipeScreen"),
        Place("cards", "2", "f2", N_("Cards"), N_("Issue, inspect and replace cards."), "cards:CardsScreen"),
        Place("people", "3", "f3", N_("People"), N_("People and their units."), "people:PeopleScreen"),
        Place(
            "courses",
            "4",
            "f4",
            N_("Courses"),
            N_("Projects, courses and sessions."),
            "courses:CoursesScreen",
        ),
        Place(
            "credits", "5", "f5", N_("Credits"), N_("Credits by person and course."), "credits:CreditsScreen"
        ),
        Place(
            "transfer",
            "7",
            "f7",
            N_("Transfer"),
            N_("Bundles to and from the office."),
            "transfer:TransferScreen",
        ),
        Place("system", "8", "f8", N_("System"), N_("Station, operators, readers."), "system:SystemScreen"),
    )
}


def present() -> list[Place]:
    """The screens that there are, by number."""
    return [place for place in PLACES.values() if place.exists]
