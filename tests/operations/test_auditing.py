"""The audit view shows no ID number and no telephone number, whatever form a line has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from icme_tui import facts
from icme_tui.operations import auditing
from tests.support.stations import office

ID = "11010519491231002X"


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"idno": ID}, {"idno": "1101**********002X"}),
        (
            {"idno": 110105194912310021, "phone": 13800138000},
            {"idno": "1101**********0021", "phone": "138****8000"},
        ),
        (
            {"people": [{"idno": ID, "name": "张"}]},
            {"people": [{"idno": "1101**********002X", "name": "张"}]},
        ),
        ({"idno": [ID], "phone": {"home": "13800138000"}}, {"idno": "****", "phone": "****"}),
        ({"idno": None, "name": "张"}, {"idno": None, "name": "张"}),
    ],
)
def test_values_of_any_form_are_masked(fields: dict[str, Any], shown: dict[str, Any], tmp_path: Path) -> None:
    line = msgspec.json.encode({"p": 1, "k": "person", "id": "P1", "v": 1, "set": fields})
    with office(tmp_path / "office") as station:
        station.absorb("V0007", "e" * 32, 1, [line], [facts.line_hash(line)], [facts.decode(line)])
        (one,) = auditing.show(station, source="V0007")
    assert one.fields["set"] == shown


def test_a_line_that_is_nested_without_end_is_cut(tmp_path: Path) -> None:
    deep = b'{"p":1,"k":"note","text":"x","more":' + b"[" * 900 + b"]" * 900 + b"}"
    with office(tmp_path / "office") as station:
        station.absorb("V0007", "e" * 32, 1, [deep], [facts.line_hash(deep)], [facts.decode(deep)])
        (one,) = auditing.show(station, source="V0007")
    assert "…" in str(one.fields["more"])


def test_the_words_by_which_facts_can_be_asked_for(tmp_path: Path) -> None:
    with office(tmp_path / "office") as station:
        station.record(facts.Note(text="x"))
        known = auditing.known(station)
    assert known.stations == {"OFFICE"}
    assert known.operators == {"admin"}
    assert "note" in known.kinds
