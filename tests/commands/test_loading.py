"""The table of commands: what is imported when, general options, exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Annotated

import pytest
import typer

from icme_tui import __version__
from icme_tui.cli import main
from icme_tui.codes import StoreError
from icme_tui.commands import loading
from icme_tui.commands.context import invocation_of
from icme_tui.commands.output import HELD, Output

Runner = Callable[..., int]


def noun() -> typer.Typer:
    app = typer.Typer(help="A noun for tests.")

    @app.command()
    def show(
        ctx: typer.Context,
        name: Annotated[str, typer.Argument(help="A name.")],
        times: Annotated[int, typer.Option(help="How often.", min=1)] = 1,
    ) -> None:
        """Show a name.

        JSON:
            name: the name
            home: where the
                station lies
            operator: who acts
        """
        invocation = invocation_of(ctx)
        Output(ctx).result(
            {"name": name, "home": str(invocation.home), "operator": invocation.operator}, *[name] * times
        )

    @app.command()
    def refuse(ctx: typer.Context) -> None:
        """Refuse."""
        raise StoreError("NO_HOME", home="somewhere")

    @app.command()
    def hold(ctx: typer.Context) -> None:
        """Hold something."""
        raise typer.Exit(HELD)

    @app.command()
    def interrupt(ctx: typer.Context) -> None:
        """Be stopped."""
        raise KeyboardInterrupt

    @app.command()
    def fault(ctx: typer.Context) -> None:
        """Go wrong."""
        secret = "the password is hunter2"
        raise RuntimeError(secret)

    return app


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Runner:
    """Runs a command line in which ``thing`` is a noun with sub-commands and ``single`` a command."""
    module = ModuleType("icme_tui.commands.for_tests")
    module.app = noun()  # type: ignore[attr-defined]

    def single(ctx: typer.Context) -> None:
        """Say a word."""
        Output(ctx).result({"word": "one"}, "one")

    module.single = single  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setitem(loading.WORDS, "thing", loading.Word("for_tests:app", "A thing."))
    monkeypatch.setitem(loading.WORDS, "single", loading.Word("for_tests:single", "A word."))
    return lambda *arguments: main(list(arguments))


def test_version_is_said_in_both_ways(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert main(["--unsafe-home", "--version"]) == 0
    assert capsys.readouterr().out == f"icme {__version__}\n" * 2


def modules_after(*arguments: str) -> set[str]:
    program = f"import sys; from icme_tui.cli import main; main({list(arguments)!r}); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    return set(done.stdout.splitlines()[-1].split())


def test_version_imports_next_to_nothing() -> None:
    imported = modules_after("--version")
    assert not {"typer", "rich", "textual", "msgspec", "sqlcipher3", "cryptography", "gettext"} & imported


def test_help_imports_no_command() -> None:
    imported = modules_after("--help")
    assert "typer" in imported
    nouns = {f"icme_tui.commands.{word.target.partition(':')[0]}" for word in loading.WORDS.values()}
    assert not nouns & imported
    assert not {"rich", "textual", "sqlcipher3", "cryptography", "pyrage"} & imported


def test_a_command_is_found_through_the_table(run: Runner, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("thing", "show", "张", "--times", "2") == 0
    assert capsys.readouterr().out == "张\n张\n"
    assert run("single") == 0
    assert capsys.readouterr().out == "one\n"


@pytest.mark.parametrize("line", [["--json", "thing", "show", "x"], ["thing", "show", "x", "--json"]])
def test_json_stands_before_or_after_the_command(
    run: Runner, capsys: pytest.CaptureFixture[str], line: list[str]
) -> None:
    assert run("--home", "h", "--operator", "li", *line) == 0
    assert json.loads(capsys.readouterr().out) == {"name": "x", "home": "h", "operator": "li"}


def test_environment_names_home_and_operator(
    run: Runner, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ICME_HOME", "elsewhere")
    monkeypatch.setenv("ICME_OPERATOR", "wang")
    run("thing", "show", "x", "--json")
    assert json.loads(capsys.readouterr().out) == {"name": "x", "home": "elsewhere", "operator": "wang"}
    run("--home", "here", "--operator", "li", "thing", "show", "x", "--json")
    assert json.loads(capsys.readouterr().out) == {"name": "x", "home": "here", "operator": "li"}


def test_a_refusal_is_a_sentence_and_one(run: Runner, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("thing", "refuse") == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "There is no station in somewhere." in told.err
    assert "NO_HOME" in told.err


def test_a_refusal_as_json(run: Runner, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("thing", "refuse", "--json") == 1
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["code"] == "NO_HOME"
    assert error["detail"] == {"home": "somewhere"}
    assert "somewhere" in error["message"]


@pytest.mark.parametrize(
    "line", [["nothing"], ["thing", "nothing"], ["thing", "show"], ["thing", "show", "x", "--times", "0"], []]
)
def test_wrong_usage_is_two(run: Runner, capsys: pytest.CaptureFixture[str], line: list[str]) -> None:
    assert run(*line) == 2
    assert "Usage" in capsys.readouterr().err


def test_wrong_usage_as_json(run: Runner, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("thing", "show", "--json") == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "USAGE"


def test_held_is_three_and_stopped_is_130(run: Runner, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("thing", "hold") == 3
    assert run("thing", "interrupt") == 130
    assert "Traceback" not in capsys.readouterr().err


def test_a_fault_is_one_sentence_and_a_file_without_values(
    run: Runner, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    home = tmp_path
    (home / "logs").mkdir()
    assert run("--home", str(home), "thing", "fault") == 1
    told = capsys.readouterr().err
    assert "RuntimeError" in told
    assert "Traceback" not in told
    assert "hunter2" not in told
    (file,) = (home / "logs").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    written = file.read_text()
    assert "in fault" in written or " fault" in written
    assert "hunter2" not in written


def test_help_shows_prose_and_keys(run: Runner, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("thing", "show", "--help") == 0
    shown = capsys.readouterr().out
    assert "Show a name." in shown
    assert "    name: the name\n" in shown
    assert "    home: where the station lies\n" in shown


@pytest.mark.parametrize("word", list(loading.WORDS))
def test_every_word_of_the_table_is_a_command_with_help(word: str) -> None:
    command = loading.load(word)
    assert command.name == word
    module, _colon, attribute = loading.WORDS[word].target.partition(":")
    assert hasattr(import_module(f"icme_tui.commands.{module}"), attribute)


def test_what_the_system_refuses_is_said(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    secret = tmp_path / "password"
    secret.write_text("correct horse\n")
    secret.chmod(0o600)
    line = ["--home", str(tmp_path / "file"), "--password-file", str(secret)]
    assert main([*line, "init", "office", "--name", "x", "--domain", "cme.example", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "SYSTEM"


def test_names_that_are_no_text_can_be_told_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--home", "\udcff", "journal", "show", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["detail"]["home"].endswith("\udcff")


@pytest.mark.parametrize("stream", [">/dev/full", ">&-", ">&- 2>&-"])
@pytest.mark.parametrize("options", ["", "--json"])
def test_an_output_that_takes_nothing_ends_without_a_traceback(
    tmp_path: Path, stream: str, options: str
) -> None:
    command = f'"{sys.executable}" -m icme_tui.cli --home "{tmp_path}" {options} journal show {stream}'
    done = subprocess.run(
        ["bash", "-c", command], cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


def test_a_file_that_may_not_be_read_is_refused_with_a_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """``os.access`` stands in for modes, which do not bind the root of a container."""
    secret = tmp_path / "password"
    secret.write_text("x\n")
    monkeypatch.setattr(os, "access", lambda *_, **__: False)
    home = tmp_path / "office"
    home.mkdir()
    (home / "station.toml").write_text("")
    arguments = ["--home", str(home), "--password-file", str(secret)]
    assert main([*arguments, "roster", "import", str(secret)]) == 1
    assert main([*arguments, "import", str(secret)]) == 1
    capsys.readouterr()


def test_an_option_of_the_program_given_after_the_command_says_where_it_belongs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["demo", "--profile", "lean"]) == 2
    assert "--profile belongs before the command: icme --profile ... demo" in capsys.readouterr().err
