"""The table of actions: one for everything, complete, and without keys that terminals take."""

from __future__ import annotations

import inspect
import re
from collections import Counter
from pathlib import Path

import pytest
from textual.widget import Widget

from icme_tui.screens import actions, base
from icme_tui.screens.actions import APP_ACTIONS, Action, key_name, place_actions, registry
from icme_tui.screens.keycard import keycard
from icme_tui.screens.places import PLACES, present
from icme_tui.screens.widgets.pagedlist import PagedList

ROOT = Path(__file__).parent.parent.parent
CATALOGUE = ROOT / "icme_tui" / "locale" / "zh_CN" / "LC_MESSAGES" / "icme.po"
TAKEN = {"ctrl+h", "ctrl+i", "ctrl+m", "ctrl+a", "ctrl+b", "ctrl+c", "ctrl+z"}


def screens() -> list[type[base.StationScreen]]:
    registry()
    return list(actions._below(base.StationScreen))


def test_the_key_card_is_up_to_date() -> None:
    assert (ROOT / "docs" / "keys.md").read_text(encoding="utf-8") == keycard(), "run: make docs"


def test_every_action_has_its_own_name() -> None:
    found = [*APP_ACTIONS, *place_actions(), *PagedList.ACTIONS]
    for screen in screens():
        found += list(screen.__dict__.get("ACTIONS", ()))
    assert [id_ for id_, count in Counter(action.id for action in found).items() if count > 1] == []


def test_no_key_is_one_that_terminals_take() -> None:
    keys = {(action.id, key) for action in registry().values() for key in action.key.split(",")}
    assert {(id_, key) for id_, key in keys if key in TAKEN} == set()


@pytest.mark.parametrize("screen", screens(), ids=lambda screen: screen.__name__)
def test_the_keys_of_a_screen_do_not_clash_and_lead_somewhere(screen: type[base.StationScreen]) -> None:
    everywhere = [key for action in (*APP_ACTIONS, *place_actions()) for key in action.key.split(",")]
    own = [key for action in screen.ACTIONS for key in action.key.split(",")]
    assert [key for key, count in Counter([*own, *everywhere]).items() if count > 1] == []
    for action in screen.ACTIONS:
        method = (action.run or action.id.partition(".")[2]).partition("(")[0]
        assert hasattr(screen, f"action_{method}"), action.id
        assert action.label, action.id
        assert action.help.endswith("."), action.id


def test_every_screen_of_the_table_can_be_loaded_and_knows_its_place() -> None:
    assert "start" in {place.name for place in present()}
    for place in present():
        assert place.name == place.load().PLACE


def test_digits_and_function_keys_of_the_table_are_unique() -> None:
    keys = [key for place in PLACES.values() for key in (place.digit, place.function_key)]
    assert len(keys) == len(set(keys))
    assert "f1" not in keys


def test_every_screen_and_widget_says_what_it_is_for() -> None:
    for screen in screens():
        assert inspect.getdoc(screen), screen


@pytest.mark.parametrize(
    ("key", "shown"),
    [("ctrl+p", "Ctrl+P"), ("slash", "/"), ("f5", "F5"), ("a", "a"), ("escape", "Esc"), ("pagedown", "PgDn")],
)
def test_keys_are_shown_as_people_write_them(key: str, shown: str) -> None:
    assert key_name(key) == shown


def test_an_action_knows_where_it_belongs() -> None:
    assert Action("people.add", "a", "Add", "Add a person.").screen == "people"


def test_the_keys_of_every_widget_are_on_the_key_card() -> None:
    known, waiting, found = set(registry()), [Widget], set()
    while waiting:
        one = waiting.pop()
        waiting += one.__subclasses__()
        if one.__module__.startswith("icme_tui."):
            found |= {action.id for action in getattr(one, "ACTIONS", ())}
    assert {"list.up", "office.pack", "venue.export", "field.above"} <= found
    assert found - known == set()


SAID = re.compile(rf"(?<![\w.-])(\d) ({'|'.join(place.label for place in PLACES.values())})\b")
"""A screen with the digit that opens it, as pages and sentences name it."""


def wrong_digits(text: str) -> list[tuple[str, str]]:
    right = {(place.digit, place.label) for place in PLACES.values()}
    return [found for found in SAID.findall(text) if found not in right]


def test_pages_and_sentences_name_a_screen_with_its_own_digit() -> None:
    pages = [*(ROOT / "docs").glob("*.md"), ROOT / "README.md", CATALOGUE]
    assert {page.name: wrong_digits(page.read_text(encoding="utf-8")) for page in pages} == {
        page.name: [] for page in pages
    }
    assert wrong_digits("hold the card up under 4 Cards and press `l`") == [("4", "Cards")]
