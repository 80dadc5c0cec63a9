"""A card traced at a reader: every operation with its time, and no key of any kind in any line."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from icme_tui.codes import CardError
from icme_tui.devices import shelf, traffic
from icme_tui.devices.port import Reader
from icme_tui.devices.simulated import NO_TIME, SimulatedReader
from icme_tui.devices.tracing import Traced
from icme_tui.operations import issuing, presenting, tracing
from tests.support.venues import PEOPLE, Deployment, deploy

WANG, *_ = PEOPLE


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Deployment]:
    made = deploy(tmp_path)
    made.venue.folders.cards.mkdir(exist_ok=True)
    made.venue.readers = ("sim:cards?pace=0",)
    yield made._replace(folder=made.venue.folders.cards)
    made.office.close()
    made.venue.close()


class Listening(SimulatedReader):
    """Remembers the keys that it was given, in authentications and in trailers."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, NO_TIME)
        self.keys: set[bytes] = set()

    def authenticate(self, block: int, key_type: str, key: bytes) -> None:  # type: ignore[override]
        self.keys.add(key)
        super().authenticate(block, key_type, key)  # type: ignore[arg-type]

    def write(self, block: int, data: bytes) -> None:
        if block % 4 == 3:
            self.keys |= {data[:6], data[10:]}
        super().write(block, data)


def keys_shown(lines: list[str], keys: set[bytes]) -> list[str]:
    """The lines in which a key can be read, however it is written."""
    texts = [line.replace(" ", "").lower() for line in lines]
    return [text for text in texts if any(key.hex() in text for key in keys)]


def test_issuing_and_inspecting_show_no_key(world: Deployment) -> None:
    shelf.new_card(world.folder, WANG)
    shelf.tap(world.folder, WANG)
    inner = Listening(world.folder)
    lines: list[str] = []
    with traffic.overheard(lines.append):
        reader: Reader = Traced(inner)
        seen = reader.wait_for_card(0)
        assert seen is not None
        issuing.issue_card(world.venue, reader, seen, WANG)
    assert len(inner.keys) > 30
    assert len(lines) > 300
    assert keys_shown(lines, inner.keys) == []
    trailer = next(line for line in lines if "write block 19 " in line)
    assert "write block 19 ** ** ** ** ** ** 78 77 88 69 ** ** ** ** ** **: done" in trailer


def test_control_a_driver_that_names_no_secret_is_found_out() -> None:
    key = bytes.fromhex("A1B2C3D4E5F6")
    lines: list[str] = []
    with traffic.overheard(lines.append):
        traffic.Traffic(logging.getLogger(f"{traffic.ROOT}.careless")).sent(b"\xff\x82" + key)
    assert keys_shown(lines, {key}) != []


def test_every_operation_has_its_time(world: Deployment) -> None:
    world.issue(WANG)
    shelf.tap(world.folder, WANG)
    found = tracing.trace_card(world.venue, "", 5)
    assert found.error is None
    assert found.sight is not None
    assert found.sight.state == "OK"
    assert all(line.endswith(" ms)") for line in found.lines)
    first, *_more, last = found.lines
    assert "wait for card: " in first
    assert "mifare-classic-1k" in first
    assert "close: done" in last
    assert any("authenticate block" in line for line in found.lines)


def test_what_fails_ends_it_and_stands_in_the_last_lines(world: Deployment) -> None:
    world.issue(WANG)
    shelf.tap(world.folder, WANG, pull_after=3)
    found = tracing.trace_card(world.venue, "", 5)
    assert found.error is not None
    assert found.error.code == "CARD_GONE"
    assert any("CARD_GONE" in line for line in found.lines)
    assert tracing.trace_card(world.venue, "", 0).error is not None


def test_nobody_hears_it_afterwards(world: Deployment, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    before = logging.getLogger(traffic.ROOT).level
    tracing.trace_card(world.venue, "", 0)
    assert logging.getLogger(traffic.ROOT).level == before
    assert not logging.getLogger(traffic.ROOT).handlers
    assert [record for record in caplog.records if record.name.startswith(traffic.ROOT)] == []


def test_the_file_is_private_and_new(world: Deployment, tmp_path: Path) -> None:
    found = tracing.Trace(("one", "two"), 0, None, CardError("CARD_GONE"))
    path = tmp_path / "trace.txt"
    tracing.save(found, path)
    assert path.read_text() == "one\ntwo\n"
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(Exception, match="FILE_EXISTS"):
        tracing.save(found, path)


def test_of_a_long_wait_the_beginning_and_the_end_are_kept(
    world: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracing, "KEPT", 3)

    class Chatty(SimulatedReader):
        def wait_for_card(self, timeout_s: float) -> None:
            line = traffic.Traffic(logging.getLogger(f"{traffic.ROOT}.chatty"))
            for number in range(10):
                line.note(f"poll {number}")

    monkeypatch.setattr(presenting, "reader_of", lambda station, address: Chatty(world.folder))
    found = tracing.trace_card(world.venue, "", 0)
    assert found.left_out == 6
    assert [line.split()[-1] for line in found.lines[:3]] == ["0", "1", "2"]
    assert "poll 9" in found.lines[3]
