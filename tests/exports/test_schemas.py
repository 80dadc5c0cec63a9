"""The published schemas are those of the program, and they tell good lines from bad ones."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest

from icme_tui import facts
from icme_tui.bundles import age, container
from icme_tui.commands.schemafiles import files

EXPORTS = Path(__file__).parents[2] / "exports"
VECTORS = EXPORTS / "vectors"
GOOD = ("ok-01", "ok-02-cumulative", "ok-03-delta", "ok-04-empty")


def _schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((EXPORTS / "schema" / f"{name}.json").read_text())
    return found


def _opened(name: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    stored, _armored, cipher = container.read((VECTORS / f"{name}.cmeb").read_bytes(), container.BUNDLE)
    identities = age.parse_identities((VECTORS / "keys/office_age.txt").read_text())
    lines = gzip.decompress(age.decrypt(cipher, identities)).splitlines()[1:]
    return json.loads(stored), [json.loads(line) for line in lines]


def _valid(schema: dict[str, Any], value: Any) -> bool:
    return jsonschema.Draft202012Validator(schema).is_valid(value)


def test_what_lies_there_is_what_the_program_has() -> None:
    lying = {path.name: path.read_text() for path in (EXPORTS / "schema").glob("*.json")}
    assert lying == files(), "run `make docs`"


def test_every_kind_has_a_sound_schema() -> None:
    kinds = {facts.kind_name(fact) for fact in get_args(facts.AnyFact)}
    assert {f"fact-{kind}.json" for kind in kinds} | {"manifest.json"} == files().keys()
    for text in files().values():
        jsonschema.Draft202012Validator.check_schema(json.loads(text))


@pytest.mark.parametrize("name", GOOD)
def test_the_vectors_hold(name: str) -> None:
    manifest, lines = _opened(name)
    assert _valid(_schema("manifest"), manifest)
    for line in lines:
        assert _valid(_schema(f"fact-{line['k']}"), line), line


@pytest.mark.parametrize(
    ("field", "value"),
    [("p", 0), ("p", "1"), ("dir", "up"), ("person", None), ("k", "makeup"), ("cseq", -1), ("card", 7)],
)
def test_a_line_that_is_wrong_is_told(field: str, value: Any) -> None:
    swipe = _opened("ok-01")[1][0]
    schema = _schema("fact-swipe")
    assert not _valid(schema, {**swipe, field: value})
    assert facts.decode(json.dumps({**swipe, field: value}).encode()) is None or field == "k"
    del swipe["session"]
    assert not _valid(schema, swipe)


@pytest.mark.parametrize(
    ("kind", "fields", "good"),
    [
        ("person", {"name": "示例甲", "sex": 1, "phone": None, "later": [1]}, True),
        ("person", {"sex": "1"}, False),
        ("session", {"lecturers": [{"person": "P0070001", "minutes": 40}]}, True),
        ("session", {"lecturers": [{"person": "P0070001", "note": "?"}]}, False),
        ("station", {"replaced_keys": [7]}, False),
    ],
)
def test_what_a_put_may_set(kind: str, fields: dict[str, Any], good: bool) -> None:
    put = {"p": 1, "k": kind, "id": "X", "v": 1, "set": fields}
    assert _valid(_schema(f"fact-{kind}"), put) == good


@pytest.mark.parametrize("without", ["snapshot", "expires", "office_time", "prev", "fmt"])
def test_a_manifest_of_a_pack_tells_all(without: str) -> None:
    stored, _armored, _cipher = container.read((VECTORS / "ok-pack-17.cmeb").read_bytes(), container.BUNDLE)
    manifest = json.loads(stored)
    assert _valid(_schema("manifest"), manifest)
    del manifest[without]
    assert not _valid(_schema("manifest"), manifest)
