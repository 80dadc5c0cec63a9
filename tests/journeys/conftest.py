"""What is made once for all journeys and copied for each: the homes of a first morning, a venue's door."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.door import Door, make_door
from tests.support.journeys import prepare
from tests.support.stations import weaken_passwords


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of homes that ``journeys.World`` begins with."""
    folder = tmp_path_factory.mktemp("journeys") / "prepared"
    with pytest.MonkeyPatch.context() as patched:
        prepare(folder, patched)
    return folder


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Door:
    folder = tmp_path_factory.mktemp("door")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("XDG_STATE_HOME", str(folder / "state"))
        weaken_passwords(patched)
        return make_door(folder)


@pytest.fixture
def door(made: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Door:
    """The door as it was made, in a home of its own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    shutil.copytree(made.home, tmp_path / "home")
    return made._replace(home=tmp_path / "home", state=tmp_path / "state")
