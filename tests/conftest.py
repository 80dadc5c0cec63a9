"""Settings that every test shares."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from tests.support.vpcd import Stack

settings.register_profile(
    "quick",
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "soak",
    max_examples=1000,
    deadline=None,
    database=None,
    print_blob=True,
    # A soak runs the same tests in many rounds, each with instances of its own.
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.differing_executors,
    ],
)
settings.load_profile(os.environ.get("ICME_HYPOTHESIS", "quick"))


@pytest.fixture(autouse=True)
def _no_home_of_the_user(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test reads or writes what belongs to the person who runs it."""
    folder = tmp_path_factory.mktemp("user")
    from icme_tui.commands import words

    words.use("en")
    monkeypatch.setenv("LANG", "C.UTF-8")
    for name in ("LC_ALL", "LC_MESSAGES", "LANGUAGE", "SSH_CONNECTION"):
        monkeypatch.delenv(name, raising=False)
    for name in ("ICME_HOME", "ICME_OPERATOR", "ICME_PASSWORD_FILE", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, below in (
        ("XDG_DATA_HOME", "data"),
        ("XDG_STATE_HOME", "state"),
        ("XDG_CONFIG_HOME", "config"),
    ):
        monkeypatch.setenv(name, str(folder / below))
    return folder


@pytest.fixture(scope="session", autouse=True)
def _no_readers_of_the_machine() -> None:
    """No test touches the readers of the machine that it runs on."""
    from tests.support import vpcd

    vpcd.keep_to_own_daemon()


@pytest.fixture(scope="session")
def real_stack() -> Iterator[Stack]:
    """A pcscd with virtual readers, one for all tests of a process."""
    from tests.support import vpcd

    if missing := vpcd.missing():
        if os.environ.get("ICME_REQUIRE_INTEGRATION"):
            pytest.fail(f"{missing} is not installed")
        pytest.skip(f"{missing} is not installed")
    with vpcd.running() as stack:
        yield stack


@pytest.fixture
def stack(real_stack: Stack) -> Iterator[Stack]:
    """The same, running, with nothing on its readers."""
    with real_stack.turn():
        yield real_stack
        real_stack.clear()
