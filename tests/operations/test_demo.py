"""The demonstration: a whole round trip whose figures add up."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from icme_tui import cli
from icme_tui.codes import RuleError
from icme_tui.operations.demo.roundtrip import LEAST_PEOPLE, run


@contextmanager
def silent(_: str, __: int) -> Iterator[Callable[[], None]]:
    yield lambda: None


def test_the_figures_add_up(tmp_path: Path) -> None:
    summary = run(tmp_path / "demo", 50, silent)
    assert all(summary.checks.values()), summary.checks
    assert (summary.people, summary.cards) == (50, 50)
    assert summary.touches == summary.accepted + sum(summary.refused.values())
    assert set(summary.refused) == {"ALREADY_IN", "BLOCKED", "PUT_CARD_BACK", "UNKNOWN_CARD"}
    assert summary.first_import["new"] > 100
    assert summary.second_import == {"new": 0, "known": summary.first_import["new"], "held": 0}
    assert summary.flags == {"TWO_VENUES": 1}
    assert summary.credits["class_1"] > 0
    assert summary.credits["class_2"] > 0
    assert set(summary.not_counted) == {"NO_OUT", "SHORT"}


def test_a_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "kept.txt").write_text("mine")
    with pytest.raises(RuleError, match="DEMO_FOLDER"):
        run(tmp_path, LEAST_PEOPLE, silent)
    assert (tmp_path / "kept.txt").read_text() == "mine"


def test_the_command_prints_one_object(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["demo", "--headless", "--people", "10", "--to", str(tmp_path / "demo"), "--json"]) == 0
    shown = capsys.readouterr()
    assert str(tmp_path / "demo") in shown.err
    told = json.loads(shown.out)
    assert told["people"] == 10
    assert all(told["checks"].values())
