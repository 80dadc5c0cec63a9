"""Finds the module of a command when it is used, and turns whatever happens into an exit code."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer
from typer.core import TyperGroup

from icme_tui import __version__
from icme_tui.codes import IcmeError
from icme_tui.commands import failures
from icme_tui.commands.context import Invocation
from icme_tui.commands.docwords import paragraphs, split_help
from icme_tui.commands.opening import choose_language
from icme_tui.commands.output import USAGE
from icme_tui.commands.usage import SpokenContext, speak
from icme_tui.commands.words import N_, _, language


class Profile(StrEnum):
    """What ``--profile`` takes."""

    LEAN = "lean"
    FULL = "full"


class Language(StrEnum):
    """What ``--lang`` takes: those of ``words.LANGUAGES``."""

    EN = "en"
    ZH_CN = "zh_CN"


class Word(NamedTuple):
    """A word after ``icme``."""

    target: str
    """``module:attribute`` below ``icme_tui.commands``."""
    help: str
    """One line, so that ``icme --help`` imports no command."""


WORDS: dict[str, Word] = {
    "init": Word("init:app", N_("Make the home folder of an office or a venue.")),
    "roster": Word("roster:app", N_("Import people from a spreadsheet.")),
    "person": Word("person:app", N_("People one by one.")),
    "unit": Word("unit:app", N_("Hospitals and departments.")),
    "project": Word("course:project", N_("Projects of continuing education.")),
    "course": Word("course:course", N_("Courses of a project.")),
    "session": Word("session:session", N_("Sessions of a course.")),
    "reader": Word("reader:app", N_("How readers work.")),
    "card": Word("card:app", N_("Issue and inspect cards.")),
    "swipe": Word("swipe:swipe", N_("Take swipes at a session.")),
    "makeup": Word("makeup:app", N_("Swipes that are missing, entered by hand.")),
    "guest": Word("guest:app", N_("Guests of other hospitals, whom the office merges later.")),
    "undo": Word("undo:undo", N_("Take back the last touch of this station.")),
    "credits": Word("credits:credits", N_("Credits by person, at the office.")),
    "enroll": Word("exchange:enroll", N_("Admit a venue at the office.")),
    "pack": Word("exchange:pack", N_("Write the pack for a venue.")),
    "stations": Word("stations:stations", N_("The stations of this office, and what they owe.")),
    "trust": Word("exchange:trust", N_("Confirm the office at a venue by its digits.")),
    "export": Word("exchange:export", N_("Write a bundle for the office.")),
    "import": Word("arrivals:import_", N_("Take in bundles or packs.")),
    "outbox": Word("outbox:outbox", N_("What is exported, and what the office has receipted.")),
    "quarantine": Word("quarantine:app", N_("What was set aside: look at it, let it in, reject it.")),
    "bundle": Word("bundle:app", N_("Check bundles without a home folder.")),
    "journal": Word("journal:app", N_("Verify, rebuild and show the journal.")),
    "transfer": Word("transfer:app", N_("Look at what travels; change nothing.")),
    "station": Word("station:app", N_("What this station is, and its settings.")),
    "report": Word("report:app", N_("What imports brought.")),
    "waiting": Word("waiting:app", N_("What an office has to look at, and its decisions.")),
    "fork": Word("fork:app", N_("Two histories of one station, and which counts.")),
    "clock": Word("clock:app", N_("Clocks that were wrong, and the times that they gave.")),
    "keys": Word("keys:app", N_("Keys of this station, and those that it believes.")),
    "operator": Word("operator:app", N_("Accounts of this station.")),
    "stick": Word("stick:app", N_("List, mount and eject removable drives.")),
    "backup": Word("backup:backup", N_("Write a backup of this station.")),
    "restore": Word("backup:restore", N_("Make a home folder from a backup.")),
    "check": Word("check:check", N_("Check this station: journal, store, disk, rights, clock.")),
    "doctor": Word("doctor:doctor", N_("What stands in the way of readers, sticks and the terminal.")),
    "sim": Word("sim:app", N_("Cards of the simulated reader.")),
    "demo": Word("demo:demo", N_("Show an office and a venue at work.")),
}


def _make_group(**arguments: Any) -> typer.Typer:
    return typer.Typer(add_completion=False, rich_markup_mode=None, **arguments)


def _note_json(ctx: typer.Context, value: bool) -> bool:
    if value:
        ctx.find_object(Invocation).json = True  # type: ignore[union-attr]
    return value


def _json_option() -> Any:
    """A fresh ``--json`` that is noted in the invocation and not handed to the function."""
    maker = _make_group()

    @maker.command()
    def carrier(
        json: Annotated[
            bool,
            typer.Option("--json", callback=_note_json, help=_("Print one JSON object instead of tables.")),
        ] = False,
    ) -> None: ...

    option = typer.main.get_command(maker).params[0]
    option.expose_value = False
    return option


def _let_files_through(command: Any) -> None:
    """A file that may not be read is a refusal with a code, like one that is missing, and no wrong usage."""
    for param in command.params:
        described = getattr(param, "type_descriptor", None)
        if described is not None:
            described.parameter_info.readable = False


def _finish(command: Any) -> Any:
    """Give every leaf the general options and a readable help."""
    command.context_class = SpokenContext
    if isinstance(command, TyperGroup):
        for sub in command.commands.values():
            _finish(sub)
        return command
    _let_files_through(command)
    prose, keys = split_help(command.help or "")
    command.help = prose if language() == "en" else "\n\n".join(_(each) for each in paragraphs(prose))
    command.json_keys = keys = [(key, _(meaning)) for key, meaning in keys]
    if keys:
        lines = "\n".join(f"  {key}: {meaning}" for key, meaning in keys)
        command.epilog = f"\b\n{_('With --json:')}\n{lines}"
    command.params.append(_json_option())
    return command


def load(word: str) -> Any:
    """The click command of a word of the table, its module imported."""
    module_name, _colon, attribute = WORDS[word].target.partition(":")
    thing = getattr(import_module(f"icme_tui.commands.{module_name}"), attribute)
    parent = _make_group()

    @parent.callback()
    def group() -> None: ...

    if isinstance(thing, typer.Typer):
        thing.rich_markup_mode = None
        parent.add_typer(thing, name=word, no_args_is_help=True)
    else:
        parent.command(word)(thing)
    return _finish(typer.main.get_group(parent).commands[word])


class LazyGroup(TyperGroup):
    """Knows its commands by the table and imports the one that is used."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(WORDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in WORDS:
            return None
        if cmd_name not in self.commands:
            self.add_command(load(cmd_name), cmd_name)
        return self.commands[cmd_name]

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        with formatter.section(_("Commands")):
            formatter.write_dl([(name, _(word.help)) for name, word in WORDS.items()])


