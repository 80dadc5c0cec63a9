"""A command that was killed at any of its durable steps is given again: all is as if it had not been killed.

The founding of an office is another matter (its recovery keys are never written over) and has its own tests.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from icme_tui import facts
from icme_tui.operations import auditing, exporting, founding
from icme_tui.station import Station, open_station
from tests.support.killing import Program
from tests.support.stations import DOMAIN, PASSWORD, weaken_passwords

KINDS = ("unit", "person", "station", "operator")


class Step(NamedTuple):
    """A command of the first days of an office and a venue, and the commands that show what came of it."""

    name: str
    words: str
    proof: tuple[str, ...] = ()
    keys_differ: bool = False
    """It makes keys, so only the form of what it leaves can be compared."""


THE_SAME_AT_THE_OFFICE = (
    Step("back up an office", "office backup --to {stick}", ("copy restore --replace {backup}",)),
    Step("restore over an office", "office restore --replace {backup}", ("office pack V0007 --to {stick}",)),
)
"""Where ``ICME_KILLS`` is set, as CI does: a backup takes the same way at an office as at a venue."""

STEPS = (
    Step(
        "found a venue",
        "venue init venue --code V0007 --name 示范医院 --domain cme.example",
        keys_differ=True,
    ),
    Step("enroll", "office enroll {venue}/outbox/V0007.enrol --yes"),
    Step("pack", "office pack V0007 --to {stick}", ("venue trust {digits}", "venue import {stick}")),
    Step("trust", "venue trust {digits}", ("venue import {stick}",)),
    Step("take the pack", "venue import {stick}", ("venue export --to {stick}",)),
    Step("export", "venue export --to {stick}", ("office import {stick}",)),
    Step("take the bundle", "office import {stick}", ("office import {stick}",)),
    Step("receipts", "office pack V0007 --to {stick}", ("venue import {stick}",)),
    Step("take the receipts", "venue import {stick}", ("venue export --to {stick}",)),
    Step(
        "back up a venue", "venue backup --to {stick}", ("copy restore {backup}", "copy export --to {stick}")
    ),
    Step(
        "restore to a new folder",
        "copy restore {backup}",
        ("copy export --to {stick}", "office import {stick}"),
    ),
    Step("restore over a venue", "venue restore --replace {backup}", ("venue export --to {stick}",)),
    *(THE_SAME_AT_THE_OFFICE if os.environ.get("ICME_KILLS") else ()),
)


class Desk:
    """An office, a venue, a stick and the state of their computer: one folder, put back again and again."""

    def __init__(self, folder: Path, program: Program) -> None:
        self.folder = folder
        self._program = program
        self._digits = ""
        self._saved = folder.with_name("saved")
        for name in ("stick", "state"):
            (folder / name).mkdir()
        self._password = folder.with_name("password")
        self._password.write_text(PASSWORD)
        self._password.chmod(0o600)
        with founding.found_office(
            folder / "office", "OFFICE", "示范办公室", DOMAIN, PASSWORD
        ).station as office:
            self._digits = office.public_key.fingerprint

    def save(self) -> None:
        shutil.rmtree(self._saved, ignore_errors=True)
        shutil.copytree(self.folder, self._saved)

    def put_back(self) -> None:
        shutil.rmtree(self.folder)
        shutil.copytree(self._saved, self.folder)

    def run(self, words: str, **switches: Any) -> int:
        """One command line, as ``home command …``: its exit status."""
        places = {name: self.folder / name for name in ("office", "venue", "stick", "copy")}
        backups = sorted((self.folder / "stick").glob("*.icmebak"), key=lambda path: path.stat().st_mtime_ns)
        if backups:
            places["backup"] = backups[-1]
        home, *rest = words.split()
        arguments = [word.format(**places, digits="".join(self._digits.split())) for word in rest]
        options = ["--home", places[home], "--password-file", self._password]
        return self._program.run(*options, *arguments, "--json", weak=True, **switches)

    def code(self) -> str:
        """The reason of the last command's failure."""
        return str(json.loads(self._program.lines[-1])["error"]["code"])

    def view(self, *, keys_differ: bool) -> dict[str, Any]:
        """What both homes and the stick hold, without what differs from run to run."""
        found: dict[str, Any] = {}
        stick = [path.suffix for path in (self.folder / "stick").iterdir()]
        found["stick"] = (".part" in stick, ".cmeb" in stick, ".icmebak" in stick)
        for name in ("office", "venue", "copy"):
            home = self.folder / name
            if (home / "station.toml").exists():
                with open_station(home, None, PASSWORD) as station:
                    found[name] = _seen(station, keys_differ)
        return found


def _seen(station: Station, keys_differ: bool) -> dict[str, Any]:
    assert not [report for report in auditing.verify(station) if report.problems]
    assert not any(station.rebuild(check=True).values())
    decoded = (facts.decode(entry.line) for entry in station.entries())
    fresh = exporting.waiting(station)[1] if station.role == "venue" else 0
    settings = ("card_keys", "office_key", "recipients", "request", "identity", "receipts")
    return {
        "kinds": {facts.kind_of(fact) for fact in decoded if fact is not None},
        "records": {
            kind: {
                record.id: sorted(record.body) if keys_differ else record.body
                for record in station.registry.all(kind)
            }
            for kind in KINDS
        },
        "has": {name for name in settings if station.setting(name)},
        "flags": station.flags(),
        "files": {
            folder: sorted(path.suffix for path in (station.home / folder).iterdir())
            for folder in ("inbox", "quarantine")
        },
        "request": (station.folders.outbox / f"{station.code}.enrol").exists(),
        "fresh": fresh > 0,
        "epochs": len([code for code, _epoch in station.sources() if code == station.code]),
        "left over": [
            path.name for way in ("making", "restoring") for path in station.home.rglob(f"{way}/*")
        ],
    }


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    (tmp_path / "desk").mkdir()
    state = tmp_path / "desk" / "state"
    monkeypatch.setenv("XDG_STATE_HOME", str(state))
    weaken_passwords(monkeypatch)
    with Program({"XDG_STATE_HOME": str(state)}) as program:
        yield Desk(tmp_path / "desk", program)


def test_given_again_it_ends_as_if_it_had_not_been_killed(
    desk: Desk, record_property: Callable[[str, object], None]
) -> None:
    kills = 0
    for step in STEPS:
        desk.save()
        done = desk.folder.with_name("done")
        ends: list[tuple[int, dict[str, Any]]] = []
        at, killed = 0, True
        while killed:
            at += 1
            desk.put_back()
            killed = desk.run(step.words, die_at=at) != 0
            if killed and desk.run(step.words) != 0:
                assert desk.code() == "HOME_EXISTS", (step.name, at, desk.code())
            if not killed:
                shutil.copytree(desk.folder, done)
            for words in step.proof:
                assert desk.run(words) == 0, (step.name, at, words)
            ends.append((at, desk.view(keys_differ=step.keys_differ)))
        kills += at - 1
        *others, (_, clean) = ends
        for at, view in others:
            assert view == clean, (step.name, at)
        assert others, step.name
        shutil.rmtree(desk.folder)
        done.rename(desk.folder)
    record_property("runs", kills)
    print(f"killed {kills} times")
