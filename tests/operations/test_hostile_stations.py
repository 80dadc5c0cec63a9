"""A station that is enrolled and malicious: whatever it signs, the office gives reasons, works on, and the
projections equal a rebuild."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icme_tui import facts
from icme_tui.bundles import build
from icme_tui.bundles.build import Route
from icme_tui.bundles.manifest import NO_MANIFEST, Ack
from icme_tui.operations import importing, outbox, owing, quarantine, sending
from icme_tui.operations.packing import write_pack
from icme_tui.operations.stations import known_stations
from tests.support import stations
from tests.support.pairs import Pair

KINDS = [
    *facts.PUT_KINDS, "swipe", "makeup", "card-record", "void", "correct", "reinstate", "confirm", "resolve",
    "link", "merge-person", "pack", "revoke", "release", "reject", "login", "clock", "clock-adjust", "epoch",
    "note", "session-open", "session-close", "card-begin", "no-such-kind",
]  # fmt: skip
FIELDS = [
    "id", "v", "set", "person", "course", "session", "dir", "card", "cseq", "target", "keep", "into", "key",
    "marks", "station", "epoch", "first", "last", "ms", "what", "text", "about", "file", "snapshot", "to",
    "when", "rec", "counts", "image", "operator", "hlc", "at", "boot", "mono_ms", "clk", "by",
]  # fmt: skip
FOREIGN = [
    "OFFICE", "V0007", "V9999", "P0000001", "U0000001", "0000070019", "04A1B2C3", "e" * 32, "\0", "../..",
    "9" * 40, "\u202e", "in", "active", "revoked", "2026-09-25T08:00:00.000Z",
    "9999-12-31T23:59:59.999Z-ffff",
]  # fmt: skip
NUMBERS = st.one_of(
    st.integers(-2, 5), st.sampled_from([2**31, 2**53, 2**53 + 1, 2**63, -(2**63), 10**40, 1e308, True, None])
)
_NAMES = st.sampled_from([*FIELDS, "name", "state", "number"])
VALUES = st.recursive(
    st.one_of(NUMBERS, st.sampled_from(FOREIGN), st.text(max_size=6)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_NAMES, inner)),
    max_leaves=6,
)
ODD = [b"", b"null", b"{}", b"\0", b"\xff\xfe", b"[" * 5000, b'{"k":' * 5000, b'{"p":' + b"9" * 5000 + b"}",
       b'{"k":"note","p":1,"text":"\\ud800"}', b'{"k":"person","set":{"a":' + b"[" * 2000]  # fmt: skip
LINES = st.lists(
    st.one_of(
        st.sampled_from(ODD),
        st.fixed_dictionaries(
            {"k": st.sampled_from(KINDS)}, optional=dict.fromkeys(FIELDS, VALUES)
        ),
    ),
    min_size=1,
    max_size=6,
)  # fmt: skip


class Villain:
    """An office that works, and a venue whose keys somebody abuses."""

    def __init__(self, folder: Path) -> None:
        self.pair = Pair(folder)
        self.pair.join()
        office = self.pair.office
        office.record(office.put("person", "P0000001", name="张示例", idno="11010519491231002X"))
        self.epoch = "ab" * 16
        self.top, self.head = 0, facts.chain_start("V0007", self.epoch)
        self._serial = 0

    def bundle(self, lines: list[bytes]) -> Path:
        """A bundle with these lines, signed by the venue, that joins on to the ones before it."""
        venue = self.pair.venue
        self._serial += 1
        route = Route("V0007", "OFFICE", self.epoch, self._serial, NO_MANIFEST, venue.setting("recipients"))
        built = build.facts_bundle(
            route,
            self.top + 1,
            self.head,
            lines,
            Ack(pack=0, pos=0, head="0" * 64),
            sending.made_now(venue),
            lambda stored: venue.sign("facts", stored),
        )
        path = self.pair.stick / f"{self._serial}.cmeb"
        path.write_bytes(built.data)
        return path

    def send(self, lines: list[bytes]) -> importing.Imported:
        path = self.bundle(lines)
        (outcome,) = importing.import_files(self.pair.office, [path])
        path.unlink()
        self.top, self.head = self.pair.office.top("V0007", self.epoch)
        return outcome

    def line(self, fields: dict[str, Any] | bytes, offset: int) -> bytes:
        if isinstance(fields, bytes):
            return fields
        return json.dumps({**fields, "p": self.top + 1 + offset}).encode()


@pytest.fixture(scope="module")
def villain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Villain]:
    with pytest.MonkeyPatch.context() as patch:
        stations.weaken_passwords(patch)
        folder = tmp_path_factory.mktemp("villain")
        patch.setenv("XDG_STATE_HOME", str(folder / "state"))
        made = Villain(folder)
        yield made
        made.pair.close()


def require_unharmed(villain: Villain) -> None:
    """What is the office's alone is as it was, and everything that a clerk looks at can be shown."""
    office = villain.pair.office
    person = office.registry.get("person", "P0000001")
    assert person is not None
    assert (person.body["name"], person.body["idno"]) == ("张示例", "11010519491231002X")
    told = {(one.code, one.state) for one in known_stations(office)}
    assert told == {("OFFICE", "self"), ("V0007", "enrolled")}
    owing.debts(office)
    office.flags()
    assert quarantine.kept_files(office) == []