def _show_version(value: bool) -> None:
    if value:
        typer.echo(f"icme {__version__}")
        raise typer.Exit


def _root(
    ctx: typer.Context,
    home: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help=_("Home folder of the station. Else ICME_HOME, else the user's data folder.")
        ),
    ] = None,
    operator: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help=_("Who acts. Else ICME_OPERATOR, else the only operator there is.")
        ),
    ] = None,
    password_file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help=_(
                "The first line is the password; close it to others. Else ICME_PASSWORD_FILE, else asked."
            ),
        ),
    ] = None,
    unsafe_home: Annotated[
        bool,
        typer.Option("--unsafe-home", help=_("Open a home folder on a disk without modes, such as a stick.")),
    ] = False,
    json: Annotated[bool, typer.Option("--json", help=_("Print one JSON object instead of tables."))] = False,
    profile: Annotated[
        Profile | None,
        typer.Option(
            metavar="PROFILE", help=_("lean or full: whether the full-screen program spares the line.")
        ),
    ] = None,
    lang: Annotated[
        Language | None,
        typer.Option(
            metavar="LANGUAGE", help=_("en or zh_CN. Else that of the station, else that of the locale.")
        ),
    ] = None,
    version: Annotated[
        bool,
        typer.Option("--version", "-V", is_eager=True, callback=_show_version, help=_("Show the version.")),
    ] = False,
) -> None:
    """Attendance and credits of continuing medical education, where there is no network."""
    invocation = ctx.find_object(Invocation)
    assert invocation is not None  # noqa: S101 - run() put it there
    invocation.given_home = home
    invocation.given_operator = operator
    invocation.given_password_file = password_file
    invocation.unsafe_home = unsafe_home
    invocation.json = invocation.json or json
    invocation.profile = profile.value if profile else ""
    invocation.language = lang.value if lang else ""
    if ctx.invoked_subcommand is None:
        raise typer.Exit(_open_program(ctx, invocation))


def _open_program(ctx: typer.Context, invocation: Invocation) -> int:
    """Without a command: the full-screen program, or the help where there is no terminal for it."""
    if invocation.open_program is None or not (sys.stdin.isatty() and sys.stdout.isatty()):
        print(ctx.get_help(), file=sys.stderr)
        return USAGE
    return invocation.open_program(invocation)


def root_command() -> Any:
    """The click group of ``icme``."""
    app = _make_group(cls=LazyGroup)
    app.callback(invoke_without_command=True)(_root)
    group = typer.main.get_group(app)
    group.context_class = SpokenContext
    _let_files_through(group)
    group.help = group.help and _(group.help)
    return group


def _prepare_streams() -> None:
    """A terminal without Chinese, or a stream that is closed, must not stop a command."""
    if sys.stdout is None or sys.stderr is None:
        nowhere = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - lives as long as the process
        sys.stdout = sys.stdout or nowhere
        sys.stderr = sys.stderr or nowhere
    if sys.stdin is None:
        sys.stdin = Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115 - lives as long as the process
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def run(arguments: list[str], open_program: Callable[[Invocation], int] | None = None) -> int:
    """Run one command line; every error becomes a sentence and an exit code."""
    _prepare_streams()
    choose_language(arguments)
    speak()
    invocation = Invocation(open_program=open_program)
    # An option of the command line is believed even where a later one makes the line wrong.
    invocation.json = "--json" in arguments
    try:
        result = root_command().main(arguments, prog_name="icme", standalone_mode=False, obj=invocation)
    except typer.TyperException as wrong:
        return failures.report_usage(wrong, invocation)
    except IcmeError as error:
        return failures.report_error(error, invocation)
    except (KeyboardInterrupt, typer.Abort):
        return failures.report_interrupt(invocation)
    except OSError as error:
        return failures.report_system(error, invocation)
    except UnicodeEncodeError:
        return failures.report_not_text(invocation)
    except Exception as error:
        return failures.report_unexpected(error, invocation)
    if result == failures.INTERRUPTED:
        return failures.report_interrupt(invocation)
    return result if isinstance(result, int) else 0
