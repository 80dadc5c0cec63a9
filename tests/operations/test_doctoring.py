"""``icme doctor`` with a home folder and a station: one list, and nothing that ends it early."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from icme_tui.codes import ReaderError
from icme_tui.devices.pcsc.profiles import profile_of
from icme_tui.devices.pcsc.reader import PcscReader
from icme_tui.machine import examining
from icme_tui.machine.finding import Finding
from icme_tui.operations import doctoring, selfcheck
from tests.support.machines import Made
from tests.support.venues import Deployment, deploy


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Deployment]:
    made = deploy(tmp_path)
    yield made
    made.office.close()
    made.venue.close()


def machine(world: Deployment, tmp_path: Path) -> doctoring.Surroundings:
    return Made(tmp_path / "machine").machine(
        home=world.venue.home, readers=("sim:cards",), environ={"TERM": "xterm", "LANG": "C.UTF-8"}
    )


def by_check(findings: list[Finding]) -> dict[str, Finding]:
    found = {one.check: one for one in findings}
    assert len(found) == len(findings)
    return found


def test_without_a_home_the_machine_is_checked(tmp_path: Path) -> None:
    found = by_check(doctoring.examine(Made(tmp_path).machine(home=tmp_path / "none")))
    assert (found["home"].code, found["station"].code) == ("HOME_NONE", "STATION_CLOSED")
    assert len(found) == len(examining.CHECKS) + 2


def test_without_a_password_the_home_folder_is_checked(world: Deployment, tmp_path: Path) -> None:
    around = machine(world, tmp_path)
    found = by_check(doctoring.examine(around))
    assert [found[name].code for name in ("home", "keyring", "rights", "room", "station")] == [
        "HOME_GOOD", "KEYRING_GOOD", "RIGHTS_GOOD", "ROOM_GOOD", "STATION_CLOSED",
    ]  # fmt: skip
    assert found["reader sim:cards"].code == "READER_SIMULATED"
    world.venue.folders.store.chmod(0o644)
    found = by_check(doctoring.examine(around))
    assert found["rights"].level == "fail"
    assert found["rights"].remedy == (f"chmod -R go= {world.venue.home}",)
    world.venue.folders.keyring.write_text("[[slot")
    world.venue.folders.config.write_text("role = 1")
    found = by_check(doctoring.examine(around))
    assert (found["home"].code, found["keyring"].code) == ("CONFIG_BAD", "KEYRING_BAD")


def test_with_a_station_its_checks_are_in_the_same_list(world: Deployment, tmp_path: Path) -> None:
    around = machine(world, tmp_path)
    steps: list[None] = []
    found = by_check(doctoring.examine(around, world.venue, lambda: steps.append(None)))
    assert {"file", "clock", "library"} <= set(found)
    assert "journal" not in found
    thorough = by_check(doctoring.examine(around, world.venue, thorough=True))
    assert {"journal", "lists"} <= set(thorough)
    assert doctoring.worst(thorough.values()) != "fail"
    assert len(steps) >= len(examining.CHECKS)


def test_the_levels_of_the_station_are_those_of_the_list() -> None:
    found = [Finding("a", level, "X") for level in ("ok", "skipped", "warn")]  # type: ignore[arg-type]
    assert doctoring.worst(found) == "warn"
    assert doctoring.worst(found[:2]) == "ok"
    assert doctoring.worst([*found, Finding("b", "fail", "Y")]) == "fail"
    assert {selfcheck.GOOD, selfcheck.WARN, selfcheck.BAD} == set(doctoring._LEVELS)


def test_a_reader_that_is_refused_answers_or_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    def opens(answer: object) -> Finding:
        def open_(address: str, number_format: str) -> object:
            if isinstance(answer, Exception):
                raise answer
            if isinstance(answer, threading.Event):
                answer.wait(10)
            return Answering()

        monkeypatch.setattr(doctoring, "open_reader", open_)
        return doctoring.reader("pcsc:", limit_s=0.05)

    assert opens(ReaderError("READER_FORBIDDEN"))[1:3] == ("fail", "READER_FORBIDDEN")
    assert opens(ReaderError("READER_IN_USE", reader="x"))[1:3] == ("warn", "READER_IN_USE")
    assert opens(ZeroDivisionError())[1:3] == ("skipped", "CHECK_BROKE")
    never = threading.Event()
    assert opens(never)[1:3] == ("fail", "READER_HANGS")
    never.set()
    monkeypatch.setattr(doctoring, "open_reader", lambda address, number_format: Answering())
    assert doctoring.reader("pcsc:").detail == {"name": "pcsc:ACR122U"}


def test_a_library_that_the_service_does_not_understand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(address: str, number_format: str) -> object:
        raise ReaderError("NO_SERVICE")

    monkeypatch.setattr(doctoring, "open_reader", refused)
    made = Made(tmp_path)
    assert "pcsc-protocol" not in by_check(doctoring.examine(made.machine(readers=("pcsc:",))))
    made.put("/run/pcscd/pcscd.comm")
    found = by_check(doctoring.examine(made.machine(readers=("pcsc:",))))
    assert found["pcsc-protocol"].code == "PCSC_MISMATCH"


def test_readers_that_type() -> None:
    asked = doctoring.reader("keyboard:A")
    assert asked[1:3] == ("warn", "READER_FORMAT")
    assert asked.remedy == ("icme reader learn keyboard:A --card NUMBER",)
    assert doctoring.reader("evdev:/dev/input/none", "hex").level == "fail"


class Answering:
    name = "pcsc:ACR122U"

    def close(self) -> None:
        pass


def test_this_machine_is_what_it_is(world: Deployment) -> None:
    around = doctoring.surroundings(world.venue.home, {"TERM": "xterm", "PATH": "/usr/bin:/bin"})
    assert around.readers == tuple(world.venue.readers)
    assert around.run(["printf", "told"]) == "told"
    assert around.run(["no-such-program"]) == ""
    assert around.has_module("serial")
    assert not around.has_module("no_such_module.at_all")
    found = doctoring.examine(replace(around, readers=()))
    assert "CHECK_BROKE" not in [one.code for one in found]


def test_a_copy_of_a_reader_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def copy(address: str, number_format: str) -> PcscReader:
        made = PcscReader.__new__(PcscReader)
        made.name, made._profile = "pcsc:ACS ACR122U 00 00", profile_of("ACS ACR122U")
        return made

    monkeypatch.setattr(doctoring, "open_reader", copy)
    monkeypatch.setattr(PcscReader, "_ask", lambda self, command: b"RF1258V603")
    monkeypatch.setattr(PcscReader, "close", lambda self: None)
    found = doctoring.reader("pcsc:")
    assert (found.level, found.code) == ("warn", "READER_COPY")
    monkeypatch.setattr(PcscReader, "_ask", lambda self, command: b"")
    assert doctoring.reader("pcsc:").code == "READER_ANSWERS"