@given(LINES)
def test_whatever_a_station_signs_is_stored_or_refused_with_a_reason(
    villain: Villain, fields: list[dict[str, Any] | bytes]
) -> None:
    lines = [villain.line(one, offset) for offset, one in enumerate(fields)]
    if any(b"\n" in line for line in lines):
        return
    outcome = villain.send(lines)
    assert outcome.code in {"OK", "COUNT"}
    for kept in quarantine.kept_files(villain.pair.office):
        kept.file.unlink()
    require_unharmed(villain)


def test_afterwards_the_projections_equal_a_rebuild_and_the_office_writes_its_packs(villain: Villain) -> None:
    villain.send([villain.line({"k": "revoke", "key": villain.pair.office.public_key.line}, 0)])
    assert not any(villain.pair.office.rebuild(check=True).values())
    villain.pair.clock.advance(60_000)
    pack = write_pack(villain.pair.office, "V0007", villain.pair.stick).sent.file
    (outcome,) = importing.import_files(villain.pair.venue, [pack])
    assert (outcome.result, outcome.code) == ("accept", "OK")
    outbox.outbox(villain.pair.venue)


def test_a_station_cannot_put_off_another_ones_facts(villain: Villain) -> None:
    """A target of another station, whatever is done to it, stays as it was."""
    office = villain.pair.office
    [place] = office.record(facts.Swipe(person="P0000001", course="C1", session="S1", dir="in", card="04AA"))
    for kind in ("void", "correct", "resolve", "reinstate", "confirm"):
        villain.send([villain.line({"k": kind, "target": [*place], "set": {"person": "X"}, "keep": []}, 0)])
    assert [tap.person for tap in office.taps("S1")] == ["P0000001"]


MANY = 60_000
LIMIT_MIB = 320
"""Of address space; about 70 of it are taken before anything is read."""


@pytest.mark.parametrize(
    "line",
    [
        b"{}",
        b'{"k":"note","p":%d,"text":"x"}',
        b'{"k":"person","p":%d,"id":"X%d","v":1,"set":{"name":"n"}}',
        b'{"k":"swipe","p":%d,"person":"P%d","course":"C","session":"S%d","dir":"in","card":"04"}',
        b'{"k":"void","p":%d,"target":["OFFICE","' + b"e" * 32 + b'",%d]}',
    ],
    ids=["unreadable", "notes", "people", "swipes", "voids"],
)
def test_a_flood_of_facts_is_taken_within_bounded_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: bytes
) -> None:
    stations.weaken_passwords(monkeypatch)
    made = Villain(tmp_path)
    path = made.bundle([line.replace(b"%d", b"%d" % p) for p in range(1, MANY + 1)])
    made.pair.close()
    assert path.stat().st_size < 2**20
    told = _import_alone(made.pair.office.home, path, LIMIT_MIB)
    assert told == ["accept", "OK", MANY]


def test_control_a_limit_that_is_too_low_is_met(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stations.weaken_passwords(monkeypatch)
    made = Villain(tmp_path)
    line = b'{"k":"swipe","p":%d,"person":"P%d","course":"C","session":"S%d","dir":"in","card":"04"}'
    path = made.bundle([line.replace(b"%d", b"%d" % p) for p in range(1, MANY + 1)])
    made.pair.close()
    assert _import_alone(made.pair.office.home, path, LIMIT_MIB // 3) != ["accept", "OK", MANY]


def _import_alone(home: Path, path: Path, limit_mib: int) -> list[Any]:
    """[result, code, new facts] of an import in a process that may not use more memory; nothing where it
    came to no end."""

    def bound() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (limit_mib * 2**20,) * 2)

    done = subprocess.run(
        [sys.executable, "-c", _IMPORT, str(home), str(path), stations.PASSWORD],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        preexec_fn=bound,
        timeout=120,
    )
    found: list[Any] = json.loads(done.stdout or b"[]")
    return found


_IMPORT = """
import json, sys
from pathlib import Path
from icme_tui.operations import importing
from icme_tui.station import open_station
station = open_station(Path(sys.argv[1]), None, sys.argv[3])
(outcome,) = importing.import_files(station, [Path(sys.argv[2])])
print(json.dumps([outcome.result, outcome.code, outcome.new]))
"""
