"""What an office decides, from the command line: forks, times that were wrong, what waits."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from icme_tui.cli import main
from icme_tui.commands.clockwords import read_span, show_span
from tests.support import stations
from tests.support.copies import Copied

Run = Callable[..., tuple[int, Any]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Runs a command at an office that holds a fork of its venue."""
    stations.weaken_passwords(monkeypatch)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    world = Copied(tmp_path)
    world.fork()
    world.pair.close()
    secret = tmp_path / "password"
    secret.write_text(stations.PASSWORD + "\n")
    secret.chmod(0o600)
    monkeypatch.setenv("ICME_PASSWORD_FILE", str(secret))
    monkeypatch.setenv("ICME_HOME", str(tmp_path / "office"))
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()

    def one(*arguments: str, shown: bool = False) -> tuple[int, Any]:
        code = main([*arguments] if shown else [*arguments, "--json"])
        out = capsys.readouterr().out
        return code, out if shown else json.loads(out)

    yield one
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("+1h05m", 3_900_000),
        ("-20m", -1_200_000),
        ("+1d02h03m04s", 93_784_000),
        ("+0s", 0),
        ("1h", None),
        ("+", None),
        ("+1x", None),
        ("+１h", None),
    ],
)
def test_a_distance_is_read_and_shown(text: str, ms: int | None) -> None:
    assert read_span(text) == ms
    if ms is not None:
        assert show_span(ms) == text


def test_a_fork_is_listed_shown_and_decided(run: Run) -> None:
    [fork] = run("fork", "list")[1]["forks"]
    assert fork["station"] == "V0007"
    assert "张示例" in run("fork", "show", "V0007", "--lines", shown=True)[1]
    code, seen = run("fork", "show", fork["name"])
    assert (code, [one["keep"] for one in seen["outcomes"]]) == (0, [[1], [2], [1, 2]])
    refused = run("fork", "resolve", fork["name"], "--keep", "3", "--reason", "so")
    assert refused[1]["error"]["code"] == "NO_SIDE"
    assert run("fork", "resolve", fork["name"], "--keep", "left", "--reason", "so")[0] == 2
    decided = run("fork", "resolve", fork["name"], "--keep", "both", "--reason", "two doors")[1]
    assert decided == {"places": fork["places"], "keep": [1, 2]}
    assert run("fork", "list")[1]["total"] == 0
    assert run("fork", "show", "V0007")[1]["error"]["code"] == "NO_FORK"


def test_times_are_moved_after_a_dry_run(run: Run) -> None:
    [fork] = run("fork", "list")[1]["forks"]
    run("fork", "resolve", fork["name"], "--keep", "both", "--reason", "two doors")
    code, shown = run("clock", "show", "V0007")
    assert (code, shown["wrong"], len(shown["runs"]) > 0) == (0, 0, True)
    place = ("--first", str(fork["first"]), "--last", str(fork["last"]))
    moved = ("clock", "adjust", "V0007", *place, "--by", "+5h", "--reason", "time zone")
    code, seen = run(*moved, "--dry-run")
    assert (code, seen["recorded"], seen["ms"]) == (0, False, 18_000_000)
    assert len(seen["changes"]) == 2
    assert run(*moved, shown=True)[0] == 0
    facts = run("journal", "show", "--kind", "swipe")[1]["facts"]
    assert {bool(one["adjusted_at"]) for one in facts} == {True, False}
    assert run("clock", "adjust", "V0007", *place)[0] == 2
    assert run("clock", "adjust", "V0007", *place, "--by", "5h")[0] == 2
    assert run("clock", "show", "V0042")[1]["error"]["code"] == "NO_FACTS_OF"


def test_what_waits_is_listed_and_decided(run: Run) -> None:
    items = run("waiting", "list")[1]["items"]
    assert "FORK" in {item["kind"] for item in items}
    assert "V0007" in run("waiting", "list", "--kind", "FORK", shown=True)[1]
    assert run("waiting", "list", "--kind", "NONE")[0] == 2
    people = [run("person", "list")[1]["people"][n]["person"] for n in (0, 1)]
    merged = run("waiting", "merge", *reversed(people), "--reason", "one person")
    assert merged == (0, {"person": people[1], "into": people[0]})
    for command in (
        ("note", "FORK:V0007"),
        ("accept", "V0007/x/1"),
        ("accept", "V0007"),
        ("void", "V0007/x/1"),
    ):
        code, answer = run("waiting", command[0], command[1], "--reason", "so")
        assert (code, answer["error"]["code"]) == (1, "NOTHING_WAITS")
    code, answer = run("waiting", "choose", f"person/{people[0]}/name")
    assert (code, len(answer["values"]), answer["chosen"]) == (0, 1, None)
    assert run("waiting", "choose", f"person/{people[0]}/name", "--of", "OFFICE")[1]["chosen"]
    assert run("waiting", "choose", "person/P9/name")[1]["error"]["code"] == "NOTHING_WAITS"


def test_a_fork_is_no_damage_of_this_store(run: Run) -> None:
    shown = run("journal", "verify", shown=True)[1]
    assert "icme fork list" in shown
    assert "Change nothing" not in shown
    [found] = [each for each in run("check")[1]["checks"] if each["check"] == "journal"]
    assert (found["state"], found["code"]) == ("warn", "CHAIN_FORKS")


def test_imports_are_reported_as_tables_and_files(run: Run, tmp_path: Path) -> None:
    code, seen = run(
        "report", "imports", "--csv", str(tmp_path / "i.csv"), "--xlsx", str(tmp_path / "i.xlsx")
    )
    assert (code, seen["totals"]["files"], seen["totals"]["quarantined"]) == (0, 3, 1)
    assert (tmp_path / "i.csv").read_text("utf-8-sig").count("\n") == 4
    assert (tmp_path / "i.xlsx").stat().st_size > 1000
    assert "V0007" in run("report", "imports", shown=True)[1]
    assert run("report", "imports", "--since", "2199-01-01")[1]["totals"]["files"] == 0
    [one] = run("report", "stations", "--csv", str(tmp_path / "s.csv"))[1]["stations"]
    assert (one["station"], one["files"], one["last_code"]) == ("V0007", 3, "FORK")
    assert "Last seen" in (tmp_path / "s.csv").read_text("utf-8-sig")
