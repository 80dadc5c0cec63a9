"""A venue is told what a pack changes, before it is taken and after."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from icme_tui.operations import importing, packchanges, scanning
from icme_tui.operations.courses import add_project
from icme_tui.operations.packchanges import Change, Changes
from tests.support import stations
from tests.support.pairs import Pair

CARD = "0000070019"
UID = "04A1B2C3"


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pair]:
    stations.weaken_passwords(monkeypatch)
    made = Pair(tmp_path)
    made.join()
    yield made
    made.close()


def put(pair: Pair, kind: str, code: str, **fields: Any) -> None:
    pair.office.record(pair.office.put(kind, code, **fields))


def changes_of(pair: Pair) -> tuple[Changes, Changes]:
    """(before taking it, after) of the next pack."""
    file = pair.pack()
    (seen,) = scanning.scan(pair.venue, [file]).files
    (taken,) = importing.import_files(pair.venue, [file])
    assert seen.changes is not None
    assert taken.changes is not None
    return seen.changes, taken.changes


def test_people_courses_and_blocked_cards_new_changed_and_gone(pair: Pair) -> None:
    put(pair, "person", "P0000001", name="张示例", title=233)
    put(pair, "card", CARD, uid=UID, person="P0000001", state="active")
    seen, taken = changes_of(pair)
    assert seen == taken
    assert [tuple(one[:4]) for one in taken.changes] == [
        ("person", "P0000001", "张示例", "new"),
        ("card", CARD, "张示例", "new"),
    ]
    put(pair, "person", "P0000001", title=234)
    put(pair, "card", CARD, state="lost")
    put(pair, "person", "P0000002", name="李示例")
    course = add_project(pair.office, "心电图新进展", "national").course
    seen, taken = changes_of(pair)
    assert seen == taken
    told = {(one.kind, one.id): one for one in taken.changes}
    assert told["person", "P0000001"] == Change("person", "P0000001", "张示例", "changed", ("card", "title"))
    assert told["person", "P0000002"].what == "new"
    assert told["course", course].what == "new"
    assert told["card", CARD].fields == ("state",)
    assert told["blacklist", f"{UID}/{CARD}"].what == "new"
    assert taken.counts("person") == (1, 1, 0)
    put(pair, "card", CARD, state="active")
    _seen, taken = changes_of(pair)
    assert [(one.kind, one.what) for one in taken.changes if one.kind == "blacklist"] == [
        ("blacklist", "gone")
    ]


def test_a_pack_that_brings_nothing_new_changes_nothing(pair: Pair) -> None:
    seen, taken = changes_of(pair)
    assert (seen.changes, taken.changes, taken.is_first) == ((), (), False)


def test_everything_in_the_first_pack_is_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stations.weaken_passwords(monkeypatch)
    made = Pair(tmp_path)
    made.enroll()
    made.confirm()
    seen, taken = changes_of(made)
    assert seen == taken
    assert taken.is_first
    assert {one.what for one in taken.changes} == {"new"}
    assert ("station", "V0007") in {(one.kind, one.id) for one in taken.changes}
    made.close()


def test_of_two_packs_on_a_stick_each_is_compared_with_the_one_before(pair: Pair) -> None:
    put(pair, "person", "P0000001", name="张示例")
    first = pair.pack()
    put(pair, "person", "P0000002", name="李示例")
    second = pair.pack()
    seen = scanning.scan(pair.venue, [first, second]).files
    assert [[c.id for c in one.changes.changes] for one in seen if one.changes] == [
        ["P0000001"],
        ["P0000002"],
    ]
    taken = importing.import_files(pair.venue, [first, second])
    assert [one.changes for one in taken] == [one.changes for one in seen]


def test_an_older_pack_is_refused_and_changes_nothing(pair: Pair) -> None:
    older = pair.pack()
    data = older.read_bytes()
    pair.renew()
    older.write_bytes(data)
    (seen,) = scanning.scan(pair.venue, [older]).files
    assert (seen.code, seen.changes) == ("ROLLBACK", None)
    (taken,) = importing.import_files(pair.venue, [older])
    assert (taken.result, taken.code, taken.changes) == ("quarantine", "ROLLBACK", None)


def test_rows_that_are_not_laid_are_no_change() -> None:
    odd: list[dict[str, Any] | None] = [None, {"k": "person"}, {"k": "secret", "id": "X", "v": 1}, {}]
    assert packchanges.between(packchanges.laid([]), packchanges.laid(odd)).changes == ()
