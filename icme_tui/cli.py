"""The entry point of ``icme``: the shortest way to ``--version``, the program, else the table of commands.

How a command is written
------------------------
A word after ``icme`` is looked up in ``icme_tui.commands.loading.WORDS``: ``word → "module:attribute"``.
The module lies in ``icme_tui/commands/`` and is imported only when its word is used. The attribute is a
``typer.Typer`` (a noun with sub-commands) or a function (a single command)::

    # icme_tui/commands/course.py
    from icme_tui.commands.context import opened
    from icme_tui.commands.output import HELD, Output
    from icme_tui.commands.words import _

    session = typer.Typer(help=_("Sessions of a course."))

    @session.command("list")
    def list_sessions(
        ctx: typer.Context,
        course: Annotated[str, typer.Option(help=_("Only those of this course."))] = "",
    ) -> None:
        \"\"\"List sessions.

        JSON:
            sessions: list of {id, title, start, end}
            total: how many there are
        \"\"\"
        out = Output(ctx)
        with opened(ctx) as station:             # asks the password, closes the station afterwards
            sessions = planning.sessions_of(station, course)
        out.result(
            {"sessions": [...], "total": len(sessions)},         # the one JSON object of --json
            out.table([_("Code"), _("Title")], [[s.id, s.title] for s in sessions]),   # else this
            _("{n} sessions.").format(n=len(sessions)),
        )

* ``--json``, ``--home`` and the other general options are added by the loader: a command does not name
  them. Functions take ``ctx: typer.Context`` first and hand it to ``Output`` and ``opened``.
* Strings in ``table`` and ``result`` are data: shown as they are, never read as markup.
* The docstring is the help: a sentence, more if needed, then the section ``JSON:`` with one line
  ``key: meaning`` each. ``docs/commands.md`` is made from it. A key may be dotted: ``totals.new``.
* To fail, let the ``IcmeError`` of the operation go through: ``main`` prints its sentence (from
  ``sentences.py``; add one for every new code) and returns 1. Where a result was held or quarantined, print
  it and ``raise typer.Exit(HELD)``; where the printed result is itself a refusal (a dry run with errors),
  ``raise typer.Exit(FAILED)``.
* Long work: ``with out.progress(_("Reading"), total) as step: … step()`` or ``step(n)``; it stays silent
  under a second. Questions: ``out.confirm(...)``; secrets: ``context.ask_password``. Neither is asked
  without a terminal.
* Annotations are evaluated at run time by typer: import their types for real, not under TYPE_CHECKING.
  Import operations inside the function, so that ``--help`` stays fast.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from icme_tui.commands.context import Invocation


def main(argv: list[str] | None = None) -> int:
    """Run one command. Returns the exit code: 0 done, 1 refused or failed, 2 usage, 3 held."""
    arguments = sys.argv[1:] if argv is None else argv
    if arguments in (["--version"], ["-V"]):
        from icme_tui import __version__

        print(f"icme {__version__}")
        return 0
    from icme_tui.commands.opening import program_only

    if (invocation := program_only(arguments)) is not None:
        return _program(invocation)
    from icme_tui.commands.loading import run

    return run(arguments, open_program)


def _program(invocation: Invocation) -> int:
    from icme_tui.codes import IcmeError

    try:
        return open_program(invocation)
    except IcmeError as error:
        from icme_tui.commands import failures

        return failures.report_error(error, invocation)


def open_program(invocation: Invocation) -> int:
    """The full-screen program on the home folder of a command line, until somebody leaves it.

    Raises IcmeError ``TERMINAL_DUMB``.
    """
    from icme_tui import terminal
    from icme_tui.commands import words
    from icme_tui.operations.preferences import read_preferences

    preferences = read_preferences(invocation.home)
    words.use(terminal.choose_language(os.environ, preferences, invocation.language))
    terminal.require_screen(os.environ)
    found = terminal.decide(os.environ, preferences, invocation.profile, invocation.language)
    terminal.prepare(found)
    from icme_tui.app import run_program  # after prepare: textual reads its settings when it is imported

    return run_program(
        invocation.home, invocation.operator, found, invocation.unsafe_home, greeting=invocation.greeting
    )


if __name__ == "__main__":
    sys.exit(main())
